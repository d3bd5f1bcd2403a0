"""Forms about disputes: what it is about, an attempt to mediate, and a report upward."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from duties import labels
from duties.models import AttemptResult, DisputeKind, Rung
from ground import days
from ground.forms import DayField, Form, InWords, KeyedForm, SelectField


class DisputeForm(KeyedForm):
    """A new dispute: who falls out with whom over what, in which worker's grid."""

    worker = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    opened_on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])
    kind = SelectField(_("Kind"), choices=labels.DISPUTE_KINDS.items(), coerce=DisputeKind)
    parties = StringField(_("Who with whom"), validators=[InputRequired(), Length(max=200)])
    matter = TextAreaField(_("What it is about"), validators=[InputRequired(), Length(max=1000)])


class AttemptForm(KeyedForm):
    """An attempt to mediate: its day, who mediated, how it ended.

    `rung` is where the page saw the dispute.
    """

    rung = HiddenField(validators=[InputRequired()])
    on = DayField(_("Day"), days.HAPPENED, validators=[InputRequired()])
    mediators = StringField(
        _("Who mediated"),
        validators=[InputRequired(), Length(max=200)],
        description=_("All names, also those of veteran members of the group."),
    )
    contacts = SelectMultipleField(
        _("Who of the village's contacts took part"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    result = RadioField(  # none is chosen beforehand: one settled by a slip would count
        _("How it ended"),
        choices=[SelectChoice(result, word) for result, word in labels.RESULTS.items()],
        coerce=AttemptResult,
        validators=[InputRequired()],
    )
    note = TextAreaField(_("What was agreed, or why not"), validators=[Length(max=500)])


class ReportForm(Form):
    """A report upward: to which level, and how the dispute is kept stable meanwhile."""

    to = SelectField(_("To which level"), coerce=Rung)
    measures = TextAreaField(
        _("How it is kept stable meanwhile"),
        validators=[InWords(), Length(max=500)],
        description=_("Who stays with whom, who looks in how often, who was called."),
    )
