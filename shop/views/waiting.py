"""What waits in the shop, for the front page: what comes, what runs out, what is being counted."""

from flask import url_for
from flask_babel import gettext, ngettext

from people import access
from people.models import Area, Role, User
from people.pages import Urgency, WaitingItem
from shop.offline import journal
from shop.shelf import shops
from shop.stock import consignments, counts, watch


def waiting(area: Area, _user: User, roles: set[Role]) -> list[WaitingItem]:
    """What waits in a village's shop: the manager sees to it, a volunteer knows of it."""
    shop = shops.of_village(area) if area.is_village and roles & access.SHOP else None
    if shop is None:
        return []
    of_manager = Urgency.IN_TURN if Role.MANAGER in roles else Urgency.TO_KNOW
    stock_url = url_for("stock.stock", village=area.code)
    looks, items = watch.watch_list(shop), []
    if undecided := len(journal.waiting(shop)):
        text = ngettext(
            "%(num)s redemption without a network could not be booked and is to be decided",
            "%(num)s redemptions without a network could not be booked and are to be decided",
            undecided,
        )
        items.append(WaitingItem(text, url_for("offline.leases", village=area.code), urgency=of_manager))
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
