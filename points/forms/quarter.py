"""Forms of the quarter: opening, the meeting, adjustments."""

import re

from flask_babel import lazy_gettext as _
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from people.forms import Form, SelectField, key_field
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


class MeetingForm(Form):
    """The meeting: when, who, and what was said."""

    met_on = DateField(_("Day of the meeting"), validators=[InputRequired()])
    present = NamesField(_("Who is at the meeting"), validators=[InputRequired(), Length(max=4000)])
    absent = NamesField(_("Who was invited and did not come"), validators=[Length(max=4000)])
    minutes = TextAreaField(_("Minutes"), validators=[Length(max=2000)])


class AdjustmentForm(Form):
    """Points beside the rubric, with the reason."""

    key = key_field()
    worker = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    amount = PointsField(_("Points, more (2) or less (-2)"), validators=[InputRequired(), Length(max=12)])
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])
