"""Forms about households: a file, its class, and where it goes."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import TextArea

from duties.households.files import Particulars
from ground import days
from ground.forms import DayField, Form, NumberField, ReasonForm, SelectField
from ground.tables import cells
from people import labels
from people.forms.roster import CellTextField, CodeField
from people.models import Attention, Grid


def _text_field(label: Any, longest: int, **kwargs: Any) -> CellTextField:
    return CellTextField(label, lambda typed: cells.text(typed, longest), **kwargs)


def _attention_field() -> SelectField:
    return SelectField(
        _("Class"),
        choices=labels.ATTENTIONS_VISITED.items(),
        coerce=Attention,
        default=Attention.ORDINARY,
    )


def _grid_field(label: Any) -> SelectField:
    return SelectField(label, coerce=int, validators=[InputRequired()])


def grid_choices(grids: Iterable[Grid]) -> list[tuple[int, str]]:
    """The choices of a grid in a form: id, name and code."""
    return [(grid.id, f"{grid.name} {grid.code}") for grid in grids]


class HouseholdForm(Form):
    """The particulars of a household in its file."""

    head = CellTextField(
        _("Head of the household"), lambda typed: cells.name(typed, 200), validators=[InputRequired()]
    )
    house = _text_field(_("House"), 100, description=_("Its number, or where it stands."))
    phone = CodeField(_("Phone"), cells.phone)
    residents = NumberField(_("How many live there"), usual=20, validators=[InputRequired()])
    composition = _text_field(
        _("Who lives there"), 200, description=_("For example: a couple, their son, his mother of 80.")
    )
    standing = _text_field(
        _("Political status"), 100, description=_("Who of them is in the Party, or in another.")
    )
    situation = _text_field(
        _("Situation"),
        500,
        widget=TextArea(),
        description=_("What they live on, who is ill, who works away."),
    )
    needs = _text_field(_("Problems and needs"), 500, widget=TextArea())

    @property
    def particulars(self) -> Particulars:
        """The particulars that were written, as `households.files` takes them."""
        return Particulars(
            head=self.head.value or "",
            house=self.house.value or "",
            phone=self.phone.value,
            residents=self.residents.data,
            composition=self.composition.value or "",
            standing=self.standing.value or "",
            situation=self.situation.value or "",
            needs=self.needs.value or "",
        )


class NewFileForm(HouseholdForm):
    """A new household's file, in a grid and in its first class."""

    grid = _grid_field(_("Grid"))
    attention = _attention_field()
    on = DayField(_("In this class since"), days.HELD_SINCE, validators=[InputRequired()])
    reason = StringField(
        _("Reason"), validators=[Length(max=200)], description=_("An ordinary household needs none.")
    )


class ClassForm(ReasonForm):
    """A change of class: to which, from which day and why."""

    attention = _attention_field()
    on = DayField(_("From what day"), days.HAPPENED, validators=[InputRequired()])


class HouseholdLeaveForm(ReasonForm):
    """A household that moved away: on which day, and why or where to."""

    on = DayField(_("Lives here no more since"), days.HAPPENED, validators=[InputRequired()])


class MoveForm(Form):
    """Households that go to another grid: which, and to which grid."""

    household = SelectMultipleField(
        coerce=int, validate_choice=False, validators=[InputRequired(_("Tick at least one household."))]
    )
    into = _grid_field(_("To which grid"))
