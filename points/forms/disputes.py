"""Forms about disputes: what it is about, an attempt to mediate, and a report upward."""

from flask_babel import lazy_gettext as _
from wtforms import DateField, HiddenField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from people.forms import Form, KeyedForm, SelectField
from points import labels
from points.models import DisputeKind, Result, Rung


class DisputeForm(KeyedForm):
    """Who falls out with whom over what, in which worker's grid."""

    worker = SelectField(_("Grid worker"), coerce=int, validators=[InputRequired()])
    opened_on = DateField(_("Day"), validators=[InputRequired()])
    kind = SelectField(_("Kind"), choices=labels.DISPUTE_KINDS.items(), coerce=DisputeKind)
    parties = StringField(_("Who with whom"), validators=[InputRequired(), Length(max=200)])
    matter = TextAreaField(_("What it is about"), validators=[InputRequired(), Length(max=1000)])


class AttemptForm(KeyedForm):
    """An attempt: its day, who mediated, how it ended. `rung` is where the page saw the dispute."""

    rung = HiddenField(validators=[InputRequired()])
    on = DateField(_("Day"), validators=[InputRequired()])
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
    result = SelectField(_("How it ended"), choices=labels.RESULTS.items(), coerce=Result)
    note = TextAreaField(_("What was agreed, or why not"), validators=[Length(max=500)])


class ReportForm(Form):
    """To which level, and how it is kept stable meanwhile."""

    to = SelectField(_("To which level"), coerce=Rung)
    measures = TextAreaField(
        _("How it is kept stable meanwhile"),
        validators=[InputRequired(), Length(max=500)],
        description=_("Who stays with whom, who looks in how often, who was called."),
    )
