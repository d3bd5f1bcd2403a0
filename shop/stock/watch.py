"""The watch list of a manager: what runs low, what expires soon, what has expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db
from shop.models import Goods, Lot, Shop
from shop.shelf.goods import Offer, offers

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
