"""An .xls workbook, as Excel wrote them until 2003 and many an office still does."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import xlrd
from xlrd.xldate import xldate_as_datetime

from ground.tables.cells import EPOCH, EPOCH_1904, Cell, is_visible
from ground.tables.sheets import Sheet

VISIBLE = 0


def sheets(data: bytes) -> Iterator[Sheet]:
    """The visible sheets of a workbook. Any exception may come of a file that is none."""
    book = xlrd.open_workbook(
        file_contents=data, logfile=io.StringIO(), formatting_info=True, ragged_rows=True, on_demand=True
    )
    for number in range(book.nsheets):
        sheet = book.sheet_by_index(number)
        if sheet.visibility == VISIBLE:
            yield Sheet(
                _lines(sheet, book.datemode),
                [(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells],
                {place + 1 for place, row in sheet.rowinfo_map.items() if row.hidden},
                EPOCH_1904 if book.datemode else EPOCH,
                sheet.name,
            )


def _lines(sheet: Any, datemode: int) -> Iterator[Sequence[Cell]]:
    for number in range(sheet.nrows):
        yield [_value(cell, datemode) for cell in sheet.row(number)]


def _value(cell: Any, datemode: int) -> Cell:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell.value if is_visible(cell.value) else None
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        return int(cell.value) if cell.value.is_integer() else cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#VALUE!")
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xldate_as_datetime(cell.value, datemode)
        except (OverflowError, ValueError):
            return "#VALUE!"
    return None
