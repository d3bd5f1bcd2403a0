"""The closing sheet of a shop's day (日结单): what was handed out, taken back, and came off the shelf."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from ground.clock import local
from ground.paper import words
from ground.paper.draw import QUIET, Strip, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from points.amounts import show
from shop.paper.parts import (
    BODY,
    CELL,
    ROOM_MM,
    SMALL,
    facts,
    figure_band,
    heading,
    note_on_missing,
    points_text,
    sheet_pdf,
    signatures,
)


@dataclass(frozen=True)
class ReceiptRow:
    """One receipt of the day: `at` in UTC, the worker's name masked, `total` in tenths."""

    number: str
    at: datetime
    worker_masked: str
    total: int
    clerk: str
    voided: bool


@dataclass(frozen=True)
class VoidRow:
    """One receipt, of this day or an earlier one, voided on this day; `total` in tenths went back."""

    number: str
    at: datetime
    total: int
    reason: str
    voided_by: str


@dataclass(frozen=True)
class OutflowRow:
    """One kind of goods: units that went out and came back on this day, and the difference in tenths."""

    name: str
    unit: str
    handed_out: int
    given_back: int
    points: int


@dataclass(frozen=True)
class ClosingSheet:
    """A shop's day; points in tenths, `printed_at` in UTC.

    `first_receipt` and `last_receipt` are the numbers of its receipts, None on a day without any.
    `total_out` is every receipt of the day, also those voided since; `total_back` every void of the day.
    """

    shop: str
    village: str
    day: date
    receipts: list[ReceiptRow]
    voids: list[VoidRow]
    goods: list[OutflowRow]
    first_receipt: str | None
    last_receipt: str | None
    total_out: int
    total_back: int
    printed_at: datetime


def closing_pdf(sheet: ClosingSheet) -> bytes:
    """The closing sheet in the reader's language, on as many sheets of A4 as it needs."""
    title = _("%(shop)s: closing sheet of %(day)s", shop=sheet.shop, day=words.day(sheet.day))
    return sheet_pdf(title, _strips(sheet))


def _strips(sheet: ClosingSheet) -> list[Strip]:
    """The sheet from the title to the signatures."""
    totals = [
        (_("Redeemed"), points_text(sheet.total_out), False),
        (_("Given back"), points_text(sheet.total_back), False),
        (_("Net"), points_text(sheet.total_out - sheet.total_back), True),
    ]
    return [
        *heading(f"{sheet.village} {sheet.shop}", _("Closing sheet of the day")),
        *paragraph(words.day(sheet.day), ROOM_MM, 14, align="center"),
        gap(4),
        figure_band(totals, ROOM_MM, 17),
        gap(2),
        *_counts(sheet),
        *_receipts(sheet),
        *_voids(sheet),
        *_goods(sheet),
        gap(4),
        signatures([_("Volunteer's signature"), _("Volunteer's signature")]),
        signatures([_("Manager's signature"), _("Date")]),
        gap(3),
        *paragraph(
            _("Printed %(moment)s", moment=words.moment(sheet.printed_at)),
            ROOM_MM,
            SMALL,
            colour=QUIET,
            align="right",
        ),
        *note_on_missing(sheet),
    ]


def _counts(sheet: ClosingSheet) -> list[Strip]:
    """How many receipts, from which number to which, and what was voided; or that it was a quiet day."""
    if not sheet.receipts and not sheet.voids:
        return paragraph(_("Nothing was redeemed and nothing voided on this day."), ROOM_MM, BODY)
    numbers = (
        _("%(first)s to %(last)s", first=sheet.first_receipt, last=sheet.last_receipt)
        if sheet.first_receipt
        else _("none")
    )
    return facts(
        [
            (_("Receipts"), str(len(sheet.receipts))),
            (_("Numbers"), numbers),
            (_("Of them voided since"), str(sum(row.voided for row in sheet.receipts))),
            (_("Voided on this day"), str(len(sheet.voids))),
        ],
        ROOM_MM,
    )


# The tables: none where there is nothing to list.


def _receipts(sheet: ClosingSheet) -> list[Strip]:
    columns = [
        PrintedColumn(_("Row"), 11, "center"),
        PrintedColumn(_("Receipt number"), 40, "center"),
        PrintedColumn(_("Time"), 17, "center"),
        PrintedColumn(_("Worker"), 36),
        PrintedColumn(_("In points"), 20, "right"),
        PrintedColumn(_("Served by"), 32),
        PrintedColumn(_("Note"), 22, "center"),
    ]
    rows = [
        [
            str(count),
            row.number,
            _time_text(row.at),
            row.worker_masked,
            show(row.total),
            row.clerk,
            _("Voided") if row.voided else "",
        ]
        for count, row in enumerate(sheet.receipts, 1)
    ]
    return _section(_("Receipts"), columns, rows, ["", _("Sum"), "", "", show(sheet.total_out), "", ""])


def _voids(sheet: ClosingSheet) -> list[Strip]:
    columns = [
        PrintedColumn(_("Row"), 11, "center"),
        PrintedColumn(_("Receipt number"), 40, "center"),
        PrintedColumn(_("Time"), 17, "center"),
        PrintedColumn(_("In points"), 20, "right"),
        PrintedColumn(_("Reason"), 58),
        PrintedColumn(_("Voided by"), 32),
    ]
    rows = [
        [str(count), row.number, _time_text(row.at), show(row.total), row.reason, row.voided_by]
        for count, row in enumerate(sheet.voids, 1)
    ]
    return _section(
        _("Voided on this day"), columns, rows, ["", _("Sum"), "", show(sheet.total_back), "", ""]
    )


def _goods(sheet: ClosingSheet) -> list[Strip]:
    columns = [
        PrintedColumn(_("Row"), 11, "center"),
        PrintedColumn(_("Goods"), 82),
        PrintedColumn(_("Unit"), 17, "center"),
        PrintedColumn(_("Handed out"), 23, "right"),
        PrintedColumn(_("Given back"), 23, "right"),
        PrintedColumn(_("In points"), 22, "right"),
    ]
    rows = [
        [str(count), row.name, row.unit, str(row.handed_out), str(row.given_back), show(row.points)]
        for count, row in enumerate(sheet.goods, 1)
    ]
    net = show(sheet.total_out - sheet.total_back)
    return _section(_("Goods"), columns, rows, ["", _("Sum"), "", "", "", net])


def _section(
    title: str, columns: list[PrintedColumn], rows: list[list[str]], total: list[str]
) -> list[Strip]:
    """A table under its title, both repeated on each page, and its sum."""
    if not rows:
        return []
    above = [gap(4), *paragraph(title, ROOM_MM, BODY, bold=True), gap(1)]
    table = PrintedTable(columns, size=CELL, head_size=SMALL, padding=1, side=2, lines_above=above)
    return [*table.rows(rows), table.row(total, bold=True)]


def _time_text(at: datetime) -> str:
    return f"{local(at):%H:%M}"
