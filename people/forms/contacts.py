"""Forms about the contacts of a village."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ground import days
from ground.forms import DayField, FiguresField, Form, SelectField
from people import labels
from people.models import ContactKind


class ReplaceForm(Form):
    """The person who takes a contact's place."""

    name = StringField(_("Name"), validators=[InputRequired(), Length(max=200)])
    agency = StringField(_("Agency"), validators=[InputRequired(), Length(max=100)])
    phone = FiguresField(_("Phone"), validators=[InputRequired(), Length(max=20)])
    since = DayField(_("Since"), days.HELD_SINCE, validators=[InputRequired()])


class ContactForm(ReplaceForm):
    """A new contact of the village, with its kind."""

    kind = SelectField(_("As"), choices=labels.CONTACT_KINDS.items(), coerce=ContactKind)


class DetachForm(Form):
    """The first day on which a contact no longer holds."""

    until = DayField(_("No longer from"), days.HELD_SINCE, validators=[InputRequired()])
