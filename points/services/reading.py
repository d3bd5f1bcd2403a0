"""Service records as they are read: a village's, a worker's, those that wait, those a sheet counts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from ground.db import db
from people.models import Area, Person, User
from points.assessment import sheet
from points.models import Assessment, Service, ServiceState


@dataclass(frozen=True)
class Search:
    """What is looked for; whatever is left out does not narrow. Grid, worker and the records `among` which
    to look are given by their ids; `likeness` is the fingerprint of what was written."""

    state: ServiceState | None = None
    worker: int | None = None
    grid: int | None = None
    likeness: str | None = None
    among: Collection[int] | None = None


def listed(village: Area, search: Search) -> Select[Service]:
    """The village's records that fit, the latest day first; for paging."""
    wanted = {
        Service.state: search.state,
        Service.worker_id: search.worker,
        Service.grid_id: search.grid,
        Service.likeness: search.likeness,
    }
    shown = (Service.worker, Service.grid, Service.item, Service.recorded_by, Service.decided_by)
    query = (
        select(Service)
        .options(*map(joinedload, (*shown, Service.household, Service.evidence, Service.resubmits)))
        .where(
            Service.village_id == village.id,
            *(column == value for column, value in wanted.items() if value is not None),
        )
    )
    if search.among is not None:
        query = query.where(Service.id.in_(search.among))
    return query.order_by(Service.done_on.desc(), Service.id.desc())


def handed_in_again(services: Iterable[Service]) -> dict[int, int]:
    """By the id of each rejected record among these that was handed in again, the id of the new one."""
    rejected = [service.id for service in services if service.state == ServiceState.REJECTED]
    if not rejected:
        return {}
    query = select(Service.resubmits_id, Service.id).where(Service.resubmits_id.in_(rejected))
    return {old: new for old, new in db.session.execute(query) if old is not None}


def of_worker(village: Area, person: Person) -> Select[Service]:
    """A worker's own records, the latest day first; for paging."""
    return listed(village, Search(worker=person.id))


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
        .options(*map(joinedload, (Service.item, Service.recorded_by, Service.decided_by, Service.evidence)))
        .where(sheet.is_counted(assessment), Service.worker_id == worker.id)
        .order_by(Service.done_on, Service.id)
    ).all()
