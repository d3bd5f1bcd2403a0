"""Forms about hazards and emergencies: the report, and what became of it."""

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from duties import labels
from duties.models import IncidentStepKind, Severity
from ground import days
from ground.forms import DayField, Form, KeyedForm, SelectField


class IncidentForm(KeyedForm):
    """A new hazard or emergency: what, where, how bad it is, and what was done at once."""

    what = TextAreaField(_("What is it?"), validators=[InputRequired(), Length(max=500)])
    place = StringField(_("Where?"), validators=[InputRequired(), Length(max=100)])
    severity = SelectField(_("How bad is it?"), coerce=Severity, default=Severity.ORDINARY)
    done = TextAreaField(_("What was done at once"), validators=[Length(max=500)])
    grid = SelectField(_("Grid"), coerce=int, validators=[InputRequired()])
    worker = SelectField(_("Who found it"), coerce=int)
    found_on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])


class StepForm(Form):
    """A step in the course of a hazard or emergency."""

    kind = SelectField(
        _("How it was dealt with"), choices=labels.INCIDENT_STEPS.items(), coerce=IncidentStepKind
    )
    to = StringField(_("To whom it was handed over"), validators=[Length(max=100)])
    note = TextAreaField(_("What was done"), validators=[Length(max=500)])
    on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])
