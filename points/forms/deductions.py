"""Forms about deductions: proposing one, and what the worker says."""

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from ground import days
from ground.forms import DayField, InWords, KeyedForm, NumberField, SelectField
from points.forms.fields import PhotoField
from points.services.deductions import MOST_CHARACTERS
from points.services.recording import MOST_TIMES


class DeductionForm(KeyedForm):
    """A new deduction: from whom, for what, when and how often; why, and what shows it."""

    worker = SelectField(  # none is chosen beforehand: it would be the first in the list by a slip
        _("Grid worker"),
        coerce=int,
        validators=[InputRequired(), NumberRange(min=1, message=_("Choose whom it is about."))],
    )
    item = SelectField(_("What points are taken for"), coerce=int, validators=[InputRequired()])
    done_on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])
    count = NumberField(
        _("How often"), usual=10, default=1, validators=[InputRequired(), NumberRange(1, MOST_TIMES)]
    )
    reason = TextAreaField(
        _("What happened"),
        description=_("The worker reads this too."),
        validators=[InWords(), Length(max=500)],
    )
    shown_by = TextAreaField(
        _("What shows it"),
        description=_("Who saw it, or which paper it stands on. A photo may go along."),
        validators=[InWords(), Length(max=500)],
    )
    photo = PhotoField()


class StatementForm(KeyedForm):
    """What the worker says to a deduction."""

    text = TextAreaField(_("What is said to it"), validators=[InWords(), Length(max=MOST_CHARACTERS)])
