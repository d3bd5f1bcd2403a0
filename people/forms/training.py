"""Forms about training: a session and its list."""

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from ground import days
from ground.forms import DayField, Form, KeyedForm


class TrainingForm(KeyedForm):
    """A session: its topic, place and day."""

    topic = StringField(_("What about"), validators=[InputRequired(), Length(max=200)])
    place = StringField(_("Where"), validators=[Length(max=100)])
    held_on = DayField(_("Day"), days.HELD_OR_PLANNED, validators=[InputRequired()])


class TickForm(Form):
    """The ids ticked on a session's list, and those that were ticked when it was shown."""

    here = SelectMultipleField(coerce=int, validate_choice=False)
    shown = SelectMultipleField(coerce=int, validate_choice=False)


class MarkForm(Form):
    """The day since when somebody bears the law mark."""

    marked_on = DayField(_("Bears the mark since"), days.HELD_SINCE, validators=[InputRequired()])
