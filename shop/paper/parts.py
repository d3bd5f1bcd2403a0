"""What the shop's documents have in common: the A4 sheet, facts, figures, lists, lines to sign on."""

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
from ground.paper.table import Column, Table, beside
from points.amounts import show

A4_WIDE, A4_HIGH = 210, 297
LEFT, TOP, BOTTOM = 16, 18, 20
ROOM = A4_WIDE - 2 * LEFT
TITLE, BODY, CELL, SMALL = 20, 11.5, 10, 9

# A hand's field: 1000 wide and 400 high, 40 mm wide at least on paper.
HAND_WIDE, HAND_HIGH = 1000, 400
SIGN_WIDE, SIGN_HIGH = 40, 16


@dataclass(frozen=True)
class Item:
    """So many of one kind of goods that are handed over."""

    name: str
    spec: str
    unit: str
    quantity: int
    best_before: date | None


def sheet_pdf(title: str, strips: Iterable[Strip]) -> bytes:
    """A document on as many sheets of A4 as it needs; each says at its foot what it is a page of."""
    pen = Pen(title, A4_WIDE, A4_HIGH)
    fill(
        pen,
        strips,
        LEFT,
        TOP,
        A4_HIGH - TOP - BOTTOM,
        lambda number, count: foot(pen, title, number, count, LEFT),
    )
    return pen.pdf()


def foot(pen: Pen, title: str, number: int, count: int, margin: float) -> None:
    """What joins the sheets of a document: its title and page n of m."""
    y, page = A4_HIGH - BOTTOM + 8, words.page_of(number, count)
    shown, size = fit(title, A4_WIDE - 2 * margin - width(page, SMALL) - 6, SMALL, 6)
    pen.text(margin, y, shown, size, colour=QUIET)
    pen.text(A4_WIDE - margin, y, page, SMALL, colour=QUIET, align="right")


def heading(over: str, title: str) -> list[Strip]:
    """Who speaks, and below it in large type what this is."""
    return [
        *paragraph(over, ROOM, 14, align="center"),
        *paragraph(title, ROOM, TITLE, bold=True, align="center"),
        gap(4),
    ]


def numbered(number: str) -> list[Strip]:
    """The document's number, at the right."""
    shown = _("No. %(number)s", number=number)
    return [*paragraph(shown, ROOM, CELL, colour=QUIET, align="right"), gap(1)]


def facts(
    pairs: Sequence[tuple[str, str]], room: float, size: float = BODY, *, across: int = 2
) -> list[Strip]:
    """Labels with their values, so many in a row; values stand below each other and break over lines."""
    wide = room / across
    taken = [
        max(width(label, size) for label, _value in pairs[column::across]) + 3 for column in range(across)
    ]

    def cell(column: int, label: str, value: str) -> list[tuple[float, list[Strip]]]:
        for_value = wide - taken[column] - 4
        return [
            (taken[column], paragraph(label, taken[column], size, colour=QUIET)),
            (for_value + 4, paragraph(value, for_value, size)),
        ]

    rows = [pairs[start : start + across] for start in range(0, len(pairs), across)]
    return [beside(part for place, pair in enumerate(row) for part in cell(place, *pair)) for row in rows]


def figures(cells: Sequence[tuple[str, str, bool]], room: float, size: float) -> Strip:
    """Points in large type in a tinted band: in each part a label, a figure, and whether it stands out."""
    high, wide = leading(size) + 3, room / len(cells)

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.box(x, y, room, high, TINT, radius=1.5)
        below = y + 1.5 + baseline(size)
        for place, (label, value, bold) in enumerate(cells):
            left = x + place * wide + 4
            taken = width(label, SMALL) + 3
            pen.text(left, below, label, SMALL, colour=QUIET)
            shown, fitted = fit(value, wide - taken - 6, size if bold else size * 0.8, 7, bold)
            pen.text(left + taken, below, shown, fitted, bold=bold)

    return Strip(high, draw)


def banner(text: str, room: float, size: float, colour: str) -> Strip:
    """White on dark across the paper: nobody overlooks it."""
    high = leading(size) * 1.15

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.box(x, y, room, high, colour, radius=1)
        below = y + (high - leading(size)) / 2 + baseline(size)
        pen.text(x + room / 2, below, text, size, bold=True, colour=WHITE, align="center")

    return Strip(high, draw)


def points(tenths: int) -> str:
    """Tenths of a point with the word: 3.5 分."""
    return str(_("%(points)s points", points=show(tenths)))


def goods_list(items: Sequence[Item]) -> list[Strip]:
    """The goods in a table; its last row says that nothing may be written below."""
    table = Table(
        [
            Column(_("Row"), 11, "center"),
            Column(_("Goods"), 66),
            Column(_("Specification"), 37),
            Column(_("Unit"), 14, "center"),
            Column(_("Quantity"), 18, "right"),
            Column(_("Best before"), 32, "center"),
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


def signatures(labels: Sequence[str], room: float = ROOM, size: float = BODY) -> Strip:
    """Lines to sign on, next to each other."""
    wide = (room + 6) / len(labels)
    return beside((wide, [signature(label, wide - 6, size)]) for label in labels)


def signature(
    label: str, room: float, size: float, *, colour: str = INK, drawn: Iterable[Sequence[int]] = ()
) -> Strip:
    """A line of at least 40 mm to sign on, with room for the hand above it; or what the hand drew there.

    The label stands before the line, or above it where the line would be too short.
    """
    start = width(label, size) + 2
    above = leading(size) if room - start < SIGN_WIDE else 0.0
    if above:
        start = max(room - 1.2 * SIGN_WIDE, 0)
    high = above + SIGN_HIGH
    unit = min((room - start) / HAND_WIDE, SIGN_HIGH / HAND_HIGH)

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.text(x, y + (baseline(size) if above else high - 1), label, size, colour=colour)
        pen.strokes(x + start, y + high - HAND_HIGH * unit, unit, drawn, HAND_WIDE, HAND_HIGH)
        pen.line(x + start, y + high, x + room, y + high, colour=colour)

    return Strip(high + 0.5, draw)


def note_on_missing(record: object) -> list[Strip]:
    """What stands for the characters that no typeface has; nothing where none is missing."""
    note = words.footnote(record)
    return [gap(2), *paragraph(note, ROOM, SMALL, colour=QUIET)] if note else []
