"""The server: it reads each request whole before one of its threads takes it.

The sockets are the main thread's (waitress). A client that dribbles, idles or takes its answer slowly holds
a socket and no thread, and is hung up on when it is too slow. SIGTERM ends the server within seconds:
requests that run may finish, nobody else is waited for.
"""

import gc
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver
from waitress.server import TcpWSGIServer
from waitress.utilities import RequestEntityTooLarge

log = logging.getLogger(__name__)

THREADS = 8

# How long a request may take to arrive: so many seconds, and one more for each so many bytes.
PATIENCE_SECONDS = 20
SLOWEST_BYTES = 1024

# How long a connection may say nothing, and a client take nothing of its answer.
IDLE_SECONDS = 60

# So many clients are connected at once; for one more, the one that has sent nothing for longest goes.
MOST_CONNECTIONS = 400

# So long a request that runs may go on once the server was told to stop.
FINISH_SECONDS = 5

# What is larger than the program takes is received to its end and thrown away, so that the program says so in
# its own words: a browser that is hung up on while it sends shows a page of its own. Of chunks nobody knows
# how many will come; so much of them is kept.
LARGEST_KEPT_BYTES = 9 * 1024 * 1024
LARGEST_BODY_BYTES = 256 * 1024 * 1024

# So much of an answer is taken off its thread before the client takes it; from 1 MB on it lies in a file.
MOST_ANSWERED_BYTES = 256 * 1024 * 1024


class Nothing:
    """A buffer that keeps nothing of what is put in."""

    def append(self, data: bytes) -> None:
        """Throw it away."""

    def __len__(self) -> int:
        return 0

    def getfile(self) -> BytesIO:
        """What is kept."""
        return BytesIO()

    def close(self) -> None:
        """There is nothing to close."""


class Request(HTTPRequestParser):
    """A request that arrives; of a body larger than is taken nothing is kept."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header, and see how large the body will be."""
        super().parse_header(header_plus)
        if self.content_length > LARGEST_KEPT_BYTES:
            self.body_rcv = FixedStreamReceiver(self.content_length, Nothing())

    def received(self, data: bytes) -> int:
        """Take what came."""
        consumed = int(super().received(data))
        if self.chunked and self.body_bytes_received > LARGEST_KEPT_BYTES:
            self.error, self.completed = RequestEntityTooLarge("more than is taken"), True
        return consumed


class Connection(HTTPChannel):
    """A client's connection, which knows since when a request has been arriving."""

    parser_class = Request
    arriving_since = 0.0
    arrived_bytes = 0
    is_sending = False

    def received(self, data: bytes) -> bool:
        """Take what the client sent, and note when a request began."""
        if self.request is None:
            self.arriving_since, self.arrived_bytes = time.monotonic(), 0
        self.arrived_bytes += len(data)
        return bool(super().received(data))

    def write_soon(self, data: Any) -> int:
        """Send a part of an answer, as far as the client takes it; the thread that answers calls it."""
        self.is_sending = True
        try:
            return int(super().write_soon(data))
        finally:
            self.is_sending = False
            if self.total_outbufs_len:
                self.server.pull_trigger()  # the rest is the main thread's

    def writable(self) -> bool:
        """Whether there is something that the main thread sends, or closes.

        What the thread that answers is just sending is left to it, unless it waits for the main thread: the
        socket is free, so the main thread would be woken again and again until the other one has Python's
        lock back.
        """
        is_waiting = self.total_outbufs_len > self.adj.outbuf_high_watermark
        return bool(super().writable()) and (is_waiting or not self.is_sending)

    @property
    def is_busy(self) -> bool:
        """Whether a request of it is being answered, or its answer is on the way."""
        return bool(self.requests or self.total_outbufs_len)

    def is_given_up(self, now: float) -> bool:
        """Whether the client has been too slow, in sending or in taking; `now` is waitress's clock."""
        if self.request is not None:
            allowed = PATIENCE_SECONDS + self.arrived_bytes / SLOWEST_BYTES
            return not self.is_busy and time.monotonic() - self.arriving_since > allowed
        is_ours_to_move = self.requests and not self.total_outbufs_len
        return not is_ours_to_move and bool(now - self.last_activity > IDLE_SECONDS)


class Server(TcpWSGIServer):
    """The sockets of one process, and the threads that answer."""

    channel_class = Connection
    is_stopping = False

    def maintenance(self, now: float) -> None:
        """Hang up on the clients that are too slow; it runs every few seconds."""
        for connection in list(self.active_channels.values()):
            if connection.is_given_up(now):
                connection.handle_close()

    def handle_accept(self) -> None:
        """Take one more client. When there are too many, the one that has been silent for longest goes."""
        super().handle_accept()
        if len(self.active_channels) > MOST_CONNECTIONS:
            silent = [each for each in self.active_channels.values() if not each.is_busy]
            if silent:
                min(silent, key=lambda each: each.creation_time).handle_close()

    def stop(self, *_signal: object) -> None:
        """Let the server end; a signal handler."""
        self.is_stopping = True
        self.pull_trigger()  # the main thread waits for sockets

    def serve_until_stopped(self, is_orphan: Callable[[], bool] = lambda: False) -> None:
        """Serve until `stop`, or until nobody is there who would say so; then finish what runs."""
        while not self.is_stopping and not is_orphan():
            self._wait_once()
        wasyncore.dispatcher.close(self)  # no new clients
        ends_at = time.monotonic() + FINISH_SECONDS
        while time.monotonic() < ends_at:
            for connection in list(self.active_channels.values()):
                if not connection.is_busy:
                    connection.handle_close()
            if not self.active_channels:
                return
            self._wait_once(0.1)
        log.warning("%d connections were cut off", len(self.active_channels))

    def _wait_once(self, seconds: float = 1) -> None:
        wasyncore.loop(timeout=seconds, use_poll=True, map=self._map, count=1)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there and shares its requests with nobody; OSError if the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def calm_collector() -> None:
    """Let the garbage collector stop the program shortly: what is there by now it has looked through.

    It stays. Everybody's requests wait for it: when an import made hundreds of thousands of objects, for up
    to 0.6 seconds, several times. How rarely it looks, is said in `ground`.
    """
    gc.collect()
    gc.freeze()


def serve(
    app: Any,
    listening: socket.socket,
    processes: int = 1,
    at_start: Callable[[int], object] = lambda _number: None,
) -> None:
    """Serve a WSGI application on a socket until SIGTERM or Ctrl+C, in so many processes.

    `at_start` is done in each of them, with its number.
    """
    calm_collector()
    if processes == 1:
        at_start(0)
        _serve_here(app, listening, is_orphan=lambda: False)
        return
    parent, children = os.getpid(), []
    for number in range(processes):
        child = os.fork()
        if child == 0:
            at_start(number)
            _serve_here(app, listening, is_orphan=lambda: os.getppid() != parent)
            os._exit(0)
        children.append(child)

    def stop_all(*_signal: object) -> None:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop_all)
    ended, status = os.wait()
    children.remove(ended)
    stop_all()  # one of them alone is not what was asked for: whoever started us starts all anew
    for child in children:
        os.waitpid(child, 0)
    if status:
        raise SystemExit(1)


def _serve_here(app: Any, listening: socket.socket, is_orphan: Callable[[], bool]) -> None:
    server = make_server(app, listening)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, server.stop)
    server.serve_until_stopped(is_orphan)


def make_server(app: Any, listening: socket.socket) -> Server:
    """The server of a WSGI application; it serves once it is told to."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that requests wait a moment is no news
    return Server(
        app,
        _sock=listening,
        bind_socket=False,
        sockinfo=(listening.family, listening.type, listening.proto, listening.getsockname()),
        map={},
        threads=THREADS,
        connection_limit=MOST_CONNECTIONS + 100,
        max_request_body_size=LARGEST_BODY_BYTES,
        max_request_header_size=64 * 1024,
        channel_request_lookahead=1,  # so a client that goes away is noticed while it is being answered
        outbuf_high_watermark=MOST_ANSWERED_BYTES,
        cleanup_interval=2,
        log_socket_errors=False,
        clear_untrusted_proxy_headers=False,  # whom to believe is the application's to say (TRUSTED_PROXIES)
        ident="",
        server_name=str(listening.getsockname()[0]),
    )
