"""A tenant brought into another PostgreSQL database, as from an office's file or onto several machines.

Nothing is written meanwhile: of PostgreSQL the tables are held against writers until all is there and
verified; who waits to write then is refused, as the tables are gone. A SQLite file is claimed as by its
server. What was there stays under another name; when anything fails, everything is as before.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Table, func, insert, select, text

from ground.db import Base, database_file, db, largest_id
from ground.server import backups, claims, restoring
from ground.server.backups import BackupFailed

ROWS_AT_ONCE = 1_000

FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = to_regnamespace(:schema)
"""


def move(old: Flask, new: Flask, migrate: Callable[[], None]) -> str:
    """Bring a tenant's rows from the database of one application into that of another; verified there.

    `migrate` makes the new one's schema and tables. Returns the name under which what was there is kept.
    Raises `BackupFailed`.
    """
    with new.app_context(), _apart():
        if not (schema := new.config["SCHEMA"]):
            raise BackupFailed("it can be brought into a PostgreSQL database only")
        if _is_there(schema):
            raise BackupFailed(f"a schema {schema} is in that database already")
    with old.app_context(), _apart():
        try:
            file = database_file()
            return _from_schema(new) if file is None else _from_file(file, new, migrate)
        except BaseException:
            with new.app_context(), _apart(), _writing() as connection:
                connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
            raise


def _from_schema(new: Flask) -> str:
    """Bring the schema of the context's application into the new one's database, by a dump."""
    schema = backups.schema()
    kept = f"{schema}_moved_{restoring.stamp()}"
    with _writing() as connection, tempfile.TemporaryDirectory() as folder:
        tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        connection.execute(text(f"LOCK TABLE {tables} IN SHARE MODE"))
        dump = Path(folder) / "moved.backup"
        backups.write(dump)
        with new.app_context(), _apart():
            with _writing() as there:
                there.execute(text(f'CREATE SCHEMA "{schema}"'))
            restoring.fill(dump)
        connection.execute(text(f'ALTER SCHEMA "{schema}" RENAME TO "{kept}"'))
    return kept


def _from_file(file: Path, new: Flask, migrate: Callable[[], None]) -> str:
    """Bring the rows of the context's SQLite file into the new one's schema, table after table."""
    try:
        claims.claim(claims.place_of_file(file), "counties move")
    except claims.AlreadyClaimed as taken:
        raise BackupFailed(str(taken.message)) from taken
    migrate()
    last_ids = {table: largest_id(table) for table in _tables_that_give_ids()}
    with db.engine.connect() as rows, new.app_context(), _apart():
        with _writing() as there:
            if _version(rows) != _version(there):
                raise BackupFailed("the file is not at the program's migration: counties migrate")
            with _without_foreign_keys(there):
                for table in Base.metadata.sorted_tables:
                    _copy(table, rows, there)
            _count_on(last_ids, there)
        backups.run_ourselves(restoring.address_of(backups.schema()), "ledger", "verify")
    kept = restoring.put_aside(file)
    return str(kept)


def _copy(table: Table, rows: Connection, there: Connection) -> None:
    """Copy the rows of a table."""
    for part in rows.execute(select(table)).mappings().partitions(ROWS_AT_ONCE):
        there.execute(insert(table), [dict(row) for row in part])


def _tables_that_give_ids() -> Iterator[Table]:
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns and table.columns["id"].autoincrement is not False:
            yield table


def _count_on(last_ids: dict[Table, int], there: Connection) -> None:
    """Let the ids that the new database gives go on behind those that were given, also to rows now gone."""
    for table, last in last_ids.items():
        if last:
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
            there.execute(select(func.setval(sequence, last)))


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let rows come before those that they name; each foreign key is there again, and checked, at the end."""
    keys = connection.execute(text(FOREIGN_KEYS), {"schema": backups.schema()}).all()
    for table, name, _definition in keys:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    yield
    for table, name, definition in keys:
        connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))


def _version(connection: Connection) -> Any:
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def _is_there(schema: str) -> bool:
    with db.engine.connect() as connection:
        return connection.scalar(text("SELECT to_regnamespace(:schema)"), {"schema": schema}) is not None


@contextmanager
def _apart() -> Iterator[None]:
    """Give back the connections of the context's application at its end."""
    try:
        yield
    finally:
        db.session.remove()
        db.engine.dispose()


@contextmanager
def _writing() -> Iterator[Connection]:
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        yield connection
