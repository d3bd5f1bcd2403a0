"""Queries for service records: a village's, a worker's, those that wait, those a sheet counts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from ground import names
from ground.db import among, db
from people.models import Area, Grid, Person, User
from people.sight import AreaId
from people.signin import humans
from points.assessment import sheet
from points.models import Assessment, Rubric, RubricItem, Service, ServiceState


@dataclass(frozen=True)
class ServiceSearch:
    """A search for service records; whatever is left out does not narrow it.

    `worker`, `grid`, `item` and the records among which to look are given by their ids; `item` also finds
    what other versions of the rubric call the same. The days are from `since` until `until`, both included.
    `likeness` is the fingerprint of what was written, `text` a part of it.
    """

    state: ServiceState | None = None
    worker: int | None = None
    grid: int | None = None
    item: int | None = None
    since: date | None = None
    until: date | None = None
    text: str | None = None
    likeness: str | None = None
    service_ids: Collection[int] | None = None


# Read apart from the records: joined, all records would be joined before the first page of them is chosen.
_RELATED = (
    Service.worker,
    Service.grid,
    Service.item,
    Service.recorded_by,
    Service.decided_by,
    Service.household,
    Service.evidence,
    Service.resubmits,
    Service.assessment,
    Service.undone,
)


def search_services(village: Area, search: ServiceSearch, *, is_by_item: bool = False) -> Select[Service]:
    """The village's records that fit, the latest day first, or item by item; for paging.

    Deductions are read in theirs.
    """
    conditions = {
        Service.state: search.state,
        Service.worker_id: search.worker,
        Service.grid_id: search.grid,
        Service.likeness: search.likeness,
    }
    query = (
        select(Service)
        .options(*map(selectinload, _RELATED))
        .where(
            Service.village_id == village.id,
            ~Service.deduction.has(),
            *(column == value for column, value in conditions.items() if value is not None),
        )
    )
    if search.service_ids is not None:
        query = query.where(Service.id.in_(search.service_ids))
    if search.item is not None:
        query = query.where(Service.item_id.in_(_items_called_the_same(village, search.item)))
    if search.since is not None:
        query = query.where(Service.done_on >= search.since)
    if search.until is not None:
        query = query.where(Service.done_on <= search.until)
    if search.text is not None:
        query = query.where(Service.note.icontains(search.text, autoescape=True))
    by_item = (Service.item_id,) if is_by_item else ()
    return query.order_by(*by_item, Service.done_on.desc(), Service.id.desc())


def ids_between(village_ids: Collection[int], first: date, last: date) -> Select[int]:
    """The ids of what was done in some villages from a day to another, by day; without deductions."""
    return (
        select(Service.id)
        .where(*_done_between(village_ids, first, last))
        .order_by(Service.done_on, Service.id)
    )


def by_ids(ids: Collection[int]) -> Sequence[Service]:
    """Records by their ids, by day, with all that they name."""
    return db.session.scalars(
        select(Service)
        .options(
            joinedload(Service.worker),
            joinedload(Service.grid).joinedload(Grid.village),
            joinedload(Service.item),
            joinedload(Service.recorded_by).joinedload(User.person),
            joinedload(Service.decided_by).joinedload(User.person),
        )
        .where(Service.id.in_(ids))
        .order_by(Service.done_on, Service.id)
    ).all()


def sums_between(village_ids: Collection[int], first: date, last: date) -> tuple[int, int]:
    """How many records `ids_between` finds, and the tenths of the confirmed ones, before the caps."""
    confirmed = case((Service.state == ServiceState.CONFIRMED, Service.count * RubricItem.points))
    query = select(func.count(), func.sum(confirmed)).select_from(Service).join(Service.item)
    count, tenths = db.session.execute(query.where(*_done_between(village_ids, first, last))).one()
    return count, int(tenths or 0)


def _done_between(village_ids: Collection[int], first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions for the records of these days, also those that wait or were rejected."""
    return (
        among(Service.village_id, village_ids),
        Service.done_on.between(first, last),
        ~Service.deduction.has(),
    )


def _items_called_the_same(village: Area, item_id: int) -> Select[int]:
    """The ids of the items in any version of a village's rubric that are called as this one."""
    folded_name = (
        select(names.FoldedColumn(RubricItem.name)).where(RubricItem.id == item_id).scalar_subquery()
    )
    return (
        select(RubricItem.id)
        .join(RubricItem.rubric)
        .where(Rubric.area_id == village.id, names.FoldedColumn(RubricItem.name) == folded_name)
    )


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


def count_waiting(village: Area, decider: User | None = None, until: date | None = None) -> int:
    """The number of records that wait for a second person.

    With a decider: of those that wait for them to decide. With `until`: of those done by that day.
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
        query = query.where(Service.recorded_by_id.not_in(_own_sign_ins(village, decider)))
    if until is not None:
        query = query.where(Service.done_on <= until)
    return db.session.scalar(query) or 0


def _own_sign_ins(village: Area, decider: User) -> set[int]:
    """The sign-ins of the decider, by their ids, by which something was recorded that waits."""
    waiting = select(Service.recorded_by_id).where(
        Service.village_id == village.id, Service.state == ServiceState.RECORDED
    )
    return humans.own_among(decider, waiting)


def counted_services(assessment: Assessment, worker: Person) -> Sequence[Service]:
    """The records that an assessment counts for a worker, by day."""
    return db.session.scalars(
        select(Service)
        .options(*map(joinedload, (Service.item, Service.recorded_by, Service.decided_by, Service.evidence)))
        .where(sheet.is_counted(assessment), Service.worker_id == worker.id)
        .order_by(Service.done_on, Service.id)
    ).all()


def names_kept(area_id: AreaId) -> Sequence[Select[Any]]:
    """On whose word a village's records were confirmed: those of its households, and witnesses."""
    vouched = select(Service.voucher_name)
    return (vouched.where(Service.village_id == area_id, Service.voucher_name.is_not(None)),)
