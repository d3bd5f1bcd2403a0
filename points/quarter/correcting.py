"""After booking nothing changes: a mistake is reversed, with its reason, on the sheet of the open quarter."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from people import clock
from people.db import db
from people.models import User
from people.refused import Refused, check_repeated, stated
from people.roster import persons
from points import ledger
from points.models import Assessment, Correction, Transfer, TransferKind
from points.quarter import finding


def correct(award: Transfer, right: int, reason: str, key: str, actor: User) -> Correction:
    """Put right a booked line that was too much: reverse its entry and book `right` tenths instead.

    What was too little is given by the open quarter's meeting, as new points hang on the wall first. Sent
    twice with one key it is done once. Refused `no_open_quarter`, `not_an_award`, `bad_amount` (0 and more,
    less than was booked), `reason_missing`, `own_line`, `already_reversed`, `key_reused`, and
    `insufficient_points` when the difference was spent: then the meeting deducts it. Locks: the assessment,
    then the account.
    """
    made = db.session.scalar(select(Correction).where(Correction.key == key))
    if made is not None:
        check_repeated((made.award_id, made.right), (award.id, right))
        return made
    village, worker = award.account.village, award.account.person
    there = finding.open_one(village)
    if there is None:
        raise Refused("no_open_quarter", _("Open the next quarter first: this stands on its sheet."))
    assessment = finding.in_state(there, there.state)
    if award.kind != TransferKind.AWARD or worker is None:
        raise Refused("not_an_award", _("Only a quarter's points are corrected."))
    if not 0 <= right < award.amount:
        raise Refused("bad_amount", _("The right points are less than what was booked."), "right")
    reason = stated(reason)
    if persons.is_own(actor, worker):
        raise Refused("own_line", _("Nobody decides on their own points."))
    ledger.lock([award.account])
    ledger.check_covers(award.account, award.amount - right)
    if right and not is_reversed(award):
        # First what is right, so that only the difference has to be there.
        ledger.post(right_key(key), TransferKind.AWARD, award.account, right, award.reason, actor)
    ledger.reverse(award, f"corrected:{key}", reason, actor)
    correction = Correction(
        key=key,
        assessment_id=assessment.id,
        award_id=award.id,
        right=right,
        reason=reason,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(correction)
    db.session.flush()
    return correction


def right_key(key: str) -> str:
    """The ledger key of what a correction books."""
    return f"correction:{key}"


def is_reversed(transfer: Transfer) -> bool:
    """Whether a transfer was reversed."""
    return bool(db.session.scalar(select(Transfer.id).where(Transfer.reverses_id == transfer.id)))


def on_sheet(assessment: Assessment) -> Sequence[Correction]:
    """The corrections of earlier quarters that stand on an assessment's sheet."""
    return db.session.scalars(
        select(Correction)
        .where(Correction.assessment_id == assessment.id)
        .options(joinedload(Correction.award), joinedload(Correction.actor))
        .order_by(Correction.id)
    ).all()
