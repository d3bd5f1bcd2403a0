"""How long pages take beside 200 slow clients: idle, in the middle of a header, dribbling a body.

    .venv/bin/python bench/slow_clients.py http://127.0.0.1:8000 [clients] [rounds]

Asks a server that runs already for its sign-in page, and says the median, the slowest.
"""

import socket
import statistics
import sys
import threading
import time
from http.client import HTTPConnection
from itertools import cycle
from urllib.parse import urlsplit

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: HOST\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100000\r\n\r\nname="
STARTS = (b"", HEAD, HEAD + FORM)
MORE = (b"", b"X: y\r\n", b"a")


def main() -> None:
    """Open the connections, let them dribble, ask for pages meanwhile, and print the figures."""
    place = urlsplit(sys.argv[1])
    clients, rounds = (int(given) for given in (*sys.argv[2:], "200", "100")[:2])
    host, port = place.hostname or "127.0.0.1", place.port or 80
    print(f"alone: {figures(ask(host, port, rounds))}")
    slow = []
    for _client, (start, more) in zip(range(clients), cycle(zip(STARTS, MORE, strict=True)), strict=False):
        client = socket.create_connection((host, port))
        client.sendall(start.replace(b"HOST", place.netloc.encode()))
        slow.append((client, more))
    done = threading.Event()

    def dribble() -> None:
        while not done.wait(0.5):
            for client, byte in slow:
                try:
                    client.sendall(byte)
                except OSError:
                    continue

    threading.Thread(target=dribble, daemon=True).start()
    print(f"beside {clients} slow clients: {figures(ask(host, port, rounds))}")
    done.set()


def ask(host: str, port: int, rounds: int) -> list[float]:
    """The milliseconds that the sign-in page took, each on a connection of its own."""
    took = []
    for _round in range(rounds):
        began = time.perf_counter()
        connection = HTTPConnection(host, port, timeout=60)
        connection.request("GET", "/sign-in")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise SystemExit(f"answered {answer.status}")
        took.append((time.perf_counter() - began) * 1000)
    return took


def figures(took: list[float]) -> str:
    """The median and the slowest, in words."""
    return f"median {statistics.median(took):.0f} ms, slowest {max(took):.0f} ms"


if __name__ == "__main__":
    main()
