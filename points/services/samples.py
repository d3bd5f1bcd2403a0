"""Random samples of village supervision: drawn so that anybody can repeat the draw, and what was found."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.clock import Quarter
from ground.db import db, get_locked
from ground.refusal import Refused, stated
from people.models import Area, User
from people.roster import persons
from points.models import Finding, Found, Sample, Service

MOST = 100  # more than a supervisor visits in a quarter


@dataclass(frozen=True)
class Line:
    """A record of a sample, and what was found of it last."""

    service: Service
    finding: Finding | None


def drawn(ids: Iterable[int], seed: str, size: int) -> list[int]:
    """The records that a seed draws, in its order: those whose SHA-256 of "seed:id" (UTF-8, in hexadecimal)
    comes first."""
    return sorted(ids, key=lambda ident: hashlib.sha256(f"{seed}:{ident}".encode()).hexdigest())[:size]


def draw(village: Area, quarter: Quarter, seed: str, size: int, actor: User) -> Sample:
    """Draw so many of the records that a village has of a quarter, whatever became of them.

    The same seed again gives the same sample. Refused `seed_missing` (1 to 64 characters), `bad_size`
    (1 to 100), `nothing_to_draw`.
    """
    get_locked(Area, village.id)  # one at a time, so a double click finds the first
    seed = seed.strip()
    if not 1 <= len(seed) <= 64:
        raise Refused("seed_missing", _("Write down the seed: 1 to 64 characters."), "seed")
    made = db.session.scalar(
        select(Sample).where(
            Sample.village_id == village.id, Sample.quarter_name == str(quarter), Sample.seed == seed
        )
    )
    if made is not None:
        return made
    if not 1 <= size <= MOST:
        raise Refused("bad_size", _("How many must be a number from 1 to %(n)s.", n=MOST), "size")
    upto = db.session.scalar(select(func.max(Service.id)).where(*_of_quarter(village.id, quarter)))
    if upto is None:
        raise Refused("nothing_to_draw", _("This quarter has no records yet."), "quarter")
    sample = Sample(
        village_id=village.id,
        quarter_name=str(quarter),
        seed=seed,
        size=size,
        upto=upto,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(sample)
    db.session.flush()
    return sample


def population(sample: Sample) -> Sequence[int]:
    """The numbers of the records among which a sample was drawn, in their order.

    Neither a decision nor a merge of entries changes which these are: the draw can be repeated years later.
    """
    where = _of_quarter(sample.village_id, Quarter.parse(sample.quarter_name))
    return db.session.scalars(
        select(Service.id).where(*where, Service.id <= sample.upto).order_by(Service.id)
    ).all()


def lines(sample: Sample) -> list[Line]:
    """The records of a sample in the order they were drawn, each with its latest finding."""
    ids = drawn(population(sample), sample.seed, sample.size)
    shown = (Service.worker, Service.grid, Service.item, Service.recorded_by, Service.decided_by)
    query = select(Service).options(*map(joinedload, (*shown, Service.evidence))).where(Service.id.in_(ids))
    services = {service.id: service for service in db.session.scalars(query)}
    found = latest(sample)
    return [Line(services[ident], found.get(ident)) for ident in ids]


def latest(sample: Sample) -> dict[int, Finding]:
    """What was found last of each record of a sample, by the record's id."""
    findings = db.session.scalars(
        select(Finding)
        .options(joinedload(Finding.actor))
        .where(Finding.sample_id == sample.id)
        .order_by(Finding.id)
    )
    return {finding.service_id: finding for finding in findings}


def note_finding(sample: Sample, service: Service, found: Found, note: str, actor: User) -> Finding:
    """Write down what was found of a record; what was written before stays, and the latest counts.

    The same again by the same person is written once. Refused `not_in_sample`, `own_service` for the worker,
    `reason_missing` for anything but sound without a note.
    """
    sample = get_locked(Sample, sample.id)
    if service.id not in drawn(population(sample), sample.seed, sample.size):
        raise Refused("not_in_sample", _("This record was not drawn."))
    if persons.is_own(actor, service.worker):
        raise Refused("own_service", _("Nobody looks into their own service."))
    note = note.strip() if found == Found.SOUND else stated(note)
    before = latest(sample).get(service.id)
    if before and (before.found, before.note, before.actor_id) == (found, note, actor.id):
        return before
    finding = Finding(
        sample_id=sample.id,
        service_id=service.id,
        found=found,
        note=note,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(finding)
    db.session.flush()
    return finding


def of_village(village: Area) -> list[tuple[Sample, int]]:
    """A village's samples, the latest first, each with how many records have a finding."""
    looked_into = (
        select(Finding.sample_id, func.count(Finding.service_id.distinct()).label("count"))
        .group_by(Finding.sample_id)
        .subquery()
    )
    found = db.session.execute(
        select(Sample, func.coalesce(looked_into.c.count, 0))
        .outerjoin(looked_into, looked_into.c.sample_id == Sample.id)
        .options(joinedload(Sample.actor))
        .where(Sample.village_id == village.id)
        .order_by(Sample.id.desc())
    )
    return [(sample, count) for sample, count in found]


def _of_quarter(village_id: int, quarter: Quarter) -> tuple[ColumnElement[bool], ...]:
    return Service.village_id == village_id, Service.done_on.between(quarter.first_day, quarter.last_day)
