"""From the bytes of a file to its sheets: lines of raw cells, numbered as Excel does.

The file may come from anyone. A workbook is measured before it is read, line by line: `workbook` reads those
of today (.xlsx), `oldbook` those of old (.xls).
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from time import monotonic

from flask_babel import lazy_gettext as _

from ground.refusal import Refused
from ground.tables import oldbook, workbook
from ground.tables.cells import Cell, is_visible, looks_like_formula
from ground.tables.sheets import MOST_COLUMNS, Sheet

# The header is looked for in the first lines; titles and notes may stand above it.
HEADER_WITHIN_ROWS = 20
MOST_ROWS = 20_000
MOST_UNPACKED_BYTES = 100 * 1024 * 1024
# Tags are what takes time, up to a minute for these in a file made to do so.
# A table of 20,000 rows and 14 columns has 1.7 million at most.
MOST_TAGS = 2_000_000
MOST_ATTRIBUTES = 2_000_000  # they take memory, too; such a table has a million
MOST_SECONDS = 30  # for all of a file, on a machine that has more to do
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
DELIMITERS = ",\t;"
# How programs keep Excel from making a number of a code in a CSV file: ="00123"
QUOTED_FORMULA = re.compile(r'="([^"]*)"')


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
    commas, tabs and semicolons are told apart. Refused `locked_file`, `web_page`,
    `file_too_large`, `unreadable_file`.
    """
    if data.startswith(OLE_SIGNATURE):
        return _guarded(oldbook.sheets(data), _locked_workbook)
    if data.startswith(b"PK"):
        return _guarded(_workbook_sheets(data), _broken_workbook)
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
            "web_page",
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
            yield [_text_cell(cell) for cell in _with_one_more(line)]
    except csv.Error as error:
        raise Refused(
            "unreadable_file",
            _("Near line %(line)s a quotation mark has no other to match it.", line=reader.line_num),
        ) from error


def _with_one_more(line: list[str]) -> list[str]:
    """The cells of a line that are read; whatever stands to the right of them, as one more."""
    return [*line[:MOST_COLUMNS], "".join(line[MOST_COLUMNS:])] if len(line) > MOST_COLUMNS else line


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


def _guarded(sheets: Iterator[Sheet], broken: Callable[[], Refused]) -> Iterator[Sheet]:
    """Sheets whose every fault is a refusal, slowness too; a broken file may raise any exception."""
    until = monotonic() + MOST_SECONDS
    try:
        for sheet in sheets:
            sheet.lines = _guarded_lines(sheet.lines, broken, until)
            yield sheet
    except Refused:
        raise
    except Exception as error:
        raise broken() from error


def _guarded_lines(
    lines: Iterator[Sequence[Cell]], broken: Callable[[], Refused], until: float
) -> Iterator[Sequence[Cell]]:
    try:
        for line in lines:
            if monotonic() > until:
                raise too_large()
            yield line
    except Refused:
        raise
    except Exception as error:
        raise broken() from error


def _workbook_sheets(data: bytes) -> Iterator[Sheet]:
    _measure(data)
    yield from workbook.sheets(data)


def _locked_workbook() -> Refused:
    return Refused(
        "locked_file",
        _(
            "This Excel file has a password, or is damaged. Open it in Excel or WPS, take the password off,"
            " save it as .xlsx, and try that file."
        ),
    )


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
        tags = attributes = 0
        for part in parts:
            content = archive.read(part)
            tags, attributes = tags + content.count(b"<"), attributes + content.count(b"=")
        if tags > MOST_TAGS or attributes > MOST_ATTRIBUTES:
            raise too_large()
