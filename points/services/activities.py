"""Activities of many (多人活动): written down once, with an ordinary record for each who was there.

A second person confirms them in one step (`together`), or rejects them all with one reason.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock, names
from ground.db import db, lock_all
from ground.refusal import Refused, check_repeated, required_reason
from people import cards
from people.models import Area, Person, User
from people.roster import persons
from people.roster.holders import WorkerInGrid
from points.models import Activity, RubricItem, Service, ServiceState
from points.services import deciding, flags, recording

# What one press confirms; more than any village has workers.
MOST_WORKERS = flags.MOST_RECORDS

# Between the names of a list, and before each of them: its number there.
_BETWEEN_NAMES = re.compile(r"[\n\r\t、,，;；]+")
_NUMBERING = re.compile(r"(?:[(（]\d{1,3}[)）]|(?:^|(?<=[\s、，,;；]))\d+)[、.．)）:：]*|[①-⒛]")
# What stands in brackets behind a name: 组长, a telephone.
_REMARK = re.compile(r"[(（](?!\d{1,3}[)）])[^()（）]*[)）]")


def record(
    key: str,
    village: Area,
    item: RubricItem,
    done_on: date,
    count: int,
    note: str,
    workers: Collection[Person],
    actor: User,
) -> Activity:
    """Record that these workers of a village did something on a day (Asia/Shanghai), each `count` times.

    All of them, or nobody. Sent twice with one key it is recorded once. For an entry that was merged it
    counts for the one that was kept. Refused `nobody_there`, `too_many_workers` (300 at most),
    `key_reused`, and as `recording.record` is for any of them.
    """
    if not workers:
        raise Refused("nobody_there", _("Tick who was there."), "here")
    if len(workers) > MOST_WORKERS:
        text = _("That is too many at once: %(n)s at most.", n=MOST_WORKERS)
        raise Refused("too_many_workers", text, "here")
    entries = persons.current_entries(workers)
    there = lock_all(Person, {entry.id for entry in entries.values()})
    existing = db.session.scalar(select(Activity).where(Activity.key == key))
    if existing is not None:
        check_repeated(
            (existing.village_id, existing.item_id, existing.done_on, _times(existing)),
            (village.id, item.id, done_on, {(worker.id, count) for worker in there}),
        )
        return existing
    activity = Activity(
        key=key,
        village_id=village.id,
        item_id=item.id,
        done_on=done_on,
        note=note.strip(),
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
    )
    db.session.add(activity)
    db.session.flush()
    for worker in there:
        recording.record(f"{key}:{worker.id}", worker, item, done_on, count, note, actor, activity=activity)
    return activity


def _times(activity: Activity) -> set[tuple[int, int]]:
    """Who was there, by id, and how often each."""
    of_activity = select(Service.worker_id, Service.count).where(Service.activity_id == activity.id)
    return {(worker_id, count) for worker_id, count in db.session.execute(of_activity)}


def records_of(activity: Activity) -> Sequence[Service]:
    """The records of an activity, in the order of its workers' entries."""
    return db.session.scalars(
        select(Service).where(Service.activity_id == activity.id).order_by(Service.worker_id)
    ).all()


def reject(activity: Activity, reason: str, actor: User) -> list[Service]:
    """Reject all records of an activity that still wait, with a reason; return them.

    Who recorded it may take it back this way. Refused `reason_missing`, `already_decided` when none waits.
    """
    reason = required_reason(reason)
    ids = select(Service.id).where(Service.activity_id == activity.id, Service.state == ServiceState.RECORDED)
    waiting = lock_all(Service, db.session.scalars(ids).all(), state=ServiceState.RECORDED)
    if not waiting:
        raise Refused("already_decided", _("Somebody has decided these records already."))
    return [deciding.reject(service, reason, actor) for service in waiting]


# --- Who was there ---


@dataclass(frozen=True)
class ReadNames:
    """Whom the names of a list mean, by id; and the names that mean nobody or several, each with why."""

    found_ids: list[int]
    left: list[tuple[str, Any]]


def read_names(text: str, workers: Sequence[WorkerInGrid]) -> ReadNames:
    """Read a list of names, one a line or divided by 、 or a comma, of these workers.

    Between known names a space divides too; the numbers before them on paper do not count, nor what stands
    in brackets behind them. A name that two of them bear finds neither.
    """
    by_name: dict[str, dict[int, str]] = defaultdict(dict)
    for worker in workers:
        by_name[names.folded(worker.name)].setdefault(worker.person_id, worker.grid)
    found: dict[int, None] = {}
    left: dict[str, Any] = {}
    for name in _names_in(text, by_name):
        matches = by_name.get(names.folded(name), {})
        if len(matches) == 1:
            found |= dict.fromkeys(matches)
        elif matches:
            left[name] = _(
                "Several are called %(name)s: %(grids)s. Tick who was there, and take the name out.",
                name=name,
                grids="、".join(matches.values()),
            )
        else:
            left[name] = _("No worker here is called %(name)s.", name=name)
    return ReadNames(list(found), list(left.items()))


def _names_in(text: str, known: Collection[str]) -> Iterator[str]:
    """The names in a text; `known` are folded. 张 三 is one name, 张三 李四 are two if one is known."""
    for part in _BETWEEN_NAMES.split(_NUMBERING.sub("\n", _REMARK.sub("", text))):
        name, words = names.kept(part), part.split()
        if names.folded(name) not in known and any(names.folded(word) in known for word in words):
            yield from words
        elif name:
            yield name


def read_card(scanned: str, village: Area, workers: Sequence[WorkerInGrid]) -> Person:
    """Who holds the card that was scanned or typed, one of these workers.

    Refused as `cards.find_good` is, and `not_serving` for somebody else.
    """
    holder = persons.current_entry(cards.find_good(scanned, village).person)
    if all(worker.person_id != holder.id for worker in workers):
        raise Refused("not_serving", _("%(name)s does not serve here.", name=holder.name), "scan")
    return holder
