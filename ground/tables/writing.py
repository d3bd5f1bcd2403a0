"""Write tables that open well in Excel and WPS; nothing that was typed becomes a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

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
    rows = list(rows)
    names = [column.name for column in columns]
    book = Workbook(write_only=True)
    book.properties.creator = "Aixin"
    sheet = book.create_sheet(NOT_IN_TITLES.sub(" ", _legal(title)).strip(" '")[:31] or None)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{len(rows) + 1}"
    for index, name in enumerate(names, 1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = (widths or {}).get(name) or _width(name, rows)
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


def write_csv(columns: Sequence[Column], rows: Iterable[RowValues]) -> bytes:
    """A text table with commas, in UTF-8 with its mark, as Excel opens it.

    A text that Excel would take for a formula gets an apostrophe in front; `read` takes it away again.
    """
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


def _width(name: str, rows: Sequence[RowValues]) -> float:
    """The width of a column, in characters: that of the widest of its first cells, from 8 to 40.

    The filter button of the header needs some room too.
    """
    widest = max((_display_width(row.get(name)) for row in rows[:SAMPLE_ROWS]), default=0)
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

    def header(self, names: Iterable[str]) -> list[Any]:
        return [self._text_cell(_legal(name), self._header) for name in names]

    def line(self, row: RowValues, names: Iterable[str], text_columns: Collection[str]) -> list[Any]:
        return [self._cell(row.get(name), name in text_columns) for name in names]

    def _cell(self, value: Any, as_text: bool) -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, datetime):
            return self._styled_cell(value.replace(tzinfo=None), self._moment)
        if isinstance(value, date):
            return self._styled_cell(value, self._day)
        if isinstance(value, int | float):
            if abs(value) < FIRST_ROUNDED_NUMBER and not as_text:
                return value
            value = _plain_text(value)
        text = _legal(value)
        if looks_like_formula(text):
            return self._text_cell(text, self._quoted)
        return self._text_cell(text, self._text if as_text else self._general)

    def _styled_cell(self, value: Any, style: Any) -> Any:
        return Cell(self._sheet, row=1, column=1, value=value, style_array=style)

    def _text_cell(self, text: str, style: Any) -> Any:
        cell = self._styled_cell(text, style)
        # openpyxl would take “=1+1” for a formula and “#N/A” for an error.
        cell.data_type = "s"
        return cell
