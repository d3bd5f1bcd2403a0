"""What comes in and leaves beside the desk: deliveries, gifts, returns, write-offs, mistakes undone."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground.db import db, lock
from ground.refusal import Refused, check_repeated, required_reason
from people import audit
from people.models import Proposal, User
from shop.models import Delivery, Goods, Lot, MoveKind, Source, StockMove
from shop.stock import deliveries, donations, lots, second_person
from shop.stock.deliveries import DeliveryLine, Origin


def receive(
    key: str,
    goods: Goods,
    quantity: int,
    source: Source,
    actor: User | None,
    donor: str | None = None,
    best_before: date | None = None,
    unit_cost: int | None = None,
    agreed_by: User | None = None,
) -> Lot:
    """Take in a lot of so many units today: a delivery of one line; `unit_cost` in fen.

    Refused `not_donated` for a donor of what was not donated, and as `deliveries.take_in` is.
    """
    origin = Origin(source, donations.donor_of(source, donor) or "")
    line = DeliveryLine(goods, quantity, best_before, unit_cost)
    return deliveries.take_in(key, goods.shop, origin, [line], actor, agreed_by).lots[0]


def write_off(
    key: str, lot: Lot, quantity: int, reason: str, actor: User, agreed_by: User | None = None
) -> StockMove:
    """Take units that are spoilt, broken or expired off the shelf, with the reason.

    Above what one person lets leave in a day, a second one agrees. Refused `bad_quantity`, `out_of_stock`,
    `reason_missing`, `key_reused`, `second_person`. Locks the article, then the lot.
    """
    return _move_out(MoveKind.WRITE_OFF, key, lot, quantity, reason, actor, agreed_by)


def give_back(
    key: str, lot: Lot, quantity: int, reason: str, actor: User, agreed_by: User | None = None
) -> StockMove:
    """Return units to whoever supplied them (退货), with the reason. Refused as `write_off` is."""
    return _move_out(MoveKind.RETURN, key, lot, quantity, reason, actor, agreed_by)


def leave_as_proposed(proposal: Proposal, agreed_by: User) -> StockMove:
    """Write off or return what one person proposed and another agreed to. Refused as `write_off` is."""
    verb = write_off if proposal.kind == second_person.WRITE_OFF else give_back
    terms = proposal.terms
    lot = db.session.get_one(Lot, audit.id_of(proposal.subject))
    return verb(terms["key"], lot, terms["quantity"], terms["reason"], proposal.proposed_by, agreed_by)


def _move_out(
    kind: MoveKind,
    key: str,
    lot: Lot,
    quantity: int,
    reason: str,
    actor: User,
    agreed_by: User | None,
) -> StockMove:
    reason = required_reason(reason)
    lock(lot.goods)
    lock(lot)
    existing = lots.find_move(key)
    if existing is not None:
        check_repeated((existing.kind, existing.lot_id, -existing.quantity), (kind, lot.id, quantity))
        return existing
    lots.check_quantity(quantity)
    check_left(lot, quantity)
    second_person.check_leaving(kind, lot, quantity, actor, agreed_by, key=key, reason=reason)
    return lots.move_lot(lot, kind, -quantity, key, actor, reason=reason)


def check_left(lot: Lot, quantity: int) -> None:
    """Check that a locked lot has so many units. Refused `out_of_stock` with what is left of it."""
    if quantity > lot.on_hand:
        raise Refused(
            "out_of_stock",
            _("Only %(left)s %(unit)s are left of this delivery.", left=lot.on_hand, unit=lot.goods.unit),
            "quantity",
        )


REVERSIBLE = frozenset({MoveKind.RECEIPT, MoveKind.WRITE_OFF, MoveKind.RETURN})


def reversible_moves(listed_moves: Iterable[StockMove]) -> set[int]:
    """The ids of those moves that can still be undone."""
    candidates = {move.id for move in listed_moves if _is_reversible(move) and not _is_partly_gone(move)}
    undone = select(StockMove.reverses_id).where(StockMove.reverses_id.in_(candidates))
    return candidates - set(db.session.scalars(undone))


def _is_reversible(move: StockMove) -> bool:
    return move.kind in REVERSIBLE and move.consignment_id is None


def _is_partly_gone(move: StockMove) -> bool:
    """Whether less is left of the lot than its delivery brought."""
    return move.kind == MoveKind.RECEIPT and move.lot.on_hand < move.quantity


def reverse(move: StockMove, reason: str, actor: User, agreed_by: User | None = None) -> StockMove:
    """Undo a delivery's line, write-off or return that was written down by mistake; both lines stay.

    A delivery of an earlier day is undone once a second person agrees. Undone already, the first undoing is
    returned. Refused `reason_missing`, `not_reversible` for another kind or a delivery from another shop,
    `out_of_stock` for a delivery of which something is gone, `second_person`.
    """
    reason = required_reason(reason)
    lock(move.lot)
    reversal = db.session.scalar(select(StockMove).where(StockMove.reverses_id == move.id))
    if reversal is not None:
        return reversal
    _check_reversible(move)
    second_person.check_undoing(move, reason, actor, agreed_by)
    return _reverse(move, reason, actor)


def reverse_delivery(delivery: Delivery, reason: str, actor: User, agreed_by: User | None = None) -> Delivery:
    """Undo a delivery that was written down by mistake, each of its lines that is not undone yet.

    Refused as `reverse` is for each of them: all of it or nothing. Undone already, nothing more happens.
    Locks its lots in the order of their ids.
    """
    reason = required_reason(reason)
    for lot in delivery.lots:
        lock(lot)
    moves = _receipts_that_stand(delivery)
    for move in moves:
        _check_reversible(move)
    second_person.check_undoing_delivery(delivery, moves, reason, actor, agreed_by)
    for move in moves:
        _reverse(move, reason, actor)
    return delivery


def may_undo_alone(delivery: Delivery) -> bool:
    """Whether one person may undo what is left to undo of a delivery."""
    return second_person.may_undo_alone(_receipts_that_stand(delivery))


def _receipts_that_stand(delivery: Delivery) -> list[StockMove]:
    """The moves that brought a delivery in and were not undone."""
    undone = {line.move_id for line in deliveries.lines_of(delivery) if line.is_undone}
    receipts = select(StockMove).join(StockMove.lot).where(Lot.delivery_id == delivery.id)
    moves = db.session.scalars(receipts.where(StockMove.kind == MoveKind.RECEIPT).order_by(StockMove.id))
    return [move for move in moves if move.id not in undone]


def _check_reversible(move: StockMove) -> None:
    """Check that a move, whose lot is locked, can be undone. Refused `not_reversible`, `out_of_stock`."""
    if not _is_reversible(move):
        raise Refused("not_reversible", _("This line is not undone here."))
    if _is_partly_gone(move):
        raise Refused("out_of_stock", _("Some of this delivery is gone already. Count the shelf instead."))


def _reverse(move: StockMove, reason: str, actor: User) -> StockMove:
    """Write the move that undoes another: the same article by the same name, minus for plus."""
    belongs = lots.called(move) | {"reverses_id": move.id, "reason": reason}
    return lots.move_lot(move.lot, MoveKind.REVERSAL, -move.quantity, f"reversal:{move.id}", actor, **belongs)


def reverse_as_proposed(proposal: Proposal, agreed_by: User) -> StockMove:
    """Undo what one person proposed to undo and another agreed to. Refused as `reverse` is."""
    move = db.session.get_one(StockMove, audit.id_of(proposal.subject))
    return reverse(move, proposal.terms["reason"], proposal.proposed_by, agreed_by)


def reverse_delivery_as_proposed(proposal: Proposal, agreed_by: User) -> Delivery:
    """Undo the delivery that one person proposed to undo. Refused as `reverse_delivery` is."""
    delivery = db.session.get_one(Delivery, audit.id_of(proposal.subject))
    return reverse_delivery(delivery, proposal.terms["reason"], proposal.proposed_by, agreed_by)
