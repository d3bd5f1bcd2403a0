"""Forms for township and county: the rules, a reminder, sending a sheet back."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from ground import days
from ground.forms import DayField, Form, InWords, NumberField
from points.assessment.meeting_rules import LEAST_NOTICE_DAYS, MOST_DAYS
from points.labels import QUORUMS
from points.models import Quorum


class TermsForm(Form):
    """A county's rules for its villages' assessments."""

    quorum = RadioField(
        _("Of those invited there have to be"),
        choices=[SelectChoice(*pair) for pair in QUORUMS.items()],
        coerce=Quorum,
        validators=[InputRequired()],
    )
    least_present = NumberField(
        _("And at least so many people"), usual=50, validators=[InputRequired(), NumberRange(1, 100)]
    )
    notice_days = NumberField(
        _("Days a notice hangs"),
        usual=30,
        validators=[InputRequired(), NumberRange(LEAST_NOTICE_DAYS, MOST_DAYS)],
    )
    book_within_days = NumberField(
        _("Days after a quarter by which it is booked"),
        usual=60,
        validators=[InputRequired(), NumberRange(1, MOST_DAYS)],
    )
    decided_by = StringField(_("Decided by"), validators=[InWords(), Length(max=200)])


class ReminderForm(Form):
    """The day by which a quarter has to be done, and a note about it."""

    due_on = DayField(_("Done by"), days.DUE, validators=[InputRequired()])
    note = StringField(_("A word about it"), validators=[Length(max=200)])


class SendBackForm(Form):
    """The reason for sending a sheet back."""

    reason = TextAreaField(
        _("What the meeting should look at again"), validators=[InWords(), Length(max=500)]
    )
