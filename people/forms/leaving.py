"""Forms about leaving: the negative list, the village's rule, and the decision on one worker."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ground.days import DECIDED, FROM_NOW_ON, HAPPENED
from ground.forms import DayField, Form, InWords, NumberField, SelectField
from people.labels import DEPARTURE_KINDS
from people.models import Outcome
from people.roster.departures import LONGEST_KEEP_DAYS


class NegativeItemForm(Form):
    """A new item of the county's negative list."""

    text = StringField(_("What is not done"), validators=[InputRequired(), Length(max=200)])
    holds_from = DayField(_("Holds from"), DECIDED, validators=[InputRequired()])


class EndItemForm(Form):
    """The first day on which an item is off the list."""

    on = DayField(_("Off the list from"), FROM_NOW_ON, validators=[InputRequired()])


class LeavingRuleForm(Form):
    """A village's decision on the points of those who leave."""

    outcome = RadioField(
        _("Points of who leaves"),
        choices=[
            SelectChoice(str(Outcome.KEEP), _("are kept for some days and can be spent")),
            SelectChoice(str(Outcome.EXPIRE), _("expire at once")),
        ],
        default=str(Outcome.KEEP),
    )
    days = NumberField(
        _("For how many days"), usual=370, validators=[Optional(), NumberRange(1, LONGEST_KEEP_DAYS)]
    )
    decided = StringField(_("Decided by"), validators=[InWords(), Length(max=200)])
    holds_from = DayField(_("Holds from"), FROM_NOW_ON, validators=[InputRequired()])


class LeaveForm(Form):
    """A worker's departure: its kind, day and reason, and who decided it.

    `shown` is what the page said becomes of the points, so that nobody signs what they did not read.
    """

    shown = HiddenField()
    kind = SelectField(_("How"), choices=DEPARTURE_KINDS.items(), validators=[InputRequired()])
    on = DayField(_("First day without service"), HAPPENED, validators=[InputRequired()])
    item = SelectField(_("Item of the negative list"), coerce=int, default=0)
    reason = StringField(_("Reason"), validators=[InWords(), Length(max=200)])
    decision = StringField(_("Decided by"), validators=[InWords(), Length(max=200)])
