"""The columns of a goods file, and its rows: each cell is right, or bad with the reason."""

import re
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _

from ground import days, tables
from ground.figures import narrow
from ground.refusal import Refused
from people.scanning.reading import OWN_CODE_DIGITS
from points import amounts
from shop.shelf import codes, goods, prices

NAME, SPEC, UNIT, CATEGORY, CODES = "货品名称", "规格", "单位", "类别", "条码"
PRICE, SINCE, QUOTA, LOW_AT, STATE = "积分价格", "价格起始日", "每人每季限兑", "低库存提醒", "状态"

COLUMNS = (
    tables.Column(NAME, required=True, aliases=("名称", "品名", "货品名", "商品名称", "商品名", "物品名称")),
    tables.Column(SPEC, aliases=("规格型号", "商品规格", "货品规格", "包装规格")),
    tables.Column(UNIT, aliases=("计量单位",)),
    tables.Column(CATEGORY, aliases=("分类", "品类", "货品类别", "商品类别", "商品分类")),
    tables.Column(CODES, aliases=("条形码", "商品条码", "商品条形码", "69码")),
    tables.Column(
        PRICE, aliases=("积分", "所需积分", "兑换积分", "兑换分值", "积分价", "价格(积分)", "单价(积分)")
    ),
    tables.Column(SINCE, aliases=("价格起始日期", "起始日期", "执行日期", "生效日期")),
    tables.Column(QUOTA, aliases=("限兑", "限兑数量", "每人限兑", "每季限兑", "每人每季度限兑")),
    tables.Column(LOW_AT, aliases=("库存预警", "预警数量", "库存下限", "最低库存")),
    tables.Column(STATE, aliases=("货品状态", "商品状态", "上架状态")),
)
NAMES = tuple(column.name for column in COLUMNS)

ON_SHELF, ARCHIVED = False, True
STATE_WORDS = {
    "在售": ON_SHELF,
    "下架": ARCHIVED,
    "上架": ON_SHELF,
    "正常": ON_SHELF,
    "已下架": ARCHIVED,
    "停售": ARCHIVED,
}
WORDS_OF_STATE = tables.first_words(STATE_WORDS)

LAYOUT = tables.Layout("货品", COLUMNS, text_columns=(CODES,), choices={STATE: list(WORDS_OF_STATE.values())})

CODE_SEPARATORS = re.compile(r"[\s,，、;；/]+")
# How long codes are; Excel takes the zeros in front of them away when it makes numbers of them.
CODE_DIGITS = (OWN_CODE_DIGITS, 8, 13)
POINTS_SUFFIX = re.compile(r"\s*(?:积分|分)$")


@dataclass(frozen=True)
class GoodsRow:
    """One row of the file, about one article.

    None: the file says nothing of it. `codes` as they are kept, `price` in tenths of a point.
    """

    row: tables.Row
    name: str
    spec: str | None
    unit: str | None
    category: str | None
    codes: tuple[str, ...]
    price: int | None
    since: date | None
    quota: int | None
    low_at: int | None
    archived: bool | None


def clean(table: tables.Table) -> tuple[list[GoodsRow], list[tables.BadCell]]:
    """The rows whose cells are all right, and every cell that is not."""
    return tables.clean(table, _goods_row)


def _goods_row(reader: tables.RowReader) -> GoodsRow:
    unit = reader.get(UNIT, lambda cell: tables.text(cell, 20))
    entry = GoodsRow(
        row=reader.row,
        name=reader.get(NAME, lambda cell: tables.required_text(tables.text(cell, 200))),
        spec=reader.get(SPEC, lambda cell: tables.text(cell, 100)),
        unit=unit,
        category=reader.get(CATEGORY, lambda cell: tables.text(cell, 40)),
        codes=reader.get(CODES, _codes) or (),
        price=reader.get(PRICE, _price),
        since=reader.get(SINCE, lambda cell: tables.day(cell, reader.table.epoch, days.DECIDED)),
        quota=reader.get(QUOTA, lambda cell: tables.whole(_without_unit(cell, unit), 1, goods.MOST_UNITS)),
        low_at=reader.get(
            LOW_AT, lambda cell: tables.whole(_without_unit(cell, unit), 0, goods.LARGEST_LOW_AT)
        ),
        archived=reader.get(STATE, lambda cell: tables.choice(cell, STATE_WORDS)),
    )
    if not reader.bad and entry.since and entry.price is None:
        reader.refuse(PRICE, _("The price that holds from this day is missing."))
    return entry


def _codes(cell: tables.Cell) -> tuple[str, ...]:
    """The codes in a cell, each once, in the order of the file."""
    if tables.was_number(cell):
        digits = tables.digits(cell, 13) or ""
        texts = [digits.rjust(next(value for value in CODE_DIGITS if value >= len(digits)), "0")]
    else:
        texts = CODE_SEPARATORS.split(tables.text(cell, 1000) or "")
    return tuple(dict.fromkeys(_code(value) for value in texts if value))


def _code(text: str) -> str:
    try:
        return codes.clean(tables.code(text, 40) or "")
    except Refused as refusal:
        if refusal.code != "bad_barcode":
            raise
        raise tables.bad_cell(_("%(code)s is no barcode: its check digit does not fit.", code=text)) from None


def _price(cell: tables.Cell) -> int | None:
    text = POINTS_SUFFIX.sub("", narrow(tables.text(cell, 40) or ""))
    if not text:
        return None
    points = amounts.parse(text)
    prices.check_price(points)
    return points


def _without_unit(cell: tables.Cell, unit: str | None) -> tables.Cell:
    """A cell without the article's unit behind its number: 2 for 2袋."""
    value = cell.strip() if isinstance(cell, str) else cell
    return value.removesuffix(unit) if isinstance(value, str) and unit else value
