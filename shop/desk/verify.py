"""The check of stock and redemptions: everything is computed again from the moves.

Each row that does not fit the ledger or the moves is named.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ground.db import db
from points import verify as ledger
from points.models import Transfer, TransferKind
from shop.models import (
    Consignment,
    Count,
    Donation,
    Goods,
    Lot,
    MoveKind,
    Redemption,
    Shop,
    StockMove,
    StockTake,
    Void,
)


def problems() -> Iterator[str]:
    """Everything that does not fit, one line each: the ledger first, then stock, redemptions and voids."""
    yield from ledger.problems()
    yield from _stock()
    yield from _reversals()
    yield from _consignments()
    yield from _donations()
    yield from _stock_takes()
    yield from _redemptions()
    yield from _strays()
    yield from _serials()


def _stock() -> Iterator[str]:
    """On hand is the sum of the moves, lot by lot, and each lot came in once."""
    sums = {
        lot_id: (total, receipts)
        for lot_id, total, receipts in db.session.execute(
            select(
                StockMove.lot_id,
                func.sum(StockMove.quantity),
                func.count().filter(StockMove.kind == MoveKind.RECEIPT),
            ).group_by(StockMove.lot_id)
        )
    }
    for lot in db.session.scalars(select(Lot).order_by(Lot.id).execution_options(yield_per=1000)):
        total, receipts = sums.pop(lot.id, (0, 0))
        if lot.on_hand != total:
            yield f"lot {lot.id}: {lot.on_hand} on hand, the moves say {total}"
        if receipts != 1:
            yield f"lot {lot.id}: received {receipts} times"
    for lot_id in sums:
        yield f"lot {lot_id}: missing, its stock moves are there"


def _reversals() -> Iterator[str]:
    """What was undone was undone whole, in the same lot."""
    for move in db.session.scalars(
        select(StockMove)
        .options(joinedload(StockMove.reverses))
        .where(StockMove.kind == MoveKind.REVERSAL)
        .order_by(StockMove.id)
    ):
        original = move.reverses
        if original is None or (original.lot_id, original.quantity) != (move.lot_id, -move.quantity):
            yield f"stock move {move.id}: does not mirror move {move.reverses_id}"


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
    moved: dict[int | None, Counter[tuple[int, MoveKind]]] = defaultdict(Counter)
    for redemption_id, goods_id, kind, quantity in db.session.execute(
        select(StockMove.redemption_id, Lot.goods_id, StockMove.kind, func.sum(StockMove.quantity))
        .join(StockMove.lot)
        .where(StockMove.redemption_id.is_not(None))
        .group_by(StockMove.redemption_id, Lot.goods_id, StockMove.kind)
    ):
        moved[redemption_id][goods_id, kind] = quantity
    loaded = (
        joinedload(Redemption.transfer).joinedload(Transfer.account),
        joinedload(Redemption.card),
        joinedload(Redemption.void),
        selectinload(Redemption.lines),
    )
    redemptions = select(Redemption).options(*loaded).order_by(Redemption.id)
    for redemption in db.session.scalars(redemptions.execution_options(yield_per=1000)):
        name = f"redemption {redemption.id}"
        yield from _payment(redemption)
        if sum(line.amount for line in redemption.lines) != redemption.total:
            yield f"{name}: the lines do not add up to {redemption.total}"
        expected: Counter[tuple[int, MoveKind]] = Counter()
        for line in redemption.lines:
            expected[line.goods_id, MoveKind.REDEMPTION] -= line.quantity
            if redemption.void:
                expected[line.goods_id, MoveKind.VOID] += line.quantity
        if moved.pop(redemption.id, Counter()) != expected:
            yield f"{name}: the stock moves do not fit the lines"
    for ident in moved:
        yield f"redemption {ident}: missing, its stock moves are there"


def _payment(redemption: Redemption) -> Iterator[str]:
    """The transfer of a redemption is its own: same receipt number, same total, same worker."""
    name, transfer = f"redemption {redemption.id}", redemption.transfer
    if transfer is None:
        yield f"{name}: transfer {redemption.transfer_id} is missing"
        return
    if transfer.kind != TransferKind.REDEMPTION or transfer.amount != redemption.total:
        yield f"{name}: total {redemption.total}, transfer {transfer.id} moved {transfer.amount}"
    if transfer.reason != redemption.number:
        yield f"{name}: transfer {transfer.id} is of receipt {transfer.reason}, not {redemption.number}"
    if transfer.account is None or transfer.account.person_id != redemption.card.person_id:
        yield f"{name}: transfer {transfer.id} is on another worker's account"


def _strays() -> Iterator[str]:
    """No points spent without a redemption, none given back without a void, no void of something else."""
    spent = db.session.scalars(
        select(Transfer)
        .outerjoin(Redemption, Redemption.transfer_id == Transfer.id)
        .where(Transfer.kind == TransferKind.REDEMPTION, Redemption.id.is_(None))
        .order_by(Transfer.id)
    )
    for transfer in spent:
        yield f"transfer {transfer.id}: points were spent without a redemption"
    given_back = db.session.execute(
        select(Transfer, Redemption, Void)
        .join(Redemption, Transfer.reverses_id == Redemption.transfer_id)
        .outerjoin(Void, Void.transfer_id == Transfer.id)
        .order_by(Transfer.id)
    )
    fitting = set()
    for transfer, redemption, void in given_back:
        if void is None or void.redemption_id != redemption.id:
            yield f"transfer {transfer.id}: gives back redemption {redemption.id} without its void"
        else:
            fitting.add(void.id)
    for void in db.session.scalars(select(Void).order_by(Void.id)):
        if void.id not in fitting:
            yield f"void {void.id}: transfer {void.transfer_id} does not reverse its redemption"


def _serials() -> Iterator[str]:
    """Receipt numbers have no gaps within a shop's day, and the last one is the last that was drawn."""
    for shop_id, day, last, count in db.session.execute(
        select(Redemption.shop_id, Redemption.day, func.max(Redemption.serial), func.count())
        .group_by(Redemption.shop_id, Redemption.day)
        .order_by(Redemption.shop_id, Redemption.day)
    ):
        if last != count:
            yield f"shop {shop_id}, {day}: receipt numbers run to {last}, there are {count} redemptions"
    last_of_day = select(func.max(Redemption.serial)).where(
        Redemption.shop_id == Shop.id, Redemption.day == Shop.numbered_on
    )
    for shop_id, last, drawn in db.session.execute(
        select(Shop.id, last_of_day.scalar_subquery(), Shop.last_serial)
        .where(Shop.numbered_on.is_not(None))
        .order_by(Shop.id)
    ):
        if last != drawn:
            yield f"shop {shop_id}: {drawn} receipt numbers were drawn, the last receipt has {last}"
