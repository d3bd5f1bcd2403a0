"""The dry run: what a roster file would add, change and leave, without doing any of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _

from ground import clock, names, tables
from ground.paper import words
from ground.refusal import Refused
from ground.tables import BadCell
from people import areas, filing
from people.filing import CellChange
from people.models import Appointment, Area, Duty, Grid, Person
from people.roster import holders
from people.rosterfile import columns
from people.rosterfile.columns import RosterRow
from people.rosterfile.known import KnownRoster, areas_above


class Act(StrEnum):
    """What happens to the person who is to hold a duty in a grid."""

    APPOINT = "appoint"
    RENEW = "renew"
    HAND_OVER = "hand_over"


@dataclass
class RosterSeat:
    """The person who is to hold a duty in a grid, what happens to them, and their corrections.

    `act` None: they hold it already. `person` is not in the database yet if the file brings them;
    `holder` is the term that runs now.
    """

    duty: Duty
    person: Person
    act: Act | None
    since: date
    holder: Appointment | None
    corrections: dict[str, Any] = field(default_factory=dict)


@dataclass
class RosterStep(filing.ImportStep):
    """One row of the file and what it would do."""

    entry: RosterRow
    grid: Grid
    group: str | None
    corrections: dict[str, Any]
    seats: list[RosterSeat]


Plan = filing.ImportPlan[RosterStep]

SINCE_MISSING = _("Since when? A new worker needs this.")


def make(table: tables.Table, area: Area) -> Plan:
    """The plan of a roster's table for an area. Writes and raises nothing: bad cells are in it."""
    entries, bad_cells = columns.clean(table, {village.code: village for village in areas.villages_in(area)})
    planner = _Planner(table, KnownRoster(area))
    steps = [step for entry in entries if (step := planner.step(entry))]
    return Plan(table, steps, [*bad_cells, *planner.bad_cells])


class _Planner:
    """Plans one row after the other; people and grids of earlier rows count for later ones."""

    def __init__(self, table: tables.Table, roster: KnownRoster) -> None:
        self._table, self._roster = table, roster
        self._rows: dict[tuple[int, str], int] = {}
        self._corrected: dict[int, dict[str, Any]] = {}
        self.bad_cells: list[BadCell] = []

    def step(self, entry: RosterRow) -> RosterStep | None:
        """The step of a row, or None when something in the row is bad."""
        bad_before = len(self.bad_cells)
        grid = self._grid(entry)
        if grid is None:
            return None
        seats = [*self._worker(entry, grid), *self._instructor(entry, grid)]
        if len(self.bad_cells) > bad_before:
            return None
        group = self._roster.groups[grid.group_id].name if grid.group_id else None
        # Where the name says which grid it is, another spelling of it is no correction.
        values = {
            "name": entry.grid if entry.code else None,
            "kind": entry.kind,
            "households": entry.households,
        }
        corrections = {} if grid.id is None else _differences(grid, values)
        new_group = entry.group if entry.group and not names.same(entry.group, group) else None
        lines = list(_cell_changes(entry, grid, group if grid.id else None, corrections, new_group, seats))
        return RosterStep(
            row=entry.row,
            is_new=grid.id is None,
            name=grid.name,
            code=grid.code,
            changes=lines,
            entry=entry,
            grid=grid,
            group=new_group,
            corrections=corrections,
            seats=seats,
        )

    def _refuse(self, entry: RosterRow, column: str, reason: Any) -> None:
        self.bad_cells.append(BadCell.at(self._table, entry.row, column, reason))

    def _grid(self, entry: RosterRow) -> Grid | None:
        """The grid of a row: an existing one, or a new one that is not in the database yet."""
        village = entry.village.id
        if entry.code is None:
            grid = self._grid_by_name(entry)
            if grid is None:
                return None
        else:
            grid = self._roster.grid_with_code(entry.village, entry.code, entry.bare_code)
        code = grid.code if grid else entry.code or ""
        first = self._rows.setdefault((village, code), entry.row.number)
        if first != entry.row.number:
            column = columns.GRID if entry.code is None else columns.CODE
            self._refuse(entry, column, _("This grid is on row %(row)s already.", row=first))
            return None
        if grid is None:
            return self._new_grid(entry, code)
        if grid.closed_on:
            closed = words.day(grid.closed_on)
            self._refuse(entry, columns.CODE, _("This grid was closed on %(day)s.", day=closed))
            return None
        return grid

    def _grid_by_name(self, entry: RosterRow) -> Grid | None:
        """The one grid of a row without a code, by its name, or else by its worker's; None if it is bad."""
        try:
            if entry.grid is not None:
                return self._roster.grid_with_name(entry.village, entry.grid, columns.CODE)
            matches = self._roster.grids_of(entry.village, entry.name) if entry.name else []
            if len(matches) != 1:
                raise tables.bad_cell(_("Which grid? Write its name."))
        except Refused as refusal:
            self._refuse(entry, columns.GRID, refusal.message)
            return None
        return matches[0]

    def _new_grid(self, entry: RosterRow, code: str) -> Grid | None:
        for column, value in ((columns.GRID, entry.grid), (columns.KIND, entry.kind)):
            if value is None:
                self._refuse(entry, column, _("A new grid needs this."))
        if entry.grid is None or entry.kind is None:
            if entry.name is not None and entry.since is None:  # told with the rest, not at the next try
                self._refuse(entry, columns.SINCE, SINCE_MISSING)
            return None
        return Grid(
            village=entry.village,
            code=code,
            name=entry.grid,
            kind=entry.kind,
            households=entry.households,
        )

    def _worker(self, entry: RosterRow, grid: Grid) -> Iterator[RosterSeat]:
        """The worker of a row: who serves already, or somebody new from the row's day of appointment on."""
        if entry.name is None:
            return
        holder = self._roster.holders.get((grid.id, Duty.WORKER)) if grid.id else None
        details = {
            "sex": entry.sex,
            "birth_year": entry.birth_year,
            "phone": entry.phone,
            "standing": entry.standing,
        }
        if holder and names.same(holder.person.name, entry.name):
            act = self._same_worker(entry, holder)
            yield RosterSeat(
                Duty.WORKER,
                holder.person,
                act,
                entry.since or holder.starts_on,
                holder,
                self._corrections(entry, holder.person, details),
            )
            return
        if entry.since is None:
            self._refuse(entry, columns.SINCE, SINCE_MISSING)
            return
        if holder and not _can_follow(holder, entry.since):
            text = _(
                "%(name)s serves here since %(day)s. For a successor write a later day of appointment, "
                "at most the day after the term's last; for another spelling correct the person's page.",
                name=holder.person.name,
                day=words.day(holder.starts_on),
            )
            self._refuse(entry, columns.NAME, text)
            return
        person = self._person(entry.village, entry.name, entry.phone, entry.birth_year)
        corrections = {} if person.id is None else self._corrections(entry, person, details)
        for name, value in details.items():
            if person.id is None and value is not None:
                setattr(person, name, value)
        yield RosterSeat(Duty.WORKER, person, _act(holder), entry.since, holder, corrections)

    def _same_worker(self, entry: RosterRow, holder: Appointment) -> Act | None:
        """Whether a row about the present worker renews the term; its first day is never rewritten."""
        if entry.since is None or entry.since == holder.starts_on:
            return None
        if entry.since == holders.day_after(holder):
            return Act.RENEW
        if _has_lapsed(holder) and entry.since > holder.ends_on:
            return Act.APPOINT
        text = _(
            "The term began on %(first)s. To renew it, write the day after its last: %(next)s.",
            first=words.day(holder.starts_on),
            next=words.day(holders.day_after(holder)),
        )
        self._refuse(entry, columns.SINCE, text)
        return None

    def _instructor(self, entry: RosterRow, grid: Grid) -> Iterator[RosterSeat]:
        """The instructor of a row: a new one begins with the worker, or today if there was another."""
        if entry.instructor is None:
            return
        holder = self._roster.holders.get((grid.id, Duty.INSTRUCTOR)) if grid.id else None
        details = {"agency": entry.agency}
        if holder and names.same(holder.person.name, entry.instructor):
            corrections = self._corrections(entry, holder.person, details)
            yield RosterSeat(Duty.INSTRUCTOR, holder.person, None, holder.starts_on, holder, corrections)
            return
        person = self._instructor_of(entry)
        since = clock.today() if holder or entry.since is None else entry.since
        if holder and not _can_follow(holder, since):
            begins = words.day(holder.starts_on)
            text = _("%(name)s begins here on %(day)s only.", name=holder.person.name, day=begins)
            self._refuse(entry, columns.INSTRUCTOR, text)
            return
        yield RosterSeat(Duty.INSTRUCTOR, person, _act(holder), since, holder)

    def _corrections(self, entry: RosterRow, person: Person, details: dict[str, Any]) -> dict[str, Any]:
        """The corrections of a person in a row; two rows that contradict each other are bad."""
        before = self._corrected.setdefault(person.id, {})
        for name, value in details.items():
            if value is not None and _differ(name, before.setdefault(name, value), value):
                text = _("Another row says something else of %(name)s.", name=person.name)
                self._refuse(entry, columns.NAME, text)
        return _differences(person, details)

    def _person(self, village: Area, name: str, phone: str | None, birth_year: int | None) -> Person:
        """The person of this name whose phone and birth year agree, as far as known; or a new one."""
        for person in self._roster.people_called(village.id, name):
            same = [
                from_file == on_roster
                for from_file, on_roster in ((phone, person.phone), (birth_year, person.birth_year))
                if from_file and on_roster
            ]
            if same and all(same):
                return person
        person = Person(area=village, name=name)
        self._roster.people_called(village.id, name).append(person)
        return person

    def _instructor_of(self, entry: RosterRow) -> Person:
        """The instructor of this name and agency at a place that covers the village, or a new one there."""
        for place in areas_above(entry.village):
            for person in self._roster.people_called(place.id, entry.instructor or ""):
                if entry.agency is None or names.same(person.agency, entry.agency):
                    return person
        home = entry.village.parent or entry.village
        person = Person(area=home, name=entry.instructor, agency=entry.agency)
        self._roster.people_called(home.id, person.name).append(person)
        return person


def _has_lapsed(holder: Appointment) -> bool:
    return holder.ends_on < clock.today()


def _can_follow(holder: Appointment, since: date) -> bool:
    """Whether a term can begin on a day after another: within it, right after it, or once it lapsed."""
    within = holder.starts_on < since <= holders.day_after(holder)
    return within or (_has_lapsed(holder) and since > holder.ends_on)


def _act(holder: Appointment | None) -> Act:
    """How somebody new comes to a duty; a term that lapsed is over, so nothing is handed over."""
    return Act.HAND_OVER if holder and not _has_lapsed(holder) else Act.APPOINT


def _differences(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The values that differ from those of a row; an empty cell does not count."""
    return {
        field: value
        for field, value in values.items()
        if value is not None and _differ(field, getattr(row, field), value)
    }


def _differ(field: str, before: Any, after: Any) -> bool:
    """Whether two values of a field differ: names by more than how they are written."""
    return not names.same(before, after) if field in FIELDS_WITH_NAMES else before != after


FIELDS_WITH_NAMES = {"name", "agency"}
COLUMN_OF_FIELD = {
    "name": columns.GRID,
    "kind": columns.KIND,
    "households": columns.HOUSEHOLDS,
    "sex": columns.SEX,
    "birth_year": columns.BIRTH_YEAR,
    "phone": columns.PHONE,
    "standing": columns.STANDING,
    "agency": columns.AGENCY,
}


def _cell_changes(
    entry: RosterRow,
    grid: Grid,
    group: str | None,
    corrections: dict[str, Any],
    new_group: str | None,
    seats: Sequence[RosterSeat],
) -> Iterator[CellChange]:
    """The changes of a row, column by column."""
    if grid.id is None:
        yield CellChange(columns.GRID, None, entry.grid)
    yield from _correction_changes(grid, corrections)
    if new_group:
        yield CellChange(columns.GROUP, group, new_group)
    for seat in seats:
        column = columns.NAME if seat.duty is Duty.WORKER else columns.INSTRUCTOR
        if seat.act is Act.RENEW:
            yield CellChange(columns.SINCE, seat.holder and seat.holder.starts_on, seat.since)
        elif seat.act:
            yield CellChange(column, seat.holder and seat.holder.person.name, seat.person.name)
        yield from _correction_changes(seat.person, seat.corrections)


def _correction_changes(row: Any, corrections: dict[str, Any]) -> Iterable[CellChange]:
    return [
        CellChange(COLUMN_OF_FIELD[name], getattr(row, name), value) for name, value in corrections.items()
    ]
