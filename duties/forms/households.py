"""Forms about households: a file, its class, and where it goes."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import TextArea

from duties.households.keeping import Particulars
from ground.forms import Form, ReasonForm, SelectField
from ground.tables import cells
from people import labels
from people.forms.roster import WrittenField
from people.models import Attention, Grid


def _text(label: Any, longest: int, **kwargs: Any) -> WrittenField:
    return WrittenField(label, lambda typed: cells.text(typed, longest), **kwargs)


def _attention() -> SelectField:
    return SelectField(
        _("Class"),
        choices=labels.ATTENTIONS_VISITED.items(),
        coerce=Attention,
        default=Attention.ORDINARY,
    )


def _grid(label: Any) -> SelectField:
    return SelectField(label, coerce=int, validators=[InputRequired()])


def named(grids: Iterable[Grid]) -> list[tuple[int, str]]:
    """Grids as a form offers them."""
    return [(grid.id, f"{grid.name} {grid.code}") for grid in grids]


class FileForm(Form):
    """What a household's file says."""

    head = WrittenField(
        _("Head of the household"), lambda typed: cells.name(typed, 200), validators=[InputRequired()]
    )
    house = _text(_("House"), 100, description=_("Its number, or where it stands."))
    phone = WrittenField(_("Phone"), cells.phone)
    residents = IntegerField(_("How many live there"), validators=[InputRequired()])
    composition = _text(
        _("Who lives there"), 200, description=_("For example: a couple, their son, his mother of 80.")
    )
    standing = _text(_("Political status"), 100, description=_("Who of them is in the Party, or in another."))
    situation = _text(
        _("Situation"),
        500,
        widget=TextArea(),
        description=_("What they live on, who is ill, who works away."),
    )
    needs = _text(_("Problems and needs"), 500, widget=TextArea())

    @property
    def told(self) -> Particulars:
        """What was written, as the verbs take it."""
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


class NewFileForm(FileForm):
    """A new file, in a grid and in its first class."""

    grid = _grid(_("Grid"))
    attention = _attention()
    on = DateField(_("In this class since"), validators=[InputRequired()])
    reason = StringField(
        _("Reason"), validators=[Length(max=200)], description=_("An ordinary household needs none.")
    )


class ClassForm(ReasonForm):
    """Another class, from which day and why."""

    attention = _attention()
    on = DateField(_("From what day"), validators=[InputRequired()])


class LeaveForm(ReasonForm):
    """On which day a household moved away, and why or where to."""

    on = DateField(_("Lives here no more since"), validators=[InputRequired()])


class MoveForm(Form):
    """Which households go into which grid."""

    household = SelectMultipleField(
        coerce=int, validate_choice=False, validators=[InputRequired(_("Tick at least one household."))]
    )
    into = _grid(_("To which grid"))
