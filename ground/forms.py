"""The base of all forms: forms check shape, the functions that write check the rules.

A refusal of a rule comes back into the form and stands beside its field. What a form itself finds wrong it
says in our words: WTForms' own sentences never show.
"""

from collections.abc import Iterable, Iterator, Mapping
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

_FILL_IN = _("Please fill this in.")
_CHOOSE = _("Please choose one of these.")
_CHECK = _("Please check what is written here.")
_NUMBER = _("Please write a number.")

# What WTForms and Flask-WTF would say, and what we say instead; of a plural the first form.
OUR_SENTENCES: Mapping[str, Any] = {
    "This field is required.": _FILL_IN,
    "Field must be at least %(min)d character long.": _("Please write at least %(min)d characters."),
    "Field cannot be longer than %(max)d character.": _("Please write at most %(max)d characters."),
    "Field must be exactly %(max)d character long.": _("Please write exactly %(max)d characters."),
    "Field must be between %(min)d and %(max)d characters long.": _(
        "Please write %(min)d to %(max)d characters."
    ),
    "Number must be at least %(min)s.": _("Please write a number from %(min)s on."),
    "Number must be at most %(max)s.": _("Please write a number up to %(max)s."),
    "Number must be between %(min)s and %(max)s.": _("Please write a number from %(min)s to %(max)s."),
    "Date must be at least %(min)s.": _("Please choose a day from %(min)s on."),
    "Date must be at most %(max)s.": _("Please choose a day up to %(max)s."),
    "Date must be between %(min)s and %(max)s.": _("Please choose a day from %(min)s to %(max)s."),
    "Not a valid integer value.": _("Please write a whole number."),
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Not a valid date value.": _("Please write a day, like 2026-11-29."),
    "Not a valid datetime value.": _("Please write a day and a time, like 2026-11-29 08:30."),
    "Not a valid time value.": _("Please write a time, like 08:30."),
    "Not a valid week value.": _CHECK,
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Invalid value, must be one of: %(values)s.": _CHOOSE,
    "Invalid value, can't be any of: %(values)s.": _CHECK,
    "Field must be equal to %(other_name)s.": _("The two are not the same."),
    "Invalid field name '%s'.": _CHECK,
    "Invalid input.": _CHECK,
    "Invalid email address.": _CHECK,
    "Invalid IP address.": _CHECK,
    "Invalid Mac address.": _CHECK,
    "Invalid URL.": _CHECK,
    "Invalid UUID.": _CHECK,
    "This field cannot be edited.": _("This cannot be changed here."),
    "This field is disabled and cannot have a value.": _("This cannot be changed here."),
    "File does not have an approved extension: {extensions}": _("Please choose another kind of file."),
    "File does not have an approved extension.": _("Please choose another kind of file."),
}


class _OurWords:
    """The translations that WTForms asks for its sentences. What is none of them stays as it is."""

    def gettext(self, sentence: str) -> str:
        return str(OUR_SENTENCES.get(sentence, sentence))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(OUR_SENTENCES.get(singular, singular if number == 1 else plural))


class Rows(wtforms.Form):
    """One of several rows in a form."""

    class Meta(wtforms.Form.Meta):
        """What all rows share: our words."""

        def get_translations(self, _form: Any) -> _OurWords:
            """Our sentences in place of WTForms'."""
            return _OurWords()


class Form(FlaskForm):
    """A form that can show a refusal beside what was typed."""

    refusal: Any = None

    class Meta(FlaskForm.Meta):
        """What all forms share: our words."""

        def get_translations(self, _form: Any) -> _OurWords:
            """Our sentences in place of WTForms'."""
            return _OurWords()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was sent. Text that was left out counts as empty; the character NUL is removed."""
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, StringField):
                field.data = (field.data or "").replace("\0", "")

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
    """A form with a key: what it does is done once, however often it is sent."""

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
