"""Forms about grids, people and terms; they check shape, the functions that write check the rules."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional, ValidationError

from ground import days
from ground.forms import DayField, Form, NumberField, ReasonForm, SelectField
from ground.refusal import Refused
from ground.tables import cells
from people import labels
from people.models import Background, ChosenBy, GridKind, PoliticalStatus, Sex

NEW_PERSON = 0  # in the choice of a person: somebody who is not on the roster yet


class CellTextField(StringField):
    """A text field that is read in the same way as a cell of a table; `value` holds what was read."""

    value: str | None = None

    def __init__(self, label: Any, read_cell: Callable[[str], str | None], **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self._read = read_cell

    def pre_validate(self, form: Any) -> None:
        """Read the text, or show what is wrong with it."""
        try:
            self.value = self._read(self.data or "")
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal


class CodeField(CellTextField):
    """A code or a telephone, in whatever width it was typed."""


def _text_field(label: Any, longest: int = 100, **kwargs: Any) -> CellTextField:
    return CellTextField(label, lambda typed: cells.text(typed, longest), **kwargs)


def _name_field(label: Any, **kwargs: Any) -> CellTextField:
    return CellTextField(label, lambda typed: cells.name(typed, 200), **kwargs)


def _choice_field(label: Any, kind: type[StrEnum], words: Mapping[Any, Any]) -> SelectField:
    """A field to choose one member of an enumeration, or none."""
    return SelectField(
        label, choices=[("", "–"), *words.items()], coerce=lambda chosen: kind(chosen) if chosen else None
    )


class GridDetailsForm(Form):
    """The details of a grid, beside its code and name."""

    kind = SelectField(
        _("Kind"), choices=labels.GRID_KINDS.items(), coerce=GridKind, validators=[InputRequired()]
    )
    group = _text_field(_("Villagers' group"), description=_("A new name adds the group to the village."))
    households = NumberField(
        _("Households"),
        usual=30,
        validators=[Optional()],
        description=_("Usually 5 to 10; a dedicated grid may have none."),
    )
    place = _text_field(_("Building or place"), description=_("For an urban or a dedicated grid."))
    agency = _text_field(_("Agency that answers for it"), description=_("For a dedicated grid."))


class GridForm(GridDetailsForm):
    """A new grid."""

    code = CodeField(
        _("Grid code"),
        lambda typed: cells.code(typed, 40),
        validators=[InputRequired()],
        description=_("The county's own code, as given."),
    )
    name = _text_field(_("Name of the grid"), validators=[InputRequired()])


class GridChangeForm(ReasonForm):
    """A change of a grid: from which day, and why."""

    on = DayField(_("From what day"), days.HAPPENED, validators=[InputRequired()])


class RenameForm(GridChangeForm):
    """A grid's new name."""

    name = _text_field(_("New name"), validators=[InputRequired()])


class SplitForm(GridChangeForm):
    """The grid that is split off."""

    code = CodeField(
        _("Code of the new grid"), lambda typed: cells.code(typed, 40), validators=[InputRequired()]
    )
    name = _text_field(_("Name of the new grid"), validators=[InputRequired()])
    households = NumberField(_("Households that go to the new grid"), usual=30, validators=[Optional()])
    place = _text_field(_("Building or place"), description=_("For an urban or a dedicated grid."))


class MergeForm(GridChangeForm):
    """The grid into which another one is merged."""

    into = SelectField(_("Into which grid"), coerce=int, validators=[InputRequired()])


class PersonForm(Form):
    """The details of a person."""

    name = _name_field(_("Name"), validators=[InputRequired()])
    phone = CodeField(_("Phone"), cells.phone)
    agency = _text_field(_("Agency"), description=_("An instructor's agency or office."))
    sex = _choice_field(_("Sex"), Sex, labels.SEXES)
    birth_year = NumberField(_("Year of birth"), usual=None, validators=[Optional()])
    standing = _choice_field(_("Political status"), PoliticalStatus, labels.STANDINGS)
    background = _choice_field(_("Background"), Background, labels.BACKGROUNDS)
    law_mark_on = DayField(_("Law mark since"), days.HELD_SINCE, validators=[Optional()])


class AppointForm(PersonForm):
    """The person who is appointed, on the roster or new, and the first and last day."""

    law_mark_on = None  # type: ignore[assignment]
    name = _name_field(_("Name"))
    person = SelectField(_("Who is appointed"), coerce=int, default=NEW_PERSON)
    chosen_by = _choice_field(_("Recommended by"), ChosenBy, labels.CHOSEN_BY)
    starts_on = DayField(_("First day"), days.SERVICE_BEGINS, validators=[InputRequired()])
    ends_on = DayField(
        _("Last day"),
        days.SERVICE_ENDS,
        validators=[Optional()],
        description=_("Left empty, the term runs for three years."),
    )

    @property
    def is_new(self) -> bool:
        """Whether the person is not on the roster yet."""
        return self.person.data == NEW_PERSON

    def validate_person(self, field: SelectField) -> None:
        """Check that a person is either chosen or entered, not both."""
        if not self.is_new and self.name.data:
            raise ValidationError(_("Choose somebody, or enter somebody new; not both."))

    def validate_name(self, field: CellTextField) -> None:
        """Check that a new person has a name."""
        if self.is_new and not field.value:
            raise ValidationError(_("Write down the name, or choose somebody above."))


class HandOverForm(AppointForm):
    """The successor, and their first day."""

    starts_on = DayField(_("First day of the successor"), days.SERVICE_BEGINS, validators=[InputRequired()])
    ends_on = None  # type: ignore[assignment]


class RenewForm(Form):
    """Who recommended the worker for one more term."""

    chosen_by = _choice_field(_("Recommended by"), ChosenBy, labels.CHOSEN_BY)


class RenewManyForm(Form):
    """The terms that are ticked to be renewed, by their ids."""

    term = SelectMultipleField(coerce=int, validate_choice=False)


class EndForm(ReasonForm):
    """The day on which a term ends early, and the reason."""

    on = DayField(_("First day without service"), days.HAPPENED, validators=[InputRequired()])
