"""A card: who stands at the till, and what they can spend."""

from typing import Any

from flask import g
from flask_babel import lazy_gettext as _

from ground import clock
from ground.refusal import Refused
from people import access, cards
from people.models import Card
from people.roster import holders
from points import ledger
from shop.api import bp
from shop.api.figures import points
from shop.api.problems import stop
from shop.desk import limits
from shop.desk.limits import Limit


@bp.get("/cards/<anything:card>")
@access.device
def card(card: str) -> dict[str, Any]:
    """A card of the shop's village by token, number or address, with the balance and limits of its holder."""
    found = known(card, 404)
    term = holders.serves_on(found.person_id, clock.today())
    return {
        "number": found.number,
        "status": found.state.value,
        "balance": points(ledger.balance_of(found.person)),
        "worker": found.person.masked,
        "grid": term.grid.name if term else None,
        "limits": [_limit(limit) for limit in limits.in_shop(found.person, g.device.shop)],
    }


def known(given: str, status: int) -> Card:
    """The card, whatever of it was given. Stops with `unknown_card`, also for another village's card."""
    try:
        return cards.find(given, g.device.shop.village)
    except Refused:
        stop(status, "unknown_card", _("No card of this shop's village has this number or code."))


def _limit(limit: Limit) -> dict[str, Any]:
    return {
        "goods": limit.goods.id,
        "name": limit.goods.name,
        "limit": limit.quota,
        "taken": limit.taken,
        "left": limit.left,
    }
