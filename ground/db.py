"""The database, and the one place where anything is written.

`transaction()` is the only commit in the program. Verbs compose freely inside it; a Refused or any
other exception undoes all of it.

What is written loads once. A view opens the transaction first and inside it loads its row by
`fetch(..., lock=True)`, asks who may, and calls the verb; a verb that needs its row locked says `lock(row)`,
which does nothing more where the view has it locked already. A page to look at, and one that is shown again
after a refusal, loads by `fetch` outside.

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
from typing import Any, ClassVar, TypeVar

from flask_babel import lazy_gettext as _
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, Update, event, func, inspect, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.types import TypeDecorator

from ground.refusal import Refused

log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """Every table of the house; constraints are named so that migrations can speak of them.

    `lasting` names the columns that never change once a row is there. Only these does a session still know
    after a transaction began or ended, so who asks, and where, is not read again for its name.
    """

    lasting: ClassVar[tuple[str, ...]] = ()

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

    What the session read before is forgotten, all but what never changes, so no rule is checked on stale
    rows: what is written is loaded inside. Where two requests meet on a unique key or a lock, the second is
    Refused with `conflict`.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("transaction() is opened once, by the view, the command or the job")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside transaction()")
    _undo(session)
    is_sqlite = db.engine.dialect.name == "sqlite"
    with _write_queue if is_sqlite else nullcontext():
        session.info["writing"] = True
        session.info["locked"] = set()
        try:
            session.connection(execution_options={"writing": True})
            yield session
            with _knowing_what_lasts(session):
                session.commit()
        except DBAPIError as error:
            _undo(session)
            if not _met_somebody(error):
                raise
            log.warning("met somebody in the database: %s", error.orig)
            raise Refused("conflict", _("Somebody else did this at the same moment. Look again.")) from error
        except BaseException:
            _undo(session)
            raise
        finally:
            session.info.pop("writing", None)
            session.info.pop("locked", None)


def _undo(session: Session) -> None:
    with _knowing_what_lasts(session):
        session.rollback()


@contextmanager
def _knowing_what_lasts(session: Session) -> Iterator[None]:
    """Let the session forget its rows inside, all but what never changes in them."""
    rows: Iterable[Any] = session.identity_map.values()
    kept = [(row, _lasting(row)) for row in rows if row.lasting]
    yield
    for row, values in kept:
        if row in session:  # not one that was new, and undone
            for name, value in values.items():
                set_committed_value(row, name, value)


def _lasting(row: Base) -> dict[str, Any]:
    """What is known of a row that never changes, as it is in the database."""
    known, set_here = vars(row), inspect(row).committed_state
    return {name: known[name] for name in row.lasting if name in known and name not in set_here}


@event.listens_for(Base, "before_update", propagate=True)
def _check_lasting(_mapper: object, _connection: object, row: Base) -> None:
    for name in row.lasting:
        if inspect(row).attrs[name].history.has_changes():
            raise RuntimeError(f"{type(row).__name__}.{name} never changes, it says")


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

    To be used where there is an id and no row yet; `lock` is for a row.
    """
    found = _read_locked(model, ident)
    if found is None:
        raise LookupError(f"{model.__name__} {ident}")
    return found


def lock(row: Base) -> None:
    """Lock a row against others until the transaction ends, and read it as it is now.

    What this transaction has locked already is left, nobody else can have changed it.
    """
    state = inspect(row)
    if state.key in db.session().info.get("locked", ()):
        return
    if _read_locked(type(row), state.identity) is not row:
        raise LookupError(f"{type(row).__name__} {state.identity}")


def _read_locked(model: type[Row], ident: Any) -> Row | None:
    """`populate_existing`: a lock on a row the session read earlier would still show the old values."""
    session = db.session()
    found = session.get(model, ident, with_for_update={"key_share": True}, populate_existing=True)
    if found is not None and "locked" in session.info:
        session.info["locked"].add(inspect(found).key)
    return found


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


def fetch(model: type[Row], ident: object, *, lock: bool = False, **belongs: object) -> Row | None:
    """The row with this id, if it belongs where the caller looks (`village_id=…`); otherwise None.

    With `lock` it is locked until the transaction ends: for what is written.
    """
    row = _read_locked(model, ident) if lock else db.session.get(model, ident)
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
