"""Who holds a duty: terms as they are read, by person, by grid, by village and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import db
from people.models import Appointment, Area, Duty, Grid, Person
from people.roster import persons

ONE_DAY = timedelta(days=1)


class State(StrEnum):
    """Where a term stands on a day; one that is called off never ran."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    CALLED_OFF = "called_off"


def state_of(term: Appointment, day: date) -> State:
    """Where a term stands on a day."""
    if term.ended_on == term.starts_on:
        return State.CALLED_OFF
    if day < term.starts_on:
        return State.COMING
    return State.RUNNING if day < free_from(term) else State.OVER


def free_from(term: Appointment) -> date:
    """The first day on which a term does not run any more."""
    return term.ended_on or term.ends_on + ONE_DAY


def serves_on(person_id: int, day: date, duty: Duty = Duty.WORKER) -> Appointment | None:
    """A term under which a person serves on a day, or None; a term ended early ends that very day."""
    return db.session.scalar(
        select(Appointment)
        .where(Appointment.person_id == person_id, Appointment.duty == duty, *covers(day, day))
        .order_by(Appointment.id)
    )


def last_grid(person: Person) -> Grid:
    """The grid of a person's latest term, running or ended."""
    return db.session.scalars(
        select(Grid)
        .join(Appointment, Appointment.grid_id == Grid.id)
        .where(Appointment.person_id == person.id)
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
        .limit(1)
    ).one()


def latest_served(person_ids: Sequence[int], day: date) -> Appointment | None:
    """The latest term under which somebody served as a worker until a day, through any of these entries."""
    return db.session.scalar(
        select(Appointment)
        .where(
            Appointment.person_id.in_(person_ids),
            Appointment.duty == Duty.WORKER,
            Appointment.starts_on <= day,
            or_(Appointment.ended_on.is_(None), Appointment.ended_on > Appointment.starts_on),
        )
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
        .limit(1)
    )


def serving(village: Area, first: date, last: date, duty: Duty = Duty.WORKER) -> Sequence[Appointment]:
    """The terms in a village that touch the days from first to last, in the order of the grids' codes."""
    return db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .options(contains_eager(Appointment.grid), joinedload(Appointment.person))
        .where(Grid.village_id == village.id, Appointment.duty == duty, *covers(first, last))
        .order_by(Grid.code, Appointment.id)
    ).all()


@dataclass(frozen=True)
class Seat:
    """Who served where, in names alone."""

    person_id: int
    name: str
    grid_id: int
    grid: str


def seats(village: Area, first: date, last: date) -> list[Seat]:
    """Who served a village as a worker on the days from first to last, by grid code: to choose from."""
    found = db.session.execute(
        select(Person.id, Person.name, Grid.id, Grid.name)
        .select_from(Appointment)
        .join(Appointment.grid)
        .join(Appointment.person)
        .where(Grid.village_id == village.id, Appointment.duty == Duty.WORKER, *covers(first, last))
        .order_by(Grid.code, Appointment.id)
    )
    return [Seat(*row) for row in found]


def of_grid(grid: Grid) -> Sequence[Appointment]:
    """Every term in a grid, the latest first."""
    return db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(Appointment.grid_id == grid.id)
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
    ).all()


def of_person(person: Person, area: Area) -> list[tuple[Appointment, Appointment | None]]:
    """A person's terms in an area, oldest first, also those of merged entries, each with who came after."""
    ours = db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .join(Grid.village)
        .options(
            contains_eager(Appointment.grid).contains_eager(Grid.village),
            joinedload(Appointment.follows).joinedload(Appointment.person),
        )
        .where(Appointment.person_id.in_(persons.selves(person)), Area.code.startswith(area.stem))
        .order_by(Appointment.starts_on, Appointment.id)
    ).all()
    after = {
        term.follows_id: term
        for term in db.session.scalars(
            select(Appointment)
            .options(joinedload(Appointment.person))
            .where(
                Appointment.follows_id.in_([term.id for term in ours]),
                or_(Appointment.ended_on.is_(None), Appointment.ended_on > Appointment.starts_on),
            )
        )
    }
    return [(term, after.get(term.id)) for term in ours]


def covers(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """What a query asks of terms that touch the days from first to last; one called off touches none."""
    return Appointment.starts_on <= last, *not_over(first)


def not_over(day: date) -> tuple[ColumnElement[bool], ...]:
    """What a query asks of terms that run on a day or will later; one called off never does."""
    still = or_(
        Appointment.ended_on.is_(None),
        and_(Appointment.ended_on > day, Appointment.ended_on > Appointment.starts_on),
    )
    return Appointment.ends_on >= day, still
