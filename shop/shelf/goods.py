"""The articles of a shop: put on the shelf, changed, archived; and what is offered today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import selectinload

from ground import clock, names
from ground.db import add_rows, db, lock
from ground.figures import narrow
from ground.names import tidy
from ground.refusal import Refused
from people import audit
from people.models import User
from people.roster import changes
from people.scanning.reading import Kind, read_scan
from shop.models import Barcode, Goods, Lot, Shop
from shop.shelf import codes, prices

MOST_UNITS = 999  # of one article in one basket, and so the highest quota that says anything
SHORTEST_CODE_DIGITS = 4  # digits of a code that are worth searching for
LARGEST_LOW_AT = 100_000  # units at which a shelf can be called low


DESCRIBED_FIELDS = ("name", "unit", "spec", "category", "quota", "low_at")


@dataclass(frozen=True)
class Arrival:
    """A new article for the shelf, from `new_article`, with its price in tenths and its codes."""

    goods: Goods
    price: int
    codes: Sequence[str] = ()


def new_article(
    shop: Shop,
    name: str,
    unit: str,
    *,
    spec: str | None = None,
    category: str | None = None,
    quota: int | None = None,
    low_at: int | None = None,
) -> Goods:
    """A new article with these words and figures, checked, not in the database yet.

    `quota` and `low_at` in units, see `Goods`. Refused `bad_name`, `bad_quantity`.
    """
    goods = Goods(
        shop_id=shop.id,
        name=tidy(name),
        unit=tidy(unit),
        spec=tidy(spec or "") or None,
        category=tidy(category or "") or None,
        quota=quota,
        low_at=low_at,
    )
    if not 1 <= len(goods.name) <= 200:
        raise Refused("bad_name", _("The name must have 1 to 200 characters."), "name")
    if not 1 <= len(goods.unit) <= 20:
        raise Refused("bad_name", _("The unit must have 1 to 20 characters."), "unit")
    for field, text, longest in (("spec", goods.spec, 100), ("category", goods.category, 40)):
        if len(text or "") > longest:
            raise Refused(
                "bad_name", _("This is too long: at most %(count)s characters.", count=longest), field
            )
    if quota is not None and not 1 <= quota <= MOST_UNITS:
        raise Refused("bad_quantity", _("A limit is a number from 1 to %(n)s.", n=MOST_UNITS), "quota")
    if low_at is not None and not 0 <= low_at <= LARGEST_LOW_AT:
        raise Refused("bad_quantity", _("This must be a number from 0 to 100,000."), "low_at")
    return goods


def add_goods(
    shop: Shop,
    name: str,
    unit: str,
    price: int,
    barcode: str | None = None,
    *,
    actor: User | None = None,
    **more: Any,
) -> Goods:
    """Put an article on the shelf at a price in tenths of a point that holds from today.

    `more` is what else `new_article` takes. Refused as there, `goods_exists`, `bad_amount`, and as
    `codes.add_code`.
    """
    goods = new_article(shop, name, unit, **more)
    add_all(shop, [Arrival(goods, price, [barcode] if barcode else [])], actor)
    return goods


def add_all(shop: Shop, arrivals: Sequence[Arrival], actor: User | None) -> None:
    """Put many articles on the shelf at once, at most some hundreds. Refused as `add_goods`."""
    _check_names(shop, [arrival.goods for arrival in arrivals])
    add_rows([arrival.goods for arrival in arrivals])
    prices.set_prices([(arrival.goods, arrival.price, clock.today()) for arrival in arrivals], actor)
    audit_lines = [
        (
            arrival.goods,
            shop.village,
            {"name": arrival.goods.name, "unit": arrival.goods.unit, "points": arrival.price},
        )
        for arrival in arrivals
    ]
    audit.note_all(actor, "goods.add", audit_lines)
    codes.add_codes(shop, [(arrival.goods, code) for arrival in arrivals for code in arrival.codes], actor)


def change_goods(goods: Goods, name: str, unit: str, actor: User | None, **more: Any) -> list[str]:
    """Describe an article anew, as `new_article`; return the fields that differed.

    Receipts keep the words of their day. Refused as `new_article`, `goods_exists`, `unit_in_use` once units
    of it were taken in, `spec_in_use` as long as some of it lies there.
    """
    new = new_article(goods.shop, name, unit, **more)
    return change_all(goods.shop, [(goods, new)], actor)[0]


def change_all(shop: Shop, pairs: Sequence[tuple[Goods, Goods]], actor: User | None) -> list[list[str]]:
    """Describe many articles of a shop anew, the first of each pair as the second is.

    Refused as `change_goods`.
    """
    articles = [goods.id for goods, _new in pairs]
    db.session.scalars(
        select(Goods)
        .where(Goods.id.in_(articles))
        .order_by(Goods.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    _check_names(shop, [new for goods, new in pairs if _title(new) != _title(goods)])
    for goods, new in pairs:
        if is_another_spec(goods, new.spec) and units_of(goods):
            raise spec_in_use(goods)
    recounted = [goods for goods, new in pairs if new.unit != goods.unit]
    for used_id in db.session.scalars(
        select(Lot.goods_id).where(Lot.goods_id.in_([goods.id for goods in recounted])).limit(1)
    ):
        raise unit_in_use(next(goods for goods in recounted if goods.id == used_id))
    changes = [
        (goods, shop.village, {field: getattr(new, field) for field in DESCRIBED_FIELDS})
        for goods, new in pairs
    ]
    return audit.change_all(actor, "goods.change", changes)


def unit_in_use(goods: Goods) -> Refused:
    """The refusal to change the unit of an article that was taken in."""
    return Refused(
        "unit_in_use",
        _("Its stock is counted in %(unit)s. For another unit add a new article.", unit=goods.unit),
        "unit",
    )


def is_another_spec(goods: Goods, spec: str | None) -> bool:
    """Whether a specification says something else than the article's; spelling and a first one do not."""
    return goods.spec is not None and names.folded(goods.spec) != names.folded(spec or "")


def spec_in_use(goods: Goods) -> Refused:
    """The refusal to change the specification of an article of which some lies there."""
    return Refused(
        "spec_in_use",
        _("Some of it still lies there: %(spec)s. For another one add a new article.", spec=goods.spec),
        "spec",
    )


def units_of(goods: Goods) -> int:
    """Units of an article that lie there, expired ones too."""
    return db.session.scalar(select(func.sum(Lot.on_hand)).where(Lot.goods_id == goods.id)) or 0


def _title(goods: Goods) -> tuple[str, str]:
    """What tells an article from the others of its shop: its name and specification, folded."""
    return names.folded(goods.name), names.folded(goods.spec or "")


def _check_names(shop: Shop, articles: Sequence[Goods]) -> None:
    """Check that no article of a shop has name and spec of one of these. Refused `goods_exists`."""
    wanted = {_title(new) for new in articles}
    of_name = db.session.scalars(
        select(Goods).where(
            Goods.shop_id == shop.id,
            names.FoldedColumn(Goods.name).in_([name for name, _spec in wanted]),
        )
    )
    existing = next((goods for goods in of_name if _title(goods) in wanted), None)
    if existing is not None and existing.archived_on:
        raise Refused(
            "goods_exists", _("%(name)s is in the archive. Bring it back.", name=existing.title), "name"
        )
    if existing is not None:
        raise Refused("goods_exists", _("%(name)s is on the shelf already.", name=existing.title), "name")


def archive(goods: Goods, actor: User | None) -> list[str]:
    """Offer an article no more; nothing of it is deleted.

    Refused `still_in_stock` as long as units are left: write them off, return or send them first.
    """
    lock(goods)
    if units_of(goods):
        raise still_in_stock()
    on = goods.archived_on or clock.today()
    return audit.change(actor, "goods.archive", goods, goods.shop.village, archived_on=on)


def retire_all(articles: Sequence[Goods], number: int, actor: User | None) -> None:
    """Put articles out of use that were never offered to anybody: archived, and their names free for others.

    Their prices stay. `number` tells the names of several times apart. Nothing of them was handed out: that
    was looked at before.
    """
    today, mark = clock.today(), changes.retired_mark(number)
    lines = [
        (goods, goods.shop.village, {"name": f"{goods.name[:180]}{mark}", "archived_on": today})
        for goods in articles
    ]
    audit.change_all(actor, "goods.archive", lines)


def still_in_stock() -> Refused:
    """The refusal to archive an article of which units are left."""
    return Refused(
        "still_in_stock", _("There is still some of it. Hand it out, return it or write it off first.")
    )


def bring_back(goods: Goods, actor: User | None) -> list[str]:
    """Offer an archived article again."""
    lock(goods)
    return audit.change(actor, "goods.bring_back", goods, goods.shop.village, archived_on=None)


def is_usable(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """SQL condition: a lot can be given out on a day; what has expired cannot."""
    return or_(Lot.best_before.is_(None), Lot.best_before >= day)


@dataclass(frozen=True)
class Offer:
    """An article, what it costs today in tenths, how many units can be given out, and how many lie there.

    `on_hand` counts what has expired and was not written off yet; `usable_units` does not.
    """

    goods: Goods
    price: int
    usable_units: int
    on_hand: int

    @property
    def is_low(self) -> bool:
        """Whether more should be ordered."""
        return self.usable_units <= (self.goods.low_at or 0)


def offers(shop: Shop) -> Sequence[Offer]:
    """What a shop offers, in the order in which it was added."""
    return _offers(Goods.shop_id == shop.id, Goods.archived_on.is_(None))


def offers_of(articles: Iterable[Goods]) -> Sequence[Offer]:
    """These articles with their prices and stock, also archived ones, in the order they were added."""
    return _offers(Goods.id.in_([goods.id for goods in articles]))


def _offers(*which: ColumnElement[bool]) -> Sequence[Offer]:
    day = clock.today()
    left = func.coalesce(func.sum(Lot.on_hand).filter(is_usable(day)), 0)
    rows = db.session.execute(
        select(Goods, prices.price_column(day), left, func.coalesce(func.sum(Lot.on_hand), 0))
        .outerjoin(Lot, Lot.goods_id == Goods.id)
        .options(selectinload(Goods.barcodes), selectinload(Goods.picture))
        .where(*which)
        .group_by(Goods.id)
        .order_by(Goods.id)
    )
    return [Offer(goods, price, units, on_hand) for goods, price, units, on_hand in rows]


def search_goods(shop: Shop, *, archived: bool = False, category: str = "", words: str = "") -> Select[Goods]:
    """The articles on a shop's shelf or in its archive, in the order they were added; for paging.

    Of a category, and with these words in name or specification, as a code however it was scanned, or as the
    end of one, where given.
    """
    query = select(Goods).where(Goods.shop_id == shop.id).order_by(Goods.id)
    query = query.where(Goods.archived_on.is_not(None) if archived else Goods.archived_on.is_(None))
    if category:
        query = query.where(Goods.category == category)
    if words.strip():
        conditions = [
            names.has_in_name(Goods.name, words),
            names.has_in_name(Goods.spec, words),
        ]
        scan, digits = read_scan(words), narrow(words).replace(" ", "")
        if scan.kind == Kind.ARTICLE:
            conditions.append(Goods.barcodes.any(Barcode.code == scan.value))
        if digits.isascii() and digits.isdecimal() and len(digits) >= SHORTEST_CODE_DIGITS:
            conditions.append(Goods.barcodes.any(Barcode.code.endswith(digits)))
        query = query.where(or_(*conditions))
    return query


@dataclass(frozen=True)
class GoodsCounts:
    """The number of articles on a shelf, of those without any code, and of those archived."""

    offered: int = 0
    without_code: int = 0
    archived: int = 0


def count_goods(shop: Shop) -> GoodsCounts:
    """The number of a shop's articles on the shelf, of those without any code, and of those archived."""
    offered = Goods.archived_on.is_(None)
    counts = select(
        func.count().filter(offered),
        func.count().filter(offered, ~Goods.barcodes.any()),
        func.count().filter(~offered),
    ).where(Goods.shop_id == shop.id)
    return GoodsCounts(*db.session.execute(counts).one())


def categories(shop: Shop) -> Sequence[str]:
    """The categories in use in a shop."""
    query = select(Goods.category).where(Goods.shop_id == shop.id, Goods.category.is_not(None))
    return sorted(filter(None, db.session.scalars(query.distinct())))
