"""The stock book (进销存): what was there, came in, went out and was counted in a period, and what is left.

Units are summed from the moves alone. What undoes a move counts where that did, on a day of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from ground.db import among, db
from people.models import Area
from shop.models import Goods, Lot, MoveKind, Shop, Source, StockMove

_undone = aliased(StockMove)
_KIND = func.coalesce(_undone.kind, StockMove.kind)
_IS_FROM_SHOP = or_(StockMove.consignment_id.is_not(None), _undone.consignment_id.is_not(None))
_CAME_IN = _KIND == MoveKind.RECEIPT


@dataclass(frozen=True)
class StockTurnover:
    """A period of an article or a lot in units; `value` in fen of what is left where its cost is known.

    opening + bought + given + allocated + begun + arrived - redeemed - written_off - returned - sent
    + found - missing = closing. `begun` is opening stock of the list of goods, `arrived` came from another
    shop; `redeemed` is net of voids, `sent` of what came back. `uncosted` are the units left without a cost.
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
    value: int | None
    uncosted: int

    @property
    def units_in(self) -> int:
        """All that came in."""
        return self.bought + self.given + self.allocated + self.begun + self.arrived

    @property
    def units_out(self) -> int:
        """All that went out."""
        return self.redeemed + self.written_off + self.returned + self.sent


FIGURES = tuple(StockTurnover.__dataclass_fields__)


def by_article(village_ids: Collection[int], begins: datetime, ends: datetime) -> Select[*tuple[Any, ...]]:
    """The turnover of each article of these villages' shops from a moment until another: its id and figures.

    Articles of which nothing was there and nothing moved are left out. By village and name.
    """
    return (
        _figures(select(Goods.id), village_ids, begins, ends)
        .group_by(Goods.id, Area.code)
        .order_by(Area.code, Goods.name, Goods.id)
    )


def by_lot(village_ids: Collection[int], begins: datetime, ends: datetime) -> Select[*tuple[Any, ...]]:
    """The same of each lot: its id and figures, article by article."""
    return (
        _figures(select(Lot.id), village_ids, begins, ends)
        .group_by(Lot.id, Area.code, Goods.name, Goods.id)
        .order_by(Area.code, Goods.name, Goods.id, Lot.id)
    )


def _figures(
    query: Select[int], village_ids: Collection[int], begins: datetime, ends: datetime
) -> Select[*tuple[Any, ...]]:
    units = StockMove.quantity
    is_within = StockMove.at >= begins

    def within(*conditions: ColumnElement[bool], sign: int = 1) -> ColumnElement[int]:
        moved = case((and_(is_within, *conditions), sign * units), else_=0)
        return func.sum(moved)

    def received(source: Source) -> ColumnElement[int]:
        return within(_CAME_IN, ~_IS_FROM_SHOP, Lot.source == source)

    opening = func.sum(case((~is_within, units), else_=0))
    figures: dict[str, ColumnElement[int]] = {
        "opening": opening,
        "bought": received(Source.PURCHASE),
        "given": received(Source.DONATION),
        "allocated": received(Source.ALLOCATION),
        "begun": received(Source.OPENING),
        "arrived": within(_CAME_IN, _IS_FROM_SHOP),
        "redeemed": within(_KIND.in_((MoveKind.REDEMPTION, MoveKind.VOID)), sign=-1),
        "written_off": within(_KIND == MoveKind.WRITE_OFF, sign=-1),
        "returned": within(_KIND == MoveKind.RETURN, sign=-1),
        "sent": within(_KIND.in_((MoveKind.SENT, MoveKind.SENT_BACK)), sign=-1),
        "found": within(_KIND == MoveKind.STOCK_TAKE, units > 0),
        "missing": within(_KIND == MoveKind.STOCK_TAKE, units < 0, sign=-1),
        "closing": func.sum(units),
        "value": func.sum(units * Lot.unit_cost),
        "uncosted": func.sum(case((Lot.unit_cost.is_(None), units), else_=0)),
    }
    return (
        query.add_columns(*(figure.label(name) for name, figure in figures.items()))
        .select_from(StockMove)
        .join(StockMove.lot)
        .join(Lot.goods)
        .join(Goods.shop)
        .join(Shop.village)
        .outerjoin(_undone, _undone.id == StockMove.reverses_id)
        .where(among(Shop.village_id, village_ids), StockMove.at < ends)
        .having(or_(opening != 0, func.count(case((is_within, 1))) > 0))
    )


def sums(query: Select[*tuple[Any, ...]]) -> tuple[int, StockTurnover]:
    """How many rows `by_article` or `by_lot` finds, and the sums of their figures."""
    rows = query.order_by(None).subquery()
    asked = select(func.count(), *(func.sum(rows.c[name]) for name in FIGURES))
    count, *figures = db.session.execute(asked).one()
    return count, StockTurnover(*(int(figure or 0) for figure in figures))


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


def of_row(row: Sequence[Any]) -> StockTurnover:
    """The figures of a row that `by_article` or `by_lot` found."""
    return StockTurnover(*row[1:])
