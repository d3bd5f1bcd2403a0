"""Gatherings of a grid's households (集中学法、学政策、议事): written down once, and counted by the month.

They are nobody's secret: whoever watches a village may read them.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from duties.models import Gathering, GatheringKind
from ground import clock, days
from ground.db import db, lock
from ground.refusal import Refused, check_repeated
from people.models import Area, Grid, Person, User
from people.roster import persons
from points.models import Evidence, EvidenceKind, FedBy
from points.services import evidence, recording

# By the county's rules each grid holds at least so many a month.
GATHERINGS_A_MONTH = 3

MOST_PRESENT = 9999


def record_gathering(
    key: str,
    grid: Grid,
    worker: Person,
    held_on: date,
    kind: GatheringKind,
    topic: str,
    present: int,
    note: str,
    actor: User,
) -> Gathering:
    """Write down a gathering that a worker held in a grid on a day (Asia/Shanghai), and how many came.

    It counts by the rubric's rule. Sent twice with one key it is written down once. Refused `key_reused`,
    `bad_day`, `in_future`, `topic_missing`, `bad_count` (1 to 9999 people).
    """
    lock(worker)  # one at a time for a worker, so a double click finds the first
    worker = persons.current_entry(worker)
    values = {
        "grid_id": grid.id,
        "worker_id": worker.id,
        "held_on": held_on,
        "kind": kind,
        "topic": topic.strip(),
        "present": present,
        "note": note.strip(),
    }
    gathering = db.session.scalar(select(Gathering).where(Gathering.key == key))
    if gathering is not None:
        check_repeated({name: getattr(gathering, name) for name in values}, values)
        return gathering
    days.HAPPENED.check(held_on, "held_on")
    if not values["topic"]:
        raise Refused("topic_missing", _("Write down what it was about."), "topic")
    if not 1 <= present <= MOST_PRESENT:
        raise Refused(
            "bad_count", _("How many came must be a number from 1 to %(n)s.", n=MOST_PRESENT), "present"
        )
    gathering = Gathering(
        evidence=Evidence(kind=EvidenceKind.GATHERING),
        key=key,
        village_id=grid.village_id,
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
        **values,
    )
    db.session.add(gathering)
    db.session.flush()
    text = f"{gathering.topic} {gathering.note}"
    recording.record_from_evidence(FedBy.GATHERING, gathering.evidence, worker, grid, held_on, text, actor)
    return gathering


def month_counts(grids: Collection[int], today: date) -> Counter[int]:
    """The number of gatherings in today's month that were not rejected, for each of these grids (by id)."""
    first = today.replace(day=1)
    after = (first + timedelta(31)).replace(day=1)
    rows = db.session.execute(
        select(Gathering.grid_id, func.count())
        .where(
            Gathering.grid_id.in_(grids),
            Gathering.held_on >= first,
            Gathering.held_on < after,
            evidence.is_not_rejected(Gathering.id),
        )
        .group_by(Gathering.grid_id)
    )
    return Counter(dict(iter(rows)))


@dataclass(frozen=True)
class HeldGathering:
    """A gathering that counts: in which grid, on which day, and how many people were there."""

    grid_id: int
    held_on: date
    present: int


def held_between(village: Area, first: date, last: date) -> list[HeldGathering]:
    """The gatherings of a village on these days, without those that were rejected."""
    rows = db.session.execute(
        select(Gathering.grid_id, Gathering.held_on, Gathering.present).where(
            Gathering.village_id == village.id,
            Gathering.held_on.between(first, last),
            evidence.is_not_rejected(Gathering.id),
        )
    )
    return [HeldGathering(*row) for row in rows]


def gatherings_of(village: Area, grids: Collection[int] | None = None) -> Select[Gathering]:
    """A village's gatherings, or only those of these grids (by id), the latest first; for paging."""
    query = (
        select(Gathering)
        .options(*map(joinedload, (Gathering.grid, Gathering.worker, Gathering.recorded_by)))
        .where(Gathering.village_id == village.id)
        .order_by(Gathering.held_on.desc(), Gathering.id.desc())
    )
    return query if grids is None else query.where(Gathering.grid_id.in_(grids))
