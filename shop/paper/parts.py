"""Common parts of the shop's documents: the A4 sheet, facts, figures, lists, lines to sign on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import (
    INK,
    QUIET,
    TINT,
    WHITE,
    Pen,
    Strip,
    baseline,
    fill,
    fit,
    gap,
    leading,
    paragraph,
    width,
)
from ground.paper.table import PrintedColumn, PrintedTable, side_by_side
from points.amounts import show

A4_WIDE_MM, A4_HIGH_MM = 210, 297
LEFT_MM, TOP_MM, BOTTOM_MM = 16, 18, 20
ROOM_MM = A4_WIDE_MM - 2 * LEFT_MM
TITLE, BODY, CELL, SMALL = 20, 11.5, 10, 9

# A hand's field: 1000 wide and 400 high, 40 mm wide at least on paper.
SIGNATURE_FIELD_WIDE, SIGNATURE_FIELD_HIGH = 1000, 400
SIGN_WIDE_MM, SIGN_HIGH_MM = 40, 16


@dataclass(frozen=True)
class GoodsItem:
    """One kind of goods that is handed over, and how many."""

    name: str
    spec: str
    unit: str
    quantity: int
    best_before: date | None


def sheet_pdf(title: str, strips: Iterable[Strip]) -> bytes:
    """A document on as many sheets of A4 as it needs, each with its foot."""
    pen = Pen(title, A4_WIDE_MM, A4_HIGH_MM)
    fill(
        pen,
        strips,
        LEFT_MM,
        TOP_MM,
        A4_HIGH_MM - TOP_MM - BOTTOM_MM,
        lambda number, count: foot(pen, title, number, count, LEFT_MM),
    )
    return pen.pdf()


def foot(pen: Pen, title: str, number: int, count: int, margin: float) -> None:
    """The foot of a page: the document's title and page n of m."""
    y, page = A4_HIGH_MM - BOTTOM_MM + 8, words.page_number(number, count)
    text, size = fit(title, A4_WIDE_MM - 2 * margin - width(page, SMALL) - 6, SMALL, 6)
    pen.text(margin, y, text, size, colour=QUIET)
    pen.text(A4_WIDE_MM - margin, y, page, SMALL, colour=QUIET, align="right")


def heading(issuer: str, title: str) -> list[Strip]:
    """The heading: who issues the document, and below in large type what it is."""
    return [
        *paragraph(issuer, ROOM_MM, 14, align="center"),
        *paragraph(title, ROOM_MM, TITLE, bold=True, align="center"),
        gap(4),
    ]


def number_line(number: str) -> list[Strip]:
    """The document's number, at the right."""
    text = _("No. %(number)s", number=number)
    return [*paragraph(text, ROOM_MM, CELL, colour=QUIET, align="right"), gap(1)]


def facts(
    pairs: Sequence[tuple[str, str]], room: float, size: float = BODY, *, pairs_in_row: int = 2
) -> list[Strip]:
    """Labels with their values, so many in a row; values stand below each other and break over lines."""
    wide = room / pairs_in_row
    label_widths = [
        max((width(label, size) for label, _value in pairs[column::pairs_in_row]), default=0) + 3
        for column in range(pairs_in_row)
    ]

    def cell(column: int, label: str, value: str) -> list[tuple[float, list[Strip]]]:
        for_value = wide - label_widths[column] - 4
        return [
            (label_widths[column], paragraph(label, label_widths[column], size, colour=QUIET)),
            (for_value + 4, paragraph(value, for_value, size)),
        ]

    rows = [pairs[start : start + pairs_in_row] for start in range(0, len(pairs), pairs_in_row)]
    return [
        side_by_side(part for place, pair in enumerate(row) for part in cell(place, *pair)) for row in rows
    ]


def figure_band(cells: Sequence[tuple[str, str, bool]], room: float, size: float) -> Strip:
    """Points in large type in a tinted band: in each part a label, a figure, and whether it stands out."""
    high, wide = leading(size) + 3, room / len(cells)

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.box(x, y, room, high, TINT, radius=1.5)
        below = y + 1.5 + baseline(size)
        for place, (label, value, bold) in enumerate(cells):
            left = x + place * wide + 4
            label_width = width(label, SMALL) + 3
            pen.text(left, below, label, SMALL, colour=QUIET)
            text, fitted = fit(value, wide - label_width - 6, size if bold else size * 0.8, 7, bold)
            pen.text(left + label_width, below, text, fitted, bold=bold)

    return Strip(high, draw)


def banner(text: str, room: float, size: float, colour: str) -> Strip:
    """A banner across the paper, white on dark, that nobody overlooks."""
    high = leading(size) * 1.15

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.box(x, y, room, high, colour, radius=1)
        below = y + (high - leading(size)) / 2 + baseline(size)
        pen.text(x + room / 2, below, text, size, bold=True, colour=WHITE, align="center")

    return Strip(high, draw)


def points_text(tenths: int) -> str:
    """Points with their word, from tenths: 3.5 分."""
    return str(_("%(points)s points", points=show(tenths)))


def goods_list(items: Sequence[GoodsItem]) -> list[Strip]:
    """The goods in a table; its last row says that nothing may be written below."""
    table = PrintedTable(
        [
            PrintedColumn(_("Row"), 11, "center"),
            PrintedColumn(_("Goods"), 66),
            PrintedColumn(_("Specification"), 37),
            PrintedColumn(_("Unit"), 14, "center"),
            PrintedColumn(_("Quantity"), 18, "right"),
            PrintedColumn(_("Best before"), 32, "center"),
        ],
        size=11,
        side=2,
    )
    rows = [
        [
            str(number),
            item.name,
            item.spec,
            item.unit,
            str(item.quantity),
            words.day(item.best_before) if item.best_before else "",
        ]
        for number, item in enumerate(items, 1)
    ]
    return table.rows([*rows, ["", _("(nothing below this line)"), "", "", "", ""]])


def signatures(labels: Sequence[str], room: float = ROOM_MM, size: float = BODY) -> Strip:
    """Lines to sign on, next to each other."""
    wide = (room + 6) / len(labels)
    return side_by_side((wide, [signature(label, wide - 6, size)]) for label in labels)


def signature(
    label: str, room: float, size: float, *, colour: str = INK, strokes: Iterable[Sequence[int]] = ()
) -> Strip:
    """A line of at least 40 mm to sign on, with room for the hand above it; or what the hand drew there.

    The label stands before the line, or above it where the line would be too short.
    """
    start = width(label, size) + 2
    above = leading(size) if room - start < SIGN_WIDE_MM else 0.0
    if above:
        start = max(room - 1.2 * SIGN_WIDE_MM, 0)
    high = above + SIGN_HIGH_MM
    unit = min((room - start) / SIGNATURE_FIELD_WIDE, SIGN_HIGH_MM / SIGNATURE_FIELD_HIGH)

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.text(x, y + (baseline(size) if above else high - 1), label, size, colour=colour)
        pen.strokes(
            x + start,
            y + high - SIGNATURE_FIELD_HIGH * unit,
            unit,
            strokes,
            SIGNATURE_FIELD_WIDE,
            SIGNATURE_FIELD_HIGH,
        )
        pen.line(x + start, y + high, x + room, y + high, colour=colour)

    return Strip(high + 0.5, draw)


def note_on_missing(record: object) -> list[Strip]:
    """The note on characters that no typeface has; nothing where none is missing."""
    note = words.footnote(record)
    return [gap(2), *paragraph(note, ROOM_MM, SMALL, colour=QUIET)] if note else []
