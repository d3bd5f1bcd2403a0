"""What a desk's page and the server exchange, as JSON: it takes the shop, brings its journal, ends."""

import base64
from typing import Any

from flask import abort, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user

from ground import clock, web
from ground.db import fetch, transaction
from ground.refusal import Refused
from people import access
from shop.models import Ending, Lease, ReceiptPrinter, Shop
from shop.offline import journal
from shop.offline.entries import read_entry
from shop.offline.holding import holding_of
from shop.offline.journal import NOT_NOW, EntryOutcome
from shop.shelf import leases as verbs
from shop.shelf import shops
from shop.views.desk import SERVING
from shop.views.offline import bp
from shop.views.offline.leases import lease_or_404

MOST_ENTRIES = 20

WHY_ENDED = {
    Ending.RETURNED: ("lease_returned", _("The shop was given back. It is served with a network again.")),
    Ending.BROKEN: ("lease_broken", _("The shop was taken from this desk. Hand nothing out from it.")),
    Ending.OVER: ("lease_over", _("The time is over. Prepare the desk again, with a network.")),
}


@bp.post("/v/<village>/offline")
@access.allow(*SERVING)
def take_lease(village: str) -> dict[str, Any] | web.Problem:
    """Give the shop to the browser whose key is sent as `public_key`; the answer is its `lease`."""
    shop = shops.of_village(g.area) or abort(404)
    public_key = _body().get("public_key")
    try:
        web.printed_url("/")  # on each receipt stands the address where it can be checked
        with transaction():
            ident = verbs.take(shop, current_user, str(public_key)).id
    except Refused as refusal:
        return web.problem(refusal)
    return {"lease": _holding(fetch(Lease, ident) or abort(404), 0)}


@bp.post("/v/<village>/offline/<int:ident>")
@access.allow(*SERVING)
def exchange(village: str, ident: int) -> dict[str, Any] | web.Problem:
    """Take in what a desk wrote down, each entry once, and answer what it holds now.

    `entries` are `text` and `signature`, at most 20, in their order; `receipts_until` is the last receipt
    that the page has. Of each entry `results` says what became of it; `lease` is what the desk holds now, or
    null with `code` and `title`.
    """
    lease_or_404(ident)
    body = _body()
    entries, receipts_until = body.get("entries"), body.get("receipts_until")
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES or type(receipts_until) is not int:
        abort(422)
    try:
        results = [_as_json(_take_in(ident, sent)) for sent in entries]
        with transaction():
            lease = lease_or_404(ident)
            if verbs.is_running(lease):
                verbs.grant_receipts(lease)
    except Refused as refusal:
        return web.problem(refusal)
    lease = lease_or_404(ident)
    if verbs.is_running(lease):
        return {"results": results, "lease": _holding(lease, receipts_until)}
    code, title = WHY_ENDED[lease.ending or Ending.OVER]
    return {"results": results, "lease": None, "code": code, "title": str(title)}


def _take_in(ident: int, sent: Any) -> EntryOutcome:
    """Book an entry, or keep it where a rule refuses it; each in a transaction of its own."""
    if not isinstance(sent, dict) or not all(
        isinstance(sent.get(name), str) for name in ("text", "signature")
    ):
        abort(422)
    entry = read_entry(lease_or_404(ident), sent["text"], sent["signature"])
    try:
        with transaction():
            return journal.book(lease_or_404(ident), entry, current_user)
    except Refused as refusal:
        if refusal.code in NOT_NOW:
            raise
        with transaction():
            return journal.keep(lease_or_404(ident), entry, current_user, refusal)


def _as_json(outcome: EntryOutcome) -> dict[str, Any]:
    if outcome.refusal is not None:
        refused = {"code": outcome.refusal.code, "title": str(outcome.refusal.message)}
        return {"position": outcome.position, "state": "kept", **refused}
    booked = outcome.redemption
    receipt = {"ident": booked.id, "number": booked.number} if booked else {}
    return {"position": outcome.position, "state": "taken", **receipt}


def _holding(lease: Lease, receipts_until: int) -> dict[str, Any]:
    """What a desk holds, as JSON: moments as seconds, amounts as tenths of a point."""
    held = holding_of(lease, receipts_until, lambda code: web.printed_url(url_for("desk.check", code=code)))
    return {
        "id": lease.id,
        "village": g.area.code,
        "holder": lease.holder.name,
        "holder_id": lease.holder_id,
        "day": lease.day.isoformat(),
        "now": int(clock.now().timestamp()),
        "until": int(lease.until.timestamp()),
        "position": lease.position,
        "head": lease.head,
        "receipts": [
            [receipt.serial, receipt.code, base64.b64encode(receipt.qr).decode()] for receipt in held.receipts
        ],
        "qr_modules": held.receipts[0].qr_modules if held.receipts else 0,
        "people": [
            [each.ident, each.name, each.grid, each.balance, each.why, each.printed_name]
            for each in held.people
        ],
        "cards": [[each.number, each.token_hash, each.person_id, each.why] for each in held.cards],
        "shelf": held.shelf,
        "quotas": held.quotas,
        "taken": held.taken,
        "shop": _shop(lease.shop),
    }


def _shop(shop: Shop) -> dict[str, Any]:
    return {
        "name": shop.name,
        "village": g.area.name,
        "paper": shop.paper,
        "prints_itself": shop.prints_itself and shop.printer != ReceiptPrinter.NETWORK,
    }


def _body() -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else abort(422)
