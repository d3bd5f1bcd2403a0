"""The day's closing: the days, and each as a sheet to look at and to print."""

from datetime import date

from flask import abort, g
from werkzeug.wrappers import Response

from ground import clock, days, web
from people import access
from people.views.listing import excel, render
from people.views.shown import shown_text
from shop.desk import closing as verbs
from shop.models import Shop
from shop.paper.closing import ClosingSheet, OutflowRow, ReceiptRow, VoidRow, closing_pdf
from shop.shelf import shops
from shop.views import READERS
from shop.views.desk import bp, lists
from shop.views.shown import shown_server

DAYS_LISTED = 92  # listed: a quarter


@bp.get("/v/<village>/closing")
@access.allow(*READERS)
@excel(lists.DAYS)
def closings(village: str) -> str:
    """The days on which something was handed out or voided, the latest first."""
    shop = shops.of_village(g.area)
    return render(
        "shop/desk/closings.html",
        has_shop=shop is not None,
        days=verbs.day_summaries(shop, DAYS_LISTED) if shop else [],
        today=clock.today(),
    )


@bp.get("/v/<village>/closing/<day>")
@access.allow(*READERS)
@excel(lists.DAY_GOODS, lists.DAY_REDEMPTIONS, lists.DAY_VOIDS)
def closing(village: str, day: str) -> str:
    """One day: what was handed out, what was voided, and which goods left the shelf."""
    shop, on = _shop(), _day(day)
    return render("shop/desk/closing.html", closing=verbs.close_day(shop, on), shop=shop, today=clock.today())


@bp.get("/v/<village>/closing/<day>.pdf")
@access.allow(*READERS)
def closing_sheet(village: str, day: str) -> Response:
    """The closing sheet of a day, to print and sign."""
    shop, on = _shop(), _day(day)
    return web.pdf(closing_pdf(_sheet(shop, verbs.close_day(shop, on))), f"closing-{on}.pdf")


def _shop() -> Shop:
    return shops.of_village(g.area) or abort(404)


def _day(text: str) -> date:
    """A day that has been, as it is written in the address; otherwise 404."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(404)
    return day if day.isoformat() == text and days.HAPPENED.has(day) else abort(404)


def _sheet(shop: Shop, closing: verbs.Closing) -> ClosingSheet:
    numbers = [redemption.number for redemption in closing.redemptions]
    return ClosingSheet(
        shop=shop.name,
        village=shop.village.name,
        day=closing.day,
        receipts=[
            ReceiptRow(
                redemption.number,
                redemption.at,
                redemption.card.person.masked,
                redemption.total,
                shown_server(redemption),
                redemption.void is not None,
            )
            for redemption in closing.redemptions
        ],
        voids=[
            VoidRow(
                void.redemption.number, void.at, void.redemption.total, shown_text(void.reason), void.made_by
            )
            for void in closing.voids
        ],
        goods=[
            OutflowRow(row.name, row.unit, row.handed_out, row.given_back, row.points)
            for row in closing.goods
        ],
        first_receipt=numbers[0] if numbers else None,
        last_receipt=numbers[-1] if numbers else None,
        total_out=closing.total_out,
        total_back=closing.total_back,
        printed_at=clock.now(),
    )
