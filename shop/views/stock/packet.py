"""The papers of the shop that belong into a quarter's packet."""

from flask_babel import lazy_gettext as _

from people.sight import Sight
from points.models import Assessment
from points.wall.packet import PacketPart
from shop.shelf import shops
from shop.views.stock.vouchers import draw_vouchers


def _draw_vouchers(assessment: Assessment, _sight: Sight) -> None:
    """The vouchers of the quarter, in the order in which they were begun."""
    shop, quarter = shops.of_village(assessment.village), assessment.quarter
    if shop is not None:
        draw_vouchers(shop, quarter.first_day, quarter.last_day)


PARTS = (PacketPart(70, _("Vouchers"), _draw_vouchers),)
