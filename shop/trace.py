"""Where goods came from and went: from a receipt to its lots, from a lot to its origin and its receipts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ground.db import db
from people.models import Card
from shop.models import Consignment, Goods, Lot, MoveKind, Redemption, StockMove


@dataclass(frozen=True)
class LotTrace:
    """A lot, how it came here, and what became of it in units.

    `first` is the lot that came in from outside, `sent_by` the consignments by which it came from shop to
    shop, the last first. `otherwise` is what left (or, below 0, was found) in other ways.
    """

    lot: Lot
    first: Lot
    sent_by: Sequence[Consignment]
    came_in: int
    handed_out: int
    otherwise: int


def redemptions_by_transfer(transfers: Collection[int]) -> dict[int, Redemption]:
    """The redemptions that these transfers (by id) paid, by the transfer's id, with their lines."""
    query = (
        select(Redemption)
        .options(selectinload(Redemption.lines), joinedload(Redemption.void))
        .where(Redemption.transfer_id.in_(transfers))
    )
    return {redemption.transfer_id: redemption for redemption in db.session.scalars(query)}


def lots_of(redemption: Redemption) -> Sequence[tuple[Lot, int]]:
    """The lots that a receipt's goods came from, each with its article and how many units."""
    query = (
        select(StockMove)
        .join(StockMove.lot)
        .options(contains_eager(StockMove.lot).joinedload(Lot.goods))
        .options(contains_eager(StockMove.lot).joinedload(Lot.donation))
        .where(StockMove.redemption_id == redemption.id, StockMove.kind == MoveKind.REDEMPTION)
        .order_by(StockMove.id)
    )
    return [(move.lot, -move.quantity) for move in db.session.scalars(query)]


def lot_trace(lot: Lot) -> LotTrace:
    """The trace of a lot; units that came in = handed out + otherwise + left."""
    sent_by, first = [], lot
    while consignment := _arrival(first):
        sent_by.append(consignment)
        first = consignment.lot
    units = _units_by_kind(lot)
    came_in = units.get(MoveKind.RECEIPT, 0)
    handed_out = -units.get(MoveKind.REDEMPTION, 0) - units.get(MoveKind.VOID, 0)
    return LotTrace(lot, first, sent_by, came_in, handed_out, came_in - handed_out - lot.on_hand)


def _arrival(lot: Lot) -> Consignment | None:
    """The consignment by which a lot came from another shop, with the lot it was taken from."""
    query = select(Consignment).where(Consignment.arrived_id == lot.id)
    return db.session.scalar(
        query.options(joinedload(Consignment.lot).joinedload(Lot.goods).joinedload(Goods.shop))
    )


def _units_by_kind(lot: Lot) -> dict[MoveKind, int]:
    rows = db.session.execute(
        select(StockMove.kind, func.sum(StockMove.quantity))
        .where(StockMove.lot_id == lot.id)
        .group_by(StockMove.kind)
    )
    return {kind: int(units) for kind, units in rows}


def moves_of(lot: Lot) -> Select[StockMove]:
    """Every move of a lot, the latest first; for paging."""
    query = select(StockMove).options(joinedload(StockMove.reverses), joinedload(StockMove.actor))
    # By the plain ids PostgreSQL would read all moves from the last on (`lots.moves_of`).
    return query.where(StockMove.lot_id == lot.id).order_by((StockMove.id + 0).desc())


def receipts_of(moves: Collection[StockMove]) -> dict[int, Redemption]:
    """The receipts that these moves belong to, by the receipt's id, with who they were for."""
    wanted = {move.redemption_id for move in moves}
    query = select(Redemption).options(joinedload(Redemption.card).joinedload(Card.person))
    return {each.id: each for each in db.session.scalars(query.where(Redemption.id.in_(wanted)))}
