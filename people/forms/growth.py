"""The form about a stage that a worker reached."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from ground.forms import Form, SelectField
from people import labels
from people.models import Stage


class GrowthForm(Form):
    """A worker, the stage they reached, and the day."""

    person = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    stage = SelectField(_("Stage"), choices=labels.STAGES.items(), coerce=Stage)
    on = DateField(_("Day"), validators=[InputRequired()])
    note = StringField(_("Note"), validators=[Length(max=200)])
