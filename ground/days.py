"""Which days can be meant: a day has two ends, and a year that was mistyped lies beyond one of them.

Every field for a day names one of the ranges below, and so does the verb that takes the day. Beyond the
ends of a range a day is refused, whoever sends it. Between its ends and what is usual a form asks once more;
programs and files are not asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _

from ground import clock
from ground.paper import words
from ground.refusal import Refused

End = date | timedelta | Callable[[date], date]

TODAY = timedelta(0)
YEAR = timedelta(days=366)
LONG_AGO, BEFORE_ANY_RECORD = date(1950, 1, 1), date(2000, 1, 1)


@dataclass(frozen=True)
class DayRange:
    """The days from `first` to `last`; those outside `usual_first` and `usual_last` are asked about.

    An end is a day, a distance from today, or what a function makes of today. Without usual ends every
    possible day is usual.
    """

    first: End
    last: End
    usual_first: End | None = None
    usual_last: End | None = None

    def bounds(self) -> tuple[date, date]:
        """The first and the last day that can be meant today."""
        today = clock.today()
        return _day(self.first, today), _day(self.last, today)

    def has(self, day: date) -> bool:
        """Whether a day can be meant."""
        first, last = self.bounds()
        return first <= day <= last

    def is_usual(self, day: date) -> bool:
        """Whether nobody needs to be asked about a day."""
        first = self.first if self.usual_first is None else self.usual_first
        last = self.last if self.usual_last is None else self.usual_last
        today = clock.today()
        return _day(first, today) <= day <= _day(last, today)

    def check(self, day: date, field: str | None = None) -> None:
        """Check that a day can be meant.

        Refused `in_future` where only the past can be, `in_past` where only what comes can be, `bad_day`
        for any other day outside.
        """
        first, last = self.bounds()
        if day > last and self.last == TODAY:
            raise Refused("in_future", _("The day lies in the future."), field)
        if day < first and self.first == TODAY:
            raise Refused("in_past", _("This day is over. Choose today or a later day."), field)
        if not first <= day <= last:
            raise Refused(
                "bad_day",
                _("The day must be from %(low)s to %(high)s.", low=words.day(first), high=words.day(last)),
                field,
            )


def _day(end: End, today: date) -> date:
    if isinstance(end, date):
        return end
    return today + end if isinstance(end, timedelta) else end(today)


def first_day_of_last_year(today: date) -> date:
    """The first of January of the year before."""
    return date(today.year - 1, 1, 1)


# What was done, seen or brought: known by the day it is written down, mostly soon after.
HAPPENED = DayRange(BEFORE_ANY_RECORD, TODAY, usual_first=-YEAR)
# What has been so for long already, and is written down late.
HELD_SINCE = DayRange(LONG_AGO, TODAY, usual_first=-10 * YEAR)
# A session, written down after it was held, or planned a little ahead.
HELD_OR_PLANNED = DayRange(first_day_of_last_year, timedelta(days=60))
# The first and last day of service; a term runs for three years.
SERVICE_BEGINS = DayRange(date(1990, 1, 1), 10 * YEAR, -5 * YEAR, YEAR)
SERVICE_ENDS = DayRange(date(1990, 1, 1), 20 * YEAR, -5 * YEAR, 4 * YEAR)
# From which day on a decision holds: also one that was taken before it is written down here,
DECIDED = DayRange(BEFORE_ANY_RECORD, 2 * YEAR, -YEAR, YEAR)
# or one that changes nothing of what has been.
FROM_NOW_ON = DayRange(TODAY, 2 * YEAR, usual_last=YEAR)
# By when something is to be done.
DUE = DayRange(TODAY, YEAR, usual_last=timedelta(days=92))
# Until when something is good.
GOOD_UNTIL = DayRange(TODAY, 20 * YEAR, usual_last=5 * YEAR)
# The same of what is found where it lies, which may be over.
FOUND_GOOD_UNTIL = DayRange(BEFORE_ANY_RECORD, 20 * YEAR, -2 * YEAR, 5 * YEAR)
# A single day in a calendar; one that is just over may still stand in it.
MARKED = DayRange(-YEAR, 2 * YEAR, TODAY, YEAR)
# What somebody looks for.
SEARCHED = DayRange(BEFORE_ANY_RECORD, YEAR)
# A cell of a table of which nothing else is known.
ANY = DayRange(LONG_AGO, date(2100, 12, 31))
