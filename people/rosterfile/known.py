"""The roster of an area as it is today, read in a few queries however large a file is."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground import names
from ground.db import db
from people.models import Appointment, Area, Duty, Grid, Group, Merge, Person


class KnownRoster:
    """Groups, grids, their current terms, and people; the reader adds what a file brings."""

    def __init__(self, area: Area) -> None:
        within = Area.code.startswith(area.stem)
        self.groups = {
            group.id: group
            for group in db.session.scalars(
                select(Group).join(Area, Group.village_id == Area.id).where(within)
            )
        }
        self.grids = {
            (grid.village_id, grid.code): grid
            for grid in db.session.scalars(select(Grid).join(Grid.village).where(within))
        }
        self.bare_codes: dict[tuple[int, str], list[Grid]] = defaultdict(list)
        for (village_id, code), grid in self.grids.items():
            self.bare_codes[village_id, code.lstrip("0")].append(grid)
        self.named_grids: dict[tuple[int, str], list[Grid]] = defaultdict(list)
        for (village_id, _code), grid in self.grids.items():
            if grid.closed_on is None:
                self.named_grids[village_id, names.folded(grid.name)].append(grid)
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

    def grids_named(self, village: Area, name: str) -> list[Grid]:
        """The open grids of a village with this name, however spaced; or the one with it as its code."""
        by_code = self.grids.get((village.id, name))
        return self.named_grids[village.id, names.folded(name)] or ([by_code] if by_code else [])

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
