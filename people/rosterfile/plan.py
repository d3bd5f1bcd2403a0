"""The dry run: what a roster file would add, change and leave, without doing any of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _

from ground import clock, tables
from ground.paper import words
from ground.tables import BadCell
from people import areas, filing
from people.filing import Line
from people.models import Appointment, Area, Duty, Grid, Person
from people.roster import holders
from people.rosterfile import columns
from people.rosterfile.columns import Entry
from people.rosterfile.known import Known, upwards


class Act(StrEnum):
    """What happens to who holds a duty in a grid."""

    APPOINT = "appoint"
    RENEW = "renew"
    HAND_OVER = "hand_over"


@dataclass
class Seat:
    """Who is to hold a duty in a grid: their act (None: they hold it already) and corrections to them.

    `person` is not in the database yet if the file brings them; `holder` is the term that runs now.
    """

    duty: Duty
    person: Person
    act: Act | None
    since: date
    holder: Appointment | None
    corrections: dict[str, Any] = field(default_factory=dict)


@dataclass
class Step(filing.Step):
    """What one row of the file would do."""

    entry: Entry
    grid: Grid
    group: str | None
    corrections: dict[str, Any]
    seats: list[Seat]


Plan = filing.Plan[Step]


def make(table: tables.Table, area: Area) -> Plan:
    """What a roster's table would do to an area. Writes nothing, raises nothing: what is bad is in it."""
    entries, bad = columns.clean(table, {village.code: village for village in areas.below(area)})
    planner = _Planner(table, Known(area))
    steps = [step for entry in entries if (step := planner.step(entry))]
    return Plan(table, steps, [*bad, *planner.bad])


class _Planner:
    """Goes through the entries; people and grids of earlier rows count for the later ones."""

    def __init__(self, table: tables.Table, known: Known) -> None:
        self._table, self._known = table, known
        self._rows: dict[tuple[int, str], int] = {}
        self._corrected: dict[int, dict[str, Any]] = {}
        self.bad: list[BadCell] = []

    def step(self, entry: Entry) -> Step | None:
        """What this entry would do, or None when something in it is bad."""
        told = len(self.bad)
        grid = self._grid(entry)
        if grid is None:
            return None
        seats = [*self._worker(entry, grid), *self._instructor(entry, grid)]
        if len(self.bad) > told:
            return None
        group = self._known.groups[grid.group_id].name if grid.group_id else None
        given = {"name": entry.grid, "kind": entry.kind, "households": entry.households}
        corrections = {} if grid.id is None else _different(grid, given)
        new_group = entry.group if entry.group and entry.group != group else None
        lines = list(_lines(entry, grid, group if grid.id else None, corrections, new_group, seats))
        return Step(
            row=entry.row,
            is_new=grid.id is None,
            name=grid.name,
            code=grid.code,
            lines=lines,
            entry=entry,
            grid=grid,
            group=new_group,
            corrections=corrections,
            seats=seats,
        )

    def _refuse(self, entry: Entry, column: str, reason: Any) -> None:
        self.bad.append(BadCell.at(self._table, entry.row, column, reason))

    def _grid(self, entry: Entry) -> Grid | None:
        """The grid of a row: one that is there, or a new one that is not in the database yet."""
        village = entry.village.id
        grid = self._known.grids.get((village, entry.code)) or self._zeros_lost(entry)
        code = grid.code if grid else entry.code
        first = self._rows.setdefault((village, code), entry.row.number)
        if first != entry.row.number:
            self._refuse(entry, columns.CODE, _("This grid is on row %(row)s already.", row=first))
            return None
        if grid is None:
            return self._new_grid(entry)
        if grid.closed_on:
            closed = words.day(grid.closed_on)
            self._refuse(entry, columns.CODE, _("This grid was closed on %(day)s.", day=closed))
            return None
        return grid

    def _zeros_lost(self, entry: Entry) -> Grid | None:
        """The one grid whose code is this number with zeros in front, which Excel takes away."""
        found = self._known.bare_codes[entry.village.id, entry.code] if entry.bare_code else []
        return found[0] if len(found) == 1 else None

    def _new_grid(self, entry: Entry) -> Grid | None:
        for column, value in ((columns.GRID, entry.grid), (columns.KIND, entry.kind)):
            if value is None:
                self._refuse(entry, column, _("A new grid needs this."))
        if entry.grid is None or entry.kind is None:
            return None
        return Grid(
            village=entry.village,
            code=entry.code,
            name=entry.grid,
            kind=entry.kind,
            households=entry.households,
        )

    def _worker(self, entry: Entry, grid: Grid) -> Iterator[Seat]:
        """Who is to serve: who does already, or somebody new, from the row's day of appointment on."""
        if entry.name is None:
            return
        holder = self._known.holders.get((grid.id, Duty.WORKER)) if grid.id else None
        given = {
            "sex": entry.sex,
            "birth_year": entry.birth_year,
            "phone": entry.phone,
            "standing": entry.standing,
        }
        if holder and holder.person.name == entry.name:
            act = self._same_worker(entry, holder)
            yield Seat(
                Duty.WORKER,
                holder.person,
                act,
                entry.since or holder.starts_on,
                holder,
                self._corrections(entry, holder.person, given),
            )
            return
        if entry.since is None:
            self._refuse(entry, columns.SINCE, _("Since when? A new worker needs this."))
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
        corrections = {} if person.id is None else self._corrections(entry, person, given)
        for name, value in given.items():
            if person.id is None and value is not None:
                setattr(person, name, value)
        yield Seat(Duty.WORKER, person, _act(holder), entry.since, holder, corrections)

    def _same_worker(self, entry: Entry, holder: Appointment) -> Act | None:
        """Whether a row about the one who serves renews the term; the day it began is not rewritten."""
        if entry.since is None or entry.since == holder.starts_on:
            return None
        if entry.since == holder.ends_on + holders.ONE_DAY:
            return Act.RENEW
        if _has_lapsed(holder) and entry.since > holder.ends_on:
            return Act.APPOINT
        text = _(
            "The term began on %(first)s. To renew it, write the day after its last: %(next)s.",
            first=words.day(holder.starts_on),
            next=words.day(holder.ends_on + holders.ONE_DAY),
        )
        self._refuse(entry, columns.SINCE, text)
        return None

    def _instructor(self, entry: Entry, grid: Grid) -> Iterator[Seat]:
        """Who instructs: a new one begins with the worker, or today where another one instructed."""
        if entry.instructor is None:
            return
        holder = self._known.holders.get((grid.id, Duty.INSTRUCTOR)) if grid.id else None
        given = {"agency": entry.agency}
        if holder and holder.person.name == entry.instructor:
            corrections = self._corrections(entry, holder.person, given)
            yield Seat(Duty.INSTRUCTOR, holder.person, None, holder.starts_on, holder, corrections)
            return
        person = self._instructor_of(entry)
        since = clock.today() if holder or entry.since is None else entry.since
        if holder and not _can_follow(holder, since):
            begins = words.day(holder.starts_on)
            text = _("%(name)s begins here on %(day)s only.", name=holder.person.name, day=begins)
            self._refuse(entry, columns.INSTRUCTOR, text)
            return
        yield Seat(Duty.INSTRUCTOR, person, _act(holder), since, holder)

    def _corrections(self, entry: Entry, person: Person, given: dict[str, Any]) -> dict[str, Any]:
        """What of a person the row corrects; two rows that contradict each other are bad."""
        before = self._corrected.setdefault(person.id, {})
        for name, value in given.items():
            if value is not None and before.setdefault(name, value) != value:
                text = _("Another row says something else of %(name)s.", name=person.name)
                self._refuse(entry, columns.NAME, text)
        return _different(person, given)

    def _person(self, village: Area, name: str, phone: str | None, born: int | None) -> Person:
        """Who this is: the one of that name whose phone and birth year agree, if known; or somebody new."""
        for person in self._known.people[village.id, name]:
            same = [
                given == known
                for given, known in ((phone, person.phone), (born, person.birth_year))
                if given and known
            ]
            if same and all(same):
                return person
        person = Person(area=village, name=name)
        self._known.people[village.id, name].append(person)
        return person

    def _instructor_of(self, entry: Entry) -> Person:
        """The instructor of this name and agency at a place that covers the village, or a new one there."""
        for place in upwards(entry.village):
            for person in self._known.people[place.id, entry.instructor or ""]:
                if entry.agency is None or person.agency == entry.agency:
                    return person
        home = entry.village.parent or entry.village
        person = Person(area=home, name=entry.instructor, agency=entry.agency)
        self._known.people[home.id, person.name].append(person)
        return person


def _has_lapsed(holder: Appointment) -> bool:
    return holder.ends_on < clock.today()


def _can_follow(holder: Appointment, since: date) -> bool:
    """Whether a term can begin on a day after another: within it, right after it, or once it lapsed."""
    within = holder.starts_on < since <= holder.ends_on + holders.ONE_DAY
    return within or (_has_lapsed(holder) and since > holder.ends_on)


def _act(holder: Appointment | None) -> Act:
    """How somebody new comes to a duty: a term that lapsed is over and hands nothing over."""
    return Act.HAND_OVER if holder and not _has_lapsed(holder) else Act.APPOINT


def _different(row: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What is given and not the same in a row; an empty cell says nothing."""
    return {name: value for name, value in given.items() if value is not None and getattr(row, name) != value}


FIELDS = {
    "name": columns.GRID,
    "kind": columns.KIND,
    "households": columns.HOUSEHOLDS,
    "sex": columns.SEX,
    "birth_year": columns.BORN,
    "phone": columns.PHONE,
    "standing": columns.STANDING,
    "agency": columns.AGENCY,
}


def _lines(
    entry: Entry,
    grid: Grid,
    group: str | None,
    corrections: dict[str, Any],
    new_group: str | None,
    seats: Sequence[Seat],
) -> Iterator[Line]:
    """What a row would do, column by column."""
    if grid.id is None:
        yield Line(columns.GRID, None, entry.grid)
    yield from _corrected(grid, corrections)
    if new_group:
        yield Line(columns.GROUP, group, new_group)
    for seat in seats:
        column = columns.NAME if seat.duty is Duty.WORKER else columns.INSTRUCTOR
        if seat.act is Act.RENEW:
            yield Line(columns.SINCE, seat.holder and seat.holder.starts_on, seat.since)
        elif seat.act:
            yield Line(column, seat.holder and seat.holder.person.name, seat.person.name)
        yield from _corrected(seat.person, seat.corrections)


def _corrected(row: Any, corrections: dict[str, Any]) -> Iterable[Line]:
    return [Line(FIELDS[name], getattr(row, name), value) for name, value in corrections.items()]
