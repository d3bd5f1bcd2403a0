"""Visits to households (走访): written down once, who is due for one, and what was promised there.

What is said of a household stays in the visit. The audit trail has no line about it: the visit itself says
who wrote it down and when, and is not changed but by its follow-up, once.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from duties.households import finding
from duties.models import Step, Visit
from ground import clock
from ground.db import db, get_locked
from ground.refusal import Refused, check_repeated
from people.models import Area, Attention, Grid, Household, Person, User
from people.roster import persons
from points.models import Evidence, EvidenceKind, FedBy
from points.services import evidence, recording

# In how many days after a visit the next is due, by the county's rules: 重点户 weekly, 监测户 monthly, 一般户
# as needed.
DAYS = {Attention.PRIORITY: 7, Attention.WATCHED: 30}


def visit(
    key: str,
    household: Household,
    worker: Person,
    visited_on: date,
    steps: Collection[Step],
    seen: str,
    needs: str,
    follow_up: str,
    actor: User,
) -> Visit:
    """Write down a worker's visit to a household on a day (Asia/Shanghai); it counts by the rubric's rule.

    Sent twice with one key it is written down once. Refused `key_reused`, `in_future`, `moved_away` for a
    day on which they lived there no more, `nothing_said` when nothing is ticked and nothing written.
    """
    get_locked(Person, worker.id)  # one at a time for a worker, so a double click finds the first
    worker = persons.kept(worker)
    household = get_locked(Household, household.id)
    told = {
        "household_id": household.id,
        "worker_id": worker.id,
        "visited_on": visited_on,
        "steps": [step.value for step in Step if step in steps],
        "seen": seen.strip(),
        "needs": needs.strip(),
        "follow_up": follow_up.strip() or None,
    }
    made = db.session.scalar(select(Visit).where(Visit.key == key))
    if made is not None:
        check_repeated({name: getattr(made, name) for name in told}, told)
        return made
    if visited_on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "visited_on")
    if household.left_on is not None and visited_on >= household.left_on:
        raise Refused("moved_away", _("They lived there no more on that day."), "visited_on")
    if not (steps or told["seen"] or told["needs"] or told["follow_up"]):
        raise Refused("nothing_said", _("Tick what you did, or write what you saw."), "steps")
    return _add(key, household, told, actor)


def _add(key: str, household: Household, told: dict[str, object], actor: User) -> Visit:
    grid = household.grid
    made = Visit(
        evidence=Evidence(kind=EvidenceKind.VISIT),
        key=key,
        village_id=grid.village_id,
        grid_id=grid.id,
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
        **told,
    )
    db.session.add(made)
    db.session.flush()
    recording.of_record(
        FedBy.VISIT, made.evidence, made.worker, grid, made.visited_on, made.seen, actor, household
    )
    return made


def follow_up_done(visit: Visit, on: date, note: str, actor: User) -> Visit:
    """Write down that what was promised at a visit is done since a day, in a few words or none; once.

    The same sent twice changes nothing. Refused `no_follow_up`, `already_done`, `in_future`, `before_visit`.
    """
    visit, note = get_locked(Visit, visit.id), note.strip()
    if visit.follow_up is None:
        raise Refused("no_follow_up", _("Nothing was promised at this visit."))
    if visit.done_on is not None:
        if (visit.done_on, visit.done_note, visit.done_by_id) == (on, note, actor.id):
            return visit
        raise Refused("already_done", _("This was written down as done already."))
    if on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "on")
    if on < visit.visited_on:
        raise Refused("before_visit", _("The visit was later than that."), "on")
    visit.done_on, visit.done_note, visit.done_by_id = on, note, actor.id
    db.session.flush()
    return visit


# --- Who is due ---


class When(StrEnum):
    """When a household is to be visited, seen from today; the week ends on Sunday."""

    OVERDUE = "overdue"
    THIS_WEEK = "this_week"
    LATER = "later"
    AS_NEEDED = "as_needed"


@dataclass(frozen=True)
class Due:
    """A household, its last visit that counts, and from when on it is due for one; None: never by itself."""

    household: Household
    last_on: date | None
    due_on: date | None
    when: When


# The day of a household's last visit that counts: one look into an index for each household.
_LAST_ON = (
    select(Visit.visited_on)
    .where(Visit.household_id == Household.id, evidence.stands(Visit.id))
    .order_by(Visit.visited_on.desc())
    .limit(1)
    .correlate(Household)
    .scalar_subquery()
)


def due(grids: Collection[int], today: date) -> list[Due]:
    """The households that live in these grids (by id), who has been due longest first; those due never last.

    A household is due `DAYS` after its last visit, and never before its class began.
    """
    query = finding.found(grids, finding.Search()).add_columns(_LAST_ON.label("last_on"))
    found = [_due(household, last_on, today) for household, last_on in db.session.execute(query)]
    return sorted(found, key=lambda each: each.due_on or date.max)


def _due(household: Household, last_on: date | None, today: date) -> Due:
    classed = household.classes[-1]
    days = DAYS.get(classed.attention)
    if days is None:
        return Due(household, last_on, None, When.AS_NEEDED)
    due_on = max(classed.on, last_on + timedelta(days)) if last_on else classed.on
    sunday = today + timedelta(6 - today.weekday())
    when = When.OVERDUE if due_on < today else When.THIS_WEEK if due_on <= sunday else When.LATER
    return Due(household, last_on, due_on, when)


# --- As they are read ---


_SHOWN = (Visit.worker, Visit.recorded_by, Visit.done_by)


def listed(household: Household) -> Select[Visit]:
    """A household's visits, the latest first; for paging."""
    return (
        select(Visit)
        .options(*map(joinedload, _SHOWN))
        .where(Visit.household_id == household.id)
        .order_by(Visit.visited_on.desc(), Visit.id.desc())
    )


def open_follow_ups(village: Area, grids: Collection[int]) -> Sequence[Visit]:
    """What was promised to the households of these grids of a village and is not done yet, oldest first.

    A promise goes with its household to another grid, and ends with a visit that was rejected.
    """
    ours = select(Grid.id).where(Grid.village_id == village.id)
    return db.session.scalars(
        select(Visit)
        .join(Visit.household)
        .options(joinedload(Visit.household).joinedload(Household.grid), joinedload(Visit.worker))
        .where(
            Visit.follow_up.is_not(None),
            Visit.done_on.is_(None),
            Visit.grid_id.in_(ours),
            Household.grid_id.in_(grids),
            evidence.stands(Visit.id),
        )
        .order_by(Visit.visited_on, Visit.id)
    ).all()
