"""Pages of the shop: the desk, redemptions, goods, devices, and what anyone may see."""

from flask import Blueprint
from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import Entry
from shop.labels import yuan

bp = Blueprint("shop", __name__)
bp.add_app_template_filter(yuan, "yuan")

READERS = frozenset(access.SHOP | access.ONLOOKERS)
MINDING = frozenset(access.ONLOOKERS | {Role.MANAGER})  # who sees what stands behind the points
MANAGING = frozenset({Role.MANAGER})
LABELLING = frozenset(access.SHOP)  # who prints what stands at the shelf

NAVIGATION = [
    Entry("shop.desk", _("Desk"), "upc-scan", frozenset(access.SHOP)),
    Entry("shop.redemptions", _("Redemptions"), "receipt", READERS),
    Entry("shop.closings", _("Closing"), "journal-check", READERS, under=("shop.redemptions",)),
    Entry("shop.goods", _("Goods"), "basket", READERS),
    Entry("shop.stock", _("To look after"), "exclamation-circle", READERS, under=("shop.goods",)),
    Entry("shop.stock_takes", _("Stock-take"), "clipboard-check", READERS, under=("shop.goods",)),
    Entry("shop.consignments", _("Between shops"), "truck", READERS, under=("shop.goods",)),
    Entry("shop.donations", _("Donations"), "gift", READERS, under=("shop.goods",)),
    Entry("shop.budget", _("Budget"), "cash-coin", MINDING, under=("shop.goods",)),
    Entry("shop.hours", _("Opening hours"), "clock", READERS, under=("shop.goods",)),
    Entry("shop.import_goods", _("From a file"), "file-earmark-excel", MANAGING, under=("shop.goods",)),
    Entry("shop.devices", _("Devices"), "key", frozenset({Role.MANAGER}), under=("shop.goods",)),
]


# They register their routes.
from shop.views import (
    article,
    budget,
    closing,
    consignments,
    counts,
    desk,
    devices,
    donations,
    goods,
    goodsfile,
    hours,
    labels,
    public,
    redemptions,
    serving,
    stock,
)
