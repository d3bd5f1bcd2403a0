"""Points and moments as programs read them."""

from datetime import datetime

from ground import clock


def points(tenths: int) -> float:
    """Points as a number with one decimal, from tenths.

    Everywhere else points are whole tenths.
    """
    return tenths / 10


def tenths(points: float | None) -> int | None:
    """Tenths of a point of what a program sent as points; None where it sent nothing."""
    return None if points is None else round(points * 10)


def moment(at: datetime) -> str:
    """A moment in ISO 8601, on the clock of Asia/Shanghai."""
    return clock.local(at).isoformat()
