"""Opening hours and exchange days (兑换日): on which days, from when to when. All times in Asia/Shanghai."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _

from ground.refusal import Refused

LOOK_AHEAD = 62  # days in which the next opening is looked for: two months with their exchange days


@dataclass(frozen=True)
class Span:
    """Open from a time to a time, both to the minute; at the closing minute nothing is handed out."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refused `bad_hours` when it closes before it opens."""
        if self.closes <= self.opens:
            raise Refused("bad_hours", _("Closing time comes after opening time."))

    def covers(self, at: time) -> bool:
        """Whether the shop is open at a time of the day."""
        return self.opens <= at < self.closes


@dataclass(frozen=True)
class Hours:
    """By day of the week (1 Monday to 7 Sunday), by day of the month, and single dates, which outweigh both.

    A single date with None is closed. An empty plan is never open.
    """

    weekly: Mapping[int, Span] = field(default_factory=dict)
    monthly: Mapping[int, Span] = field(default_factory=dict)
    dates: Mapping[date, Span | None] = field(default_factory=dict)

    def on(self, day: date) -> list[Span]:
        """When the shop is open on a day."""
        if day in self.dates:
            single = self.dates[day]
            return [single] if single else []
        found = (self.weekly.get(day.isoweekday()), self.monthly.get(day.day))
        return [span for span in found if span]

    def is_open(self, at: datetime) -> bool:
        """Whether the shop is open at a moment, given as local time."""
        return any(span.covers(at.time()) for span in self.on(at.date()))

    def closes(self, at: datetime) -> time | None:
        """When the shop, open at a local moment, closes; spans that meet count as one. None when closed."""
        until, spans = at.time(), sorted(self.on(at.date()), key=lambda span: span.opens)
        for span in spans:
            if span.covers(until):
                until = span.closes
        return until if until != at.time() else None

    def written(self) -> dict[str, Any]:
        """As the database keeps it, in JSON."""
        return {
            "weekly": {str(day): _written(span) for day, span in sorted(self.weekly.items())},
            "monthly": {str(day): _written(span) for day, span in sorted(self.monthly.items())},
            "dates": {day.isoformat(): _written(span) for day, span in sorted(self.dates.items())},
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Hours":
        """What `written` wrote."""
        return cls(
            weekly={int(day): _span(span) for day, span in kept["weekly"].items()},
            monthly={int(day): _span(span) for day, span in kept["monthly"].items()},
            dates={
                date.fromisoformat(day): _span(span) if span else None for day, span in kept["dates"].items()
            },
        )


def opens_next(hours: Hours, after: datetime) -> datetime | None:
    """The next moment at which the shop opens, local time; None within the next two months."""
    for ahead in range(LOOK_AHEAD):
        day = after.date() + timedelta(days=ahead)
        for span in sorted(hours.on(day), key=lambda span: span.opens):
            opening = datetime.combine(day, span.opens, after.tzinfo)
            if opening > after:
                return opening
    return None


def _written(span: Span | None) -> list[str] | None:
    return [f"{span.opens:%H:%M}", f"{span.closes:%H:%M}"] if span else None


def _span(kept: list[str]) -> Span:
    opens, closes = (time.fromisoformat(text) for text in kept)
    return Span(opens, closes)
