"""Forms of the quarter: opening, the meeting, adjustments, who is left out of a line."""

import re
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from ground.forms import Form, KeyedForm, SelectField
from ground.refusal import Refused
from points.forms.fields import PointsField


class QuarterForm(Form):
    """Which quarter to open."""

    quarter = SelectField(_("Quarter"), validators=[InputRequired()])


class NamesField(TextAreaField):
    """Names, one on each line or with commas between them."""

    @property
    def names(self) -> list[str]:
        """Each name that was typed, without the space around it."""
        return [name.strip() for name in re.split(r"[\n、，,；;]", self.data or "") if name.strip()]


class SeenField(HiddenField):
    """What the writer had before them, as the number it is counted by; left empty, the page fills it in."""

    data: str | None

    def __init__(self, **more: Any) -> None:
        super().__init__(validators=[Optional(), Regexp(r"[0-9]{1,10}$")], **more)

    def show(self, number: int) -> None:
        """Fill in what the page shows, unless the writer saw something else and has not been told yet."""
        self.data = self.data or str(number)

    @property
    def number(self) -> int | None:
        """That number; None if nothing was sent along."""
        return int(self.data) if self.data else None


class MeetingForm(Form):
    """The meeting: when, who, and what was said."""

    met_on = DateField(_("Day of the meeting"), validators=[InputRequired()])
    present = NamesField(_("Who is at the meeting"), validators=[InputRequired(), Length(max=4000)])
    absent = NamesField(_("Who was invited and did not come"), validators=[Length(max=4000)])
    minutes = TextAreaField(_("Minutes"), validators=[Length(max=2000)])


class MinutesForm(MeetingForm):
    """The same, written anew after the `revision` that the writer had before them."""

    revision = SeenField()

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; who was told what changed has seen it."""
        super().refuse(refusal)
        if refusal.code == "changed_meanwhile":
            self.revision.data = ""


class AdjustmentForm(KeyedForm):
    """Points beside the rubric, with the reason, after the last adjustment `seen` at this line."""

    seen = SeenField()
    amount = PointsField(_("Points, more (2) or less (-2)"), validators=[InputRequired(), Length(max=12)])
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; who was told what changed has seen it."""
        super().refuse(refusal)
        if refusal.code == "line_changed":
            self.seen.data = ""


class RecusalForm(Form):
    """Which member is left out of a line, and what they are to its worker."""

    member = SelectField(_("Member"), coerce=int, validators=[InputRequired()])
    relation = StringField(_("What they are to each other"), validators=[InputRequired(), Length(max=100)])
