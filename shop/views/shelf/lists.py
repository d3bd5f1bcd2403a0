"""The lists of goods, prices, devices and budgets, as they are taken out."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _

from people.views.listing import Listing, context_records
from people.views.shown import shown_name, shown_text
from points import amounts
from shop.models import Device

GOODS = Listing(
    _("Goods"),
    context_records("offers"),
    (_("Goods"), lambda offer: offer.goods.name),
    (_("Specification"), lambda offer: offer.goods.spec),
    (_("Category"), lambda offer: offer.goods.category),
    (_("Unit"), lambda offer: offer.goods.unit),
    (_("Barcode"), lambda offer: "、".join(offer.goods.codes)),
    (_("Price in points"), lambda offer: amounts.as_number(offer.price)),
    (_("Left"), lambda offer: offer.usable_units),
    (_("Low"), lambda offer: offer.is_low),
    (_("Limit"), lambda offer: offer.goods.quota),
    (_("In the archive since"), lambda offer: offer.goods.archived_on),
)

PRICES = Listing(
    _("Prices"),
    lambda context: ((context["goods"], price) for price in (*context["coming_prices"], *context["history"])),
    (_("Goods"), lambda goods, price: goods.title),
    (_("Holds from"), lambda goods, price: price.holds_from),
    (_("Price in points"), lambda goods, price: amounts.as_number(price.points)),
    (_("Unit"), lambda goods, price: goods.unit),
    (_("By"), lambda goods, price: shown_name(price.actor) if price.actor else _("the system itself")),
)


def _device_state(device: Device) -> Any:
    if device.revoked_at:
        return _("taken back")
    return _("may serve") if device.is_answered_for else _("nobody answers for it")


DEVICES = Listing(
    _("Devices"),
    context_records("devices"),
    (_("Device"), lambda device: device.name),
    (_("Added on"), lambda device: device.added_at),
    (_("Answers for it"), lambda device: device.added_by and device.added_by.name),
    (_("State"), _device_state),
    (_("Let to void by"), lambda device: device.voids_given_by and device.voids_given_by.name),
    (_("Taken back at"), lambda device: device.revoked_at),
)

BUDGETS = Listing(
    _("Budget"),
    context_records("history"),
    (_("Year"), lambda budget: budget.year),
    (_("Yuan"), lambda budget: Decimal(budget.amount).scaleb(-2)),
    (_("Decided by"), lambda budget: shown_text(budget.decided_by)),
    (_("Written down at"), lambda budget: budget.at),
    (_("Written down by"), lambda budget: shown_name(budget.actor)),
)
