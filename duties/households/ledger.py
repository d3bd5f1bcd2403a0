"""The ledgers as plain records: a grid's (网格台账), and the village's (总台账) with all of its grids."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from ground import clock
from people import labels
from people.models import Area, Attention, Duty, Grid, Household
from people.roster import holders, households


@dataclass(frozen=True)
class HouseholdRow:
    """A household in a ledger, with its class in words, since which day and why."""

    number: int
    head: str
    house: str
    phone: str
    residents: int
    composition: str
    standing: str
    situation: str
    needs: str
    attention: Attention
    in_class: str
    since: date
    reason: str


@dataclass(frozen=True)
class GridSection:
    """A grid with who serves in it today (empty: nobody), and the households that live there."""

    code: str
    name: str
    worker: str
    instructor: str
    rows: list[HouseholdRow]


@dataclass(frozen=True)
class Ledger:
    """A ledger as it stands on a day, of the grid with this name, or None: of the whole village."""

    village: str
    grid: str | None
    day: date
    sections: list[GridSection]

    @property
    def rows(self) -> Iterator[HouseholdRow]:
        """All households of all grids."""
        return (row for section in self.sections for row in section.rows)

    @property
    def classes(self) -> Counter[Attention]:
        """The number of households of each class."""
        return Counter(row.attention for row in self.rows)


def village_ledger(village: Area, grids: Collection[Grid]) -> Ledger:
    """The ledger of a village, a section for each of these grids; one without files is a section too."""
    return Ledger(village.name, None, clock.today(), _sections(village, grids))


def grid_ledger(grid: Grid) -> Ledger:
    """The ledger of one grid."""
    return Ledger(grid.village.name, grid.name, clock.today(), _sections(grid.village, [grid]))


def _sections(village: Area, grids: Collection[Grid]) -> list[GridSection]:
    today = clock.today()
    serving = {
        (term.grid_id, duty): term.person.name
        for duty in Duty
        for term in holders.serving_terms(village, today, today, duty)
    }
    living = households.living_households([grid.id for grid in grids])
    return [
        GridSection(
            code=grid.code,
            name=grid.name,
            worker=serving.get((grid.id, Duty.WORKER), ""),
            instructor=serving.get((grid.id, Duty.INSTRUCTOR), ""),
            rows=[_row(household) for household in living.get(grid.id, [])],
        )
        for grid in grids
    ]


def _row(household: Household) -> HouseholdRow:
    last = household.classes[-1]
    return HouseholdRow(
        number=household.number,
        head=household.head,
        house=household.house,
        phone=household.phone or "",
        residents=household.residents,
        composition=household.composition,
        standing=household.standing,
        situation=household.situation,
        needs=household.needs,
        attention=last.attention,
        in_class=str(labels.ATTENTIONS[last.attention]),
        since=last.on,
        reason=last.reason,
    )
