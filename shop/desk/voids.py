"""Voids (作废): a redemption undone in its own quarter, by somebody who did not count the stock."""

from datetime import timedelta

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground import clock
from ground.clock import Quarter
from ground.db import db
from ground.refusal import Refused, required_reason
from people.models import User
from people.signin import humans
from points import ledger, merging
from shop.models import Device, Lease, MoveKind, Redemption, StockMove, Void
from shop.shelf import leases
from shop.stock import counts, lots

UNDO_FOR = timedelta(minutes=2)


def void(redemption: Redemption, reason: str, by: User | Device, lease: Lease | None = None) -> Void:
    """Undo a redemption: the same points to the same account, the same goods to the same lots.

    An entry that was merged since sends the points on to the one that was kept. Voided already, the first
    void is returned. Refused `reason_missing`, `quarter_over` after the quarter of the redemption,
    `own_card` for its holder, `counted_here` for who counted this quarter's stock, also through a device;
    `leased` while a desk without a network holds the shop, unless it is this `lease`'s own step back.
    Locks: the worker's account, then the lots by id, then the shop.
    """
    reason = required_reason(reason)
    actor = by if isinstance(by, User) else None
    merging.lock_trail(redemption.card.person)
    existing = db.session.scalar(select(Void).where(Void.redemption_id == redemption.id))
    if existing is not None:
        return existing
    if is_over(redemption):
        raise Refused("quarter_over", _("A redemption is voided in its own quarter; this one is over."))
    human = humans.behind(by)
    if humans.is_own(human, redemption.card.person):
        raise Refused("own_card", _("Nobody voids what they took themselves. Ask another manager."))
    if counts.has_counted(redemption.shop, human, Quarter.of(redemption.day)):
        raise Refused(
            "counted_here", _("Who counted this quarter's stock does not void. Ask another manager.")
        )
    moves = db.session.scalars(
        select(StockMove)
        .where(StockMove.redemption_id == redemption.id, StockMove.kind == MoveKind.REDEMPTION)
        .order_by(StockMove.lot_id)
    ).all()
    for move in moves:
        key = f"void:{redemption.id}:{move.lot_id}"
        lots.move_lot(move.lot, MoveKind.VOID, -move.quantity, key, actor, redemption_id=redemption.id)
    leases.check_free(redemption.shop_id, lease)
    transfer = ledger.reverse(redemption.transfer, f"void:{redemption.id}", redemption.number, actor)
    merging.follow(redemption.card.person, actor)
    voided = Void(
        redemption_id=redemption.id,
        transfer_id=transfer.id,
        reason=reason,
        actor_id=actor.id if actor else None,
        device_id=by.id if isinstance(by, Device) else None,
        at=clock.now(),
    )
    db.session.add(voided)
    db.session.flush()
    db.session.expire(redemption, ["void"])
    return voided


def undo(redemption: Redemption, by: User) -> Void:
    """Take back one's own last redemption within two minutes; taken back already, the first void is returned.

    A slip is mended before the goods are out of the door; it stands among the voids like any other. Refused
    `not_yours`, `too_late` after two minutes or a later one of theirs, and as `void`.
    """
    if redemption.clerk_id != by.id:
        raise Refused("not_yours", _("Who handed it out takes it back. Else a manager voids it."))
    if redemption.void is None and not seconds_to_undo(redemption, by):
        raise Refused("too_late", _("Only the last one is taken back, within two minutes. Ask a manager."))
    with force_locale("zh"):  # whoever looks into it later reads Chinese
        reason = gettext("Taken back at the desk right away")
    return void(redemption, reason, by)


def seconds_to_undo(redemption: Redemption, by: User) -> int:
    """How many seconds somebody has left to take a redemption back; 0 where they cannot."""
    left = UNDO_FOR - (clock.now() - redemption.at)
    if redemption.clerk_id != by.id or redemption.void is not None or left <= timedelta():
        return 0
    last = select(func.max(Redemption.id)).where(
        Redemption.shop_id == redemption.shop_id,
        Redemption.day == redemption.day,
        Redemption.clerk_id == by.id,
    )
    return int(left.total_seconds()) if db.session.scalar(last) == redemption.id else 0


def is_over(redemption: Redemption) -> bool:
    """Whether a redemption's quarter is over, so that it can be voided no more."""
    return Quarter.of(clock.today()) != Quarter.of(redemption.day)
