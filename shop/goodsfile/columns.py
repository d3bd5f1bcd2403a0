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
from shop.models import Source
from shop.shelf import codes, goods, prices
from shop.stock import deliveries, lots

NAME, SPEC, UNIT, CATEGORY, CODES = "货品名称", "规格", "单位", "类别", "条码"
PRICE, SINCE, QUOTA, LOW_AT, STATE = "积分价格", "价格起始日", "每人每季限兑", "低库存提醒", "状态"
ON_HAND, BEST_BEFORE, COST, SOURCE, DONOR = "现有数量", "保质期", "单价(成本)", "来源", "捐赠人"

COLUMNS = (
    tables.Column(
        NAME,
        required=True,
        aliases=("名称", "品名", "货品名", "商品名称", "商品名", "物品名称"),
        fills_down=True,
    ),
    tables.Column(SPEC, aliases=("规格型号", "商品规格", "货品规格", "包装规格")),
    tables.Column(UNIT, aliases=("计量单位",), fills_down=True),
    tables.Column(CATEGORY, aliases=("分类", "品类", "货品类别", "商品类别", "商品分类"), fills_down=True),
    tables.Column(CODES, aliases=("条形码", "商品条码", "商品条形码", "69码")),
    tables.Column(
        PRICE, aliases=("积分", "所需积分", "兑换积分", "兑换分值", "积分价", "价格(积分)", "单价(积分)")
    ),
    tables.Column(SINCE, aliases=("价格起始日期", "起始日期", "执行日期", "生效日期"), fills_down=True),
    tables.Column(QUOTA, aliases=("限兑", "限兑数量", "每人限兑", "每季限兑", "每人每季度限兑")),
    tables.Column(LOW_AT, aliases=("库存预警", "预警数量", "库存下限", "最低库存")),
    tables.Column(STATE, aliases=("货品状态", "商品状态", "上架状态"), fills_down=True),
    tables.Column(ON_HAND, aliases=("库存", "库存数量", "现有库存", "期初数量", "期初库存", "结存数量")),
    tables.Column(BEST_BEFORE, aliases=("保质期至", "有效期", "有效期至", "到期日", "到期日期")),
    tables.Column(COST, aliases=("成本", "成本单价", "单件成本", "进价", "进货价", "采购单价", "单价(元)")),
    tables.Column(SOURCE, aliases=("货品来源", "来源方式", "入库来源"), fills_down=True),
    tables.Column(DONOR, aliases=("捐赠方", "捐赠者", "捐赠单位"), fills_down=True),
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

SOURCE_WORDS = {
    "期初": Source.OPENING,
    "采购": Source.PURCHASE,
    "捐赠": Source.DONATION,
    "调拨": Source.ALLOCATION,
    "期初库存": Source.OPENING,
    "购买": Source.PURCHASE,
    "采买": Source.PURCHASE,
    "上级调拨": Source.ALLOCATION,
}
WORDS_OF_SOURCE = tables.first_words(SOURCE_WORDS)

LAYOUT = tables.Layout(
    "货品",
    COLUMNS,
    text_columns=(CODES,),
    choices={STATE: list(WORDS_OF_STATE.values()), SOURCE: list(WORDS_OF_SOURCE.values())},
)

CODE_SEPARATORS = re.compile(r"[\s,，、;；/]+")
# How long codes are; Excel takes the zeros in front of them away when it makes numbers of them.
CODE_DIGITS = (OWN_CODE_DIGITS, 8, 13)
YUAN = re.compile(r"[¥￥]?\s*(\d{1,9})(?:\.(\d{1,2}))?\s*元?", re.ASCII)
POINTS_SUFFIX = re.compile(r"\s*(?:积分|分)$")


@dataclass(frozen=True)
class GoodsRow:
    """One row of the file, about one article.

    None: the file says nothing of it. `codes` as they are kept, `price` in tenths of a point. Of what lies
    there `on_hand` units, `unit_cost` in fen, and where it came from.
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
    on_hand: int | None
    best_before: date | None
    unit_cost: int | None
    source: Source | None
    donor: str | None


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
        on_hand=reader.get(
            ON_HAND, lambda cell: tables.whole(_without_unit(cell, unit), 0, lots.MOST_UNITS_AT_ONCE)
        ),
        best_before=reader.get(BEST_BEFORE, lambda cell: tables.day(cell, reader.table.epoch, days.ANY)),
        unit_cost=reader.get(COST, _fen),
        source=reader.get(SOURCE, lambda cell: tables.choice(cell, SOURCE_WORDS)),
        donor=reader.get(DONOR, lambda cell: tables.name(cell, deliveries.LONGEST_NAME)),
    )
    if not reader.bad and entry.since and entry.price is None:
        reader.refuse(PRICE, _("The price that holds from this day is missing."))
    if not reader.bad and entry.source == Source.DONATION and not entry.donor:
        reader.refuse(DONOR, _("Write down who gave it."))
    if not reader.bad and entry.source != Source.DONATION and entry.donor:
        word = WORDS_OF_SOURCE[Source.DONATION]
        reader.refuse(DONOR, _("Only what was donated has a donor: write %(word)s as its source.", word=word))
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


def _fen(cell: tables.Cell) -> int | None:
    text = narrow(tables.text(cell, 40) or "").replace(",", "")
    if not text:
        return None
    match = YUAN.fullmatch(text)
    fen = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None
    if fen is None:
        raise tables.bad_cell(_("Write the money in yuan, like 12.50."))
    if fen > deliveries.LARGEST_COST_FEN:
        raise tables.bad_cell(_("The cost of a unit is from 0 to 100,000 yuan."))
    return fen


def _without_unit(cell: tables.Cell, unit: str | None) -> tables.Cell:
    """A cell without the article's unit behind its number: 2 for 2袋."""
    value = cell.strip() if isinstance(cell, str) else cell
    return value.removesuffix(unit) if isinstance(value, str) and unit else value
