"""The ladder of a dispute: each rung tries twice, then the next one does (county's rules).

Where a dispute stands follows from its attempts alone; nobody moves it by hand.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select

from duties.models import Attempt, AttemptResult, AttemptUndone, Rung

TRIES_ON_A_RUNG = 2

RUNGS = tuple(Rung)


def valid_attempts(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The attempts that count: those that nobody took back, in their order."""
    return [attempt for attempt in attempts if attempt.undone is None]


def is_undone() -> ColumnElement[bool]:
    """SQL condition: an attempt was taken back."""
    return exists(select(AttemptUndone.id).where(AttemptUndone.attempt_id == Attempt.id))


def current_rung(attempts: Sequence[Attempt]) -> Rung:
    """The rung on which a dispute stands, or on which it ended.

    After two failed attempts on a rung it is the next one's; the county keeps what comes to it.
    """
    valid = valid_attempts(attempts)
    if not valid:
        return RUNGS[0]
    rung = valid[-1].rung
    failed = [attempt for attempt in valid if attempt.rung == rung and attempt.result == AttemptResult.FAILED]
    return next(iter(rungs_above(rung)), rung) if len(failed) >= TRIES_ON_A_RUNG else rung


def ending(attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt with which a dispute ended, settled or withdrawn; None while it goes on."""
    valid = valid_attempts(attempts)
    return valid[-1] if valid and valid[-1].result != AttemptResult.FAILED else None


def rungs_above(rung: Rung) -> tuple[Rung, ...]:
    """The rungs above one, the next first."""
    return RUNGS[RUNGS.index(rung) + 1 :]


def rung_below(rung: Rung) -> Rung:
    """The rung below one, from which a dispute comes to it; the first has none."""
    return RUNGS[RUNGS.index(rung) - 1]
