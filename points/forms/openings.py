"""Forms about opening balances: an objection written down, and its answer."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from ground.forms import Form, InWords
from points.forms.objections import ACCEPTED, REJECTED, ChangeField, CounterObjectionForm
from points.openings.plan import USUAL_TENTHS


class OpeningObjectionForm(CounterObjectionForm):
    """An objection brought to the committee by word or on paper, by whoever gives a name or none."""

    contact = None


class OpeningAnswerForm(Form):
    """The decision on an objection: the figure that is right, or that it is rejected; and the reason."""

    outcome = RadioField(  # none is chosen beforehand: one answered by a slip would stand
        _("Decision"),
        choices=[
            SelectChoice(ACCEPTED, _("It is right: the line changes")),
            SelectChoice(REJECTED, _("It is rejected")),
        ],
        validators=[InputRequired()],
    )
    right = ChangeField(_("The right points"), usual=USUAL_TENTHS, validators=[Length(max=12)])
    reason = TextAreaField(_("The reason"), validators=[InWords(), Length(max=500)])
    decided_by = StringField(_("Decided by"), validators=[InWords(), Length(max=200)])

    @property
    def right_tenths(self) -> int | None:
        """What the line has to have, in tenths; None where the objection is rejected."""
        return self.right.tenths if self.outcome.data == ACCEPTED else None

    def validate_right(self, field: Any) -> None:
        """Ask for the figure of what is right, and for none of what is rejected."""
        is_typed = bool((field.data or "").strip())
        if self.outcome.data == ACCEPTED and not is_typed:
            raise ValidationError(_("Write the points that are right; 0 if there are none."))
        if self.outcome.data == REJECTED and is_typed:
            raise ValidationError(_("A rejected objection changes nothing. Leave the points empty."))
