"""A process that has loaded the program once and forks a real server or command whenever it is told to.

It reads one JSON line for each on its standard input and answers with the process group.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

import app  # loaded here, so that no server has to
from ground.server import serving


@cache
def app_in(environment: tuple[tuple[str, str], ...]) -> Flask:
    """The application with these settings; made here, as making it takes longer than most servers live."""
    os.environ.update(dict(environment))
    return app.create_app()


def serve(made: Flask, order: dict[str, Any]) -> None:
    """As `flask serve` does: one process for SQLite, two for PostgreSQL; with threads."""
    listening = serving.listen("127.0.0.1", order["port"])
    is_sqlite = made.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    serving.serve(made, listening, 1 if is_sqlite else 2)


def run(made: Flask, order: dict[str, Any]) -> None:
    """A command as its operator types it; once it ended well, the file `done` is there."""
    result = made.test_cli_runner().invoke(args=order["command"])
    sys.stdout.write(f"{order['command']}: {result.exit_code} {result.output} {result.exception}\n")
    if result.exit_code == 0:
        Path(order["done"]).touch()


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # servers are killed and not mourned
    for line in sys.stdin:
        order = json.loads(line)
        made = app_in(tuple(order["environment"].items()))
        child = os.fork()
        if child == 0:
            os.setpgid(0, 0)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(log, 1)
            os.dup2(log, 2)
            try:
                (run if "command" in order else serve)(made, order)
                sys.stdout.flush()
            finally:
                os._exit(0)
        with suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)  # whoever of the two comes first
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
