"""The dry run: what a file of households would add, change and leave, without doing any of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from duties.householdfile import columns
from duties.householdfile.columns import COLUMN_OF_FIELD, HouseholdEntry
from duties.householdfile.known import KnownHouseholds
from duties.households.files import Particulars, household_exists
from ground import clock, names, tables
from ground.paper import words
from ground.refusal import Refused
from ground.tables import BadCell
from people import filing
from people.filing import CellChange
from people.models import Area, Attention, Grid, Household


@dataclass(frozen=True)
class PlannedClass:
    """The class that a household is put into, since which day and why."""

    attention: Attention
    on: date
    reason: str


@dataclass
class HouseholdStep(filing.ImportStep):
    """One row of the file and what it would do.

    `household` is the file that is there. `particulars` are all of them as they will be, or None where they
    stay; `in_class` is None where the class stays.
    """

    grid: Grid
    household: Household | None
    particulars: Particulars | None
    in_class: PlannedClass | None


Plan = filing.ImportPlan[HouseholdStep]


def plan_households(table: tables.Table, village: Area) -> Plan:
    """The plan of what a table of households would do in a village.

    Writes nothing. The bad cells are in the plan.
    """
    entries, bad = columns.clean(table)
    planner = _Planner(table, village, KnownHouseholds(village))
    placed = [(entry, grid) for entry in entries if (grid := planner.grid(entry))]
    steps = planner.steps(placed)
    planner.check_each_once(steps)
    return Plan(table, steps, [*bad, *planner.bad_cells])


class _Planner:
    """Plans the rows one by one; no two of them are about one household."""

    def __init__(self, table: tables.Table, village: Area, known: KnownHouseholds) -> None:
        self._table, self._village, self._known = table, village, known
        self._rows: dict[int, int] = {}
        self._rows_of_head: Counter[tuple[int, str]] = Counter()
        self.bad_cells: list[BadCell] = []

    def grid(self, entry: HouseholdEntry) -> Grid | None:
        """The grid of a row, by its code or else its name; None if it is bad."""
        column = columns.GRID if entry.code is None else columns.CODE
        try:
            grid = (
                self._known.grid_with_name(self._village, entry.grid or "", columns.CODE)
                if entry.code is None
                else self._known.grid_with_code(self._village, entry.code, entry.bare_code)
            )
        except Refused as refusal:
            self._refuse(entry, column, refusal.message)
            return None
        if grid is None:
            self._refuse(entry, column, _("No grid here has the code %(code)s.", code=entry.code))
        elif grid.closed_on:
            closed = words.day(grid.closed_on)
            self._refuse(entry, column, _("This grid was closed on %(day)s.", day=closed))
            return None
        return grid

    def steps(self, placed: Sequence[tuple[HouseholdEntry, Grid]]) -> list[HouseholdStep]:
        """The steps of rows, each in its grid; without those in which something is bad."""
        self._rows_of_head.update((grid.id, names.folded(entry.head)) for entry, grid in placed)
        return [step for entry, grid in placed if (step := self._step(entry, grid))]

    def _step(self, entry: HouseholdEntry, grid: Grid) -> HouseholdStep | None:
        bad_before = len(self.bad_cells)
        household = self._household(entry, grid)
        if len(self.bad_cells) > bad_before:
            return None
        step = self._addition(entry, grid) if household is None else self._correction(entry, household)
        return None if len(self.bad_cells) > bad_before else step

    def check_each_once(self, steps: list[HouseholdStep]) -> None:
        """Check that afterwards no head lives in one house of a grid twice."""
        corrected = {step.household.id: step for step in steps if step.household and step.particulars}
        there: dict[tuple[int, str, str], int] = {}
        for household in self._known.by_number.values():
            if household.left_on is None and household.id not in corrected:
                there[_place(household.grid, household.head, household.house)] = household.number
        first_rows: dict[tuple[int, str, str], int] = {}
        for step in steps:
            if step.particulars is None:
                continue
            place = _place(step.grid, step.particulars.head, step.particulars.house)
            first = first_rows.setdefault(place, step.row.number)
            if place in there:
                refusal = household_exists(step.grid, there[place])
                self._refuse_row(step.row, columns.HEAD, refusal.message)
            elif first != step.row.number:
                self._refuse_row(step.row, columns.HEAD, _on_row_already(first))

    def _refuse(self, entry: HouseholdEntry, column: str, reason: Any) -> None:
        self._refuse_row(entry.row, column, reason)

    def _refuse_row(self, row: tables.Row, column: str, reason: Any) -> None:
        self.bad_cells.append(BadCell.at(self._table, row, column, reason))

    def _household(self, entry: HouseholdEntry, grid: Grid) -> Household | None:
        """The household of a row that is there, by head and house; where these don't say it, by its number.

        None if it is new or bad.
        """
        alike = self._known.with_head(grid, entry.head)
        numbered = self._known.by_number.get((grid.id, entry.number or 0))
        household: Household | None
        if numbered in alike:
            household = numbered
        elif alike:
            household = self._headed(entry, alike)
        else:  # the head is another one now, unless the file has the one before too
            household = numbered if numbered and self._has_new_head(numbered) else None
            if (
                household
                and household.house
                and not names.same(household.house, entry.house or household.house)
            ):
                self._refuse(entry, columns.NUMBER, _is_of_others(household))
                return None
        if household is None:
            self._check_lives_nowhere(entry, grid)
            return None
        if household.left_on:
            text = _(
                "This household moved away on %(day)s. Take its file up again first, or take the row out.",
                day=words.day(household.left_on),
            )
            self._refuse(entry, columns.HEAD, text)
        first = self._rows.setdefault(household.id, entry.row.number)
        if first != entry.row.number:
            self._refuse(entry, columns.HEAD, _on_row_already(first))
        return household

    def _headed(self, entry: HouseholdEntry, alike: list[Household]) -> Household | None:
        """Of the households with a row's head the one it is about; None if it is another one, or bad.

        Where only one is there, and only one in the file, the house may be written otherwise by now.
        """
        living = [household for household in alike if household.left_on is None]
        choice = living or alike
        same = [household for household in choice if names.same(household.house, entry.house or "")]
        if same or not choice:
            return same[0] if same else None
        if entry.house is None and len(choice) > 1:
            text = _(
                "Several households here have this head. Write the house, or which number: %(numbers)s.",
                numbers="、".join(str(household.number) for household in choice),
            )
            self._refuse(entry, columns.HEAD, text)
            return None
        is_one = len(choice) == 1 and self._row_count(choice[0].grid, entry.head) == 1
        return choice[0] if is_one and (living or entry.house is None) else None

    def _has_new_head(self, household: Household) -> bool:
        """Whether a row with the number of a household that lives here can give it another head."""
        return household.left_on is None and not self._row_count(household.grid, household.head)

    def _row_count(self, grid: Grid, head: str) -> int:
        """How many rows of the file are about a head of this name in a grid."""
        return self._rows_of_head[grid.id, names.folded(head)]

    def _check_lives_nowhere(self, entry: HouseholdEntry, grid: Grid) -> None:
        """Check that a new household has no file in another grid, out of which it only moved."""
        for other in self._known.elsewhere(grid, entry.head, entry.house or "") if entry.house else ():
            text = _(
                "This household has its file in “%(grid)s”, number %(n)s. Move it on its page first.",
                grid=other.grid.name,
                n=other.number,
            )
            self._refuse(entry, columns.HEAD, text)
            return

    def _addition(self, entry: HouseholdEntry, grid: Grid) -> HouseholdStep | None:
        """The step that opens a file; None if a value is missing."""
        if entry.residents is None:
            self._refuse(entry, columns.RESIDENTS, _("A new household needs this."))
            return None
        attention = entry.attention or Attention.ORDINARY
        reason = entry.reason or ("" if attention is Attention.ORDINARY else standard_reason())
        in_class = PlannedClass(attention, entry.since or clock.today(), reason)
        given = {field: value for field in COLUMN_OF_FIELD if (value := getattr(entry, field)) is not None}
        changes = [CellChange(COLUMN_OF_FIELD[field], None, value) for field, value in given.items()]
        return HouseholdStep(
            row=entry.row,
            is_new=True,
            name=entry.head,
            code=grid.name,
            changes=[*changes, CellChange(columns.CLASS, None, in_class)],
            grid=grid,
            household=None,
            particulars=Particulars(**given),
            in_class=in_class,
        )

    def _correction(self, entry: HouseholdEntry, household: Household) -> HouseholdStep:
        """The step that changes a file that is there; an empty cell says nothing."""
        kept = {field: getattr(household, field) for field in COLUMN_OF_FIELD}
        corrections = {
            field: value
            for field in COLUMN_OF_FIELD
            if (value := getattr(entry, field)) is not None and _differs(field, kept[field], value)
        }
        changes = [
            CellChange(COLUMN_OF_FIELD[field], kept[field], value) for field, value in corrections.items()
        ]
        in_class = self._class_change(entry, household)
        if in_class:
            before = household.classes[-1]
            changes.append(
                CellChange(columns.CLASS, PlannedClass(before.attention, before.on, before.reason), in_class)
            )
        return HouseholdStep(
            row=entry.row,
            is_new=False,
            name=household.head,
            code=f"{household.grid.name} {household.number}",
            changes=changes,
            grid=household.grid,
            household=household,
            particulars=Particulars(**kept | corrections) if corrections else None,
            in_class=in_class,
        )

    def _class_change(self, entry: HouseholdEntry, household: Household) -> PlannedClass | None:
        """The class that a row puts a household into; day and reason count where they are new ones.

        What was decided is never rewritten: another day or reason for the same class is bad.
        """
        last = household.classes[-1]
        since = entry.since if entry.since != last.on else None
        reason = entry.reason if not names.same(entry.reason, last.reason) else None
        if entry.attention in (None, last.attention):
            text = _(
                "Its class is written down for %(day)s and stays so. Day and reason go with another class.",
                day=words.day(last.on),
            )
            for column, value in ((columns.SINCE, since), (columns.REASON, reason)):
                if value is not None:
                    self._refuse(entry, column, text)
            return None
        on = since or clock.today()
        if on < last.on:
            text = _("The class it is in was written down for %(day)s.", day=words.day(last.on))
            self._refuse(entry, columns.SINCE, text)
        return PlannedClass(entry.attention or last.attention, on, reason or standard_reason())


def standard_reason() -> str:
    """The reason for a class that a file gives without one."""
    return gettext("As the file of households says.")


def _place(grid: Grid, head: str, house: str) -> tuple[int, str, str]:
    """Where somebody lives, as it is compared."""
    return grid.id, names.folded(head), names.folded(house)


def _differs(field: str, before: Any, after: Any) -> bool:
    """Whether a file says something else: of the head another name, not the same one written otherwise."""
    return not names.same(before, after) if field == "head" else before != after


def _is_of_others(household: Household) -> Any:
    """Why a number can't be that of a household with another head in another house."""
    return _(
        "Number %(number)s is the household of %(head)s, %(house)s. Mend the number, or leave it empty for a "
        "new household.",
        number=household.number,
        head=household.head,
        house=household.house,
    )


def _on_row_already(row: int) -> Any:
    return _("This household is on row %(row)s already.", row=row)
