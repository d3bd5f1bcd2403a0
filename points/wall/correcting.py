"""Corrections (更正) of booked lines: the award is reversed, and the right points are booked.

After booking nothing is changed. A correction stands, with its reason, on the sheet of the open quarter.
"""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db
from ground.refusal import Refused, check_repeated, required_reason
from people import audit
from people.models import User
from people.signin import humans
from points import amounts, keys, ledger
from points.assessment import assessments
from points.models import Assessment, Award, Correction, Transfer, TransferKind


def correct(award: Transfer, right_tenths: int, reason: str, key: str, actor: User) -> Correction:
    """Put right a booked line that was too much: reverse its entry and book `right_tenths` instead.

    What was too little is given by the open quarter's meeting, as new points hang on the wall first. Sent
    twice with one key it is done once. Refused `no_open_quarter`, `not_an_award`, `bad_amount` (0 and more,
    less than was booked), `reason_missing`, `own_line`, `already_reversed`, `key_reused`, and
    `insufficient_points` when the difference was spent: then the meeting deducts it. Locks: the assessment,
    then the account.
    """
    if existing := _correction_with_key(key, award, right_tenths):
        return existing
    village, worker, line = award.account.village, award.account.person, award.line
    assessment = assessments.open_assessment(village)
    if assessment is None:
        raise Refused("no_open_quarter", _("Open the next quarter first: this stands on its sheet."))
    assessments.lock_in_state(assessment, assessment.state)
    if award.kind != TransferKind.AWARD or worker is None or line is None:
        raise Refused("not_an_award", _("Only a quarter's points are corrected."))
    if not 0 <= right_tenths < award.amount:
        raise Refused("bad_amount", _("The right points are less than what was booked."), "right")
    reason = required_reason(reason)
    if humans.is_own(actor, worker):
        raise Refused("own_line", _("Nobody decides on their own points."))
    ledger.lock([award.account])
    if existing := _correction_with_key(key, award, right_tenths):  # by who held the lock before
        return existing
    if is_reversed(award):
        raise Refused("already_reversed", _("This entry was reversed already."))
    _check_difference_left(award, right_tenths)
    quarter, booked = line.assessment.quarter_name, None
    if right_tenths:
        # First what is right, so that only the difference has to be there.
        booked = ledger.post(
            keys.correction_key(key), TransferKind.AWARD, award.account, right_tenths, quarter, actor
        )
    correction = Correction(
        key=key,
        assessment_id=assessment.id,
        line_id=line.transfer_id,
        award_id=award.id,
        reversal_id=ledger.reverse(award, keys.correction_reversal_key(key), reason, actor).id,
        booked_id=booked.id if booked else None,
        right_tenths=right_tenths,
        reason=reason,
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(correction)
    db.session.flush()
    audit.note(
        actor,
        "award.correct",
        worker,
        village,
        {"points": award.amount},
        points=right_tenths,
        quarter=quarter,
        reason=reason,
    )
    return correction


def _correction_with_key(key: str, award: Transfer, right_tenths: int) -> Correction | None:
    """The correction with this key, or None. Refused `key_reused` if it is not the one asked for."""
    correction = db.session.scalar(select(Correction).where(Correction.key == key))
    if correction is not None:
        check_repeated((correction.award_id, correction.right_tenths), (award.id, right_tenths))
    return correction


def _check_difference_left(award: Transfer, right_tenths: int) -> None:
    """Check that the difference is still on the locked account.

    Refused `insufficient_points`, with what is missing.
    """
    missing = award.amount - right_tenths - award.account.balance
    if missing > 0:
        raise Refused(
            "insufficient_points",
            _(
                "%(short)s points of the difference are gone already. "
                "The meeting of the open quarter deducts them.",
                short=amounts.show(missing),
            ),
        )


def corrections_of_line(line: Award) -> Sequence[Correction]:
    """The corrections of a booked line, one after the other; empty for one that stands as it was booked."""
    return db.session.scalars(
        select(Correction)
        .where(Correction.line_id == line.transfer_id)
        .options(joinedload(Correction.actor))
        .order_by(Correction.id)
    ).all()


def corrections_of_assessment(assessment: Assessment) -> Sequence[Correction]:
    """The corrections of the lines that a quarter's assessment booked, in the order they were made."""
    return db.session.scalars(
        select(Correction)
        .join(Correction.line)
        .where(Award.assessment_id == assessment.id)
        .options(
            contains_eager(Correction.line).joinedload(Award.worker),
            joinedload(Correction.award),
            joinedload(Correction.actor),
        )
        .order_by(Correction.id)
    ).all()


def is_reversed(transfer: Transfer) -> bool:
    """Whether a transfer was reversed."""
    return bool(db.session.scalar(select(Transfer.id).where(Transfer.reverses_id == transfer.id)))


def corrections_on_sheet(assessment: Assessment) -> Sequence[Correction]:
    """The corrections of earlier quarters that stand on an assessment's sheet."""
    return db.session.scalars(
        select(Correction)
        .where(Correction.assessment_id == assessment.id)
        .options(
            joinedload(Correction.award),
            joinedload(Correction.line).joinedload(Award.assessment),
            joinedload(Correction.actor),
        )
        .order_by(Correction.id)
    ).all()
