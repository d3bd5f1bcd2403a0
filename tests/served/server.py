"""The real server on a test's database, and clients that speak to it over HTTP all at the same moment."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Event
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds for the server to answer, and for a client to be answered


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Nursery:
    """The process that servers are forked from."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.served.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def serve(self, uri: str, instance: Path) -> "Server":
        """A new server on a database; it is still starting."""
        port = free_port()
        log = instance / f"server-{port}.log"
        return Server(self._fork(uri, instance, port=port, log=str(log)), port, log)

    def run(self, uri: str, instance: Path, done: Path, *command: str) -> "Group":
        """A command beside the servers; `done` is there once it ended well."""
        log = str(instance / "commands.log")
        return Group(self._fork(uri, instance, command=command, done=str(done), log=log))

    def _fork(self, uri: str, instance: Path, **order: Any) -> int:
        environment = {
            "DATABASE_URL": uri,
            "AIXIN_INSTANCE": str(instance),
            "PUBLIC_URL": "https://aixin.example",
            "PUBLIC_DEMO": "yes",  # their calendar is a demo's
            "SECRET_KEY": "only for tests",
        }
        self._process.stdin.write(json.dumps({"environment": environment, **order}) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(PATIENCE)


class Group:
    """The processes of a server or of a command."""

    def __init__(self, group: int) -> None:
        self.group = group

    def kill(self) -> None:
        """SIGKILL to all of them, whatever they are doing."""
        with suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)

    def has_ended(self, seconds: float) -> bool:
        """Whether none of them is left; waits that long at most."""
        patience = Event()
        for _try in range(int(seconds * 20) + 1):
            try:
                os.killpg(self.group, 0)
            except ProcessLookupError:
                return True
            patience.wait(0.05)
        return False


class Server(Group):
    """A real server, by its process group and port."""

    def __init__(self, group: int, port: int, log: Path) -> None:
        super().__init__(group)
        self.port, self._log = port, log

    def answering(self) -> "Server":
        """Wait until it answers, or is no more."""
        patience = Event()
        for _try in range(PATIENCE * 20):
            with suppress(OSError):
                if self.ask("GET", "/api/v1/openapi.json")[0] == 200:
                    return self
            with suppress(ProcessLookupError):
                os.killpg(self.group, 0)
                patience.wait(0.05)
                continue
            break
        raise AssertionError(f"the server does not answer:\n{self._log.read_text()}")

    def tell_to_end(self, how: signal.Signals) -> None:
        """A signal to the process that was started, as a service manager sends it."""
        os.kill(self.group, how)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """One request of a program: the status and the JSON of the answer."""
        sent = None if body is None else json.dumps(body)
        kind = {} if body is None else {"Content-Type": "application/json"}
        status, answer = self._send(method, path, sent, kind | headers)
        return status, json.loads(answer or b"null")

    def fill_in(self, path: str, fields: dict[str, Any], cookie: str) -> tuple[int, str]:
        """Send a form as a browser does, and do not follow where it leads: the answer's status and page."""
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"session={cookie}"}
        # Their PUBLIC_URL is https, so a form has to say from which page it comes.
        kind |= {"Referer": f"http://127.0.0.1:{self.port}{path}", "Host": f"127.0.0.1:{self.port}"}
        status, page = self._send("POST", path, urlencode(fields), kind)
        return status, page.decode()

    def _send(self, method: str, path: str, sent: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """One request on a connection of its own: the status and the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, sent, given)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


class Till:
    """A device of a shop that speaks to the server with its key."""

    def __init__(self, server: Server, key: str) -> None:
        self.server, self._bearer = server, f"Bearer {key}"

    def redeem(self, key: str, card: str, basket: dict[int, int]) -> tuple[int, Any]:
        """Hand out a basket (goods id → units) against a card."""
        items = [{"goods": goods, "quantity": units} for goods, units in basket.items()]
        return self.server.ask(
            "POST",
            "/api/v1/redemptions",
            {"card": card, "items": items},
            Authorization=self._bearer,
            Idempotency_Key=key,
        )

    def void(self, ident: int) -> tuple[int, Any]:
        path = f"/api/v1/redemptions/{ident}/void"
        return self.server.ask("POST", path, {"reason": "拿错了"}, Authorization=self._bearer)


def at_once(calls: list[Any]) -> list[Any]:
    """Make all these calls from threads that wait for each other; the answers in the same order."""
    barrier = Barrier(len(calls))

    def call(one: Any) -> Any:
        barrier.wait(PATIENCE)
        return one()

    with ThreadPoolExecutor(len(calls)) as crowd:
        return [pending.result() for pending in [crowd.submit(call, one) for one in calls]]
