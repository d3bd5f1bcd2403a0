"""A card at the till: its state, and its holder's balance and limits."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _

from ground.refusal import Refused
from people import access, cards
from people.models import Card
from shop.api import bp
from shop.api.figures import points
from shop.api.problems import stop
from shop.desk import holders, limits
from shop.desk.limits import PurchaseLimit


@bp.get("/cards/<anything:card>")
@access.device
def card(card: str) -> dict[str, Any]:
    """A card of the shop's village by token, number or address, with the balance and limits of its holder."""
    holder = holders.at_desk(card_or_stop(card, 404), None)
    return {
        "number": holder.card.number,
        "status": holder.card.state.value,
        "balance": points(holder.balance),
        "worker": holder.card.person.masked,
        "grid": holder.grid,
        "limits": [_limit(limit) for limit in limits.in_shop(holder.entry_ids, g.device.shop)],
    }


def card_or_stop(text: str, status: int) -> Card:
    """The card by its token, number or address.

    Stops with `unknown_card`, also for another village's card.
    """
    try:
        return cards.find(text, g.device.shop.village)
    except Refused:
        stop(status, "unknown_card", _("No card of this shop's village has this number or code."))


def _limit(limit: PurchaseLimit) -> dict[str, Any]:
    return {
        "goods": limit.goods_id,
        "name": limit.name,
        "limit": limit.quota,
        "taken": limit.units_taken,
        "left": limit.units_left,
    }
