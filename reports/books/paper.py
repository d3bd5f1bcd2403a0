"""A ledger book on A4 across: its headings on each page, its foot, and places for two to sign."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from ground.paper import words
from ground.paper.draw import QUIET, Pen, Strip, fill, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from reports.books.book import Book, BookColumn, Scope, check_size
from reports.books.workbook import heading, made, subject
from shop.paper.parts import signatures

A4_ACROSS_MM, A4_HIGH_MM = 297, 210
SIDE_MM, TOP_MM, BOTTOM_MM = 12, 12, 14
ROOM_MM = A4_ACROSS_MM - 2 * SIDE_MM
TITLE, CELL, SMALL = 14, 8, 8  # points

# More rows than these are a file's, not paper's: some hundred sheets.
MOST_ROWS = 3_000


def draw(book: Book, scope: Scope) -> tuple[bytes, int]:
    """The book as a PDF, in the reader's language, and how many records are on it.

    Refused `too_many_rows` beyond what is bound.
    """
    frame = book.shown_frame(scope)
    check_size(frame.records, MOST_ROWS)
    title = heading(book, scope)
    above = [
        *paragraph(title, ROOM_MM, TITLE, bold=True, align="center"),
        *paragraph(subject(scope), ROOM_MM, CELL, align="center"),
        gap(2),
    ]
    table = PrintedTable(
        _columns(book.shown_columns(scope)),
        size=CELL,
        head_size=SMALL,
        padding=0.6,
        side=0.8,
        lines_above=above,
    )
    before = [table.row(_texts(frame.before))] if frame.before else []
    lines = list(map(_texts, book.lines(scope)))
    strips = [
        *before,
        *table.rows(lines),
        *(table.row(_texts(line), bold=True) for line in frame.below),
        *([] if before or lines or frame.below else [table.row([""] * len(book.shown_columns(scope)))]),
        gap(2),
        signatures([gettext("Prepared by"), gettext("Reviewed by")], ROOM_MM / 2, CELL),
        *_note(lines),
    ]
    return pdf(title, strips, made()), len(lines)


def pdf(title: str, strips: Iterable[Strip], note: str) -> bytes:
    """Strips on as many pages as they need; at the foot of each a note, and which page it is."""
    pen = Pen(title, A4_ACROSS_MM, A4_HIGH_MM)

    def foot(number: int, count: int) -> None:
        y = A4_HIGH_MM - BOTTOM_MM + 7
        pen.text(SIDE_MM, y, note, SMALL, colour=QUIET)
        pen.text(
            A4_ACROSS_MM - SIDE_MM, y, words.page_number(number, count), SMALL, colour=QUIET, align="right"
        )

    fill(pen, strips, SIDE_MM, TOP_MM, A4_HIGH_MM - TOP_MM - BOTTOM_MM, foot)
    return pen.pdf()


def _columns(columns: Sequence[BookColumn]) -> list[PrintedColumn]:
    """The columns as wide as the page together."""
    scale = ROOM_MM / sum(column.wide for column in columns)
    return [PrintedColumn(str(column.heading), column.wide * scale, column.align) for column in columns]


def _texts(line: Sequence[Any]) -> list[str]:
    return [as_text(value) for value in line]


def _note(lines: Sequence[Sequence[str]]) -> list[Strip]:
    """The note on characters that no typeface has."""
    note = words.footnote(list(map(list, lines)))
    return [gap(2), *paragraph(note, ROOM_MM, SMALL, colour=QUIET)] if note else []


def as_text(value: Any) -> str:
    """A cell as it is read: days as people write them, points without a zero behind the point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return words.moment(value)
    if isinstance(value, date):
        return words.day(value)
    if isinstance(value, Decimal):
        return f"{value:f}".removesuffix(".0")
    return str(value)
