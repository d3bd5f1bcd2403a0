"""Troubles of the database that no request caused: it is away, or full, or takes nothing, or is slow."""

import logging
import time
from enum import StrEnum

from flask_babel import lazy_gettext as _
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ground.refusal import Refused
from ground.watch import events

log = logging.getLogger(__name__)


class Trouble(StrEnum):
    """A trouble of the database; the value is the code for programs."""

    AWAY = "away"
    FULL = "disk_full"
    READ_ONLY = "read_only"
    SLOW = "too_slow"


# How the two databases say it: PostgreSQL by its SQLSTATE, SQLite by name.
BEGINNINGS = {
    "08": Trouble.AWAY,
    "57P": Trouble.AWAY,  # shut down, crashed, or not started yet
    "53300": Trouble.AWAY,  # too many connections
    "25P03": Trouble.SLOW,  # idle in a transaction for too long
    "57014": Trouble.SLOW,  # a statement took too long
    "55P03": Trouble.SLOW,  # a lock was waited for too long
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,
    "SQLITE_CANTOPEN": Trouble.AWAY,
    "SQLITE_IOERR": Trouble.AWAY,
    "SQLITE_BUSY": Trouble.SLOW,
    "SQLITE_FULL": Trouble.FULL,
    "SQLITE_READONLY": Trouble.READ_ONLY,
}

SENTENCES = {
    Trouble.AWAY: _(
        "The records can't be reached at the moment. Try again in half a minute, and look then whether what "
        "you sent last is there."
    ),
    Trouble.FULL: _(
        "The disk is full: nothing can be written down, and this was not. Everything can still be read. Tell "
        "whoever looks after the computer that this runs on."
    ),
    Trouble.READ_ONLY: _(
        "These records can only be read here: nothing can be written down, and this was not. If this is not "
        "a copy for reading, tell whoever looks after the computer that this runs on."
    ),
    Trouble.SLOW: _("There was too much to do at once, and this was not done. Try it once more."),
}

# A trouble that was met within so many seconds is the same one still.
SAME_SECONDS = 60

_last_met: dict[tuple[str | None, Trouble], float] = {}  # by tenant too


def trouble_of(error: Exception) -> Trouble | None:
    """Which trouble an error of the database tells of; None if it is a mistake of the program."""
    if isinstance(error, PoolTimeoutError):
        return Trouble.SLOW
    if not isinstance(error, DBAPIError):
        return None
    code = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None)
    if code is None:  # psycopg never reached it, or lost it without a word
        return Trouble.AWAY if type(error.orig).__name__ == "OperationalError" else None
    return next((trouble for beginning, trouble in BEGINNINGS.items() if code.startswith(beginning)), None)


def tell(trouble: Trouble, error: Exception) -> Refused:
    """The refusal to answer with. The log has the trouble once, not with every request that meets it."""
    now, met = time.monotonic(), (events.tenant(), trouble)
    if now - _last_met.get(met, -SAME_SECONDS) >= SAME_SECONDS:
        log.error(f"{trouble.name}: the database can't do what was asked", exc_info=error)
    _last_met[met] = now
    return Refused(trouble, SENTENCES[trouble])
