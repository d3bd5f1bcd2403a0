"""Visits to households (走访): written down once, who is due for one, and follow-ups.

A household's class says in how many days after its last visit the next is due. What a visit left to be done
is its follow-up, open until it is done.

What is said of a household stays in the visit. The audit trail has no line about it: the visit itself says
who wrote it down and when, and is not changed but by its follow-up, once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, lazyload, load_only

from duties.households import listing
from duties.models import Visit, VisitStep
from ground import clock, days
from ground.db import among, db, lock
from ground.refusal import Refused, check_repeated
from people.models import Area, Attention, Grid, Household, HouseholdClass, Person, User
from people.roster import persons
from points.models import Evidence, EvidenceKind, FedBy
from points.services import evidence, recording

# In how many days after a visit the next is due, by the county's rules: 重点户 weekly, 监测户 monthly, 一般户
# as needed.
DAYS_BETWEEN_VISITS = {Attention.PRIORITY: 7, Attention.WATCHED: 30}


def record_visit(
    key: str,
    household: Household,
    worker: Person,
    visited_on: date,
    steps: Collection[VisitStep],
    seen: str,
    needs: str,
    follow_up: str,
    actor: User,
) -> Visit:
    """Write down a worker's visit to a household on a day (Asia/Shanghai); it counts by the rubric's rule.

    Sent twice with one key it is written down once. Refused `key_reused`, `bad_day`, `in_future`,
    `moved_away` for a day on which they lived there no more, `nothing_said` when nothing is ticked and
    nothing written.
    """
    lock(worker)  # one at a time for a worker, so a double click finds the first
    worker = persons.current_entry(worker)
    lock(household)
    values = {
        "household_id": household.id,
        "worker_id": worker.id,
        "visited_on": visited_on,
        "steps": [step.value for step in VisitStep if step in steps],
        "seen": seen.strip(),
        "needs": needs.strip(),
        "follow_up": follow_up.strip() or None,
    }
    visit = db.session.scalar(select(Visit).where(Visit.key == key))
    if visit is not None:
        check_repeated({name: getattr(visit, name) for name in values}, values)
        return visit
    days.HAPPENED.check(visited_on, "visited_on")
    if household.left_on is not None and (household.is_retired or visited_on >= household.left_on):
        raise Refused("moved_away", _("They lived there no more on that day."), "visited_on")
    if not (steps or values["seen"] or values["needs"] or values["follow_up"]):
        raise Refused("nothing_said", _("Tick what you did, or write what you saw."), "steps")
    return _add_visit(key, household, values, actor)


def _add_visit(key: str, household: Household, values: dict[str, object], actor: User) -> Visit:
    grid = household.grid
    visit = Visit(
        evidence=Evidence(kind=EvidenceKind.VISIT),
        key=key,
        village_id=grid.village_id,
        grid_id=grid.id,
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
        **values,
    )
    db.session.add(visit)
    db.session.flush()
    recording.record_from_evidence(
        FedBy.VISIT, visit.evidence, visit.worker, grid, visit.visited_on, visit.seen, actor, household
    )
    return visit


def complete_follow_up(visit: Visit, on: date, note: str, actor: User) -> Visit:
    """Write down that what was promised at a visit is done since a day, in a few words or none; once.

    The same sent twice changes nothing. Refused `no_follow_up`, `already_done`, `bad_day`, `in_future`,
    `before_visit`.
    """
    lock(visit)
    note = note.strip()
    if visit.follow_up is None:
        raise Refused("no_follow_up", _("Nothing was promised at this visit."))
    if visit.done_on is not None:
        if (visit.done_on, visit.done_note, visit.done_by_id) == (on, note, actor.id):
            return visit
        raise Refused("already_done", _("This was written down as done already."))
    days.HAPPENED.check(on, "on")
    if on < visit.visited_on:
        raise Refused("before_visit", _("The visit was later than that."), "on")
    visit.done_on, visit.done_note, visit.done_by_id = on, note, actor.id
    db.session.flush()
    return visit


# --- Who is due ---


class DueWhen(StrEnum):
    """When a household is to be visited, seen from today; the week ends on Sunday."""

    OVERDUE = "overdue"
    THIS_WEEK = "this_week"
    LATER = "later"
    AS_NEEDED = "as_needed"


PRESSING = (DueWhen.OVERDUE, DueWhen.THIS_WEEK)


@dataclass(frozen=True)
class VisitDue:
    """A household with its class, its last visit that counts, and the day from which the next is due.

    `due_on` is None for a household that is never due by itself.
    """

    household: Household
    attention: Attention
    last_on: date | None
    due_on: date | None
    due_when: DueWhen


# The day of a household's last visit that counts: one look into an index for each household.
_LAST_ON = (
    select(Visit.visited_on)
    .where(Visit.household_id == Household.id, evidence.is_not_rejected(Visit.id))
    .order_by(Visit.visited_on.desc())
    .limit(1)
    .correlate(Household)
    .scalar_subquery()
)


# Of several hundred households no more than what a line says of one.
_NAMED_HOMES = (
    load_only(Household.grid_id, Household.number, Household.head, Household.house),
    lazyload(Household.classes),
    contains_eager(Household.grid).load_only(Grid.village_id, Grid.code, Grid.name),
)


def visits_due(grids: Collection[int], today: date) -> list[VisitDue]:
    """The households of these grids (by id) with their next visits, the longest due first.

    Those never due by themselves come last. A household is due `DAYS_BETWEEN_VISITS` after its last visit,
    and never before its class began.
    """
    query = (
        listing.search_households(grids, listing.HouseholdSearch())
        .options(*_NAMED_HOMES)
        .join(HouseholdClass, HouseholdClass.id == listing.LATEST_CLASS)
        .add_columns(HouseholdClass.attention, HouseholdClass.on, _LAST_ON.label("last_on"))
    )
    due_visits = []
    for household, attention, classed_on, last_on in db.session.execute(query):
        due_on = _due_on(attention, classed_on, last_on)
        due_visits.append(VisitDue(household, attention, last_on, due_on, _when(due_on, today)))
    return sorted(due_visits, key=lambda due_visit: due_visit.due_on or date.max)


def pressing_days(grids: Collection[int], today: date) -> list[date]:
    """The days from which those households of these grids are due that wait by Sunday, the earliest first.

    As `visits_due` says, where it is only counted: no household is read for it.
    """
    rows = db.session.execute(
        select(HouseholdClass.attention, HouseholdClass.on, _LAST_ON)
        .join(Household, HouseholdClass.household_id == Household.id)
        .where(
            HouseholdClass.id == listing.LATEST_CLASS,
            HouseholdClass.attention.in_(DAYS_BETWEEN_VISITS),
            Household.grid_id.in_(grids),
            Household.left_on.is_(None),
        )
    )
    due_days = (_due_on(attention, classed_on, last_on) for attention, classed_on, last_on in rows)
    return sorted(day for day in due_days if day and _when(day, today) in PRESSING)


@dataclass(frozen=True)
class DueCount:
    """The number of households that wait for a visit by Sunday, and of those among them that are overdue."""

    waiting: int
    overdue: int


def due_by_village(villages: Collection[int], today: date) -> dict[int, DueCount]:
    """How many households of each of these villages (by id) wait for a visit; without one it is left out.

    As `pressing_days` says, for many villages in one statement, and also as it was on a day that is over. A
    visit so long ago that every class is due again is not looked for.
    """
    yesterday, sunday = today - timedelta(1), _sunday(today)
    visited = (
        select(Visit.household_id, func.max(Visit.visited_on).label("last_on"))
        .where(*that_count(villages, yesterday - timedelta(max(DAYS_BETWEEN_VISITS.values())), today))
        .group_by(Visit.household_id)
        .subquery()
    )

    def is_due_by(day: date) -> ColumnElement[bool]:
        last_days = {attention: day - timedelta(days) for attention, days in DAYS_BETWEEN_VISITS.items()}
        is_visited = visited.c.last_on > case(last_days, value=HouseholdClass.attention)
        return and_(HouseholdClass.on <= day, or_(visited.c.last_on.is_(None), ~is_visited))

    rows = db.session.execute(
        select(Grid.village_id, func.count(), func.count().filter(is_due_by(yesterday)))
        .select_from(HouseholdClass)
        .join(Household, HouseholdClass.household_id == Household.id)
        .join(Household.grid)
        .outerjoin(visited, visited.c.household_id == Household.id)
        .where(
            listing.is_latest_class(today),
            HouseholdClass.attention.in_(DAYS_BETWEEN_VISITS),
            among(Grid.village_id, villages),
            HouseholdClass.on <= today,
            or_(Household.left_on.is_(None), Household.left_on > today),
            is_due_by(sunday),
        )
        .group_by(Grid.village_id)
    )
    return {village_id: DueCount(waiting, overdue) for village_id, waiting, overdue in rows}


def _due_on(attention: Attention, classed_on: date, last_on: date | None) -> date | None:
    """The day from which a household is due: of a class from a day on, visited last on another."""
    days = DAYS_BETWEEN_VISITS.get(attention)
    if days is None:
        return None
    return max(classed_on, last_on + timedelta(days)) if last_on else classed_on


def _when(due_on: date | None, today: date) -> DueWhen:
    if due_on is None:
        return DueWhen.AS_NEEDED
    if due_on < today:
        return DueWhen.OVERDUE
    return DueWhen.THIS_WEEK if due_on <= _sunday(today) else DueWhen.LATER


def _sunday(today: date) -> date:
    """The last day of this week."""
    return today + timedelta(6 - today.weekday())


# --- As they are read ---


def that_count(villages: Collection[int], first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The query conditions for the visits in these villages (by id) that count, on these days."""
    return (
        among(Visit.village_id, villages),
        Visit.visited_on.between(first, last),
        evidence.is_not_rejected_in(Visit.id, villages),
    )


def count_done(villages: Collection[int], first: date, last: date) -> int:
    """The number of visits in these villages (by id) on these days, without those that were rejected."""
    return db.session.scalar(select(func.count(Visit.id)).where(*that_count(villages, first, last))) or 0


def count_households(villages: Collection[int], first: date, last: date) -> int:
    """The number of households in these villages (by id) to which such visits went."""
    visited = select(func.count(Visit.household_id.distinct())).where(*that_count(villages, first, last))
    return db.session.scalar(visited) or 0


_NAMED_PEOPLE = (Visit.worker, Visit.recorded_by, Visit.done_by)


def visits_of(household: Household) -> Select[Visit]:
    """A household's visits, the latest first; for paging."""
    return (
        select(Visit)
        .options(*map(joinedload, _NAMED_PEOPLE))
        .where(Visit.household_id == household.id)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
    )


def open_follow_ups(village: Area, grids: Collection[int]) -> Sequence[Visit]:
    """The open follow-ups of the households in these grids of a village, oldest first.

    A follow-up goes with its household to another grid, and ends with a visit that was rejected.
    """
    village_grids = select(Grid.id).where(Grid.village_id == village.id)
    return db.session.scalars(
        select(Visit)
        .join(Visit.household)
        .options(
            joinedload(Visit.household).options(joinedload(Household.grid), lazyload(Household.classes)),
            joinedload(Visit.worker),
        )
        .where(
            Visit.follow_up.is_not(None),
            Visit.done_on.is_(None),
            Visit.grid_id.in_(village_grids),
            Household.grid_id.in_(grids),
            evidence.is_not_rejected(Visit.id),
        )
        .order_by(Visit.visited_on, Visit.id)
    ).all()
