"""Forms about service records."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from people.forms import Form, SelectField, key_field
from points.services.recording import MOST_AT_ONCE


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
