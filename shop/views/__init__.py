"""Pages of the shop, a package for each room, each with its blueprint."""

from flask_babel import lazy_gettext as _

from people import access
from people.models import Role
from people.pages import Entry

READERS = frozenset(access.SHOP | access.ONLOOKERS)
MINDING = frozenset(access.ONLOOKERS | {Role.MANAGER})  # who sees what stands behind the points
MANAGING = frozenset({Role.MANAGER})
LABELLING = frozenset(access.SHOP)  # who prints what stands at the shelf

NAVIGATION = [
    Entry("desk.desk", _("Desk"), "upc-scan", frozenset(access.SHOP)),
    Entry("desk.redemptions", _("Redemptions"), "receipt", READERS),
    Entry("desk.closings", _("Closing"), "journal-check", READERS, under=("desk.redemptions",)),
    Entry("shelf.goods", _("Goods"), "basket", READERS),
    Entry("stock.stock", _("To look after"), "exclamation-circle", READERS, under=("shelf.goods",)),
    Entry("stock.stock_takes", _("Stock-take"), "clipboard-check", READERS, under=("shelf.goods",)),
    Entry("stock.consignments", _("Between shops"), "truck", READERS, under=("shelf.goods",)),
    Entry("stock.donations", _("Donations"), "gift", READERS, under=("shelf.goods",)),
    Entry("shelf.budget", _("Budget"), "cash-coin", MINDING, under=("shelf.goods",)),
    Entry("shelf.hours", _("Opening hours"), "clock", READERS, under=("shelf.goods",)),
    Entry("shelf.import_goods", _("From a file"), "file-earmark-excel", MANAGING, under=("shelf.goods",)),
    Entry("shelf.devices", _("Devices"), "key", frozenset({Role.MANAGER}), under=("shelf.goods",)),
]
