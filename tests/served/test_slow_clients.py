"""Clients that dribble, idle, don't take their answer or send too much: nobody waits for them."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from threading import Event, Thread

import pytest
from flask import Flask

from ground.server import serving
from shop.desk import devices
from tests.story import do

SLOW = 40  # clients: five for each thread
HEAD = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nname="
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n3\r\nna"
AS_JSON = {"Content-Type": "application/json"}
# What each kind of slow client has sent when it falls asleep.
KINDS = {"idle": b"", "header": HEAD, "body": HEAD + FORM, "chunks": HEAD + CHUNKED}


@contextmanager
def slow_clients(port: int, sent: bytes, count: int = SLOW) -> Iterator[list[socket.socket]]:
    clients = []
    try:
        for _number in range(count):
            clients.append(socket.create_connection(("127.0.0.1", port), timeout=10))
            clients[-1].sendall(sent)
        yield clients
    finally:
        for client in clients:
            client.close()


def status_of(port: int, path: str) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def is_hung_up(client: socket.socket) -> bool:
    """Whether the server closes this connection, within the client's patience."""
    with suppress(ConnectionResetError):
        return client.recv(1) == b""
    return True


class Bench:
    """A server in a thread of the test, with an application that answers at once, or the program itself."""

    def __init__(self, *answer: bytes, program: Flask | None = None) -> None:
        self.answer = answer or (b"here",)
        self.started, self.go_on = Event(), Event()
        listening = serving.listen("127.0.0.1", 0)
        self.port = listening.getsockname()[1]
        self.server = serving.make_server(program or self.app, listening)
        self.server.adj.cleanup_interval = 0
        self.thread = Thread(target=self.server.serve_until_stopped)
        self.thread.start()

    def app(self, environ, start_response):
        if environ["PATH_INFO"] == "/long":
            self.started.set()
            assert self.go_on.wait(20)
        self.kept = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Length", str(sum(map(len, self.answer))))])
        return iter(self.answer)

    def stop(self) -> None:
        self.server.stop()
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.stop()


@pytest.mark.parametrize("sent", KINDS.values(), ids=KINDS)
@pytest.mark.one_database
def test_a_page_is_answered_beside_forty_slow_clients(house, sent):
    """And then the server ends at once, though they are still there."""
    server = house.serve().answering()
    with slow_clients(server.port, sent) as clients:
        assert status_of(server.port, "/sign-in") == 200
        server.tell_to_end(signal.SIGTERM)
        assert all(is_hung_up(client) for client in clients)
        assert server.has_ended(serving.FINISH_SECONDS)


@pytest.mark.parametrize("sent", KINDS.values(), ids=KINDS)
def test_who_is_too_slow_is_hung_up_on(bench, sent, monkeypatch):
    monkeypatch.setattr(serving, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(serving, "IDLE_SECONDS", 0)
    with slow_clients(bench.port, sent, 1) as (client,):
        assert is_hung_up(client)


def test_who_sends_fast_enough_may_send_for_long(bench, monkeypatch):
    """An allowance for what has come already: a large photo on a thin line arrives."""
    monkeypatch.setattr(serving, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(serving, "SLOWEST_BYTES", 1)
    with slow_clients(bench.port, KINDS["body"], 1) as (client,):
        assert status_of(bench.port, "/") == 200
        assert status_of(bench.port, "/") == 200  # the server has looked at who is slow in between
        client.sendall(b"." * 995)
        assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_a_connection_too_many_costs_the_one_that_is_silent_for_longest(bench, monkeypatch):
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 3)
    with slow_clients(bench.port, HEAD, 3) as clients:
        assert status_of(bench.port, "/") == 200
        assert is_hung_up(clients[0])
        clients[2].sendall(b"\r\n")
        assert clients[2].recv(100).startswith(b"HTTP/1.1 200")


def test_who_does_not_take_the_answer_holds_no_thread_and_not_the_end(monkeypatch):
    monkeypatch.setattr(serving, "FINISH_SECONDS", 0.2)
    monkeypatch.setattr(serving, "THREADS", 2)
    bench = Bench(*[b"." * 1024 * 1024] * 20)
    with slow_clients(bench.port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 2) as clients:
        assert all(client.recv(10) == b"HTTP/1.1 2" for client in clients)
        assert status_of(bench.port, "/") == 200
        bench.stop()


def test_the_main_thread_rests_while_another_one_sends(bench, monkeypatch):
    """A second client is answered meanwhile, for which the main thread looks at its sockets a few times."""
    looked = 0
    wait_once, send = bench.server._wait_once, serving.Connection.send
    others_status: list[int] = []

    def counted(*seconds: float) -> None:
        nonlocal looked
        looked += 1
        wait_once(*seconds)

    def send_slowly(connection: serving.Connection, *what: object, **how: object) -> int:
        nonlocal looked
        if not others_status:
            others_status.append(0)
            looked = 0
            others_status[0] = status_of(bench.port, "/")
        return send(connection, *what, **how)

    monkeypatch.setattr(bench.server, "_wait_once", counted)
    monkeypatch.setattr(serving.Connection, "send", send_slowly)
    assert status_of(bench.port, "/") == 200
    assert others_status == [200]
    assert looked < 20


def test_an_answer_larger_than_is_kept_comes_whole_to_who_takes_it_slowly(monkeypatch):
    """Its thread waits until the main thread has sent enough of it."""
    monkeypatch.setattr(serving, "MOST_ANSWERED_BYTES", 64 * 1024)
    bench = Bench(*[b"." * 1024 * 1024] * 8)
    with slow_clients(bench.port, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 1) as (client,):
        assert status_of(bench.port, "/") == 200
        received = bytearray()
        while len(received.partition(b"\r\n\r\n")[2]) < 8 * 1024 * 1024:
            received += client.recv(65536)
    bench.stop()


def test_a_request_that_runs_is_finished_before_the_end(bench):
    with slow_clients(bench.port, b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n", 1) as (client,):
        assert bench.started.wait(20)
        bench.server.stop()
        bench.thread.join(0.2)
        assert bench.thread.is_alive()
        bench.go_on.set()
        assert client.recv(100).startswith(b"HTTP/1.1 200")


def test_a_request_that_does_not_finish_is_cut_off(bench, monkeypatch):
    monkeypatch.setattr(serving, "FINISH_SECONDS", 0)
    with slow_clients(bench.port, b"GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n", 1):
        assert bench.started.wait(20)
        bench.stop()
        bench.go_on.set()


@pytest.mark.one_database
def test_what_is_too_large_is_said_by_the_program(app, cast, monkeypatch):
    """Much more than it takes is received and thrown away; then the same connection goes on."""
    monkeypatch.setenv("AIXIN_TRUST_CLOCK", "1")  # the server's threads go by the machine's
    _device, key = do(devices.add_device, cast.shop, "收银台", cast.manager)
    bench = Bench(program=app)
    connection = HTTPConnection("127.0.0.1", bench.port, timeout=20)
    try:
        for path, words in (("/sign-in", "超过 8 MB"), ("/api/v1/redemptions", '"code": "too_large"')):
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k" * 16}
            connection.request("POST", path, b" " * 17 * 1024**2, headers | AS_JSON)
            answer = connection.getresponse()
            assert (answer.status, words in answer.read().decode()) == (413, True), path
        connection.request("GET", "/sign-in")
        assert connection.getresponse().status == 200
    finally:
        connection.close()
        bench.stop()


def test_of_what_is_too_large_nothing_is_kept(bench, monkeypatch):
    """Of chunks as much as could have been taken: then the client is hung up on."""
    for kept in (b"name=" + b"." * 995, b""):
        with slow_clients(bench.port, KINDS["body"], 1) as (client,):
            client.sendall(b"." * 995)
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert bench.kept == kept
        monkeypatch.setattr(serving, "LARGEST_KEPT_BYTES", 999)
    with slow_clients(bench.port, HEAD + b"Transfer-Encoding: chunked\r\n\r\n400\r\n", 1) as (client,):
        client.sendall(b"." * 1024)
        assert client.recv(100).startswith(b"HTTP/1.1 413")
