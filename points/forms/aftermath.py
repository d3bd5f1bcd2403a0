"""Forms about points that are booked: an expiry day, a correction."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ground import days
from ground.forms import DayField, Form, InWords, KeyedForm
from points.forms.fields import PointsField


class ExpiryForm(Form):
    """A village's decision that older points expire."""

    booked_until = DayField(_("Points booked up to"), days.DECIDED, validators=[InputRequired()])
    expires_on = DayField(_("Can be spent until"), days.GOOD_UNTIL, validators=[InputRequired()])
    decided_by = StringField(_("Decided by"), validators=[InWords(), Length(max=200)])


class CorrectionForm(KeyedForm):
    """The right points of a booked line, and the reason."""

    right = PointsField(_("The right points"), usual=5_000, validators=[InputRequired(), Length(max=12)])
    reason = StringField(_("Reason"), validators=[InWords(), Length(max=200)])
