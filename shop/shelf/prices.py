"""Prices: tenths of a point for a unit, from a day on. The village decides; nothing is overwritten."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ScalarSelect, case, select
from sqlalchemy.orm import joinedload

from ground import clock, days
from ground.db import add_rows, db
from ground.refusal import Refused
from people.models import User
from points import amounts
from shop.models import Goods, Price


def check_price(points: int) -> None:
    """Check that tenths are a price: more than 0, at most 100,000 points. Refused `bad_amount`."""
    if not 0 < points <= amounts.LARGEST_TENTHS:
        raise Refused("bad_amount", _("A price is more than 0 and at most 100,000 points."), "price")


def set_price(goods: Goods, points: int, actor: User | None, holds_from: date | None = None) -> Price:
    """Let an article cost so many tenths from a day on, without one from today.

    Of two from the same day the one written later counts. Refused `bad_amount` as `check_price`, `bad_day`,
    `in_past`: what was paid stays as it was.
    """
    return set_prices([(goods, points, holds_from or clock.today())], actor)[0]


def set_prices(new_prices: Iterable[tuple[Goods, int, date]], actor: User | None) -> list[Price]:
    """Let many articles cost so many tenths, each from its day on. Refused as `set_price`."""
    new = []
    for goods, points, holds_from in new_prices:
        check_price(points)
        days.FROM_NOW_ON.check(holds_from, "holds_from")
        new.append(
            Price(
                goods_id=goods.id,
                points=points,
                holds_from=holds_from,
                actor_id=actor.id if actor else None,
                at=clock.now(),
            )
        )
    add_rows(new)
    return new


def price_column(day: date) -> ScalarSelect[int]:
    """SQL column for a query over goods: what each costs on a day, in tenths.

    Before its first price, as the clock may have been put back since, an article costs what it cost first.
    """
    holds = Price.holds_from <= day
    return (
        select(Price.points)
        .where(Price.goods_id == Goods.id)
        .order_by(
            holds.desc(),
            case((holds, Price.holds_from)).desc(),
            Price.holds_from,
            Price.id.desc(),
        )
        .limit(1)
        .correlate(Goods)
        .scalar_subquery()
    )


def prices_on(goods_ids: Iterable[int], day: date) -> dict[int, int]:
    """What these articles (by id) cost on a day, in tenths."""
    query = select(Goods.id, price_column(day)).where(Goods.id.in_(list(goods_ids)))
    return dict(db.session.execute(query).all())


def price_of(goods: Goods) -> int:
    """What an article costs today, in tenths."""
    return prices_on([goods.id], clock.today())[goods.id]


def price_history(goods: Goods) -> Sequence[Price]:
    """Every price of an article, also those to come, the newest first."""
    return db.session.scalars(
        select(Price)
        .options(joinedload(Price.actor))
        .where(Price.goods_id == goods.id)
        .order_by(Price.holds_from.desc(), Price.id.desc())
    ).all()
