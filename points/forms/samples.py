"""Forms about supervision's samples."""

import secrets

from flask_babel import lazy_gettext as _
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from ground.forms import Form, SelectField
from points import labels
from points.models import Found
from points.services.samples import MOST


class DrawForm(Form):
    """Which quarter, how many, and the seed that decides which."""

    quarter = SelectField(_("Quarter"), validators=[InputRequired()])
    size = IntegerField(_("How many"), default=10, validators=[InputRequired(), NumberRange(1, MOST)])
    seed = StringField(
        _("Seed"),
        default=lambda: str(secrets.randbelow(10**8)),
        validators=[InputRequired(), Length(max=64)],
    )


class FindingForm(Form):
    """What was found of a record."""

    found = SelectField(
        _("Found"), choices=labels.FINDINGS.items(), coerce=Found, validators=[InputRequired()]
    )
    note = TextAreaField(_("What was seen, and who was asked"), validators=[Length(max=500)])
