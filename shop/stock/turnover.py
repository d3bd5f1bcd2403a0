"""The stock book (进销存): what was there, came in, went out and was counted in a period, and what is left.

Units are summed from the moves alone. What undoes a move counts where that did, on a day of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Label,
    Select,
    Subquery,
    and_,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, joinedload

from ground.db import among, db, inline
from people.models import Area
from shop.models import Goods, Lot, MoveKind, Shop, Source, StockMove

_undoing, _undone = aliased(StockMove), aliased(StockMove)
# What each move that undoes another undid. Joined with the moves one by one, PostgreSQL would read the undone
# ones among the moves of all years.
_UNDONE = (
    select(_undoing.id, _undone.kind, _undone.consignment_id)
    .join(_undone, _undone.id == _undoing.reverses_id)
    .where(_undoing.reverses_id.is_not(None))
    .subquery("undone")
)
_KIND = func.coalesce(_UNDONE.c.kind, StockMove.kind)
_IS_FROM_SHOP = or_(StockMove.consignment_id.is_not(None), _UNDONE.c.consignment_id.is_not(None))


@dataclass(frozen=True)
class Flows:
    """What of an article or a lot was there, came, went and is left in a period: units, or their cost in fen.

    opening + bought + given + allocated + begun + arrived - redeemed - written_off - returned - sent
    + found - missing = closing. `begun` is opening stock of the list of goods, `arrived` came from another
    shop; `redeemed` is net of voids, `sent` of what came back.
    """

    opening: int
    bought: int
    given: int
    allocated: int
    begun: int
    arrived: int
    redeemed: int
    written_off: int
    returned: int
    sent: int
    found: int
    missing: int
    closing: int

    @property
    def came_in(self) -> int:
        """All that came in, but what a stock-take found."""
        return self.bought + self.given + self.allocated + self.begun + self.arrived


@dataclass(frozen=True)
class StockTurnover(Flows):
    """A period of an article or a lot in units; `value` in fen of what is left where its cost is known.

    `uncosted` are the units left without a cost.
    """

    value: int | None
    uncosted: int


@dataclass(frozen=True)
class ValuedTurnover:
    """A period of an article in units, and in fen at the cost of its lots.

    What has no cost is 0 fen; `uncosted` are the units left of it.
    """

    units: Flows
    fen: Flows
    uncosted: int


FLOWS = tuple(Flows.__dataclass_fields__)


def by_article(village_ids: Collection[int], begins: datetime, ends: datetime) -> Select[*tuple[Any, ...]]:
    """The turnover of each article of these villages' shops from a moment until another: its id and figures.

    Articles of which nothing was there and nothing moved are left out. By village and name.
    """
    lots = _of_lots(village_ids, begins, ends)
    return _by_article(lots, [*(lots.c[name] for name in FLOWS), *_value_and_uncosted(lots)])


def by_lot(village_ids: Collection[int], begins: datetime, ends: datetime) -> Select[*tuple[Any, ...]]:
    """The same of each lot: its id and figures, article by article."""
    lots = _of_lots(village_ids, begins, ends)
    figures = [lots.c[name] for name in FLOWS]
    return _in_villages(select(lots.c.id, *figures, *_value_and_uncosted(lots)), lots).order_by(
        Area.code, Goods.name, Goods.id, lots.c.id
    )


def by_article_valued(
    village_ids: Collection[int], begins: datetime, ends: datetime
) -> Select[*tuple[Any, ...]]:
    """The same articles with what their units cost: the id, both flows, the units without a cost."""
    lots = _of_lots(village_ids, begins, ends)
    units, cost = [lots.c[name] for name in FLOWS], func.coalesce(lots.c.unit_cost, 0)
    fen = [(flow * cost).label(f"{flow.name}_fen") for flow in units]
    _value, uncosted = _value_and_uncosted(lots)
    return _by_article(lots, [*units, *fen, uncosted])


def _by_article(lots: Subquery, figures: Sequence[ColumnElement[int]]) -> Select[*tuple[Any, ...]]:
    """Of each article the sums of its lots' figures, behind its id."""
    # PostgreSQL sums what were sums as a number that has decimals.
    sums = [cast(func.sum(figure), BigInteger).label(figure.name) for figure in figures]
    return (
        _in_villages(select(Goods.id, *sums), lots)
        .group_by(Goods.id, Area.code)
        .order_by(Area.code, Goods.name, Goods.id)
    )


def _in_villages(query: Select[*tuple[Any, ...]], lots: Subquery) -> Select[*tuple[Any, ...]]:
    """Join lots with their articles, and these with their villages."""
    return (
        query.select_from(lots).join(Goods, Goods.id == lots.c.goods_id).join(Goods.shop).join(Shop.village)
    )


def _value_and_uncosted(lots: Subquery) -> tuple[Label[int], Label[int]]:
    """What is left of a lot in fen, NULL without a cost; and its units without a cost."""
    uncosted = case((lots.c.unit_cost.is_(None), lots.c.closing), else_=0)
    return (lots.c.closing * lots.c.unit_cost).label("value"), uncosted.label("uncosted")


def _of_lots(village_ids: Collection[int], begins: datetime, ends: datetime) -> Subquery:
    """The flows of each lot of these villages of which something was there or moved, in units.

    What was there is what is on hand now without what moved since: the years before are not read.
    """
    moved = _moved(village_ids, begins, ends)
    flows = _flows(moved)
    return (
        select(Lot.id, Lot.goods_id, Lot.unit_cost, *(flows[name].label(name) for name in FLOWS))
        .join(Lot.goods)
        .join(Goods.shop)
        .outerjoin(moved, moved.c.lot_id == Lot.id)
        .where(among(Shop.village_id, village_ids))
        .group_by(Lot.id)
        .having(or_(flows["opening"] != 0, func.count(case((moved.c.is_within, 1))) > 0))
        .subquery()
    )


def _moved(village_ids: Collection[int], begins: datetime, ends: datetime) -> Subquery:
    """The units that moved since a moment, of each lot one row for each way in which they can count.

    A county's hundred thousand moves become a few rows for each lot before it is asked where they belong.
    """
    ways = {
        "counts_as": _KIND,
        "is_from_shop": _IS_FROM_SHOP,
        "is_plus": StockMove.quantity > 0,
        "is_within": StockMove.at < inline(StockMove.at, ends),
    }
    return (
        select(
            StockMove.lot_id,
            *(way.label(name) for name, way in ways.items()),
            func.sum(StockMove.quantity).label("units"),
        )
        .join(StockMove.lot)
        .join(Lot.goods)
        .join(Goods.shop)
        .outerjoin(_UNDONE, _UNDONE.c.id == StockMove.id)
        .where(among(Shop.village_id, village_ids), StockMove.at >= inline(StockMove.at, begins))
        .group_by(StockMove.lot_id, *ways)
        .subquery("moved")
    )


def _flows(moved: Subquery) -> dict[str, ColumnElement[int]]:
    """A lot's units, summed from what moved since a moment, by where those within the period belong."""
    kind, units = moved.c.counts_as, moved.c.units
    came_in = kind == MoveKind.RECEIPT

    def within(*conditions: ColumnElement[bool], sign: int = 1) -> ColumnElement[int]:
        return func.sum(case((and_(moved.c.is_within, *conditions), sign * units), else_=0))

    def received(source: Source) -> ColumnElement[int]:
        return within(came_in, ~moved.c.is_from_shop, Lot.source == source)

    opening = Lot.on_hand - func.coalesce(func.sum(units), 0)
    return {
        "opening": opening,
        "bought": received(Source.PURCHASE),
        "given": received(Source.DONATION),
        "allocated": received(Source.ALLOCATION),
        "begun": received(Source.OPENING),
        "arrived": within(came_in, moved.c.is_from_shop),
        "redeemed": within(kind.in_((MoveKind.REDEMPTION, MoveKind.VOID)), sign=-1),
        "written_off": within(kind == MoveKind.WRITE_OFF, sign=-1),
        "returned": within(kind == MoveKind.RETURN, sign=-1),
        "sent": within(kind.in_((MoveKind.SENT, MoveKind.SENT_BACK)), sign=-1),
        "found": within(kind == MoveKind.STOCK_TAKE, moved.c.is_plus),
        "missing": within(kind == MoveKind.STOCK_TAKE, ~moved.c.is_plus, sign=-1),
        "closing": opening + within(),
    }


def articles(ids: Collection[int]) -> dict[int, Goods]:
    """Articles by their ids, with shop and village."""
    query = select(Goods).options(joinedload(Goods.shop).joinedload(Shop.village)).where(Goods.id.in_(ids))
    return {goods.id: goods for goods in db.session.scalars(query)}


def lots(ids: Collection[int]) -> dict[int, Lot]:
    """Lots by their ids, with their donation, article, shop and village."""
    query = (
        select(Lot)
        .options(
            joinedload(Lot.donation), joinedload(Lot.goods).joinedload(Goods.shop).joinedload(Shop.village)
        )
        .where(Lot.id.in_(ids))
    )
    return {lot.id: lot for lot in db.session.scalars(query)}


def turnover_of(figures: Sequence[Any]) -> StockTurnover:
    """The figures of a row that `by_article` or `by_lot` found, behind its id, or of their sums."""
    return StockTurnover(*figures)


def valued_of(figures: Sequence[Any]) -> ValuedTurnover:
    """The figures of a row that `by_article_valued` found, behind its id, or of their sums."""
    units, fen = figures[: len(FLOWS)], figures[len(FLOWS) : 2 * len(FLOWS)]
    return ValuedTurnover(Flows(*units), Flows(*fen), figures[-1])
