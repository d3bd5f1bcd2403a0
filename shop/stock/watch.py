"""The watch list of a manager: what runs low, what expires soon, what has expired."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import among, db
from shop.models import Goods, Lot, Shop
from shop.shelf.goods import Offer, is_usable, offers

EXPIRES_SOON = timedelta(days=30)


@dataclass(frozen=True)
class WatchList:
    """Articles that run low, lots whose last day is within 30 days, and lots past it that still lie there."""

    low: Sequence[Offer]
    near_expiry: Sequence[Lot]
    expired: Sequence[Lot]

    @property
    def articles(self) -> int:
        """The number of articles on the list, for whichever reason."""
        expiring = [lot.goods_id for lot in (*self.near_expiry, *self.expired)]
        return len({*expiring, *(offer.goods.id for offer in self.low)})


@dataclass(frozen=True)
class WatchCounts:
    """The number of articles that run low in a shop, of lots that expire soon, and of those that have."""

    low: int = 0
    near_expiry: int = 0
    expired: int = 0


def counts_by_village(villages: Collection[int]) -> dict[int, WatchCounts]:
    """How long the watch lists of the shops of these villages (by id) are; an empty one is not among them."""
    today = clock.today()
    is_there = among(Shop.village_id, villages), Goods.archived_on.is_(None)
    low_goods = (
        select(Shop.village_id)
        .select_from(Goods)
        .join(Goods.shop)
        .outerjoin(Lot, (Lot.goods_id == Goods.id) & is_usable(today))
        .where(*is_there)
        .group_by(Shop.village_id, Goods.id)
        .having(func.coalesce(func.sum(Lot.on_hand), 0) <= func.coalesce(Goods.low_at, 0))
        .subquery()
        .c
    )
    low: dict[int, int] = dict(
        db.session.execute(select(low_goods.village_id, func.count()).group_by(low_goods.village_id)).all()
    )
    has_expired = Lot.best_before < today
    expiring = {
        village_id: (near, past)
        for village_id, near, past in db.session.execute(
            select(Shop.village_id, func.count().filter(~has_expired), func.count().filter(has_expired))
            .select_from(Lot)
            .join(Lot.goods)
            .join(Goods.shop)
            .where(is_there[0], Lot.on_hand > 0, Lot.best_before <= today + EXPIRES_SOON)
            .group_by(Shop.village_id)
        )
    }
    return {
        village_id: WatchCounts(low.get(village_id, 0), *expiring.get(village_id, (0, 0)))
        for village_id in low.keys() | expiring.keys()
    }


def watch_list(shop: Shop) -> WatchList:
    """The watch list of a shop today, the most urgent first."""
    today = clock.today()
    expiring = db.session.scalars(
        select(Lot)
        .join(Lot.goods)
        .options(contains_eager(Lot.goods), joinedload(Lot.donation))
        .where(Goods.shop_id == shop.id, Lot.on_hand > 0, Lot.best_before <= today + EXPIRES_SOON)
        .order_by(Lot.best_before, Lot.id)
    ).all()
    return WatchList(
        low=sorted((offer for offer in offers(shop) if offer.is_low), key=lambda offer: offer.usable_units),
        near_expiry=[lot for lot in expiring if not lot.has_expired(today)],
        expired=[lot for lot in expiring if lot.has_expired(today)],
    )
