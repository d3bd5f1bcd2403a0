"""Forms about supervision's samples."""

import secrets

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from ground.forms import FiguresField, Form, NumberField, SelectField
from points import labels
from points.models import FindingResult
from points.samples.samples import MOST_RECORDS


class DrawForm(Form):
    """The quarter, the size and the seed of a sample."""

    quarter = SelectField(_("Quarter"), validators=[InputRequired()])
    size = NumberField(
        _("How many"), usual=50, default=10, validators=[InputRequired(), NumberRange(1, MOST_RECORDS)]
    )
    seed = FiguresField(
        _("Seed"),
        default=lambda: str(secrets.randbelow(10**8)),
        validators=[InputRequired(), Length(max=64)],
    )


class FindingForm(Form):
    """The finding on a record of a sample."""

    result = SelectField(
        _("Found"), choices=labels.FINDINGS.items(), coerce=FindingResult, validators=[InputRequired()]
    )
    note = TextAreaField(_("What was seen, and who was asked"), validators=[Length(max=500)])
