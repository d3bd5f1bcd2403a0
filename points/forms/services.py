"""Forms about service records."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from ground.forms import Form, KeyedForm, SelectField
from points import labels
from points.forms.fields import PhotoField
from points.models import Voucher
from points.services.recording import MOST_AT_ONCE

NOBODY = 0  # no household is chosen


class AgainForm(KeyedForm):
    """What was done, when, how often."""

    done_on = DateField(_("Day"), validators=[InputRequired()])
    count = IntegerField(
        _("How often"), default=1, validators=[InputRequired(), NumberRange(1, MOST_AT_ONCE)]
    )
    note = TextAreaField(_("What was done"), validators=[Length(max=500)])


class ServiceForm(AgainForm):
    """Who did what, when, how often, maybe for which household, with a photo, from a paper slip."""

    worker = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    item = SelectField(_("Service"), coerce=int, validators=[InputRequired()])
    photo = PhotoField()
    household = SelectField(_("Household"), coerce=int, default=NOBODY)
    slip = HiddenField(validators=[Length(max=20)])


class ConfirmForm(Form):
    """On whose word a record is confirmed; without one it is the second person's own."""

    voucher = SelectField(
        _("On whose word"), choices=labels.VOUCHERS.items(), coerce=Voucher, default=Voucher.SECOND_PERSON
    )
    name = StringField(_("Their name"), validators=[Length(max=200)])
