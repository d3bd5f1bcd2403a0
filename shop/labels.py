"""The words of the field for what the shop's models keep as codes, its papers, and when it is open."""

from datetime import date

from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _

from ground import clock
from ground.paper import words
from points.amounts import show
from shop.models import Ending, Lease, MoveKind, ReceiptPrinter, Shop, Source
from shop.shelf import leases, shops
from shop.shelf.hours import Hours, Span
from shop.shelf.leases import Promise
from shop.vouchers.voucher import StockVoucher, VoucherKind


def yuan(fen: int) -> str:
    """Money as people write it: 1250 fen is "12.50", and 150 too many spent "−1.50"."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'−' if fen < 0 else ''}{whole}.{rest:02d}"


PAPERS = {"58": _("58 mm"), "80": _("80 mm"), "A4": "A4", "A4x2": _("A4, two copies")}

PRINTERS = {
    ReceiptPrinter.NETWORK: _("A receipt printer in the network (cable or Wi-Fi)"),
    ReceiptPrinter.PHONE: _("A telephone's Bluetooth printer, by the app RawBT"),
}

SOURCES = {
    Source.PURCHASE: _("bought"),
    Source.DONATION: _("donated"),
    Source.ALLOCATION: _("allocated from above"),
    Source.OPENING: _("opening stock"),
}

# What somebody can take in by hand; opening stock comes with the list of goods, or is found by a stock-take.
SOURCES_TO_TAKE_IN = {source: text for source, text in SOURCES.items() if source != Source.OPENING}

MOVE_KINDS = {
    MoveKind.RECEIPT: _("came in"),
    MoveKind.REDEMPTION: _("handed out"),
    MoveKind.VOID: _("back by a void"),
    MoveKind.WRITE_OFF: _("written off"),
    MoveKind.RETURN: _("returned to the supplier"),
    MoveKind.SENT: _("sent to another shop"),
    MoveKind.SENT_BACK: _("came back from another shop"),
    MoveKind.STOCK_TAKE: _("difference of a stock-take"),
    MoveKind.REVERSAL: _("undone"),
}


VOUCHERS = {
    VoucherKind.DELIVERY: _("Delivery sheet"),
    VoucherKind.RECEIPT: _("Delivery sheet"),
    VoucherKind.ARRIVED: _("Voucher of what came from another shop"),
    VoucherKind.REDEMPTIONS: _("Voucher of a day's redemptions"),
    VoucherKind.WRITE_OFF: _("Voucher of a write-off"),
    VoucherKind.RETURN: _("Voucher of a return"),
    VoucherKind.SENT: _("Voucher of what went to another shop"),
    VoucherKind.STOCK_TAKE: _("Voucher of a stock-take"),
}


def voucher_title(voucher: StockVoucher) -> str:
    """What a voucher is called; one of a stock-take by what was found."""
    if voucher.kind == VoucherKind.STOCK_TAKE:
        if all(line.quantity > 0 for line in voucher.lines):
            return gettext("Voucher of what a stock-take found")
        if all(line.quantity < 0 for line in voucher.lines):
            return gettext("Voucher of what a stock-take missed")
    return str(VOUCHERS[voucher.kind])


def spoken_result(total: int, after: int) -> str:
    """What a redemption cost and left, in tenths of a point, as it is read out: in Mandarin."""
    with force_locale("zh"):
        return gettext(
            "Redeemed: %(total)s points. Left: %(after)s points.", total=show(total), after=show(after)
        )


def spoken_words() -> dict[str, str]:
    """Both sentences with their values left open, for a desk that fills them in without a network."""
    with force_locale("zh"):
        return {
            "balance": gettext("%(name)s has %(points)s points to spend.", name="{name}", points="{points}"),
            "result": gettext(
                "Redeemed: %(total)s points. Left: %(after)s points.", total="{total}", after="{after}"
            ),
        }


def at_device(server: str, operator: str | None) -> str:
    """Who served, and behind a device's name whoever stood at it, if that was said."""
    return gettext("%(device)s (%(operator)s)", device=server, operator=operator) if operator else server


def opening_text(shop: Shop) -> str:
    """Whether a shop is open now, and until or from when, in one sentence."""
    hours = shops.hours_of(shop)
    if hours is None:
        return gettext("Open whenever somebody serves.")
    until = hours.closing_time(clock.local(clock.now()))
    if until:
        return gettext("Open now, until %(time)s.", time=f"{until:%H:%M}")
    opens = shops.next_opening(shop)
    if opens is None:
        return gettext("Closed now; no opening is planned in the next two months.")
    return gettext("Closed now; opens on %(moment)s.", moment=words.moment(opens))


def hours_lines(hours: Hours, today: date) -> list[tuple[str, str]]:
    """Opening hours line by line: the day in words, and from when until when; without dates that are over."""
    weekly = [(words.weekday(day), _span(hours.weekly.get(day))) for day in range(1, 8) if hours.weekly]
    monthly = [
        (gettext("every month on day %(day)d", day=day), _span(span))
        for day, span in sorted(hours.monthly.items())
    ]
    dates = [(words.day(day), _span(span)) for day, span in sorted(hours.dates.items()) if day >= today]
    return [*weekly, *monthly, *dates]


def _span(span: Span | None) -> str:
    return f"{span.opens:%H:%M}–{span.closes:%H:%M}" if span else gettext("not open")


PROMISES = {
    Promise.WITH_DESK: _(
        "This receipt was handed out without a network. Its desk has not brought it in yet."
    ),
    Promise.KEPT: _(
        "This receipt was handed out without a network, and could not be booked when it came in. The village "
        "decides about it."
    ),
}

LEASE_ENDINGS = {
    Ending.RETURNED: _("given back"),
    Ending.BROKEN: _("taken from the desk"),
    Ending.OVER: _("not given back in time"),
}


def lease_state(lease: Lease) -> str:
    """How a lease stands: it runs, or how it ended."""
    if leases.is_running(lease):
        return gettext("runs")
    return str(LEASE_ENDINGS[lease.ending or Ending.OVER])
