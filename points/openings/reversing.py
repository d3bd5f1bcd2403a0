"""Taking back a booked opening balance: a chair, and a second person who agrees.

The worker is free for another sheet then, on which the right figure hangs.
"""

from flask_babel import lazy_gettext as _

from ground.db import db
from ground.refusal import Refused, required_reason
from people import audit
from people.models import Proposal, User
from people.proposals import kinds
from people.proposals.kinds import SecondPersonNeeded
from people.signin import humans
from points import keys, ledger
from points.models import OpeningBooking, OpeningLine, OpeningReversal
from points.openings import sheets

REVERSAL = "openings.reverse"


def reverse(line: OpeningLine, reason: str, actor: User, agreed_by: User | None = None) -> OpeningReversal:
    """Take back a booked line by a linked entry of the ledger; both stay visible.

    Refused `reason_missing`, `not_booked`, `own_line` for both people, `already_reversed`, `second_person`
    without one, `same_person`, and `insufficient_points` when they were spent. Locks: the sheet, then the
    account.
    """
    sheets.lock_standing(line.sheet)
    reason = required_reason(reason)
    booking = booking_of(line)
    if booking is None:
        raise Refused("not_booked", _("This line is not booked."))
    if any(humans.is_own(each, line.worker) for each in (actor, agreed_by)):
        raise Refused("own_line", _("Nobody decides on their own points."))
    if booking.reversal is not None:
        raise Refused("already_reversed", _("This entry was reversed already."))
    ledger.lock([booking.transfer.account])
    ledger.check_covers(booking.transfer.account, booking.transfer.amount)
    if agreed_by is None:
        raise _needed(line, reason)
    kinds.check_two_people(actor, agreed_by)
    transfer = ledger.reverse(booking.transfer, keys.opening_reversal_key(line), reason, actor)
    reversal = OpeningReversal(
        transfer_id=transfer.id, booking_id=booking.transfer_id, agreed_by_id=agreed_by.id
    )
    db.session.add(reversal)
    db.session.flush()
    db.session.expire(booking, ["reversal"])
    audit.note(
        actor,
        "openings.reverse",
        line.worker,
        line.sheet.village,
        points=booking.transfer.amount,
        reason=reason,
    )
    return reversal


def _needed(line: OpeningLine, reason: str) -> SecondPersonNeeded:
    return SecondPersonNeeded(
        REVERSAL,
        line.sheet.village,
        line,
        _("A second person has to agree before booked points are taken back."),
        line=line.id,
        reason=reason,
    )


def booking_of(line: OpeningLine) -> OpeningBooking | None:
    """How a line was booked, or None."""
    return next(each.booking for each in sheets.state_of(line.sheet).lines if each.line.id == line.id)


def proposed_line(proposal: Proposal) -> OpeningLine:
    """The line that a proposal wants to take back."""
    return db.session.get_one(OpeningLine, proposal.terms["line"])


def reverse_as_proposed(proposal: Proposal, agreed_by: User) -> OpeningReversal:
    """Take back what was proposed, agreed to by a second person. Refused as `reverse` says."""
    return reverse(proposed_line(proposal), proposal.terms["reason"], proposal.proposed_by, agreed_by)


def check_not_own(proposal: Proposal, user: User) -> None:
    """Check that a second person does not decide on their own points. Refused `own_line`."""
    if humans.is_own(user, proposed_line(proposal).worker):
        raise Refused("own_line", _("Nobody decides on their own points."))
