"""Prices: tenths of a point for a unit, from a day on. The village decides; nothing is overwritten."""

from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ScalarSelect, select

from people import clock
from people.db import db
from people.models import User
from people.refused import Refused
from points import amounts
from shop.models import Goods, Price


def set_price(goods: Goods, points: int, actor: User | None, holds_from: date | None = None) -> Price:
    """Let an article cost so many tenths from a day on, without one from today.

    Of two from the same day the one written later counts.
    Refused `bad_amount` (more than 0, at most 100,000 points), `in_past`: what was paid stays as it was.
    """
    if not 0 < points <= amounts.LARGEST:
        raise Refused("bad_amount", _("A price is more than 0 and at most 100,000 points."), "price")
    holds_from = holds_from or clock.today()
    if holds_from < clock.today():
        raise Refused("in_past", _("A price holds from today or a later day."), "holds_from")
    price = Price(
        goods_id=goods.id,
        points=points,
        holds_from=holds_from,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(price)
    db.session.flush()
    return price


def column(day: date) -> ScalarSelect[int]:
    """For a query over goods: what each costs on a day, in tenths."""
    return (
        select(Price.points)
        .where(Price.goods_id == Goods.id, Price.holds_from <= day)
        .order_by(Price.holds_from.desc(), Price.id.desc())
        .limit(1)
        .correlate(Goods)
        .scalar_subquery()
    )


def on(goods_ids: Iterable[int], day: date) -> dict[int, int]:
    """What these articles (by id) cost on a day, in tenths."""
    found = select(Goods.id, column(day)).where(Goods.id.in_(list(goods_ids)))
    return {ident: points for ident, points in db.session.execute(found) if points is not None}


def of(goods: Goods) -> int:
    """What an article costs today, in tenths."""
    return on([goods.id], clock.today())[goods.id]


def history(goods: Goods) -> Sequence[Price]:
    """Every price of an article, also those to come, the newest first."""
    return db.session.scalars(
        select(Price).where(Price.goods_id == goods.id).order_by(Price.holds_from.desc(), Price.id.desc())
    ).all()
