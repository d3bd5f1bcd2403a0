"""The columns of a file of households, and its rows: each cell is right, or bad with the reason."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _

from duties.households.files import LONGEST_CHARACTERS, MOST_RESIDENTS
from ground import days, tables
from people import filing
from people.models import Attention

CODE, GRID, WORKER, INSTRUCTOR = "网格编码", "网格名称", "网格员", "指导员"
NUMBER, HEAD, HOUSE, PHONE, RESIDENTS = "户号", "户主", "住址", "联系电话", "人口数"
COMPOSITION, STANDING, SITUATION, NEEDS = "家庭成员", "政治面貌", "家庭情况", "问题和需求"
CLASS, SINCE, REASON = "类别", "定类日期", "定类原因"

COLUMNS = (
    tables.Column(
        CODE,
        required=True,
        aliases=("网格代码", "网格编号", "微网格编码", "微网格编号"),
        alternative=GRID,
        fills_down=True,
    ),
    tables.Column(
        GRID,
        aliases=("网格", "微网格", "微网格名称", "所在网格", "所属网格", "所在微网格", "所属微网格"),
        fills_down=True,
    ),
    tables.Column(NUMBER, aliases=("户编号", "住户编号")),
    tables.Column(HEAD, required=True, aliases=("户主姓名", "户主名", "户主名字")),
    tables.Column(
        HOUSE,
        aliases=("地址", "家庭住址", "家庭地址", "居住地址", "详细住址", "详细地址", "门牌号"),
        fills_down=True,
    ),
    tables.Column(PHONE, aliases=("电话", "手机", "手机号", "手机号码", "电话号码", "联系方式", "户主电话")),
    tables.Column(
        RESIDENTS, aliases=("人口", "人数", "家庭人口", "家庭人口数", "家庭人数", "户人口数", "常住人口")
    ),
    tables.Column(COMPOSITION, aliases=("家庭成员情况", "成员情况", "家庭构成", "人员构成")),
    tables.Column(STANDING, aliases=("政治面貌情况",)),
    tables.Column(SITUATION, aliases=("家庭状况", "家庭基本情况", "基本情况", "生产生活情况")),
    tables.Column(
        NEEDS, aliases=("需求", "问题需求", "困难需求", "困难和需求", "困难诉求", "存在问题", "困难问题")
    ),
    tables.Column(
        CLASS, aliases=("户类别", "住户类别", "农户类别", "关注等级", "户类型", "分类"), fills_down=True
    ),
    tables.Column(SINCE, aliases=("定类时间", "认定日期", "认定时间"), fills_down=True),
    tables.Column(REASON, aliases=("定类理由", "分类原因", "认定原因"), fills_down=True),
    tables.Column(WORKER, aliases=("网格员姓名",), fills_down=True),
    tables.Column(INSTRUCTOR, aliases=("指导员姓名", "网格指导员"), fills_down=True),
)

CLASS_WORDS = {
    "重点户": Attention.PRIORITY,
    "监测户": Attention.WATCHED,
    "一般户": Attention.ORDINARY,
    "重点": Attention.PRIORITY,
    "重点关注户": Attention.PRIORITY,
    "监测": Attention.WATCHED,
    "一般": Attention.ORDINARY,
    "普通户": Attention.ORDINARY,
    "一般农户": Attention.ORDINARY,
}
WORDS_OF_CLASS = tables.first_words(CLASS_WORDS)

LAYOUT = tables.Layout(
    "住户台账", COLUMNS, text_columns=(CODE, PHONE), choices={CLASS: list(WORDS_OF_CLASS.values())}
)

# The columns of the particulars, by their fields in the file of a household.
COLUMN_OF_FIELD = {
    "head": HEAD,
    "house": HOUSE,
    "phone": PHONE,
    "residents": RESIDENTS,
    "composition": COMPOSITION,
    "standing": STANDING,
    "situation": SITUATION,
    "needs": NEEDS,
}


@dataclass(frozen=True)
class HouseholdEntry:
    """One row of the file, about one household; None where the file says nothing.

    `bare_code` says that Excel held the grid's code as a number, so that zeros in front may be lost.
    """

    row: tables.Row
    code: str | None
    bare_code: bool
    grid: str | None
    number: int | None
    head: str
    house: str | None
    phone: str | None
    residents: int | None
    composition: str | None
    standing: str | None
    situation: str | None
    needs: str | None
    attention: Attention | None
    since: date | None
    reason: str | None


def clean(table: tables.Table) -> tuple[list[HouseholdEntry], list[tables.BadCell]]:
    """The rows whose cells are all right, and every cell that is not."""
    return tables.clean(table, _entry)


def _entry(reader: tables.RowReader) -> HouseholdEntry:
    def text(column: str, field: str) -> str | None:
        written: str | None = reader.get(column, lambda cell: tables.text(cell, LONGEST_CHARACTERS[field]))
        return written

    entry = HouseholdEntry(
        row=reader.row,
        code=reader.get(CODE, lambda cell: tables.code(cell, 40)),
        bare_code=tables.was_number(reader.row.cells.get(CODE)),
        grid=reader.get(GRID, lambda cell: tables.text(cell, 100)),
        number=reader.get(NUMBER, lambda cell: tables.whole(cell, 1, 9999)),
        head=reader.get(HEAD, lambda cell: tables.required_text(filing.whole_name(cell))),
        house=text(HOUSE, "house"),
        phone=reader.get(PHONE, tables.phone),
        residents=reader.get(RESIDENTS, lambda cell: tables.whole(cell, 0, MOST_RESIDENTS)),
        composition=text(COMPOSITION, "composition"),
        standing=text(STANDING, "standing"),
        situation=text(SITUATION, "situation"),
        needs=text(NEEDS, "needs"),
        attention=reader.get(CLASS, lambda cell: tables.choice(cell, CLASS_WORDS)),
        since=reader.get(SINCE, lambda cell: tables.day(cell, reader.table.epoch, days.HAPPENED)),
        reason=reader.get(REASON, lambda cell: tables.text(cell, 200)),
    )
    if not reader.bad and entry.code is None and entry.grid is None:
        column = CODE if CODE in reader.table.letters else GRID
        reader.refuse(column, _("Which grid? Write its name."))
    return entry
