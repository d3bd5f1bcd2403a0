"""The vouchers of a shop, read from its moves alone, so that they are always the same.

What undoes a voucher is one of its own day, in red: the same with minus before it. So the vouchers of a month
add up to its stock book, and none can be missing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from ground import clock, days
from ground.db import db
from shop.models import (
    Consignment,
    Delivery,
    Goods,
    Lot,
    MoveKind,
    Redemption,
    RedemptionLine,
    Shop,
    StockMove,
)
from shop.vouchers.voucher import OUTGOING, StockVoucher, VoucherKind, VoucherLine

# The letters before the numbers, by their initials: 入库, 调入, 出库, 报损, 退货, 调出, 盘点. A delivery
# has a number without letters.
LETTERS = {
    VoucherKind.RECEIPT: "RK",
    VoucherKind.ARRIVED: "DR",
    VoucherKind.REDEMPTIONS: "CK",
    VoucherKind.WRITE_OFF: "BS",
    VoucherKind.RETURN: "TH",
    VoucherKind.SENT: "DC",
    VoucherKind.STOCK_TAKE: "PD",
}
RED = "H"  # 红字, before the day on which something was undone

_OF_DELIVERY = re.compile(r"([0-9]{4})-([0-9]{4,9})(?:-H([0-9]{8}))?", re.ASCII)
_OF_DAY = re.compile(r"[A-Z]{2}([0-9]{8})(?:-[0-9]{1,9})?(?:-H([0-9]{8}))?", re.ASCII)


def of_days(shop: Shop, first: date, last: date) -> list[StockVoucher]:
    """The vouchers of a shop from a day to another, in the order in which they were begun."""
    moved = _moved(shop, first, last)
    handed_out = _receipt_lines(_of_days(select(StockMove.redemption_id), shop, first, last))
    consignments = _consignments(_of_days(select(StockMove.consignment_id), shop, first, last))
    together: dict[str, list[_Moved]] = {}
    for each in moved:
        each.consignment = consignments.get(each.base.consignment_id or 0)
        together.setdefault(each.number, []).append(each)
    return [_voucher(number, parts, handed_out) for number, parts in together.items()]


def by_number(shop: Shop, number: str) -> StockVoucher | None:
    """The voucher of a shop with this number, or None."""
    day = _day_in(shop, number)
    return (
        next((voucher for voucher in of_days(shop, day, day) if voucher.number == number), None)
        if day
        else None
    )


def _day_in(shop: Shop, number: str) -> date | None:
    """The day of a voucher, which its number tells; or that of the delivery with this number."""
    if found := _OF_DAY.fullmatch(number):
        return _as_day(found[2] or found[1])
    found = _OF_DELIVERY.fullmatch(number)
    if not found:
        return None
    if found[3]:
        return _as_day(found[3])
    at = db.session.scalar(
        select(Delivery.at).where(
            Delivery.shop_id == shop.id, Delivery.year == int(found[1]), Delivery.serial == int(found[2])
        )
    )
    return clock.local(at).date() if at else None


def _as_day(figures: str) -> date | None:
    """A day that has been, from its eight figures."""
    try:
        day = date.fromisoformat(figures)
    except ValueError:
        return None
    return day if days.HAPPENED.has(day) else None


# --- What moved ---


@dataclass
class _Moved:
    """A move, when it was undone, and the consignment it belongs to."""

    move: StockMove
    undone_at: datetime | None
    consignment: Consignment | None = field(default=None)

    @property
    def base(self) -> StockMove:
        """The move itself, or the one that it undoes."""
        return self.move.reverses or self.move

    @property
    def day(self) -> date:
        return clock.local(self.move.at).date()

    @property
    def kind(self) -> VoucherKind:
        return _kind(self.base)

    @property
    def is_red(self) -> bool:
        """Whether it undoes what has a voucher of its own; a void is a line of the desk's day."""
        return self.move.kind in (MoveKind.REVERSAL, MoveKind.SENT_BACK)

    @property
    def original(self) -> str:
        """The number of the voucher it is on, or of the one that it undoes."""
        lot, kind = self.move.lot, self.kind
        if kind == VoucherKind.DELIVERY and lot.delivery:
            return lot.delivery.number
        began_at = self.base.at
        if self.move.kind == MoveKind.SENT_BACK and self.consignment:
            began_at = self.consignment.sent_at
        day = f"{LETTERS[kind]}{clock.local(began_at):%Y%m%d}"
        return day if kind == VoucherKind.REDEMPTIONS else f"{day}-{self.ident}"

    @property
    def number(self) -> str:
        """The number of its voucher: two never share one, and it never changes."""
        return f"{self.original}-{RED}{self.day:%Y%m%d}" if self.is_red else self.original

    @property
    def ident(self) -> int:
        """The row that its number names: the consignment, the stock-take, or the move itself."""
        return self.base.consignment_id or self.base.stock_take_id or self.base.id


def _kind(move: StockMove) -> VoucherKind:
    if move.kind == MoveKind.RECEIPT:
        if move.consignment_id:
            return VoucherKind.ARRIVED
        return VoucherKind.DELIVERY if move.lot.delivery_id else VoucherKind.RECEIPT
    return _KINDS[move.kind]


_KINDS = {
    MoveKind.REDEMPTION: VoucherKind.REDEMPTIONS,
    MoveKind.VOID: VoucherKind.REDEMPTIONS,
    MoveKind.WRITE_OFF: VoucherKind.WRITE_OFF,
    MoveKind.RETURN: VoucherKind.RETURN,
    MoveKind.SENT: VoucherKind.SENT,
    MoveKind.SENT_BACK: VoucherKind.SENT,
    MoveKind.STOCK_TAKE: VoucherKind.STOCK_TAKE,
}


def _of_days(
    query: Select[*tuple[Any, ...]], shop: Shop, first: date, last: date
) -> Select[*tuple[Any, ...]]:
    """A query of moves: those of these days in a shop."""
    begins, ends = clock.day_span(first, last)
    return (
        query.select_from(StockMove)
        .join(StockMove.lot)
        .join(Lot.goods)
        .where(Goods.shop_id == shop.id, StockMove.at >= begins, StockMove.at < ends)
    )


def _moved(shop: Shop, first: date, last: date) -> list[_Moved]:
    undoing = aliased(StockMove)
    query = (
        _of_days(select(StockMove, undoing.at), shop, first, last)
        .outerjoin(undoing, undoing.reverses_id == StockMove.id)
        .options(
            contains_eager(StockMove.lot).options(
                joinedload(Lot.donation),
                joinedload(Lot.delivery).joinedload(Delivery.donation),
            ),
            joinedload(StockMove.reverses).joinedload(StockMove.lot),
            joinedload(StockMove.actor),
        )
        .order_by(StockMove.at, StockMove.id)
    )
    return [_Moved(*row) for row in db.session.execute(query)]


def _consignments(ids: Select[int | None]) -> dict[int, Consignment]:
    query = (
        select(Consignment)
        .options(
            joinedload(Consignment.to_shop),
            joinedload(Consignment.lot).joinedload(Lot.goods).joinedload(Goods.shop),
        )
        .where(Consignment.id.in_(ids))
    )
    return {consignment.id: consignment for consignment in db.session.scalars(query)}


_Receipt = tuple[Redemption, RedemptionLine]


def _receipt_lines(ids: Select[int | None]) -> dict[tuple[int, int], _Receipt]:
    """The lines of receipts by redemption and article, of which each has one."""
    query = (
        select(Redemption, RedemptionLine)
        .join(RedemptionLine, RedemptionLine.redemption_id == Redemption.id)
        .where(Redemption.id.in_(ids))
    )
    return {
        (line.redemption_id, line.goods_id): (receipt, line) for receipt, line in db.session.execute(query)
    }


# --- As a voucher says it ---


def _voucher(
    number: str, parts: Sequence[_Moved], handed_out: Mapping[tuple[int, int], _Receipt]
) -> StockVoucher:
    first = parts[0]
    kind, lot, delivery = first.kind, first.move.lot, first.move.lot.delivery
    is_bought = kind in (VoucherKind.DELIVERY, VoucherKind.RECEIPT)
    if kind == VoucherKind.REDEMPTIONS:
        lines = _desk_lines(parts, handed_out)
    else:
        lines = [_line(each) for each in parts]
    return StockVoucher(
        kind=kind,
        number=number,
        day=first.day,
        lines=lines,
        made_by=first.move.actor,
        made_at=first.move.at,
        received_on=lot.received_on if is_bought else None,
        source=lot.source if is_bought else None,
        from_whom=_from_whom(first),
        invoice_number=(delivery.invoice_number if is_bought and delivery else None) or "",
        reason=_reason(first),
        reverses=first.original if first.is_red else "",
        receipts=_receipts(parts, handed_out, MoveKind.REDEMPTION),
        voided=_receipts(parts, handed_out, MoveKind.VOID),
    )


def _from_whom(first: _Moved) -> str:
    """The other side: a shop, a supplier or a donor; of what was returned, whoever it came from."""
    lot = first.move.lot
    if first.consignment:
        other = first.consignment.to_shop
        return other.name if first.kind == VoucherKind.SENT else first.consignment.lot.goods.shop.name
    if first.kind not in (VoucherKind.DELIVERY, VoucherKind.RECEIPT, VoucherKind.RETURN):
        return ""
    return (lot.delivery.from_whom if lot.delivery else lot.donor) or ""


def _reason(first: _Moved) -> str:
    if first.consignment and not first.is_red:
        return first.consignment.note
    return first.move.reason or ""


def _line(each: _Moved) -> VoucherLine:
    move, lot = each.move, each.move.lot
    undone_at = each.undone_at
    if move.kind == MoveKind.SENT and each.consignment and each.consignment.arrived_id is None:
        undone_at = each.consignment.answered_at
    return VoucherLine(
        goods_id=lot.goods_id,
        name=move.name or "",
        spec=move.spec or "",
        unit=move.unit or "",
        quantity=-move.quantity if each.kind in OUTGOING else move.quantity,
        unit_cost=lot.unit_cost,
        best_before=lot.best_before,
        undone_on=clock.local(undone_at).date() if undone_at else None,
    )


def _desk_lines(parts: Iterable[_Moved], handed_out: Mapping[tuple[int, int], _Receipt]) -> list[VoucherLine]:
    """What was handed out, and what voids brought back, each by article, price and cost."""
    units: dict[VoucherLine, int] = {}
    for each in parts:
        lot = each.move.lot
        _receipt, line = handed_out[each.move.redemption_id or 0, lot.goods_id]
        sign = -1 if each.move.kind == MoveKind.VOID else 1
        key = VoucherLine(
            lot.goods_id, line.name, line.spec or "", line.unit, sign, lot.unit_cost, price=line.price
        )
        units[key] = units.get(key, 0) - each.move.quantity
    lines = [replace(line, quantity=quantity) for line, quantity in units.items()]
    return sorted(lines, key=lambda line: (line.quantity < 0, line.name, line.spec, line.goods_id))


def _receipts(
    parts: Iterable[_Moved], handed_out: Mapping[tuple[int, int], _Receipt], kind: MoveKind
) -> list[str]:
    """The numbers of the receipts whose goods were handed out, or came back by a void, in their order."""
    return sorted(
        {
            handed_out[each.move.redemption_id or 0, each.move.lot.goods_id][0].number
            for each in parts
            if each.move.kind == kind
        }
    )
