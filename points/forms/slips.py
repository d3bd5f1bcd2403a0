"""Forms about paper slips."""

from flask_babel import lazy_gettext as _
from wtforms.validators import InputRequired, Length, NumberRange

from ground.forms import FiguresField, Form, NumberField, SelectField
from points.slips.slips import MOST_SLIPS

ANYONE = 0  # slips without a name


class PrintSlipsForm(Form):
    """The worker for whom slips are printed, and how many."""

    worker = SelectField(_("For"), coerce=int, default=ANYONE)
    count = NumberField(
        _("How many"), usual=100, default=20, validators=[InputRequired(), NumberRange(1, MOST_SLIPS)]
    )


class SlipNumberForm(Form):
    """A slip's number, scanned or typed."""

    is_repeatable = True

    number = FiguresField(_("Number of the slip"), validators=[InputRequired(), Length(max=40)])
