"""The connections to a database: how each begins, waits and ends, on both kinds.

SQLite drops FOR UPDATE in silence, so there a write takes the whole database at once (BEGIN IMMEDIATE).
On PostgreSQL what is not said to write can't, and what only reads has no transaction around it. Of several
tenants in one database each finds its own schema, whichever connection it gets.
"""

import sqlite3
import threading
from contextlib import suppress
from select import select as select_ready
from typing import Any
from weakref import WeakValueDictionary

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    Engine,
    engine_from_config,
    event,
    make_url,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import Pool

from ground.db import copies as copies  # it listens for connections

# The engines that tenants share, by their addresses: a process has as many connections for many as for one.
_shared_engines: WeakValueDictionary[str, Engine] = WeakValueDictionary()
_sharing = threading.Lock()


class Database(SQLAlchemy):
    """The database of each application; tenants in one PostgreSQL database share its connections."""

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Any) -> Engine:
        """An engine; of an application with a SCHEMA one that finds its tables there and nowhere else."""
        schema = app.config.get("SCHEMA")
        if schema is None:
            return super()._make_engine(bind_key, options, app)
        address = make_url(options["url"]).render_as_string(hide_password=False)
        with _sharing:
            shared = _shared_engines.get(address)
            if shared is None:
                shared = _shared_engines[address] = engine_from_config(options, prefix="")
        return shared.execution_options(**{SCHEMA: schema})


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        with suppress(sqlite3.OperationalError):  # a copy that can't be written keeps the journal it has
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.close()


# How long a server's connection waits on PostgreSQL; on SQLite as long for its lock. A command waits on.
LIMITS = {
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
}

_limits: dict[str, str] = {}

# What a connection to PostgreSQL notes of itself once it takes what is not said to write for reading.
READS_ONLY = "reads_only"

# The option of an engine, and what a connection notes of itself: the schema in which tables are looked for.
SCHEMA = "tenant_schema"


def limit_waiting() -> None:
    """Let every connection that is opened from now on wait no longer than LIMITS: a server's."""
    _limits.update(LIMITS)


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, record: object) -> None:
    if isinstance(connection, psycopg.Connection) and _limits:
        connection.autocommit = True
        for name, limit in _limits.items():
            connection.execute(f"SET {name} = '{limit}'")
        connection.autocommit = False


@event.listens_for(Pool, "checkout")
def _check_is_open(raw: Any, record: object, proxy: object) -> None:
    """Check that a connection to PostgreSQL was not cut while nobody used it.

    Nothing comes on one that is idle, unless the server or the network says that it is over. To look takes
    no time; to ask the server took longer than most statements.
    """
    if isinstance(raw, psycopg.Connection) and (raw.closed or select_ready([raw.fileno()], [], [], 0)[0]):
        raise InvalidatePoolError


def engine_options(uri: str, threads: int) -> dict[str, Any]:
    """An engine's settings: on PostgreSQL a connection for each thread, and for what it streams.

    A connection that was lost meanwhile is found out before it is used (`_check_is_open`), so a database
    that comes back is used at once.
    """
    if not uri.startswith("postgresql"):
        return {}
    return {
        "pool_size": threads,
        "max_overflow": threads,
        "pool_timeout": 10,
        "pool_use_lifo": True,  # what a request gave back it takes again, and it is in the same schema still
        "connect_args": {"connect_timeout": 5},
        "execution_options": {"reading": True},  # but in `transaction()`, which is writing
    }


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Begin as what a transaction is for: only `transaction()` may write, and both databases know it.

    On PostgreSQL what only reads begins nothing, as there each statement sees the newest anyway: to begin and
    to end would be two more ways there and back.
    """
    options, raw = connection.get_execution_options(), connection.connection.driver_connection
    if isinstance(raw, psycopg.Connection):
        if schema := options.get(SCHEMA):
            _enter_schema(connection, raw, schema)
        is_reading = bool(options.get("reading") and not options.get("writing"))
        if is_reading and READS_ONLY not in connection.info:
            _set_to_read(connection, raw)
            connection.info[READS_ONLY] = True
        is_alone = raw.autocommit if "isolation_level" in options else is_reading
        set_mode(raw, is_alone, is_reading)
    elif connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")


def _enter_schema(connection: Connection, raw: "psycopg.Connection[Any]", schema: str) -> None:
    """Let a connection look for tables in a tenant's schema, whoever had it before.

    It is said outside of any transaction, so that no rollback takes it back; and noted once it is true: if it
    can't be said, the connection is in nobody's schema as far as the next one knows, who says it anew.
    """
    if connection.info.get(SCHEMA) == schema:
        return
    connection.info.pop(SCHEMA, None)
    if not raw.autocommit:
        raw.autocommit = True
    connection.exec_driver_sql(f'SET search_path TO "{schema}"')
    connection.info[SCHEMA] = schema


def _set_to_read(connection: Connection, raw: "psycopg.Connection[Any]") -> None:
    """Let a connection take what is not said to write for reading."""
    autocommit, raw.autocommit = raw.autocommit, True
    connection.exec_driver_sql("SET default_transaction_read_only = on")
    raw.autocommit = autocommit


def set_mode(raw: "psycopg.Connection[Any]", is_alone: bool, is_reading: bool) -> None:
    """Let each statement stand alone, or a transaction for reading or writing begin with the next one."""
    if raw.autocommit is not is_alone:
        raw.autocommit = is_alone
    if not is_alone and raw.read_only is not is_reading:
        raw.read_only = is_reading


@event.listens_for(Engine, "rollback")
def _end_reading(connection: Connection) -> None:
    """End what only read by a commit, with which the connection keeps the statements that it prepared.

    After a rollback psycopg forgets them, and PostgreSQL would plan each of them anew in each request.
    """
    if connection.invalidated:  # it was lost, and has nothing to end
        return
    raw = connection.connection.driver_connection
    if isinstance(raw, psycopg.Connection) and raw.read_only and not (raw.autocommit or raw.broken):
        with suppress(psycopg.OperationalError):  # the rollback, which comes next, says it
            raw.commit()
