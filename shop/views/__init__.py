"""Pages of the shop: the desk, redemptions, goods, devices, and what anyone may see."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import Entry

bp = Blueprint("shop", __name__)

READERS = frozenset(access.SHOP | access.ONLOOKERS)

NAVIGATION = [
    Entry("shop.desk", _("Desk"), "upc-scan", frozenset(access.SHOP)),
    Entry("shop.redemptions", _("Redemptions"), "receipt", READERS),
    Entry("shop.goods", _("Goods"), "basket", READERS),
    Entry("shop.devices", _("Devices"), "key", frozenset({Role.MANAGER}), under=("shop.goods",)),
]


# They register their routes.
from shop.views import desk, devices, goods, public, redemptions
