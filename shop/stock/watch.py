"""What a manager has to look after: what runs low, what expires soon, what has expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db
from shop.models import Goods, Lot, Shop
from shop.shelf.goods import Offer, offers

SOON = timedelta(days=30)


@dataclass(frozen=True)
class Watch:
    """Articles that run low, lots whose last day is within 30 days, and lots past it that still lie there."""

    low: Sequence[Offer]
    near_expiry: Sequence[Lot]
    expired: Sequence[Lot]

    @property
    def articles(self) -> int:
        """How many articles want a look, for whichever reason."""
        ending = [lot.goods_id for lot in (*self.near_expiry, *self.expired)]
        return len({*ending, *(offer.goods.id for offer in self.low)})


def over(shop: Shop) -> Watch:
    """Everything in a shop that wants a look today, the most urgent first."""
    today = clock.today()
    ending = db.session.scalars(
        select(Lot)
        .join(Lot.goods)
        .options(contains_eager(Lot.goods), joinedload(Lot.donation))
        .where(Goods.shop_id == shop.id, Lot.on_hand > 0, Lot.best_before <= today + SOON)
        .order_by(Lot.best_before, Lot.id)
    ).all()
    return Watch(
        low=sorted((offer for offer in offers(shop) if offer.is_low), key=lambda offer: offer.left),
        near_expiry=[lot for lot in ending if not lot.has_expired(today)],
        expired=[lot for lot in ending if lot.has_expired(today)],
    )
