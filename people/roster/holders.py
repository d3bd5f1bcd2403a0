"""Terms as they are read: by person, by grid, by village and day.

A term is coming, running, over, or called off (`TermState`); one that is called off never ran.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import among, db
from people.models import Appointment, Area, Duty, Grid, Person
from people.roster import persons

ONE_DAY = timedelta(days=1)

Day = date | ColumnElement[date]  # as a value, or as what a statement is asked with


class TermState(StrEnum):
    """The state of a term on a day; one that is called off never ran."""

    COMING = "coming"
    RUNNING = "running"
    OVER = "over"
    CALLED_OFF = "called_off"


def state_of(term: Appointment, day: date) -> TermState:
    """The state of a term on a day."""
    if term.ended_on == term.starts_on:
        return TermState.CALLED_OFF
    if day < term.starts_on:
        return TermState.COMING
    return TermState.RUNNING if day < free_from(term) else TermState.OVER


def free_from(term: Appointment) -> date:
    """The first day on which a term does not run any more."""
    return term.ended_on or day_after(term)


def day_after(term: Appointment) -> date:
    """The day after a term's last; of a term for all time, from when days had no ends here, the very last."""
    return min(term.ends_on, date.max - ONE_DAY) + ONE_DAY


def term_on_day(person_id: int, day: date, duty: Duty = Duty.WORKER) -> Appointment | None:
    """A term under which a person serves on a day, or None.

    A term ended early does not run on its `ended_on` any more.
    """
    return db.session.scalar(
        select(Appointment)
        .where(Appointment.person_id == person_id, Appointment.duty == duty, *terms_touching(day, day))
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


def latest_worker_term(person_ids: Sequence[int], day: date) -> Appointment | None:
    """The latest worker's term of these entries that began by a day, or None.

    Terms that were called off do not count.
    """
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


def serving_terms(village: Area, first: date, last: date, duty: Duty = Duty.WORKER) -> Sequence[Appointment]:
    """The terms in a village that touch the days from first to last, by grid code."""
    return db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .options(contains_eager(Appointment.grid), joinedload(Appointment.person))
        .where(Grid.village_id == village.id, Appointment.duty == duty, *terms_touching(first, last))
        .order_by(Grid.code, Appointment.id)
    ).all()


def ids_between(village_ids: Collection[int], first: date, last: date) -> Select[int]:
    """The ids of the terms in some villages that touch the days from first to last, by their first day."""
    return (
        select(Appointment.id)
        .join(Appointment.grid)
        .where(among(Grid.village_id, village_ids), *terms_touching(first, last))
        .order_by(Appointment.starts_on, Appointment.id)
    )


def by_ids(ids: Collection[int]) -> Sequence[Appointment]:
    """Terms by their ids, by their first day, with grid, village and who served before."""
    return db.session.scalars(
        select(Appointment)
        .options(
            joinedload(Appointment.person),
            joinedload(Appointment.grid).joinedload(Grid.village),
            joinedload(Appointment.follows).joinedload(Appointment.person),
        )
        .where(Appointment.id.in_(ids))
        .order_by(Appointment.starts_on, Appointment.id)
    ).all()


@dataclass(frozen=True)
class WorkerInGrid:
    """A worker and the grid they served in, by ids and names."""

    person_id: int
    name: str
    grid_id: int
    grid: str


def workers_in_grids(village: Area, first: date, last: date) -> list[WorkerInGrid]:
    """The workers of a village on the days from first to last, by grid code, to choose from."""
    rows = db.session.execute(
        select(Person.id, Person.name, Grid.id, Grid.name)
        .select_from(Appointment)
        .join(Appointment.grid)
        .join(Appointment.person)
        .where(Grid.village_id == village.id, Appointment.duty == Duty.WORKER, *terms_touching(first, last))
        .order_by(Grid.code, Appointment.id)
    )
    return [WorkerInGrid(*row) for row in rows]


def terms_of_grid(grid: Grid) -> Sequence[Appointment]:
    """Every term in a grid, the latest first."""
    return db.session.scalars(
        select(Appointment)
        .options(joinedload(Appointment.person))
        .where(Appointment.grid_id == grid.id)
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
    ).all()


def terms_of_person(person: Person, area: Area) -> list[tuple[Appointment, Appointment | None]]:
    """A person's terms in an area, oldest first, each with the term that followed it, if any.

    Those of merged entries are among them.
    """
    terms = db.session.scalars(
        select(Appointment)
        .join(Appointment.grid)
        .join(Grid.village)
        .options(
            contains_eager(Appointment.grid).contains_eager(Grid.village),
            joinedload(Appointment.follows).joinedload(Appointment.person),
        )
        .where(Appointment.person_id.in_(persons.entry_ids(person)), Area.code.startswith(area.stem))
        .order_by(Appointment.starts_on, Appointment.id)
    ).all()
    after = {
        term.follows_id: term
        for term in db.session.scalars(
            select(Appointment)
            .options(joinedload(Appointment.person))
            .where(
                Appointment.follows_id.in_([term.id for term in terms]),
                or_(Appointment.ended_on.is_(None), Appointment.ended_on > Appointment.starts_on),
            )
        )
    }
    return [(term, after.get(term.id)) for term in terms]


def terms_touching(first: Day, last: Day) -> tuple[ColumnElement[bool], ...]:
    """The conditions for terms that touch the days from first to last, not those called off."""
    return Appointment.starts_on <= last, *terms_not_over(first)


def terms_not_over(day: Day) -> tuple[ColumnElement[bool], ...]:
    """The conditions for terms that run on a day or later, not those called off."""
    still = or_(
        Appointment.ended_on.is_(None),
        and_(Appointment.ended_on > day, Appointment.ended_on > Appointment.starts_on),
    )
    return Appointment.ends_on >= day, still
