"""The dry run: what a list of goods would add, change and leave, without doing any of it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _

from ground import clock, names, tables
from ground.paper import words
from ground.refusal import Refused
from ground.tables import BadCell
from people import filing
from people.filing import CellChange
from people.models import Area
from points import amounts
from shop.goodsfile import columns
from shop.goodsfile.columns import GoodsRow
from shop.goodsfile.known import KnownGoods
from shop.models import Goods, Source
from shop.shelf import prices, shops
from shop.shelf.goods import is_another_spec, spec_in_use, still_in_stock, unit_in_use
from shop.stock.deliveries import check_best_before
from shop.stock.second_person import MOST_UNITS_ALONE

# The columns that describe an article, by its fields.
COLUMN_OF_FIELD = {
    "name": columns.NAME,
    "spec": columns.SPEC,
    "unit": columns.UNIT,
    "category": columns.CATEGORY,
    "quota": columns.QUOTA,
    "low_at": columns.LOW_AT,
}


@dataclass(frozen=True)
class PlannedPrice:
    """A price in tenths of a point for a unit, from a day on."""

    points: int
    since: date


@dataclass(frozen=True)
class OpeningStock:
    """Units of an article that lie there and never came in, and where they are from; `unit_cost` in fen."""

    units: int
    best_before: date | None
    unit_cost: int | None
    source: Source
    donor: str


@dataclass
class GoodsStep(filing.ImportStep):
    """One row of the file and what it would do; None and empty: nothing.

    `goods` is the article that is there. `archived` says what it becomes, `opening` what is taken in of it.
    """

    entry: GoodsRow
    goods: Goods | None
    corrections: dict[str, Any]
    codes: list[str]
    price: PlannedPrice | None
    archived: bool | None
    opening: OpeningStock | None

    @property
    def title(self) -> tuple[str, str]:
        """Name and specification of the article as they are once the row was imported, folded."""
        return names.folded(self.entry.name), names.folded(self.entry.spec or self.code)


Plan = filing.ImportPlan[GoodsStep]


def _differs(field: str, before: Any, after: Any) -> bool:
    """Whether a file says something else: of the name another one, not the same one written otherwise."""
    return not names.same(before, after) if field == "name" else before != after


def plan_goods(table: tables.Table, village: Area) -> Plan:
    """The plan of what a table of goods would do to a village's shop.

    Writes nothing. The bad cells are in the plan.
    """
    entries, bad = columns.clean(table)
    planner = _Planner(
        table, KnownGoods(shops.of_village(village)), Counter(names.folded(entry.name) for entry in entries)
    )
    steps = [step for entry in entries if (step := planner.step(entry))]
    return Plan(table, steps, [*bad, *planner.bad_cells])


def _opening_values(opening: OpeningStock | None) -> dict[str, Any]:
    """What is taken in, by column."""
    if opening is None:
        return {}
    values = {
        columns.ON_HAND: opening.units,
        columns.BEST_BEFORE: opening.best_before,
        columns.COST: opening.unit_cost,
        columns.SOURCE: opening.source,
        columns.DONOR: opening.donor or None,
    }
    return {column: value for column, value in values.items() if value is not None}


class _Planner:
    """Plans the rows one by one; names and codes of earlier rows count for the later ones."""

    def __init__(self, table: tables.Table, known_goods: KnownGoods, rows_of_name: Counter[str]) -> None:
        self._table, self._shelf, self._rows_of_name = table, known_goods, rows_of_name
        self._rows: dict[object, int] = {}
        self.bad_cells: list[BadCell] = []

    def step(self, entry: GoodsRow) -> GoodsStep | None:
        """The step of a row, or None when something in it is bad."""
        bad_before = len(self.bad_cells)
        goods = self._article(entry)
        if len(self.bad_cells) == bad_before:
            step = self._addition(entry) if goods is None else self._correction(entry, goods)
            if len(self.bad_cells) == bad_before:
                return step
        return None

    def _refuse(self, entry: GoodsRow, column: str, reason: Any) -> None:
        self.bad_cells.append(BadCell.at(self._table, entry.row, column, reason))

    def _article(self, entry: GoodsRow) -> Goods | None:
        """The article of a row, by its barcodes first, then by name and specification.

        None if it is new or bad.
        """
        owners = {code: self._shelf.by_code[code] for code in entry.codes if code in self._shelf.by_code}
        named = self._named(entry, bool(owners))
        goods = next(iter(owners.values()), named)
        for code, owner in owners.items():
            if owner is not goods or named not in (None, owner):
                text = _("%(code)s is the barcode of %(name)s.", code=code, name=owner.name)
                self._refuse(entry, columns.CODES, text)
                return None
        self._check_once(entry, goods)
        return goods

    def _named(self, entry: GoodsRow, has_owner: bool) -> Goods | None:
        """The article with a row's name and specification.

        A row without a specification is about the only one of its name. A row with one gives it to the only
        one that has none yet, unless the file has more rows of that name.
        """
        alike = self._shelf.named(entry.name)
        spec = names.folded(entry.spec or "")
        same = [goods for goods in alike if names.folded(goods.spec or "") == spec]
        if same or not alike:
            return same[0] if same else None
        if entry.spec is None:
            if len(alike) > 1 and not has_owner:
                text = _(
                    "Several articles are called %(name)s. Write which one: %(specs)s.",
                    name=entry.name,
                    specs="、".join(goods.spec or "" for goods in alike),
                )
                self._refuse(entry, columns.SPEC, text)
            return alike[0] if len(alike) == 1 else None
        is_only = len(alike) == 1 and self._rows_of_name[names.folded(entry.name)] == 1
        return alike[0] if is_only and alike[0].spec is None else None

    def _check_once(self, entry: GoodsRow, goods: Goods | None) -> None:
        """Check that no row above is about the same article or has one of its codes."""
        same = [
            ("title", (names.folded(entry.name), names.folded(entry.spec or ""))),
            *([("article", goods.id)] if goods else []),
        ]
        rows = [row for key in same if (row := self._row_of(entry, key)) != entry.row.number]
        if rows:
            self._refuse(entry, columns.NAME, _("This article is on row %(row)s already.", row=rows[0]))
        for code in entry.codes:
            row = self._row_of(entry, ("code", code))
            if row != entry.row.number and not rows:
                text = _("%(code)s is on row %(row)s already.", code=code, row=row)
                self._refuse(entry, columns.CODES, text)

    def _row_of(self, entry: GoodsRow, key: tuple[str, object]) -> int:
        """The number of the first row that has this name, article or code."""
        return self._rows.setdefault(key, entry.row.number)

    def _addition(self, entry: GoodsRow) -> GoodsStep | None:
        """The step that puts a new article on the shelf, from today; None if a value is missing."""
        for column, value in ((columns.UNIT, entry.unit), (columns.PRICE, entry.price)):
            if value is None:
                self._refuse(entry, column, _("A new article needs this."))
        today = clock.today()
        if entry.since and entry.since > today:
            text = _("A new article needs a price from today. Bring the later one when the article is there.")
            self._refuse(entry, columns.SINCE, text)
        if entry.price is None:
            return None
        price = PlannedPrice(entry.price, today)
        values = {
            column: getattr(entry, field) for field, column in COLUMN_OF_FIELD.items() if field != "name"
        }
        values |= {columns.CODES: " ".join(entry.codes) or None, columns.PRICE: price}
        values[columns.STATE] = entry.archived or None
        opening = self._opening(entry, bool(entry.archived))
        values |= _opening_values(opening)
        return GoodsStep(
            row=entry.row,
            is_new=True,
            name=entry.name,
            code=entry.spec or "",
            changes=[
                CellChange(column, None, value) for column, value in values.items() if value is not None
            ],
            entry=entry,
            goods=None,
            corrections={},
            codes=list(entry.codes),
            price=price,
            archived=entry.archived or None,
            opening=opening,
        )

    def _correction(self, entry: GoodsRow, goods: Goods) -> GoodsStep:
        """The step that changes an article that is there; an empty cell says nothing."""
        values = {field: getattr(entry, field) for field in COLUMN_OF_FIELD}
        corrections = {
            field: value
            for field, value in values.items()
            if value is not None and _differs(field, getattr(goods, field), value)
        }
        if "spec" in corrections and is_another_spec(goods, entry.spec) and self._shelf.on_hand.get(goods.id):
            self._refuse(entry, columns.SPEC, spec_in_use(goods).message)
        if "unit" in corrections and goods.id in self._shelf.on_hand:
            self._refuse(entry, columns.UNIT, unit_in_use(goods).message)
        lines = [
            CellChange(COLUMN_OF_FIELD[field], getattr(goods, field), new)
            for field, new in corrections.items()
        ]
        codes = [code for code in entry.codes if code not in goods.codes]
        if codes:
            lines.append(
                CellChange(columns.CODES, " ".join(goods.codes) or None, " ".join(goods.codes + codes))
            )
        price, archived = self._price(entry, goods), self._archived(entry, goods)
        if price:
            lines.append(price)
        if archived is not None:
            lines.append(CellChange(columns.STATE, not archived, archived))
        opening = self._stock(entry, goods, archived)
        lines += [CellChange(column, None, value) for column, value in _opening_values(opening).items()]
        return GoodsStep(
            row=entry.row,
            is_new=False,
            name=goods.name,
            code=goods.spec or "",
            changes=lines,
            entry=entry,
            goods=goods,
            corrections=corrections,
            codes=codes,
            price=price.after if price else None,
            archived=archived,
            opening=opening,
        )

    def _stock(self, entry: GoodsRow, goods: Goods, archived: bool | None) -> OpeningStock | None:
        """What a row takes in of an article; of one that ever came in nothing, and it must fit the books."""
        if goods.id not in self._shelf.on_hand:
            is_archived = goods.archived_on is not None if archived is None else archived
            return self._opening(entry, is_archived)
        on_hand, lots = self._shelf.on_hand[goods.id], self._shelf.lots(goods)
        if entry.on_hand not in (None, on_hand):
            text = _(
                "The books have %(n)s %(unit)s. What lies there is counted by a stock-take, not by a file.",
                n=on_hand,
                unit=goods.unit,
            )
            self._refuse(entry, columns.ON_HAND, text)
        for column, value, known in (
            (columns.BEST_BEFORE, entry.best_before, {lot.best_before for lot in lots}),
            (columns.COST, entry.unit_cost, {lot.unit_cost for lot in lots}),
            (columns.SOURCE, entry.source, {lot.source for lot in lots}),
            (columns.DONOR, names.folded(entry.donor or ""), {names.folded(lot.donor or "") for lot in lots}),
        ):
            if value and value not in known:
                text = _("The books say otherwise of what lies there. A file changes nothing of it.")
                self._refuse(entry, column, text)
        return None

    def _opening(self, entry: GoodsRow, is_archived: bool) -> OpeningStock | None:
        """The stock of an article that never came in, as its row says; None if it says none."""
        told = (entry.best_before, entry.unit_cost, entry.source, entry.donor)
        if not entry.on_hand:
            if any(value is not None for value in told):
                text = _("How many of it lie there? The rest of what the row says of them needs that.")
                self._refuse(entry, columns.ON_HAND, text)
            return None
        if is_archived:
            self._refuse(entry, columns.ON_HAND, _("What is in the archive has no stock."))
        if entry.on_hand > MOST_UNITS_ALONE:
            text = _(
                "One person alone takes in %(n)s of it at most. Leave this and all that the row says of "
                "what lies there empty. Once the article is there, take it in as a delivery; a second "
                "person agrees to that.",
                n=MOST_UNITS_ALONE,
            )
            self._refuse(entry, columns.ON_HAND, text)
        if entry.best_before:
            try:
                check_best_before(entry.best_before)
            except Refused as refusal:
                self._refuse(entry, columns.BEST_BEFORE, refusal.message)
        source = entry.source or Source.OPENING
        return OpeningStock(entry.on_hand, entry.best_before, entry.unit_cost, source, entry.donor or "")

    def _price(self, entry: GoodsRow, goods: Goods) -> CellChange | None:
        """The price that a row brings, unless it is the one that holds on its day already."""
        if entry.price is None:
            return None
        today = clock.today()
        day = max(entry.since or today, today)
        holds = self._shelf.price(goods, day)
        if holds.points == entry.price:
            return None
        before = PlannedPrice(holds.points, holds.holds_from)
        if entry.since and entry.since < today:
            text = _(
                "It costs %(points)s since %(day)s. Another price holds from today or a later day.",
                points=amounts.show(before.points),
                day=words.day(before.since),
            )
            self._refuse(entry, columns.SINCE, text)
        yesterday = self._shelf.price(goods, today - timedelta(days=1)).points
        if prices.is_leap(yesterday, entry.price):
            text = _(
                "It cost %(points)s. Ten times that, or a tenth of it, is proposed to a second person "
                "on the article's page.",
                points=amounts.show(yesterday),
            )
            self._refuse(entry, columns.PRICE, text)
        return CellChange(columns.PRICE, before, PlannedPrice(entry.price, day))

    def _archived(self, entry: GoodsRow, goods: Goods) -> bool | None:
        """Whether a row puts an article into the archive (True) or brings it back (False)."""
        is_archived = goods.archived_on is not None
        if entry.archived is None and is_archived:
            text = _(
                "%(name)s is in the archive. Write %(back)s to bring it back, %(off)s to leave it there.",
                name=goods.name,
                back=columns.WORDS_OF_STATE[columns.ON_SHELF],
                off=columns.WORDS_OF_STATE[columns.ARCHIVED],
            )
            self._refuse(entry, columns.STATE, text)
        if entry.archived in (None, is_archived):
            return None
        if entry.archived and self._shelf.on_hand.get(goods.id):
            self._refuse(entry, columns.STATE, still_in_stock().message)
        return entry.archived
