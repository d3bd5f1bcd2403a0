"""The dry run: what a file of opening balances would bring, without doing any of it."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock, names, tables
from ground.db import db
from ground.paper import words
from ground.tables import BadCell
from people import filing
from people.filing import CellChange
from people.models import Area, Departure, Grid, Person
from people.roster import holders, persons
from points.openings import columns, sheets
from points.openings.columns import OpeningRow
from points.wall.booking import is_booked_in

# What is above it is asked about: what a worker earns in some years.
USUAL_TENTHS = 20_000
# So is a balance that is so many times the middle one of its file: as with a zero too many.
UNUSUAL_TIMES = 10


@dataclass
class OpeningStep(filing.ImportStep):
    """One row of the file: the worker it is about, and the grid in which they serve."""

    entry: OpeningRow
    worker: Person
    grid: Grid


Plan = filing.ImportPlan[OpeningStep]


def plan_openings(table: tables.Table, village: Area) -> Plan:
    """The plan of what a table of opening balances would bring to a village.

    Writes nothing. The bad cells are in the plan.
    """
    entries, bad = columns.clean(table)
    planner = _Planner(table, _KnownWorkers(village), sheets.sheets_of_workers(village), _let_in(village))
    steps = [step for entry in entries if (step := planner.step(entry))]
    _ask_about_unusual(steps)
    return Plan(table, steps, [*bad, *planner.bad_cells])


def _ask_about_unusual(steps: Sequence[OpeningStep]) -> None:
    """Ask about balances far above the others of the file, or above all that is usual."""
    most = USUAL_TENTHS
    if steps:
        most = min(most, UNUSUAL_TIMES * median_low(step.entry.tenths for step in steps))
    for step in steps:
        if step.entry.tenths > most:
            step.asked = step.changes[0]


def _let_in(village: Area) -> set[int] | None:
    """Those who can still get an opening balance, by id; None while everybody can.

    What was left on paper belongs to the beginning: once a quarter is booked, only who had one taken back
    gets the right one.
    """
    return sheets.workers_taken_back(village) if is_booked_in(village) else None


class _KnownWorkers:
    """The people of a village by name, and the grids in which they serve today; read in a few queries."""

    def __init__(self, village: Area) -> None:
        self.into = persons.current_entry_ids()
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        people = db.session.scalars(select(Person).where(Person.area_id == village.id).order_by(Person.id))
        for person in people:
            self._by_name[names.folded(person.name)].append(person)
        self.grids: dict[int, list[Grid]] = defaultdict(list)
        today = clock.today()
        for term in holders.serving_terms(village, today, today):
            self.grids[term.person_id].append(term.grid)
        self.left_on = dict(
            db.session.execute(
                select(Departure.person_id, Departure.on)
                .join(Person, Departure.person_id == Person.id)
                .where(Person.area_id == village.id)
                .order_by(Departure.id)  # of several the last stays
            ).all()
        )

    def called(self, name: str) -> Sequence[Person]:
        """The people of the village who have this name, however it is written."""
        return self._by_name[names.folded(name)]

    def serving_in(self, entry: OpeningRow) -> list[Person]:
        """Who serves in the grid of a row's code."""
        everyone = [person for people in self._by_name.values() for person in people]
        return [person for person in everyone if self.grid_of(entry, person)]

    def grid_of(self, entry: OpeningRow, person: Person) -> Grid | None:
        """The grid with the code of a row in which somebody serves; without a code any of theirs."""
        for grid in self.grids[person.id]:
            if entry.code in (None, grid.code):
                return grid
            if entry.bare_code and entry.code == grid.code.lstrip("0"):
                return grid
        return None


class _Planner:
    """Plans the rows one by one; who stands on an earlier row is not on a later one."""

    def __init__(
        self,
        table: tables.Table,
        known: _KnownWorkers,
        sheet_of_worker: dict[int, int],
        let_in: set[int] | None,
    ) -> None:
        self._table, self._known, self._sheet_of_worker = table, known, sheet_of_worker
        self._let_in = let_in
        self._rows: dict[int, int] = {}
        self.bad_cells: list[BadCell] = []

    def step(self, entry: OpeningRow) -> OpeningStep | None:
        """The step of a row, or None when something in it is bad."""
        worker = self._worker(entry)
        grid = self._known.grid_of(entry, worker) if worker else None
        if worker is None or grid is None or not self._is_first(entry, worker):
            return None
        return OpeningStep(
            row=entry.row,
            is_new=True,
            name=worker.name,
            code=grid.code,
            changes=[
                CellChange(columns.BALANCE, None, entry.tenths),
                CellChange(columns.BASIS, None, entry.basis),
            ],
            entry=entry,
            worker=worker,
            grid=grid,
        )

    def _refuse(self, entry: OpeningRow, column: str, reason: Any) -> None:
        self.bad_cells.append(BadCell.at(self._table, entry.row, column, reason))

    def _worker(self, entry: OpeningRow) -> Person | None:
        """The one worker whom a row means, or None, with the reason at the cell that has to change."""
        serving = [person for person in self._known.called(entry.name) if self._known.grids[person.id]]
        in_grid = [person for person in serving if self._known.grid_of(entry, person)]
        fitting = [person for person in in_grid if entry.phone in (None, _digits(person.phone))]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            self._refuse(entry, columns.NAME, self._which(entry, fitting))
        elif in_grid:
            text = _("This is not the telephone of %(name)s on the roster.", name=entry.name)
            self._refuse(entry, columns.PHONE, text)
        elif serving:
            self._refuse(entry, columns.CODE, self._other_in_grid(entry))
        else:
            self._refuse(entry, columns.NAME, self._why_not_serving(entry))
        return None

    def _which(self, entry: OpeningRow, fitting: Sequence[Person]) -> Any:
        return _(
            "Several workers here are called %(name)s. Write which one in %(code)s or %(phone)s: %(codes)s.",
            name=entry.name,
            code=columns.CODE,
            phone=columns.PHONE,
            codes="、".join(grid.code for person in fitting for grid in self._known.grids[person.id]),
        )

    def _other_in_grid(self, entry: OpeningRow) -> Any:
        others = self._known.serving_in(entry)
        if not others:
            return _("Nobody serves here in a grid with the code %(code)s.", code=entry.code)
        return _(
            "In grid %(code)s serves %(other)s, not %(name)s.",
            code=entry.code,
            other="、".join(person.name for person in others),
            name=entry.name,
        )

    def _why_not_serving(self, entry: OpeningRow) -> Any:
        people = self._known.called(entry.name)
        if not people:
            return _("Nobody of this village is called %(name)s.", name=entry.name)
        merged = next((self._known.into[each.id] for each in people if each.id in self._known.into), None)
        if merged is not None:
            return _(
                "This entry was joined with another one of the same person: write %(name)s.",
                name=db.session.get_one(Person, merged).name,
            )
        left_on = next(
            (self._known.left_on[each.id] for each in people if each.id in self._known.left_on), None
        )
        if left_on is not None:
            return _("%(name)s left on %(day)s.", name=entry.name, day=words.day(left_on))
        return _("%(name)s does not serve in a grid of this village now.", name=entry.name)

    def _is_first(self, entry: OpeningRow, worker: Person) -> bool:
        """Whether a row is the first about a worker who has no opening balance yet."""
        row = self._rows.setdefault(worker.id, entry.row.number)
        if row != entry.row.number:
            text = _("%(name)s is on row %(row)s already.", name=worker.name, row=row)
            self._refuse(entry, columns.NAME, text)
            return False
        number = self._sheet_of_worker.get(worker.id)
        if number is not None:
            text = _(
                "%(name)s has an opening balance already, on sheet %(number)s.",
                name=worker.name,
                number=number,
            )
            self._refuse(entry, columns.NAME, text)
            return False
        if self._let_in is not None and worker.id not in self._let_in:
            text = _(
                "A quarter is booked here already. Opening balances belong to the beginning: what is missing "
                "is an adjustment of the next quarter."
            )
            self._refuse(entry, columns.NAME, text)
            return False
        return True


def _digits(phone: str | None) -> str | None:
    return phone and re.sub(r"\D", "", phone)
