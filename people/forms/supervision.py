"""The forms of the supervisor's page: the days it shows, and what was found."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length, ValidationError

from ground.forms import DaysForm, Form, InWords
from people.supervision.entries import MOST_DAYS, DaySpan


class SupervisionForm(DaysForm):
    """The days that are looked at; they stand in the address. Left out, it is the last thirty."""

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read the days, and fill in those that were left out: the form says which days the page shows."""
        super().process(*args, **kwargs)
        shown = self.period
        for field, day in ((self.since, shown.first), (self.until, shown.last)):
            if not field.process_errors:
                field.data = day

    def validate_until(self, field: Any) -> None:
        """Check that the days are in order, and a year at most."""
        if (self.period.last - self.period.first).days not in range(MOST_DAYS):
            raise ValidationError(_("At most a year, from its first day to its last."))

    def has_days(self) -> bool:
        """Whether the days can be read; what else was sent, with a form of the page, is not asked here."""
        self.validate()
        return not (self.since.errors or self.until.errors)

    @property
    def period(self) -> DaySpan:
        """The days that were asked for; one that was left out is of the usual ones."""
        usual = DaySpan.usual()
        last: date = self.until.data or usual.last
        return DaySpan(self.since.data or min(usual.first, last), last)


class InquiryForm(Form):
    """What somebody found who looked into an entry."""

    note = StringField(_("What you found"), validators=[InWords(), Length(max=500)])
