"""The one place where anything is written: `transaction`, and what it promises.

SQLite's own waiting is not fair, so the threads of a server queue here first, in the order they came.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from flask_babel import lazy_gettext as _
from sqlalchemy import (
    Connection,
    Engine,
    Update,
    event,
    inspect,
)
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from ground import clock, slow
from ground.contributions import Slot
from ground.db.prepared import set_known
from ground.db.tables import Base, db
from ground.db.troubles import Trouble, trouble_of
from ground.refusal import Refused
from ground.watch import counters

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=Base)
Done = TypeVar("Done")

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
    roll_back(session)
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
            roll_back(session)
            if not _is_conflict(error):
                raise
            log.warning("met somebody in the database", exc_info=error)
            raise Refused("conflict", _("Somebody else did this at the same moment. Look again.")) from error
        except BaseException:
            roll_back(session)
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
    roll_back(session)
    session.info["writing"] = True
    session.info["locked"] = set()
    try:
        yield session.connection()
    finally:
        session.info.pop("writing", None)
        session.info.pop("locked", None)
        roll_back(session)


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

    What was locked inside is then not locked any more, and what was known is forgotten: SQLAlchemy forgets
    what it wrote itself, and knows nothing of what a statement changed (`know`).
    """
    session = db.session()
    locked = set(session.info["locked"])
    try:
        with session.begin_nested():
            yield
    except BaseException:
        session.info["locked"] = locked
        with _keep_lasting_values(session):
            session.expire_all()
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


def roll_back(session: Session) -> None:
    """Let the session forget what it read, except what never changes, and undo what it changed."""
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
            set_known(row, values)


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
