"""Forms about what comes in and goes out beside the desk."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from people.forms import Form, SelectField, key_field
from shop.labels import SOURCES
from shop.models import Source


class ReceiveForm(Form):
    """A lot that comes in."""

    key = key_field()
    quantity = IntegerField(_("How many"), validators=[InputRequired()])
    source = SelectField(_("Where from"), choices=SOURCES.items(), coerce=Source)
    donor = StringField(_("Who gave it"), validators=[Length(max=100)])
    best_before = DateField(_("Best before"), validators=[Optional()])

    def validate_best_before(self, field: DateField) -> None:
        """No date of another millennium, which a slip of the hand writes easily."""
        if field.data is not None and field.data.year > 2999:
            raise ValidationError(_("Write the year with four digits."))
