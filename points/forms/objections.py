"""Forms of objections, at the counter and online, of answers, and of a digest to check."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from ground import days
from ground.forms import DayField, FiguresField, Form, InWords, KeyedForm, SelectField
from ground.refusal import Refused
from points import labels
from points.forms.fields import MeantField, PointsField
from points.models import ObjectionChannel
from points.wall.objections import MOST_CHARACTERS


class ObjectionForm(KeyedForm):
    """An objection brought online; name and contact only from who wants to give them."""

    line = SelectField(  # none is chosen beforehand: it would be the first that many object to
        _("Which line"),
        coerce=int,
        validators=[InputRequired(), NumberRange(min=1, message=_("Choose a line."))],
    )
    text = TextAreaField(_("What is not right"), validators=[InWords(), Length(max=MOST_CHARACTERS)])
    name = StringField(_("Your name, if you like"), validators=[Length(max=100)])
    contact = StringField(_("Your telephone, if you like"), validators=[Length(max=100)])


class CounterObjectionForm(ObjectionForm):
    """An objection brought to the committee by word or on paper."""

    channel = RadioField(
        _("How it was brought"),
        choices=[
            SelectChoice(how, labels.OBJECTION_CHANNELS[how])
            for how in (ObjectionChannel.ORAL, ObjectionChannel.WRITTEN)
        ],
        coerce=ObjectionChannel,
        validators=[InputRequired()],
    )
    received_on = DayField(_("Day it was received"), days.HAPPENED, validators=[InputRequired()])
    name = StringField(_("Brought by, if they give a name"), validators=[Length(max=100)])
    contact = StringField(_("Where the answer goes"), validators=[Length(max=100)])


class ChangeField(PointsField):
    """Points, or nothing where nothing changes."""

    def pre_validate(self, form: Any) -> None:
        """Read the points, if some were typed."""
        if (self.data or "").strip():
            super().pre_validate(form)


ACCEPTED, REJECTED = "accepted", "rejected"


class AnswerForm(Form):
    """The decision on an objection, and its reason."""

    outcome = RadioField(  # none is chosen beforehand: one answered by a slip would stand
        _("Decision"),
        choices=[
            SelectChoice(ACCEPTED, _("It is right: the line changes")),
            SelectChoice(REJECTED, _("It is rejected")),
        ],
        validators=[InputRequired()],
    )
    meant = MeantField()
    change = ChangeField(  # what is unusual for this worker is asked about by `meant`
        _("Points, more (2) or less (-2)"), usual=None, validators=[Length(max=12)]
    )
    reason = TextAreaField(_("The reason"), validators=[InWords(), Length(max=500)])
    decided_by = StringField(_("Decided by"), validators=[InWords(), Length(max=200)])

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; unusual points are meant when they are sent once more."""
        if refusal.code == "unusual_amount":
            refusal = refusal.with_field("change")
            self.meant.ask_about(self.change.tenths)
        super().refuse(refusal)


class TokenForm(Form):
    """The number that somebody was given for their objection."""

    token = FiguresField(_("Your number"), validators=[InputRequired(), Length(max=60)])


class ProofForm(Form):
    """A village's code, and the ledger's digest off its notice."""

    village = FiguresField(_("The village's code"), validators=[InputRequired(), Length(max=20)])
    digest = FiguresField(_("Number of the ledger"), validators=[InputRequired(), Length(max=200)])
