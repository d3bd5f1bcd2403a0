"""Limits (限兑): how much of an article one person may take in a quarter, on whichever card."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, bindparam, case, func, select

from ground import clock
from ground.clock import Quarter
from ground.db import Prepared
from ground.refusal import Refused
from people.models import Card
from shop.models import Goods, Redemption, RedemptionLine, Shop, Void


@dataclass(frozen=True)
class PurchaseLimit:
    """An article with a limit for each person and quarter, and what one person took of it; in units."""

    goods_id: int
    name: str
    quota: int
    units_taken: int

    @property
    def units_left(self) -> int:
        """The number of units that are left for this quarter."""
        return _units_left(self.quota, self.units_taken)


def units_taken_column() -> ColumnElement[int]:
    """SQL column for a query over goods: units that a person took this quarter, but for what was voided.

    0 for articles without a limit. What it is asked with, says `taken_by`.
    """
    units = (
        select(func.coalesce(func.sum(RedemptionLine.quantity), 0))
        .join(Redemption, RedemptionLine.redemption_id == Redemption.id)
        .join(Redemption.card)
        .outerjoin(Void, Void.redemption_id == Redemption.id)
        .where(
            Card.person_id.in_(bindparam("entry_ids", expanding=True)),
            Redemption.day.between(bindparam("quarter_begins"), bindparam("quarter_ends")),
            RedemptionLine.goods_id == Goods.id,
            Void.id.is_(None),
        )
        .correlate(Goods)
        .scalar_subquery()
    )
    return case((Goods.quota.is_not(None), units), else_=0)


def taken_by(entry_ids: Sequence[int], day: date) -> dict[str, object]:
    """What `units_taken_column` is asked with: whose units, by a person's entries, and in a day's quarter."""
    quarter = Quarter.of(day)
    return {"entry_ids": entry_ids, "quarter_begins": quarter.first_day, "quarter_ends": quarter.last_day}


_IN_SHOP = Prepared(
    select(Goods.id, Goods.name, Goods.quota, units_taken_column().label("taken"))
    .where(Goods.shop_id == bindparam("shop_id"), Goods.quota.is_not(None), Goods.archived_on.is_(None))
    .order_by(Goods.id)
)


def in_shop(entry_ids: Sequence[int], shop: Shop) -> Sequence[PurchaseLimit]:
    """The limits in a shop, in the order of the shelf, of the person who has these entries."""
    rows = _IN_SHOP.all(shop_id=shop.id, **taken_by(entry_ids, clock.today()))
    return [PurchaseLimit(*row) for row in rows]


def check(goods: Goods, units: int, units_taken: int) -> None:
    """Check that so many units of an article keep to its limit, if it has one, after those taken before.

    Refused `limit_reached`, with what is left. The person's account must be locked, so that two desks cannot
    pass the limit together.
    """
    if goods.quota is not None and units > (left := _units_left(goods.quota, units_taken)):
        raise Refused(
            "limit_reached",
            _(
                "%(name)s: each person may take %(quota)s %(unit)s in a quarter, %(left)s more now.",
                name=goods.title,
                unit=goods.unit,
                quota=goods.quota,
                left=left,
            ),
            f"goods-{goods.id}",
        )


def _units_left(quota: int, units_taken: int) -> int:
    """The units that are left; a limit may be lowered below what was taken."""
    return max(0, quota - units_taken)
