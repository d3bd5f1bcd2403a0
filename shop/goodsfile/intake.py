"""The import of a goods file: new articles in bulk, what changes in the others, at last what lies there."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from ground import clock, names
from ground.db import db, lock_all
from ground.refusal import Refused
from people import audit, filing
from people.models import Area, FileKind, User
from people.takeback.findings import Obstacle, Reversal, Traced
from shop.goodsfile import columns, known, plan
from shop.goodsfile.plan import GoodsStep, Plan
from shop.models import (
    LOT_WAS_UNDONE,
    Barcode,
    Delivery,
    Donation,
    Goods,
    Lot,
    Price,
    Shop,
    Source,
)
from shop.shelf import codes, prices, shops
from shop.shelf import goods as shelf
from shop.shelf.goods import DESCRIBED_FIELDS, Arrival
from shop.stock import deliveries, lots, moves
from shop.stock.deliveries import DeliveryLine, Origin


def import_rows(plan: Plan, village: Area, actor: User | None) -> Iterator[int]:
    """Do all that a plan says, inside one transaction; yields how many of its rows are done.

    The first article opens the shop.
    """
    shop = shops.open_shop(village)
    yield from filing.do_in_batches(plan, lambda steps: _import_steps(shop, steps, actor))
    audit.note(actor, "goods.import", village, village, **plan.counts_by_outcome)
    db.session.flush()
    yield len(plan.steps)


def take_in_opening_stock(plan: Plan, village: Area, actor: User | None) -> None:
    """Take in what a plan says of stock that was there before: a delivery for each source and donor.

    Refused `plan_changed` if some of these articles came in meanwhile, and as `deliveries.take_in`.
    """
    steps = [(step, step.opening) for step in plan.steps if step.opening]
    if not steps:
        return
    shop = shops.open_shop(village)
    by_title = {_title(goods): goods for goods in known.KnownGoods(shop).articles}
    origins = dict[tuple[Source, str], Origin]()
    lines = defaultdict[tuple[Source, str], list[DeliveryLine]](list)
    for step, stock in steps:
        key = stock.source, names.folded(stock.donor)
        origins.setdefault(key, Origin(stock.source, stock.donor))
        lines[key].append(DeliveryLine(by_title[step.title], stock.units, stock.best_before, stock.unit_cost))
    articles = lock_all(Goods, [line.goods.id for each in lines.values() for line in each])
    lots.lock_lots([goods.id for goods in articles], empty=True)
    if lots.were_taken_in(articles):
        raise Refused("plan_changed", _("Something was changed meanwhile. Look at the dry run again."))
    for key, origin in origins.items():
        deliveries.take_in(uuid4().hex, shop, origin, lines[key], actor)


def _title(goods: Goods) -> tuple[str, str]:
    return names.folded(goods.name), names.folded(goods.spec or "")


def _retire(traced: Traced, _reason: str, actor: User) -> None:
    """Archive new articles under other names, and let the others cost what they cost before."""
    back = []
    for price in _prices_of_others(traced):
        goods = db.session.get_one(Goods, price.goods_id)
        back.append((goods, prices.price_without(price), max(price.holds_from, clock.today())))
    prices.set_prices(back, actor)
    ids = sorted(traced.ids_added(Goods))
    new = db.session.scalars(select(Goods).where(Goods.id.in_(ids)).order_by(Goods.id)).all()
    shelf.retire_all(new, traced.file.id, actor)


def _undo_opening_stock(traced: Traced, reason: str, actor: User) -> None:
    """Undo what a file took in, as any delivery is undone."""
    for delivery in _deliveries(traced):
        moves.reverse_delivery(delivery, reason, actor)


def _obstacles(traced: Traced) -> Iterator[Obstacle]:
    """What stands in the way on articles that were there: a later price, or stock in other words."""
    for price in _prices_of_others(traced):
        newest = db.session.scalar(select(func.max(Price.id)).where(Price.goods_id == price.goods_id))
        if newest != price.id:
            yield Obstacle(f"goods:{price.goods_id}", _("a price that was set since"))
    yield from _stock_in_the_way(traced)
    reworded = [
        ident
        for ident, (before, _after) in traced.changed[Goods.__tablename__].items()
        if {"unit", "spec"} & before.keys()
    ]
    other_lots = select(Lot.goods_id).where(
        Lot.goods_id.in_(reworded), Lot.id.not_in(traced.ids_added(Lot)), ~LOT_WAS_UNDONE
    )
    for goods_id in db.session.scalars(other_lots.distinct()):
        yield Obstacle(f"goods:{goods_id}", _("stock that is counted in its new unit or specification"))


def _stock_in_the_way(traced: Traced) -> Iterator[Obstacle]:
    """What keeps the opening stock of a file from being undone: it was moved, or came in on another day."""
    for goods in lots.moved_since(traced.ids_added(Lot)):
        yield Obstacle(f"goods:{goods}", _("its opening stock was moved since"))
    for delivery in _deliveries(traced):
        if not moves.may_undo_alone(delivery):
            yield Obstacle(
                f"delivery:{delivery.id}",
                _("it came in on an earlier day: first undo it on its page, with a second person"),
            )


def _deliveries(traced: Traced) -> Sequence[Delivery]:
    """The deliveries that a file made of what lay there."""
    ids = traced.ids_added(Delivery)
    return db.session.scalars(select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id)).all()


def _prices_of_others(traced: Traced) -> list[Price]:
    """The prices that a file set of articles that were there."""
    new, ids = traced.ids_added(Goods), traced.ids_added(Price)
    written = db.session.scalars(select(Price).where(Price.id.in_(ids)).order_by(Price.id))
    return [price for price in written if price.goods_id not in new]


# The stock is not among them: while the desk is open it changes all the time.
GOODS = filing.FileType(
    FileKind.GOODS,
    columns.LAYOUT,
    plan.plan_goods,
    import_rows,
    (Shop, Goods, Barcode, Price),
    dependencies=known.stocked,
    finish=take_in_opening_stock,
    reversal=Reversal(
        retired=(Goods,),
        undone=(Delivery,),
        left=(Price, Shop, Donation, Lot),
        retire=_retire,
        obstacles=_obstacles,
        finish=_undo_opening_stock,
        locked_first=(Lot,),
    ),
)


def _import_steps(shop: Shop, steps: Sequence[GoodsStep], actor: User | None) -> None:
    """Import some rows of the file."""
    existing = [(step, step.goods) for step in steps if step.goods]
    new = [(step, _article_of_step(shop, step)) for step in steps if step.is_new]
    arriving = [Arrival(goods, step.price.points, step.codes) for step, goods in new if step.price]
    shelf.add_all(shop, arriving, actor)
    corrected = [(goods, _article_of_step(shop, step)) for step, goods in existing if step.corrections]
    shelf.change_all(shop, corrected, actor)
    codes.add_codes(shop, [(goods, code) for step, goods in existing for code in step.codes], actor)
    costs = [(goods, step.price.points, step.price.since) for step, goods in existing if step.price]
    prices.set_prices(costs, actor)
    for step, goods in (*existing, *new):
        if step.archived is not None:
            (shelf.archive if step.archived else shelf.bring_back)(goods, actor)


def _article_of_step(shop: Shop, step: GoodsStep) -> Goods:
    """The article as a row makes it: as it is now, with what the row says of it."""
    values: dict[str, Any] = {field: getattr(step.goods, field, None) for field in DESCRIBED_FIELDS}
    for field in DESCRIBED_FIELDS:
        value = getattr(step.entry, field)
        if value is not None:
            values[field] = value
    return shelf.new_article(shop, **values)
