"""Forms check shape; the rules are checked by the verbs, and a refusal comes back to stand in the form."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import wtforms
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from ground.db import transaction
from ground.refusal import Refused


class Form(FlaskForm):
    """A form that can carry a refusal beside what was typed."""

    refusal: Any = None

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was sent; text that was left out counts as empty, and NUL is no text at all."""
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, StringField):
                field.data = (field.data or "").replace("\0", "")

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal next to its field, or above the form, also for a field that nobody sees."""
        if refusal.field in self and not isinstance(self[refusal.field], HiddenField):
            field = self[refusal.field]
            field.errors = [*field.errors, refusal.message]
        else:
            self.refusal = refusal.message

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 when something in it was not taken."""
        return 422 if self.refusal or self.errors else 200


class SelectField(wtforms.SelectField):
    """One of several, from pairs of a value and its word."""

    def __init__(self, *given: Any, choices: Iterable[tuple[Any, Any]] | None = None, **more: Any) -> None:
        super().__init__(*given, choices=None, **more)
        self.choices = choices

    @property
    def choices(self) -> Any:
        """What there is to choose from."""
        return self._choices

    @choices.setter
    def choices(self, pairs: Iterable[tuple[Any, Any]] | None) -> None:
        self._choices = None if pairs is None else [SelectChoice(*pair) for pair in pairs]


@contextmanager
def attempt(form: Form) -> Iterator[None]:
    """Do the verb inside in one transaction; if it is refused, the form says why and keeps what was typed."""
    try:
        with transaction():
            yield
    except Refused as refusal:
        form.refuse(refusal)


def key_field() -> HiddenField:
    """The key of what the form will do, made before it is sent: sent twice, it is done once."""
    return HiddenField(
        default=lambda: uuid4().hex, validators=[InputRequired(), Regexp(r"[0-9A-Za-z-]{16,64}$")]
    )


class KeyedForm(Form):
    """A form whose deed is done once, however often it is sent."""

    key = key_field()

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; a key that stands for something else is used up, a new one takes its place."""
        super().refuse(refusal)
        if refusal.code == "key_reused":
            self.key.data = self.key.default()


class ButtonForm(Form):
    """A form of nothing but its button."""


class ReasonForm(Form):
    """A reason in a few words."""

    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])
