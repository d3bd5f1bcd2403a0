"""The base of all forms: forms check shape, the functions that write check the rules.

A refusal of a rule comes back into the form and stands beside its field. What a form itself finds wrong it
says in our words: WTForms' own sentences never show. Each form carries a key, so that sent twice it is done
once, and what was typed is not lost (`ground.formkey`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, ClassVar
from uuid import uuid4

import wtforms
from flask import g
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import HiddenField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp, StopValidation, ValidationError
from wtforms.widgets import DateInput, TextInput

from ground import formkey
from ground.days import SEARCHED, DayRange
from ground.db import transaction
from ground.figures import NO_IDENTITY_NUMBER, has_identity_number, narrow
from ground.paper import words
from ground.refusal import Refused, says_something
from ground.watch import events

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

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Whether the row can be taken."""
        return bool(super().validate(*args, **kwargs)) & _refuse_identity_numbers(self)


def _refuse_identity_numbers(form: wtforms.Form) -> bool:
    """Whether no text in a form holds the number of an identity card; a field that does says so."""
    found = [
        field
        for field in form
        if isinstance(field, StringField)
        and not isinstance(field, PasswordField | HiddenField)
        and has_identity_number(field.data or "")
    ]
    for field in found:
        field.errors = [*field.errors, NO_IDENTITY_NUMBER]
    return not found


class FormKeyField(HiddenField):
    """The form's key; a new one, unless the one that was sent is still good."""

    new_key: dict[str, Any]

    def _value(self) -> str:
        return str(self.data) if self.data and formkey.is_good_again() else formkey.new(**self.new_key)


class Form(FlaskForm):
    """A form that can show a refusal beside what was typed.

    With `is_repeatable` it may be done as often as it is sent: it only reads, or the verb has a key of its
    own. What is proved by a password is proved anew each time.
    """

    refusal: Any = None
    refused: Refused | None = None
    is_repeatable: ClassVar[bool] = False
    keeps_text: ClassVar[bool] = True
    """Whether what is typed is kept; then no number of an identity card can be in it."""

    once = FormKeyField()

    class Meta(FlaskForm.Meta):
        """What all forms share: our words."""

        def get_translations(self, _form: Any) -> _OurWords:
            """Our sentences in place of WTForms'."""
            return _OurWords()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Read what was sent.

        Text that was left out counts as empty, and so do blanks alone; the character NUL is removed.
        """
        super().process(*args, **kwargs)
        for field in self:
            if isinstance(field, StringField):
                field.data = (field.data or "").replace("\0", "")
                if field.raw_data and not field.data.strip():
                    field.data, field.raw_data = "", [""]
        secrets = [field.short_name for field in self if isinstance(field, PasswordField | OneTimeCodeField)]
        self.once.new_key = {"is_repeatable": self.is_repeatable or bool(secrets), "secrets": secrets}

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Whether it can be taken; never when it is only to be shown once more (`ground.sending`)."""
        if reason := g.get("only_shown"):
            self.refuse(reason)
            return False
        is_valid = bool(super().validate(*args, **kwargs))
        if self.keeps_text:
            is_valid &= _refuse_identity_numbers(self)
        if not is_valid and not self.refusal:
            self.refusal = next(
                (field.errors[0] for field in self if _is_hidden(field) and field.errors), None
            )
        return is_valid

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal beside its field; above the form if it has no field or a hidden one."""
        events.tell_refusal(refusal)
        self.refused = refusal
        if refusal.field in self and not _is_hidden(self[refusal.field]):
            field = self[refusal.field]
            field.errors = [*field.errors, refusal.message]
        else:
            self.refusal = refusal.message

    def problem(self) -> Refused:
        """Why it was not done, for a page's script: the refusal, or what is wrong with a field."""
        return self.refused or Refused("bad_form", next(iter(self.errors.values()))[0])

    @property
    def status(self) -> int:
        """The HTTP status of the page that shows this form: its refusal's, 422 with errors, otherwise 200."""
        if self.refused is not None:
            return self.refused.status
        return 422 if self.refusal or self.errors else 200


def _is_hidden(field: Any) -> bool:
    """Whether nothing can stand beside a field; what is wrong with it stands above the form."""
    return isinstance(field, HiddenField)


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


class AskingField(wtforms.Field):
    """A field that asks once more about what is unusual; a tick below it says that it is meant.

    What is unusual, and the words for it, the kinds of fields say themselves.
    """

    is_asked = False
    tick_label: Any = ""  # the words beside the tick

    @property
    def tick_name(self) -> str:
        """The name of the tick; its value is what it stands for, so that nothing else is taken by it."""
        return f"{self.name}-sure"

    @property
    def tick_value(self) -> str:
        """The text that was typed, as the tick names it."""
        return str(self.data)

    @property
    def is_ticked(self) -> bool:
        """Whether the tick for what was typed came along."""
        return self.tick_value in self._ticks

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Read what was typed, and the ticks that came along."""
        super().process(formdata, *args, **kwargs)
        self.is_asked = False
        self._ticks: list[str] = formdata.getlist(self.tick_name) if formdata else []

    def ask(self, question: Any, tick_label: Any) -> None:
        """Ask about what was typed, unless its tick came along; `tick_label` stands beside the tick."""
        self.is_asked, self.tick_label = True, tick_label
        if not self.is_ticked:
            raise ValidationError(question)

    def with_tick(self, control: Markup) -> Markup:
        """The control of the field, with the tick below if it was asked about."""
        if not self.is_asked:
            return control
        ticked = Markup(" checked") if self.is_ticked else ""
        tick = Markup(
            '<label class="form-check"><input class="form-check-input" type="checkbox" name="{name}"'
            ' value="{meant}"{ticked}> <span>{text}</span></label>'
        )
        return control + tick.format(
            name=self.tick_name, meant=self.tick_value, ticked=ticked, text=self.tick_label
        )


class DayInput(DateInput):
    """The control of a day, with its first and last; below it the tick that an unusual day needs."""

    def __call__(self, field: "DayField", **kwargs: Any) -> Markup:
        """The control, and the tick if the day was asked about."""
        first, last = (end.isoformat() for end in field.days.bounds())
        shown = kwargs.setdefault("value", field._value())
        control = super().__call__(field, min=first, max=last, **kwargs)
        return field.with_tick(control) if str(shown) == str(field.data) else control


class FigureInput(TextInput):
    """The control of a figure; below it the tick that an unusual one needs."""

    def __call__(self, field: AskingField, **kwargs: Any) -> Markup:
        """The control, and the tick if the figure was asked about."""
        return field.with_tick(super().__call__(field, **kwargs))


class DayField(AskingField, wtforms.DateField):
    """A day out of a range of `ground.days`.

    A day that cannot be meant is never `data`: nothing is computed from it. One that is unusual is asked
    about, and taken when its tick comes along.
    """

    widget = DayInput()
    data: Any  # a day, or None
    raw_data: list[Any] | None

    def __init__(self, label: Any, days: DayRange, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.days = days

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day that was typed, or say what is wrong with it. Spaces alone are no day."""
        if not valuelist:
            return
        self.data, typed = None, narrow(valuelist[0])
        if not typed:
            self.raw_data = []  # as if it was left out
            return
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            raise ValueError(_("Write the day like 2026-01-05.")) from None
        try:
            self.days.check(day)
        except Refused as refusal:
            raise ValueError(refusal.message) from refusal
        self.data = day

    def pre_validate(self, form: Any) -> None:
        """Ask about a day that is unusual."""
        day = self.data
        if day is not None and self.raw_data and not self.days.is_usual(day):
            text = words.day(day)
            self.ask(
                _("%(day)s is far from today. Is the year right? Then tick the box.", day=text),
                _("Yes, it is %(day)s.", day=text),
            )


class FiguresField(StringField):
    """A text of figures and signs, in whatever width it was typed; `data` is narrow.

    For codes, telephones and amounts.
    """

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take the text that was sent, in narrow forms."""
        if valuelist:
            self.data = narrow(valuelist[0])


def ask_about_figure(field: AskingField, figure: str, whole: int) -> None:
    """Ask about a figure that is unusual, with its whole part in words as it is read aloud."""
    spoken = words.figure_in_words(whole)
    field.ask(
        _(
            "%(figure)s (%(words)s) is unusual here. Is it meant? Then tick the box.",
            figure=figure,
            words=spoken,
        ),
        _("Yes, it is %(figure)s (%(words)s).", figure=figure, words=spoken),
    )


class OneTimeCodeField(FiguresField):
    """A code that proves something: like a password it is never kept with a form that comes back."""

    def _value(self) -> str:
        return ""


class NumberField(AskingField, wtforms.IntegerField):
    """A whole number, in whatever width it was typed; one above `usual` is asked about.

    Each says the most that is usual, or None where every number that its rule lets through can be meant. It
    is no number field of the browser: some of those drop wide figures without a word.
    """

    widget = FigureInput()

    def __init__(self, label: Any, usual: int | None, **kwargs: Any) -> None:
        kwargs["render_kw"] = {"inputmode": "numeric"} | (kwargs.get("render_kw") or {})
        super().__init__(label, **kwargs)
        self.usual = usual

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the number that was sent."""
        super().process_formdata([narrow(typed) for typed in valuelist])

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Ask about a number that is unusual, if nothing else is wrong with it."""
        if (
            self.usual is not None
            and isinstance(self.data, int)
            and self.data > self.usual
            and not self.errors
        ):
            ask_about_figure(self, str(self.data), self.data)


@contextmanager
def attempt(form: Form) -> Iterator[None]:
    """Do what is inside in one transaction; if it is refused, the form says why and keeps its values.

    Refused as `transaction` is where it cannot even begin: what is inside cannot be left out then.
    """
    has_begun = False
    try:
        with transaction():
            has_begun = True
            yield
    except Refused as refusal:
        if not has_begun:
            raise
        form.refuse(refusal)


def key_field() -> HiddenField:
    """A hidden field with a random key, made before the form is sent: sent twice, it is done once."""
    return HiddenField(
        default=lambda: uuid4().hex, validators=[InputRequired(), Regexp(r"[0-9A-Za-z-]{16,64}$")]
    )


class KeyedForm(Form):
    """A form whose verb asks for a key, as programs and other pages may send the same: it is done once."""

    is_repeatable = True

    key = key_field()

    def refuse(self, refusal: Refused) -> None:
        """Show the refusal; after `key_reused` the form gets a new key, as the old one is used up."""
        super().refuse(refusal)
        if refusal.code == "key_reused":
            self.key.data = self.key.default()


class AddressForm(Form):
    """A form that only looks for something: it stands in the address, and nothing is written by it."""

    keeps_text = False

    class Meta:
        """Settings of the form: no token."""

        csrf = False


class DaysForm(AddressForm):
    """The first and the last of the days in which something is looked for; either may be left out."""

    since = DayField(_("From day"), SEARCHED)
    until = DayField(_("To day"), SEARCHED)


class InWords(InputRequired):
    """A validator of what gives a reason or shows something: it is filled in, and says something."""

    def __call__(self, form: Any, field: Any) -> None:
        """Check the field; empty it is to be filled in."""
        super().__call__(form, field)
        if not says_something(field.data or ""):
            raise StopValidation(_("Say it in a few words."))


class ButtonForm(Form):
    """A form that has a button and no fields."""


class ReasonForm(Form):
    """A reason in a few words."""

    reason = StringField(_("Reason"), validators=[InWords(), Length(max=200)])
