"""What should be bought: what does not last a quarter at today's rate, and what was asked for in vain.

Today's rate is what was handed out in the last 90 days, net of voids. It goes by their mean and not by their
median: most goods go on the few days on which the shop is open, and the median of all days would be 0. What
was away for a while went less than it would have; that is what the wishes are for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from ground import names
from ground.db import db
from people.models import Area
from shop import backing
from shop.backing import Backing
from shop.models import (
    LOT_WAS_UNDONE,
    Goods,
    Lot,
    MoveKind,
    Shop,
    StockMove,
)
from shop.purchases import wishes
from shop.purchases.approved import approved_goods
from shop.shelf import goods as shelf
from shop.shelf import shops


@dataclass(frozen=True)
class Suggestion:
    """An article to buy, or what the shop never had, in words: then `goods` is None and nothing lies there.

    In units: what can be given out of it, what was handed out and asked for in vain in the last 90 days, and
    what was approved in them and did not come yet (`ordered`).
    `price` in tenths of a point, `unit_cost` in fen as it last came in, None if it is not known.
    """

    goods: Goods | None
    name: str
    unit: str
    on_hand: int = 0
    handed_out: int = 0
    wished: int = 0
    ordered: int = 0
    price: int | None = None
    unit_cost: int | None = None

    @property
    def quantity(self) -> int:
        """Units to buy, so that a quarter is covered and each wish can be met."""
        return max(0, self.handed_out + self.wished - self.on_hand - self.ordered)

    @property
    def cost(self) -> int | None:
        """What they are expected to cost, in fen."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity

    @property
    def worth(self) -> int | None:
        """What they would be handed out for, in tenths."""
        return None if self.price is None else self.price * self.quantity


@dataclass(frozen=True)
class PurchasePlan:
    """What should be bought for a shop, against the village's points and the money for goods."""

    suggestions: Sequence[Suggestion]
    backing: Backing

    @property
    def cost(self) -> int | None:
        """What all of it is expected to cost in fen, as far as it is known; None where no cost is."""
        costs = [each.cost for each in self.suggestions if each.cost is not None]
        return sum(costs) if costs else None

    @property
    def uncosted(self) -> int:
        """The kinds of goods of which nobody knows what they will cost: they are not in it."""
        return sum(each.unit_cost is None for each in self.suggestions)

    @property
    def worth(self) -> int:
        """What all of it would be handed out for in tenths, as far as it has a price."""
        return sum(each.worth or 0 for each in self.suggestions)

    @property
    def over_budget(self) -> int:
        """Fen by which it is more than what is left of the year's budget; 0 without a budget."""
        money = self.backing.money
        return max(0, (self.cost or 0) - money.unspent) if money.amount is not None else 0

    @property
    def uncovered(self) -> int:
        """Tenths that the workers hold and that neither the shelf nor this purchase has goods for."""
        return max(0, self.backing.outstanding - self.backing.goods - self.worth)


def plan_of(village: Area) -> PurchasePlan:
    """What should be bought for a village's shop today: what was asked for first, then by units."""
    shop = shops.of_village(village)
    found = [each for each in _all_of(shop) if each.quantity] if shop else []
    found.sort(key=lambda each: (-each.wished, -each.quantity, each.name))
    return PurchasePlan(found, backing.weigh(village))


def known_of(shop: Shop) -> dict[str, Suggestion]:
    """What is known of all that a shop offers or was asked for, by its folded name, needed or not."""
    return {names.folded(each.name): each for each in _all_of(shop)}


def _all_of(shop: Shop) -> list[Suggestion]:
    approved = approved_goods(shop)
    wished = wishes.wished(shop, approved.came)
    in_words = [
        Suggestion(None, text, "", wished=times, ordered=approved.awaited.get(names.folded(text), 0))
        for text, times in wished.words
    ]
    handed_out, costs = _handed_out(shop), _latest_costs(shop)
    articles = [
        Suggestion(
            goods=offer.goods,
            name=offer.goods.title,
            unit=offer.goods.unit,
            on_hand=offer.usable_units,
            handed_out=max(0, handed_out.get(offer.goods.id, 0)),
            wished=wished.articles.get(offer.goods.id, 0),
            ordered=approved.awaited.get(names.folded(offer.goods.title), 0),
            price=offer.price,
            unit_cost=costs.get(offer.goods.id),
        )
        for offer in shelf.offers(shop)
    ]
    return [*articles, *in_words]


def _handed_out(shop: Shop) -> Mapping[int, int]:
    """Units of each article that went out over the desk in the last 90 days, net of what came back."""
    query = (
        select(Lot.goods_id, func.sum(-StockMove.quantity))
        .select_from(StockMove)
        .join(StockMove.lot)
        .join(Lot.goods)
        .where(
            Goods.shop_id == shop.id,
            StockMove.kind.in_((MoveKind.REDEMPTION, MoveKind.VOID)),
            StockMove.at >= wishes.counted_since(),
        )
        .group_by(Lot.goods_id)
    )
    return {goods_id: int(units) for goods_id, units in db.session.execute(query)}


def _latest_costs(shop: Shop) -> Mapping[int, int]:
    """What a unit of each article cost in fen in the latest lot with a cost that was not undone."""
    latest = (
        select(func.max(Lot.id))
        .join(Lot.goods)
        .where(Goods.shop_id == shop.id, Lot.unit_cost.is_not(None), ~LOT_WAS_UNDONE)
        .group_by(Lot.goods_id)
    )
    costs = db.session.execute(select(Lot.goods_id, Lot.unit_cost).where(Lot.id.in_(latest)))
    return {goods_id: cost for goods_id, cost in costs if cost is not None}
