"""Write tables that open well in Excel and WPS; nothing that was typed becomes a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ground.slow import check_nobody_waits
from ground.tables.cells import FIRST_ROUNDED_NUMBER, looks_like_formula
from ground.tables.opening import MOST_ROWS
from ground.tables.reading import Column

# What XML cannot hold (W3C XML 1.0, 2.2), and so no workbook.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_IN_TITLES = re.compile(r"[\\/*?:\[\]]")
# What Excel bears in the list of a choice.
LONGEST_LIST_CHARACTERS = 255
# How many rows tell the width of a column.
SAMPLE_ROWS = 200

RowValues = Mapping[str, Any]


def write_xlsx(
    columns: Sequence[Column],
    rows: Iterable[RowValues],
    *,
    title: str,
    text_columns: Collection[str] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
    widths: Mapping[str, float] | None = None,
) -> bytes:
    """A workbook of one sheet named `title`: the header, bold, frozen and with filters, then the rows.

    `rows` give their values by column name: dates, numbers, and everything else as text. Columns in
    `text_columns` (codes, telephones) are text even where they are empty, so that Excel keeps what is
    typed there as it is. `choices` give a column its list of words, together at most 255 characters and
    none with a comma; `widths` are in characters.
    """
    check_nobody_waits("a workbook is written")
    rows = list(rows)
    names = [column.name for column in columns]
    book = Workbook(write_only=True)
    book.properties.creator = "Aixin"
    sheet = book.create_sheet(_sheet_title(title))
    _lay_out(sheet, [(widths or {}).get(name) or _width(name, rows, name) for name in names])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(rows) + 1}"
    for index, name in enumerate(names, 1):
        letter = get_column_letter(index)
        if name in text_columns:
            sheet.column_dimensions[letter].number_format = "@"
        if choices and name in choices:
            sheet.data_validations.append(_choice_list(choices[name], f"{letter}2:{letter}{MOST_ROWS + 1}"))
    pens = _CellWriter(sheet)
    sheet.append(pens.header(names))
    for row in rows:
        sheet.append(pens.line(row, names, text_columns))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class BookWriter:
    """Writes a workbook of several sheets, to which rows are added in any order, and holds no row for long.

    The header of each is bold, frozen and has filters. Rows give their values in the headings' order:
    dates, numbers (a Decimal with all its decimals), and everything else as text.
    """

    def __init__(self) -> None:
        check_nobody_waits("a workbook is written")
        self._book = Workbook(write_only=True)
        self._book.properties.creator = "Aixin"

    def add_sheet(self, title: str, headings: Sequence[str]) -> "SheetWriter":
        """A further sheet, without rows yet."""
        return SheetWriter(self._book.create_sheet(_sheet_title(title)), headings)

    def content(self) -> bytes:
        """The finished file."""
        file = io.BytesIO()
        self._book.save(file)
        return file.getvalue()


class SheetWriter:
    """Writes one sheet; its first rows are held back, as they tell the columns' widths."""

    def __init__(self, sheet: Any, headings: Sequence[str]) -> None:
        self.rows = 0
        self._sheet = sheet
        self._headings = headings
        self._pens = _CellWriter(sheet)
        self._first_rows: list[Sequence[Any]] | None = []

    def add(self, row: Sequence[Any]) -> None:
        """Add a row."""
        self.rows += 1
        if self._first_rows is None:
            self._sheet.append(self._pens.cells(row))
            return
        self._first_rows.append(row)
        if len(self._first_rows) == SAMPLE_ROWS:
            self._begin()

    def end(self) -> int:
        """Write what was held back; how many rows there are."""
        if self._first_rows is not None:
            self._begin()
        self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(self._headings))}{self.rows + 1}"
        return self.rows

    def _begin(self) -> None:
        first_rows, self._first_rows = self._first_rows or [], None
        by_heading = [dict(enumerate(row)) for row in first_rows]
        _lay_out(self._sheet, [_width(name, by_heading, key) for key, name in enumerate(self._headings)])
        self._sheet.append(self._pens.header(self._headings))
        for row in first_rows:
            self._sheet.append(self._pens.cells(row))


def _sheet_title(title: str) -> str | None:
    return NOT_IN_TITLES.sub(" ", _legal(title)).strip(" '")[:31] or None


def _lay_out(sheet: Any, widths: Sequence[float]) -> None:
    """Freeze and repeat the header of a sheet, and set the widths of its columns."""
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width


def write_csv(columns: Sequence[Column], rows: Iterable[RowValues]) -> bytes:
    """A text table with commas, in UTF-8 with its mark, as Excel opens it.

    A text that Excel would take for a formula gets an apostrophe in front; `read` takes it away again.
    """
    check_nobody_waits("a text table is written")
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([_plain_text(column.name) for column in columns])
    for row in rows:
        writer.writerow([_plain_text(row.get(column.name)) for column in columns])
    return file.getvalue().encode("utf-8-sig")


def _legal(value: Any) -> str:
    """A value as text, with one kind of line end and only characters that XML allows."""
    return ILLEGAL.sub("", str(value)).replace("\r\n", "\n").replace("\r", "\n")


def _plain_text(value: Any) -> str:
    """A value as the text of a cell in a text table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    text = _legal(value)
    return f"'{text}" if looks_like_formula(text) else text


def _choice_list(words: Sequence[str], cells: str) -> DataValidation:
    joined = ",".join(words)
    if len(joined) > LONGEST_LIST_CHARACTERS or joined.count(",") >= len(words):
        raise ValueError(f"Excel cannot offer these words: {joined}")
    quoted = joined.replace('"', '""')
    return DataValidation(
        type="list", formula1=f'"{quoted}"', allow_blank=True, showErrorMessage=True, sqref=cells
    )


def _width(name: str, rows: Sequence[Mapping[Any, Any]], key: Any) -> float:
    """The width of a column, in characters: that of the widest of its first cells, from 8 to 40.

    The filter button of the header needs some room too.
    """
    widest = max((_display_width(row.get(key)) for row in rows[:SAMPLE_ROWS]), default=0)
    return float(min(40, max(widest + 2, _display_width(name) + 4, 8)))


def _display_width(value: Any) -> int:
    """The width of a value in narrow characters; a Chinese one counts as two."""
    if value is None:
        return 0
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in _plain_text(value))


class _CellWriter:
    """Writes the cells of a sheet, each in the style of its kind of value."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._general = self._style()
        self._text = self._style(number_format="@")
        # The mark by which Excel keeps a text a text even after somebody has edited it.
        self._quoted = self._style(number_format="@", quotePrefix=True)
        self._day = self._style(number_format="yyyy-mm-dd")
        self._moment = self._style(number_format="yyyy-mm-dd hh:mm")
        self._by_decimals: dict[int, Any] = {}
        self._header = self._style(
            font=Font(bold=True),
            fill=PatternFill("solid", fgColor="EEEEEE"),
            alignment=Alignment(vertical="center", wrap_text=True),
        )

    def _style(self, **looks: Any) -> Any:
        pattern = WriteOnlyCell(self._sheet)
        for look, value in looks.items():
            setattr(pattern, look, value)
        return pattern._style

    def _decimals(self, value: Decimal) -> Any:
        """The style that shows as many decimals as a number has."""
        places = -int(value.as_tuple().exponent)
        if places not in self._by_decimals:
            self._by_decimals[places] = self._style(number_format=f"0.{'0' * places}" if places > 0 else "0")
        return self._by_decimals[places]

    def header(self, names: Iterable[str]) -> list[Any]:
        return [self._text_cell(_legal(name), self._header) for name in names]

    def line(self, row: RowValues, names: Iterable[str], text_columns: Collection[str]) -> list[Any]:
        return [self._cell(row.get(name), name in text_columns) for name in names]

    def cells(self, values: Iterable[Any]) -> list[Any]:
        return [self._cell(value, False) for value in values]

    def _cell(self, value: Any, as_text: bool) -> Any:
        if value is None:
            return None
        if isinstance(value, Decimal):
            return self._styled_cell(value, self._decimals(value))
        if isinstance(value, datetime):
            return self._styled_cell(value.replace(tzinfo=None), self._moment)
        if isinstance(value, date):
            return self._styled_cell(value, self._day)
        if isinstance(value, int | float):
            if abs(value) < FIRST_ROUNDED_NUMBER and not as_text:
                return value
            value = _plain_text(value)
        text = _legal(value)
        if not text:
            return None
        if looks_like_formula(text):
            return self._text_cell(text, self._quoted)
        if as_text:
            return self._text_cell(text, self._text)
        # Plain words need no cell of their own, which costs more than to write them.
        return self._text_cell(text, self._general) if text.startswith("#") else text

    def _styled_cell(self, value: Any, style: Any) -> Any:
        return Cell(self._sheet, row=1, column=1, value=value, style_array=style)

    def _text_cell(self, text: str, style: Any) -> Any:
        cell = self._styled_cell(text, style)
        # openpyxl would take “=1+1” for a formula and “#N/A” for an error.
        cell.data_type = "s"
        return cell
