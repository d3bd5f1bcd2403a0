"""Goods and their stock: lots come in, units go out, earliest expiry first; every change is a move."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import func, or_, select, update
from stdnum import ean

from people import clock
from people.db import change_one, db
from people.models import Area, User
from people.refused import Refused, check_repeated
from points import amounts
from shop.models import Goods, Lot, MoveKind, Redemption, Shop, Source, StockMove

MOST_AT_ONCE = 100_000


def open_shop(village: Area, name: str) -> Shop:
    """The village's shop, opened on first use."""
    shop = of_village(village)
    if shop is None:
        shop = Shop(village_id=village.id, name=name)
        db.session.add(shop)
        db.session.flush()
    return shop


def of_village(village: Area) -> Shop | None:
    """The village's shop, or None."""
    return db.session.scalar(select(Shop).where(Shop.village_id == village.id))


def add_goods(shop: Shop, name: str, unit: str, price: int, barcode: str | None = None) -> Goods:
    """Put an article on the shelf at a price in tenths of a point.

    Refused `goods_exists`, `barcode_taken`, `bad_barcode` (EAN-13 or EAN-8 with a wrong check digit),
    `bad_amount`.
    """
    name = name.strip()
    if not 0 < price <= amounts.LARGEST:
        raise Refused("bad_amount", _("A price is more than 0 and at most 100,000 points."), "price")
    if barcode and not ean.is_valid(barcode):
        raise Refused("bad_barcode", _("The barcode's check digit does not fit. Scan it again."), "barcode")
    for there in db.session.scalars(select(Goods).where(Goods.shop_id == shop.id)):
        if there.name == name:
            raise Refused("goods_exists", _("%(name)s is on the shelf already.", name=name), "name")
        if barcode and there.barcode == barcode:
            raise Refused("barcode_taken", _("This is the barcode of %(name)s.", name=there.name), "barcode")
    goods = Goods(shop_id=shop.id, name=name, unit=unit.strip(), price=price, barcode=barcode or None)
    db.session.add(goods)
    db.session.flush()
    return goods


def receive(
    key: str,
    goods: Goods,
    quantity: int,
    source: Source,
    actor: User | None,
    donor: str | None = None,
    best_before: date | None = None,
) -> Lot:
    """Take in a lot of so many units; sent twice with one key, it comes in once.

    Refused `bad_quantity`, `donor_missing` for a donation without a name, `expired`, `key_reused`.
    """
    move = db.session.scalar(select(StockMove).where(StockMove.key == key))
    if move is not None:
        check_repeated((move.lot.goods_id, move.quantity), (goods.id, quantity))
        return move.lot
    if not 0 < quantity <= MOST_AT_ONCE:
        raise Refused("bad_quantity", _("How many must be a number from 1 to 100,000."), "quantity")
    if source == Source.DONATION and not (donor or "").strip():
        raise Refused("donor_missing", _("Write down who gave it."), "donor")
    if best_before is not None and best_before < clock.today():
        raise Refused("expired", _("This is past its best-before date already."), "best_before")
    lot = Lot(
        goods_id=goods.id,
        source=source,
        donor=(donor or "").strip() or None,
        best_before=best_before,
        received_on=clock.today(),
        on_hand=0,
    )
    db.session.add(lot)
    db.session.flush()
    move_lot(lot, MoveKind.RECEIPT, quantity, key, None, actor)
    return lot


def lock_lots(goods_ids: Sequence[int]) -> list[Lot]:
    """All lots of these articles as they are now, locked in the order of their ids."""
    return list(
        db.session.scalars(
            select(Lot)
            .where(Lot.goods_id.in_(goods_ids), Lot.on_hand > 0)
            .order_by(Lot.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def choose(lots: Sequence[Lot], goods: Goods, quantity: int) -> list[tuple[Lot, int]]:
    """Which lots give how many units, earliest expiry first; nothing leaves from an expired lot.

    Refused `out_of_stock` with what is left.
    """
    mine = [lot for lot in lots if lot.goods_id == goods.id and not _expired(lot)]
    mine.sort(key=lambda lot: (lot.best_before or date.max, lot.id))
    taken: list[tuple[Lot, int]] = []
    missing = quantity
    for lot in mine:
        if missing == 0:
            break
        part = min(missing, lot.on_hand)
        taken.append((lot, part))
        missing -= part
    if missing:
        raise Refused(
            "out_of_stock",
            _(
                "Only %(left)s %(unit)s of %(name)s left.",
                left=quantity - missing,
                unit=goods.unit,
                name=goods.name,
            ),
        )
    return taken


def move_lot(
    lot: Lot, kind: MoveKind, quantity: int, key: str, redemption: Redemption | None, actor: User | None
) -> StockMove:
    """Write one move of so many units (minus: out) and the lot's new stock, under guard."""
    change_one(
        update(Lot)
        .where(Lot.id == lot.id, Lot.on_hand + quantity >= 0)
        .values(on_hand=Lot.on_hand + quantity)
    )
    move = StockMove(
        key=key,
        lot_id=lot.id,
        kind=kind,
        quantity=quantity,
        redemption_id=redemption.id if redemption else None,
        actor_id=actor.id if actor else None,
        at=clock.now(),
    )
    db.session.add(move)
    db.session.flush()
    db.session.expire(lot)
    return move


@dataclass(frozen=True)
class Shelf:
    """An article and how many units can be given out today."""

    goods: Goods
    left: int


def shelves(shop: Shop) -> list[Shelf]:
    """What the shop offers today, by name; expired lots do not count."""
    usable = or_(Lot.best_before.is_(None), Lot.best_before >= clock.today())
    left = func.coalesce(func.sum(Lot.on_hand), 0)
    rows = db.session.execute(
        select(Goods, left)
        .outerjoin(Lot, (Lot.goods_id == Goods.id) & usable)
        .where(Goods.shop_id == shop.id)
        .group_by(Goods.id)
        .order_by(Goods.id)
    )
    return [Shelf(goods, units) for goods, units in rows]


def _expired(lot: Lot) -> bool:
    return lot.best_before is not None and lot.best_before < clock.today()
