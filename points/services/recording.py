"""Recording a service (服务记录): claimed, come of a record, or handed in again after a rejection."""

import hashlib
import re
import unicodedata
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground import clock, days
from ground.clock import Quarter
from ground.db import db, lock
from ground.refusal import Refused, check_repeated
from people.models import Appointment, Grid, Household, Person, User
from people.roster import holders, persons
from people.signin import sessions
from points.models import Activity, Deduction, Evidence, FedBy, RubricItem, Service, ServiceState
from points.rubrics import versions

MOST_TIMES = 999

# Texts of fewer characters than this are alike without anybody having copied them.
SHORTEST_LIKENESS_CHARACTERS = 8


def record(
    key: str,
    worker: Person,
    item: RubricItem,
    done_on: date,
    count: int,
    note: str,
    actor: User,
    household: Household | None = None,
    deduction: Deduction | None = None,
    activity: Activity | None = None,
) -> Service:
    """Record what a worker did on a day (Asia/Shanghai), maybe for a household; a second person decides.

    Sent twice with one key it is recorded once. For an entry that was merged it counts for the one that was
    kept. A day outside the worker's term is taken, and whoever confirms is told. Refused `key_reused`,
    `bad_day`, `in_future`, `bad_count` (1 to 999), `not_serving` for who never served, `not_in_rubric` when
    the item is not of the version that scores that day's quarter, `needs_record` when it is fed by records,
    `is_deduction` when it takes points: that is proposed by `deductions.propose`, which says what shows it.
    """
    lock(worker)  # one at a time for a worker, so a double click finds the first
    worker = persons.current_entry(worker)
    existing = _service_with_key(key)
    if existing is not None:
        check_repeated(
            (existing.worker_id, existing.item_id, existing.done_on, existing.count),
            (worker.id, item.id, done_on, count),
        )
        return existing
    _check_day_and_count(done_on, count)
    rubric = versions.in_force(worker.area, Quarter.of(done_on))
    if rubric is None or item.rubric_id != rubric.id:
        raise Refused("not_in_rubric", _("This item is not in the rubric that scores that day."), "item")
    if item.source != FedBy.CLAIM:
        raise Refused("needs_record", _("This counts by its record: write down the visit itself."), "item")
    grid_id = _grid_id(worker, done_on)
    return _add(key, worker, grid_id, item, done_on, count, note, actor, household, deduction, activity)


def record_from_evidence(
    source: FedBy,
    evidence: Evidence,
    worker: Person,
    grid: Grid,
    done_on: date,
    text: str,
    actor: User,
    household: Household | None = None,
) -> Service | None:
    """Record one service for a record, if that day's rubric has an item for its source.

    It counts once, however often it is asked. `text` is what was written there, to find copies; it stays
    where it is. Returns None when no item is fed by such records.
    """
    worker = persons.current_entry(worker)
    existing = service_of_evidence(evidence)
    rubric = versions.in_force(worker.area, Quarter.of(done_on))
    if existing is not None or rubric is None:
        return existing
    item = next((item for item in rubric.items if item.source == source), None)
    if item is None:
        return None
    rejected = db.session.scalar(select(func.count()).where(Service.evidence_id == evidence.id))
    key = f"record:{evidence.id}:{rejected}" if rejected else f"record:{evidence.id}"
    service = _add(key, worker, grid.id, item, done_on, 1, "", actor, household)
    service.evidence, service.likeness = evidence, likeness(text)
    db.session.flush()
    return service


def resubmit(key: str, rejected: Service, done_on: date, count: int, note: str, actor: User) -> Service:
    """Hand a rejected record in again, linked to it, with a better day, count or note; once.

    What came of a record keeps its day and count. Refused `not_rejected`, `already_resubmitted`,
    `from_record`, `key_reused`, `is_deduction`, and as `record` says.
    """
    lock(rejected)
    existing = _service_with_key(key)
    if existing is not None:
        check_repeated(
            (existing.resubmits_id, existing.done_on, existing.count), (rejected.id, done_on, count)
        )
        return existing
    if rejected.state != ServiceState.REJECTED:
        raise Refused("not_rejected", _("This record was not rejected."))
    if rejected.resubmitted is not None or (rejected.evidence and service_of_evidence(rejected.evidence)):
        raise Refused("already_resubmitted", _("This record was handed in again already."))
    if rejected.evidence and (done_on, count) != (rejected.done_on, rejected.count):
        raise Refused("from_record", _("Day and count stand in the record itself."), "done_on")
    _check_day_and_count(done_on, count)
    rubric = versions.in_force(rejected.worker.area, Quarter.of(done_on))
    if rubric is None or rejected.item.rubric_id != rubric.id:
        raise Refused("not_in_rubric", _("This item is not in the rubric that scores that day."), "done_on")
    worker = persons.current_entry(rejected.worker)
    grid = rejected.grid_id if rejected.evidence else _grid_id(worker, done_on)
    service = _add(key, worker, grid, rejected.item, done_on, count, note, actor, rejected.household)
    service.evidence, service.resubmits_id = rejected.evidence, rejected.id
    db.session.flush()
    db.session.expire(rejected, ["resubmitted"])
    return service


def service_of_evidence(evidence: Evidence) -> Service | None:
    """The service that came of a record and was not rejected, or None."""
    return db.session.scalar(
        select(Service).where(Service.evidence_id == evidence.id, Service.state != ServiceState.REJECTED)
    )


def term_on(worker: Person, day: date) -> Appointment | None:
    """The term under which somebody serves as a worker on a day, through whichever of their entries."""
    served = (holders.term_on_day(ident, day) for ident in persons.entry_ids(worker))
    return next((term for term in served if term), None)


def likeness(text: str) -> str | None:
    """A fingerprint (16 hexadecimal digits) of what a text says; None for one too short to be a copy."""
    letters = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())
    return (
        hashlib.sha256(letters.encode()).hexdigest()[:16]
        if len(letters) >= SHORTEST_LIKENESS_CHARACTERS
        else None
    )


def _service_with_key(key: str) -> Service | None:
    return db.session.scalar(select(Service).where(Service.key == key))


def _check_day_and_count(done_on: date, count: int) -> None:
    days.HAPPENED.check(done_on, "done_on")
    if not 1 <= count <= MOST_TIMES:
        raise Refused("bad_count", _("How often must be a number from 1 to %(n)s.", n=MOST_TIMES), "count")


def _grid_id(worker: Person, day: date) -> int:
    """The id of a service's grid: of the term on that day, or of the latest. Refused `not_serving`."""
    term = term_on(worker, day)
    if term is not None:
        return term.grid_id
    latest = holders.latest_worker_term(persons.entry_ids(worker), clock.today())
    if latest is None:
        raise Refused("not_serving", _("%(name)s never served as a worker.", name=worker.name), "worker")
    return latest.grid_id


def _add(
    key: str,
    worker: Person,
    grid_id: int,
    item: RubricItem,
    done_on: date,
    count: int,
    note: str,
    actor: User,
    household: Household | None,
    deduction: Deduction | None = None,
    activity: Activity | None = None,
) -> Service:
    """Write a record down; every one comes by here. Refused `is_deduction`."""
    if item.points < 0 and deduction is None:
        raise Refused("is_deduction", _("A deduction is no service. Propose it under Deductions."), "item")
    service = Service(
        key=key,
        village_id=worker.area_id,
        worker_id=worker.id,
        grid_id=grid_id,
        item_id=item.id,
        done_on=done_on,
        count=count,
        note=note.strip(),
        likeness=None if deduction else likeness(note),
        household_id=household.id if household else None,
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
        device_mark=sessions.mark_here() if persons.is_sign_in_of(actor, worker) else None,
        state=ServiceState.RECORDED,
        deduction=deduction,
        activity_id=activity.id if activity else None,
    )
    db.session.add(service)
    db.session.flush()
    return service
