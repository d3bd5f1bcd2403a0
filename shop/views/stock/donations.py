"""Donations: what was given, its receipt, and the donor's own page."""

from flask import abort, g, render_template, url_for
from werkzeug.wrappers import Response

from ground import web
from ground.db import fetch
from people import access
from people.views.listing import excel, render
from shop.models import Donation
from shop.paper.donation import DonationItem, DonationReceipt, donation_pdf
from shop.shelf import shops
from shop.stock import donations as verbs
from shop.views import READERS
from shop.views.stock import bp, lists
from shop.views.stock.stock import own_shop


@bp.get("/v/<village>/donations")
@access.allow(*READERS)
@excel(lists.DONATIONS)
def donations(village: str) -> str:
    """What was given to the shop, by whom, the latest first."""
    shop = shops.of_village(g.area)
    page = web.page_of(verbs.donations_of(shop)) if shop else None
    return render(
        "shop/stock/donations.html",
        shop=shop,
        page=page,
        items=verbs.deliveries_of(page.items) if page else {},
    )


@bp.get("/v/<village>/donations/<int:ident>/receipt.pdf")
@access.allow(*READERS)
def donation_receipt(village: str, ident: int) -> Response:
    """The receipt for the donor; none for what was taken in by mistake and undone."""
    donation = fetch(Donation, ident, shop_id=own_shop().id) or abort(404)
    items = verbs.deliveries_of([donation])[donation.id] or abort(404)
    receipt = DonationReceipt(
        shop=donation.shop.name,
        village=donation.shop.village.name,
        donor=donation.donor,
        number=donation.number,
        day=donation.given_on,
        items=[
            DonationItem(
                move.name or "",
                move.spec or "",
                move.unit or "",
                move.quantity,
                move.lot.best_before,
            )
            for move in items
        ],
        received_by=next((move.actor.name for move in items if move.actor), ""),
        check_url=web.printed_url(url_for("stock.donor", code=donation.code)),
    )
    return web.pdf(donation_pdf(receipt), f"donation-{donation.number}.pdf")


@bp.get("/D/<code>")
@bp.get("/d/<code>")
@access.public
def donor(code: str) -> Response:
    """A donor's own page: what they gave, how much of it went out, and when; never to whom."""
    donation = verbs.by_code(code) or abort(404)
    gifts = verbs.donated_lots(donation)
    return web.unlisted_page(
        render_template(
            "shop/stock/donor.html", donation=donation, gifts=gifts, days=verbs.handed_out_by_day(gifts)
        )
    )
