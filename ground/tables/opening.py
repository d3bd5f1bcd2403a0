"""From the bytes of a file to its sheets: lines of raw cells, as Excel counts them.

The file may come from anyone. A workbook is measured before openpyxl unpacks it, and read line by line, no
further than its last one: what follows in a sheet (filters, formats, drawings) cannot break the reading.
Document types and entities, which workbooks never hold, are refused; the parser (expat) would not follow
external ones anyway.
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
from ground.tables.cells import EPOCH, UNKNOWN, Cell, looks_like_formula, visible

# The header is looked for in the first lines; titles and notes may stand above it.
HEADER_WITHIN = 20
ROWS = 20_000
COLUMNS = 200
LAST_LINE = 1_048_576
UNPACKED = 100 * 1024 * 1024
# Tags are what takes time, up to a minute for these in a file made to do so.
# A table of 20,000 rows and 14 columns has 1.7 million at most.
TAGS = 2_000_000
# What openpyxl parses; pictures (.svg) may well have a document type.
MARKUP = (".xml", ".rels")
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

OLE = b"\xd0\xcf\x11\xe0"
DELIMITERS = ",\t;"
# How programs keep Excel from making a number of a code in a CSV file: ="00123"
QUOTED_FORMULA = re.compile(r'="([^"]*)"')
# How Excel writes the line ends of a cell into its XML, at times.
ESCAPED_SPACE = re.compile("_x000[9ADad]_")


@dataclass(frozen=True)
class Sheet:
    """The lines of a sheet from Excel's row 1 on; its merged ranges: left, top, right, bottom, from 1."""

    lines: Iterator[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    epoch: date = EPOCH


@dataclass
class _Survey:
    """What openpyxl does not tell of a sheet that it reads line by line."""

    last: int = 0
    filled: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    unknown: dict[int, list[int]] = field(default_factory=dict)


def too_large() -> Refused:
    """The refusal of a file that would take too long."""
    return Refused(
        "file_too_large",
        _(
            "The file is too large. Copy the table alone into a new file, with at most %(rows)s rows and"
            " %(columns)s columns, and try that one.",
            rows=ROWS,
            columns=COLUMNS,
        ),
    )


def decode(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without mark), GB18030 or UTF-16 with mark, as offices have it.

    Refused `unreadable_file` for anything else.
    """
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("unreadable_file", _("The file is neither UTF-8 nor GB18030 text."))


def sheets(data: bytes, filename: str, known: Callable[[Cell], bool]) -> Iterator[Sheet]:
    """The visible sheets of a workbook one after the other, or the one of a text file.

    What the file is, its content says, not its name. `known` tells the words of a header, by which
    commas, tabs and semicolons are told apart. Refused `old_excel`, `file_too_large`, `unreadable_file`.
    """
    if data.startswith(OLE):
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
        written = decode(data)
    except Refused:
        written = "\0"
    if "\0" in written:
        raise Refused(
            "unreadable_file",
            _("“%(file)s” is neither an Excel workbook (.xlsx) nor a text table (.csv).", file=filename),
        )
    if written.lstrip().startswith("<"):
        raise Refused(
            "old_excel",
            _(
                "This is a web page that is called an Excel file. Open it in Excel or WPS, save it as .xlsx,"
                " and try that file."
            ),
        )
    return iter([Sheet(_text_lines(written, _delimiter(written, known)))])


def _text_lines(written: str, delimiter: str) -> Iterator[Sequence[Cell]]:
    """The lines of a text table. A quotation mark left open is refused: it would swallow the lines below."""
    reader = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter, strict=True)
    try:
        for line in reader:
            yield [_from_text(cell) for cell in line]
    except csv.Error as error:
        raise Refused(
            "unreadable_file",
            _("Near line %(line)s a quotation mark has no other to match it.", line=reader.line_num),
        ) from error


def _from_text(cell: str) -> Cell:
    """What a cell of a text table says, without the apostrophe that our own files keep formulas away with."""
    if cell.startswith("'") and looks_like_formula(cell):
        cell = cell[1:]
    elif quoted := QUOTED_FORMULA.fullmatch(cell):
        cell = quoted[1]
    return cell if visible(cell) else None


def _delimiter(written: str, known: Callable[[Cell], bool]) -> str:
    """The character between the cells: by it, one of the first lines has most of the header's words."""

    def words(delimiter: str) -> int:
        most = 0
        with suppress(Refused):
            for line in islice(_text_lines(written, delimiter), HEADER_WITHIN):
                most = max(most, sum(map(known, line)))
        return most

    return max(DELIMITERS, key=words)


def _workbook(data: bytes) -> Iterator[Sheet]:
    """The visible sheets, each surveyed and then read line by line.

    openpyxl meets what it does not expect in a file with any exception there is, so all of them are refusals.
    """
    try:
        _measure(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        epoch = book.epoch.date()
        visible_sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if not visible_sheets:
            # Excel always shows one; of its “strict” files, openpyxl sees none.
            raise _broken()
        for sheet in visible_sheets:
            survey = _survey(sheet)
            yield Sheet(_guarded(_workbook_lines(sheet, survey)), survey.merged, epoch)
    except Refused:
        raise
    except Exception as error:
        raise _broken() from error


def _guarded(lines: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    try:
        yield from lines
    except Exception as error:
        raise _broken() from error


def _broken() -> Refused:
    return Refused(
        "unreadable_file",
        _("The workbook cannot be read. Open it in Excel or WPS, save it again as .xlsx, and try that file."),
    )


def _measure(data: bytes) -> None:
    """Unpack a workbook once, part by part, to see that it is whole and not too much.

    The sizes that a zip file states hold: zipfile gives no more than them, and fails on the checksum.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if sum(part.file_size for part in parts) > UNPACKED:
            raise too_large()
        if any(part.compress_type not in PACKINGS for part in parts):
            raise _broken()
        tags = 0
        for part in parts:
            content = archive.read(part)
            tags += content.count(b"<")
            if part.filename.endswith(MARKUP) and b"<!DOCTYPE" in content:
                raise _broken()
        if tags > TAGS:
            raise too_large()


def _survey(sheet: Any) -> _Survey:
    """The last line of a sheet, which lines hold anything, the merged ranges, formulas without a value."""
    survey = _Survey()
    number = 0
    # openpyxl has no public way to a sheet's source; the one it uses itself knows all addresses.
    with sheet._get_source() as source:
        for _event, element in iterparse(source):
            kind = element.tag.rpartition("}")[2]
            if kind == "row":
                number = int(float(element.get("r", number + 1)))
                survey.last = max(survey.last, number)
                if any(len(cell) for cell in element):
                    survey.filled.add(number)
                for cell in element:
                    if _is_unknown(cell):
                        survey.unknown.setdefault(number, []).append(coordinate_to_tuple(cell.get("r"))[1])
                element.clear()
            elif kind == "mergeCell":
                survey.merged.append(range_boundaries(element.get("ref")))
                element.clear()
    if survey.last > LAST_LINE:
        raise _broken()
    return survey


def _is_unknown(cell: Any) -> bool:
    """Whether a cell has a formula that no program has worked out yet (not: to an empty text)."""
    parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
    return "f" in parts and not parts.get("v") and cell.get("t") != "str"


def _workbook_lines(sheet: Any, survey: _Survey) -> Iterator[Sequence[Cell]]:
    """The lines of a sheet up to its last, as wide as the limit and one column more; blank ones are empty."""
    sheet.reset_dimensions()
    lines = sheet.iter_rows(max_col=COLUMNS + 1, values_only=True)
    for number, line in enumerate(islice(lines, survey.last), 1):
        if number not in survey.filled:
            yield ()
            continue
        cells = [_from_workbook(value) if isinstance(value, str) else value for value in line]
        for column in survey.unknown.get(number, ()):
            if column <= len(cells):
                cells[column - 1] = UNKNOWN
        yield cells


def _from_workbook(value: str) -> Cell:
    spaced = ESCAPED_SPACE.sub("\n", value)
    return spaced if visible(spaced) else None
