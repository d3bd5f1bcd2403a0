"""The calendar everyone shares: moments in UTC, days and quarters in Asia/Shanghai.

`machine` is the only place that asks the machine for the time. The clock can be held (`at`) and shifted
(`shift`), so that history, the demo's own calendar and tests need no waiting. A clock that runs may be wrong:
`ground.db` looks whether it went back.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

WRITTEN_QUARTER = re.compile("2[01][0-9]{2}Q[1-4]")
WRITTEN_MONTH = re.compile("2[01][0-9]{2}-(0[1-9]|1[0-2])")

_fixed_moment: ContextVar[datetime | None] = ContextVar("fixed", default=None)
_shift_by: ContextVar[timedelta] = ContextVar("shifted", default=timedelta(0))


def machine() -> datetime:
    """This moment, as the machine has it."""
    return datetime.now(UTC)


def is_trusted() -> bool:
    """Whether the clock is right whatever was written before: it is held, or the operator says so.

    They start with AIXIN_TRUST_CLOCK=1 once something was written while the clock ran ahead.
    """
    return _fixed_moment.get() is not None or os.environ.get("AIXIN_TRUST_CLOCK") == "1"


def now() -> datetime:
    """This moment in UTC, to the second (what is hashed must survive every database)."""
    moment = _fixed_moment.get() or machine() + _shift_by.get()
    return moment.astimezone(UTC).replace(microsecond=0)


def machine_now() -> datetime:
    """This moment on the machine's own clock, which nobody sets: for how long somebody is signed in."""
    return machine().replace(microsecond=0)


def today() -> date:
    """Today's date in Asia/Shanghai."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI)


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """The moment the first day begins and the moment the last day is over, in Asia/Shanghai.

    A moment lies in these days if it is at or after the first of the two and before the second.
    """
    begins, ends = (datetime.combine(day, time(), SHANGHAI) for day in (first, last + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


@contextmanager
def at(moment: datetime | date) -> Iterator[None]:
    """Hold the clock at a moment; a bare date means nine in the morning in Asia/Shanghai."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(9), SHANGHAI)
    token = _fixed_moment.set(moment)
    try:
        yield
    finally:
        _fixed_moment.reset(token)


def shift(by: timedelta) -> None:
    """Let the clock of this request or command run ahead of (or behind) the machine's."""
    _shift_by.set(by)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a year, written 2026Q4.

    Written ones are read from 2000 to 2199: no record is of another year, and days are computed from it.
    """

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter a day lies in."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """Read `2026Q4`; ValueError for anything else."""
        if not WRITTEN_QUARTER.fullmatch(text):
            raise ValueError(text)
        return cls(int(text[:4]), int(text[5]))

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    @property
    def previous(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def __str__(self) -> str:
        return f"{self.year:04d}Q{self.number}"


@dataclass(frozen=True, order=True)
class Month:
    """A month of a year, written 2026-11; read from 2000 to 2199, as quarters are."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month a day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read `2026-11`; ValueError for anything else."""
        if not WRITTEN_MONTH.fullmatch(text):
            raise ValueError(text)
        return cls(int(text[:4]), int(text[5:]))

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(self.year, self.number + 1) if self.number < 12 else Month(self.year + 1, 1)

    @property
    def previous(self) -> "Month":
        """The month before it."""
        return Month(self.year, self.number - 1) if self.number > 1 else Month(self.year - 1, 12)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"
