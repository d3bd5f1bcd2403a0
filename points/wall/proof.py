"""The proof for anyone: a printed digest computed again, entry by entry, and the entries as a file.

docs/verifying.md says how to do the same without this program.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Row, or_, select
from sqlalchemy.orm import aliased

from ground.clock import Quarter
from ground.db import db, stream
from ground.figures import narrow
from ground.refusal import Refused
from people.models import Area
from points import chain
from points.assessment import assessments
from points.models import (
    GENESIS,
    Account,
    Assessment,
    Notice,
    OpeningNotice,
    OpeningSheet,
    Transfer,
)

# Who types a digest off the wall types so many of its 64 characters at least: 16 are no coincidence.
LEAST_DIGITS, DIGEST_DIGITS = 16, 64

COLUMNS = (
    "account",
    "position",
    "key",
    "kind",
    "debit",
    "credit",
    "amount",
    "reason",
    "actor",
    "moment",
    "reversed",
    "hash",
    "id",
)


# A quarter's notice, or one of opening balances: each carries the village's digest of its day.
AnyNotice = Notice | OpeningNotice


@dataclass(frozen=True)
class Proof:
    """A notice's digest computed again: over how many entries, and what it comes to."""

    notice: AnyNotice
    entry_count: int
    digest: str

    @property
    def is_same(self) -> bool:
        """Whether the computed digest is the one that was posted."""
        return self.digest == self.notice.digest

    @property
    def is_of_openings(self) -> bool:
        """Whether the notice is one of opening balances."""
        return isinstance(self.notice, OpeningNotice)


def compute_proof(notice: AnyNotice) -> Proof:
    """Compute a notice's digest again from the entries themselves.

    It does not use what their rows keep as hash.
    """
    heads: dict[int, tuple[int, str]] = {}
    entries = 0
    village = notice.assessment.village if isinstance(notice, Notice) else notice.sheet.village
    for entry in _entries(village, notice.last_transfer_id):
        _position, head = heads.get(entry.account_id, (0, GENESIS))
        heads[entry.account_id] = (entry.position, chain.link(head, entry, entry.reversed_key))
        entries += 1
    lines = (f"{account}:{position}:{head}" for account, (position, head) in sorted(heads.items()))
    return Proof(notice, entries, hashlib.sha256("\n".join(lines).encode()).hexdigest())


def villages() -> Sequence[Area]:
    """The villages that have posted a notice, by code."""
    quarters = select(Assessment.village_id).join(Notice, Notice.assessment_id == Assessment.id)
    openings = select(OpeningSheet.village_id).join(OpeningNotice, OpeningNotice.sheet_id == OpeningSheet.id)
    has_posted = or_(Area.id.in_(quarters), Area.id.in_(openings))
    return db.session.scalars(select(Area).where(has_posted).order_by(Area.code)).all()


def find_notice(village: Area, name: str) -> Notice | None:
    """The notice named like 2026Q4, or 2026Q4-2 for the quarter's second; None if it was not posted.

    Raises ValueError for what is no such name.
    """
    quarter, dash, number = name.partition("-")
    assessment = assessments.find_assessment(village, Quarter.parse(quarter))
    notice_number = int(number) if dash else 1
    posted = assessments.notices(assessment) if assessment else ()
    return next((notice for notice in posted if notice.number == notice_number), None)


def proofs_of_digest(village: Area, digest: str) -> list[Proof]:
    """Find the village's notices by a digest as it was typed, and compute each again, in order.

    Spaces, other signs between the groups, capitals and full-width characters do not matter; a part of at
    least 16 characters is enough. Refused `bad_digest`, `digest_too_short`, `no_such_notice`.
    """
    digits = re.sub(r"[\s\-‐–—_.,:;·、，。：；]", "", narrow(digest)).lower()
    if not re.fullmatch(r"[0-9a-f]*", digits) or len(digits) > DIGEST_DIGITS:
        raise Refused("bad_digest", _("The number has the figures 0 to 9 and the letters a to f."), "digest")
    if len(digits) < LEAST_DIGITS:
        raise Refused(
            "digest_too_short",
            _("Type at least four groups of four characters: %(n)s are there.", n=len(digits)),
            "digest",
        )
    carrying: list[AnyNotice] = [
        *db.session.scalars(
            select(Notice)
            .join(Notice.assessment)
            .where(Assessment.village_id == village.id, Notice.digest.contains(digits))
            .order_by(Notice.id)
        ),
        *db.session.scalars(
            select(OpeningNotice)
            .join(OpeningNotice.sheet)
            .where(OpeningSheet.village_id == village.id, OpeningNotice.digest.contains(digits))
            .order_by(OpeningNotice.id)
        ),
    ]
    if not carrying:
        raise Refused(
            "no_such_notice",
            _("No notice of this village carries this number. Compare it with the paper, sign by sign."),
            "digest",
        )
    return [compute_proof(notice) for notice in carrying]


def export(village: Area) -> bytes:
    """All entries of a village's workers up to now, in their order, as a text table without names.

    Texts that people or programs chose stand in quotation marks, as JSON writes them: so no spreadsheet
    takes one for a formula, and every sign survives. Amounts are in tenths of a point, moments in UTC.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_cells, _entries(village)))
    return file.getvalue().encode("utf-8-sig")


def _cells(entry: Row[Any]) -> tuple[Any, ...]:
    return (
        entry.account_id,
        entry.position,
        _quoted(entry.key),
        str(entry.kind),
        entry.debit_id,
        entry.credit_id,
        entry.amount,
        _quoted(entry.reason),
        entry.actor_id,
        entry.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        _quoted(entry.reversed_key),
        entry.hash,
        entry.id,
    )


def _quoted(text: str | None) -> str:
    return "" if text is None else json.dumps(text, ensure_ascii=False)


def _entries(village: Area, last_transfer_id: int | None = None) -> Iterator[Any]:
    """The entries of a village's workers in their order, up to a transfer's id; as plain rows."""
    reversed_one = aliased(Transfer)
    query = (
        select(
            Transfer.id,
            Transfer.account_id,
            Transfer.position,
            Transfer.key,
            Transfer.kind,
            Transfer.debit_id,
            Transfer.credit_id,
            Transfer.amount,
            Transfer.reason,
            Transfer.actor_id,
            Transfer.at,
            Transfer.hash,
            reversed_one.key.label("reversed_key"),
        )
        .join(Transfer.account)
        .outerjoin(reversed_one, Transfer.reverses_id == reversed_one.id)
        .where(Account.village_id == village.id)
        .order_by(Transfer.id)
    )
    if last_transfer_id is not None:
        query = query.where(Transfer.id <= last_transfer_id)
    yield from stream(query)
