"""The articles of a shop: put on the shelf, changed, archived; and what is offered today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import selectinload

from people import audit, clock
from people.db import db, get_locked
from people.models import User
from people.refused import Refused
from shop.models import Goods, Lot, Shop
from shop.shelf import codes, prices

MOST_UNITS = 999  # of one article in one basket, and so the highest quota that says anything


def add_goods(
    shop: Shop,
    name: str,
    unit: str,
    price: int,
    barcode: str | None = None,
    *,
    spec: str | None = None,
    category: str | None = None,
    quota: int | None = None,
    low_at: int | None = None,
    actor: User | None = None,
) -> Goods:
    """Put an article on the shelf at a price in tenths of a point that holds from today.

    `quota` and `low_at` in units, see `Goods`. Refused `goods_exists`, `bad_name`, `bad_quantity`,
    `bad_amount`, and as `codes.add_code`.
    """
    goods = Goods(shop_id=shop.id, shop=shop)
    _describe(goods, name, unit, spec, category, quota, low_at)
    db.session.add(goods)
    db.session.flush()
    prices.set_price(goods, price, actor)
    audit.note(actor, "goods.add", goods, shop.village, name=goods.name, unit=goods.unit, points=price)
    if barcode:
        codes.add_code(goods, barcode, actor)
    return goods


def change_goods(
    goods: Goods,
    name: str,
    unit: str,
    actor: User | None,
    *,
    spec: str | None = None,
    category: str | None = None,
    quota: int | None = None,
    low_at: int | None = None,
) -> list[str]:
    """Describe an article anew; return what differed. Receipts keep the words of their day.

    Refused `goods_exists`, `bad_name`, `bad_quantity`, `unit_in_use` once units of it were taken in.
    """
    goods = get_locked(Goods, goods.id)
    wanted = Goods(id=goods.id, shop_id=goods.shop_id)
    _describe(wanted, name, unit, spec, category, quota, low_at)
    if wanted.unit != goods.unit and db.session.scalar(
        select(Lot.id).where(Lot.goods_id == goods.id).limit(1)
    ):
        raise Refused(
            "unit_in_use",
            _("Its stock is counted in %(unit)s. For another unit add a new article.", unit=goods.unit),
            "unit",
        )
    described = {field: getattr(wanted, field) for field in DESCRIBED}
    return audit.change(actor, "goods.change", goods, goods.shop.village, **described)


DESCRIBED = ("name", "unit", "spec", "category", "quota", "low_at")


def _describe(
    goods: Goods,
    name: str,
    unit: str,
    spec: str | None,
    category: str | None,
    quota: int | None,
    low_at: int | None,
) -> None:
    """Set what an article is, once the words and figures are sensible."""
    goods.name, goods.unit = name.strip(), unit.strip()
    goods.spec, goods.category = (spec or "").strip() or None, (category or "").strip() or None
    goods.quota, goods.low_at = quota, low_at
    if not 1 <= len(goods.name) <= 200:
        raise Refused("bad_name", _("The name must have 1 to 200 characters."), "name")
    if not 1 <= len(goods.unit) <= 20:
        raise Refused("bad_name", _("The unit must have 1 to 20 characters."), "unit")
    if quota is not None and not 1 <= quota <= MOST_UNITS:
        raise Refused("bad_quantity", _("A limit is a number from 1 to %(n)s.", n=MOST_UNITS), "quota")
    if low_at is not None and not 0 <= low_at <= 100_000:
        raise Refused("bad_quantity", _("This must be a number from 0 to 100,000."), "low_at")
    there = db.session.scalar(
        select(Goods).where(
            Goods.shop_id == goods.shop_id, Goods.name == goods.name, Goods.id != (goods.id or 0)
        )
    )
    if there is not None and there.archived_on:
        raise Refused(
            "goods_exists", _("%(name)s is in the archive. Bring it back.", name=there.name), "name"
        )
    if there is not None:
        raise Refused("goods_exists", _("%(name)s is on the shelf already.", name=there.name), "name")


def archive(goods: Goods, actor: User | None) -> list[str]:
    """Offer an article no more; nothing of it is deleted.

    Refused `still_in_stock` as long as units are left: write them off, return or send them first.
    """
    goods = get_locked(Goods, goods.id)
    if db.session.scalar(select(func.sum(Lot.on_hand)).where(Lot.goods_id == goods.id)):
        raise Refused(
            "still_in_stock", _("There is still some of it. Hand it out, return it or write it off first.")
        )
    on = goods.archived_on or clock.today()
    return audit.change(actor, "goods.archive", goods, goods.shop.village, archived_on=on)


def bring_back(goods: Goods, actor: User | None) -> list[str]:
    """Offer an archived article again."""
    goods = get_locked(Goods, goods.id)
    return audit.change(actor, "goods.bring_back", goods, goods.shop.village, archived_on=None)


def usable(day: date) -> ColumnElement[bool]:
    """What a query asks of lots that can be given out on a day; what has expired cannot."""
    return or_(Lot.best_before.is_(None), Lot.best_before >= day)


@dataclass(frozen=True)
class Offer:
    """An article, what it costs today in tenths, how many units can be given out, and how many lie there.

    `on_hand` counts what has expired and was not written off yet; `left` does not.
    """

    goods: Goods
    price: int
    left: int
    on_hand: int

    @property
    def is_low(self) -> bool:
        """Whether more should be ordered."""
        return self.left <= (self.goods.low_at or 0)


def offers(shop: Shop, *, archived: bool = False) -> Sequence[Offer]:
    """The shop's articles in the order they were added, or those in the archive."""
    day = clock.today()
    left = func.coalesce(func.sum(Lot.on_hand).filter(usable(day)), 0)
    rows = db.session.execute(
        select(Goods, prices.column(day), left, func.coalesce(func.sum(Lot.on_hand), 0))
        .outerjoin(Lot, Lot.goods_id == Goods.id)
        .options(selectinload(Goods.barcodes), selectinload(Goods.picture))
        .where(
            Goods.shop_id == shop.id,
            Goods.archived_on.is_not(None) if archived else Goods.archived_on.is_(None),
        )
        .group_by(Goods.id)
        .order_by(Goods.id)
    )
    return [Offer(goods, price, units, on_hand) for goods, price, units, on_hand in rows]
