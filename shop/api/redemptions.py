"""Redemptions by a till: made, looked up and voided, by the same verbs as the desk's pages."""

import hashlib
from datetime import date
from typing import Any

from flask import g, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload, selectinload

from ground import web
from ground.db import db, fetch, transaction
from ground.refusal import Refused
from people import access, sight
from people.models import Card, User
from shop.api import bp, inputs
from shop.api.cards import card_or_stop
from shop.api.figures import moment, points, tenths
from shop.api.orders import Order
from shop.api.problems import stop
from shop.desk import redemptions, voids
from shop.models import Proxy, Redemption, RedemptionLine, Void
from shop.purchases import wishes

_LOADED = (
    joinedload(Redemption.card).joinedload(Card.person),
    joinedload(Redemption.transfer),
    joinedload(Redemption.clerk).joinedload(User.person),
    joinedload(Redemption.device),
    joinedload(Redemption.proxy),
    joinedload(Redemption.void).options(joinedload(Void.actor), joinedload(Void.device)),
    selectinload(Redemption.lines),
)

Answer = tuple[dict[str, Any], int, dict[str, str]]


@bp.post("/redemptions")
@access.device
def redeem() -> Answer:
    """Hand out goods against a card, once for each Idempotency-Key: 201 when made, 200 when repeated."""
    key, body, order = _redemption_key(inputs.key()), inputs.body(), None
    try:
        with transaction():
            card, order = card_or_stop(body["card"], 422), Order(body, g.device.shop, key)
            redeemed = redemptions.redeem(
                key,
                g.device.shop,
                card,
                order.basket,
                g.device,
                order.collector,
                expected_total=tenths(body.get("total")),
                operator=order.operator,
            )
            answer, is_new = _as_json(redeemed), not redeemed.is_repeated
    except Refused as refusal:
        if order is not None:
            wishes.note_refused(refusal, key, g.device.shop_id, order.basket, g.device)
            order.stop_at_line(refusal)
        raise
    if not is_new:
        return answer, 200, {}
    return answer, 201, {"Location": url_for("api.redemption", ident=answer["id"])}


@bp.get("/redemptions")
@access.device
def latest() -> dict[str, Any]:
    """What the shop handed out since a day, voided or not, the latest first, a page at a time."""
    parameters = inputs.query()
    page = db.paginate(
        redemptions.redemptions_of(g.device.shop, parameters["since"] or date.min).options(*_LOADED),
        page=parameters["page"],
        per_page=parameters["per_page"],
        error_out=False,
    )
    return {
        "items": [_as_json(redemption) for redemption in page.items],
        "page": parameters["page"],
        "per_page": parameters["per_page"],
        "pages": page.pages,
        "total": page.total,
    }


@bp.get("/redemptions/<int:ident>")
@access.device
def redemption(ident: int) -> dict[str, Any]:
    """One redemption of the shop, also when somebody served at the desk."""
    return _as_json(_redemption_or_stop(ident))


@bp.post("/redemptions/<int:ident>/void")
@access.device
def void(ident: int) -> dict[str, Any]:
    """Undo a redemption with a reason; undone already, nothing more happens."""
    body = inputs.body()
    with transaction():
        redemption = _redemption_or_stop(ident)
        voids.void(redemption, body["reason"], g.device)
        return _as_json(redemption)


def _redemption_key(device_key: str) -> str:
    """A redemption's key, from the device and the key it sent: two devices never share one."""
    return hashlib.sha256(f"{g.device.id}:{device_key}".encode()).hexdigest()


def _redemption_or_stop(ident: int) -> Redemption:
    """A redemption of the device's shop. Stops with `unknown_redemption`."""
    redemption: Redemption | None = fetch(Redemption, ident, shop_id=g.device.shop_id)
    return redemption or stop(404, "unknown_redemption", _("This shop has no such redemption."))


def _as_json(redemption: Redemption) -> dict[str, Any]:
    """A redemption as JSON, with what the receipt says."""
    reader, after = sight.outside(), redemption.transfer.balance_after
    check_url = web.known_url(url_for("desk.check", code=redemption.code))
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
        "served_by": reader.name(redemption.clerk) or redemption.served_by,
        "operator": reader.name(redemption.operator) or None,
        "collector": redemption.proxy and _proxy(redemption.proxy),
        "check_url": check_url and check_url.upper(),  # as in a QR code
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


def _proxy(proxy: Proxy) -> dict[str, Any]:
    """Who came for the worker, masked, without what they signed."""
    return {
        "name": sight.outside().name(proxy),
        "relation": proxy.relation,
        "signed": bool(proxy.signature),
    }


def _void(void: Void) -> dict[str, Any]:
    by = sight.outside().name(void.actor) or void.made_by
    return {"reason": void.reason, "at": moment(void.at), "by": by}
