"""Vouchers (出入库单): what moved together, for three to sign; two short ones share a sheet of A4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import LINE, PERSIMMON, QUIET, Pen, Strip, gap, paginate, paragraph, stack
from ground.paper.table import PrintedColumn, PrintedTable, side_by_side
from points.amounts import show
from shop.paper.parts import (
    A4_HIGH_MM,
    A4_WIDE_MM,
    BOTTOM_MM,
    LEFT_MM,
    ROOM_MM,
    facts,
    foot,
    note_on_missing,
    signatures,
)

TITLE, ISSUER, CELL, SMALL = 15, 11, 9, 8.5  # points
EDGE_MM = 11  # above and below each voucher
HALF_MM = A4_HIGH_MM / 2
HALF_ROOM_MM = HALF_MM - 2 * EDGE_MM
WHOLE_ROOM_MM = A4_HIGH_MM - EDGE_MM - BOTTOM_MM


@dataclass(frozen=True)
class VoucherItem:
    """A line: units, minus on what is red; `unit_cost` in fen and `price` in tenths of a point, if known.

    `note` says that it was undone, or until when it is good.
    """

    name: str
    spec: str
    unit: str
    quantity: int
    unit_cost: int | None
    price: int | None
    note: str

    @property
    def value(self) -> int | None:
        """What the units cost, in fen."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity


@dataclass(frozen=True)
class VoucherSheet:
    """A voucher: its title and number, what is said above the lines, and who signs.

    `value` in fen and `points` in tenths are the sums, None where there is none; `uncosted` units have no
    cost. `written` says when and by whom it was written down.
    """

    village: str
    shop: str
    title: str
    number: str
    day: date
    is_red: bool
    facts: Sequence[tuple[str, str]]
    items: Sequence[VoucherItem]
    units: int
    value: int | None
    points: int | None
    uncosted: int
    signers: Sequence[str]
    written: str


def vouchers_pdf(title: str, sheets: Sequence[VoucherSheet]) -> bytes:
    """Vouchers in the reader's language, in their order: short ones two on a sheet, long ones alone."""
    pen = Pen(title, A4_WIDE_MM, A4_HIGH_MM)
    is_begun, below = False, False  # whether a page was begun, and whether its lower half is free

    for sheet in sheets:
        strips = _strips(sheet)
        (page, *more) = paginate(strips, HALF_ROOM_MM)
        if not more and below:
            pen.line(LEFT_MM, HALF_MM, A4_WIDE_MM - LEFT_MM, HALF_MM, colour=LINE, dash=(1, 1))
            stack(pen, page, LEFT_MM, HALF_MM + EDGE_MM)
            below = False
            continue
        pages = [page] if not more else paginate(strips, WHOLE_ROOM_MM)
        for number, each in enumerate(pages, 1):
            if is_begun:
                pen.next_page()
            is_begun = True
            stack(pen, each, LEFT_MM, EDGE_MM)
            if len(pages) > 1:
                foot(pen, f"{sheet.title} {sheet.number}", number, len(pages), LEFT_MM)
        below = not more
    return pen.pdf()


def _strips(sheet: VoucherSheet) -> list[Strip]:
    """A voucher from the title to the signatures."""
    title = _("%(title)s (in red: it undoes another)", title=sheet.title) if sheet.is_red else sheet.title
    colour = {"colour": PERSIMMON} if sheet.is_red else {}
    number = _("No. %(number)s", number=sheet.number)
    return [
        *paragraph(f"{sheet.village} {sheet.shop}", ROOM_MM, ISSUER, align="center"),
        *paragraph(title, ROOM_MM, TITLE, bold=True, align="center", **colour),
        side_by_side(
            [
                (ROOM_MM / 2, paragraph(words.day(sheet.day), ROOM_MM / 2, CELL)),
                (ROOM_MM / 2, paragraph(number, ROOM_MM / 2, CELL, align="right")),
            ]
        ),
        *facts(sheet.facts, ROOM_MM, CELL),
        gap(1.5),
        *_lines(sheet),
        *_in_words(sheet),
        signatures(sheet.signers, ROOM_MM, CELL),
        gap(1.5),
        *paragraph(sheet.written, ROOM_MM, SMALL, colour=QUIET, align="right"),
        *note_on_missing(sheet),
    ]


def _lines(sheet: VoucherSheet) -> list[Strip]:
    """The lines in a table, and their sum."""
    has_points = sheet.points is not None
    table = PrintedTable(
        [
            PrintedColumn(_("Row"), 9, "center"),
            PrintedColumn(_("Goods"), 38 if has_points else 48),
            PrintedColumn(_("Specification"), 22 if has_points else 28),
            PrintedColumn(_("Unit"), 11, "center"),
            PrintedColumn(_("Quantity"), 14, "right"),
            *([PrintedColumn(_("Price in points"), 15, "right")] if has_points else []),
            *([PrintedColumn(_("In points"), 17, "right")] if has_points else []),
            PrintedColumn(_("Unit cost"), 17, "right"),
            PrintedColumn(_("Amount in yuan"), 20, "right"),
            PrintedColumn(_("Note"), 15 if has_points else 31, "center"),
        ],
        size=CELL,
        head_size=SMALL,
        padding=0.7,
        side=1,
    )
    rows = [
        [
            str(number),
            item.name,
            item.spec,
            item.unit,
            _signed(str(abs(item.quantity)), item.quantity),
            *([_points(item.price)] if has_points else []),
            *([_points(item.price and item.price * item.quantity)] if has_points else []),
            _yuan(item.unit_cost),
            _yuan(item.value),
            item.note,
        ]
        for number, item in enumerate(sheet.items, 1)
    ]
    total = [
        "",
        _("Sum"),
        "",
        "",
        _signed(str(abs(sheet.units)), sheet.units),
        *(["", _points(sheet.points)] if has_points else []),
        "",
        _yuan(sheet.value),
        "",
    ]
    below = ["", _("(nothing below this line)"), *[""] * (len(total) - 2)]
    return [*table.rows([*rows, below]), table.row(total, bold=True)]


def _in_words(sheet: VoucherSheet) -> list[Strip]:
    """The sum in capitals, and how many units are not in it."""
    lines: list[str] = []
    if sheet.value is not None:
        lines.append(_("Sum in words: %(words)s", words=words.money_in_capitals(sheet.value)))
    if sheet.uncosted:
        lines.append(
            _("Nobody wrote down what %(units)s of the units cost; they are not in it.", units=sheet.uncosted)
        )
    return [gap(1), *(strip for line in lines for strip in paragraph(line, ROOM_MM, CELL))]


def _signed(text: str, quantity: int) -> str:
    return f"−{text}" if quantity < 0 else text


def _points(tenths: int | None) -> str:
    return "" if tenths is None else _signed(show(abs(tenths)), tenths)


def _yuan(fen: int | None) -> str:
    return "" if fen is None else _signed(f"{abs(fen) // 100}.{abs(fen) % 100:02d}", fen)
