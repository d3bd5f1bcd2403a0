"""Pages of the shop: the desk, redemptions, goods, cards, and what anyone may see."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.pages import Entry

bp = Blueprint("shop", __name__)

READERS = frozenset(access.SHOP | access.ONLOOKERS)

NAVIGATION = [
    Entry("shop.desk", _("Desk"), "upc-scan", frozenset(access.SHOP)),
    Entry("shop.redemptions", _("Redemptions"), "receipt", READERS),
    Entry("shop.closings", _("Closing"), "journal-check", READERS, under=("shop.redemptions",)),
    Entry("shop.goods", _("Goods"), "basket", READERS),
    Entry("shop.hours", _("Opening hours"), "clock", READERS, under=("shop.goods",)),
]


# They register their routes.
from shop.views import closing, desk, goods, hours, public, redemptions, serving
