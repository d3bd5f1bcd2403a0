"""Staffing: vacant duties, terms that run out, and who can be appointed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock, names
from ground.db import among, db
from people import areas
from people.models import Appointment, Area, Duty, Grid, GridChange, GridChangeKind, Merge, Person
from people.roster import grids, holders

# A term that ends within so many days is listed, in time to renew it or to find a successor.
DAYS_AHEAD = 90


@dataclass(frozen=True)
class Vacancy:
    """A duty in a grid that nobody has today; a term may have run out, or one is to come."""

    grid: Grid
    duty: Duty
    last_term: Appointment | None
    next_term: Appointment | None


@dataclass(frozen=True)
class StaffingFigures:
    """The staffing figures of a village: its grids, vacant duties, and terms that run out or ran out."""

    village: Area
    grids: int
    vacancies: dict[Duty, int]
    ending_terms: int
    terms_run_out: int


def ending_terms(village: Area) -> Sequence[Appointment]:
    """The terms of a village that end within 90 days and that no other follows, the next first."""
    today = clock.today()
    return db.session.scalars(
        _terms_with_grid()
        .where(Grid.village_id == village.id, *_terms_running_out(today, today + timedelta(days=DAYS_AHEAD)))
        .order_by(Appointment.ends_on, Grid.code, Appointment.duty.desc())
    ).all()


def vacancies(village: Area) -> list[Vacancy]:
    """The duties of a village's grids that nobody has today, by grid code."""
    today = clock.today()
    held_duties = {
        (term.grid_id, term.duty)
        for duty in Duty
        for term in holders.serving_terms(village, today, today, duty)
    }
    open_terms = db.session.scalars(
        _terms_with_grid().where(Grid.village_id == village.id, Appointment.ended_on.is_(None))
    ).all()
    last = {(term.grid_id, term.duty): term for term in open_terms}
    vacant = []
    for grid in grids.of_village(village):
        for duty in Duty:
            if (grid.id, duty) not in held_duties:
                term = last.get((grid.id, duty))
                is_coming = term is not None and term.starts_on > today
                vacant.append(Vacancy(grid, duty, None if is_coming else term, term if is_coming else None))
    return vacant


def figures(area: Area) -> list[StaffingFigures]:
    """The staffing figures of each village of an area, by code, in three statements."""
    today, villages = clock.today(), areas.villages_in(area)
    in_open_grids = among(Grid.village_id, [village.id for village in villages]), Grid.closed_on.is_(None)
    serves = holders.terms_touching(today, today)
    held = (
        exists().where(Appointment.grid_id == Grid.id, Appointment.duty == duty, *serves) for duty in Duty
    )
    grid_counts = {
        village_id: counts
        for village_id, *counts in db.session.execute(
            select(Grid.village_id, func.count(), *(func.count().filter(each) for each in held))
            .where(*in_open_grids)
            .group_by(Grid.village_id)
        )
    }
    ends_soon = and_(*_terms_running_out(today, today + timedelta(days=DAYS_AHEAD)))
    ran_out = and_(*_terms_running_out(date.min, today - holders.ONE_DAY))
    term_counts = {
        village_id: counts
        for village_id, *counts in db.session.execute(
            select(Grid.village_id, func.count().filter(ends_soon), func.count().filter(ran_out))
            .select_from(Appointment)
            .join(Appointment.grid)
            .where(*in_open_grids, or_(ends_soon, ran_out))
            .group_by(Grid.village_id)
        )
    }
    found = []
    for village in villages:
        count, *served = grid_counts.get(village.id, [0] * (1 + len(Duty)))
        ending, ended = term_counts.get(village.id, (0, 0))
        vacancies = {duty: count - each for duty, each in zip(Duty, served, strict=True)}
        found.append(StaffingFigures(village, count, vacancies, ending, ended))
    return found


@dataclass(frozen=True)
class StaffingOnDay:
    """The grids of a village on a day, those of them that a worker served, and how many workers did."""

    grids: int
    served: int
    workers: int


def on_day(village: Area, day: date) -> StaffingOnDay:
    """The staffing of a village on a day until today; grids that were opened later are not in it."""
    opened_later = exists().where(
        GridChange.grid_id == Grid.id, GridChange.kind == GridChangeKind.OPENED, GridChange.on > day
    )
    was_there = Grid.village_id == village.id, or_(Grid.closed_on.is_(None), Grid.closed_on > day)
    served = and_(
        Appointment.grid_id == Grid.id,
        Appointment.duty == Duty.WORKER,
        *holders.terms_touching(day, day),
    )
    grid_count, served_count, worker_count = db.session.execute(
        select(
            func.count(Grid.id.distinct()),
            func.count(Appointment.grid_id.distinct()),
            func.count(Appointment.person_id.distinct()),
        )
        .select_from(Grid)
        .outerjoin(Appointment, served)
        .where(*was_there, ~opened_later)
    ).one()
    return StaffingOnDay(grid_count, served_count, worker_count)


def people_query(village: Area, serving: bool, name: str = "") -> Select[Person]:
    """The people who serve in a village today, or are entered there and do not, by name; for paging."""
    today = clock.today()
    terms_here = (
        select(Appointment.id)
        .join(Appointment.grid)
        .where(Appointment.person_id == Person.id, Grid.village_id == village.id)
    )
    serves = terms_here.where(*holders.terms_touching(today, today)).exists()
    query = select(Person).order_by(Person.name, Person.id)
    if serving:
        query = query.where(serves)
    else:
        merged = exists().where(Merge.duplicate_id == Person.id)
        query = query.where(~serves, ~merged, or_(Person.area_id == village.id, terms_here.exists()))
    return query.where(names.has_in_name(Person.name, name)) if name else query


def terms_of_people(village: Area, people: Sequence[Person]) -> dict[int, list[Appointment]]:
    """The terms of these people in a village, by person, the latest first."""
    terms: dict[int, list[Appointment]] = defaultdict(list)
    query = (
        select(Appointment)
        .join(Appointment.grid)
        .options(contains_eager(Appointment.grid))
        .where(Grid.village_id == village.id, Appointment.person_id.in_([person.id for person in people]))
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
    )
    for term in db.session.scalars(query):
        terms[term.person_id].append(term)
    return terms


def candidates(village: Area, duty: Duty) -> Sequence[Person]:
    """The people who can be appointed to a duty in a village.

    As worker its own people; as instructor whoever is of an agency. Instructors of the township are known
    where they serve or served.
    """
    has_held = (
        select(Appointment.id)
        .join(Appointment.grid)
        .where(Appointment.person_id == Person.id, Appointment.duty == duty, Grid.village_id == village.id)
        .exists()
    )
    own = Person.area_id == village.id
    fits = Person.agency.is_(None) if duty == Duty.WORKER else Person.agency.is_not(None)
    may = and_(own, or_(fits, has_held)) if duty == Duty.WORKER else or_(has_held, and_(own, fits))
    merged = exists().where(Merge.duplicate_id == Person.id)
    return db.session.scalars(select(Person).where(may, ~merged).order_by(Person.name, Person.id)).all()


def _terms_with_grid() -> Select[Appointment]:
    return (
        select(Appointment)
        .join(Appointment.grid)
        .options(contains_eager(Appointment.grid), joinedload(Appointment.person))
    )


def _terms_running_out(first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions for terms in open grids whose last day is one of these.

    Nobody ended, renewed or took them over.
    """
    return Grid.closed_on.is_(None), Appointment.ended_on.is_(None), Appointment.ends_on.between(first, last)
