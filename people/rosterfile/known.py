"""The roster of an area as it is today, read in a few queries however large a file is."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground import names, tables
from ground.db import db
from people.models import Appointment, Area, Duty, Grid, Group, Merge, Person


class KnownGrids:
    """The grids of an area, by code and by name."""

    def __init__(self, area: Area) -> None:
        within = Area.code.startswith(area.stem)
        self.grids = {
            (grid.village_id, grid.code): grid
            for grid in db.session.scalars(select(Grid).join(Grid.village).where(within))
        }
        self._bare_codes: dict[tuple[int, str], list[Grid]] = defaultdict(list)
        self._named: dict[tuple[int, str], list[Grid]] = defaultdict(list)
        for (village_id, code), grid in self.grids.items():
            self._bare_codes[village_id, code.lstrip("0")].append(grid)
            if grid.closed_on is None:
                self._named[village_id, names.folded(grid.name)].append(grid)

    def grid_with_code(self, village: Area, code: str, is_bare: bool) -> Grid | None:
        """The grid of a village with this code; with `is_bare` Excel may have taken zeros off its front."""
        matches = self._bare_codes[village.id, code] if is_bare else []
        return self.grids.get((village.id, code)) or (matches[0] if len(matches) == 1 else None)

    def grid_with_name(self, village: Area, name: str, code_column: str) -> Grid:
        """The one open grid of a village with this name, however spaced; or the one with it as its code.

        Refused `bad_cell` where there are several, or none: then `code_column` says which.
        """
        by_code = self.grids.get((village.id, name))
        matches = self._named[village.id, names.folded(name)] or ([by_code] if by_code else [])
        if len(matches) == 1:
            return matches[0]
        if matches:
            raise tables.bad_cell(
                _(
                    "Several grids are called %(name)s. Add a column %(column)s and write which one: "
                    "%(codes)s.",
                    name=name,
                    column=code_column,
                    codes="、".join(grid.code for grid in matches),
                )
            )
        raise tables.bad_cell(
            _(
                "No grid here is called %(name)s. Write its name as the program has it. A new one needs a "
                "code of its own, like 001, in the roster's column %(column)s.",
                name=name,
                column=code_column,
            )
        )


class KnownRoster(KnownGrids):
    """Groups, grids, their current terms, and people; the reader adds what a file brings."""

    def __init__(self, area: Area) -> None:
        super().__init__(area)
        within = Area.code.startswith(area.stem)
        self.groups = {
            group.id: group
            for group in db.session.scalars(
                select(Group).join(Area, Group.village_id == Area.id).where(within)
            )
        }
        self.holders = {
            (term.grid_id, term.duty): term
            for term in db.session.scalars(
                select(Appointment)
                .join(Appointment.grid)
                .join(Grid.village)
                .options(contains_eager(Appointment.grid), joinedload(Appointment.person))
                .where(within, Appointment.ended_on.is_(None))
            )
        }
        self._people_by_name: dict[tuple[int, str], list[Person]] = defaultdict(list)
        for person in db.session.scalars(self._people(area)):
            self.people_called(person.area_id, person.name).append(person)

    def people_called(self, area_id: int, name: str) -> list[Person]:
        """The people of an area who have this name, however it is written."""
        return self._people_by_name[area_id, names.folded(name)]

    def grids_of(self, village: Area, worker: str) -> list[Grid]:
        """The grids of a village in which somebody of this name serves."""
        return [
            term.grid
            for term in self.holders.values()
            if term.duty is Duty.WORKER
            and names.same(term.person.name, worker)
            and term.grid.village_id == village.id
        ]

    @staticmethod
    def _people(area: Area) -> Any:
        """Everyone of the area and of the places above it, whose instructors serve here; no duplicates."""
        above = [place.id for place in areas_above(area)]
        below = select(Area.id).where(Area.code.startswith(area.stem))
        return (
            select(Person)
            .where((Person.area_id.in_(below)) | (Person.area_id.in_(above)))
            .where(~select(Merge.id).where(Merge.duplicate_id == Person.id).exists())
            .order_by(Person.id)
        )


def areas_above(area: Area) -> Iterator[Area]:
    """The areas above an area, the nearest first."""
    while area.parent:
        area = area.parent
        yield area
