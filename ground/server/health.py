"""What a monitor asks: whether the process answers, and whether the program can do its work.

/healthz asks nothing but the process. /readyz looks at the database, its migrations, the disk and the newest
backup, and answers 503 with what is wrong. Both stand before everything else, so that they answer whatever
is broken behind them; nobody signs in for them, and nothing of anybody is in them.
"""

import json
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from ground import clock
from ground.db import database_file, db
from ground.server import backups

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

log = logging.getLogger(__name__)

PATHS = ("/healthz", "/readyz")

LEAST_FREE_BYTES = 500 * 1024**2
OLDEST_BACKUP_SECONDS = 26 * 3600  # one is made each night, and takes its time


class HealthDoor:
    """A door before an application, at which monitors are answered; `reasons` are those not to work."""

    def __init__(self, behind: "WSGIApplication", reasons: Callable[[], list[str]]) -> None:
        self._behind, self._reasons = behind, reasons

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a monitor, or let the request go on."""
        path = environ.get("PATH_INFO")
        if path not in PATHS:
            return self._behind(environ, start_response)
        reasons = self._reasons() if path == "/readyz" else []
        body = json.dumps({"status": "not ready" if reasons else "ok", "reasons": reasons}).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        start_response("503 Service Unavailable" if reasons else "200 OK", headers)
        return [body]


def reasons_not_to_work(migrations: Path) -> Iterator[str]:
    """The reasons that keep the program from its work or soon will, in sentences; none when all is well.

    `migrations` is the folder of the program's migrations.
    """
    try:
        if missing := migrations_missing(migrations):
            yield missing
    except SQLAlchemyError:
        log.exception("the database does not answer a monitor")
        yield "database: it does not answer"
    yield from _of_disk()
    yield from _of_backups()


def migrations_missing(migrations: Path) -> str | None:
    """What to do where the database is not at the program's migration, in a sentence; None where it is."""
    with db.engine.connect() as connection:
        database_heads = set(MigrationContext.configure(connection).get_current_heads())
    if database_heads != (program_heads := set(ScriptDirectory(migrations).get_heads())):
        at = f"the database is at {_named(database_heads)}, the program at {_named(program_heads)}"
        return f"migrations: {at}: run db upgrade"
    return None


def _named(revisions: set[str]) -> str:
    return ", ".join(sorted(revisions)) or "none"


def _of_disk() -> Iterator[str]:
    file = database_file()
    for folder in {file.parent if file else Path(current_app.instance_path), Path(current_app.instance_path)}:
        free = shutil.disk_usage(folder).free
        if free < LEAST_FREE_BYTES:
            yield f"disk: {free // 1024**2} MB are free, {LEAST_FREE_BYTES // 1024**2} MB are needed"
            return


def _of_backups() -> Iterator[str]:
    folder = current_app.config["BACKUPS"]
    if not folder:
        return
    try:
        newest = backups.newest(Path(folder))
    except OSError as error:
        yield f"backup: its folder can't be read: {error.strerror}"
        return
    if newest is None:
        yield "backup: there is none"
    elif (age := clock.machine_now().timestamp() - newest.stat().st_mtime) > OLDEST_BACKUP_SECONDS:
        yield f"backup: the newest is {age / 3600:.0f} hours old"
