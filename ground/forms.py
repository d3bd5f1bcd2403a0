"""The base of all forms: forms check shape, the functions that write check the rules.

A refusal of a rule comes back into the form and stands beside its field. Each form carries a key, so that
sent twice it is done once, and what was typed is not lost (`ground.formkey`).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import uuid4

import wtforms
from flask import g
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp

from ground import formkey
from ground.db import transaction
from ground.refusal import Refused


class FormKeyField(HiddenField):
    """The form's key; a new one, unless the one that was sent is still good."""

    new_key: dict[str, Any]

    def _value(self) -> str:
        return str(self.data) if self.data and formkey.is_good_again() else formkey.new(**self.new_key)


class Form(FlaskForm):
    """A form that can show a refusal beside what was typed.

    With `repeats` it may be done as often as it is sent: it only reads, or the verb has a key of its own.
    What is proved by a password is proved anew each time.
    """

    refusal: Any = None
    repeats: ClassVar[bool] = False

    once = FormKeyField()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was sent. Text that was left out counts as empty; the character NUL is removed."""
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, StringField):
                field.data = (field.data or "").replace("\0", "")
        secrets = [field.short_name for field in self if isinstance(field, PasswordField)]
        self.once.new_key = {"repeats": self.repeats or bool(secrets), "secrets": secrets}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it can be taken; never when it is only to be shown once more (`ground.sending`)."""
        if reason := g.get("only_shown"):
            self.refuse(reason)
            return False
        return bool(super().validate(*args, **kwargs))

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal beside its field; above the form if it has no field or a hidden one."""
        if refusal.field in self and not isinstance(self[refusal.field], HiddenField):
            field = self[refusal.field]
            field.errors = [*field.errors, refusal.message]
        else:
            self.refusal = refusal.message

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: 422 with errors or a refusal, otherwise 200."""
        return 422 if self.refusal or self.errors else 200


class SelectField(wtforms.SelectField):
    """A field to choose one of several, from pairs of a value and its word."""

    def __init__(self, *args: Any, choices: Iterable[tuple[Any, Any]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, choices=None, **kwargs)
        self.choices = choices

    @property
    def choices(self) -> Any:
        """The values to choose from, with their words."""
        return self._choices

    @choices.setter
    def choices(self, pairs: Iterable[tuple[Any, Any]] | None) -> None:
        self._choices = None if pairs is None else [SelectChoice(*pair) for pair in pairs]


@contextmanager
def attempt(form: Form) -> Iterator[None]:
    """Do what is inside in one transaction; if it is refused, the form says why and keeps its values."""
    try:
        with transaction():
            yield
    except Refused as refusal:
        form.refuse(refusal)


def key_field() -> HiddenField:
    """A hidden field with a random key, made before the form is sent: sent twice, it is done once."""
    return HiddenField(
        default=lambda: uuid4().hex, validators=[InputRequired(), Regexp(r"[0-9A-Za-z-]{16,64}$")]
    )


class KeyedForm(Form):
    """A form whose verb asks for a key, as programs and other pages may send the same: it is done once."""

    repeats = True

    key = key_field()

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; after `key_reused` the form gets a new key, as the old one is used up."""
        super().refuse(refusal)
        if refusal.code == "key_reused":
            self.key.data = self.key.default()


class ButtonForm(Form):
    """A form that has a button and no fields."""


class ReasonForm(Form):
    """A reason in a few words."""

    reason = StringField(_("Reason"), validators=[InputRequired(), Length(max=200)])
