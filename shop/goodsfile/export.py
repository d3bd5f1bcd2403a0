"""A shop's goods written out in the columns of its own file."""

from typing import Any

from ground import clock
from people import audit
from people.models import User
from shop.goodsfile import columns
from shop.goodsfile.known import KnownGoods
from shop.models import Goods, Shop


def export_goods(shop: Shop, kind: str, actor: User) -> list[dict[str, Any]]:
    """The rows of a shop's goods, also archived ones, in the order they were added.

    The export, as `xlsx` or `csv`, is audited. The rows come in again without changing anything.
    """
    known_goods = KnownGoods(shop)
    rows = [_row(goods, known_goods) for goods in known_goods.articles]
    audit.note(actor, "goods.export", shop.village, shop.village, kind=kind, rows=len(rows))
    return rows


def _row(goods: Goods, known_goods: KnownGoods) -> dict[str, Any]:
    price = known_goods.price(goods, clock.today())
    return {
        columns.NAME: goods.name,
        columns.SPEC: goods.spec,
        columns.UNIT: goods.unit,
        columns.CATEGORY: goods.category,
        columns.CODES: " ".join(goods.codes),
        columns.PRICE: price.points / 10,  # a number, so that the office can reckon with it
        columns.SINCE: price.holds_from,
        columns.QUOTA: goods.quota,
        columns.LOW_AT: goods.low_at,
        columns.STATE: columns.WORDS_OF_STATE[goods.archived_on is not None],
    }
