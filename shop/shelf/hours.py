"""Opening hours and exchange days (兑换日): on which days, from when to when. All times in Asia/Shanghai."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _

from ground.refusal import Refused

LOOK_AHEAD_DAYS = 62  # days in which the next opening is looked for: two months with their exchange days


@dataclass(frozen=True)
class Span:
    """Open from a time to a time, both to the minute; at the closing minute nothing is handed out."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refused `bad_hours` when it closes before it opens."""
        if self.closes <= self.opens:
            raise Refused("bad_hours", _("Closing time comes after opening time."))

    def includes(self, at: time) -> bool:
        """Whether the shop is open at a time of the day."""
        return self.opens <= at < self.closes


@dataclass(frozen=True)
class Hours:
    """A shop's opening hours by weekday, by day of the month, and on single dates.

    `weekly` has 1 for Monday to 7 for Sunday. Single dates outweigh both; one with None is closed. An empty
    plan is never open.
    """

    weekly: Mapping[int, Span] = field(default_factory=dict)
    monthly: Mapping[int, Span] = field(default_factory=dict)
    dates: Mapping[date, Span | None] = field(default_factory=dict)

    def spans_on(self, day: date) -> list[Span]:
        """The spans in which the shop is open on a day."""
        if day in self.dates:
            single = self.dates[day]
            return [single] if single else []
        spans = (self.weekly.get(day.isoweekday()), self.monthly.get(day.day))
        return [span for span in spans if span]

    def is_open(self, at: datetime) -> bool:
        """Whether the shop is open at a moment, given as local time."""
        return any(span.includes(at.time()) for span in self.spans_on(at.date()))

    def closing_time(self, at: datetime) -> time | None:
        """The time at which the shop, open at a local moment, closes; None when it is closed.

        Spans that meet count as one.
        """
        until, spans = at.time(), sorted(self.spans_on(at.date()), key=lambda span: span.opens)
        for span in spans:
            if span.includes(until):
                until = span.closes
        return until if until != at.time() else None

    def to_json(self) -> dict[str, Any]:
        """The hours as the database keeps them, in JSON."""
        return {
            "weekly": {str(day): _span_text(span) for day, span in sorted(self.weekly.items())},
            "monthly": {str(day): _span_text(span) for day, span in sorted(self.monthly.items())},
            "dates": {day.isoformat(): _span_text(span) for day, span in sorted(self.dates.items())},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Hours":
        """The hours from what `to_json` made."""
        return cls(
            weekly={int(day): _span(span) for day, span in stored["weekly"].items()},
            monthly={int(day): _span(span) for day, span in stored["monthly"].items()},
            dates={
                date.fromisoformat(day): _span(span) if span else None
                for day, span in stored["dates"].items()
            },
        )


def opening_after(hours: Hours, after: datetime) -> datetime | None:
    """The next moment at which the shop opens, local time; None within the next two months."""
    for ahead in range(LOOK_AHEAD_DAYS):
        day = after.date() + timedelta(days=ahead)
        for span in sorted(hours.spans_on(day), key=lambda span: span.opens):
            opening = datetime.combine(day, span.opens, after.tzinfo)
            if opening > after:
                return opening
    return None


def _span_text(span: Span | None) -> list[str] | None:
    return [f"{span.opens:%H:%M}", f"{span.closes:%H:%M}"] if span else None


def _span(stored: list[str]) -> Span:
    opens, closes = (time.fromisoformat(text) for text in stored)
    return Span(opens, closes)
