"""Vouchers: those of some days with their sums, each of them to look at, and on paper two on a sheet."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import abort, g, request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response

from ground import clock, web
from ground.contributions import Slot
from ground.paper import words
from ground.refusal import Refused
from people import access
from people.models import Area
from people.pages import FurtherLink
from people.views.listing import excel, render
from people.views.shown import shown_name, shown_text
from shop import labels
from shop.forms.stock import VouchersForm
from shop.models import Shop
from shop.paper.voucher import VoucherItem, VoucherSheet, vouchers_pdf
from shop.shelf import shops
from shop.views import READERS
from shop.views.stock import bp, lists
from shop.views.stock.stock import own_shop
from shop.vouchers import vouchers as verbs
from shop.vouchers.voucher import StockVoucher, VoucherKind, VoucherLine, sums

# Where the vouchers of a village's days lead to, for their reader.
ABOUT_DAYS: Slot[Callable[[Area, date, date], list[FurtherLink]]] = Slot()

MOST_DAYS = 366  # of which vouchers are shown at once


@bp.get("/v/<village>/vouchers")
@access.allow(*READERS)
@excel(lists.VOUCHERS, lists.VOUCHER_SUMS)
def vouchers(village: str) -> tuple[str, int]:
    """The vouchers of some days, of one kind or all, with the sums of each kind; at first of this month."""
    shop, form = shops.of_village(g.area), _days_form()
    first, last, kind = _asked(form)
    listed = _vouchers(shop, first, last, kind) if shop else []
    html = render(
        "shop/vouchers/vouchers.html",
        shop=shop,
        form=form,
        first=first,
        last=last,
        kind=kind,
        month_before=_month(first - timedelta(days=1)),
        month_after=_month(last + timedelta(days=1)) if last < clock.today() else None,
        vouchers=listed,
        sums=list(sums(listed)),
        further=[link for links in ABOUT_DAYS.items() for link in links(g.area, first, last)],
        labels=labels,
    )
    return html, form.status


@bp.get("/v/<village>/vouchers.pdf")
@access.allow(*READERS)
def vouchers_sheet(village: str) -> Response:
    """The vouchers of some days on paper, two on a sheet, to be signed and filed."""
    shop = own_shop()
    first, last, kind = _asked(_days_form())
    content = draw_vouchers(shop, first, last, kind) or abort(404)
    return web.pdf(content, f"vouchers-{first}-{last}.pdf")


def draw_vouchers(shop: Shop, first: date, last: date, kind: str = "") -> bytes | None:
    """The PDF of the vouchers of some days, of one kind or all, for its reader; None where there are none."""
    title = gettext(
        "Vouchers of %(shop)s, %(first)s to %(last)s",
        shop=shop.name,
        first=words.day(first),
        last=words.day(last),
    )
    sheets = [_sheet(shop, voucher) for voucher in _vouchers(shop, first, last, kind)]
    return vouchers_pdf(title, sheets) if sheets else None


@bp.get("/v/<village>/vouchers/<number>")
@access.allow(*READERS)
@excel(lists.VOUCHER_LINES)
def voucher(village: str, number: str) -> str:
    """A voucher with its lines and sums, and the way to its paper."""
    voucher = verbs.by_number(own_shop(), number) or abort(404)
    return render(
        "shop/vouchers/voucher.html",
        voucher=voucher,
        title=labels.voucher_title(voucher),
        facts=_facts(voucher),
        labels=labels,
    )


@bp.get("/v/<village>/vouchers/<number>.pdf")
@access.allow(*READERS)
def voucher_sheet(village: str, number: str) -> Response:
    """The voucher on half a sheet of A4, or as many as it needs, for three to sign."""
    shop = own_shop()
    voucher = verbs.by_number(shop, number) or abort(404)
    title = f"{labels.voucher_title(voucher)} {voucher.number}"
    return web.pdf(vouchers_pdf(title, [_sheet(shop, voucher)]), f"voucher-{voucher.number}.pdf")


def _days_form() -> VouchersForm:
    """What is asked for; without any days, those of this month."""
    if any(request.args.get(name) for name in ("since", "until", "kind")):
        form = VouchersForm(request.args)
    else:
        first, last = _month(clock.today())
        form = VouchersForm(None, since=first, until=last)
    since, until = form.since, form.until
    if form.validate() and since.data and until.data:
        if since.data > until.data:
            form.refuse(Refused("bad_period", _("The first day lies after the last."), "until"))
        elif (until.data - since.data).days >= MOST_DAYS:
            form.refuse(Refused("bad_period", _("Choose at most a year."), "until"))
    return form


def _asked(form: VouchersForm) -> tuple[date, date, str]:
    """The days and the kind that are asked for; where they can't be meant, this month."""
    first, last = _month(clock.today())
    if form.errors or form.status != 200:
        return first, last, ""
    since, until = form.since.data, form.until.data
    if until and not since:
        first, last = _month(until)[0], until
    elif since:
        first, last = since, until or _month(since)[1]
    return first, last, form.kind.data or ""


def _month(day: date) -> tuple[date, date]:
    """The first and the last day of a month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _vouchers(shop: Shop, first: date, last: date, kind: str) -> list[StockVoucher]:
    """The vouchers of these days, those of single lots among the deliveries."""
    kinds = {kind, VoucherKind.RECEIPT} if kind == VoucherKind.DELIVERY else {kind}
    return [voucher for voucher in verbs.of_days(shop, first, last) if not kind or voucher.kind in kinds]


# --- In words ---


def _facts(voucher: StockVoucher) -> list[tuple[str, str]]:
    """What is said of a voucher above its lines, as its reader may see it."""
    pairs = [
        (gettext("Undoes voucher"), voucher.reverses),
        (gettext("Received on"), words.day(voucher.received_on) if voucher.received_on else ""),
        (gettext("Where from"), str(labels.SOURCES[voucher.source]) if voucher.source else ""),
        (_other_side(voucher.kind), voucher.from_whom),
        (gettext("Invoice number"), voucher.invoice_number),
        (gettext("Receipts"), _receipts(voucher)),
        (gettext("Voided receipts"), gettext(", ").join(voucher.voided)),
        (
            gettext("Note") if voucher.kind == VoucherKind.SENT else gettext("Reason"),
            shown_text(voucher.reason) or "",
        ),
    ]
    return [(label, text) for label, text in pairs if text]


def _other_side(kind: VoucherKind) -> str:
    if kind == VoucherKind.SENT:
        return gettext("Receiving shop")
    return gettext("Sending shop") if kind == VoucherKind.ARRIVED else gettext("Supplier or donor")


def _receipts(voucher: StockVoucher) -> str:
    """How many receipts there are, and from which number to which."""
    if not voucher.receipts:
        return ""
    first, last = voucher.receipts[0], voucher.receipts[-1]
    numbers = first if first == last else gettext("%(first)s to %(last)s", first=first, last=last)
    return ngettext(
        "%(num)s receipt: %(numbers)s",
        "%(num)s receipts: %(numbers)s",
        len(voucher.receipts),
        numbers=numbers,
    )


def _note(line: VoucherLine) -> str:
    if line.undone_on:
        return gettext("undone on %(day)s", day=words.day(line.undone_on))
    return gettext("good until %(day)s", day=words.day(line.best_before)) if line.best_before else ""


def _sheet(shop: Shop, voucher: StockVoucher) -> VoucherSheet:
    written = words.moment(voucher.made_at)
    if voucher.made_by:
        written = gettext("%(moment)s by %(name)s", moment=written, name=shown_name(voucher.made_by))
    return VoucherSheet(
        village=shop.village.name,
        shop=shop.name,
        title=labels.voucher_title(voucher),
        number=voucher.number,
        day=voucher.day,
        is_red=voucher.is_red,
        facts=_facts(voucher),
        items=[
            VoucherItem(
                line.name, line.spec, line.unit, line.quantity, line.unit_cost, line.price, _note(line)
            )
            for line in voucher.lines
        ],
        units=voucher.units,
        value=voucher.value,
        points=voucher.points,
        uncosted=abs(voucher.uncosted),
        signers=[gettext("Handled by"), gettext("Checked by"), gettext("Agreed by")],
        written=gettext("Written down %(written)s", written=written),
    )
