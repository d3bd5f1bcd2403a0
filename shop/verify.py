"""The check of stock and redemptions: everything is computed again from the moves.

Each row that does not fit the ledger or the moves is named.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, String, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import aliased, joinedload

from ground.contributions import Slot
from ground.db import db, stream
from people.models import Card
from points import verify as ledger
from points.models import Account, Transfer, TransferKind
from shop.models import (
    Consignment,
    Count,
    Delivery,
    Donation,
    Goods,
    Lot,
    MoveKind,
    Redemption,
    RedemptionLine,
    Shop,
    Source,
    StockMove,
    StockTake,
    Void,
    receipt_number,
)
from shop.offline import verify as journals
from shop.offline.verify import numbers_in_hand

# What higher packages keep, and compute again: they name each row that does not fit.
CHECKS: Slot[Callable[[], Iterator[str]]] = Slot()


def problems() -> Iterator[str]:
    """Everything that does not fit, one line each: the ledger first, then stock, redemptions and voids."""
    yield from ledger.problems()
    yield from _stock()
    yield from _reversals()
    yield from _consignments()
    yield from _donations()
    yield from _deliveries()
    yield from _stock_takes()
    yield from _redemptions()
    yield from _strays()
    yield from _serials()
    yield from journals.problems()
    for problems_of in CHECKS.items_if_any():
        yield from problems_of()


def _stock() -> Iterator[str]:
    """On hand is the sum of the moves, lot by lot, and each came in once, or was found by a stock-take."""
    sums = {
        lot_id: (total, receipts, found)
        for lot_id, total, receipts, found in db.session.execute(
            select(
                StockMove.lot_id,
                func.sum(StockMove.quantity),
                func.count().filter(StockMove.kind == MoveKind.RECEIPT),
                func.count().filter(StockMove.kind == MoveKind.STOCK_TAKE),
            ).group_by(StockMove.lot_id)
        )
    }
    for lot in stream(select(Lot).order_by(Lot.id)).scalars():
        total, receipts, found = sums.pop(lot.id, (0, 0, 0))
        if lot.on_hand != total:
            yield f"lot {lot.id}: {lot.on_hand} on hand, the moves say {total}"
        was_found = lot.source == Source.OPENING and lot.delivery_id is None and found > 0
        if receipts != (0 if was_found else 1):
            yield f"lot {lot.id}: received {receipts} times"
    for lot_id in sums:
        yield f"lot {lot_id}: missing, its stock moves are there"


def _reversals() -> Iterator[str]:
    """What was undone was undone whole, in the same lot, and is called the same."""
    original = aliased(StockMove)
    for ident, reverses_id in db.session.execute(
        select(StockMove.id, StockMove.reverses_id)
        .outerjoin(original, StockMove.reverses_id == original.id)
        .where(
            StockMove.kind == MoveKind.REVERSAL,
            or_(
                original.id.is_(None),
                original.lot_id != StockMove.lot_id,
                original.quantity != -StockMove.quantity,
                # Letter by letter: it was copied, and not typed.
                original.name.is_distinct_from(StockMove.name),
                original.spec.is_distinct_from(StockMove.spec),
                original.unit.is_distinct_from(StockMove.unit),
            ),
        )
        .order_by(StockMove.id)
    ):
        yield f"stock move {ident}: does not mirror move {reverses_id}"


def _consignments() -> Iterator[str]:
    """What one shop sent is on its way, or came in at the other, or back; all of it, and once."""
    moves: dict[int, Counter[tuple[int, MoveKind]]] = defaultdict(Counter)
    for move in db.session.scalars(select(StockMove).where(StockMove.consignment_id.is_not(None))):
        moves[move.consignment_id or 0][move.lot_id, move.kind] += move.quantity
    loaded = joinedload(Consignment.lot), joinedload(Consignment.arrived)
    for row in db.session.scalars(select(Consignment).options(*loaded).order_by(Consignment.id)):
        expected = Counter({(row.lot_id, MoveKind.SENT): -row.quantity})
        if row.arrived_id is not None:
            expected[row.arrived_id, MoveKind.RECEIPT] = row.quantity
        elif not row.is_open:
            expected[row.lot_id, MoveKind.SENT_BACK] = row.quantity
        if moves.pop(row.id, Counter()) != expected:
            yield f"consignment {row.id}: the stock moves do not fit"
        if row.arrived is not None and _origin(row.arrived) != _origin(row.lot):
            yield f"lot {row.arrived_id}: does not keep what lot {row.lot_id} says of where it came from"
    for ident in moves:
        yield f"consignment {ident}: missing, its stock moves are there"


def _origin(lot: Lot | None) -> tuple[object, ...] | None:
    """What a lot keeps when it goes to another shop; None for a missing lot."""
    return (lot.source, lot.donation_id, lot.unit_cost, lot.best_before) if lot else None


def _donations() -> Iterator[str]:
    """A donation's lots came in at its shop on its day, or went on from there; no receipt is missing."""
    donated_lots = (
        select(Lot, Donation, Goods.shop_id)
        .outerjoin(Lot.donation)
        .join(Lot.goods)
        .outerjoin(Consignment, Consignment.arrived_id == Lot.id)
        .where(Lot.donation_id.is_not(None), Consignment.id.is_(None))
        .order_by(Lot.id)
    )
    for lot, donation, shop_id in db.session.execute(donated_lots):
        if donation is None or (shop_id, lot.received_on) != (donation.shop_id, donation.given_on):
            yield f"lot {lot.id}: donation {lot.donation_id} is missing, or of another shop or day"
    for shop_id, last, count in db.session.execute(
        select(Donation.shop_id, func.max(Donation.serial), func.count())
        .group_by(Donation.shop_id)
        .order_by(Donation.shop_id)
    ):
        if last != count:
            yield f"shop {shop_id}: donation receipts run to {last}, there are {count}"


def _deliveries() -> Iterator[str]:
    """A delivery's lots came in at its shop, on its day and from its source; no number is missing."""
    lots_of_deliveries = (
        select(Lot, Delivery, Goods.shop_id)
        .outerjoin(Lot.delivery)
        .join(Lot.goods)
        .where(Lot.delivery_id.is_not(None))
        .order_by(Lot.id)
    )
    with_lots = set()
    for lot, delivery, shop_id in db.session.execute(lots_of_deliveries):
        with_lots.add(lot.delivery_id)
        came = (shop_id, lot.received_on, lot.source, lot.donation_id)
        if delivery is None or came != (
            delivery.shop_id,
            delivery.received_on,
            delivery.source,
            delivery.donation_id,
        ):
            yield f"lot {lot.id}: delivery {lot.delivery_id} is missing, or says another shop, day or source"
    for delivery in db.session.scalars(select(Delivery).order_by(Delivery.id)):
        if delivery.id not in with_lots:
            yield f"delivery {delivery.id}: has no lots"
        if delivery.year != delivery.received_on.year:
            yield f"delivery {delivery.id}: numbered in {delivery.year}, received on {delivery.received_on}"
    for shop_id, year, last, count in db.session.execute(
        select(Delivery.shop_id, Delivery.year, func.max(Delivery.serial), func.count())
        .group_by(Delivery.shop_id, Delivery.year)
        .order_by(Delivery.shop_id, Delivery.year)
    ):
        if last != count:
            yield f"shop {shop_id}, {year}: deliveries run to {last}, there are {count}"


def _stock_takes() -> Iterator[str]:
    """A booked stock-take moved exactly what its last counts say is over or missing."""
    moved: dict[int | None, Counter[int]] = defaultdict(Counter)
    for take_id, goods_id, units in db.session.execute(
        select(StockMove.stock_take_id, Lot.goods_id, func.sum(StockMove.quantity))
        .join(StockMove.lot)
        .where(StockMove.stock_take_id.is_not(None))
        .group_by(StockMove.stock_take_id, Lot.goods_id)
    ):
        moved[take_id][goods_id] = units
    last: dict[int, dict[int, int]] = defaultdict(dict)
    for count in db.session.scalars(select(Count).order_by(Count.id)):
        last[count.stock_take_id][count.goods_id] = count.difference
    for take in db.session.scalars(select(StockTake).order_by(StockTake.id)):
        differences = {goods: units for goods, units in last[take.id].items() if units and take.booked}
        if dict(moved.pop(take.id, Counter())) != differences:
            yield f"stock-take {take.id}: the stock moves do not fit the counts"
    for ident in moved:
        yield f"stock-take {ident}: missing, its stock moves are there"


def _redemptions() -> Iterator[str]:
    """Each redemption has its transfer, its lines add up, its moves took what its lines say, or gave back."""
    with_other_sum, with_other_moves = set(db.session.scalars(_other_sums())), _with_other_moves()
    rows = stream(
        select(
            *(Redemption.id, Redemption.total, Redemption.day, Redemption.serial, Redemption.transfer_id),
            Transfer.id.label("paid_by"),
            *(Transfer.kind, Transfer.amount, Transfer.reason),
            Account.person_id.label("paid_for"),
            Card.person_id.label("holder_id"),
        )
        .outerjoin(Redemption.transfer)
        .outerjoin(Account, Transfer.account_id == Account.id)
        .outerjoin(Redemption.card)
        .order_by(Redemption.id)
    )
    for redemption in rows:
        yield from _payment(redemption)
        if redemption.id in with_other_sum:
            yield f"redemption {redemption.id}: the lines do not add up to {redemption.total}"
        if redemption.id in with_other_moves:
            yield f"redemption {redemption.id}: the stock moves do not fit the lines"
    for ident in db.session.scalars(
        select(StockMove.redemption_id)
        .outerjoin(Redemption, StockMove.redemption_id == Redemption.id)
        .where(StockMove.redemption_id.is_not(None), Redemption.id.is_(None))
        .distinct()
        .order_by(StockMove.redemption_id)
    ):
        yield f"redemption {ident}: missing, its stock moves are there"


def _payment(redemption: Any) -> Iterator[str]:
    """The transfer of a redemption is its own: same receipt number, same total, same worker."""
    name, paid_by = f"redemption {redemption.id}", redemption.paid_by
    if paid_by is None:
        yield f"{name}: transfer {redemption.transfer_id} is missing"
        return
    if redemption.kind != TransferKind.REDEMPTION or redemption.amount != redemption.total:
        yield f"{name}: total {redemption.total}, transfer {paid_by} moved {redemption.amount}"
    number = receipt_number(redemption.day, redemption.serial)
    if redemption.reason != number:
        yield f"{name}: transfer {paid_by} is of receipt {redemption.reason}, not {number}"
    if redemption.paid_for is None or redemption.paid_for != redemption.holder_id:
        yield f"{name}: transfer {paid_by} is on another worker's account"


def _other_sums() -> Select[int]:
    """The ids of redemptions whose lines come to another sum than their total."""
    sums = (
        select(
            RedemptionLine.redemption_id,
            func.sum(RedemptionLine.price * RedemptionLine.quantity).label("tenths"),
        )
        .group_by(RedemptionLine.redemption_id)
        .subquery()
    )
    return (
        select(Redemption.id)
        .outerjoin(sums, sums.c.redemption_id == Redemption.id)
        .where(func.coalesce(sums.c.tenths, 0) != Redemption.total)
    )


def _with_other_moves() -> set[int]:
    """The ids of redemptions whose stock moves are not what the lines say, article by article.

    What the lines say, and a void says back, less what was moved has to come to nothing.
    """
    line = RedemptionLine
    taken = select(
        line.redemption_id, line.goods_id, literal(MoveKind.REDEMPTION.value).label("kind"), -line.quantity
    )
    given_back = select(line.redemption_id, line.goods_id, literal(MoveKind.VOID.value), line.quantity).join(
        Void, Void.redemption_id == line.redemption_id
    )
    moved = (
        select(StockMove.redemption_id, Lot.goods_id, cast(StockMove.kind, String), -StockMove.quantity)
        .join(StockMove.lot)
        .where(StockMove.redemption_id.is_not(None))
    )
    both = union_all(taken, given_back, moved).subquery().c
    ident, goods_id, kind, units = both
    return set(db.session.scalars(select(ident).group_by(ident, goods_id, kind).having(func.sum(units) != 0)))


def _strays() -> Iterator[str]:
    """No points spent without a redemption, none given back without a void, no void of something else."""
    for ident in db.session.scalars(
        select(Transfer.id)
        .outerjoin(Redemption, Redemption.transfer_id == Transfer.id)
        .where(Transfer.kind == TransferKind.REDEMPTION, Redemption.id.is_(None))
        .order_by(Transfer.id)
    ):
        yield f"transfer {ident}: points were spent without a redemption"
    for ident, redemption_id in db.session.execute(
        select(Transfer.id, Redemption.id)
        .join(Redemption, Transfer.reverses_id == Redemption.transfer_id)
        .outerjoin(Void, Void.transfer_id == Transfer.id)
        .where(Void.redemption_id.is_distinct_from(Redemption.id))
        .order_by(Transfer.id)
    ):
        yield f"transfer {ident}: gives back redemption {redemption_id} without its void"
    for ident, transfer_id in db.session.execute(
        select(Void.id, Void.transfer_id)
        .outerjoin(Void.transfer)
        .outerjoin(Void.redemption)
        .where(Transfer.reverses_id.is_distinct_from(Redemption.transfer_id) | Redemption.id.is_(None))
        .order_by(Void.id)
    ):
        yield f"void {ident}: transfer {transfer_id} does not reverse its redemption"


def _serials() -> Iterator[str]:
    """Receipt numbers have no gaps within a shop's day, and the last one is the last that was drawn.

    A number that a desk without a network had in hand need not have come in.
    """
    in_hand = cache(numbers_in_hand)
    for shop_id, day, last, count in db.session.execute(
        select(Redemption.shop_id, Redemption.day, func.max(Redemption.serial), func.count())
        .group_by(Redemption.shop_id, Redemption.day)
        .order_by(Redemption.shop_id, Redemption.day)
    ).all():
        if last != count and not _are_in_hand(shop_id, day, last, in_hand(shop_id)):
            yield f"shop {shop_id}, {day}: receipt numbers run to {last}, there are {count} redemptions"
    last_of_day = select(func.max(Redemption.serial)).where(
        Redemption.shop_id == Shop.id, Redemption.day == Shop.numbered_on
    )
    for shop_id, day, last, drawn in db.session.execute(
        select(Shop.id, Shop.numbered_on, last_of_day.scalar_subquery(), Shop.last_serial)
        .where(Shop.numbered_on.is_not(None))
        .order_by(Shop.id)
    ).all():
        if last != drawn and (day, drawn) not in in_hand(shop_id):
            yield f"shop {shop_id}: {drawn} receipt numbers were drawn, the last receipt has {last}"


def _are_in_hand(shop_id: int, day: date, last: int, in_hand: set[tuple[object, int]]) -> bool:
    """Whether a desk had each number in hand that no redemption of a day has."""
    booked = db.session.scalars(
        select(Redemption.serial).where(Redemption.shop_id == shop_id, Redemption.day == day)
    )
    missing = set(range(1, last + 1)) - set(booked)
    return {(day, serial) for serial in missing} <= in_hand
