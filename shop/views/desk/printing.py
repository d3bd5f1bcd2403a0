"""A receipt on paper: as a PDF, as a file for a receipt printer, and by the shop's printer in the network."""

from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from ground import web
from ground.db import stop_reading, transaction
from ground.paper import printer
from ground.refusal import Refused
from people import access, audit
from people.views.shown import shown_name, shown_text
from points import expiry
from shop.desk import redemptions as verbs
from shop.models import Proxy, ReceiptPrinter, Redemption
from shop.paper.dots import DOTS_WIDE, receipt_commands
from shop.paper.receipt import PAPERS, Receipt, ReceiptLine, ReceiptProxy, receipt_pdf
from shop.views import READERS
from shop.views.desk import SERVING, bp
from shop.views.desk.redemptions import redemption_or_404
from shop.views.shown import shown_server


@bp.get("/v/<village>/redemptions/<int:ident>/receipt.pdf")
@access.allow(*READERS)
def receipt(village: str, ident: int) -> Response:
    """The receipt on `?paper=` 58, 80, A4 or A4x2, after a while marked as a reprint."""
    redemption = redemption_or_404(ident)
    paper = _paper_asked(PAPERS)
    content = receipt_pdf(_receipt(redemption, "reprint" in request.args), paper)
    return web.pdf(content, f"receipt-{redemption.number}.pdf", is_framed=True)


@bp.get("/v/<village>/redemptions/<int:ident>/receipt.bin")
@access.allow(*READERS)
def receipt_file(village: str, ident: int) -> Response:
    """The receipt as the commands of a receipt printer, on `?paper=` 58 or 80."""
    redemption = redemption_or_404(ident)
    paper = _paper_asked(DOTS_WIDE)
    commands = receipt_commands(_receipt(redemption, "reprint" in request.args), paper)
    return web.printer_file(commands, f"receipt-{redemption.number}.bin")


@bp.post("/v/<village>/redemptions/<int:ident>/print")
@access.allow(*SERVING)
def print_receipt(village: str, ident: int) -> Response | dict[str, str] | web.Problem:
    """Let the shop's printer in the network print the receipt; whatever it does, what was booked is booked.

    A script, which asks for JSON, is told `said`, or why nothing was printed.
    """
    redemption = redemption_or_404(ident)
    shop = redemption.shop
    if shop.printer != ReceiptPrinter.NETWORK or not shop.paper:
        abort(404)
    number, address = redemption.number, shop.printer_address or ""
    commands = receipt_commands(_receipt(redemption, "reprint" in request.form), shop.paper)
    stop_reading()
    try:
        printer.hand_over(address, commands)
    except Refused as refusal:
        told = Refused(
            refusal.code,
            _(
                "%(why)s Receipt %(number)s is booked all the same and can be printed again.",
                why=refusal.message,
                number=number,
            ),
        )
        if web.asked_by_script():
            return web.problem(told)
        web.flash_warning(str(told.message))
    else:
        said = gettext("Receipt %(number)s was sent to the printer.", number=number)
        if web.asked_by_script():
            return {"said": said}
        flash(said)
    return redirect(url_for("desk.desk", village=village, done=ident))


def _paper_asked(papers: Any) -> str:
    """The paper that the address asks for, or 404 where there is none of that kind."""
    paper = request.args.get("paper", "58")
    return paper if paper in papers else abort(404)


def _receipt(redemption: Redemption, reprint: bool) -> Receipt:
    """The receipt of a redemption, as it is printed.

    A while after the redemption, or where it is asked for, it says that it is a reprint, and that is written
    into the audit trail.
    """
    reprint = reprint or not verbs.is_fresh(redemption)
    if reprint:
        with transaction():
            audit.note(current_user, "receipt.reprint", redemption, g.area, number=redemption.number)
    person = redemption.card.person
    after = redemption.transfer.balance_after
    return Receipt(
        shop=redemption.shop.name,
        village=person.area.name,
        number=redemption.number,
        at=redemption.at,
        worker=person.masked,
        card_number=redemption.card.number,
        lines=[
            ReceiptLine(line.name, line.unit, line.quantity, line.price, line.amount, line.spec or "")
            for line in redemption.lines
        ],
        total=redemption.total,
        before=after + redemption.total,
        after=after,
        clerk=shown_server(redemption),
        check_url=web.printed_url(url_for("desk.check", code=redemption.code)),
        void_reason=shown_text(redemption.void.reason) if redemption.void else None,
        reprint=reprint,
        proxy=_collector(redemption.proxy) if redemption.proxy else None,
        lapses=None if reprint or redemption.void else expiry.warning(person),
    )


def _collector(proxy: Proxy) -> ReceiptProxy:
    """Who came for the worker, as the reader may see it: who sees no name sees no signature either."""
    signature = proxy.signature if access.is_insider() else []
    return ReceiptProxy(shown_name(proxy), shown_text(proxy.relation), signature)
