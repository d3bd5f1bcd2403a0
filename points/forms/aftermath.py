"""Forms about points that are booked: an expiry day, a correction."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from ground.forms import Form, KeyedForm
from points.forms.fields import PointsField


class ExpiryForm(Form):
    """A village's decision that older points expire."""

    booked_until = DateField(_("Points booked up to"), validators=[InputRequired()])
    expires_on = DateField(_("Can be spent until"), validators=[InputRequired()])
    decided_by = StringField(_("Decided by"), validators=[InputRequired(), Length(max=200)])

    def validate_expires_on(self, field: DateField) -> None:
        """Refuse a year after 2999, which is a slip of the hand."""
        if field.data is not None and field.data.year > 2999:
            raise ValidationError(_("Write the year with four digits."))


class CorrectionForm(KeyedForm):
    """The right points of a booked line, and the reason."""

    right = PointsField(_("The right points"), validators=[InputRequired(), Length(max=12)])
    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])
