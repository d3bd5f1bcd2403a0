"""Taking a list of goods in: what is new first, in bulk; then what is described, priced and offered anew."""

from collections.abc import Iterator, Sequence
from typing import Any

from ground.db import db
from people import audit, filing
from people.models import Area, FileKind, User
from shop.goodsfile import columns, plan
from shop.goodsfile.plan import Plan, Step
from shop.models import Goods, Shop
from shop.shelf import codes, prices, shops
from shop.shelf import goods as shelf
from shop.shelf.goods import DESCRIBED, Arrival


def carry_out(made: Plan, village: Area, actor: User | None) -> Iterator[int]:
    """Do all that a plan says, inside one transaction; yields how many of its rows are done.

    The first article opens the shop.
    """
    shop = shops.open_shop(village)
    yield from filing.by_lots(made, lambda steps: _do(shop, steps, actor))
    audit.note(actor, "goods.import", village, village, **made.counted)
    db.session.flush()
    yield len(made.steps)


GOODS = filing.Kind(FileKind.GOODS, columns.LAYOUT, plan.make, carry_out)


def _do(shop: Shop, steps: Sequence[Step], actor: User | None) -> None:
    """Take some rows in."""
    there = [(step, step.goods) for step in steps if step.goods]
    new = [(step, _described(shop, step)) for step in steps if step.is_new]
    arriving = [Arrival(goods, step.price.points, step.codes) for step, goods in new if step.price]
    shelf.add_all(shop, arriving, actor)
    corrected = [(goods, _described(shop, step)) for step, goods in there if step.corrections]
    shelf.change_all(shop, corrected, actor)
    codes.add_codes(shop, [(goods, code) for step, goods in there for code in step.codes], actor)
    costs = [(goods, step.price.points, step.price.since) for step, goods in there if step.price]
    prices.set_prices(costs, actor)
    for step, goods in (*there, *new):
        if step.archived is not None:
            (shelf.archive if step.archived else shelf.bring_back)(goods, actor)


def _described(shop: Shop, step: Step) -> Goods:
    """The article as it is to be: as it is now, with what the row says of it."""
    values: dict[str, Any] = {field: getattr(step.goods, field, None) for field in DESCRIBED}
    for field in DESCRIBED:
        said = getattr(step.entry, field)
        if said is not None:
            values[field] = said
    return shelf.described(shop, **values)
