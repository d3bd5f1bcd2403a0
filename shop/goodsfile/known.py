"""What a shop offers today, read in a few queries however large a file is."""

from collections import defaultdict
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ground import names
from ground.db import db
from people.models import Area
from shop.models import LOT_WAS_UNDONE, Goods, Lot, Price, Shop


def stocked(village: Area) -> dict[int, bool]:
    """Which articles of a village's shop, by id, were ever taken in, and whether any of it is left.

    What was taken in by mistake and undone never lay there.
    """
    lots = select(Lot.goods_id, func.sum(Lot.on_hand) > 0).join(Lot.goods).join(Goods.shop)
    of_village = lots.where(Shop.village_id == village.id, ~LOT_WAS_UNDONE).group_by(Lot.goods_id)
    return dict(db.session.execute(of_village).all())


class KnownGoods:
    """A shop's articles, also archived ones, by code and name, their prices by day, their stock."""

    def __init__(self, shop: Shop | None) -> None:
        of_shop = Goods.shop_id == (shop.id if shop else None)
        articles = db.session.scalars(
            select(Goods).options(selectinload(Goods.barcodes)).where(of_shop).order_by(Goods.id)
        ).all()
        self.articles = articles
        self._by_name: dict[str, list[Goods]] = defaultdict(list)
        for goods in articles:
            self._by_name[names.folded(goods.name)].append(goods)
        self.by_code = {code: goods for goods in articles for code in goods.codes}
        self._prices: dict[int, list[Price]] = defaultdict(list)
        for price in db.session.scalars(
            select(Price).join(Goods).where(of_shop).order_by(Price.holds_from, Price.id)
        ):
            self._prices[price.goods_id].append(price)
        lots = select(Lot.goods_id, func.sum(Lot.on_hand)).join(Lot.goods).where(of_shop, ~LOT_WAS_UNDONE)
        self.on_hand: dict[int, int] = dict(db.session.execute(lots.group_by(Lot.goods_id)).all())
        """Units by article; one that is not in it never had any."""
        self._lots: dict[int, list[Lot]] = defaultdict(list)
        lying = select(Lot).join(Lot.goods).where(of_shop, Lot.on_hand > 0).order_by(Lot.id)
        for lot in db.session.scalars(lying.options(joinedload(Lot.donation))):
            self._lots[lot.goods_id].append(lot)

    def named(self, name: str) -> list[Goods]:
        """The articles of this name, each with a specification of its own."""
        return self._by_name[names.folded(name)]

    def lots(self, goods: Goods) -> list[Lot]:
        """The lots of an article of which something is left."""
        return self._lots[goods.id]

    def price(self, goods: Goods, day: date) -> Price:
        """The price of an article that holds on a day; before its first, that one (`prices.price_column`)."""
        prices = self._prices[goods.id]
        return [price for price in prices if price.holds_from <= max(day, prices[0].holds_from)][-1]
