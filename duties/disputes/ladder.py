"""The ladder of a dispute: each rung tries twice, then the next one does (county's rules).

Where a dispute stands follows from its attempts alone; nobody moves it by hand.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select

from duties.models import Attempt, AttemptUndone, Result, Rung

TRIES = 2

RUNGS = tuple(Rung)


def standing(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The attempts that count: those that nobody took back, in their order."""
    return [attempt for attempt in attempts if attempt.undone is None]


def is_undone() -> ColumnElement[bool]:
    """The same asked of a query's attempts: that somebody took them back."""
    return exists(select(AttemptUndone.id).where(AttemptUndone.attempt_id == Attempt.id))


def rung_of(attempts: Sequence[Attempt]) -> Rung:
    """On which rung a dispute stands, or ended. After two failed attempts on a rung it is the next one's;
    the county keeps what comes to it."""
    counted = standing(attempts)
    if not counted:
        return RUNGS[0]
    rung = counted[-1].rung
    failed = [each for each in counted if each.rung == rung and each.result == Result.FAILED]
    return next(iter(above(rung)), rung) if len(failed) >= TRIES else rung


def ending(attempts: Sequence[Attempt]) -> Attempt | None:
    """The attempt with which a dispute ended, settled or withdrawn; None while it goes on."""
    counted = standing(attempts)
    return counted[-1] if counted and counted[-1].result != Result.FAILED else None


def above(rung: Rung) -> tuple[Rung, ...]:
    """The rungs above one, the next first."""
    return RUNGS[RUNGS.index(rung) + 1 :]


def below(rung: Rung) -> Rung:
    """The rung from which a dispute comes to this one; the first has none."""
    return RUNGS[RUNGS.index(rung) - 1]
