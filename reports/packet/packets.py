"""Packets of booked quarters: made after the booking, kept as they were made, checked by their digest."""

from collections.abc import Generator, Iterator, Sequence
from hashlib import sha256

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from ground import clock
from ground.db import db, lock, transaction
from ground.refusal import Refused
from people import audit
from people.models import User
from people.sight import Sight
from points.models import Assessment, AssessmentState, Award, Correction, Transfer
from reports.models import Packet
from reports.packet import binding
from shop.desk import register


def make(key: str, assessment_id: int, actor_id: int) -> Generator[int, None, None]:
    """Make the packet of a booked quarter, and keep it; yields how many parts are bound.

    It is drawn before the write. Made twice with one key, it is made once. Refused `not_booked`,
    `made_meanwhile` when somebody else made one while it was drawn.
    """
    if _with_key(key) is not None:
        return
    assessment, actor = db.session.get_one(Assessment, assessment_id), db.session.get_one(User, actor_id)
    if assessment.state != AssessmentState.BOOKED:
        raise Refused("not_booked", _("The quarter is not booked yet. Its packet is made after that."))
    number, made_at = _last_number(assessment) + 1, clock.now()
    last_transfer_id = db.session.scalar(select(func.max(Transfer.id))) or 0
    bound = yield from binding.bind(assessment, number, actor.name, made_at, Sight(masked=False))
    with transaction():
        lock(assessment)
        if _with_key(key) is not None:
            return
        if _last_number(assessment) + 1 != number:
            raise Refused("made_meanwhile", _("Somebody else has just made it. Look at that one first."))
        packet = Packet(
            key=key,
            assessment_id=assessment.id,
            number=number,
            content=bound.content,
            size=len(bound.content),
            pages=bound.pages,
            digest=sha256(bound.content).hexdigest(),
            last_transfer_id=last_transfer_id,
            made_by_id=actor_id,
            made_at=made_at,
        )
        db.session.add(packet)
        db.session.flush()
        audit.note(actor, "packet.make", packet, assessment.village, pages=bound.pages)


def _with_key(key: str) -> Packet | None:
    return db.session.scalar(select(Packet).where(Packet.key == key))


def _last_number(assessment: Assessment) -> int:
    query = select(func.max(Packet.number)).where(Packet.assessment_id == assessment.id)
    return db.session.scalar(query) or 0


def packets_of(assessment: Assessment) -> Sequence[Packet]:
    """The packets of a quarter without their contents, the latest first."""
    return db.session.scalars(
        select(Packet)
        .where(Packet.assessment_id == assessment.id)
        .options(joinedload(Packet.made_by))
        .order_by(Packet.number.desc())
    ).all()


def find(assessment: Assessment, number: int) -> Packet | None:
    """The packet of this number, or None."""
    return db.session.scalar(
        select(Packet).where(Packet.assessment_id == assessment.id, Packet.number == number)
    )


def is_as_made(packet: Packet) -> bool:
    """Whether the packet's bytes still have the digest that was kept when it was made."""
    return len(packet.content) == packet.size and sha256(packet.content).hexdigest() == packet.digest


def is_outdated(packet: Packet) -> bool:
    """Whether the quarter has more by now than when the packet was begun.

    A line of it was booked or corrected since, or a redemption of its days came in from a desk without a
    network.
    """
    line_of_quarter = Award.assessment_id == packet.assessment_id
    corrected = select(Correction.id).join(Correction.line).where(line_of_quarter)
    is_later = or_(
        select(Award).where(line_of_quarter, Award.transfer_id > packet.last_transfer_id).exists(),
        corrected.where(Correction.reversal_id > packet.last_transfer_id).exists(),
    )
    if db.session.scalar(select(is_later)):
        return True
    assessment, quarter = packet.assessment, packet.assessment.quarter
    return register.has_grown(
        assessment.village, quarter.first_day, quarter.last_day, packet.last_transfer_id
    )


def problems() -> Iterator[str]:
    """Every packet whose bytes have not the digest that was kept with them."""
    for ident in db.session.scalars(select(Packet.id).order_by(Packet.id)).all():
        packet = db.session.get_one(Packet, ident)
        if not is_as_made(packet):
            yield f"packet {packet.code} of {packet.assessment.village.name}: its bytes have another SHA-256"
        db.session.expire(packet, ["content"])  # one at a time in memory
