"""What whoever confirms should look at twice: signs of padding, each told with its figures. Nothing is
refused for a sign."""

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
from people.models import Appointment, Area, Duty, Merge
from people.roster import holders
from points.models import Evidence, EvidenceKind, Service, ServiceState, Slip

# Nobody does six services in ten minutes; a clerk who keys in paper does, and has its slips.
MANY, WITHIN = 6, timedelta(minutes=10)

# Three times what is usual is more than a busy quarter; ten are nothing much whatever others did.
TIMES, FEW = 3, 10

# What a clerk takes in with one button.
TAKEN_IN_TOGETHER = (EvidenceKind.ATTENDANCE, EvidenceKind.EVALUATION)

# How many waiting records are looked through for signs at once: more than a village decides in an evening.
MOST_LOOKED_AT = 300


class Sign(StrEnum):
    """What a record may show."""

    SAME_WORDS = "same_words"
    IN_A_HURRY = "in_a_hurry"
    OUTSIDE_TERM = "outside_term"
    SAME_HOUSEHOLD = "same_household"
    FAR_ABOVE = "far_above"


@dataclass(frozen=True)
class Flag:
    """A sign, and what it is in words."""

    sign: Sign
    words: Any


def waiting(village: Area) -> list[int]:
    """The ids of the records that wait and show a sign, among the latest 300 that wait."""
    looked_at = db.session.scalars(
        select(Service)
        .where(Service.village_id == village.id, Service.state == ServiceState.RECORDED)
        .order_by(Service.done_on.desc(), Service.id.desc())
        .limit(MOST_LOOKED_AT)
    ).all()
    return list(of(village, looked_at))


def of(village: Area, services: Sequence[Service]) -> Mapping[int, list[Flag]]:
    """What records of a village show, by their ids; those that show nothing are left out.

    A handful of queries for a page of records, each by an index.
    """
    found: dict[int, list[Flag]] = defaultdict(list)
    if services:
        for search in (_same_words, _in_a_hurry, _outside_term, _same_household, _far_above):
            for ident, flag in search(village, services):
                found[ident].append(flag)
    return found


Signs = Iterable[tuple[int, Flag]]


def _same_words(village: Area, services: Sequence[Service]) -> Signs:
    """The very words of another record of the village that was not rejected."""
    said = {service.likeness for service in services if service.likeness}
    times = _pairs(
        select(Service.likeness, func.count())
        .where(
            Service.village_id == village.id,
            Service.likeness.in_(said),
            Service.state != ServiceState.REJECTED,
        )
        .group_by(Service.likeness)
    )
    for service in services:
        others = times.get(service.likeness, 0) - (service.state != ServiceState.REJECTED)
        if others > 0:
            words = ngettext(
                "The same words stand in %(num)s other record.",
                "The same words stand in %(num)s other records.",
                others,
            )
            yield service.id, Flag(Sign.SAME_WORDS, words)


def _in_a_hurry(village: Area, services: Sequence[Service]) -> Signs:
    """One of many that one person wrote down for one worker within minutes, other than from paper slips."""
    near = [
        and_(
            Service.recorded_by_id == recorder,
            Service.recorded_at >= first - WITHIN,
            Service.recorded_at <= last + WITHIN,
        )
        for recorder, first, last in _stretches(services)
    ]
    columns = (Service.recorded_by_id, Service.worker_id, Service.recorded_at, Service.id, Evidence.kind)
    written = defaultdict(list)
    for recorder, worker, at, ident, kind in db.session.execute(
        select(*columns).outerjoin(Service.evidence).where(or_(*near))
    ):
        if kind not in TAKEN_IN_TOGETHER:
            written[recorder, worker].append((at, ident))
    many = {key: found for key, found in written.items() if len(found) >= MANY}
    if not many:
        return
    on_paper = _on_paper([ident for found in many.values() for _at, ident in found])
    moments = {key: sorted(at for at, ident in found if ident not in on_paper) for key, found in many.items()}
    for service in services:
        if service.id in on_paper:
            continue
        most = _crowd(moments.get((service.recorded_by_id, service.worker_id), []), service.recorded_at)
        if most >= MANY:
            minutes = int(WITHIN.total_seconds() // 60)
            told = _("One of %(n)s that were written down within %(m)s minutes.", n=most, m=minutes)
            yield service.id, Flag(Sign.IN_A_HURRY, told)


def _stretches(services: Sequence[Service]) -> list[tuple[int, datetime, datetime]]:
    """When each recorder wrote the records down: stretches without a longer pause than counts."""
    found: list[tuple[int, datetime, datetime]] = []
    for recorder, at in sorted((service.recorded_by_id, service.recorded_at) for service in services):
        if found and found[-1][0] == recorder and at - found[-1][2] <= WITHIN:
            found[-1] = (recorder, found[-1][1], at)
        else:
            found.append((recorder, at, at))
    return found


def _crowd(moments: list[datetime], at: datetime) -> int:
    """The most of these sorted moments that lie together with one of them within the time that counts."""
    reach = moments[bisect_left(moments, at - WITHIN) : bisect_right(moments, at)]
    return max(
        (bisect_right(moments, each + WITHIN) - bisect_left(moments, each) for each in reach), default=0
    )


def _on_paper(ids: list[int]) -> set[int]:
    """Which of these services were keyed in from slips, by themselves or by way of a visit; by id."""
    by_themselves = select(Slip.service_id).where(Slip.service_id.in_(ids))
    by_a_visit = (
        select(Service.id).join(Slip, Slip.evidence_id == Service.evidence_id).where(Service.id.in_(ids))
    )
    return set(db.session.scalars(union(by_themselves, by_a_visit)))


def _outside_term(village: Area, services: Sequence[Service]) -> Signs:
    """Done on a day on which the worker did not serve, under whichever of their entries."""
    selves = _selves({service.worker_id for service in services})
    terms = defaultdict(list)
    for term in db.session.scalars(
        select(Appointment).where(Appointment.person_id.in_(selves), Appointment.duty == Duty.WORKER)
    ):
        terms[selves[term.person_id]].append(term)
    for service in services:
        served = terms[service.worker_id]
        if not any(holders.state_of(term, service.done_on) == holders.State.RUNNING for term in served):
            yield service.id, Flag(Sign.OUTSIDE_TERM, _("The worker's term does not cover that day."))


def _selves(ids: set[int]) -> dict[int, int]:
    """For each entry of these people, merged ones too, the one of theirs that was asked for."""
    selves = {ident: ident for ident in ids}
    last = set(ids)
    while last:
        merged = _pairs(select(Merge.duplicate_id, Merge.kept_id).where(Merge.kept_id.in_(last)))
        last = merged.keys() - selves.keys()
        selves |= {duplicate: selves[merged[duplicate]] for duplicate in last}
    return selves


def _same_household(village: Area, services: Sequence[Service]) -> Signs:
    """For a household in which another worker was on the same day."""
    visited = {(one.household_id, one.done_on) for one in services if one.household_id is not None}
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
            told = _("Another worker has a record for this household on the same day.")
            yield service.id, Flag(Sign.SAME_HOUSEHOLD, told)


def _far_above(village: Area, services: Sequence[Service]) -> Signs:
    """Of an item that the worker has far more often in the quarter than is usual in the village."""
    items: dict[Quarter, set[int]] = defaultdict(set)
    for service in services:
        items[Quarter.of(service.done_on)].add(service.item_id)
    done: dict[tuple[Quarter, int], dict[int, int]] = defaultdict(dict)
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
            done[quarter, item][worker] = count
    for service in services:
        counts = done[Quarter.of(service.done_on), service.item_id]
        own, usual = counts.get(service.worker_id, 0), median(counts.values() or [0])
        if own > FEW and own > TIMES * usual:
            told = _("%(own)s in this quarter; usual here are %(usual)s.", own=own, usual=f"{usual:g}")
            yield service.id, Flag(Sign.FAR_ABOVE, told)


def _pairs(query: Any) -> dict[Any, Any]:
    return dict(iter(db.session.execute(query)))
