"""A basket at the desk: each article with its price of today, what its holder took of it, and its lots.

Lots are locked in the order of their ids, whatever is in the basket.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Date, bindparam, select

from ground.db import Prepared, know
from ground.refusal import Refused
from shop.desk import limits
from shop.models import Goods, Lot, Shop
from shop.shelf import prices
from shop.shelf.goods import MOST_UNITS
from shop.stock import lots


@dataclass(frozen=True)
class Article:
    """An article of a basket on a day: units wanted, tenths for one, units taken before, lots with some."""

    goods: Goods
    units: int
    price: int
    units_taken: int
    day: date
    lots: list[Lot] = field(default_factory=list)

    @property
    def total(self) -> int:
        """What all its units cost, in tenths of a point."""
        return self.units * self.price

    def choose_lots(self) -> list[tuple[Lot, int]]:
        """The lots that give its units. Refused `out_of_stock`."""
        return lots.choose_lots(self.lots, self.goods, self.units, self.day)

    def line(self) -> dict[str, Any]:
        """Its line of the receipt by what its columns hold, with its words and price of today."""
        return {
            "goods_id": self.goods.id,
            "name": self.goods.name,
            "spec": self.goods.spec,
            "unit": self.goods.unit,
            "price": self.price,
            "quantity": self.units,
        }


_IS_OFFERED = (
    Goods.id.in_(bindparam("goods_ids", expanding=True)),
    Goods.shop_id == bindparam("shop_id"),
    Goods.archived_on.is_(None),
)
_FIGURES = (
    prices.price_column(bindparam("day", type_=Date)).label("price"),
    limits.units_taken_column().label("taken"),
)
_ARTICLES = Prepared(select(Goods, *_FIGURES).where(*_IS_OFFERED))
_LOTS = Prepared(
    select(Lot, Goods, *_FIGURES)
    .join(Lot.goods)
    .where(*_IS_OFFERED, Lot.on_hand > 0)
    .order_by(Lot.id)
    .with_for_update(of=Lot, key_share=True)
)


def lock(shop: Shop, basket: Mapping[int, int], entry_ids: Sequence[int], day: date) -> list[Article]:
    """The articles of a basket (goods id → units) by id, with what a person of these entries took of them.

    With the prices and limits of a day. Refused `empty_basket`, `bad_quantity`, `unknown_goods` also for
    those of another shop.
    """
    if not basket:
        raise Refused("empty_basket", _("The basket is empty."))
    if not all(0 < quantity <= MOST_UNITS for quantity in basket.values()):
        raise Refused("bad_quantity", _("How many must be a number from 1 to %(n)s.", n=MOST_UNITS))
    values = {
        "goods_ids": list(basket),
        "shop_id": shop.id,
        "day": day,
        **limits.taken_by(entry_ids, day),
    }
    articles: dict[int, Article] = {}
    for lot, goods, price, taken in _LOTS.all(**values):
        know(lot, goods=goods)
        article = articles.setdefault(goods.id, Article(goods, basket[goods.id], price, taken, day))
        article.lots.append(lot)
    if len(articles) < len(basket):  # some of it has no units, or is nothing of this shop
        for goods, price, taken in _ARTICLES.all(**values):
            articles.setdefault(goods.id, Article(goods, basket[goods.id], price, taken, day))
    if len(articles) < len(basket):
        missing = min(basket.keys() - articles.keys())
        raise Refused(
            "unknown_goods", _("Something in the basket is not from this shop."), f"goods-{missing}"
        )
    return [articles[goods_id] for goods_id in sorted(articles)]
