"""Forms about grids, people and terms; they check shape, the verbs check the rules."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from ground.forms import Form, ReasonForm, SelectField
from ground.refusal import Refused
from ground.tables import cells
from people import labels
from people.models import Background, ChosenBy, GridKind, Sex, Standing

NEW = 0  # in the choice of a person: somebody who is not on the roster yet


class WrittenField(StringField):
    """Words as offices write them, read as the same words in a table are; `value` holds what was read."""

    value: str | None = None

    def __init__(self, label: Any, read: Callable[[str], str | None], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self._read = read

    def pre_validate(self, form: Any) -> None:
        """Read the words, or say what is wrong with them."""
        try:
            self.value = self._read(self.data or "")
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal


def _text(label: Any, longest: int = 100, **kwargs: Any) -> WrittenField:
    return WrittenField(label, lambda typed: cells.text(typed, longest), **kwargs)


def _name(label: Any, **kwargs: Any) -> WrittenField:
    return WrittenField(label, lambda typed: cells.name(typed, 200), **kwargs)


def _word(label: Any, kind: type[StrEnum], words: Mapping[Any, Any]) -> SelectField:
    """A choice of one of an enumeration's words, or of none."""
    return SelectField(
        label, choices=[("", "–"), *words.items()], coerce=lambda chosen: kind(chosen) if chosen else None
    )


class WhatGridForm(Form):
    """What a grid is, beside its code and name."""

    kind = SelectField(
        _("Kind"), choices=labels.GRID_KINDS.items(), coerce=GridKind, validators=[InputRequired()]
    )
    group = _text(_("Villagers' group"), description=_("A new name adds the group to the village."))
    households = IntegerField(
        _("Households"),
        validators=[Optional()],
        description=_("Usually 5 to 10; a dedicated grid may have none."),
    )
    place = _text(_("Building or place"), description=_("For an urban or a dedicated grid."))
    agency = _text(_("Agency that answers for it"), description=_("For a dedicated grid."))


class GridForm(WhatGridForm):
    """A new grid."""

    code = WrittenField(
        _("Grid code"),
        lambda typed: cells.code(typed, 40),
        validators=[InputRequired()],
        description=_("The county's own code, as given."),
    )
    name = _text(_("Name of the grid"), validators=[InputRequired()])


class ChangeForm(ReasonForm):
    """A change of a grid: from which day, and why."""

    on = DateField(_("From what day"), validators=[InputRequired()])


class RenameForm(ChangeForm):
    """A grid's new name."""

    name = _text(_("New name"), validators=[InputRequired()])


class SplitForm(ChangeForm):
    """The grid that is split off."""

    code = WrittenField(
        _("Code of the new grid"), lambda typed: cells.code(typed, 40), validators=[InputRequired()]
    )
    name = _text(_("Name of the new grid"), validators=[InputRequired()])
    households = IntegerField(_("Households that go to the new grid"), validators=[Optional()])
    place = _text(_("Building or place"), description=_("For an urban or a dedicated grid."))


class MergeForm(ChangeForm):
    """The grid that another one goes into."""

    into = SelectField(_("Into which grid"), coerce=int, validators=[InputRequired()])


class PersonForm(Form):
    """Who somebody is."""

    name = _name(_("Name"), validators=[InputRequired()])
    phone = WrittenField(_("Phone"), cells.phone)
    agency = _text(_("Agency"), description=_("An instructor's agency or office."))
    sex = _word(_("Sex"), Sex, labels.SEXES)
    birth_year = IntegerField(_("Year of birth"), validators=[Optional()])
    standing = _word(_("Political status"), Standing, labels.STANDINGS)
    background = _word(_("Background"), Background, labels.BACKGROUNDS)
    law_mark_on = DateField(_("Law mark since"), validators=[Optional()])


class AppointForm(PersonForm):
    """Who is appointed, somebody known or somebody new, and from when to when."""

    law_mark_on = None
    name = _name(_("Name"))
    person = SelectField(_("Who is appointed"), coerce=int, default=NEW)
    chosen_by = _word(_("Recommended by"), ChosenBy, labels.CHOSEN_BY)
    starts_on = DateField(_("First day"), validators=[InputRequired()])
    ends_on = DateField(
        _("Last day"), validators=[Optional()], description=_("Left empty, the term runs for three years.")
    )

    @property
    def is_new(self) -> bool:
        """Whether somebody is entered who is not on the roster yet."""
        return self.person.data == NEW

    def validate_person(self, field: SelectField) -> None:
        """Somebody is chosen or entered, not both."""
        if not self.is_new and self.name.data:
            raise ValidationError(_("Choose somebody, or enter somebody new; not both."))

    def validate_name(self, field: WrittenField) -> None:
        """Somebody new has a name."""
        if self.is_new and not field.value:
            raise ValidationError(_("Write down the name, or choose somebody above."))


class HandOverForm(AppointForm):
    """Who takes over, and on which day."""

    starts_on = DateField(_("First day of the successor"), validators=[InputRequired()])
    ends_on = None


class RenewForm(Form):
    """How somebody was chosen once more."""

    chosen_by = _word(_("Recommended by"), ChosenBy, labels.CHOSEN_BY)


class EndForm(ReasonForm):
    """On which day a term ends early, and why."""

    on = DateField(_("First day without service"), validators=[InputRequired()])
