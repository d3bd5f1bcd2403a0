"""The redemption register (兑换登记簿): what was handed out, lot by lot, and what came back by voids."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Label, Select, Subquery, and_, exists, func, literal, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import among, db
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
)


def ids_between(village_ids: Collection[int], first: date, last: date) -> Select[int]:
    """The ids of the stock moves of redemptions and voids in the shops of some villages, from day to day.

    What was handed out is of the day on its receipt, what came back of the day of its void, as on the closing
    sheets. In the order in which it was written.
    """
    # By the plain ids PostgreSQL would read all moves in their order (`lots.moves_of`).
    return _moved(select(StockMove.id), village_ids, first, last).order_by(StockMove.id + 0)


def has_grown(village: Area, first: date, last: date, transfer_id: int) -> bool:
    """Whether something of these days stands in the ledger after an entry (by its id): it came in later."""
    done = _done([village.id], first, last)
    return bool(db.session.scalar(select(exists().where(done.c.transfer_id > transfer_id))))


def _moved(
    query: Select[*tuple[Any, ...]], village_ids: Collection[int], first: date, last: date
) -> Select[*tuple[Any, ...]]:
    """A query of the moves of these days' redemptions and voids."""
    done = _done(village_ids, first, last)
    ident, kind, _transfer_id = done.c
    return query.join(done, and_(StockMove.redemption_id == ident, StockMove.kind == kind))


def _done(village_ids: Collection[int], first: date, last: date) -> Subquery:
    """The redemptions and voids of these days: the redemption's id, the kind of moves, the transfer's id."""
    begins, ends = clock.day_span(first, last)
    of_villages = select(Shop.id).where(among(Shop.village_id, village_ids))
    handed_out = select(Redemption.id, _kind(MoveKind.REDEMPTION), Redemption.transfer_id).where(
        Redemption.shop_id.in_(of_villages), Redemption.day.between(first, last)
    )
    given_back = (
        select(Void.redemption_id, _kind(MoveKind.VOID), Void.transfer_id)
        .join(Void.redemption)
        .where(Redemption.shop_id.in_(of_villages), Void.at >= begins, Void.at < ends)
    )
    return union_all(handed_out, given_back).subquery()


def _kind(kind: MoveKind) -> Label[MoveKind]:
    return literal(kind, StockMove.kind.type).label("kind")


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
        _with_lines(select(StockMove, RedemptionLine, Redemption))
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


@dataclass(frozen=True)
class RegisterSums:
    """What the rows of a register come to: how many, units and tenths, net of voids."""

    rows: int
    units: int
    points: int


def sums_between(village_ids: Collection[int], first: date, last: date) -> RegisterSums:
    """The sums of the rows that `ids_between` finds."""
    query = _with_lines(
        select(
            func.count(),
            func.sum(-StockMove.quantity),
            func.sum(-StockMove.quantity * RedemptionLine.price),
        ).select_from(StockMove)
    )
    query = _moved(query, village_ids, first, last)
    return RegisterSums(*(int(figure or 0) for figure in db.session.execute(query).one()))


def points_by_person(village_ids: Collection[int], first: date, last: date) -> dict[int, int]:
    """The tenths that the rows of `ids_between` took, by the id of whose card it was, net of voids."""
    tenths = func.sum(-StockMove.quantity * RedemptionLine.price)
    query = _with_lines(select(Card.person_id, tenths).select_from(StockMove))
    query = _moved(
        query.join(Redemption, Redemption.id == StockMove.redemption_id).join(Redemption.card),
        village_ids,
        first,
        last,
    )
    return {ident: int(taken) for ident, taken in db.session.execute(query.group_by(Card.person_id))}


def by_article(village_ids: Collection[int], first: date, last: date) -> Sequence[tuple[Goods, int, int]]:
    """Each article of the rows of `ids_between`, by name, with its units and tenths, net of voids."""
    units = func.sum(-StockMove.quantity)
    tenths = func.sum(-StockMove.quantity * RedemptionLine.price)
    query = _with_lines(select(Lot.goods_id, units, tenths).select_from(StockMove))
    sums = _moved(query, village_ids, first, last).group_by(Lot.goods_id).subquery()
    found = db.session.execute(
        select(Goods, *list(sums.c)[1:])
        .join(sums, sums.c.goods_id == Goods.id)
        .order_by(Goods.name, Goods.id)
    )
    return [(goods, int(quantity), int(taken)) for goods, quantity, taken in found]


def _with_lines(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join each move with its lot and the line of the receipt, of which an article has one."""
    return query.join(StockMove.lot).join(
        RedemptionLine,
        and_(
            RedemptionLine.redemption_id == StockMove.redemption_id,
            RedemptionLine.goods_id == Lot.goods_id,
        ),
    )
