"""The database, and the one place where anything is written.

    with transaction():                        the only commit, opened by a view, a command or a job
        row = fetch(Grid, ident, lock=True)    the row as it is now, locked until the end
        ...                                    who may do this, and the function that does it

What decodes, parses or draws comes before or after it (ground/slow.py): everybody waits for a write.

Functions that write compose freely inside it. `Refused` or any other exception undoes all of it. A
function that needs its row locked calls `lock(row)`, which does nothing where the view has locked it
already. A page to look at, and one that is shown again after a refusal, loads by `fetch` outside.

SQLite drops FOR UPDATE in silence, so there a write takes the whole database at once (BEGIN IMMEDIATE).
Its own waiting is not fair, so the threads of a server queue here first, in the order they came.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from select import select as select_ready
from typing import Any, ClassVar, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

import psycopg
from flask_babel import lazy_gettext as _
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Insert,
    Integer,
    MetaData,
    Result,
    Select,
    Table,
    Update,
    bindparam,
    engine_from_config,
    event,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.pool import Pool
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeDecorator

from ground import clock, slow
from ground.contributions import Slot
from ground.db import copies as copies  # it listens for connections
from ground.db.troubles import Trouble, trouble_of
from ground.refusal import Refused
from ground.watch import counters

log = logging.getLogger(__name__)


class Base(DeclarativeBase):
    """The base class of every table; constraints get names, so that migrations can refer to them.

    `lasting` names the columns that never change once a row is there. Only these does a session still
    know after a transaction began or ended, so who asks, and where, is not read again for its name.
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
Done = TypeVar("Done")

LARGEST_ID = 2**31 - 1  # of a row, on both databases

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


# Verbs flush when a row is whole: a query between two of its changes must not send half of it.
db = Database(model_class=Base, session_options={"autoflush": False})


class Moment(TypeDecorator[datetime]):
    """A column that holds a moment in UTC; in the program it always has its time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write a moment in UTC. ValueError for a moment without time zone, a mistake of the program."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without its time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read a moment; SQLite forgets its time zone, which is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# The `info` of a column that goes on by itself while others work, as a number that is drawn: nothing that is
# planned relies on it.
COUNTS_ON = {"counts_on": True}

UNKNOWN_OUTCOME = _(
    "It is not known whether this was written down. Press the same button once more: nothing is done twice."
)

# How the databases say it: a unique key taken, a row gone that is named, a deadlock, a lock waited for too
# long.
CONFLICT_CODES = {
    "23503",
    "23505",
    "40P01",
    "55P03",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
}


def enum_column(kind: type[StrEnum]) -> Enum:
    """A column that holds a member of an enumeration; the database checks its value too."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class _Queue:
    """A lock for threads that is passed on in the order in which they asked for it."""

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


_write_queues: WeakKeyDictionary[Engine, _Queue] = WeakKeyDictionary()  # one for each file

# Before each write: what lets the clock follow a calendar of the database's own, and, of each journal, the
# moment of its newest row.
CALENDARS: Slot[Callable[[], None]] = Slot()
NEWEST: Slot[Callable[[], datetime | None]] = Slot()

# The largest id of a row that is gone, by the name of its table, or 0: it is never given again on SQLite, as
# what is written elsewhere about the old row would be said of the new one.
LAST_GONE: Slot[Callable[[str], int]] = Slot()


# A clock that was right is asked about again after so long: others may have written by another one.
CLOCK_HOLDS_SECONDS = 60


@dataclass
class _ClockSeen:
    """The latest moment at which a clock was right or something was written; until when that is enough."""

    moment: datetime
    until: float


_clocks_seen: WeakKeyDictionary[Engine, _ClockSeen] = WeakKeyDictionary()


def check_clock() -> None:
    """Check that today is not before the day of the newest row. Refused `clock_back`.

    Else receipts would be dated under earlier ones, and articles would have no price yet. The database is
    asked once a minute, and whenever the clock stands before what it said last.
    """
    if clock.is_trusted():
        return
    for follow in CALENDARS.items():
        follow()
    now, seen = clock.now(), _clocks_seen.get(db.engine)
    if seen is not None and seen.moment <= now and time.monotonic() < seen.until:
        seen.moment = now
        return
    moments = [moment for newest in NEWEST.items() if (moment := newest()) is not None]
    written_on = clock.local(max(moments)).date() if moments else clock.today()
    if clock.today() < written_on:
        raise Refused(
            "clock_back",
            _(
                "The computer on which the program runs has the wrong day: it says %(today)s, but something"
                " was written down on %(day)s already. Set its date and time right. Until then nothing is"
                " written.",
                today=clock.today().isoformat(),
                day=written_on.isoformat(),
            ),
        )
    _clocks_seen[db.engine] = _ClockSeen(now, time.monotonic() + CLOCK_HOLDS_SECONDS)


@contextmanager
def transaction() -> Iterator[Session]:
    """Do everything inside, or nothing.

    What the session read before is forgotten, except what never changes, so no rule is checked on old
    rows: what is written is loaded inside. When two requests want the same unique key or lock, the second
    is Refused with `conflict`; every one is with `clock_back` while the clock is behind,
    and with `unknown_outcome` when no answer came to the commit.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("transaction() is opened once, by the view, the command or the job")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("something was changed outside transaction()")
    _roll_back(session)
    is_sqlite, asked_at = db.engine.dialect.name == "sqlite", time.monotonic()
    with _write_queues.setdefault(db.engine, _Queue()) if is_sqlite else nullcontext(), slow.write():
        session.info["writing"] = True
        session.info["locked"] = set()
        try:
            session.connection(execution_options={"writing": True})
            counters.WAITS.labels("begin").observe(time.monotonic() - asked_at)
            check_clock()
            if first := session.info.get("first"):
                first()
            yield session
            if reason := session.info.get("write_nothing"):
                raise reason
            with _keep_lasting_values(session):
                _commit(session)
            if session.info.pop("first", None):
                session.info["did_first"] = True
        except DBAPIError as error:
            _roll_back(session)
            if not _is_conflict(error):
                raise
            log.warning("met somebody in the database", exc_info=error)
            raise Refused("conflict", _("Somebody else did this at the same moment. Look again.")) from error
        except BaseException:
            _roll_back(session)
            raise
        finally:
            session.info.pop("writing", None)
            session.info.pop("locked", None)


def note_in_passing(statement: Update) -> None:
    """Note something while a page is read, in a transaction of its own; the page is read without it too.

    When somebody else writes, or nothing can be written, the next page notes it.
    """
    try:
        with transaction() as session:
            session.execute(statement)
    except Refused:
        return
    except DBAPIError as error:
        if trouble_of(error) is None:
            raise
        db.session.rollback()


def do_first(action: Callable[[], None]) -> None:
    """Let the next transaction of this session begin with an action, which is undone with all the rest.

    If it is undone, the one after it begins so.
    """
    db.session().info["first"] = action


def write_nothing(reason: Exception) -> None:
    """Let each transaction of this session be undone at its end, for this reason."""
    db.session().info["write_nothing"] = reason


def did_first() -> bool:
    """Whether a transaction that began with such an action was written."""
    return bool(db.session().info.get("did_first"))


@contextmanager
def rehearsal_session(session: Session) -> Iterator[Connection]:
    """A session whose verbs believe that they write; all of it is undone. See ground/db/rehearsal.py."""
    _roll_back(session)
    session.info["writing"] = True
    session.info["locked"] = set()
    try:
        yield session.connection()
    finally:
        session.info.pop("writing", None)
        session.info.pop("locked", None)
        _roll_back(session)


def _commit(session: Session) -> None:
    """Commit; Refused `unknown_outcome` when no answer came, as then nobody knows whether it is written."""
    session.flush()  # what the database refuses of it, is not written for sure
    wrote_before = may_have_written()
    session.info["may_have_written"] = True
    try:
        session.commit()
        if seen := _clocks_seen.get(db.engine):
            seen.moment = max(seen.moment, clock.now())
    except Exception as error:
        if _is_refused(error):
            session.info["may_have_written"] = wrote_before
            raise
        log.exception("no answer to a commit")
        raise Refused("unknown_outcome", UNKNOWN_OUTCOME) from error


def _is_refused(error: Exception) -> bool:
    """Whether the database itself said that it did not commit."""
    if not isinstance(error, DBAPIError):
        return False
    is_told = trouble_of(error) in (Trouble.FULL, Trouble.READ_ONLY, Trouble.SLOW)
    return isinstance(error, IntegrityError) or _is_conflict(error) or is_told


def may_have_written() -> bool:
    """Whether this session wrote something, or cannot know that it did not."""
    return bool(db.session().info.get("may_have_written"))


@contextmanager
def savepoint() -> Iterator[None]:
    """Do everything inside, or nothing of it, in a transaction that goes on after a refusal.

    What was locked inside is then not locked any more.
    """
    session = db.session()
    locked = set(session.info["locked"])
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info["locked"] = locked
        raise


def do_many(
    ticked: Iterable[Row], do: Callable[[Row], Done]
) -> tuple[dict[Row, Done], list[tuple[Row, Refused]]]:
    """Do something with each of the rows that were ticked, by id: what came of it, and those left with why.

    What is refused holds up none of the others. Refused `none_ticked`.
    """
    done, left = dict[Row, Done](), list[tuple[Row, Refused]]()
    for row in sorted(ticked, key=lambda row: inspect(row).identity or ()):
        try:
            with savepoint():
                done[row] = do(row)
        except Refused as refusal:
            left.append((row, refusal))
    if not done and not left:
        raise Refused("none_ticked", _("Tick at least one."))
    return done, left


def _roll_back(session: Session) -> None:
    with _keep_lasting_values(session):
        session.rollback()


@contextmanager
def _keep_lasting_values(session: Session) -> Iterator[None]:
    """Keep the lasting values of rows while the session forgets the rows inside."""
    rows: Iterable[Any] = session.identity_map.values()
    values_by_row = [(row, _lasting_values(row)) for row in rows if row.lasting]
    yield
    for row, values in values_by_row:
        if row in session:  # not one that was new, and undone
            for name, value in values.items():
                set_committed_value(row, name, value)


def _lasting_values(row: Base) -> dict[str, Any]:
    """The loaded values of a row that never change, as they are in the database."""
    loaded, set_here = vars(row), inspect(row).committed_state
    return {name: loaded[name] for name in row.lasting if name in loaded and name not in set_here}


@event.listens_for(Base, "before_update", propagate=True)
def _check_lasting(_mapper: object, _connection: object, row: Base) -> None:
    for name in row.lasting:
        if inspect(row).attrs[name].history.has_changes():
            raise RuntimeError(f"{type(row).__name__}.{name} never changes, it says")


def _is_conflict(error: DBAPIError) -> bool:
    """Whether another request caused this database error, and not a mistake of the program."""
    on_postgresql = getattr(error.orig, "sqlstate", None)
    on_sqlite = getattr(error.orig, "sqlite_errorname", None)
    return on_postgresql in CONFLICT_CODES or on_sqlite in CONFLICT_CODES


def database_file() -> Path | None:
    """The file of the application's SQLite database; None on PostgreSQL, or in memory."""
    url = db.engine.url
    is_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if is_file else None


def read_snapshot() -> None:
    """Read everything from here to the session's end as of one moment.

    SQLite does so anyway; on PostgreSQL the session starts anew with REPEATABLE READ.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def stop_reading() -> None:
    """Give back what this request read by, before something that takes long and needs no database."""
    _roll_back(db.session())


def among(column: InstrumentedAttribute[int], ids: Collection[int]) -> ColumnElement[bool]:
    """The query condition that a column is one of these ids, for a whole county's villages or shops.

    More than one stand in the statement as numbers: as parameters each of them is bound and cast, which takes
    a millisecond for each such list, and a subquery PostgreSQL takes for one row. One alone is a parameter,
    so that every village has the same statement.
    """
    numbers = bindparam(
        None, list(ids), type_=Integer, expanding=True, literal_execute=len(ids) > 1, unique=True
    )
    return column.in_(numbers)


# So many rows of a stream are in memory at once.
STREAMED_ROWS = 5_000


def stream(query: Select[*tuple[Any, ...]], rows_at_once: int = STREAMED_ROWS) -> Result[*tuple[Any, ...]]:
    """The rows of a query as they come from the database: memory does not grow with their number."""
    raw = db.session.connection().connection.driver_connection
    if isinstance(raw, psycopg.Connection) and raw.autocommit:
        _set_mode(raw, is_alone=False, is_reading=True)  # a stream needs a transaction there
    return db.session.execute(query.execution_options(yield_per=rows_at_once))


def get_locked(model: type[Row], ident: int) -> Row:
    """The row with this id as it is now, locked until the transaction ends; LookupError if missing.

    To be used where there is an id and no row yet; `lock` is for a row.
    """
    row = _read_locked(model, ident)
    if row is None:
        raise LookupError(f"{model.__name__} {ident}")
    return row


def lock(row: Base) -> None:
    """Lock a row against others until the transaction ends, and read it as it is now.

    A row that this transaction has locked already is left: nobody else can have changed it.
    """
    state = inspect(row)
    if state.key in db.session().info.get("locked", ()):
        return
    if _read_locked(type(row), state.identity) is not row:
        raise LookupError(f"{type(row).__name__} {state.identity}")


def lock_all(model: type[Row], idents: Collection[int], **belongs: object) -> list[Row]:
    """The rows with these ids that have the given values, as they are now, locked until the transaction ends.

    They are read at once and locked by id, so that two who want the same rows wait and do not deadlock.
    """
    session, key = db.session(), inspect(model).primary_key[0]
    possible_ids = [ident for ident in idents if ident <= LARGEST_ID]
    rows = session.scalars(
        select(model)
        .where(key.in_(possible_ids), *(getattr(model, name) == value for name, value in belongs.items()))
        .order_by(key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    session.info["locked"].update(inspect(row).key for row in rows)
    return list(rows)


def _read_locked(model: type[Row], ident: Any) -> Row | None:
    """The row as it is now, locked; None if there is none.

    `populate_existing`: a lock on a row the session read earlier would still show the old values.
    """
    session = db.session()
    with counters.WAITS.labels("lock").time():
        row = session.get(model, ident, with_for_update={"key_share": True}, populate_existing=True)
    if row is not None and "locked" in session.info:
        session.info["locked"].add(inspect(row).key)
    return row


def change_one(statement: Update, **values: object) -> None:
    """Run an update that must change exactly one row; RuntimeError if it does not.

    It comes after a lock: if more or fewer rows change, the lock was not good.
    """
    change_rows(statement, 1, values)


def change_rows(statement: Update, count: int, values: dict[str, Any]) -> None:
    """Run an update that must change exactly so many rows, as `change_one` does for one."""
    changed = db.session.connection().execute(statement, values).rowcount
    if changed != count:
        raise RuntimeError(f"{changed} rows changed instead of {count}: {statement}")


def insert_row(row: Base) -> None:
    """Write a new row by one statement; the session knows it then as it knows one that it read.

    The same as to add and flush it, in a fifth of the time. What belongs to it is written by itself.
    """
    written = db.session.connection().execute(_insertion(type(row)), _values(row))
    row.id = written.inserted_primary_key[0]  # type: ignore[attr-defined,index]
    make_transient_to_detached(row)
    db.session.add(row)


def insert_rows(rows: Sequence[Base]) -> None:
    """Write new rows of one table by one statement; the session does not know them then."""
    db.session.connection().execute(_insertion_of_many(type(rows[0])), [_values(row) for row in rows])


def know(row: Base, **values: object) -> None:
    """Let a row know what belongs to it, so that the session need not ask; nothing is written."""
    for name, value in values.items():
        set_committed_value(row, name, value)


@cache
def _insertion(model: type[Base]) -> Insert:
    return insert(model)


@cache
def _insertion_of_many(model: type[Base]) -> ReturningInsert[Any]:
    """With something to return SQLAlchemy sends all rows in one statement."""
    return insert(model).returning(*inspect(model).primary_key)


def _values(row: Base) -> dict[str, Any]:
    """The columns of a new row that were given a value, by their names in the database."""
    given, columns = vars(row), inspect(type(row)).columns
    return {column.key: given[name] for name, column in columns.items() if name in given}


def draw_ids(model: type[Base], number: int) -> Sequence[int]:
    """The ids of so many new rows of a table; none of them was ever another row's.

    On SQLite the write that runs has the table for itself, and a row that is gone may have had a later id.
    """
    table: Any = model.__table__
    if db.engine.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        query = select(func.nextval(sequence)).select_from(func.generate_series(1, number))
        return db.session.scalars(query).all()
    last = largest_id(table)
    return range(last + 1, last + 1 + number)


def largest_id(table: Table) -> int:
    """The largest id that a row of a table has or, as far as it is written down, had; 0 without any."""
    last = db.session.scalar(select(func.max(table.c.id))) or 0
    return max([last, *(last_gone(table.name) for last_gone in LAST_GONE.items())])


def add_rows(rows: Sequence[Any]) -> None:
    """Send new rows of one table to the database at once.

    Their ids are drawn before: a row whose id the database has to choose is sent alone.
    """
    if not rows:
        return
    for row, ident in zip(rows, draw_ids(type(rows[0]), len(rows)), strict=True):
        row.id = ident
    db.session.add_all(rows)
    db.session.flush()


def fetch(model: type[Row], ident: object, *, lock: bool = False, **belongs: object) -> Row | None:
    """The row with this id, or None if there is none or it does not have the given values.

    The values say where the caller looks: `fetch(Grid, ident, village_id=…)`. With `lock` it is locked
    until the transaction ends: for what is written.
    """
    if isinstance(ident, int) and ident > LARGEST_ID:
        return None
    row = _read_locked(model, ident) if lock else db.session.get(model, ident)
    if row is None or any(getattr(row, name) != value for name, value in belongs.items()):
        return None
    return row


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
            _set_to_read(raw)
            connection.info[READS_ONLY] = True
        is_alone = raw.autocommit if "isolation_level" in options else is_reading
        _set_mode(raw, is_alone, is_reading)
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


def _set_to_read(raw: "psycopg.Connection[Any]") -> None:
    """Let a connection take what is not said to write for reading."""
    autocommit, raw.autocommit = raw.autocommit, True
    raw.execute("SET default_transaction_read_only = on")
    raw.autocommit = autocommit


def _set_mode(raw: "psycopg.Connection[Any]", is_alone: bool, is_reading: bool) -> None:
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
