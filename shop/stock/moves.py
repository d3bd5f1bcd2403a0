"""What comes in and leaves beside the desk: deliveries, gifts, returns, write-offs, mistakes undone."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock
from ground.db import db, lock
from ground.refusal import Refused, check_repeated, stated
from people.models import User
from shop.models import Goods, Lot, MoveKind, Source, StockMove
from shop.stock import donations, lots

LARGEST_COST = 10_000_000  # fen: a hundred thousand yuan for one unit


def receive(
    key: str,
    goods: Goods,
    quantity: int,
    source: Source,
    actor: User | None,
    donor: str | None = None,
    best_before: date | None = None,
    unit_cost: int | None = None,
) -> Lot:
    """Take in a lot of so many units; sent twice with one key, it comes in once.

    `unit_cost` in fen. What one donor gives on one day stands under one donation. Refused `bad_quantity`,
    `bad_cost`, `donor_missing` for a donation without a name, `expired`, `archived`, `key_reused`.
    Locks the article, so that of two who send at once the second finds what the first did.
    """
    lock(goods)
    donor = donations.named(donor) if source == Source.DONATION else None
    move = lots.moved(key)
    if move is not None:
        return _repeated(move, (goods.id, quantity, source, donor, best_before, unit_cost))
    lots.check_quantity(quantity)
    if goods.archived_on is not None:
        raise Refused("archived", _("%(name)s is in the archive. Bring it back first.", name=goods.name))
    if unit_cost is not None and not 0 <= unit_cost <= LARGEST_COST:
        raise Refused("bad_cost", _("The cost of a unit is from 0 to 100,000 yuan."), "unit_cost")
    if best_before is not None and best_before < clock.today():
        raise Refused("expired", _("This is past its best-before date already."), "best_before")
    donation = None if donor is None else donations.given(goods.shop_id, donor)
    return lots.bring_in(
        goods,
        quantity,
        key,
        actor,
        source=source,
        donation_id=donation.id if donation else None,
        unit_cost=unit_cost,
        best_before=best_before,
    )


def _repeated(move: StockMove, asked: tuple[object, ...]) -> Lot:
    """The lot that came in under this key already, if it is the same that is asked."""
    lot = move.lot
    made = (lot.goods_id, move.quantity, lot.source, lot.donor, lot.best_before, lot.unit_cost)
    check_repeated(made, asked)
    return lot


def write_off(key: str, lot: Lot, quantity: int, reason: str, actor: User) -> StockMove:
    """Take units that are spoilt, broken or expired off the shelf, with the reason.

    Refused `bad_quantity`, `out_of_stock`, `reason_missing`, `key_reused`.
    """
    return _out(MoveKind.WRITE_OFF, key, lot, quantity, reason, actor)


def give_back(key: str, lot: Lot, quantity: int, reason: str, actor: User) -> StockMove:
    """Return units to whoever supplied them (退货), with the reason. Refused as `write_off` is."""
    return _out(MoveKind.RETURN, key, lot, quantity, reason, actor)


def _out(kind: MoveKind, key: str, lot: Lot, quantity: int, reason: str, actor: User) -> StockMove:
    reason = stated(reason)
    lock(lot)
    made = lots.moved(key)
    if made is not None:
        check_repeated((made.kind, made.lot_id, -made.quantity), (kind, lot.id, quantity))
        return made
    lots.check_quantity(quantity)
    check_left(lot, quantity)
    return lots.move_lot(lot, kind, -quantity, key, actor, reason=reason)


def check_left(lot: Lot, quantity: int) -> None:
    """A locked lot has so many units. Refused `out_of_stock` with what is left of it."""
    if quantity > lot.on_hand:
        raise Refused(
            "out_of_stock",
            _("Only %(left)s %(unit)s are left of this delivery.", left=lot.on_hand, unit=lot.goods.unit),
            "quantity",
        )


REVERSIBLE = frozenset({MoveKind.RECEIPT, MoveKind.WRITE_OFF, MoveKind.RETURN})


def reversible(shown: Iterable[StockMove]) -> set[int]:
    """Which of these moves (by id) can still be undone."""
    ours = {move.id for move in shown if _is_reversible(move) and not _is_gone(move)}
    undone = select(StockMove.reverses_id).where(StockMove.reverses_id.in_(ours))
    return ours - set(db.session.scalars(undone))


def _is_reversible(move: StockMove) -> bool:
    return move.kind in REVERSIBLE and move.consignment_id is None


def _is_gone(move: StockMove) -> bool:
    """Whether less is left of the lot than its delivery brought."""
    return move.kind == MoveKind.RECEIPT and move.lot.on_hand < move.quantity


def reverse(move: StockMove, reason: str, actor: User) -> StockMove:
    """Undo a delivery, write-off or return that was written down by mistake; both lines stay.

    Undone already, the first undoing is returned. Refused `reason_missing`, `not_reversible` for another kind
    or a delivery from another shop, `out_of_stock` for a delivery of which something is gone.
    """
    reason = stated(reason)
    lot = move.lot
    lock(lot)
    made = db.session.scalar(select(StockMove).where(StockMove.reverses_id == move.id))
    if made is not None:
        return made
    if not _is_reversible(move):
        raise Refused("not_reversible", _("This line is not undone here."))
    if _is_gone(move):
        raise Refused("out_of_stock", _("Some of this delivery is gone already. Count the shelf instead."))
    return lots.move_lot(
        lot,
        MoveKind.REVERSAL,
        -move.quantity,
        f"reversal:{move.id}",
        actor,
        reverses_id=move.id,
        reason=reason,
    )
