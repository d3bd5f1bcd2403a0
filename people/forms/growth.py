"""The form about a stage that a worker reached."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ground import days
from ground.forms import DayField, Form, SelectField
from people import labels
from people.models import Stage


class GrowthForm(Form):
    """A worker, the stage they reached, and the day."""

    person = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    stage = SelectField(_("Stage"), choices=labels.STAGES.items(), coerce=Stage)
    on = DayField(_("Day"), days.HELD_SINCE, validators=[InputRequired()])
    note = StringField(_("Note"), validators=[Length(max=200)])
