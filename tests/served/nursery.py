"""A process that has loaded the program once and forks a real server whenever it is told to.

It reads one JSON line for each server on its standard input and answers with the server's process group.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from typing import Any

import app  # loaded here, so that no server has to
from ground.server import serving


def serve(order: dict[str, Any]) -> None:
    """As `flask serve` does: one process for SQLite, two for PostgreSQL; with threads."""
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    listening = serving.listen("127.0.0.1", order["port"])
    is_sqlite = order["environment"]["DATABASE_URL"].startswith("sqlite")
    serving.serve(app.create_app(), listening, 1 if is_sqlite else 2)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # servers are killed and not mourned
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            serve(json.loads(line))
            os._exit(0)
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)  # whoever of the two comes first
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
