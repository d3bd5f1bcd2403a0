"""The form of the opening hours."""

import re
from collections.abc import Mapping
from datetime import date
from operator import itemgetter
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FieldList, FormField, TimeField
from wtforms.validators import Length, Optional

from ground import days
from ground.forms import DayField, FiguresField, Form, Rows
from ground.refusal import Refused
from shop.shelf.hours import Hours, Span

MOST_DATES = 100
BLANK_DATES = 2  # rows that stand ready


class SpanRow(Rows):
    """A row with an opening and a closing time; both empty: closed."""

    opens = TimeField(_("Opens"), validators=[Optional()])
    closes = TimeField(_("Closes"), validators=[Optional()])
    span: Span | None = None

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check that a row has both times or none, in their order; then set its span."""
        if not super().validate(*args, **kwargs):
            return False
        opens, closes = self.opens.data, self.closes.data
        if bool(opens) != bool(closes):
            self.closes.errors = [_("From when, and until when?")]
            return False
        try:
            self.span = Span(opens, closes) if opens else None
        except Refused as refusal:
            self.closes.errors = [refusal.message]
        return not self.closes.errors


class DaysRow(SpanRow):
    """Days of every month, and when the shop is open on them."""

    days = FiguresField(_("Days of the month"), validators=[Length(max=100)])

    @property
    def day_numbers(self) -> list[int]:
        """The days that were written, between commas or spaces; ValueError for anything else."""
        return [int(word) for word in re.split(r"[\s,，、;；号日]+", self.days.data or "") if word]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check that the days are from 1 to 31 and come together with their times."""
        if not super().validate(*args, **kwargs):
            return False
        try:
            fits = all(1 <= number <= 31 for number in self.day_numbers)
        except ValueError:
            fits = False
        if not fits:
            self.days.errors = [_("Days of the month are numbers from 1 to 31, like 5, 20.")]
        elif bool(self.day_numbers) != bool(self.span):
            self.days.errors = [_("Write the days, and from when until when.")]
        return not self.days.errors


class DateRow(SpanRow):
    """A single date: open from a time to a time, or closed."""

    day = DayField(_("Date"), days.MARKED, validators=[Optional()])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check that times come with a date."""
        if not super().validate(*args, **kwargs):
            return False
        if self.span and not self.day.data:
            self.day.errors = [_("On which date?")]
        return not self.day.errors


class HoursForm(Form):
    """Opening hours on seven weekdays, days of the month, and single dates.

    All of it empty: open whenever somebody serves.
    """

    weekly = FieldList(FormField(SpanRow), min_entries=7, max_entries=7)
    monthly = FieldList(FormField(DaysRow), min_entries=1, max_entries=31)
    dates = FieldList(FormField(DateRow), max_entries=MOST_DATES)

    @classmethod
    def from_hours(cls, hours: Hours | None, today: date) -> "HoursForm":
        """The form as the hours are now, without dates that are over."""
        hours = hours or Hours()
        coming = sorted(day for day in hours.dates if day >= today)
        rows = [{"day": day} | _times(hours.dates[day]) for day in coming]
        return cls(
            weekly=[_times(hours.weekly.get(number)) for number in range(1, 8)],
            monthly=[
                {"days": ", ".join(map(str, days))} | _times(span)
                for span, days in _days_by_span(hours.monthly).items()
            ],
            dates=[*rows, *[{}] * BLANK_DATES][:MOST_DATES],
        )

    @property
    def hours(self) -> Hours | None:
        """The hours that were written; None when nothing was."""
        weekly = {number: row.form.span for number, row in enumerate(self.weekly, 1) if row.form.span}
        monthly = {number: row.form.span for row in self.monthly for number in row.form.day_numbers}
        dates = {row.form.day.data: row.form.span for row in self.dates if row.form.day.data}
        return Hours(weekly, monthly, dates) if weekly or monthly or dates else None


def _times(span: Span | None) -> dict[str, Any]:
    return {"opens": span.opens, "closes": span.closes} if span else {}


def _days_by_span(monthly: Mapping[int, Span]) -> dict[Span, list[int]]:
    """The days of the month by their times; those with the same times stand in one row."""
    days_by_span: dict[Span, list[int]] = {}
    for day, span in sorted(monthly.items(), key=itemgetter(0)):
        days_by_span.setdefault(span, []).append(day)
    return days_by_span
