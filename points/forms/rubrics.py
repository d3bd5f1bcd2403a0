"""Forms about rubrics."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from people.forms import Form


class RubricForm(Form):
    """A decision of the village's meeting to adopt the county's rubric."""

    in_force_from = DateField(_("In force from"), validators=[InputRequired()])
    approved_by = StringField(_("Approved by"), validators=[InputRequired(), Length(max=100)])
