"""Random samples of village supervision: draws that anybody can repeat, and their findings."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.clock import Quarter
from ground.db import db, lock
from ground.refusal import Refused, required_reason
from people.models import Area, User
from people.signin import humans
from points.models import Finding, FindingResult, Sample, Service, Witness

MOST_RECORDS = 100  # more than a supervisor visits in a quarter

# How often a record takes part for which somebody vouches whom no file knows.
TIMES_OUTSIDE = 3


@dataclass(frozen=True)
class SampleLine:
    """A record of a sample, and the latest finding on it."""

    service: Service
    finding: Finding | None


def drawn_ids(ids: Iterable[int], seed: str, size: int, outside: Collection[int] = ()) -> list[int]:
    """The ids of the records that a seed draws, in its order.

    Those whose SHA-256 of "seed:id" (UTF-8, in hexadecimal) comes first. A record that somebody from
    `outside` vouched for takes part three times, also with "seed:id:2" and "seed:id:3"; its first counts.
    """

    def first(ident: int) -> str:
        lots = [f"{seed}:{ident}"]
        if ident in outside:
            lots += [f"{seed}:{ident}:{number}" for number in range(2, TIMES_OUTSIDE + 1)]
        return min(hashlib.sha256(lot.encode()).hexdigest() for lot in lots)

    return sorted(ids, key=first)[:size]


def drawn(sample: Sample) -> list[int]:
    """The ids of the records of a sample, in the order in which they were drawn."""
    return drawn_ids(population(sample), sample.seed, sample.size, sample.outside or ())


def draw(village: Area, quarter: Quarter, seed: str, size: int, actor: User) -> Sample:
    """Draw a sample of a village's records of a quarter, whatever became of them.

    What somebody from outside vouches for is drawn more often (`drawn_ids`).

    The same seed again gives the same sample. Refused `seed_missing` (1 to 64 characters), `bad_size` (1 to
    100), `nothing_to_draw`.
    """
    lock(village)  # one at a time, so a double click finds the first
    seed = seed.strip()
    if not 1 <= len(seed) <= 64:
        raise Refused("seed_missing", _("Write down the seed: 1 to 64 characters."), "seed")
    existing = db.session.scalar(
        select(Sample).where(
            Sample.village_id == village.id, Sample.quarter_name == str(quarter), Sample.seed == seed
        )
    )
    if existing is not None:
        return existing
    if not 1 <= size <= MOST_RECORDS:
        raise Refused("bad_size", _("How many must be a number from 1 to %(n)s.", n=MOST_RECORDS), "size")
    last_id = db.session.scalar(select(func.max(Service.id)).where(*_of_quarter(village.id, quarter)))
    if last_id is None:
        raise Refused("nothing_to_draw", _("This quarter has no records yet."), "quarter")
    sample = Sample(
        village_id=village.id,
        quarter_name=str(quarter),
        seed=seed,
        size=size,
        last_service_id=last_id,
        outside=_vouched_from_outside(village.id, quarter),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(sample)
    db.session.flush()
    return sample


def population(sample: Sample) -> Sequence[int]:
    """The ids of the records among which a sample was drawn, in their order.

    Neither a decision nor a merge of entries changes which these are: the draw can be repeated years later.
    """
    where = _of_quarter(sample.village_id, Quarter.parse(sample.quarter_name))
    return db.session.scalars(
        select(Service.id).where(*where, Service.id <= sample.last_service_id).order_by(Service.id)
    ).all()


def sample_lines(sample: Sample) -> list[SampleLine]:
    """The records of a sample in the order they were drawn, each with its latest finding."""
    ids = drawn(sample)
    related = (
        Service.worker,
        Service.grid,
        Service.item,
        Service.recorded_by,
        Service.decided_by,
        Service.witness,
    )
    query = select(Service).options(*map(joinedload, (*related, Service.evidence))).where(Service.id.in_(ids))
    services = {service.id: service for service in db.session.scalars(query)}
    findings = latest_findings(sample)
    return [SampleLine(services[ident], findings.get(ident)) for ident in ids]


def latest_findings(sample: Sample) -> dict[int, Finding]:
    """The latest finding on each record of a sample, by the record's id."""
    findings = db.session.scalars(
        select(Finding)
        .options(joinedload(Finding.actor))
        .where(Finding.sample_id == sample.id)
        .order_by(Finding.id)
    )
    return {finding.service_id: finding for finding in findings}


def note_finding(sample: Sample, service: Service, result: FindingResult, note: str, actor: User) -> Finding:
    """Write down a finding on a record; earlier findings stay, and the latest counts.

    The same again by the same person is written once. Refused `not_in_sample`, `own_service` for the
    worker, `reason_missing` for anything but sound without a note.
    """
    lock(sample)
    if service.id not in drawn(sample):
        raise Refused("not_in_sample", _("This record was not drawn."))
    if humans.is_own(actor, service.worker):
        raise Refused("own_service", _("Nobody looks into their own service."))
    note = note.strip() if result == FindingResult.SOUND else required_reason(note)
    previous = latest_findings(sample).get(service.id)
    if previous and (previous.result, previous.note, previous.actor_id) == (result, note, actor.id):
        return previous
    finding = Finding(
        sample_id=sample.id,
        service_id=service.id,
        result=result,
        note=note,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(finding)
    db.session.flush()
    return finding


def samples_of_village(village: Area) -> list[tuple[Sample, int]]:
    """A village's samples, the latest first, each with how many records have a finding."""
    looked_into = (
        select(Finding.sample_id, func.count(Finding.service_id.distinct()).label("count"))
        .group_by(Finding.sample_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Sample, func.coalesce(looked_into.c.count, 0))
        .outerjoin(looked_into, looked_into.c.sample_id == Sample.id)
        .options(joinedload(Sample.actor))
        .where(Sample.village_id == village.id)
        .order_by(Sample.id.desc())
    )
    return [(sample, count) for sample, count in rows]


def _vouched_from_outside(village_id: int, quarter: Quarter) -> list[int]:
    """The ids of the records of a quarter for which somebody from outside vouches now."""
    query = select(Service.id).join(Service.witness).where(Witness.phone.is_not(None))
    return list(db.session.scalars(query.where(*_of_quarter(village_id, quarter)).order_by(Service.id)))


def _of_quarter(village_id: int, quarter: Quarter) -> tuple[ColumnElement[bool], ...]:
    return Service.village_id == village_id, Service.done_on.between(quarter.first_day, quarter.last_day)
