"""Forms about what a worker writes down: visits, what was promised there, and gatherings."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from duties import labels
from duties.gatherings import MOST_PRESENT
from duties.models import GatheringKind, VisitStep
from ground import days
from ground.forms import DayField, Form, KeyedForm, NumberField, SelectField
from points.forms.fields import PhotoField


class VisitForm(KeyedForm):
    """A visit: what was done, seen and is needed; ticking is enough. Maybe from a paper slip."""

    steps = SelectMultipleField(_("What you did"), coerce=VisitStep, validate_choice=False)
    seen = TextAreaField(_("What you saw"), validators=[Length(max=500)])
    needs = TextAreaField(_("What they need"), validators=[Length(max=500)])
    follow_up = StringField(_("What is still to be done"), validators=[Length(max=200)])
    visited_on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])
    photo = PhotoField()
    slip = HiddenField(validators=[Length(max=20)])


class VisitInGridForm(VisitForm):
    """A visit to a household that is chosen in the form, among those of one's own grids."""

    household = SelectField(
        _("Household"),
        coerce=int,
        validate_choice=False,  # the view looks whether it is there
        validators=[InputRequired(), NumberRange(min=1, message=_("Choose the household."))],
    )


class DoneForm(Form):
    """A follow-up that is done: since when, and how."""

    on = DayField(_("Done on"), days.HAPPENED, validators=[InputRequired()])
    note = StringField(_("How it went"), validators=[Length(max=200)])


class GatheringForm(KeyedForm):
    """A gathering: where, when, what about, and how many came."""

    grid = SelectField(_("Grid"), coerce=int, validators=[InputRequired()])
    held_on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])
    kind = SelectField(_("What for"), coerce=GatheringKind, choices=labels.GATHERING_KINDS.items())
    topic = StringField(_("What it was about"), validators=[InputRequired(), Length(max=200)])
    present = NumberField(
        _("How many came"), usual=100, validators=[InputRequired(), NumberRange(min=1, max=MOST_PRESENT)]
    )
    note = TextAreaField(_("Note"), validators=[Length(max=500)])
