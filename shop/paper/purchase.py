"""The purchase request (采购申请审批单): what is to be bought and why, for three to sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from ground.paper import words
from ground.paper.draw import Strip, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from shop.paper.parts import (
    BODY,
    CELL,
    ROOM_MM,
    facts,
    heading,
    note_on_missing,
    number_line,
    sheet_pdf,
    signatures,
)


@dataclass(frozen=True)
class PurchaseItem:
    """Something to be bought; `unit_cost` and `cost` in fen, None where nobody knows what it will cost.

    In units: what lies there, what was handed out and asked for in vain in the 90 days before.
    """

    name: str
    unit: str
    on_hand: int
    handed_out: int
    wished: int
    quantity: int
    unit_cost: int | None
    cost: int | None


@dataclass(frozen=True)
class PurchaseSheet:
    """A request, `asked_at` in UTC; `approved` says by whom and when, empty as long as it is not.

    `budget_left` in fen, None without a budget; `outstanding` and `in_goods` are points as they are written.
    """

    village: str
    shop: str
    number: str
    asked_at: datetime
    asked_by: str
    note: str
    approved: str
    budget_left: int | None
    outstanding: str
    in_goods: str
    items: Sequence[PurchaseItem]
    cost: int | None


def purchase_pdf(sheet: PurchaseSheet) -> bytes:
    """The request in the reader's language, on as many sheets of A4 as it needs."""
    return sheet_pdf(_("Purchase request %(number)s", number=sheet.number), _strips(sheet))


def _strips(sheet: PurchaseSheet) -> list[Strip]:
    """The request from the title to the signatures."""
    pairs = [
        (_("Asked for by"), sheet.asked_by),
        (_("Asked for at"), words.moment(sheet.asked_at)),
        (_("Points the workers hold"), sheet.outstanding),
        (_("Goods on the shelf, in points"), sheet.in_goods),
        (
            _("Left of the budget, in yuan"),
            _("not set") if sheet.budget_left is None else _yuan(sheet.budget_left),
        ),
        (_("Approved"), sheet.approved or _("not approved yet")),
    ]
    return [
        *heading(f"{sheet.village} {sheet.shop}", _("Purchase request")),
        *number_line(sheet.number),
        *facts(pairs, ROOM_MM, CELL),
        gap(3),
        *_goods(sheet),
        gap(2),
        *_in_words(sheet),
        *(paragraph(_("Note: %(note)s", note=sheet.note), ROOM_MM, CELL) if sheet.note else []),
        gap(6),
        signatures([_("Asked for by"), _("Reviewed by"), _("Agreed by")], ROOM_MM, BODY),
        *note_on_missing(sheet),
    ]


def _goods(sheet: PurchaseSheet) -> list[Strip]:
    table = PrintedTable(
        [
            PrintedColumn(_("Row"), 10, "center"),
            PrintedColumn(_("Goods"), 52),
            PrintedColumn(_("Unit"), 12, "center"),
            PrintedColumn(_("Left"), 16, "right"),
            PrintedColumn(_("Handed out in 90 days"), 18, "right"),
            PrintedColumn(_("Asked for in vain"), 16, "right"),
            PrintedColumn(_("To buy"), 16, "right"),
            PrintedColumn(_("Unit cost"), 17, "right"),
            PrintedColumn(_("Amount in yuan"), 21, "right"),
        ],
        size=CELL,
        side=1.5,
    )
    rows = [
        [
            str(number),
            item.name,
            item.unit,
            str(item.on_hand),
            str(item.handed_out),
            str(item.wished) if item.wished else "",
            str(item.quantity),
            "" if item.unit_cost is None else _yuan(item.unit_cost),
            "" if item.cost is None else _yuan(item.cost),
        ]
        for number, item in enumerate(sheet.items, 1)
    ]
    below = ["", _("(nothing below this line)"), *[""] * 7]
    units = str(sum(item.quantity for item in sheet.items))
    cost = "" if sheet.cost is None else _yuan(sheet.cost)
    total = ["", _("Sum"), "", "", "", "", units, "", cost]
    return [*table.rows([*rows, below]), table.row(total, bold=True)]


def _in_words(sheet: PurchaseSheet) -> list[Strip]:
    """The sum in capitals, where a cost is known, and how many kinds are not in it."""
    if sheet.cost is None:
        return []
    lines = [_("Sum in words: %(words)s", words=words.money_in_capitals(sheet.cost))]
    if uncosted := sum(item.unit_cost is None for item in sheet.items):
        lines.append(
            ngettext(
                "%(num)s kind has no price yet and is not in it",
                "%(num)s kinds have no price yet and are not in it",
                uncosted,
            )
        )
    return [strip for line in lines for strip in paragraph(line, ROOM_MM, CELL)]


def _yuan(fen: int) -> str:
    sign = "−" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"
