"""The pages that trace points to goods, and goods to where they came from and went."""

from flask import abort, g, render_template, url_for
from flask_babel import gettext

from ground import clock, web
from ground.db import fetch
from people import access
from people.pages import FurtherLink
from points import labels as point_labels
from points import spending
from points.models import AccountKind, Transfer, TransferKind
from shop import labels, trace
from shop.views import READERS
from shop.views.stock import bp
from shop.views.stock.stock import own_lot

# Entries that brought points: of these it is asked what became of them, of others where they came from.
BRINGING = {TransferKind.AWARD, TransferKind.OPENING, TransferKind.MERGE_IN}


def entry_links(transfer: Transfer) -> list[FurtherLink]:
    """The way from an entry of the ledger book to its trace."""
    if transfer.kind == TransferKind.REVERSAL:
        return []
    text = gettext("What became of them") if transfer.kind in BRINGING else gettext("Where they came from")
    village = transfer.account.village.code
    return [FurtherLink(text, url_for("stock.trace_points", village=village, transfer=transfer.id))]


@bp.get("/v/<village>/trace/points/<int:transfer>")
@access.allow(*access.ONLOOKERS)
def trace_points(village: str, transfer: int) -> str:
    """What the points of an entry bought, or by which entries those that it took had come."""
    entry: Transfer = fetch(Transfer, transfer) or abort(404)
    account = entry.account
    if account.kind != AccountKind.WORKER or account.village_id != g.area.id:
        abort(404)
    traced = spending.trace(entry)
    transfers = [traced.transfer.id, *(part.other.id for part in traced.parts)]
    redemptions = trace.redemptions_by_transfer(transfers)
    own = redemptions.get(traced.transfer.id)
    return render_template(
        "shop/trace/points.html",
        trace=traced,
        person=account.person,
        redemptions=redemptions,
        lots=trace.lots_of(own) if own else (),
        merged=spending.merged_from(traced.transfer),
        explain_transfer=point_labels.explain_transfer,
        labels=labels,
        today=clock.today(),
    )


@bp.get("/v/<village>/trace/lots/<int:ident>")
@access.allow(*READERS)
def trace_lot(village: str, ident: int) -> str:
    """Where a lot came from, and every receipt on which something of it went out."""
    traced = trace.lot_trace(own_lot(ident))
    page = web.page_of(trace.moves_of(traced.lot))
    return render_template(
        "shop/trace/lot.html",
        trace=traced,
        page=page,
        receipts=trace.receipts_of(page.items),
        labels=labels,
        today=clock.today(),
    )
