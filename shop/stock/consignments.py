"""Goods on their way from one shop to another (调拨): sent, then taken in or sent back."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock, names
from ground.db import db, get_locked, lock
from ground.refusal import Refused, check_repeated
from people.models import Area, User
from people.scanning.reading import OWN_CODE_DIGITS
from shop.models import Barcode, Consignment, Goods, Lot, MoveKind, Shop, StockMove
from shop.shelf import codes, goods, prices
from shop.stock import lots, moves


def send(key: str, lot: Lot, to_shop: Shop, quantity: int, note: str, actor: User) -> Consignment:
    """Send units of a lot to another shop; from now on they are on their way.

    Refused `bad_quantity`, `out_of_stock`, `same_shop`, `expired`, `key_reused`.
    """
    lock(lot)
    existing = db.session.scalar(select(Consignment).where(Consignment.key == key))
    if existing is not None:
        check_repeated(
            (existing.lot_id, existing.to_shop_id, existing.quantity), (lot.id, to_shop.id, quantity)
        )
        return existing
    lots.check_quantity(quantity)
    if to_shop.id == lot.goods.shop_id:
        raise Refused("same_shop", _("Choose another shop."), "to_shop")
    if lot.has_expired(clock.today()):
        raise Refused("expired", _("This is past its best-before date already."))
    moves.check_left(lot, quantity)
    consignment = Consignment(
        key=key,
        lot_id=lot.id,
        to_shop_id=to_shop.id,
        quantity=quantity,
        note=note.strip(),
        sent_by_id=actor.id,
        sent_at=clock.now(),
    )
    db.session.add(consignment)
    db.session.flush()
    lots.move_lot(lot, MoveKind.SENT, -quantity, _key_out(consignment), actor, consignment_id=consignment.id)
    return consignment


def _key_out(consignment: Consignment) -> str:
    return f"consignment:{consignment.id}:out"


def move_out(consignment: Consignment) -> StockMove:
    """The move by which a consignment left its lot."""
    return db.session.scalars(select(StockMove).where(StockMove.key == _key_out(consignment))).one()


def accept(consignment: Consignment, actor: User) -> Lot:
    """Take in what another shop sent, as a lot that keeps its source, cost and best-before date.

    It goes to the article with one of its codes, else to the one of its name, else to a new article at
    the sender's price. Taken in already, that lot is returned. Refused `already_answered` when it was sent
    back, `other_unit` when the article here is counted in another unit.
    """
    lock(consignment)
    if consignment.arrived is not None:
        return consignment.arrived
    _check_open(consignment)
    sent_lot = consignment.lot
    article = _counterpart(sent_lot.goods, consignment.to_shop)
    if article is None:
        get_locked(Shop, consignment.to_shop_id)  # two that bring it at the same moment make one article
        article = _counterpart(sent_lot.goods, consignment.to_shop) or _copy_article(
            sent_lot.goods, consignment.to_shop, actor
        )
    lock(article)
    if article.unit != sent_lot.goods.unit:
        raise Refused(
            "other_unit",
            _(
                "%(name)s is counted in %(unit)s here, what was sent in %(other)s. Send it back.",
                name=article.name,
                unit=article.unit,
                other=sent_lot.goods.unit,
            ),
        )
    if article.archived_on is not None:
        goods.bring_back(article, actor)
    lot = Lot(
        goods_id=article.id,
        source=sent_lot.source,
        donation_id=sent_lot.donation_id,
        unit_cost=sent_lot.unit_cost,
        best_before=sent_lot.best_before,
        received_on=clock.today(),
        on_hand=consignment.quantity,
    )
    lots.bring_in_lots([lot], f"consignment:{consignment.id}:in", actor, consignment_id=consignment.id)
    consignment.arrived_id = lot.id
    _answer(consignment, actor)
    return lot


def send_back(consignment: Consignment, actor: User) -> Consignment:
    """Let what was sent go back to the lot it came from: by who received it, or called off by who sent it.

    Sent back already, nothing more happens. Refused `already_answered` when it was taken in.
    """
    lock(consignment)
    if consignment.answered_at is not None and consignment.arrived_id is None:
        return consignment
    _check_open(consignment)
    lot = get_locked(Lot, consignment.lot_id)
    move_key = f"consignment:{consignment.id}:back"
    belongs = lots.called(move_out(consignment)) | {"consignment_id": consignment.id}
    lots.move_lot(lot, MoveKind.SENT_BACK, consignment.quantity, move_key, actor, **belongs)
    _answer(consignment, actor)
    return consignment


def _check_open(consignment: Consignment) -> None:
    if not consignment.is_open:
        raise Refused("already_answered", _("This was answered already. Look again."))


def _answer(consignment: Consignment, actor: User) -> None:
    consignment.answered_by_id = actor.id
    consignment.answered_at = clock.now()
    db.session.flush()


def _counterpart(article: Goods, shop: Shop) -> Goods | None:
    """The same article of another shop: by a printed barcode, or else by name and specification.

    An article there whose specification nobody wrote down counts as the same.
    """
    printed = [code for code in article.codes if len(code) != OWN_CODE_DIGITS]
    by_code = select(Goods).join(Goods.barcodes).where(Goods.shop_id == shop.id, Barcode.code.in_(printed))
    by_name = (
        select(Goods)
        .where(Goods.shop_id == shop.id, names.is_name(Goods.name, article.name))
        .where(or_(Goods.spec == article.spec, Goods.spec.is_(None)))
        .order_by(Goods.spec.is_(None))
    )
    return db.session.scalar(by_code.order_by(Goods.id).limit(1)) or db.session.scalar(by_name.limit(1))


def _copy_article(article: Goods, shop: Shop, actor: User) -> Goods:
    """Put the same article on another shop's shelf, at the sender's price."""
    copy = goods.add_goods(
        shop,
        article.name,
        article.unit,
        prices.price_of(article),
        spec=article.spec,
        category=article.category,
        actor=actor,
    )
    for code in article.codes:
        if len(code) != OWN_CODE_DIGITS:
            codes.add_code(copy, code, actor)
    return copy


def consignments_of(shop: Shop) -> Select[Consignment]:
    """The consignments that a shop sent or was sent, the latest first."""
    return (
        select(Consignment)
        .join(Consignment.lot)
        .join(Lot.goods)
        .options(
            contains_eager(Consignment.lot).contains_eager(Lot.goods).joinedload(Goods.shop),
            joinedload(Consignment.to_shop),
            joinedload(Consignment.sent_by),
            joinedload(Consignment.answered_by),
            joinedload(Consignment.arrived),
        )
        .where(or_(Goods.shop_id == shop.id, Consignment.to_shop_id == shop.id))
        .order_by(Consignment.id.desc())
    )


def open_consignments(shop: Shop) -> Sequence[Consignment]:
    """The consignments on their way to a shop or from it."""
    return db.session.scalars(consignments_of(shop).where(Consignment.answered_at.is_(None))).all()


def answered_consignments(shop: Shop) -> Select[Consignment]:
    """The settled consignments that a shop sent or was sent, the latest first; for paging."""
    return consignments_of(shop).where(Consignment.answered_at.is_not(None))


def arriving_consignments(shop: Shop) -> Sequence[Consignment]:
    """The consignments on their way to a shop that wait for its answer."""
    return [consignment for consignment in open_consignments(shop) if consignment.to_shop_id == shop.id]


def find_consignment(shop: Shop, ident: int) -> Consignment | None:
    """A consignment that a shop sent or was sent, or None."""
    return db.session.scalar(consignments_of(shop).where(Consignment.id == ident))


def other_shops(shop: Shop) -> Sequence[Shop]:
    """The other shops of the county, by their villages' codes."""
    return db.session.scalars(
        select(Shop)
        .join(Shop.village)
        .where(Shop.id != shop.id, Area.code.startswith(shop.village.code[:6]))
        .order_by(Area.code)
    ).all()
