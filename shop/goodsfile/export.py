"""A shop's goods written out in the columns of its own file."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from ground import clock
from people import audit
from people.models import User
from shop.goodsfile import columns
from shop.goodsfile.known import KnownGoods
from shop.models import Goods, Lot, Shop, Source

Value = TypeVar("Value")


def export_goods(shop: Shop, kind: str, actor: User) -> list[dict[str, Any]]:
    """The rows of a shop's goods, also archived ones, in the order they were added.

    The export, as `xlsx` or `csv`, is audited. The rows come in again without changing anything.
    """
    known_goods = KnownGoods(shop)
    rows = [_row(goods, known_goods) for goods in known_goods.articles]
    audit.note(actor, "goods.export", shop.village, shop.village, kind=kind, rows=len(rows))
    return rows


def _row(goods: Goods, known_goods: KnownGoods) -> dict[str, Any]:
    price = known_goods.price(goods, clock.today())
    return {
        columns.NAME: goods.name,
        columns.SPEC: goods.spec,
        columns.UNIT: goods.unit,
        columns.CATEGORY: goods.category,
        columns.CODES: " ".join(goods.codes),
        columns.PRICE: price.points / 10,  # a number, so that the office can reckon with it
        columns.SINCE: price.holds_from,
        columns.QUOTA: goods.quota,
        columns.LOW_AT: goods.low_at,
        columns.STATE: columns.WORDS_OF_STATE[goods.archived_on is not None],
        columns.ON_HAND: known_goods.on_hand.get(goods.id, 0),
        **_origin(known_goods.lots(goods)),
    }


def _origin(lots: Sequence[Lot]) -> dict[str, Any]:
    """What all lots of an article have in common; where they differ the cell is empty."""
    source, cost = _common(lot.source for lot in lots), _common(lot.unit_cost for lot in lots)
    return {
        columns.BEST_BEFORE: _common(lot.best_before for lot in lots),
        columns.COST: None if cost is None else cost / 100,  # a number, as above
        columns.SOURCE: columns.WORDS_OF_SOURCE[source] if source else None,
        columns.DONOR: _common(lot.donor for lot in lots) if source == Source.DONATION else None,
    }


def _common(values: Iterable[Value]) -> Value | None:
    """The value that all of these are, or None."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
