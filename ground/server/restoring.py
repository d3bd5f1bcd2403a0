"""Restore a backup in the place of our database; what was there is kept beside it.

The backup is copied, brought up to this program, and computed again. On SQLite that is done in a file beside
the database's, which takes its place at the end. On PostgreSQL it is done in our own database, in which what
was there has gone into a schema of another name; it comes back when the backup is no good.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask import current_app
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from ground import clock
from ground.computer.private import files_of_database
from ground.db import database_file, db
from ground.server import backups, claims
from ground.server.backups import BackupFailed

OTHERS_CONNECTED = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

# A tenant's neighbours stay connected: who counts is who has something of this schema in hand.
OTHERS_AT_WORK = """
    SELECT count(DISTINCT pg_locks.pid) FROM pg_locks JOIN pg_class ON pg_class.oid = pg_locks.relation
    WHERE relnamespace = to_regnamespace(:schema) AND pg_locks.pid <> pg_backend_pid()
"""


def restore(backup: Path) -> str | None:
    """Put a backup in the place of the database; returns the name under which what was there is kept.

    That is a file's, or on PostgreSQL a schema's; None where nothing was there. No server may run: whoever
    calls holds the claim of its file. Raises `BackupFailed`, and then what was there is there.
    """
    moment, file = stamp(), database_file()
    db.session.remove()
    db.engine.dispose()
    try:
        return _into_postgresql(backup, moment) if file is None else _into_file(backup, file, moment)
    except (OSError, sqlite3.Error, SQLAlchemyError) as error:
        raise BackupFailed(str(error)) from error


def stamp() -> str:
    """This moment in a name; two of one second have two."""
    return f"{clock.local(clock.machine()):%Y%m%d_%H%M%S_%f}"


def _into_file(backup: Path, database: Path, stamp: str) -> str | None:
    unfinished = database.with_name(f"{database.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(0o600)
    try:
        backups.copy_sqlite(backup, unfinished)
        _check_holds_ours(unfinished)
        _check_is_ours(backups.take_whose(unfinished))
        backups.run_ourselves(f"sqlite:///{unfinished.absolute()}", "db", "upgrade")
        backups.check_sqlite(unfinished)
        kept = _put_aside(database, stamp)
        unfinished.rename(database)
    finally:
        for each in files_of_database(unfinished):
            each.unlink(missing_ok=True)
    return kept


def _check_holds_ours(copy: Path) -> None:
    """Check that a copy holds a database of the program: an empty file is a database for SQLite too."""
    with closing(sqlite3.connect(copy)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
            raise BackupFailed("nothing of this program is in it")


def _check_is_ours(whose: str) -> None:
    """Check that a backup is no other tenant's; who is alone takes any, and one that says nothing fits."""
    own = current_app.config.get("TENANT")
    if own and whose and whose != own:
        raise BackupFailed(f"it is a backup of {whose}, and this is {own}")


def put_aside(database: Path) -> str | None:
    """Put a database's file aside, so that an empty one is begun; returns its new name, None without one.

    No server may run: whoever calls holds the claim of the file.
    """
    db.session.remove()
    db.engine.dispose()
    return _put_aside(database, stamp())


def _put_aside(database: Path, stamp: str) -> str | None:
    """Rename a database's file, and what was written last and lies beside it (-wal): it is of it alone."""
    kept = database.with_name(f"{database.name}.{backups.ASIDE}{stamp}")
    claim = claims.place_of_file(database)
    there = [each for each in files_of_database(database) if each.exists() and each != claim]
    for each in there:
        each.rename(kept.with_name(kept.name + each.name.removeprefix(database.name)))
    return str(kept) if there else None


def _into_postgresql(backup: Path, stamp: str) -> str | None:
    backups.check_dump(backup)
    schema = backups.schema()
    kept = f"{backups.ASIDE}{stamp}" if schema == "public" else f"{schema}_{backups.ASIDE}{stamp}"
    with _writing() as connection:
        _check_nobody_works(connection, schema)
        was_empty = connection.scalar(text(f"SELECT to_regclass('{schema}.alembic_version')")) is None
        connection.execute(text(f"ALTER SCHEMA {schema} RENAME TO {kept}"))
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    try:
        fill(backup)
    except BaseException:  # also who grew tired of it and pressed Ctrl+C
        with _writing() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
            connection.execute(text(f"ALTER SCHEMA {kept} RENAME TO {schema}"))
        raise
    return None if was_empty else kept


def fill(backup: Path) -> None:
    """Fill our empty schema of PostgreSQL from a backup; bring it up to the program, and verify.

    Raises `BackupFailed`, also where it is a backup of another schema, of which PostgreSQL would restore
    nothing and be content; `OSError` where a tool is not there.
    """
    how, own = ("--no-owner", "--exit-on-error", backups.only_ours()), address_of(backups.schema())
    backups.run_tool("pg_restore", *how, backups.address(), str(backup))
    with db.engine.connect() as connection:
        version = f'"{backups.schema()}".alembic_version'
        if connection.scalar(text("SELECT to_regclass(:version)"), {"version": version}) is None:
            raise BackupFailed(f"nothing of {backups.schema()} is in it: it is a backup of another database")
    backups.run_ourselves(own, "db", "upgrade")
    backups.run_ourselves(own, "ledger", "verify")


def address_of(schema: str) -> str:
    """The address of a schema in our PostgreSQL database, as that of a database which is nobody's tenant."""
    url = db.engine.url.set(drivername="postgresql")
    if schema != "public":
        url = url.update_query_dict({"options": f"-csearch_path={schema}"})
    return url.render_as_string(hide_password=False)


def _check_nobody_works(connection: Connection, schema: str) -> None:
    """Check that nobody else works in the schema or may begin to; `BackupFailed` otherwise."""
    if schema == "public":
        if others := connection.scalar(text(OTHERS_CONNECTED)):
            raise BackupFailed(f"{others} others are connected to the database. Stop the server first.")
        return
    if not current_app.config["IS_CLOSED"]:
        raise BackupFailed("others may work in it. Close it first: counties close")
    if others := connection.scalar(text(OTHERS_AT_WORK), {"schema": schema}):
        raise BackupFailed(f"{others} others still work in it. Wait until they are done.")


@contextmanager
def _writing() -> Iterator[Connection]:
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield connection
