"""What of the stock one person does alone, and what needs a second one.

A person alone writes off or returns up to a limit: an article's value of one day, at the most it ever cost,
so that neither many small write-offs nor a lower price get under it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from ground import clock
from ground.db import Base, db
from people.models import User
from people.proposals import kinds
from people.proposals.kinds import SecondPersonNeeded
from points import amounts
from shop.models import Delivery, Goods, Lot, MoveKind, Price, Shop, Source, StockMove
from shop.shelf import shops

# The kinds of proposals about stock.
RECEIPT, WRITE_OFF, RETURN, UNDO, UNDO_DELIVERY, VOID_SHORT = (
    "stock.receive",
    "stock.write_off",
    "stock.return",
    "stock.undo",
    "stock.undo_delivery",
    "stock.void_short",
)

# Units of an article that one person takes in on a day.
MOST_UNITS_ALONE = 1_000

MUCH_AT_ONCE = _("More than %(n)s units of an article a day need a second person.", n=MOST_UNITS_ALONE)

KINDS_OF_LEAVING = {MoveKind.WRITE_OFF: WRITE_OFF, MoveKind.RETURN: RETURN}


def check_leaving(
    kind: MoveKind, lot: Lot, quantity: int, actor: User, agreed_by: User | None, **terms: object
) -> None:
    """Check that one person may let so many units leave, or that a second one agreed.

    The article is locked by the caller, so that of two at the same moment the second finds the first.
    Refused `second_person`.
    """
    goods = lot.goods
    value = (_units_today([goods], (*KINDS_OF_LEAVING,), -1)[goods.id] + quantity) * _dearest_price(goods)
    limit = shops.write_off_limit_of(goods.shop)
    if value > limit:
        message = _(
            "With this, %(points)s points of it leave today. Above %(limit)s points a second person agrees.",
            points=amounts.show(value),
            limit=amounts.show(limit),
        )
        kinds.check_agreed(
            _second_person_needed(KINDS_OF_LEAVING[kind], goods, lot, message, quantity=quantity, **terms),
            actor,
            agreed_by,
        )


def check_receiving(
    shop: Shop,
    units_by_goods: Mapping[Goods, int],
    actor: User | None,
    agreed_by: User | None,
    **terms: object,
) -> None:
    """Check that one may take in so many units of articles, or that a second person agreed.

    One article that is too much makes the whole delivery wait. What lay there before anybody wrote down what
    comes in (opening stock) did not come in today. Refused `second_person`.
    """
    today = _units_today(units_by_goods, (MoveKind.RECEIPT,), 1, Lot.source != Source.OPENING)
    if any(today[goods.id] + units > MOST_UNITS_ALONE for goods, units in units_by_goods.items()):
        needed = SecondPersonNeeded(RECEIPT, shop.village, shop, MUCH_AT_ONCE, **terms)
        kinds.check_agreed(needed, actor, agreed_by)


def check_undoing(move: StockMove, reason: str, actor: User, agreed_by: User | None) -> None:
    """Check that one person may take a delivery's line back, or that a second one agreed.

    Alone it is taken back on its own day, if it could be taken in alone. Refused `second_person`.
    """
    if move.kind == MoveKind.RECEIPT and not _was_alone_today(move):
        goods = move.lot.goods
        needed = _second_person_needed(UNDO, goods, move, _OF_AN_EARLIER_DAY, reason=reason)
        kinds.check_agreed(needed, actor, agreed_by)


def check_undoing_delivery(
    delivery: Delivery, moves: Iterable[StockMove], reason: str, actor: User, agreed_by: User | None
) -> None:
    """Check that one person may take these lines of a delivery back, as `check_undoing` does for one."""
    if not may_undo_alone(moves):
        needed = SecondPersonNeeded(
            UNDO_DELIVERY, delivery.shop.village, delivery, _OF_AN_EARLIER_DAY, reason=reason
        )
        kinds.check_agreed(needed, actor, agreed_by)


def may_undo_alone(moves: Iterable[StockMove]) -> bool:
    """Whether one person may take all of these lines back: of today, and taken in alone."""
    return all(map(_was_alone_today, moves))


_OF_AN_EARLIER_DAY = _("A delivery of an earlier day is taken back once a second person agrees.")


def _was_alone_today(move: StockMove) -> bool:
    """Whether a line came in today, and one person could take it in."""
    return clock.local(move.at).date() == clock.today() and move.quantity <= MOST_UNITS_ALONE


def _second_person_needed(
    kind: str, goods: Goods, subject: Base, message: object, **terms: object
) -> SecondPersonNeeded:
    return SecondPersonNeeded(kind, goods.shop.village, subject, message, **terms)


def _units_today(
    articles: Iterable[Goods], move_kinds: tuple[MoveKind, ...], sign: int, *of_lots: ColumnElement[bool]
) -> Counter[int]:
    """The units that moved today by these kinds and were not undone, by the article's id.

    `sign` is the sign of their moves; `of_lots` says which lots count.
    """
    undoing = aliased(StockMove)
    first, last = clock.day_span(clock.today(), clock.today())
    query = (
        select(Lot.goods_id, func.sum(StockMove.quantity))
        .join(StockMove.lot)
        .where(
            Lot.goods_id.in_([goods.id for goods in articles]),
            StockMove.kind.in_(move_kinds),
            StockMove.consignment_id.is_(None),
            *of_lots,
            StockMove.at >= first,
            StockMove.at < last,
            ~select(undoing.id).where(undoing.reverses_id == StockMove.id).exists(),
        )
        .group_by(Lot.goods_id)
    )
    return Counter({goods_id: sign * units for goods_id, units in db.session.execute(query)})


def _dearest_price(goods: Goods) -> int:
    """The most that a unit of an article ever cost, in tenths of a point."""
    query = select(func.max(Price.points)).where(
        Price.goods_id == goods.id, Price.holds_from <= clock.today()
    )
    return db.session.scalar(query) or 0
