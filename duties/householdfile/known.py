"""The households of a village as they are today, read in a few queries however large a file is."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ground import names
from ground.db import db
from people.models import Area, Grid, Household
from people.rosterfile.known import KnownGrids


class KnownHouseholds(KnownGrids):
    """A village's grids, and their households by number and by head, also those that moved away."""

    def __init__(self, village: Area) -> None:
        super().__init__(village)
        self.by_number: dict[tuple[int, int], Household] = {}
        self._by_head: dict[str, list[Household]] = defaultdict(list)
        for household in db.session.scalars(
            select(Household)
            .join(Household.grid)
            .options(contains_eager(Household.grid))
            .where(Grid.village_id == village.id, ~Household.is_retired)
            .order_by(Household.grid_id, Household.number)
        ):
            self.by_number[household.grid_id, household.number] = household
            self._by_head[names.folded(household.head)].append(household)

    def with_head(self, grid: Grid, head: str) -> list[Household]:
        """The households of a grid with a head of this name, also those that moved away; by number."""
        return [one for one in self._by_head[names.folded(head)] if one.grid_id == grid.id]

    def elsewhere(self, grid: Grid, head: str, house: str) -> Iterator[Household]:
        """The households that live in other grids with this head, in a house that is called so too."""
        for one in self._by_head[names.folded(head)]:
            if one.grid_id != grid.id and one.left_on is None and names.same(one.house, house):
                yield one
