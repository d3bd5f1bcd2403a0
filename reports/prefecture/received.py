"""What a county sent, as it leaves the county and as the prefecture keeps it; checked again."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.clock import Quarter
from ground.db import add_rows, db, lock
from people import areas
from people.models import Area
from points.assessment import meeting_rules
from points.assessment.meeting_rules import MeetingRules
from reports.models import QuarterlyReturn, ReceivedReturn

# Which versions are there already, by quarter and number.
Version = tuple[str, int]


@dataclass(frozen=True)
class SentReturn:
    """A county's return on its way, as plain values: nothing of the county's database goes along."""

    quarter_name: str
    version: int
    figures: Mapping[str, int]
    missing: Mapping[str, str]
    sent_by_unit: str
    sent_at: datetime
    digest: str


def sent_by(county: Area, known: Collection[Version]) -> list[SentReturn]:
    """What a county sent, in its own database, and is not known yet; the oldest first."""
    query = select(QuarterlyReturn).options(joinedload(QuarterlyReturn.sent_by))
    found = db.session.scalars(query.where(QuarterlyReturn.area_id == county.id).order_by(QuarterlyReturn.id))
    return [
        SentReturn(
            sent.quarter_name,
            sent.version,
            sent.figures,
            sent.missing,
            sent.sent_by.unit or county.name,
            sent.sent_at,
            digest_of(sent.area_code, sent),
        )
        for sent in found
        if (sent.quarter_name, sent.version) not in known
    ]


def known_versions() -> dict[str, set[Version]]:
    """Which returns the prefecture has, by the code of the county; of a county that is known also none."""
    known: dict[str, set[Version]] = {county.code: set() for county in areas.counties()}
    columns = select(ReceivedReturn.county_code, ReceivedReturn.quarter_name, ReceivedReturn.version)
    for code, quarter_name, version in db.session.execute(columns):
        known[code].add((quarter_name, version))
    return known


def known_rules() -> dict[str, MeetingRules]:
    """The rules of the counties as the prefecture has them, by the code of the county."""
    return {county.code: meeting_rules.rules_of(county) for county in areas.counties()}


def receive(prefecture: Area, code: str, name: str, rules: MeetingRules, sent: Sequence[SentReturn]) -> int:
    """Write down a county, and what it sent, in the prefecture's database; once, however often it comes.

    By its `rules` the prefecture knows when a quarter is due from it. Returns how many returns are new.
    Refused as `areas.add_county`.
    """
    lock(prefecture)  # who collects at the same moment comes after
    county = areas.add_county(code, name, prefecture)
    if meeting_rules.rules_of(county) != rules:
        meeting_rules.decide(county, rules, county.name, None)
    known, now = known_versions()[county.code], clock.now()
    rows = [
        ReceivedReturn(
            county_code=county.code,
            county_name=county.name,
            quarter_name=each.quarter_name,
            version=each.version,
            figures=dict(each.figures),
            missing=dict(each.missing),
            sent_by_unit=each.sent_by_unit,
            sent_at=each.sent_at,
            digest=each.digest,
            received_at=now,
        )
        for each in sent
        if (each.quarter_name, each.version) not in known
    ]
    add_rows(rows)
    return len(rows)


def of_quarter(quarter: Quarter) -> dict[str, list[ReceivedReturn]]:
    """All that came of a quarter, by the code of the county, the latest version first."""
    found: dict[str, list[ReceivedReturn]] = {}
    query = select(ReceivedReturn).where(ReceivedReturn.quarter_name == str(quarter))
    for each in db.session.scalars(query.order_by(ReceivedReturn.version.desc())):
        found.setdefault(each.county_code, []).append(each)
    return found


def digest_of(code: str, sent: QuarterlyReturn | ReceivedReturn) -> str:
    """The SHA-256 over a return: whose and of when it is, its figures, and who was missing."""
    said: dict[str, Any] = {
        "county": code,
        "quarter": sent.quarter_name,
        "version": sent.version,
        "figures": sent.figures,
        "missing": sent.missing,
        "sent_at": int(sent.sent_at.timestamp()),
    }
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def problems() -> Iterator[str]:
    """Received returns that are not as they were sent, or after one that never came."""
    next_of: dict[tuple[str, str], int] = {}
    order = ReceivedReturn.county_code, ReceivedReturn.quarter_name, ReceivedReturn.version
    for each in db.session.scalars(select(ReceivedReturn).order_by(*order)):
        whose = each.county_code, each.quarter_name
        if each.version != next_of.get(whose, 1):
            yield f"received return {each.id}: the version before {each.version} never came"
        if digest_of(each.county_code, each) != each.digest:
            yield f"received return {each.id}: it is not as {each.county_name} sent it"
        next_of[whose] = each.version + 1
