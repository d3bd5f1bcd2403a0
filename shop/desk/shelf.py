"""The shelf as the desk shows it: what is handed out most comes first, and how it stands now."""

from collections.abc import Sequence

from sqlalchemy import Date, bindparam, func, select

from ground import clock
from ground.db import db
from shop.models import Goods, Lot, Redemption, RedemptionLine, Shop
from shop.shelf import goods, prices
from shop.shelf.goods import Offer

LATEST_RECEIPTS = 300

_DAY = bindparam("day", type_=Date)
_UNITS = select(func.sum(Lot.on_hand)).where(Lot.goods_id == Goods.id, goods.is_usable(_DAY)).correlate(Goods)
_FIGURES = (
    select(Goods.id, prices.price_column(_DAY), func.coalesce(_UNITS.scalar_subquery(), 0))
    .where(Goods.shop_id == bindparam("shop_id"), Goods.archived_on.is_(None))
    .order_by(Goods.id)
)


def offers(shop: Shop) -> Sequence[Offer]:
    """What a shop offers; of what most units were handed out lately, that comes first."""
    latest = (
        select(Redemption.id)
        .where(Redemption.shop_id == shop.id)
        .order_by(Redemption.day.desc(), Redemption.serial.desc())
        .limit(LATEST_RECEIPTS)
    )
    taken = (
        select(RedemptionLine.goods_id, func.sum(RedemptionLine.quantity))
        .where(RedemptionLine.redemption_id.in_(latest))
        .group_by(RedemptionLine.goods_id)
    )
    units: dict[int, int] = {row[0]: row[1] for row in db.session.execute(taken)}
    return sorted(goods.offers(shop), key=lambda offer: -units.get(offer.goods.id, 0))


def figures(shop: Shop) -> list[tuple[int, int, int]]:
    """Of each article that a shop offers: its id, its price of today in tenths, the units that are left."""
    rows = db.session.connection().execute(_FIGURES, {"shop_id": shop.id, "day": clock.today()})
    return [(goods_id, price, int(units)) for goods_id, price, units in rows]
