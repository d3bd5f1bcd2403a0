"""From a file to its table: the header is found, and the rows below it."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain, islice, zip_longest

from flask_babel import lazy_gettext as _

from ground.names import folded
from ground.refusal import Refused
from ground.slow import check_nobody_waits
from ground.tables.cells import Cell
from ground.tables.excel import column_letters
from ground.tables.opening import HEADER_WITHIN_ROWS, MOST_ROWS, sheets, too_large
from ground.tables.sheets import MOST_COLUMNS, Sheet

HEADING_MARKS = re.compile(r"\*|※|\((?:必填项?|必输项?|必须|选填|可选)\)|:$")
TOTAL = re.compile(r"(?:合计|总计|小计|共计)(?:[:(\d].*)?")
# What stands below a table: who filled it in, who checked it, a remark, a place for the seal.
NOTE = re.compile(
    r"(?:(?:填表|填报|制表|审核|复核|审批|经办|负责|统计|报送|联系)(?:人|员|单位|日期|时间|电话)*|单位负责人|日期"
    r"|备注|附注|注|说明|填表说明)\d*:.*|.*(?:村|委会|社区|政府|办公室|单位|人)\((?:盖章|公章|签章|签字|签名)\).*"
)
# What the upper row of a header says of those below it, behind what they are of: 网格员信息.
GROUP_WORDS = re.compile("(?:基本)?(?:信息|情况|资料)$")


@dataclass(frozen=True)
class Column:
    """A column that a file may have: its heading as we write it, and other headings in use.

    A file that lacks a `required` one is refused, unless it has `alternative`. `owner_column` is the column
    that says whose it is: under the heading of somebody else it is another one (电话 of the 指导员).

    Where one cell is merged over several rows, a column that `fills_down` gives each of them its value: what
    many rows share, as a village or a category. Of any other nobody knows how much of it is whose.
    """

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    alternative: str = ""
    owner_column: str = ""
    fills_down: bool = False


@dataclass
class Row:
    """A row of a table: its number as Excel counts, and its raw cells by column name.

    An empty cell is None. A formula counts with the value that was last worked out; one that never was,
    and an error, are texts like "#N/A", which every converter refuses.
    """

    number: int
    cells: dict[str, Cell]
    is_hidden: bool = False
    """Whether Excel does not show it: hidden by hand, or by a filter."""
    shared: set[str] = field(default_factory=set)
    """The columns in which it shares a merged cell with other rows, and none of them can have its value."""


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
    note_rows: tuple[int, ...]
    """The numbers of the rows that were left out because they say who filled the table in, or the like."""
    letters: dict[str, str]
    """By column name, the letter that Excel gives the column."""
    epoch: date
    """The day from which the file's bare numbers count, for `cells.day`."""

    @property
    def hidden_rows(self) -> tuple[int, ...]:
        """The numbers of the rows that Excel does not show."""
        return tuple(row.number for row in self.rows if row.is_hidden)

    def without_hidden(self) -> "Table":
        """The table as Excel shows it."""
        return replace(self, rows=[row for row in self.rows if not row.is_hidden])

    def where(self, row: Row, column: str) -> str:
        """The place of a cell as Excel names it, like "C17"; the row alone if the file lacks the column."""
        return f"{self.letters.get(column, '')}{row.number}"


@dataclass(frozen=True)
class _Header:
    """A line that may be the header: the columns it names, with positions from 0, and other words."""

    number: int
    columns: list[tuple[int, Column]]
    other_headings: list[str]

    @property
    def names(self) -> set[str]:
        return {column.name for _position, column in self.columns}

    @property
    def names_each_once(self) -> bool:
        return len(self.names) == len(self.columns)

    def missing_columns(self, columns: Iterable[Column], implied_columns: Collection[str]) -> list[str]:
        """The names of the required columns that are not there, nor implied, nor have an alternative."""
        return [
            column.name
            for column in columns
            if column.required and not {column.name, column.alternative} & {*self.names, *implied_columns}
        ]


def read(
    data: bytes, filename: str, columns: Sequence[Column], implied_columns: Collection[str] = ()
) -> Table:
    """The table in an Excel or .csv file: all rows below the header of the visible sheet that has one.

    The header is the first line among 20, or the first two together, that names all required columns but
    the `implied_columns`, in any order, whatever its spaces, widths, brackets and stars. Blank rows,
    totals, repeated headers and notes are left out; a value in a cell that is merged downwards counts for
    each of its rows where the column `fills_down`, and for none where it does not. Excel's own
    numbering is kept. Refused `locked_file`, `web_page`, `unreadable_file`, `file_too_large`, `no_header`,
    `columns_missing`, `column_twice`, and `several_tables` where more than one sheet has rows below it.
    """
    check_nobody_waits("a table is read")
    words = {_heading(word): column for column in columns for word in (column.name, *column.aliases)}
    nearest = _Header(0, [], [])
    found: Table | None = None
    filled: list[str] = []
    for sheet in sheets(data, filename, lambda cell: cell is not None and _heading(cell) in words):
        numbered = _numbered(sheet)
        top = list(islice(numbered, HEADER_WITHIN_ROWS))
        header, nearest = _find_header(top, words, nearest, columns, implied_columns)
        if header is None:
            continue
        table = _table(header, chain(top[header.number :], numbered), sheet, words)
        if found is None or (table.rows and not found.rows):
            found = table
        if table.rows:
            filled.append(sheet.title)
    if len(filled) > 1:
        raise Refused(
            "several_tables",
            _(
                "The file has several such tables: %(sheets)s. Put them into one, and try that file.",
                sheets="、".join(filled),
            ),
        )
    if found is not None:
        return found
    if len(nearest.columns) < min(2, len(columns)):
        expected = "、".join(column.name for column in columns)
        raise Refused(
            "no_header",
            _("There is no line with the headings. These are expected: %(columns)s", columns=expected),
        )
    missing = "、".join(nearest.missing_columns(columns, implied_columns))
    raise Refused("columns_missing", _("These columns are missing: %(columns)s", columns=missing))


def _find_header(
    top: Sequence[tuple[int, Sequence[Cell]]],
    words: dict[str, Column],
    nearest: _Header,
    columns: Sequence[Column],
    implied_columns: Collection[str],
) -> tuple[_Header | None, _Header]:
    """The header among the first lines of a sheet, if one is there, and the line that came nearest to one."""
    for (number, line), (_below, lower) in zip_longest(top, top[1:], fillvalue=(0, ())):
        for header in (_two_row_header(number, line, lower, words), _header(number, line, words)):
            if header.columns and not header.missing_columns(columns, implied_columns):
                return header, header
            nearest = max(nearest, header, key=lambda candidate: len(candidate.columns))
    return None, nearest


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


def _two_row_header(
    number: int, upper: Sequence[Cell], lower: Sequence[Cell], words: dict[str, Column]
) -> _Header:
    """The header that two lines make together; without columns if the lower one is none.

    The upper line groups the headings below it: 网格员信息 over 姓名 and 电话. What has nothing below it
    is a heading itself.
    """
    none = _Header(number, [], [])
    header = _Header(number + 1, [], [])
    group: Cell = None
    says_above = says_below = False
    for position in range(max(len(upper), len(lower))):
        above, below = _cell_at(upper, position), _cell_at(lower, position)
        if above is not None:
            group = above if below is not None else None
        heading = above if below is None else below
        if heading is None:
            continue
        column = words.get(_heading(heading)) if below is None else _column_below(group, below, words)
        if column is not None:
            header.columns.append((position, column))
            says_above = says_above or below is None or _group_word(group) in words
            says_below = says_below or below is not None
        elif below is not None and above is not None and _heading(above) in words:
            return none  # a value below its heading
        else:
            header.other_headings.append(" ".join(str(heading).split()))
    first, second = _header(number, upper, words), _header(number + 1, lower, words)
    is_better = len(header.names) > len(first.names) and not (
        second.names_each_once and len(second.names) > len(header.names)
    )
    return header if says_above and says_below and is_better else none


def _group_word(group: Cell) -> str:
    """The word of a group for whose or what the headings below it are: 网格员 of 网格员信息."""
    return "" if group is None else GROUP_WORDS.sub("", _heading(group))


def _column_below(group: Cell, cell: Cell, words: dict[str, Column]) -> Column | None:
    """The column that a heading in the lower row names: 指导员 over 姓名 is 指导员姓名."""
    stem = _group_word(group)
    column, owner = words.get(_heading(cell)), words.get(stem)
    if joined := words.get(stem + _heading(cell)):
        return joined
    if column and column.owner_column and owner and owner.name != column.owner_column:
        return None
    return column


def _table(
    header: _Header,
    lines_below: Iterable[tuple[int, Sequence[Cell]]],
    sheet: Sheet,
    words: dict[str, Column],
) -> Table:
    letters = _letters(header)
    rows: list[Row] = []
    totals: list[int] = []
    notes: list[int] = []
    for number, line in lines_below:
        cells = {column.name: _cell_at(line, position) for position, column in header.columns}
        if not _is_filled(cells.values(), words):
            continue
        if _is_total(line):
            totals.append(number)
            continue
        if _is_note(line):
            notes.append(number)
            continue
        rows.append(Row(number, cells, number in sheet.hidden))
        if len(rows) > MOST_ROWS:
            raise too_large()
    _fill_down(rows, header, sheet)
    columns = tuple(column for _position, column in header.columns)
    return Table(
        columns=columns,
        header=header.number,
        rows=rows,
        unknown_headings=tuple(header.other_headings),
        total_rows=tuple(totals),
        note_rows=tuple(notes),
        letters=letters,
        epoch=sheet.epoch,
    )


def _letters(header: _Header) -> dict[str, str]:
    """The letter of each column. Refused `column_twice`."""
    letters: dict[str, str] = {}
    for position, column in header.columns:
        letter = column_letters(position + 1)
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
    return TOTAL.fullmatch(_first_words(line)) is not None


def _is_note(line: Sequence[Cell]) -> bool:
    return NOTE.fullmatch(_first_words(line)) is not None


def _first_words(line: Sequence[Cell]) -> str:
    """The first text of a line, in the form in which words are compared."""
    first = next((cell for cell in line if cell is not None), None)
    return folded(first) if isinstance(first, str) else ""


def _fill_down(rows: list[Row], header: _Header, sheet: Sheet) -> None:
    """Give each row of a vertically merged cell its value, which Excel keeps in the first row only.

    In a column that does not fill down, the rows share it, and each is told so.
    """
    for position, column in header.columns:
        bottoms = {top: bottom for left, top, _right, bottom in sheet.merged if left == position + 1}
        first: Row | None = None
        for row in rows if bottoms else ():
            if row.number in bottoms:
                first = row if row.cells[column.name] is not None else None
                bottom = bottoms[row.number]
            elif first and row.number <= bottom and row.cells[column.name] is None:
                if column.fills_down:
                    row.cells[column.name] = first.cells[column.name]
                else:
                    first.shared.add(column.name)
                    row.shared.add(column.name)
