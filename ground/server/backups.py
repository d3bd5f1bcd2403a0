"""Backups: a whole copy of the database in one file, made while the program runs.

Of SQLite by its own backup, of PostgreSQL by pg_dump. A copy is written under another name first and looked
through, so what bears the name of a backup is whole. The program's secret is not in it: who finds a backup
gets no second factor by it, and who restores one needs the secret too (docs/operations.md).
"""

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, current_app

from ground import clock
from ground.computer.places import ROOT
from ground.db import database_file, db

KEPT = 30
NAMES = "aixin-*.backup"
ASIDE = "before_"  # how the names begin under which a restore keeps what was there (restoring.py)
WHOSE = "backup_of"  # the table of a copy of SQLite that says whose it is; no database has it
UNFINISHED_STAY = timedelta(days=1)  # longer than any takes that is being made
MOST_SAID = 2000  # of what a command says that fails, so many characters are told


_making = threading.Lock()


class BackupFailed(Exception):
    """No backup could be made, or one is no good; the message says why."""


def make(folder: Path, kept: int | None = KEPT) -> Path:
    """Make a backup in a folder and return its file; older ones than the newest `kept` are deleted.

    With None all are kept.

    Raises `BackupFailed`, and `OSError` where the folder can't be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"aixin-{clock.local(clock.machine_now()):%Y%m%d-%H%M%S}.backup"
    with _making:  # one after the other: two of one second have one name
        for left in folder.glob("aixin-*.unfinished*"):  # by one that was killed
            if clock.machine_now() - made_at(left) > UNFINISHED_STAY:
                left.unlink(missing_ok=True)
        write(file)
    for old in all_in(folder)[:-kept] if kept else ():
        old.unlink(missing_ok=True)
    return file


def write(file: Path) -> None:
    """Write a backup to this file, which takes its place only once it was looked through.

    Raises `BackupFailed`, also where the copy is damaged; `OSError` where the folder can't be used.
    """
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(0o600)
    try:
        source = database_file()
        if source is None:
            _dump(unfinished)
            check_dump(unfinished)
        else:
            copy_sqlite(source, unfinished)
            check_sqlite(unfinished)
            _say_whose(unfinished)
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        unfinished.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BackupFailed(str(error)) from error
    finally:
        unfinished.unlink(missing_ok=True)


def folder(app: Flask) -> Path:
    """The folder of an application's backups: AIXIN_BACKUPS, or beside its database."""
    return Path(app.config["BACKUPS"] or Path(app.instance_path) / "backups")


def newest(folder: Path) -> Path | None:
    """The newest backup in a folder; None if there is none. Raises `OSError` as `all_in` does."""
    return next(reversed(all_in(folder)), None)


def made_at(backup: Path) -> datetime:
    """When a backup was made, by the machine's clock."""
    return datetime.fromtimestamp(backup.stat().st_mtime, UTC)


def age_of_newest(app: Flask) -> timedelta | None:
    """The age of an application's newest backup; None if there is none, or the folder can't be read."""
    try:
        found = newest(folder(app))
    except OSError:
        return None
    return None if found is None else max(clock.machine_now() - made_at(found), timedelta())


def all_in(folder: Path) -> list[Path]:
    """The backups in a folder, the oldest first: their names tell. A folder that is not there has none.

    Raises `OSError` where it can't be read: `glob` would find nothing there, as if there was none.
    """
    try:
        return sorted(file for file in folder.iterdir() if file.match(NAMES))
    except FileNotFoundError:
        return []


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database as it is at one moment into one file, with nothing beside it."""
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as database,
        closing(sqlite3.connect(target)) as copy,
    ):
        database.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def check_sqlite(copy: Path) -> None:
    """Look through a copy of our own: its pages, then every balance, chain, stock and receipt in it.

    Raises `BackupFailed` when something does not fit, and `sqlite3.Error` when it is no database at all.
    """
    with closing(sqlite3.connect(copy)) as database:
        found = [row[0] for row in database.execute("PRAGMA integrity_check(3)")]
    if found != ["ok"]:
        raise BackupFailed("the database is damaged: " + "; ".join(found))
    run_ourselves(f"sqlite:///{copy.absolute()}", "ledger", "verify")
    with closing(sqlite3.connect(copy)) as database:
        database.execute("PRAGMA journal_mode=DELETE")  # who verifies opens it as every database


def _say_whose(copy: Path) -> None:
    """Write into a copy whose it is, where several tenants are served; a dump says it by its schema."""
    if tenant := current_app.config.get("TENANT"):
        with closing(sqlite3.connect(copy)) as database, database:
            database.execute(f"CREATE TABLE {WHOSE} (tenant VARCHAR NOT NULL)")
            database.execute(f"INSERT INTO {WHOSE} VALUES (?)", (tenant,))  # noqa: S608 -- our own name


def take_whose(copy: Path) -> str:
    """Whose a copy says that it is, which is taken out of it; empty where it does not say."""
    with closing(sqlite3.connect(copy)) as database, database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (WHOSE,)).fetchone():
            return ""
        (tenant,) = database.execute(f"SELECT tenant FROM {WHOSE}").fetchone()  # noqa: S608 -- our own name
        database.execute(f"DROP TABLE {WHOSE}")
        return str(tenant)


def check_dump(dump: Path) -> None:
    """Read a dump of PostgreSQL to its end; what is in it is computed again when it is restored.

    Raises `BackupFailed` when it is damaged.
    """
    run_tool("pg_restore", f"--file={os.devnull}", str(dump))


def run_ourselves(database: str, *words: str) -> None:
    """Run a command of this program on another database, in a process of its own and as nobody's tenant.

    Raises `BackupFailed` with what it said, if it fails.
    """
    alone = {"AIXIN_COUNTY": "", "AIXIN_INSTANCE": current_app.instance_path, "DATABASE_URL": database}
    _run([sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), *words], alone)


def schema() -> str:
    """The schema of PostgreSQL in which our tables are."""
    return current_app.config.get("SCHEMA") or "public"


def only_ours() -> str:
    """The option by which PostgreSQL's tools take what is ours, and nothing that lies beside it."""
    return f"--schema={schema()}"


def _dump(target: Path) -> None:
    run_tool("pg_dump", "--format=custom", only_ours(), f"--file={target}", address())


def address() -> str:
    """The option by which PostgreSQL's tools reach our database; its password goes another way."""
    url = db.engine.url.set(drivername="postgresql", password=None)
    return f"--dbname={url.render_as_string()}"


def run_tool(*command: str) -> None:
    """Run a tool of PostgreSQL's; raises `BackupFailed` if it fails, `OSError` if it is not there."""
    password = db.engine.url.password
    _run(command, {"PGPASSWORD": str(password)} if password else {})


def _run(command: Sequence[str], settings: dict[str, str]) -> None:
    try:
        subprocess.run(command, env=os.environ | settings, check=True, capture_output=True, text=True)  # noqa: S603 -- our own
    except subprocess.CalledProcessError as failed:
        said = f"{failed.stdout}{failed.stderr}".strip() or str(failed)
        raise BackupFailed(said[-MOST_SAID:]) from failed
