"""From a file to its table: the header is found, and the rows below it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

from flask_babel import lazy_gettext as _
from openpyxl.utils.cell import get_column_letter

from ground.names import folded
from ground.refusal import Refused
from ground.tables.cells import Cell
from ground.tables.opening import HEADER_WITHIN_ROWS, MOST_COLUMNS, MOST_ROWS, Sheet, sheets, too_large

HEADING_MARKS = re.compile(r"\*|※|\((?:必填项?|必输项?|必须|选填|可选)\)|:$")
TOTAL = re.compile(r"(?:合计|总计|小计|共计)(?:[:(\d].*)?")


@dataclass(frozen=True)
class Column:
    """A column that a file may have: its heading as we write it, and other headings in use."""

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()


@dataclass
class Row:
    """A row of a table: its number as Excel counts, and its raw cells by column name.

    An empty cell is None. A formula counts with the value that was last worked out; one that never was,
    and an error, are texts like "#N/A", which every converter refuses.
    """

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True)
class Table:
    """The table that was read from a file."""

    columns: tuple[Column, ...]
    """The columns that are there, in the file's order."""
    header: int
    """The number of the header's row."""
    rows: list[Row]
    unknown_headings: tuple[str, ...]
    """Headers that nobody asked for; their columns were left out."""
    total_rows: tuple[int, ...]
    """The numbers of the rows that were left out because they begin with 合计 or the like."""
    letters: dict[str, str]
    """By column name, the letter that Excel gives the column."""
    epoch: date
    """The day from which the file's bare numbers count, for `cells.day`."""

    def where(self, row: Row, column: str) -> str:
        """The place of a cell as Excel names it, like "C17"; the row alone if the file lacks the column."""
        return f"{self.letters.get(column, '')}{row.number}"


@dataclass(frozen=True)
class _Header:
    """A line that may be the header: the columns it names, with positions from 0, and other words."""

    number: int
    columns: list[tuple[int, Column]]
    other_headings: list[str]

    def missing(self, columns: Iterable[Column]) -> list[str]:
        names = {column.name for _position, column in self.columns}
        return [column.name for column in columns if column.required and column.name not in names]


def read(data: bytes, filename: str, columns: Sequence[Column]) -> Table:
    """The table in an .xlsx or .csv file: all rows below the header of the first visible sheet with one.

    The header is the first line among 20 that names all required columns, in any order, whatever its
    spaces, widths, brackets and stars. Blank rows, totals and repeated headers are left out; a value in a
    cell that is merged downwards counts for each of its rows. Excel's own numbering is kept. Refused
    `old_excel`, `unreadable_file`, `file_too_large`, `no_header`, `columns_missing`, `column_twice`.
    """
    words = {_heading(word): column for column in columns for word in (column.name, *column.aliases)}
    nearest = _Header(0, [], [])
    for sheet in sheets(data, filename, lambda cell: cell is not None and _heading(cell) in words):
        numbered = _numbered(sheet)
        top = list(islice(numbered, HEADER_WITHIN_ROWS))
        for number, line in top:
            header = _header(number, line, words)
            if header.columns and not header.missing(columns):
                return _table(header, chain(top[number:], numbered), sheet, words)
            nearest = max(nearest, header, key=lambda candidate: len(candidate.columns))
    if len(nearest.columns) < min(2, len(columns)):
        expected = "、".join(column.name for column in columns)
        raise Refused(
            "no_header",
            _("There is no line with the headings. These are expected: %(columns)s", columns=expected),
        )
    missing = "、".join(nearest.missing(columns))
    raise Refused("columns_missing", _("These columns are missing: %(columns)s", columns=missing))


def _heading(cell: Cell) -> str:
    """A heading in the form in which headings are compared."""
    return HEADING_MARKS.sub("", folded(str(cell)))


def _numbered(sheet: Sheet) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The lines with their numbers. Refused `file_too_large` where one is too wide."""
    for number, line in enumerate(sheet.lines, 1):
        if any(cell is not None for cell in line[MOST_COLUMNS:]):
            raise too_large()
        yield number, line


def _header(number: int, line: Sequence[Cell], words: dict[str, Column]) -> _Header:
    header = _Header(number, [], [])
    for position, cell in enumerate(line):
        if cell is None:
            continue
        column = words.get(_heading(cell))
        if column is None:
            header.other_headings.append(" ".join(str(cell).split()))
        else:
            header.columns.append((position, column))
    return header


def _table(
    header: _Header,
    below: Iterable[tuple[int, Sequence[Cell]]],
    sheet: Sheet,
    words: dict[str, Column],
) -> Table:
    letters = _letters(header)
    rows: list[Row] = []
    totals: list[int] = []
    for number, line in below:
        cells = {column.name: _cell_at(line, position) for position, column in header.columns}
        if not _is_filled(cells.values(), words):
            continue
        if _is_total(line):
            totals.append(number)
            continue
        rows.append(Row(number, cells))
        if len(rows) > MOST_ROWS:
            raise too_large()
    _fill_down(rows, header, sheet)
    columns = tuple(column for _position, column in header.columns)
    return Table(
        columns, header.number, rows, tuple(header.other_headings), tuple(totals), letters, sheet.epoch
    )


def _letters(header: _Header) -> dict[str, str]:
    """The letter of each column. Refused `column_twice`."""
    letters: dict[str, str] = {}
    for position, column in header.columns:
        letter = get_column_letter(position + 1)
        if column.name in letters:
            raise Refused(
                "column_twice",
                _(
                    "The column %(column)s is there twice, in %(first)s and %(second)s. Delete one of them.",
                    column=column.name,
                    first=f"{letters[column.name]}{header.number}",
                    second=f"{letter}{header.number}",
                ),
            )
        letters[column.name] = letter
    return letters


def _cell_at(line: Sequence[Cell], position: int) -> Cell:
    return line[position] if position < len(line) else None


def _is_filled(cells: Iterable[Cell], words: dict[str, Column]) -> bool:
    """Whether a row holds more than the headings, which printed tables repeat on each page."""
    return any(cell is not None and not (isinstance(cell, str) and _heading(cell) in words) for cell in cells)


def _is_total(line: Sequence[Cell]) -> bool:
    first = next((cell for cell in line if cell is not None), None)
    if not isinstance(first, str):
        return False
    return TOTAL.fullmatch("".join(unicodedata.normalize("NFKC", first).split())) is not None


def _fill_down(rows: list[Row], header: _Header, sheet: Sheet) -> None:
    """Give each row of a vertically merged cell its value, which Excel keeps in the first row only."""
    for position, column in header.columns:
        bottoms = {top: bottom for left, top, _right, bottom in sheet.merged if left == position + 1}
        value, bottom = None, 0
        for row in rows if bottoms else ():
            if row.number in bottoms:
                value, bottom = row.cells[column.name], bottoms[row.number]
            elif row.number <= bottom and row.cells[column.name] is None:
                row.cells[column.name] = value
