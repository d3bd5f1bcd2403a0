"""Pages of the shop: the desk, redemptions, goods, cards, and what anyone may see."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.pages import Entry
from shop import labels

bp = Blueprint("shop", __name__)
bp.add_app_template_filter(labels.yuan, "yuan")

READERS = frozenset(access.SHOP | access.ONLOOKERS)

NAVIGATION = [
    Entry("shop.desk", _("Desk"), "upc-scan", frozenset(access.SHOP)),
    Entry("shop.redemptions", _("Redemptions"), "receipt", READERS),
    Entry("shop.goods", _("Goods"), "basket", READERS),
    Entry("shop.stock", _("To look after"), "exclamation-circle", READERS, under=("shop.goods",)),
    Entry("shop.stock_takes", _("Stock-take"), "clipboard-check", READERS, under=("shop.goods",)),
    Entry("shop.consignments", _("Between shops"), "truck", READERS, under=("shop.goods",)),
    Entry("shop.donations", _("Donations"), "gift", READERS, under=("shop.goods",)),
]


# They register their routes.
from shop.views import consignments, counts, desk, donations, goods, public, redemptions, stock
