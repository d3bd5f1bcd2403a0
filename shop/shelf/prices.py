"""Prices: tenths of a point for a unit, from a day on. The village decides; nothing is overwritten."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, ScalarSelect, case, or_, select
from sqlalchemy.orm import joinedload

from ground import clock, days
from ground.db import add_rows, db
from ground.refusal import Refused
from people import audit
from people.models import Proposal, User
from people.proposals import kinds
from people.proposals.kinds import SecondPersonNeeded
from points import amounts
from shop.models import Goods, Price, Shop

# The kind of proposal by which a price leaps.
PRICE = "goods.price"

LEAP_TIMES = 10


def check_price(points: int) -> None:
    """Check that tenths are a price: more than 0, at most 100,000 points. Refused `bad_amount`."""
    if not 0 < points <= amounts.LARGEST_TENTHS:
        raise Refused("bad_amount", _("A price is more than 0 and at most 100,000 points."), "price")


def is_leap(before: int, after: int) -> bool:
    """Whether a price is ten times another, or a tenth of it: most often a sign that was typed too much."""
    return max(before, after) >= LEAP_TIMES * min(before, after)


def set_price(
    goods: Goods,
    points: int,
    actor: User | None,
    holds_from: date | None = None,
    agreed_by: User | None = None,
) -> Price:
    """Let an article cost so many tenths from a day on, without one from today.

    Of two from the same day the one written later counts. Ten times what it cost yesterday, or a tenth of
    it, needs a second person. Refused `bad_amount` as `check_price`, `second_person`, `bad_day`, `in_past`:
    what was paid stays as it was.
    """
    return set_prices([(goods, points, holds_from or clock.today())], actor, agreed_by)[0]


def set_price_as_proposed(proposal: Proposal, agreed_by: User) -> Price:
    """Set the price that one person proposed and another agreed to; a day that is over meanwhile is today.

    Refused as `set_price` is.
    """
    goods, terms = db.session.get_one(Goods, audit.id_of(proposal.subject)), proposal.terms
    holds_from = max(date.fromisoformat(terms["holds_from"]), clock.today())
    return set_price(goods, terms["points"], proposal.proposed_by, holds_from, agreed_by)


def set_prices(
    new_prices: Sequence[tuple[Goods, int, date]], actor: User | None, agreed_by: User | None = None
) -> list[Price]:
    """Let many articles cost so many tenths, each from its day on. Refused as `set_price`."""
    new = []
    yesterday = prices_on([goods.id for goods, *_rest in new_prices], clock.today() - timedelta(days=1))
    for goods, points, holds_from in new_prices:
        check_price(points)
        before = yesterday[goods.id]  # None for a new article
        if before and is_leap(before, points):
            kinds.check_agreed(_to_propose(goods, before, points, holds_from), actor, agreed_by)
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


def price_without(price: Price) -> int:
    """What an article would cost on the day from which a price holds, had it not been written; in tenths."""
    others = [other for other in price_history_of(price.goods_id) if other.id != price.id]
    day = max(price.holds_from, clock.today())
    return next(other.points for other in others if other.holds_from <= day)


def _to_propose(goods: Goods, before: int, points: int, holds_from: date) -> SecondPersonNeeded:
    message = _(
        "It cost %(before)s points, and now %(after)s? A second person has to agree to that.",
        before=amounts.show(before),
        after=amounts.show(points),
    )
    terms = {"before": before, "points": points, "holds_from": holds_from.isoformat()}
    return SecondPersonNeeded(PRICE, goods.shop.village, goods, message, **terms)


def price_column(day: date | ColumnElement[date]) -> ScalarSelect[int]:
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
    """The prices of these articles (by id) on a day, in tenths."""
    query = select(Goods.id, price_column(day)).where(Goods.id.in_(list(goods_ids)))
    return dict(db.session.execute(query).all())


def offered_on(shop: Shop, day: date) -> Sequence[tuple[Goods, int]]:
    """What a shop offered on a day, by name, each with its price of that day in tenths."""
    had_price = select(Price.id).where(Price.goods_id == Goods.id, Price.holds_from <= day).exists()
    query = (
        select(Goods, price_column(day))
        .where(Goods.shop_id == shop.id, had_price, or_(Goods.archived_on.is_(None), Goods.archived_on > day))
        .order_by(Goods.name, Goods.id)
    )
    return [(goods, tenths) for goods, tenths in db.session.execute(query)]


def price_of(goods: Goods) -> int:
    """The price of an article today, in tenths."""
    return prices_on([goods.id], clock.today())[goods.id]


def price_history(goods: Goods) -> Sequence[Price]:
    """Every price of an article, also those to come, the newest first."""
    return price_history_of(goods.id)


def price_history_of(goods_id: int) -> Sequence[Price]:
    """Every price of the article with this id, as `price_history`."""
    return db.session.scalars(
        select(Price)
        .options(joinedload(Price.actor))
        .where(Price.goods_id == goods_id)
        .order_by(Price.holds_from.desc(), Price.id.desc())
    ).all()
