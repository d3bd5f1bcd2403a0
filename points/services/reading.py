"""Queries for service records: a village's, a worker's, those that wait, those a sheet counts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from ground.db import db
from people.models import Area, Person, User
from points.assessment import sheet
from points.models import Assessment, Service, ServiceState


@dataclass(frozen=True)
class ServiceSearch:
    """A search for service records; whatever is left out does not narrow it.

    `worker`, `grid` and the records `among` which to look are given by their ids; `likeness` is the
    fingerprint of what was written.
    """

    state: ServiceState | None = None
    worker: int | None = None
    grid: int | None = None
    likeness: str | None = None
    service_ids: Collection[int] | None = None


def search_services(village: Area, search: ServiceSearch) -> Select[Service]:
    """The village's records that fit, the latest day first; for paging. Deductions are read in theirs."""
    conditions = {
        Service.state: search.state,
        Service.worker_id: search.worker,
        Service.grid_id: search.grid,
        Service.likeness: search.likeness,
    }
    related = (Service.worker, Service.grid, Service.item, Service.recorded_by, Service.decided_by)
    query = (
        select(Service)
        .options(*map(joinedload, (*related, Service.household, Service.evidence, Service.resubmits)))
        .options(joinedload(Service.assessment), selectinload(Service.undone))
        .where(
            Service.village_id == village.id,
            ~Service.deduction.has(),
            *(column == value for column, value in conditions.items() if value is not None),
        )
    )
    if search.service_ids is not None:
        query = query.where(Service.id.in_(search.service_ids))
    return query.order_by(Service.done_on.desc(), Service.id.desc())


def resubmitted_ids(services: Iterable[Service]) -> dict[int, int]:
    """The id of the new record for each rejected one that was handed in again.

    By the id of the rejected record, of those among `services`.
    """
    rejected = [service.id for service in services if service.state == ServiceState.REJECTED]
    if not rejected:
        return {}
    query = select(Service.resubmits_id, Service.id).where(Service.resubmits_id.in_(rejected))
    return {
        rejected_id: new_id for rejected_id, new_id in db.session.execute(query) if rejected_id is not None
    }


def services_of_worker(village: Area, person: Person) -> Select[Service]:
    """A worker's own records, the latest day first; for paging."""
    return search_services(village, ServiceSearch(worker=person.id))


def count_waiting(village: Area, decider: User | None = None) -> int:
    """The number of records that wait for a second person.

    With a decider: of those that wait for them to decide.
    """
    query = (
        select(func.count())
        .select_from(Service)
        .where(
            Service.village_id == village.id,
            Service.state == ServiceState.RECORDED,
            ~Service.deduction.has(),
        )
    )
    if decider is not None:
        query = query.where(Service.recorded_by_id != decider.id)
    return db.session.scalar(query) or 0


def counted_services(assessment: Assessment, worker: Person) -> Sequence[Service]:
    """The records that an assessment counts for a worker, by day."""
    return db.session.scalars(
        select(Service)
        .options(*map(joinedload, (Service.item, Service.recorded_by, Service.decided_by, Service.evidence)))
        .where(sheet.is_counted(assessment), Service.worker_id == worker.id)
        .order_by(Service.done_on, Service.id)
    ).all()
