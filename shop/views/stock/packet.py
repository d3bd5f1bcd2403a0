"""The papers of the shop that belong into a quarter's packet."""

from flask_babel import lazy_gettext as _

from ground.db import db
from people.sight import Sight
from points.models import Assessment
from points.wall.packet import PacketPart
from shop.paper.delivery import delivery_pdf
from shop.shelf import shops
from shop.stock import deliveries
from shop.views.stock.deliveries import sheet_of


def _draw_deliveries(assessment: Assessment, sight: Sight) -> None:
    """The delivery sheets of the quarter, without what was undone, the first received first."""
    shop, quarter = shops.of_village(assessment.village), assessment.quarter
    if shop is None:
        return
    query = deliveries.deliveries_of(shop, quarter.first_day, quarter.last_day)
    received = db.session.scalars(query).all()[::-1]
    for ident, lines in deliveries.lines_of_each(received).items():
        delivery = next(each for each in received if each.id == ident)
        if left := [line for line in lines if not line.is_undone]:
            delivery_pdf(sheet_of(delivery, left, sight))


PARTS = (PacketPart(70, _("Delivery sheets"), _draw_deliveries),)
