"""Clients that ask over HTTP, each the next request as soon as it has its answer.

One thread looks after all of them with bare sockets: what they cost falls on the same processors as what is
measured, so it has to be little.
"""

import json
import selectors
import socket
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

REQUESTS_A_CONNECTION = 25  # then a new one, which may come to another process of the server
PATIENCE_SECONDS = 30


@dataclass
class Asked:
    """What came of asking for a while: how long each answer took, in milliseconds, and how many a second."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    bad: list[bytes] = field(default_factory=list)

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return len(self.took) / self.seconds

    def slower_than(self, share: float) -> float:
        """The milliseconds that this share of the answers did not take longer than; 1: the slowest."""
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def median(self) -> float:
        """The median of the milliseconds."""
        return statistics.median(self.took)

    def add(self, other: "Asked") -> None:
        """Take what came of asking for another while."""
        self.seconds += other.seconds
        self.took += other.took
        self.bad += other.bad


def request(method: str, path: str, body: Any = None, **headers: str) -> bytes:
    """A request as it goes over the wire, with a body as JSON."""
    content = b"" if body is None else json.dumps(body).encode()
    return _request(method, path, content, "application/json", headers)


def form_request(path: str, form: dict[str, str], **headers: str) -> bytes:
    """A form as it is sent over the wire."""
    return _request("POST", path, urlencode(form).encode(), "application/x-www-form-urlencoded", headers)


def _request(method: str, path: str, content: bytes, kind: str, headers: dict[str, str]) -> bytes:
    headers = {"Host": "127.0.0.1"} | headers
    lines = [f"{method} {path} HTTP/1.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if content:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


class _Client:
    """One client: its connection, what it asked last and when, and what came of the answer so far."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address, self._sent = address, 0
        self._connection: socket.socket | None = None
        self.answer, self.asked_at = b"", 0.0

    def ask(self, sent: bytes, selector: selectors.BaseSelector) -> None:
        if self._connection is None or self._sent % REQUESTS_A_CONNECTION == 0:
            self.hang_up(selector)
            self._connection = socket.create_connection(self._address, PATIENCE_SECONDS)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self._connection, selectors.EVENT_READ, self)
        self._sent += 1
        self.answer, self.asked_at = b"", time.perf_counter()
        self._connection.sendall(sent)

    def has_answer(self) -> bool:
        """Take what has come; whether the answer is whole."""
        assert self._connection is not None
        part = self._connection.recv(65536)
        if not part:
            raise ConnectionError(f"hung up after {self.answer!r}")
        self.answer += part
        head, blank, body = self.answer.partition(b"\r\n\r\n")
        if not blank:
            return False
        _before, _name, after = head.lower().partition(b"content-length:")
        return len(body) >= int(after.split(b"\r\n", 1)[0])

    def hang_up(self, selector: selectors.BaseSelector) -> None:
        if self._connection is not None:
            selector.unregister(self._connection)
            self._connection.close()
            self._connection = None


def ask(port: int, requests: Iterator[bytes], clients: int, seconds: float) -> Asked:
    """Let so many clients ask for so long; answers other than 2xx are in `bad`."""
    asked = Asked()
    with selectors.DefaultSelector() as selector:
        everybody = [_Client(("127.0.0.1", port)) for _client in range(clients)]
        began = time.perf_counter()
        for client in everybody:
            client.ask(next(requests), selector)
        waiting = clients
        while waiting:
            events = selector.select(PATIENCE_SECONDS)
            if not events:
                raise TimeoutError("no answer")
            for key, _mask in events:
                client = key.data
                if not client.has_answer():
                    continue
                now = time.perf_counter()
                asked.took.append((now - client.asked_at) * 1000)
                if not client.answer.startswith(b"HTTP/1.1 2"):
                    asked.bad.append(client.answer)
                if now - began < seconds:
                    client.ask(next(requests), selector)
                else:
                    waiting -= 1
                    client.hang_up(selector)
        asked.seconds = time.perf_counter() - began
    return asked
