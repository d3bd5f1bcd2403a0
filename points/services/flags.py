"""Signs of padding: what whoever confirms should look at twice.

Each sign is told with its figures. Nothing is refused for a sign. The records of an activity of many share
their day, their words and the minute they were written in; that is no sign of anything.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, func, or_, select, union

from ground.clock import Quarter
from ground.db import db
from ground.paper import words
from people.models import Appointment, Area, Duty, Merge, Role
from people.roster import holders
from people.signin import humans, sessions
from points.models import Evidence, EvidenceKind, Service, ServiceState, Slip

# Nobody does six services in ten minutes; a clerk who keys in paper does, and has its slips.
HURRY_RECORDS, HURRY_TIME = 6, timedelta(minutes=10)

# Three times what is usual is more than a busy quarter; ten are nothing much whatever others did.
FAR_ABOVE_TIMES, FEW_SERVICES = 3, 10

# What a clerk takes in with one button.
TAKEN_IN_TOGETHER = (EvidenceKind.ATTENDANCE, EvidenceKind.EVALUATION)

# How many waiting records are looked through for signs at once: more than a village decides in an evening.
MOST_RECORDS = 300


class Sign(StrEnum):
    """A sign of padding that a record may show."""

    SAME_WORDS = "same_words"
    IN_A_HURRY = "in_a_hurry"
    OUTSIDE_TERM = "outside_term"
    SAME_HOUSEHOLD = "same_household"
    FAR_ABOVE = "far_above"
    MANY_UNITS = "many_units"
    SHARED_DEVICE = "shared_device"
    WRITTEN_TWICE = "written_twice"


@dataclass(frozen=True)
class Flag:
    """A sign of a record, and the sentence about it."""

    sign: Sign
    sentence: Any


def flagged_waiting_ids(village: Area) -> list[int]:
    """The ids of the records that wait and show a sign, among the latest 300 that wait."""
    latest_waiting = db.session.scalars(
        select(Service)
        .where(
            Service.village_id == village.id,
            Service.state == ServiceState.RECORDED,
            ~Service.deduction.has(),
        )
        .order_by(Service.done_on.desc(), Service.id.desc())
        .limit(MOST_RECORDS)
    ).all()
    return list(flags_of(village, latest_waiting))


def flags_of(village: Area, services: Sequence[Service]) -> Mapping[int, list[Flag]]:
    """The flags of a village's records, by their ids; records without a sign are left out.

    A handful of queries for a page of records, each by an index.
    """
    flags_by_service: dict[int, list[Flag]] = defaultdict(list)
    if services:
        searches = (
            *(_same_words, _in_a_hurry, _outside_term, _same_household, _far_above),
            *(_many_units, _shared_device, _written_twice),
        )
        for search in searches:
            for service_id, flag in search(village, services):
                flags_by_service[service_id].append(flag)
    return flags_by_service


Signs = Iterable[tuple[int, Flag]]


def _same_words(village: Area, services: Sequence[Service]) -> Signs:
    """Records with the same words as another record of the village that was not rejected."""
    services = [service for service in services if service.activity_id is None]
    likenesses = {service.likeness for service in services if service.likeness}
    times = _pairs(
        select(Service.likeness, func.count())
        .where(
            Service.village_id == village.id,
            Service.likeness.in_(likenesses),
            Service.state != ServiceState.REJECTED,
        )
        .group_by(Service.likeness)
    )
    for service in services:
        others = times.get(service.likeness, 0) - (service.state != ServiceState.REJECTED)
        if others > 0:
            text = ngettext(
                "The same words stand in %(num)s other record.",
                "The same words stand in %(num)s other records.",
                others,
            )
            yield service.id, Flag(Sign.SAME_WORDS, text)


def _in_a_hurry(village: Area, services: Sequence[Service]) -> Signs:
    """Records of many that one person wrote down for one worker within minutes.

    Those from paper slips are not counted, nor those of activities.
    """
    near_in_time = [
        and_(
            Service.recorded_by_id == recorder,
            Service.recorded_at >= first - HURRY_TIME,
            Service.recorded_at <= last + HURRY_TIME,
        )
        for recorder, first, last in _recording_spans(services)
    ]
    columns = (Service.recorded_by_id, Service.worker_id, Service.recorded_at, Service.id, Evidence.kind)
    records_by_writer = defaultdict(list)
    for recorder, worker, at, ident, kind in db.session.execute(
        select(*columns).outerjoin(Service.evidence).where(or_(*near_in_time), Service.activity_id.is_(None))
    ):
        if kind not in TAKEN_IN_TOGETHER:
            records_by_writer[recorder, worker].append((at, ident))
    crowded = {key: records for key, records in records_by_writer.items() if len(records) >= HURRY_RECORDS}
    if not crowded:
        return
    on_paper = _keyed_from_slips([ident for records in crowded.values() for _at, ident in records])
    moments = {
        key: sorted(at for at, ident in records if ident not in on_paper) for key, records in crowded.items()
    }
    for service in services:
        if service.id in on_paper or service.activity_id is not None:
            continue
        most = _most_together(
            moments.get((service.recorded_by_id, service.worker_id), []), service.recorded_at
        )
        if most >= HURRY_RECORDS:
            minutes = int(HURRY_TIME.total_seconds() // 60)
            text = _("One of %(n)s that were written down within %(m)s minutes.", n=most, m=minutes)
            yield service.id, Flag(Sign.IN_A_HURRY, text)


def _recording_spans(services: Sequence[Service]) -> list[tuple[int, datetime, datetime]]:
    """The spans of time in which each recorder wrote these records down: who, from when, until when.

    Within a span no pause is longer than HURRY_TIME.
    """
    spans: list[tuple[int, datetime, datetime]] = []
    for recorder, at in sorted((service.recorded_by_id, service.recorded_at) for service in services):
        if spans and spans[-1][0] == recorder and at - spans[-1][2] <= HURRY_TIME:
            spans[-1] = (recorder, spans[-1][1], at)
        else:
            spans.append((recorder, at, at))
    return spans


def _most_together(moments: list[datetime], at: datetime) -> int:
    """The most of these sorted moments within one HURRY_TIME that holds the moment `at`."""
    near = moments[bisect_left(moments, at - HURRY_TIME) : bisect_right(moments, at)]
    return max(
        (bisect_right(moments, moment + HURRY_TIME) - bisect_left(moments, moment) for moment in near),
        default=0,
    )


def _keyed_from_slips(ids: list[int]) -> set[int]:
    """Which of these services were keyed in from slips, by themselves or by way of a visit; by id."""
    by_themselves = select(Slip.service_id).where(Slip.service_id.in_(ids))
    by_a_visit = (
        select(Service.id).join(Slip, Slip.evidence_id == Service.evidence_id).where(Service.id.in_(ids))
    )
    return set(db.session.scalars(union(by_themselves, by_a_visit)))


def _outside_term(village: Area, services: Sequence[Service]) -> Signs:
    """Records of a day on which the worker did not serve, under whichever of their entries."""
    workers = _entries_to_workers({service.worker_id for service in services})
    terms = defaultdict(list)
    for term in db.session.scalars(
        select(Appointment).where(Appointment.person_id.in_(workers), Appointment.duty == Duty.WORKER)
    ):
        terms[workers[term.person_id]].append(term)
    for service in services:
        served = terms[service.worker_id]
        if not any(holders.state_of(term, service.done_on) == holders.TermState.RUNNING for term in served):
            yield service.id, Flag(Sign.OUTSIDE_TERM, _("The worker's term does not cover that day."))


def _entries_to_workers(ids: set[int]) -> dict[int, int]:
    """For each entry of these people, merged ones too, the id of theirs that was asked for."""
    workers = {ident: ident for ident in ids}
    newest = set(ids)
    while newest:
        merged = _pairs(select(Merge.duplicate_id, Merge.kept_id).where(Merge.kept_id.in_(newest)))
        newest = merged.keys() - workers.keys()
        workers |= {duplicate: workers[merged[duplicate]] for duplicate in newest}
    return workers


def _same_household(village: Area, services: Sequence[Service]) -> Signs:
    """Records for a household in which another worker was on the same day."""
    visited = {
        (service_of_household.household_id, service_of_household.done_on)
        for service_of_household in services
        if service_of_household.household_id is not None
    }
    if not visited:
        return
    workers: dict[tuple[int | None, date], set[int]] = defaultdict(set)
    same = [and_(Service.household_id == home, Service.done_on == day) for home, day in visited]
    for home, day, worker in db.session.execute(
        select(Service.household_id, Service.done_on, Service.worker_id).where(
            or_(*same), Service.state != ServiceState.REJECTED
        )
    ):
        workers[home, day].add(worker)
    for service in services:
        if workers[service.household_id, service.done_on] - {service.worker_id}:
            text = _("Another worker has a record for this household on the same day.")
            yield service.id, Flag(Sign.SAME_HOUSEHOLD, text)


def _far_above(village: Area, services: Sequence[Service]) -> Signs:
    """Records of an item that the worker has far more often in the quarter than is usual there."""
    items: dict[Quarter, set[int]] = defaultdict(set)
    for service in services:
        items[Quarter.of(service.done_on)].add(service.item_id)
    counts_by_item: dict[tuple[Quarter, int], dict[int, int]] = defaultdict(dict)
    for quarter, idents in items.items():
        for item, worker, count in db.session.execute(
            select(Service.item_id, Service.worker_id, func.sum(Service.count))
            .where(
                Service.item_id.in_(idents),  # of this village's rubric, so of this village
                Service.done_on.between(quarter.first_day, quarter.last_day),
                Service.state != ServiceState.REJECTED,
            )
            .group_by(Service.item_id, Service.worker_id)
        ):
            counts_by_item[quarter, item][worker] = count
    for service in services:
        counts = counts_by_item[Quarter.of(service.done_on), service.item_id]
        own, usual = counts.get(service.worker_id, 0), median(counts.values() or [0])
        if own > FEW_SERVICES and own > FAR_ABOVE_TIMES * usual:
            text = _("%(own)s in this quarter; usual here are %(usual)s.", own=own, usual=f"{usual:g}")
            yield service.id, Flag(Sign.FAR_ABOVE, text)


def _many_units(village: Area, services: Sequence[Service]) -> Signs:
    """Records of more units than somebody usually does at a time."""
    for service in services:
        if service.is_of_many:
            figure = words.figure_in_words(service.count)
            text = _("%(n)s times (%(words)s) in one record.", n=service.count, words=figure)
            yield service.id, Flag(Sign.MANY_UNITS, text)


def _shared_device(village: Area, services: Sequence[Service]) -> Signs:
    """Records that a worker claimed on a device on which somebody else of the committee signs in.

    It may well be so: who has no telephone comes to the office.
    """
    marks = {service.device_mark for service in services if service.device_mark}
    if not marks:
        return
    users_by_mark = sessions.users_on(marks, village, {Role.CLERK, Role.CHAIR})
    for service in services:
        others = [
            user.name
            for user in users_by_mark.get(service.device_mark or "", ())
            if not humans.is_same(user, service.recorded_by)
        ]
        if others:
            text = _("Entered on a device on which %(names)s signs in too.", names="、".join(others))
            yield service.id, Flag(Sign.SHARED_DEVICE, text)


def _written_twice(village: Area, services: Sequence[Service]) -> Signs:
    """Records of a worker who has the same item on that day again, where one of the two is of an activity.

    Whoever was there may have claimed it too, and two may write one activity down.
    """
    there: dict[tuple[int, int, date], list[int | None]] = defaultdict(list)
    for worker, item, day, activity in db.session.execute(
        select(Service.worker_id, Service.item_id, Service.done_on, Service.activity_id).where(
            Service.item_id.in_({service.item_id for service in services}),
            Service.done_on.in_({service.done_on for service in services}),
            Service.state != ServiceState.REJECTED,
        )
    ):
        there[worker, item, day].append(activity)
    for service in services:
        same = there[service.worker_id, service.item_id, service.done_on]
        if len(same) > 1 and any(same):
            text = _("The worker has this item on this day once more, by an activity of many or beside it.")
            yield service.id, Flag(Sign.WRITTEN_TWICE, text)


def _pairs(query: Any) -> dict[Any, Any]:
    return dict(iter(db.session.execute(query)))
