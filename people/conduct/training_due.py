"""Who still lacks the training of a period, and in which grids a worker bears the law mark.

The mark is the county's 法律明白人.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select

from ground import clock
from ground.db import db
from people import areas
from people.conduct.trainings import is_visible_in
from people.models import Appointment, Area, Attendance, Duty, Grid, Level, Person, Training
from people.roster import holders, persons

# Who begins later than this before a period's end may wait for the next one: the house's own rule.
SETTLING_IN = timedelta(days=90)

# Whose sessions somebody of this duty attends in every period.
GIVERS = {Duty.WORKER: (Level.VILLAGE, Level.TOWNSHIP), Duty.INSTRUCTOR: (Level.COUNTY,)}


@dataclass(frozen=True)
class Period:
    """A period of training: a half-year (1 or 2) for workers, a year (half 0) for instructors."""

    year: int
    half: int

    @classmethod
    def of(cls, duty: Duty, day: date) -> "Period":
        """The period of a duty that a day lies in."""
        if duty == Duty.INSTRUCTOR:
            return cls(day.year, 0)
        return cls(day.year, 1 if day.month <= 6 else 2)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 7 if self.half == 2 else 1, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def previous(self) -> "Period":
        """The period before it."""
        if self.half == 2:
            return Period(self.year, 1)
        return Period(self.year - 1, 2 if self.half else 0)

    def __str__(self) -> str:
        return f"{self.year}H{self.half}" if self.half else str(self.year)


@dataclass(frozen=True)
class MissingTraining:
    """Somebody who lacks sessions of a period, and whose sessions these are."""

    name: str
    grid: str
    sessions: tuple[Level, ...]


@dataclass
class TrainingDue:
    """A village's state in a period: how many serve, and who of them lacks which sessions."""

    village: Area
    serving: int = 0
    missing: list[MissingTraining] = field(default_factory=list)

    def lacking_count(self, giver: Level) -> int:
        """The number of people who lack a session of the village, the township or the county."""
        return sum(giver in person.sessions for person in self.missing)


def trainings_due(area: Area, duty: Duty, period: Period) -> list[TrainingDue]:
    """The people of an area who serve and lack a session of the period, by village, in four queries.

    Workers need one of their village's and one of their township's in every half-year, instructors one of
    the county's in every calendar year (the county's rules). Counted are those who serve today, or for a
    period that is over on its last day. The house's own rules: who began in the village less than 90 days
    before the period's end is counted as serving but lacks nothing yet; who moved there from another
    village is trained there anew.
    """
    villages = areas.villages_in(area)
    by_village = {village.id: TrainingDue(village) for village in villages}
    current_ids = persons.current_entry_ids()
    attended = {
        (current_ids.get(person_id, person_id), area_id) for person_id, area_id in _attended(area, period)
    }
    since: dict[tuple[int, int], date] = {}
    serving: dict[tuple[int, int], Any] = {}
    last_day = min(period.last_day, clock.today())
    for term in _terms(area, duty, period.first_day, last_day):
        key = term.village_id, current_ids.get(term.person_id, term.person_id)
        since[key] = min(since.get(key, term.starts_on), term.starts_on)
        if term.ends_on >= last_day and (term.ended_on is None or term.ended_on > last_day):
            serving.setdefault(key, term)
    for key, term in serving.items():
        village_id, person_id = key
        village_due = by_village[village_id]
        village_due.serving += 1
        if since[key] > period.last_day - SETTLING_IN:
            continue
        held_by = _givers(village_due.village)
        lacks = tuple(giver for giver in GIVERS[duty] if (person_id, held_by[giver]) not in attended)
        if lacks:
            village_due.missing.append(MissingTraining(term.person, term.grid, lacks))
    return list(by_village.values())


def _givers(village: Area) -> dict[Level, int | None]:
    """The ids of the areas that train a village's people: itself, its township and its county."""
    county_id = village.parent.parent_id if village.parent else None
    return {Level.VILLAGE: village.id, Level.TOWNSHIP: village.parent_id, Level.COUNTY: county_id}


def _attended(area: Area, period: Period) -> Sequence[Row[int, int]]:
    """Who attended sessions of which area in a period, among those that an area's people see."""
    return db.session.execute(
        select(Attendance.person_id, Training.area_id)
        .join(Attendance.training)
        .join(Training.area)
        .where(
            is_visible_in(area),
            Training.held_on.between(period.first_day, period.last_day),
        )
    ).all()


def _terms(area: Area, duty: Duty, first: date, last: date) -> Sequence[Any]:
    """The terms in an area that touch the days from first to last, by village and grid code."""
    return db.session.execute(
        select(
            Grid.village_id,
            Appointment.person_id,
            Person.name.label("person"),
            Grid.name.label("grid"),
            Appointment.starts_on,
            Appointment.ends_on,
            Appointment.ended_on,
        )
        .join(Appointment.grid)
        .join(Grid.village)
        .join(Appointment.person)
        .where(
            Area.code.startswith(area.stem),
            Appointment.duty == duty,
            Appointment.starts_on <= last,
            Appointment.ends_on >= first,
            or_(Appointment.ended_on.is_(None), Appointment.ended_on > first),
        )
        .order_by(Area.code, Grid.code, Appointment.id)
    ).all()


@dataclass(frozen=True)
class LawMarkFigures:
    """The grids of a village, and in how many of them the worker bears the law mark 法律明白人."""

    village: Area
    grids: int
    marked_grids: int


def law_marks(area: Area) -> list[LawMarkFigures]:
    """The figures of the law mark by village, over the grids that are not closed, as of today."""
    today = clock.today()
    inside = Area.code.startswith(area.stem), Grid.closed_on.is_(None)
    grids = select(Grid.village_id, func.count()).join(Grid.village).where(*inside).group_by(Grid.village_id)
    marked_grids = (
        select(Grid.village_id, func.count(Grid.id.distinct()))
        .join(Appointment, Appointment.grid_id == Grid.id)
        .join(Appointment.person)
        .join(Grid.village)
        .where(
            *inside,
            Appointment.duty == Duty.WORKER,
            *holders.terms_touching(today, today),
            Person.law_mark_on <= today,
        )
        .group_by(Grid.village_id)
    )
    grid_counts, marked_counts = (dict(iter(db.session.execute(query))) for query in (grids, marked_grids))
    return [
        LawMarkFigures(village, grid_counts.get(village.id, 0), marked_counts.get(village.id, 0))
        for village in areas.villages_in(area)
    ]
