"""Forms of the quarter: opening, the meeting, adjustments, who is left out of a line."""

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from ground import days
from ground.clock import Quarter
from ground.forms import DayField, Form, InWords, KeyedForm, SelectField
from ground.refusal import Refused
from points.assessment import members
from points.forms.fields import MeantField, PointsField


class QuarterForm(Form):
    """The quarter to open."""

    quarter = SelectField(_("Quarter"), validators=[InputRequired()])


class NamesField(TextAreaField):
    """Names, one on each line or with commas between them."""

    @property
    def names(self) -> list[str]:
        """Each name that was typed, without the space around it."""
        return [name.strip() for name in re.split(r"[\n、，,；;]", self.data or "") if name.strip()]


class LastSeenField(HiddenField):
    """The number of what the writer saw last; left empty, the page fills it in."""

    data: str | None

    def __init__(self, **options: Any) -> None:
        super().__init__(validators=[Optional(), Regexp(r"[0-9]{1,10}$")], **options)

    def fill_in(self, number: int) -> None:
        """Fill in the number that the page shows, unless one was sent.

        A writer who saw an older one, and was not told yet what changed, keeps theirs.
        """
        self.data = self.data or str(number)

    @property
    def number(self) -> int | None:
        """The number that was sent; None if nothing was sent along."""
        return int(self.data) if self.data else None


class MeetingForm(Form):
    """The meeting about a quarter: its day, its members and its minutes.

    Who is known is ticked (`came`, `stayed_away`); only others are typed.
    """

    met_on = DayField(_("Day of the meeting"), days.HAPPENED, validators=[InputRequired()])
    came = SelectMultipleField(_("Came"), choices=[], validate_choice=False)
    stayed_away = SelectMultipleField(_("Did not come"), choices=[], validate_choice=False)
    present = NamesField(_("Others who came"), validators=[Length(max=4000)])
    absent = NamesField(_("Others who were invited and did not come"), validators=[Length(max=4000)])
    minutes = TextAreaField(_("Minutes"), validators=[Length(max=2000)])

    def __init__(self, quarter: Quarter, **kwargs: Any) -> None:
        self._quarter = quarter
        super().__init__(**kwargs)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was sent; which days can be meant depends on the quarter."""
        self.met_on.days = members.meeting_days(self._quarter)
        super().process(*args, **kwargs)

    def offer(self, known: Iterable[str]) -> None:
        """Let members be ticked among those known; who was ticked stays on the list."""
        offered = list(dict.fromkeys([*known, *(self.came.data or ()), *(self.stayed_away.data or ())]))
        self.came.choices = self.stayed_away.choices = offered

    @property
    def present_names(self) -> list[str]:
        """Who came, ticked or typed."""
        return [*(self.came.data or ()), *self.present.names]

    @property
    def absent_names(self) -> list[str]:
        """Who was invited and did not come, ticked or typed."""
        return [*(self.stayed_away.data or ()), *self.absent.names]

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; one about who is there stands at the list, where they are ticked."""
        if refusal.field == "present":
            refusal = Refused(refusal.code, refusal.message, "came")
        super().refuse(refusal)


class MinutesForm(MeetingForm):
    """The meeting written anew, after the `revision` that the writer had before them."""

    revision = LastSeenField()

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; after `changed_meanwhile` the writer has seen what changed."""
        super().refuse(refusal)
        if refusal.code == "changed_meanwhile":
            self.revision.data = ""


class AdjustmentForm(KeyedForm):
    """Points beside the rubric, with the reason, after the one seen last (`last_seen`) at this line."""

    last_seen = LastSeenField()
    meant = MeantField()
    amount = PointsField(  # what is unusual for this worker is asked about by `meant`
        _("Points, more (2) or less (-2)"), usual=None, validators=[InputRequired(), Length(max=12)]
    )
    reason = StringField(_("Reason"), validators=[InWords(), Length(max=200)])

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; the writer then has seen what changed, or that the points are unusual."""
        super().refuse(refusal)
        if refusal.code == "unusual_amount":
            self.meant.ask_about(self.amount.tenths)
        if refusal.code == "line_changed":
            self.last_seen.data = ""


class RecusalForm(Form):
    """The member who is left out of a line, and what they are to its worker."""

    member = SelectField(_("Member"), coerce=int, validators=[InputRequired()])
    relation = StringField(_("What they are to each other"), validators=[InputRequired(), Length(max=100)])
