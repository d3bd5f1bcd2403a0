"""Lots of goods and their stock moves.

A lot is units of one article that came in together. Every change of it is a move, and `on_hand` is always
the sum of its moves: written together, under guard. Lots are locked in the order of their ids; units leave
the lot that expires first.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Integer, Select, bindparam, case, func, select, update
from sqlalchemy.orm import joinedload, selectinload

from ground import clock
from ground.db import Prepared, add_rows, db, insert_row, insert_rows, know
from ground.refusal import Refused
from people.models import Area, User
from shop.models import LOT_WAS_UNDONE, Goods, Lot, MoveKind, Shop, StockMove
from shop.shelf import leases

MOST_UNITS_AT_ONCE = 100_000

# Moves that do not say what the article is called: the lines of the receipt do.
CALLED_ON_RECEIPTS = (MoveKind.REDEMPTION, MoveKind.VOID)

# More than so many units of an article at once are asked about.
MANY_UNITS = 300


def check_quantity(quantity: int) -> None:
    """Check that a quantity is from 1 to 100,000 units. Refused `bad_quantity`."""
    if not 0 < quantity <= MOST_UNITS_AT_ONCE:
        raise Refused("bad_quantity", _("How many must be a number from 1 to 100,000."), "quantity")


def lock_lots(goods_ids: Iterable[int], *, empty: bool = False) -> list[Lot]:
    """The lots of these articles as they are now, locked in the order of their ids.

    Those with something left; `empty`: the others too.
    """
    query = select(Lot).where(Lot.goods_id.in_(list(goods_ids)))
    return list(
        db.session.scalars(
            (query if empty else query.where(Lot.on_hand > 0))
            .order_by(Lot.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def in_leaving_order(lots: Iterable[Lot]) -> list[Lot]:
    """Lots in the order in which they are handed out: what expires first, then what came in first."""
    return sorted(lots, key=lambda lot: (lot.best_before or date.max, lot.id))


def choose_lots(lots: Sequence[Lot], goods: Goods, quantity: int, day: date) -> list[tuple[Lot, int]]:
    """The lots that give so many units on a day, earliest expiry first; nothing leaves an expired lot.

    Refused `out_of_stock` with what is left.
    """
    usable_lots = in_leaving_order(
        lot for lot in lots if lot.goods_id == goods.id and not lot.has_expired(day)
    )
    parts, missing = allocate(usable_lots, quantity)
    if missing:
        raise Refused(
            "out_of_stock",
            _(
                "Only %(left)s %(unit)s of %(name)s left.",
                left=quantity - missing,
                unit=goods.unit,
                name=goods.title,
            ),
            f"goods-{goods.id}",
        )
    return parts


def allocate(lots: Iterable[Lot], quantity: int) -> tuple[list[tuple[Lot, int]], int]:
    """The units that each of these lots gives, in their order, and how many are missing then."""
    parts: list[tuple[Lot, int]] = []
    for lot in lots:
        if quantity == 0:
            break
        part = min(quantity, lot.on_hand)
        if part:
            parts.append((lot, part))
            quantity -= part
    return parts, quantity


def move_lot(
    lot: Lot, kind: MoveKind, quantity: int, key: str, actor: User | None, **belongs: Any
) -> StockMove:
    """Write one move of so many units (minus: out) and the lot's new stock, under guard.

    `belongs` says to what: `redemption_id`, `consignment_id`, `stock_take_id`, `reverses_id`, and `reason`.
    Unless it says what the article is `called` too, that is what it is called now.
    Refused `leased` for units out while a desk without a network holds the shop.
    """
    if quantity < 0:
        leases.check_free(lot.goods.shop_id)
    move = StockMove(**_move(lot, kind, quantity, key, actor, belongs))
    _move_of(1).change(1, lot_0=lot.id, units_0=quantity)
    insert_row(move)
    db.session.expire(lot)
    return move


def move_lots(
    parts: Sequence[tuple[Lot, int]], kind: MoveKind, key: str, actor: User | None, **belongs: Any
) -> None:
    """Write a move of so many units for each of these lots at once, as `move_lot` does for one.

    The key of each is this one with the lot's id. Whoever calls has looked whether the shop is free.
    """
    moved = {f"lot_{place}": lot.id for place, (lot, _quantity) in enumerate(parts)}
    moved |= {f"units_{place}": quantity for place, (_lot, quantity) in enumerate(parts)}
    _move_of(len(parts)).change(len(parts), **moved)
    moves = [_move(lot, kind, quantity, f"{key}:{lot.id}", actor, belongs) for lot, quantity in parts]
    insert_rows(StockMove, moves)
    for lot, quantity in parts:
        know(lot, on_hand=lot.on_hand + quantity)


@cache
def _move_of(count: int) -> Prepared:
    """The update of so many lots by one statement: the units of each, where none goes below zero."""
    ids = [bindparam(f"lot_{place}", type_=Integer) for place in range(count)]
    units = [bindparam(f"units_{place}", type_=Integer) for place in range(count)]
    moved = Lot.on_hand + case(*((Lot.id == ident, each) for ident, each in zip(ids, units, strict=True)))
    return Prepared(update(Lot).where(Lot.id.in_(ids), moved >= 0).values(on_hand=moved))


def _move(
    lot: Lot, kind: MoveKind, quantity: int, key: str, actor: User | None, belongs: dict[str, Any]
) -> dict[str, Any]:
    """What a new move says, by its columns."""
    if kind not in CALLED_ON_RECEIPTS:
        belongs = called(lot.goods) | belongs
    return {
        "key": key,
        "lot_id": lot.id,
        "kind": kind,
        "quantity": quantity,
        "actor_id": actor.id if actor else None,
        "at": clock.now(),
        **belongs,
    }


def called(article: Goods | StockMove) -> dict[str, Any]:
    """What an article is called now, or was in a move, as another move keeps it."""
    return {"name": article.name, "spec": article.spec, "unit": article.unit}


def bring_in_lots(
    lots: Sequence[Lot], key: str, actor: User | None, kind: MoveKind = MoveKind.RECEIPT, **belongs: Any
) -> None:
    """Write new lots, each with the move that brings in what is `on_hand`; `belongs` as `move_lot` takes it.

    The key of the first move is this one, of each other this one with its place.
    """
    add_rows(lots)
    insert_rows(
        StockMove,
        [
            _move(lot, kind, lot.on_hand, f"{key}:{place}" if place else key, actor, belongs)
            for place, lot in enumerate(lots)
        ],
    )


def were_taken_in(articles: Iterable[Goods]) -> bool:
    """Whether any of these articles was ever taken in; what was undone does not count."""
    ids = [goods.id for goods in articles]
    found = select(Lot.id).where(Lot.goods_id.in_(ids), ~LOT_WAS_UNDONE).limit(1)
    return db.session.scalar(found) is not None


def moved_since(lot_ids: Iterable[int]) -> Sequence[int]:
    """The articles, by id, of those of these lots that were moved since they came in, but for the undoing."""
    others = StockMove.kind.not_in((MoveKind.RECEIPT, MoveKind.REVERSAL))
    moved = select(Lot.goods_id).join(StockMove, StockMove.lot_id == Lot.id)
    return db.session.scalars(moved.where(Lot.id.in_(list(lot_ids)), others).distinct()).all()


def find_move(key: str) -> StockMove | None:
    """The move with this key, or None."""
    return db.session.scalar(select(StockMove).where(StockMove.key == key))


def first_move_at(village: Area) -> datetime | None:
    """The moment at which the first goods came into a village's shop, or None."""
    query = select(func.min(StockMove.at)).join(StockMove.lot).join(Lot.goods).join(Goods.shop)
    return db.session.scalar(query.where(Shop.village_id == village.id))


def of_goods(goods: Goods) -> Sequence[Lot]:
    """Every lot of an article, the latest first, with its donation."""
    return db.session.scalars(
        select(Lot).where(Lot.goods_id == goods.id).options(joinedload(Lot.donation)).order_by(Lot.id.desc())
    ).all()


def moves_of(goods: Goods) -> Select[StockMove]:
    """Every move of an article, the latest first; for paging.

    In the order of the plain ids PostgreSQL would read the moves of the whole county backwards, until enough
    of them are the article's; of a sum there is no index, so it takes the article's lots and sorts.
    """
    return (
        select(StockMove)
        .join(StockMove.lot)
        .where(Lot.goods_id == goods.id)
        .options(
            selectinload(StockMove.lot).joinedload(Lot.donation),
            selectinload(StockMove.actor),
            selectinload(StockMove.reverses),
        )
        .order_by((StockMove.id + 0).desc())
    )
