"""The redemption register (兑换登记簿): what was handed out, lot by lot, and what came back by voids."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import among, db, inline
from people.models import Area, Card, User
from shop.models import (
    Goods,
    Lot,
    MoveKind,
    Redemption,
    RedemptionLine,
    Shop,
    StockMove,
    Void,
    of_voided,
)


def units_between(village_ids: Collection[int], first: date, last: date) -> Select[int, int]:
    """The ids of the stock moves of redemptions and voids in the shops of some villages, from day to day.

    Each with the units that it handed out, minus for what came back. What was handed out is of the day on its
    receipt, what came back of the day of its void, as on the closing sheets. In the order in which it was
    written.
    """
    moves = _moves(village_ids, first, last)
    # By the plain ids PostgreSQL would read all moves in their order (`lots.moves_of`).
    return select(moves.c.id, -moves.c.quantity).order_by(moves.c.id + 0)


def has_grown(village: Area, first: date, last: date, transfer_id: int) -> bool:
    """Whether something of these days stands in the ledger after an entry (by its id): it came in later."""
    done = _done([village.id], first, last)
    return bool(db.session.scalar(select(exists().where(done.c.transfer_id > transfer_id))))


def _moves(village_ids: Collection[int], first: date, last: date) -> Subquery:
    """The moves of these days' redemptions and voids: the `id` and `quantity` of each.

    No receipt has a day that was yet to come when its goods were booked, and a void is written in the instant
    after its moves: what moved earlier than the day before is not read.
    """
    begins, ends = clock.day_span(first, last)
    lots = select(Lot.id).join(Lot.goods).join(Goods.shop).where(among(Shop.village_id, village_ids))
    since = select(StockMove.id, StockMove.quantity).where(
        StockMove.lot_id.in_(lots), StockMove.at >= inline(StockMove.at, begins - timedelta(days=1))
    )
    handed_out = since.join(Redemption, Redemption.id == StockMove.redemption_id).where(
        StockMove.kind == inline(StockMove.kind, MoveKind.REDEMPTION),
        *_is_of(village_ids, first, last),
    )
    voided_at = select(Void.at).where(Void.redemption_id == StockMove.redemption_id).scalar_subquery()
    given_back = since.where(
        StockMove.kind == inline(StockMove.kind, MoveKind.VOID), voided_at >= begins, voided_at < ends
    )
    return union_all(handed_out, given_back).subquery()


def _done(village_ids: Collection[int], first: date, last: date) -> Subquery:
    """The redemptions and voids of these days.

    Of each the redemption's `id` and `card_id`, the `transfer_id`, the `sign` with which the receipt counts,
    and its `total` with that sign.
    """
    begins, ends = clock.day_span(first, last)
    handed_out = select(
        Redemption.id,
        Redemption.card_id,
        Redemption.transfer_id,
        literal(1).label("sign"),
        Redemption.total,
    ).where(*_is_of(village_ids, first, last))
    given_back = select(
        Void.redemption_id,
        of_voided(Redemption.card_id),
        Void.transfer_id,
        literal(-1),
        -of_voided(Redemption.total),
    ).where(of_voided(Redemption.shop_id).in_(_shops(village_ids)), Void.at >= begins, Void.at < ends)
    return union_all(handed_out, given_back).subquery()


def _is_of(village_ids: Collection[int], first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The conditions for the redemptions of these days in the shops of these villages."""
    is_within = Redemption.day.between(inline(Redemption.day, first), inline(Redemption.day, last))
    return Redemption.shop_id.in_(_shops(village_ids)), is_within


def _shops(village_ids: Collection[int]) -> Select[int]:
    """The ids of the shops of these villages."""
    return select(Shop.id).where(among(Shop.village_id, village_ids))


@dataclass(frozen=True)
class Registered:
    """One lot's part in a redemption, or in its void: then units and points are minus."""

    move: StockMove
    line: RedemptionLine
    redemption: Redemption

    @property
    def void(self) -> Void | None:
        """The void that it is part of, or None."""
        return self.redemption.void if self.move.kind == MoveKind.VOID else None

    @property
    def day(self) -> date:
        """The day it stands under."""
        return clock.local(self.void.at).date() if self.void else self.redemption.day

    @property
    def units(self) -> int:
        """Units handed out, minus for what came back."""
        return -self.move.quantity

    @property
    def points(self) -> int:
        """Tenths of a point that were taken, minus for what was given back."""
        return self.units * self.line.price

    @property
    def balance_after(self) -> int:
        """The worker's balance after the whole redemption or void, in tenths."""
        return (self.void or self.redemption).transfer.balance_after


@dataclass(frozen=True)
class RedemptionCount:
    """How many redemptions were not voided again, and how many workers they were for."""

    redemptions: int
    workers: int


def handed_out(village: Area, first: date, last: date) -> RedemptionCount:
    """The redemptions in a village on these days that still stand, and for how many different workers."""
    row = db.session.execute(
        select(func.count(), func.count(Card.person_id.distinct()))
        .select_from(Redemption)
        .join(Redemption.card)
        .join(Redemption.shop)
        .where(
            Shop.village_id == village.id,
            Redemption.day.between(first, last),
            ~exists().where(Void.redemption_id == Redemption.id),
        )
    ).one()
    return RedemptionCount(*row)


def by_ids(ids: Collection[int]) -> Sequence[Registered]:
    """Rows of the register by the ids of their moves, in that order, with all that they name."""
    query = (
        select(StockMove, RedemptionLine, Redemption)
        .join(StockMove.lot)
        .join(
            RedemptionLine,  # of which an article has one
            and_(
                RedemptionLine.redemption_id == StockMove.redemption_id,
                RedemptionLine.goods_id == Lot.goods_id,
            ),
        )
        .join(Redemption, Redemption.id == StockMove.redemption_id)
        .options(
            contains_eager(StockMove.lot)
            .joinedload(Lot.goods)
            .joinedload(Goods.shop)
            .joinedload(Shop.village),
            joinedload(Redemption.card).joinedload(Card.person),
            joinedload(Redemption.transfer),
            joinedload(Redemption.clerk).joinedload(User.person),
            joinedload(Redemption.device),
            joinedload(Redemption.proxy),
            joinedload(Redemption.void).options(
                joinedload(Void.transfer),
                joinedload(Void.actor).joinedload(User.person),
                joinedload(Void.device),
            ),
        )
        .where(StockMove.id.in_(ids))
        .order_by(StockMove.id)
    )
    return [Registered(*row) for row in db.session.execute(query)]


def points_between(village_ids: Collection[int], first: date, last: date) -> int:
    """The tenths that the rows of `units_between` took, net of voids, by their receipts."""
    done = _done(village_ids, first, last)
    return int(db.session.scalar(select(func.sum(done.c.total))) or 0)


def points_by_person(village_ids: Collection[int], first: date, last: date) -> dict[int, int]:
    """The tenths that the rows of `units_between` took, by the id of whose card it was, net of voids."""
    done = _done(village_ids, first, last)
    query = select(Card.person_id, func.sum(done.c.total)).join(done, done.c.card_id == Card.id)
    return {ident: int(taken) for ident, taken in db.session.execute(query.group_by(Card.person_id))}


def by_article(village_ids: Collection[int], first: date, last: date) -> Sequence[tuple[Goods, int, int]]:
    """Each article of the rows of `units_between`, by name, with its units and tenths, net of voids.

    By the receipts' lines: what one says was handed out is what left the lots.
    """
    done = _done(village_ids, first, last)
    units = func.sum(done.c.sign * RedemptionLine.quantity)
    tenths = func.sum(done.c.sign * RedemptionLine.quantity * RedemptionLine.price)
    sums = (
        select(RedemptionLine.goods_id, units, tenths)
        .join(done, done.c.id == RedemptionLine.redemption_id)
        .group_by(RedemptionLine.goods_id)
        .subquery()
    )
    found = db.session.execute(
        select(Goods, *list(sums.c)[1:])
        .join(sums, sums.c.goods_id == Goods.id)
        .order_by(Goods.name, Goods.id)
    )
    return [(goods, int(quantity), int(taken)) for goods, quantity, taken in found]
