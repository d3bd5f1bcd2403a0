"""The database, and the one place where anything is written.

`transaction()` is the only commit in the program. Verbs compose freely inside it; a Refused or any
other exception undoes all of it.

SQLite drops FOR UPDATE in silence, so there a write takes the whole database at once (BEGIN IMMEDIATE).
Its own waiting is not fair, so the threads of a server queue here first, in the order they came.
"""

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, Update, event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from ground.refusal import Refused

log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """Every table of the house; constraints are named so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


Row = TypeVar("Row", bound=Base)

# Verbs flush when a row is whole: a query between two of its changes must not send half of it.
db = SQLAlchemy(model_class=Base, session_options={"autoflush": False})


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware in the program on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database, in UTC; a moment without time zone is a mistake of the program."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without its time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database; SQLite forgets the zone, which is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# How the databases say it: a unique key taken, a deadlock, a lock waited for too long.
MEETINGS = {
    "23505",
    "40P01",
    "55P03",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
}


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds one of an enumeration's words, checked by the database too."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class _Queue:
    """A lock that is handed over in the order people came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._taken = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def __exit__(self, *exc: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


_write_queue = _Queue()


@contextmanager
def transaction() -> Iterator[Session]:
    """Do everything inside, or nothing.

    What the session read before is forgotten and read again inside, so no rule is checked on stale rows.
    Where two requests meet on a unique key or a lock, the second is Refused with `conflict`.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("transaction() is opened once, by the view, the command or the job")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside transaction()")
    session.rollback()
    is_sqlite = db.engine.dialect.name == "sqlite"
    with _write_queue if is_sqlite else nullcontext():
        session.info["writing"] = True
        try:
            session.connection(execution_options={"writing": True})
            yield session
            session.commit()
        except DBAPIError as error:
            session.rollback()
            if not _met_somebody(error):
                raise
            log.warning("met somebody in the database: %s", error.orig)
            raise Refused("conflict", _("Somebody else did this at the same moment. Look again.")) from error
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)


def _met_somebody(error: DBAPIError) -> bool:
    """Whether the database refused because of somebody else, not because of a mistake of the program."""
    on_postgresql = getattr(error.orig, "sqlstate", None)
    on_sqlite = getattr(error.orig, "sqlite_errorname", None)
    return on_postgresql in MEETINGS or on_sqlite in MEETINGS


def read_one_moment() -> None:
    """Let everything read from here to the session's end be of one moment, as it is on SQLite anyway."""
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def get_locked(model: type[Row], ident: int) -> Row:
    """The row as it is now, locked against others until the transaction ends; it must be there.

    `populate_existing`: a lock on a row the session read earlier would still show the old values.
    """
    return db.session.get_one(model, ident, with_for_update={"key_share": True}, populate_existing=True)


def change_one(statement: Update) -> None:
    """A guarded update: it must change exactly one row, or the lock before it was none."""
    changed = db.session.connection().execute(statement).rowcount
    if changed != 1:
        raise RuntimeError(f"{changed} rows changed instead of one: {statement}")


def add_together(rows: Sequence[Any]) -> None:
    """Send new rows of one table at once. Their ids are drawn first: a row whose id the database has to tell
    is sent alone. On SQLite the write that runs has the table for itself."""
    if not rows:
        return
    table = rows[0].__table__
    if db.engine.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        drawn = select(func.nextval(sequence)).select_from(func.generate_series(1, len(rows)))
        ids: Iterable[int] = db.session.scalars(drawn).all()
    else:
        ids = count((db.session.scalar(select(func.max(table.c.id))) or 0) + 1)
    for row, ident in zip(rows, ids, strict=False):
        row.id = ident
    db.session.add_all(rows)
    db.session.flush()


def fetch(model: type[Row], ident: object, **belongs: object) -> Row | None:
    """The row with this id, if it belongs where the caller looks (`village_id=…`); otherwise None."""
    row = db.session.get(model, ident)
    if row is None or any(getattr(row, name) != value for name, value in belongs.items()):
        return None
    return row


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
