"""The lists of the stock, from its lots and moves to its vouchers, as they are taken out."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _

from people.views.listing import Context, Listing, context_records
from people.views.shown import shown_name, shown_text
from points import amounts
from shop import labels
from shop.models import Consignment, Delivery, Donation, Lot, MoveKind, StockMove
from shop.shelf.goods import Offer
from shop.stock.deliveries import ReceivedLine, cost_of
from shop.vouchers.voucher import VoucherKind


def _source(lot: Lot) -> str:
    return f"{labels.SOURCES[lot.source]} · {lot.donor}" if lot.donor else str(labels.SOURCES[lot.source])


def _yuan(fen: int | None) -> Decimal | None:
    """Money as a file holds it: in yuan."""
    return None if fen is None else Decimal(fen).scaleb(-2)


def _ending(context: Context) -> Iterator[tuple[Lot, Any]]:
    watch = context["watch"]
    for lot in watch.expired if watch else ():
        yield lot, _("expired")
    for lot in watch.near_expiry if watch else ():
        yield lot, _("expires soon")


ENDING_LOTS = Listing(
    _("Expired and expiring"),
    _ending,
    (_("Goods"), lambda lot, state: lot.goods.title),
    (_("State"), lambda lot, state: state),
    (_("Best before"), lambda lot, state: lot.best_before),
    (_("Where from"), lambda lot, state: _source(lot)),
    (_("Left of it"), lambda lot, state: lot.on_hand),
    (_("Unit"), lambda lot, state: lot.goods.unit),
)


def _low(context: Context) -> Iterator[tuple[Offer]]:
    for offer in context["watch"].low if context["watch"] else ():
        yield (offer,)


LOW_GOODS = Listing(
    _("Runs low"),
    _low,
    (_("Goods"), lambda offer: offer.goods.title),
    (_("Left"), lambda offer: offer.usable_units),
    (_("Low at"), lambda offer: offer.goods.low_at or 0),
    (_("Unit"), lambda offer: offer.goods.unit),
)


def _move_kind(move: StockMove) -> Any:
    if move.consignment_id and move.kind == MoveKind.RECEIPT:
        return _("came in from another shop")
    words = labels.MOVE_KINDS[move.kind]
    return f"{words}：{labels.MOVE_KINDS[move.reverses.kind]}" if move.reverses else words


MOVES = Listing(
    _("In and out"),
    context_records("page"),
    (_("Goods"), lambda move: move.lot.goods.title),
    (_("What happened"), _move_kind),
    (_("How many"), lambda move: move.quantity),
    (_("Unit"), lambda move: move.lot.goods.unit),
    (_("Time"), lambda move: move.at),
    (_("Delivery of"), lambda move: move.lot.received_on),
    (_("Reason"), lambda move: shown_text(move.reason)),
    (_("By"), lambda move: shown_name(move.actor)),
)

LOTS = Listing(
    _("Lots"),
    lambda context: ((lot,) for lot in (*context["usable_lots"], *context["empty_lots"])),
    (_("Goods"), lambda lot: lot.goods.title),
    (_("Where from"), _source),
    (_("Came in"), lambda lot: lot.received_on),
    (_("Best before"), lambda lot: lot.best_before),
    (_("Cost of a unit in yuan"), lambda lot: _yuan(lot.unit_cost)),
    (_("Left of it"), lambda lot: lot.on_hand),
    (_("Unit"), lambda lot: lot.goods.unit),
    paged=False,
)


def _deliveries(context: Context) -> Iterator[tuple[Delivery, list[ReceivedLine]]]:
    for delivery in context["page"] or ():
        yield delivery, context["lines"][delivery.id]


def _goods_of(lines: list[ReceivedLine]) -> Any:
    left = [f"{line.goods.title} {line.quantity} {line.goods.unit}" for line in lines if not line.is_undone]
    return "、".join(left) or _("undone: nothing came in")


DELIVERIES = Listing(
    _("Deliveries"),
    _deliveries,
    (_("Number"), lambda delivery, lines: delivery.number),
    (_("Received on"), lambda delivery, lines: delivery.received_on),
    (_("Where from"), lambda delivery, lines: labels.SOURCES[delivery.source]),
    (_("Supplier or donor"), lambda delivery, lines: delivery.from_whom),
    (_("Invoice number"), lambda delivery, lines: delivery.invoice_number),
    (_("What came in"), lambda delivery, lines: _goods_of(lines)),
    (_("Cost in yuan"), lambda delivery, lines: _yuan(cost_of(lines))),
    (_("Written down by"), lambda delivery, lines: shown_name(delivery.actor)),
    (_("Time"), lambda delivery, lines: delivery.at),
)

DELIVERY_LINES = Listing(
    _("Delivery"),
    context_records("lines"),
    (_("Goods"), lambda line: line.goods.title),
    (_("How many"), lambda line: line.quantity),
    (_("Unit"), lambda line: line.goods.unit),
    (_("Best before"), lambda line: line.best_before),
    (_("Cost of a unit in yuan"), lambda line: _yuan(line.unit_cost)),
    (_("Cost in yuan"), lambda line: _yuan(line.cost)),
    (_("Left of it"), lambda line: line.on_hand),
    (_("Undone"), lambda line: line.is_undone),
    paged=False,
)


def _donations(context: Context) -> Iterator[tuple[Donation, str]]:
    for donation in context["page"] or ():
        moves = context["items"][donation.id]
        names = (f"{move.lot.goods.title} {move.quantity} {move.lot.goods.unit}" for move in moves)
        yield donation, "、".join(names)


DONATIONS = Listing(
    _("Donations"),
    _donations,
    (_("Donor"), lambda donation, items: donation.donor),
    (_("Day"), lambda donation, items: donation.given_on),
    (_("What was given"), lambda donation, items: items or _("undone: nothing was given")),
    (_("Donation receipt"), lambda donation, items: donation.number),
)


def _consignment_state(sent: Consignment) -> Any:
    if sent.answered_by is None:
        return _("on its way")
    return _("taken in") if sent.arrived_id else _("went back")


CONSIGNMENT_COLUMNS = (
    (_("Number"), lambda sent: sent.number),
    (_("Goods"), lambda sent: sent.lot.goods.title),
    (_("How many"), lambda sent: sent.quantity),
    (_("Unit"), lambda sent: sent.lot.goods.unit),
    (_("Sending shop"), lambda sent: sent.lot.goods.shop.name),
    (_("Receiving shop"), lambda sent: sent.to_shop.name),
    (_("Sent at"), lambda sent: sent.sent_at),
    (_("Sent by"), lambda sent: shown_name(sent.sent_by)),
    (_("How it stands"), _consignment_state),
    (_("Answered by"), lambda sent: shown_name(sent.answered_by)),
)

CONSIGNMENTS_UNDER_WAY = Listing(
    _("On the way"), context_records("open_consignments"), *CONSIGNMENT_COLUMNS, paged=False
)
CONSIGNMENTS = Listing(_("Between shops"), context_records("page"), *CONSIGNMENT_COLUMNS)


def _stock_take_state(stock_take: Any) -> Any:
    return _("being counted") if stock_take.is_open else _("booked") if stock_take.booked else _("called off")


STOCK_TAKES = Listing(
    _("Stock-takes"),
    context_records("page"),
    (_("Begun"), lambda stock_take: stock_take.begun_at),
    (_("By"), lambda stock_take: shown_name(stock_take.begun_by)),
    (_("How it stands"), _stock_take_state),
    (_("Ended by"), lambda stock_take: shown_name(stock_take.closed_by)),
    (_("Ended at"), lambda stock_take: stock_take.closed_at),
)


def _counted(context: Context) -> Iterator[tuple[Any]]:
    """What was counted, for who sees it on the page."""
    for row in context["counted_rows"] if context["may_see_results"] else ():
        yield (row,)


STOCK_TAKE = Listing(
    _("Stock-take"),
    _counted,
    (_("Goods"), lambda row: row.goods.title),
    (_("Unit"), lambda row: row.goods.unit),
    (_("Counted"), lambda row: row.count.units),
    (_("Books"), lambda row: row.count.expected),
    (_("Difference"), lambda row: row.difference),
    (_("In points"), lambda row: amounts.as_number(row.difference * row.price)),
    (_("Counted by"), lambda row: shown_name(row.count.counter)),
    (_("Time"), lambda row: row.count.at),
)


def _points(tenths: int | None) -> Decimal | None:
    return None if tenths is None else amounts.as_number(tenths)


VOUCHERS = Listing(
    _("Vouchers"),
    context_records("vouchers"),
    (_("Voucher"), lambda voucher: voucher.number),
    (_("Day"), lambda voucher: voucher.day),
    (_("Kind"), labels.voucher_title),
    (_("With whom"), lambda voucher: voucher.from_whom),
    (_("Invoice number"), lambda voucher: voucher.invoice_number),
    (_("Undoes voucher"), lambda voucher: voucher.reverses),
    (_("Units"), lambda voucher: voucher.units),
    (_("Amount in yuan"), lambda voucher: _yuan(voucher.value)),
    (_("Without a cost"), lambda voucher: voucher.uncosted),
    (_("In points"), lambda voucher: _points(voucher.points)),
    (_("Reason"), lambda voucher: shown_text(voucher.reason)),
    (_("Written down by"), lambda voucher: shown_name(voucher.made_by)),
    (_("Time"), lambda voucher: voucher.made_at),
)

VOUCHER_SUMS = Listing(
    _("Vouchers by kind"),
    context_records("sums"),
    (_("Kind"), lambda sums: labels.VOUCHERS[sums.kind]),
    (_("Vouchers"), lambda sums: sums.vouchers),
    (_("Units"), lambda sums: sums.units),
    (_("Amount in yuan"), lambda sums: _yuan(sums.value)),
    (_("Without a cost"), lambda sums: sums.uncosted),
    (_("In points"), lambda sums: _points(sums.points if sums.kind == VoucherKind.REDEMPTIONS else None)),
)

VOUCHER_LINES = Listing(
    _("Voucher"),
    lambda context: ((context["voucher"], line) for line in context["voucher"].lines),
    (_("Voucher"), lambda voucher, line: voucher.number),
    (_("Goods"), lambda voucher, line: line.name),
    (_("Specification"), lambda voucher, line: line.spec),
    (_("How many"), lambda voucher, line: line.quantity),
    (_("Unit"), lambda voucher, line: line.unit),
    (_("Price in points"), lambda voucher, line: _points(line.price)),
    (_("In points"), lambda voucher, line: _points(line.points)),
    (_("Cost of a unit in yuan"), lambda voucher, line: _yuan(line.unit_cost)),
    (_("Amount in yuan"), lambda voucher, line: _yuan(line.value)),
    (_("Undone"), lambda voucher, line: line.undone_on),
)
