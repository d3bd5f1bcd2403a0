"""An .xlsx workbook, read from the few parts that a table needs.

These are the list of sheets, the shared texts, which formats are dates, and the cells. Colours, properties,
names and links are not looked at, so what another program has written wrongly there breaks nothing: Excel and
WPS open such files too.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from ground.tables.cells import EPOCH, EPOCH_1904, UNCALCULATED, Cell, is_visible
from ground.tables.excel import (
    UNSPELT_DATE_FORMATS,
    cell_range,
    column_number,
    moment_of,
    shows_date,
    written_moment,
)
from ground.tables.sheets import LAST_LINE, MOST_COLUMNS, Sheet

# How Excel writes the line ends of a cell into its XML, at times.
ESCAPED_SPACE = re.compile("_x000[9ADad]_")
TRUE = {"1", "true", "on"}
PIECE_BYTES = 4 * 1024 * 1024


class DamagedWorkbook(Exception):
    """A workbook that cannot be read."""


def sheets(data: bytes) -> Iterator[Sheet]:
    """The visible sheets of a workbook. Any exception may come of a file that is none."""
    return Workbook(data).sheets()


class Workbook:
    """A workbook and its parts."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        # The names of parts are the same in capitals, and with the slashes of Windows.
        self._names = {_part_key(name): name for name in self._archive.namelist()}
        main = self._main_part()
        book = self._xml(main)
        links = self._links(main)
        of_kind = {kind: part for part, kind in links.values()}
        self._texts = self._shared_texts(of_kind.get("sharedStrings"))
        self._date_styles = self._read_date_styles(of_kind.get("styles"))
        counts_from_1904 = any(found.get("date1904") in TRUE for found in _children(book, "workbookPr"))
        self._epoch = EPOCH_1904 if counts_from_1904 else EPOCH
        self._parts = [
            (links[ident][0], sheet.get("name", ""))
            for listing in _children(book, "sheets")
            for sheet in listing
            if (ident := _attribute(sheet, "id")) in links
            and links[ident][1] == "worksheet"
            and sheet.get("state", "visible") == "visible"
        ]
        if not self._parts:  # Excel always shows one
            raise DamagedWorkbook

    def sheets(self) -> Iterator[Sheet]:
        """The visible sheets, each read line by line."""
        for part, title in self._parts:
            sheet = Sheet(iter(()), epoch=self._epoch, title=title)
            sheet.lines = self._lines(part, sheet)
            yield sheet

    # --- The parts of the file ---

    def _main_part(self) -> str:
        for part, kind in self._links("").values():
            if kind == "officeDocument":
                return part
        return "xl/workbook.xml"

    def _content(self, part: str) -> bytes:
        content = self._archive.read(self._names[_part_key(part)])
        _check_no_doctype(content)
        return content

    def _xml(self, part: str) -> Any:
        return ElementTree.fromstring(self._content(part))  # noqa: S314 -- it has no DOCTYPE

    def _links(self, part: str) -> dict[str | None, tuple[str, str]]:
        """The parts that a part names, by the id it gives them, each with the last word of its kind."""
        folder, name = posixpath.split(part)
        listing = posixpath.join(folder, "_rels", f"{name}.rels")
        if _part_key(listing) not in self._names:
            return {}
        return {
            link.get("Id"): (
                posixpath.normpath(posixpath.join("/", folder, link.get("Target", ""))).lstrip("/"),
                link.get("Type", "").rpartition("/")[2],
            )
            for link in self._xml(listing)
        }

    def _shared_texts(self, part: str | None) -> list[str]:
        return [_text(item) for item in self._xml(part) if _kind(item) == "si"] if part else []

    def _read_date_styles(self, part: str | None) -> set[int]:
        """The styles of cells whose numbers are days or moments, by their place in the list."""
        if part is None or _part_key(part) not in self._names:
            return set()
        styles = self._xml(part)
        formats = {}
        for listing in _children(styles, "numFmts"):
            for each in listing:
                with suppress(ValueError):
                    formats[int(each.get("numFmtId", ""))] = each.get("formatCode", "")
        dates = {ident for ident, code in formats.items() if shows_date(code)}
        dates |= UNSPELT_DATE_FORMATS - set(formats)
        looks = [look.get("numFmtId", "0") for listing in _children(styles, "cellXfs") for look in listing]
        return {place for place, ident in enumerate(looks) if ident.isdecimal() and int(ident) in dates}

    # --- A sheet ---

    def _lines(self, part: str, sheet: Sheet) -> Iterator[Sequence[Cell]]:
        """The lines of a sheet up to its last one; blank lines are empty.

        What the sheet says of rows and of merged cells goes into `sheet`; all of it is there once the last
        line was read.
        """
        last = 0
        for _event, element in ElementTree.iterparse(_InPieces(self._content(part))):  # noqa: S314
            kind = _kind(element)
            if kind == "row":
                number = int(float(element.get("r", last + 1)))
                if not last < number <= LAST_LINE:
                    raise DamagedWorkbook
                if element.get("hidden") in TRUE:
                    sheet.hidden.add(number)
                for _blank in range(last + 1, number):
                    yield ()
                yield self._line(element)
                last = number
                element.clear()
            elif kind == "mergeCell":
                sheet.merged.append(cell_range(element.get("ref", "")))
                element.clear()

    def _line(self, row: Any) -> Sequence[Cell]:
        """The cells of a row; whatever stands to the right of the last column that is read, as one more."""
        line: list[Cell] = []
        place = 0
        for cell in row:
            letters = re.match("[A-Z]*", cell.get("r", "").upper())
            place = column_number(letters[0]) if letters and letters[0] else place + 1
            value = self._value(cell)
            if value is not None:
                kept = min(place, MOST_COLUMNS + 1)
                line += [None] * (kept - len(line))
                line[kept - 1] = value
        return line

    def _value(self, cell: Any) -> Cell:
        kind = cell.get("t", "n")
        parts = {_kind(part): part for part in cell}
        typed = parts["v"].text if "v" in parts else None
        if kind == "inlineStr":
            return _visible(_text(parts["is"])) if "is" in parts else None
        if not typed:
            # A formula that no program has worked out yet; an empty text is a value, too.
            return UNCALCULATED if "f" in parts and kind != "str" else None
        if kind == "s":
            return _visible(self._texts[int(typed)])
        if kind in ("str", "e"):
            return _visible(typed)
        if kind == "b":
            return typed.strip() in TRUE
        if kind == "d":
            return _moment(written_moment(typed))
        return self._number(typed, cell.get("s", ""))

    def _number(self, typed: str, style: str) -> Cell:
        value = float(typed)
        if style.isdecimal() and int(style) in self._date_styles:
            try:
                return _moment(moment_of(value, self._epoch))
            except (OverflowError, ValueError):
                return "#VALUE!"  # Excel shows ##### for a day before its calendar
        return int(value) if value.is_integer() else value


class _InPieces(io.BytesIO):
    """A part that is read in large pieces, whatever is asked for.

    At the end of each piece expat looks anew at a tag that is not finished: in the small ones of `iterparse`
    at a tag of 90 MB, which a file of 90 KB holds, 5,000 times.
    """

    def read(self, _size: int | None = -1) -> bytes:
        """The next piece."""
        return super().read(PIECE_BYTES)


def _check_no_doctype(content: bytes) -> None:
    """Check that a part has no DOCTYPE: no workbook has one, and with it a few bytes could become gigabytes.

    The parser itself is asked, up to the first element: it knows in which encoding the part is written.
    """
    parser = expat.ParserCreate()

    def refuse(*_doctype: object) -> None:
        raise DamagedWorkbook

    def stop(*_element: object) -> None:
        raise StopIteration

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, stop
    with suppress(StopIteration):
        parser.Parse(content, True)


def _part_key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _kind(element: Any) -> str:
    """The name of an element without its namespace, which is another one in Excel's “strict” files."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _children(element: Any, kind: str) -> list[Any]:
    return [child for child in element if _kind(child) == kind]


def _attribute(element: Any, name: str) -> str | None:
    """An attribute of any namespace but none."""
    return next((value for key, value in element.items() if key.endswith("}" + name)), None)


def _text(element: Any) -> str:
    """The text of a string in its runs, without how it is pronounced."""
    texts = []
    for part in element:
        if _kind(part) == "t":
            texts.append(part.text or "")
        elif _kind(part) == "r":
            texts.append(_text(part))
    return "".join(texts)


def _visible(text: str) -> Cell:
    spaced = ESCAPED_SPACE.sub("\n", text)
    return spaced if is_visible(spaced) else None


def _moment(value: Any) -> Any:
    """A moment to the second: Excel keeps fractions of a day, which are never quite right."""
    return value.replace(microsecond=0) if isinstance(value, datetime) else value
