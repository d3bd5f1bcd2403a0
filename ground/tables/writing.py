"""Write tables that open well in Excel and WPS; nothing that was typed becomes a formula."""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from math import ceil
from tempfile import TemporaryDirectory
from typing import Any

from xlsxwriter import Workbook

from ground import clock
from ground.slow import check_nobody_waits
from ground.tables.cells import FIRST_ROUNDED_NUMBER, looks_like_formula
from ground.tables.opening import MOST_ROWS
from ground.tables.reading import Column

# What XML cannot hold (W3C XML 1.0, 2.2), and so no workbook.
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_IN_TITLES = re.compile(r"[\\/*?:\[\]]")
# What Excel bears in the list of a choice.
LONGEST_LIST_CHARACTERS = 255
# How many characters Excel bears in a cell.
LONGEST_TEXT = 32_767
# The height of a line, in points.
LINE_HIGH = 15
# Of the usual size, in per cent, where a sheet goes over several pages across: 150 characters on each.
PAGES_ACROSS_SCALE = 65
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
    with closing(_Book()) as book:
        sheet = book.add_sheet(title)
        sheet.lay_out([(widths or {}).get(name) or _width(name, rows, name) for name in names], len(rows))
        for place, name in enumerate(names):
            if name in text_columns:
                sheet.keep_text(place)
            if choices and name in choices:
                sheet.offer(place, choices[name])
        sheet.write_header(names)
        for row in rows:
            sheet.write(row.get(name) for name in names)
        return book.content()


class BookWriter:
    """Writes a workbook of several sheets, to which rows are added in any order, and holds no row for long.

    Inside `with`, after which nothing of it is left on the disk, whatever happened.

    The header of each is bold, frozen and has filters. Rows give their values in the headings' order:
    dates, numbers (a Decimal with all its decimals), and everything else as text.
    """

    def __init__(self) -> None:
        check_nobody_waits("a workbook is written")
        self._book = _Book()

    def __enter__(self) -> "BookWriter":
        return self

    def __exit__(self, *_error: object) -> None:
        self._book.close()

    def add_sheet(self, title: str, headings: Sequence[str]) -> "SheetWriter":
        """A further sheet, without rows yet."""
        return SheetWriter(self._book.add_sheet(title), headings)

    def add_printed(
        self,
        title: str,
        lines_above: Sequence[str],
        columns: Sequence[tuple[str, float]],
        foot: str,
        *,
        names: int = 0,
        breaks: Sequence[int] = (),
    ) -> "PrintedSheetWriter":
        """A further sheet that is printed and filed: headings with the columns' widths, in characters.

        `lines_above` stand over the headings, the first of them large; `foot` stands at the foot of each page
        on paper, in which &P is its number and &N how many there are. A sheet too wide for a page says before
        which columns (counted from 0) another begins, its `breaks`; the first columns that are `names` stand
        on each, and stay in sight.
        """
        sheet = self._book.add_sheet(title, len(lines_above))
        return PrintedSheetWriter(sheet, lines_above, columns, foot, names, breaks)

    def content(self) -> bytes:
        """The finished file."""
        return self._book.content()


class PrintedSheetWriter:
    """Writes a sheet for paper, A4 across, as wide as the page, its headings on each; holds no row."""

    def __init__(
        self,
        sheet: "_Sheet",
        lines_above: Sequence[str],
        columns: Sequence[tuple[str, float]],
        foot: str,
        names: int,
        breaks: Sequence[int],
    ) -> None:
        self._sheet = sheet
        sheet.lay_out_for_paper([wide for _heading, wide in columns], foot)
        if breaks:
            sheet.break_across(names, breaks)
        sheet.write_above(lines_above)
        sheet.write_header([heading for heading, _wide in columns])

    def add(self, row: Sequence[Any], *, is_sum: bool = False) -> None:
        """Add a row; that of the sums is bold."""
        self._sheet.write(row, is_bold=is_sum)

    def end(self, lines_below: Sequence[str]) -> None:
        """Write what stands below the rows, and print all of it."""
        self._sheet.end_for_paper(lines_below)


class SheetWriter:
    """Writes one sheet; its first rows are looked at, as they tell the columns' widths."""

    def __init__(self, sheet: "_Sheet", headings: Sequence[str]) -> None:
        self.rows = 0
        self._sheet, self._headings = sheet, headings
        self._first_rows: list[Sequence[Any]] = []
        sheet.write_header(headings)

    def add(self, row: Sequence[Any]) -> None:
        """Add a row."""
        self.rows += 1
        if self.rows <= SAMPLE_ROWS:
            self._first_rows.append(row)
        self._sheet.write(row)

    def end(self) -> int:
        """Lay the sheet out; how many rows there are."""
        by_heading = [dict(enumerate(row)) for row in self._first_rows]
        widths = [_width(name, by_heading, key) for key, name in enumerate(self._headings)]
        self._sheet.lay_out(widths, self.rows)
        return self.rows


class _Book:
    """A workbook that is written row by row, with the looks of its cells."""

    def __init__(self) -> None:
        self._file, self._folder = io.BytesIO(), TemporaryDirectory(prefix="aixin-")
        self._is_open = True
        self._book = Workbook(self._file, {"constant_memory": True, "tmpdir": self._folder.name})
        self._book.set_properties({"author": "Aixin", "created": clock.now()})
        self.text = self._book.add_format({"num_format": "@"})
        # The mark by which Excel keeps a text a text even after somebody has edited it.
        self.quoted = self._book.add_format({"num_format": "@", "quote_prefix": True})
        self.day = self._book.add_format({"num_format": "yyyy-mm-dd", "valign": "vcenter"})
        self.moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "vcenter"})
        self.header = self._book.add_format(
            {"bold": True, "bg_color": "#EEEEEE", "valign": "vcenter", "text_wrap": True}
        )
        self.title = self._book.add_format({"bold": True, "font_size": 16, "align": "center"})
        self.line_above = self._book.add_format({"align": "center"})
        self.wrapped = self._book.add_format({"text_wrap": True, "valign": "vcenter"})
        self.number = self._book.add_format({"valign": "vcenter"})
        self.bold = self._book.add_format({"bold": True})
        self._by_decimals: dict[tuple[int, bool], Any] = {}

    def decimals(self, value: Decimal, is_bold: bool = False) -> Any:
        """The look that shows as many decimals as a number has."""
        places = -int(value.as_tuple().exponent)
        if (places, is_bold) not in self._by_decimals:
            shown = f"0.{'0' * places}" if places > 0 else "0"
            look = {"num_format": shown, "bold": is_bold, "valign": "vcenter"}
            self._by_decimals[places, is_bold] = self._book.add_format(look)
        return self._by_decimals[places, is_bold]

    def add_sheet(self, title: str, lines_above: int = 0) -> "_Sheet":
        """A further sheet, its header below so many lines."""
        name = NOT_IN_TITLES.sub(" ", _legal(title)).strip(" '")[:31]
        return _Sheet(self, self._book.add_worksheet(name or None), lines_above)

    def content(self) -> bytes:
        """The finished file."""
        self.close()
        return self._file.getvalue()

    def close(self) -> None:
        """Take away what was written to the disk meanwhile; nothing can be added then."""
        if self._is_open:
            self._is_open = False
            self._book.close()
            self._folder.cleanup()


class _Sheet:
    """A sheet of a workbook, written cell by cell, each in the look of its kind of value."""

    def __init__(self, book: _Book, sheet: Any, header: int) -> None:
        self._book, self._sheet = book, sheet
        self._header = self._rows = header
        self._text_columns: set[int] = set()
        self._widths: list[float] = []
        self._is_wrapped = self._is_broken = False

    def lay_out(self, widths: Sequence[float], rows: int) -> None:
        """Freeze and repeat the header, let it filter so many rows, and set the widths of the columns."""
        self._sheet.freeze_panes(1, 0)
        self._sheet.repeat_rows(0)
        self._sheet.autofilter(0, 0, rows, len(widths) - 1)
        self._widths = list(widths)
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width)

    def keep_text(self, place: int) -> None:
        """Keep whatever stands in a column text, also what is typed there later."""
        self._text_columns.add(place)
        self._sheet.set_column(place, place, self._widths[place], self._book.text)

    def offer(self, place: int, words: Sequence[str]) -> None:
        """Offer these words in a column."""
        joined = ",".join(words)
        if len(joined) > LONGEST_LIST_CHARACTERS or joined.count(",") >= len(words):
            raise ValueError(f"Excel cannot offer these words: {joined}")
        offered = {"validate": "list", "source": [word.replace('"', '""') for word in words]}
        self._sheet.data_validation(1, place, MOST_ROWS, place, offered)

    def lay_out_for_paper(self, widths: Sequence[float], foot: str) -> None:
        """Set the widths, freeze what stands above the rows, and repeat it on each page of A4 across."""
        self._widths = list(widths)
        for place, width in enumerate(widths):
            self._sheet.set_column(place, place, width)
        self._sheet.freeze_panes(self._header + 1, 0)
        self._sheet.repeat_rows(0, self._header)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)  # inches
        self._sheet.hide_gridlines(0)
        self._sheet.set_footer(f"&C{foot}")
        self._is_wrapped = True

    def break_across(self, names: int, breaks: Sequence[int]) -> None:
        """Begin another page before these columns; the first `names` are frozen and stand on each."""
        self._sheet.freeze_panes(self._header + 1, names)
        self._sheet.repeat_columns(0, names - 1)
        self._sheet.set_print_scale(PAGES_ACROSS_SCALE)
        self._sheet.set_v_pagebreaks(breaks)
        self._is_broken = True

    def end_for_paper(self, lines_below: Sequence[str]) -> None:
        """Write some lines below the rows, and print all of it."""
        for line in lines_below:
            self._rows += 1
            self._sheet.write_string(self._rows, 0, _legal(line))
        self._sheet.print_area(0, 0, self._rows, len(self._widths) - 1)

    def write_above(self, lines: Sequence[str]) -> None:
        """Write the lines above the header, each across all columns; over many pages, at the left of each."""
        for row, line in enumerate(lines):
            if self._is_broken:
                self._sheet.write_string(row, 0, _legal(line), self._book.number if row else self._book.bold)
                continue
            look = self._book.line_above if row else self._book.title
            self._sheet.merge_range(row, 0, row, len(self._widths) - 1, "", look)
            self._sheet.write_string(row, 0, _legal(line), look)

    def write_header(self, names: Iterable[str]) -> None:
        """Write the row of the headings."""
        names = list(names)
        if self._is_wrapped and (lines := self._lines(names)) > 1:
            self._sheet.set_row(self._header, lines * LINE_HIGH)
        for place, name in enumerate(names):
            self._sheet.write_string(self._header, place, _legal(name), self._book.header)

    def write(self, values: Iterable[Any], *, is_bold: bool = False) -> None:
        """Write the next row."""
        self._rows += 1
        values = tuple(values)
        if self._is_wrapped and (lines := self._lines(values)) > 1:
            self._sheet.set_row(self._rows, lines * LINE_HIGH)  # not every program makes it higher by itself
        for place, value in enumerate(values):
            self._write_cell(place, value, is_bold)

    def _lines(self, values: Sequence[Any]) -> int:
        """The lines that the longest text of a row takes in its column."""
        long_texts = (
            (text, width)
            for text, width in zip(values, self._widths, strict=False)
            if isinstance(text, str) and 2 * len(text) > width
        )
        return max((ceil(_display_width(text) / (width - 1)) for text, width in long_texts), default=1)

    def _write_cell(self, place: int, value: Any, is_bold: bool) -> None:
        sheet, book, as_text = self._sheet, self._book, place in self._text_columns
        if value is None:
            return
        if isinstance(value, Decimal):
            sheet.write_number(self._rows, place, value, book.decimals(value, is_bold))
        elif isinstance(value, datetime):
            sheet.write_datetime(self._rows, place, value.replace(tzinfo=None), book.moment)
        elif isinstance(value, date):
            sheet.write_datetime(self._rows, place, value, book.day)
        elif isinstance(value, bool) and not as_text:
            sheet.write_boolean(self._rows, place, value)
        elif isinstance(value, int | float) and abs(value) < FIRST_ROUNDED_NUMBER and not as_text:
            sheet.write_number(self._rows, place, value, book.bold if is_bold else book.number)
        elif text := _legal(_plain_text(value) if isinstance(value, int | float) else value)[:LONGEST_TEXT]:
            usual = book.bold if is_bold else book.wrapped if self._is_wrapped else None
            look = book.quoted if looks_like_formula(text) else book.text if as_text else usual
            sheet.write_string(self._rows, place, text, look)


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
