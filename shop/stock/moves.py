"""What comes in and leaves beside the desk: deliveries, gifts, returns, write-offs, mistakes undone."""

from collections.abc import Iterable
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock, days, names
from ground.db import db, lock
from ground.refusal import Refused, check_repeated, required_reason
from people import audit
from people.models import Proposal, User
from shop.models import Goods, Lot, MoveKind, Source, StockMove
from shop.stock import donations, lots, second_person

LARGEST_COST_FEN = 10_000_000  # fen: a hundred thousand yuan for one unit


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
    """Take in a lot of so many units; sent twice with one key, it comes in once.

    `unit_cost` in fen. What one donor gives on one day stands under one donation. Above 1,000 units of an
    article in a day a second person agrees. Refused `bad_quantity`, `bad_cost`, `donor_missing` for a
    donation without a name, `not_donated` for a donor of anything else, `expired`, `bad_day`, `archived`,
    `key_reused`, `second_person`.
    Locks the article, so that of two who send at once the second finds what the first did.
    """
    lock(goods)
    donor = donations.donor_of(source, donor)
    move = lots.find_move(key)
    if move is not None:
        donor = donor and names.folded(donor)
        return _repeated_lot(move, (goods.id, quantity, source, donor, best_before, unit_cost))
    lots.check_quantity(quantity)
    if goods.archived_on is not None:
        raise Refused("archived", _("%(name)s is in the archive. Bring it back first.", name=goods.title))
    if unit_cost is not None and not 0 <= unit_cost <= LARGEST_COST_FEN:
        raise Refused("bad_cost", _("The cost of a unit is from 0 to 100,000 yuan."), "unit_cost")
    if best_before is not None and best_before < clock.today():
        raise Refused("expired", _("This is past its best-before date already."), "best_before")
    if best_before is not None:
        days.GOOD_UNTIL.check(best_before, "best_before")
    second_person.check_receiving(
        goods,
        quantity,
        actor,
        agreed_by,
        key=key,
        source=source,
        donor=donor,
        best_before=best_before.isoformat() if best_before else None,
        unit_cost=unit_cost,
    )
    donation = None if donor is None else donations.donation_today(goods.shop_id, donor)
    return lots.bring_in_lot(
        goods,
        quantity,
        key,
        actor,
        source=source,
        donation_id=donation.id if donation else None,
        unit_cost=unit_cost,
        best_before=best_before,
    )


def _repeated_lot(move: StockMove, new_values: tuple[object, ...]) -> Lot:
    """The lot that came in under this key already. Refused `key_reused` for another one."""
    lot = move.lot
    donor = lot.donor and names.folded(lot.donor)
    existing_values = (lot.goods_id, move.quantity, lot.source, donor, lot.best_before, lot.unit_cost)
    check_repeated(existing_values, new_values)
    return lot


def receive_as_proposed(proposal: Proposal, agreed_by: User) -> Lot:
    """Take in what one person proposed and another agreed to. Refused as `receive` is."""
    terms = proposal.terms
    return receive(
        terms["key"],
        db.session.get_one(Goods, audit.id_of(proposal.subject)),
        terms["quantity"],
        Source(terms["source"]),
        proposal.proposed_by,
        terms["donor"],
        date.fromisoformat(terms["best_before"]) if terms["best_before"] else None,
        terms["unit_cost"],
        agreed_by,
    )


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
    """Undo a delivery, write-off or return that was written down by mistake; both lines stay.

    A delivery of an earlier day is undone once a second person agrees. Undone already, the first undoing is
    returned. Refused `reason_missing`, `not_reversible` for another kind or a delivery from another shop,
    `out_of_stock` for a delivery of which something is gone, `second_person`.
    """
    reason = required_reason(reason)
    lot = move.lot
    lock(lot)
    reversal = db.session.scalar(select(StockMove).where(StockMove.reverses_id == move.id))
    if reversal is not None:
        return reversal
    if not _is_reversible(move):
        raise Refused("not_reversible", _("This line is not undone here."))
    if _is_partly_gone(move):
        raise Refused("out_of_stock", _("Some of this delivery is gone already. Count the shelf instead."))
    second_person.check_undoing(move, reason, actor, agreed_by)
    return lots.move_lot(
        lot,
        MoveKind.REVERSAL,
        -move.quantity,
        f"reversal:{move.id}",
        actor,
        reverses_id=move.id,
        reason=reason,
    )


def reverse_as_proposed(proposal: Proposal, agreed_by: User) -> StockMove:
    """Undo what one person proposed to undo and another agreed to. Refused as `reverse` is."""
    move = db.session.get_one(StockMove, audit.id_of(proposal.subject))
    return reverse(move, proposal.terms["reason"], proposal.proposed_by, agreed_by)
