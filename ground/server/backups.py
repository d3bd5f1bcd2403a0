"""Backups: a whole copy of the database in one file, made while the program runs.

Of SQLite by its own backup, of PostgreSQL by pg_dump. A copy is written under another name first, so what
bears the name of a backup is whole. The program's secret is not in it: who finds a backup gets no second
factor by it, and who restores one needs the secret too (docs/operations.md).
"""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from flask import Flask

from ground import clock
from ground.db import database_file, db

KEPT = 30
NAMES = "aixin-*.backup"


class BackupFailed(Exception):
    """No backup could be made; the message says why."""


def make(folder: Path, kept: int = KEPT) -> Path:
    """Make a backup in a folder and return its file; older ones than the newest `kept` are deleted.

    Raises `BackupFailed`, and `OSError` where the folder can't be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"aixin-{clock.local(clock.machine_now()):%Y%m%d-%H%M%S}.backup"
    unfinished = file.with_suffix(".unfinished")
    try:
        source = database_file()
        if source is None:
            _dump(unfinished)
        else:
            _copy(source, unfinished)
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        unfinished.unlink(missing_ok=True)
        raise BackupFailed(getattr(error, "stderr", None) or str(error)) from error
    for old in all_in(folder)[:-kept]:
        old.unlink(missing_ok=True)
    return file


def folder(app: Flask) -> Path:
    """The folder of an application's backups: AIXIN_BACKUPS, or beside its database."""
    return Path(app.config["BACKUPS"] or Path(app.instance_path) / "backups")


def newest(folder: Path) -> Path | None:
    """The newest backup in a folder; None if there is none. Raises `OSError` as `all_in` does."""
    return next(reversed(all_in(folder)), None)


def all_in(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first: their names tell. A folder that is not there has none.

    Raises `OSError` where it can't be read: `glob` would find nothing there, as if there was none.
    """
    try:
        return sorted(file for file in folder.iterdir() if file.match(NAMES))
    except FileNotFoundError:
        return []


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database,
        closing(sqlite3.connect(target)) as copy,
    ):
        database.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


def _dump(target: Path) -> None:
    url = db.engine.url.set(drivername="postgresql")
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    address = url.set(password=None).render_as_string()
    command = ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={address}"]
    subprocess.run(command, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 -- our own
