"""Forms about services and the quarter; they check shape, the verbs check the rules."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from people.forms import Form, SelectField, key_field
from people.refused import Refused
from points import amounts
from points.services.recording import MOST_AT_ONCE


class PointsField(StringField):
    """Points as people write them; `tenths` holds what was read."""

    tenths: int = 0

    def pre_validate(self, form: Any) -> None:
        """Read the points, or say what is wrong with them."""
        try:
            self.tenths = amounts.parse(self.data or "")
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal


class ServiceForm(Form):
    """Who did what, when, how often."""

    key = key_field()
    worker = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    item = SelectField(_("Service"), coerce=int, validators=[InputRequired()])
    done_on = DateField(_("Day"), validators=[InputRequired()])
    count = IntegerField(
        _("How often"), default=1, validators=[InputRequired(), NumberRange(1, MOST_AT_ONCE)]
    )
    note = TextAreaField(_("What was done"), validators=[Length(max=500)])


class QuarterForm(Form):
    """Which quarter to open."""

    quarter = SelectField(_("Quarter"), validators=[InputRequired()])


class MeetingForm(Form):
    """The meeting: when, who, and what was said."""

    met_on = DateField(_("Day of the meeting"), validators=[InputRequired()])
    attendance = TextAreaField(_("Who is at the meeting"), validators=[InputRequired(), Length(max=500)])
    minutes = TextAreaField(_("Minutes"), validators=[Length(max=2000)])


class AdjustmentForm(Form):
    """Points beside the rubric, with the reason."""

    key = key_field()
    worker = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    amount = PointsField(_("Points, more (2) or less (-2)"), validators=[InputRequired(), Length(max=12)])
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])


class RubricForm(Form):
    """A decision of the village's meeting to adopt the county's rubric."""

    in_force_from = DateField(_("In force from"), validators=[InputRequired()])
    approved_by = StringField(_("Approved by"), validators=[InputRequired(), Length(max=100)])
