"""From the bytes of a file to its sheets: lines of raw cells, numbered as Excel does.

The file may come from anyone. A workbook is measured before openpyxl unpacks it, and read line by line,
no further than its last one: what follows in a sheet (filters, formats, drawings) cannot break the
reading. Document types and entities, which workbooks never hold, are refused; the parser (expat) would
not follow external ones anyway.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import openpyxl
from flask_babel import lazy_gettext as _
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.xml.functions import iterparse

from ground.refusal import Refused
from ground.tables.cells import EPOCH, UNCALCULATED, Cell, is_visible, looks_like_formula

# The header is looked for in the first lines; titles and notes may stand above it.
HEADER_WITHIN_ROWS = 20
MOST_ROWS = 20_000
MOST_COLUMNS = 200
LAST_LINE = 1_048_576
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
# Tags are what takes time, up to a minute for these in a file made to do so.
# A table of 20,000 rows and 14 columns has 1.7 million at most.
MOST_TAGS = 2_000_000
# What openpyxl parses; pictures (.svg) may well have a document type.
MARKUP = (".xml", ".rels")
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
DELIMITERS = ",\t;"
# How programs keep Excel from making a number of a code in a CSV file: ="00123"
QUOTED_FORMULA = re.compile(r'="([^"]*)"')
# How Excel writes the line ends of a cell into its XML, at times.
ESCAPED_SPACE = re.compile("_x000[9ADad]_")


@dataclass(frozen=True)
class Sheet:
    """The lines of a sheet, from Excel's row 1 on, and its merged ranges.

    A merged range is left, top, right, bottom, counted from 1.
    """

    lines: Iterator[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    epoch: date = EPOCH


@dataclass
class _Survey:
    """Facts about a sheet that openpyxl does not give when it reads line by line."""

    last_line: int = 0
    filled_lines: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    uncalculated: dict[int, list[int]] = field(default_factory=dict)


def too_large() -> Refused:
    """The refusal `file_too_large` of a file that would take too long."""
    return Refused(
        "file_too_large",
        _(
            "The file is too large. Copy the table alone into a new file, with at most %(rows)s rows and"
            " %(columns)s columns, and try that one.",
            rows=MOST_ROWS,
            columns=MOST_COLUMNS,
        ),
    )


def decode(data: bytes) -> str:
    """The text of a file in one of the encodings that offices use.

    They are UTF-8 (with or without mark), GB18030, and UTF-16 with mark. Refused `unreadable_file` for
    anything else.
    """
    has_mark = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if has_mark else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("unreadable_file", _("The file is neither UTF-8 nor GB18030 text."))


def sheets(data: bytes, filename: str, is_heading: Callable[[Cell], bool]) -> Iterator[Sheet]:
    """The visible sheets of a workbook one after the other, or the one of a text file.

    What the file is, its content says, not its name. `is_heading` knows the words of a header, by which
    commas, tabs and semicolons are told apart. Refused `old_excel`, `file_too_large`, `unreadable_file`.
    """
    if data.startswith(OLE_SIGNATURE):
        raise Refused(
            "old_excel",
            _(
                "This is an old Excel file (.xls), or one with a password. Open it in Excel or WPS, take the"
                " password off, save it as .xlsx, and try that file."
            ),
        )
    if data.startswith(b"PK"):
        return _workbook(data)
    try:
        text = decode(data)
    except Refused:
        text = "\0"
    if "\0" in text:
        raise Refused(
            "unreadable_file",
            _("“%(file)s” is neither an Excel workbook (.xlsx) nor a text table (.csv).", file=filename),
        )
    if text.lstrip().startswith("<"):
        raise Refused(
            "old_excel",
            _(
                "This is a web page that is called an Excel file. Open it in Excel or WPS, save it as .xlsx,"
                " and try that file."
            ),
        )
    return iter([Sheet(_text_lines(text, _delimiter(text, is_heading)))])


def _text_lines(text: str, delimiter: str) -> Iterator[Sequence[Cell]]:
    """The lines of a text table.

    Refused `unreadable_file` for an open quotation mark: it would swallow the lines below.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for line in reader:
            yield [_text_cell(cell) for cell in line]
    except csv.Error as error:
        raise Refused(
            "unreadable_file",
            _("Near line %(line)s a quotation mark has no other to match it.", line=reader.line_num),
        ) from error


def _text_cell(cell: str) -> Cell:
    """A cell of a text table, without the apostrophe by which our own files prevent formulas."""
    if cell.startswith("'") and looks_like_formula(cell):
        cell = cell[1:]
    elif quoted := QUOTED_FORMULA.fullmatch(cell):
        cell = quoted[1]
    return cell if is_visible(cell) else None


def _delimiter(text: str, is_heading: Callable[[Cell], bool]) -> str:
    """The character between the cells: the one that gives a line with most words of the header."""

    def words(delimiter: str) -> int:
        most = 0
        with suppress(Refused):
            for line in islice(_text_lines(text, delimiter), HEADER_WITHIN_ROWS):
                most = max(most, sum(map(is_heading, line)))
        return most

    return max(DELIMITERS, key=words)


def _workbook(data: bytes) -> Iterator[Sheet]:
    """The visible sheets of a workbook, each surveyed and then read line by line.

    openpyxl may raise any exception for a file it does not expect, so all of them are refusals.
    """
    try:
        _measure(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        epoch = book.epoch.date()
        visible_sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible_sheets:
            # Excel always shows one; of its “strict” files, openpyxl sees none.
            raise _broken_workbook()
        for sheet in visible_sheets:
            survey = _survey(sheet)
            yield Sheet(_guarded_lines(_workbook_lines(sheet, survey)), survey.merged, epoch)
    except Refused:
        raise
    except Exception as error:
        raise _broken_workbook() from error


def _guarded_lines(lines: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    try:
        yield from lines
    except Exception as error:
        raise _broken_workbook() from error


def _broken_workbook() -> Refused:
    return Refused(
        "unreadable_file",
        _("The workbook cannot be read. Open it in Excel or WPS, save it again as .xlsx, and try that file."),
    )


def _measure(data: bytes) -> None:
    """Unpack a workbook once, part by part, to check that it is whole and not too large.

    The sizes that a zip file states hold: zipfile gives no more than them, and fails on the checksum.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
            raise too_large()
        if any(part.compress_type not in PACKINGS for part in parts):
            raise _broken_workbook()
        tags = 0
        for part in parts:
            content = archive.read(part)
            tags += content.count(b"<")
            if part.filename.endswith(MARKUP) and b"<!DOCTYPE" in content:
                raise _broken_workbook()
        if tags > MOST_TAGS:
            raise too_large()


def _survey(sheet: Any) -> _Survey:
    """The survey of a sheet: last line, filled lines, merged ranges, formulas without a value."""
    survey = _Survey()
    number = 0
    # openpyxl has no public way to a sheet's source; the one it uses itself knows all addresses.
    with sheet._get_source() as source:
        for _event, element in iterparse(source):
            kind = element.tag.rpartition("}")[2]
            if kind == "row":
                number = int(float(element.get("r", number + 1)))
                survey.last_line = max(survey.last_line, number)
                if any(len(cell) for cell in element):
                    survey.filled_lines.add(number)
                for cell in element:
                    if _is_uncalculated(cell):
                        survey.uncalculated.setdefault(number, []).append(
                            coordinate_to_tuple(cell.get("r"))[1]
                        )
                element.clear()
            elif kind == "mergeCell":
                survey.merged.append(range_boundaries(element.get("ref")))
                element.clear()
    if survey.last_line > LAST_LINE:
        raise _broken_workbook()
    return survey


def _is_uncalculated(cell: Any) -> bool:
    """Whether a cell has a formula that no program has worked out yet (not: to an empty text)."""
    parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
    return "f" in parts and not parts.get("v") and cell.get("t") != "str"


def _workbook_lines(sheet: Any, survey: _Survey) -> Iterator[Sequence[Cell]]:
    """The lines of a sheet up to its last one; blank lines are empty.

    They are one column wider than the limit, so that a line that is too wide is noticed.
    """
    sheet.reset_dimensions()
    lines = sheet.iter_rows(max_col=MOST_COLUMNS + 1, values_only=True)
    for number, line in enumerate(islice(lines, survey.last_line), 1):
        if number not in survey.filled_lines:
            yield ()
            continue
        cells = [_workbook_cell(value) if isinstance(value, str) else value for value in line]
        for column in survey.uncalculated.get(number, ()):
            if column <= len(cells):
                cells[column - 1] = UNCALCULATED
        yield cells


def _workbook_cell(value: str) -> Cell:
    spaced = ESCAPED_SPACE.sub("\n", value)
    return spaced if is_visible(spaced) else None
