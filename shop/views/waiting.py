"""What waits in the shop, for the front page: what comes, what runs out, what is being counted."""

from flask import url_for
from flask_babel import gettext, ngettext

from people import access
from people.models import Area, Role, User
from people.pages import Urgency, WaitingItem
from shop.models import Shop
from shop.offline import journal
from shop.shelf import shops
from shop.stock import consignments, counts, watch

DECIDING = {Role.MANAGER, Role.CHAIR}


def waiting(area: Area, _user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits in a village's shop: the manager sees to it, a volunteer knows of it."""
    knows = roles & access.SHOP | roles & DECIDING
    shop = shops.of_village(area) if area.is_village and knows else None
    if shop is None:
        return []
    undecided = _undecided(area, shop, roles)
    return undecided + _to_look_after(area, shop, roles) if roles & access.SHOP else undecided


def _undecided(area: Area, shop: Shop, roles: set[Role]) -> list[WaitingItem]:
    """What was handed out without a network, and somebody has to decide about."""
    count = len(journal.waiting(shop))
    if not count:
        return []
    text = ngettext(
        "%(num)s redemption without a network could not be booked and is to be decided",
        "%(num)s redemptions without a network could not be booked and are to be decided",
        count,
    )
    urgency = Urgency.IN_TURN if roles & DECIDING else Urgency.TO_KNOW
    return [WaitingItem(text, url_for("offline.leases", village=area.code), urgency=urgency)]


def _to_look_after(area: Area, shop: Shop, roles: set[Role]) -> list[WaitingItem]:
    """What comes, what runs out, and what is being counted."""
    of_manager = Urgency.IN_TURN if Role.MANAGER in roles else Urgency.TO_KNOW
    stock_url = url_for("stock.stock", village=area.code)
    looks, items = watch.watch_list(shop), []
    if coming := len(consignments.arriving_consignments(shop)):
        text = ngettext(
            "%(num)s delivery from another shop is to be taken in",
            "%(num)s deliveries from other shops are to be taken in",
            coming,
        )
        url = url_for("stock.consignments", village=area.code)
        items.append(WaitingItem(text, url, urgency=of_manager))
    if looks.expired:
        text = ngettext(
            "%(num)s lot has expired and lies on the shelf",
            "%(num)s lots have expired and lie on the shelf",
            len(looks.expired),
        )
        items.append(WaitingItem(text, stock_url, looks.expired[0].best_before, of_manager))
    if looks.near_expiry:
        text = ngettext("%(num)s lot expires soon", "%(num)s lots expire soon", len(looks.near_expiry))
        items.append(WaitingItem(text, stock_url, looks.near_expiry[0].best_before, of_manager))
    if looks.low:
        text = ngettext("%(num)s article runs low", "%(num)s articles run low", len(looks.low))
        items.append(WaitingItem(text, stock_url, urgency=of_manager))
    if take := counts.open_stock_take(shop):
        url = url_for("stock.stock_take", village=area.code, ident=take.id)
        items.append(WaitingItem(gettext("The stock-take goes on: count, and let a manager book it"), url))
    return items
