"""Service records (服务记录): recorded once, confirmed by a second person, or rejected with a reason."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from people import clock
from people.clock import Quarter
from people.db import db, get_locked
from people.models import Area, Person, User
from people.refused import Refused, check_repeated, stated
from people.roster import holders, persons
from points import rubrics, sheet
from points.models import Assessment, RubricItem, Service, ServiceState

MOST_AT_ONCE = 999


def record(
    key: str, worker: Person, item: RubricItem, done_on: date, count: int, note: str, actor: User
) -> Service:
    """Record a worker's service on a day (Asia/Shanghai); it waits for a second person.

    Sent twice with one key it is recorded once. For an entry that was merged it counts for the one that was
    kept, which also has the terms of the other. Refused `key_reused`, `in_future`, `bad_count` (1 to 999),
    `not_serving` outside the worker's term, `not_in_rubric` when the item is not of the version that scores
    that day's quarter.
    """
    get_locked(Person, worker.id)  # one at a time for a worker, so a double click finds the first
    worker = persons.kept(worker)
    made = db.session.scalar(select(Service).where(Service.key == key))
    if made is not None:
        check_repeated(
            (made.worker_id, made.item_id, made.done_on, made.count), (worker.id, item.id, done_on, count)
        )
        return made
    if done_on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "done_on")
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused("bad_count", _("How often must be a number from 1 to %(n)s.", n=MOST_AT_ONCE), "count")
    served = (holders.serves_on(ident, done_on) for ident in persons.selves(worker))
    term = next((term for term in served if term), None)
    if term is None:
        raise Refused("not_serving", _("%(name)s did not serve on that day.", name=worker.name), "done_on")
    rubric = rubrics.in_force(worker.area, Quarter.of(done_on))
    if rubric is None or item.rubric_id != rubric.id:
        raise Refused("not_in_rubric", _("This item is not in the rubric that scores that day."), "item")
    service = Service(
        key=key,
        village_id=worker.area_id,
        worker_id=worker.id,
        grid_id=term.grid_id,
        item_id=item.id,
        done_on=done_on,
        count=count,
        note=note.strip(),
        recorded_by_id=actor.id,
        recorded_at=clock.now(),
        state=ServiceState.RECORDED,
    )
    db.session.add(service)
    db.session.flush()
    return service


def confirm(service: Service, actor: User) -> Service:
    """Confirm as the second person; again by the same person changes nothing.

    Refused `same_person` for who recorded it, `own_service` for the worker, `already_decided`.
    """
    service = get_locked(Service, service.id)
    if actor.id == service.recorded_by_id:
        raise Refused("same_person", _("You recorded this yourself. Somebody else confirms it."))
    if actor.person_id == service.worker_id:
        raise Refused("own_service", _("Nobody confirms their own service."))
    return _decide(service, ServiceState.CONFIRMED, None, actor)


def reject(service: Service, reason: str, actor: User) -> Service:
    """Reject a record with a reason (who recorded it may take it back this way).

    Refused `reason_missing`, `already_decided`.
    """
    reason = stated(reason)
    return _decide(get_locked(Service, service.id), ServiceState.REJECTED, reason, actor)


def _decide(service: Service, state: ServiceState, reason: str | None, actor: User) -> Service:
    if service.state == state and service.decided_by_id == actor.id:
        return service
    if service.state != ServiceState.RECORDED:
        raise Refused("already_decided", _("Somebody has decided this record already."))
    service.state = state
    service.decided_by_id = actor.id
    service.decided_at = clock.now()
    service.decision = reason
    db.session.flush()
    return service


def listed(village: Area, state: ServiceState | None = None, worker: Person | None = None) -> Select[Service]:
    """The village's records, the latest day first; for paging."""
    shown = (Service.worker, Service.grid, Service.item, Service.recorded_by, Service.decided_by)
    query = select(Service).options(*map(joinedload, shown)).where(Service.village_id == village.id)
    if state is not None:
        query = query.where(Service.state == state)
    if worker is not None:
        query = query.where(Service.worker_id == worker.id)
    return query.order_by(Service.done_on.desc(), Service.id.desc())


def waiting(village: Area, decider: User | None = None) -> int:
    """How many records wait for a second person; with a decider, those that wait for them to decide."""
    query = (
        select(func.count())
        .select_from(Service)
        .where(Service.village_id == village.id, Service.state == ServiceState.RECORDED)
    )
    if decider is not None:
        query = query.where(Service.recorded_by_id != decider.id)
    return db.session.scalar(query) or 0


def counted_in(assessment: Assessment, worker: Person) -> Sequence[Service]:
    """The records that an assessment counts for a worker, by day."""
    return db.session.scalars(
        select(Service)
        .where(sheet.is_counted(assessment), Service.worker_id == worker.id)
        .order_by(Service.done_on, Service.id)
    ).all()
