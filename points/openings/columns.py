"""The columns of a file of opening balances, and its rows: each cell is right, or bad with the reason."""

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from ground import tables
from ground.figures import narrow
from ground.refusal import says_something
from people import filing
from points import amounts

NAME, CODE, PHONE, BALANCE, BASIS = "姓名", "网格编码", "电话", "余额", "依据"

COLUMNS = (
    tables.Column(NAME, required=True, aliases=("网格员", "网格员姓名")),
    tables.Column(CODE, aliases=("网格代码", "网格编号", "微网格编码"), fills_down=True),
    tables.Column(PHONE, aliases=("联系电话", "手机", "手机号", "电话号码", "联系方式")),
    tables.Column(
        BALANCE,
        required=True,
        aliases=(
            "积分",
            "积分余额",
            "期初余额",
            "期初积分",
            "现有积分",
            "剩余积分",
            "结余积分",
            "结余",
            "余额(分)",
            "积分(分)",
            "可用积分",
            "可兑换积分",
        ),
    ),
    tables.Column(BASIS, required=True, aliases=("凭据", "依据材料", "来源", "积分来源"), fills_down=True),
)

LAYOUT = tables.Layout("期初积分", COLUMNS, text_columns=(CODE, PHONE))

POINTS_SUFFIX = re.compile(r"\s*(?:积分|分)$")


@dataclass(frozen=True)
class OpeningRow:
    """One row of the file, about one worker; None where it says nothing. `tenths` of a point."""

    row: tables.Row
    name: str
    code: str | None
    bare_code: bool
    """Whether Excel held the code as a number, so that zeros in front may be lost."""
    phone: str | None
    tenths: int
    basis: str


def clean(table: tables.Table) -> tuple[list[OpeningRow], list[tables.BadCell]]:
    """The rows whose cells are all right, and every cell that is not."""
    return tables.clean(table, _opening_row)


def _opening_row(reader: tables.RowReader) -> OpeningRow:
    return OpeningRow(
        row=reader.row,
        name=reader.get(NAME, lambda cell: tables.required_text(filing.whole_name(cell))),
        code=reader.get(CODE, lambda cell: tables.code(cell, 40)),
        bare_code=tables.was_number(reader.row.cells.get(CODE)),
        phone=reader.get(PHONE, tables.phone),
        tenths=reader.get(BALANCE, _tenths),
        basis=reader.get(BASIS, _basis),
    )


def _tenths(cell: tables.Cell) -> int:
    """A balance in tenths of a point, also from "12.5分"."""
    text = tables.required_text(tables.text(cell, 40))
    tenths = amounts.parse(POINTS_SUFFIX.sub("", narrow(text)))
    if tenths <= 0:
        raise tables.bad_cell(_("An opening balance is more than 0 points. Leave the others out."))
    return tenths


def _basis(cell: tables.Cell) -> str:
    basis = tables.required_text(tables.text(cell, 200))
    if not says_something(basis):
        raise tables.bad_cell(_("Write what paper the balance stands on, for example: points book 2025."))
    return basis
