"""Redemptions: points for goods by a till, looked up, and voided; through the verbs of the desk's pages."""

import hashlib
from typing import Any

from flask import g, url_for
from flask_babel import lazy_gettext as _

from ground import web
from ground.db import fetch, transaction
from ground.refusal import Refused
from people import access
from shop.api import asked, bp
from shop.api.cards import known
from shop.api.figures import moment, points
from shop.api.problems import stop
from shop.desk import redemptions, voids
from shop.models import Redemption, RedemptionLine, Void

Answer = tuple[dict[str, Any], int, dict[str, str]]


@bp.post("/redemptions")
@access.device
def redeem() -> Answer:
    """Hand out goods against a card, once for each Idempotency-Key: 201 when made, 200 when repeated."""
    key, sent = _key(asked.key()), asked.body()
    basket = _basket(sent["items"])
    with transaction():
        card = known(sent["card"], 422)
        done = redemptions.redeem(key, g.device.shop, card, basket, g.device)
        answer, made = _told(done), not done.is_repeated
    if not made:
        return answer, 200, {}
    return answer, 201, {"Location": url_for("api.redemption", ident=answer["id"])}


@bp.get("/redemptions/<int:ident>")
@access.device
def redemption(ident: int) -> dict[str, Any]:
    """One redemption of the shop, also when somebody served at the desk."""
    return _told(_one(ident))


@bp.post("/redemptions/<int:ident>/void")
@access.device
def void(ident: int) -> dict[str, Any]:
    """Undo a redemption with a reason; undone already, nothing more happens."""
    sent = asked.body()
    with transaction():
        found = _one(ident)
        voids.void(found, sent["reason"], g.device)
        return _told(found)


def _key(given: str) -> str:
    """The key of the redemption: those of different devices never meet."""
    return hashlib.sha256(f"{g.device.id}:{given}".encode()).hexdigest()


def _basket(items: list[dict[str, Any]]) -> dict[int, int]:
    """Units by article, which JSON may write 2.0. Refused `bad_items` where an article comes twice."""
    basket = {int(item["goods"]): int(item["quantity"]) for item in items}
    if len(basket) < len(items):
        raise Refused("bad_items", _("An article is in the basket twice."))
    return basket


def _one(ident: int) -> Redemption:
    """A redemption of the device's shop. Stops with `unknown_redemption`."""
    found: Redemption | None = fetch(Redemption, ident, shop_id=g.device.shop_id)
    return found or stop(404, "unknown_redemption", _("This shop has no such redemption."))


def _told(redemption: Redemption) -> dict[str, Any]:
    """A redemption as the receipt says it."""
    after = redemption.transfer.balance_after
    return {
        "id": redemption.id,
        "number": redemption.number,
        "card": redemption.card.number,
        "worker": redemption.card.person.masked,
        "items": [_line(line) for line in redemption.lines],
        "total": points(redemption.total),
        "balance_before": points(after + redemption.total),
        "balance_after": points(after),
        "day": redemption.day.isoformat(),
        "at": moment(redemption.at),
        "served_by": redemption.served_by,
        "check_url": web.printed(url_for("desk.check", code=redemption.code)),
        "voided": redemption.void is not None,
        "void": _void(redemption.void) if redemption.void else None,
    }


def _line(line: RedemptionLine) -> dict[str, Any]:
    return {
        "goods": line.goods_id,
        "name": line.name,
        "spec": line.spec,
        "unit": line.unit,
        "quantity": line.quantity,
        "price": points(line.price),
        "amount": points(line.amount),
    }


def _void(void: Void) -> dict[str, Any]:
    return {"reason": void.reason, "at": moment(void.at), "by": void.made_by}
