"""What a reader may see of people, and whose names are kept: of whom somebody may have written."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, CompoundSelect, Integer, Select, bindparam, select, union

from ground.contributions import Slot
from ground.db import db
from ground.figures import narrow
from people.models import Appointment, Area, Grid, Household, Person, User, mask_name, mask_phone, name_mask

AreaId = ColumnElement[int]  # of the area that is asked about, as a statement is given it

# Whose names are kept in an area, as queries by its id, of the package that keeps them: of whom somebody
# there may have written.
NAMES_KEPT: Slot[Callable[[AreaId], Sequence[Select[Any]]]] = Slot()

# A mobile number, or one with its area code, also in groups; not within a longer number.
_PHONE = re.compile(r"(?<![\dA-Za-z])(?:[1１][3-9３-９](?:[ -]?\d){9}|[0０]\d{2,3}[ -]?\d{7,8})(?!\d)")


class Named(Protocol):
    """Whatever bears somebody's name."""

    @property
    def name(self) -> str:
        """The name as it is kept."""


class Sight:
    """What a reader may see of people. One is made for a page or a paper, as it keeps the names it looked up.

    `masked` for who reads from above the village, or from nowhere. `home` is the place they read for: those
    of a township's or county's own roster it knows by name.
    """

    def __init__(self, masked: bool, home: Area | None = None) -> None:
        self.masked = masked
        self._home_id = home.id if home and not home.is_village else None
        self._masks: dict[int, Callable[[str], str]] = {}

    def name(self, who: Named | str | None) -> str:
        """A name as it may be seen; of nobody, nothing."""
        if who is None:
            return ""
        name = who if isinstance(who, str) else who.name
        return mask_name(name) if self.hides(who) else name

    def name_in(self, name: str, area_id: int) -> str:
        """The name of somebody on the roster of an area, by its id, as it may be seen."""
        return mask_name(name) if self._hides_those_of(area_id) else name

    def hides(self, who: Named | str | None) -> bool:
        """Whether this name is masked: a villager's, or one of which nobody knows whose it is."""
        if isinstance(who, User):
            return who.person_id is not None and self.hides(who.person)
        return self._hides_those_of(who.area_id) if isinstance(who, Person) else self.masked

    def _hides_those_of(self, area_id: int) -> bool:
        return self.masked and area_id != self._home_id

    def phone(self, number: str | None) -> str:
        """A telephone number as it may be seen; without one, nothing."""
        return "" if number is None else mask_phone(number) if self.masked else number

    def text(self, text: str | None, place: Area | None) -> str:
        """What somebody wrote in a place, as it may be read: with the names that are kept there masked."""
        if not text or not self.masked:
            return text or ""
        if place is not None:
            if place.id not in self._masks:
                kept = db.session.scalars(_all_names(tuple(NAMES_KEPT.items())), {"area_id": place.id})
                self._masks[place.id] = name_mask(filter(None, kept))
            text = self._masks[place.id](text)
        return _PHONE.sub(lambda found: mask_phone(re.sub("[ -]", "", narrow(found[0]))), text)


def outside() -> Sight:
    """The sight of everybody: on public pages, and on paper that hangs or goes out of the village."""
    return Sight(masked=True)


@cache
def _all_names(queries: tuple[Callable[[AreaId], Sequence[Select[Any]]], ...]) -> CompoundSelect[Any]:
    """All the names of an area by one statement, which is built once: it is asked on every page above."""
    area_id = bindparam("area_id", type_=Integer)
    return union(*(query for names_of in queries for query in names_of(area_id)))


def names_kept(area_id: AreaId) -> Sequence[Select[Any]]:
    """The people who are on an area's roster or serve there, and the heads of its households."""
    serves = select(Appointment.person_id).join(Appointment.grid).where(Grid.village_id == area_id)
    heads = select(Household.head).join(Household.grid)
    return (
        select(Person.name).where(Person.area_id == area_id),
        select(Person.name).where(Person.id.in_(serves)),
        heads.where(Grid.village_id == area_id, ~Household.is_retired),
    )
