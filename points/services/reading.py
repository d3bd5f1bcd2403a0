"""Service records as they are read: a village's, a worker's, those that wait, those a sheet counts."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from people.db import db
from people.models import Area, Person, User
from points import sheet
from points.models import Assessment, Service, ServiceState


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
