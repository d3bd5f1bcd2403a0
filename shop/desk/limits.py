"""Limits (限兑): how much of an article one person may take in a quarter, on whichever card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground import clock
from ground.clock import Quarter
from ground.db import db
from ground.refusal import Refused
from people.models import Card, Person
from people.roster import persons
from shop.models import Goods, Redemption, RedemptionLine, Shop, Void


@dataclass(frozen=True)
class PurchaseLimit:
    """An article with a limit for each person and quarter, and what one person took of it; in units."""

    goods: Goods
    quota: int
    units_taken: int

    @property
    def units_left(self) -> int:
        """The number of units that are left for this quarter."""
        return max(0, self.quota - self.units_taken)


def of_person(person: Person, articles: Iterable[Goods]) -> dict[int, PurchaseLimit]:
    """A person's limits this quarter, by article id, for those of these articles that have one."""
    limited = {goods.id: goods for goods in articles if goods.quota is not None}
    units = _units_taken(person, limited) if limited else {}
    return {
        ident: PurchaseLimit(goods, goods.quota, units.get(ident, 0))
        for ident, goods in limited.items()
        if goods.quota is not None
    }


def in_shop(person: Person, shop: Shop) -> Sequence[PurchaseLimit]:
    """A person's limits in a shop, for every limited article in the order of the shelf."""
    articles = db.session.scalars(
        select(Goods)
        .where(Goods.shop_id == shop.id, Goods.quota.is_not(None), Goods.archived_on.is_(None))
        .order_by(Goods.id)
    ).all()
    return list(of_person(person, articles).values())


def _units_taken(person: Person, goods_ids: Iterable[int]) -> Mapping[int, int]:
    """Units of these articles that a person took this quarter, but for what was voided."""
    quarter = Quarter.of(clock.today())
    rows = db.session.execute(
        select(RedemptionLine.goods_id, func.sum(RedemptionLine.quantity))
        .join(Redemption, RedemptionLine.redemption_id == Redemption.id)
        .join(Redemption.card)
        .outerjoin(Void, Void.redemption_id == Redemption.id)
        .where(
            Card.person_id.in_(persons.entry_ids(person)),
            Redemption.day.between(quarter.first_day, quarter.last_day),
            RedemptionLine.goods_id.in_(list(goods_ids)),
            Void.id.is_(None),
        )
        .group_by(RedemptionLine.goods_id)
    )
    return dict(rows.all())


def check(person: Person, articles: Mapping[int, Goods], basket: Mapping[int, int]) -> None:
    """Check that a basket keeps to the limits. Refused `limit_reached`, with what is left.

    The person's account must be locked, so that two desks cannot pass the limit together.
    """
    for ident, limit in of_person(person, articles.values()).items():
        if basket[ident] > limit.units_left:
            raise Refused(
                "limit_reached",
                _(
                    "%(name)s: each person may take %(quota)s %(unit)s in a quarter, %(left)s more now.",
                    name=limit.goods.title,
                    unit=limit.goods.unit,
                    quota=limit.quota,
                    left=limit.units_left,
                ),
                f"goods-{ident}",
            )
