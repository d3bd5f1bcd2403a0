"""The goods that the shop offers, as programs read them."""

from typing import Any

from flask import g

from people import access
from shop.api import bp, inputs
from shop.api.figures import points
from shop.shelf import goods as shelf
from shop.shelf.goods import Offer


@bp.get("/goods")
@access.device
def goods() -> dict[str, Any]:
    """What the shop offers today, a page at a time; beyond the last page nothing."""
    parameters = inputs.query()
    page, per_page = parameters["page"], parameters["per_page"]
    offers = shelf.offers(g.device.shop)  # some hundreds at most
    return {
        "items": [_article(offer) for offer in offers[(page - 1) * per_page : page * per_page]],
        "page": page,
        "per_page": per_page,
        "pages": -(-len(offers) // per_page),
        "total": len(offers),
    }


def _article(offer: Offer) -> dict[str, Any]:
    """An article with its price; `on_hand` is what can be given out today."""
    goods = offer.goods
    return {
        "id": goods.id,
        "name": goods.name,
        "spec": goods.spec,
        "category": goods.category,
        "barcodes": goods.codes,
        "unit": goods.unit,
        "price": points(offer.price),
        "on_hand": offer.usable_units,
        "limit": goods.quota,
    }
