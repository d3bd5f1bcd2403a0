"""The delivery sheet (入库单): what came in together, with its cost, for three to sign."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import QUIET, Strip, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from shop.paper.parts import (
    BODY,
    ROOM_MM,
    SMALL,
    GoodsItem,
    facts,
    heading,
    note_on_missing,
    number_line,
    sheet_pdf,
    signatures,
)


@dataclass(frozen=True)
class DeliveryItem(GoodsItem):
    """One kind of goods that came in; `unit_cost` in fen, None where it is not known."""

    unit_cost: int | None

    @property
    def cost(self) -> int | None:
        """What all of it cost, in fen."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity


@dataclass(frozen=True)
class DeliverySheet:
    """A delivery, `written_at` in UTC; names and invoice number are empty where nobody said them."""

    shop: str
    village: str
    number: str
    source: str
    from_whom: str
    invoice_number: str
    received_on: date
    written_by: str
    written_at: datetime
    items: list[DeliveryItem]


def delivery_pdf(sheet: DeliverySheet) -> bytes:
    """The sheet in the reader's language, on as many sheets of A4 as it needs."""
    return sheet_pdf(_("Delivery sheet %(number)s", number=sheet.number), _strips(sheet))


def _strips(sheet: DeliverySheet) -> list[Strip]:
    """The sheet from the title to the signatures."""
    pairs = [
        (_("Received on"), words.day(sheet.received_on)),
        (_("Where from"), sheet.source),
        (_("Supplier or donor"), sheet.from_whom),
        (_("Invoice number"), sheet.invoice_number),
    ]
    written = words.moment(sheet.written_at)
    if sheet.written_by:
        written = _("%(moment)s by %(name)s", moment=written, name=sheet.written_by)
    return [
        *heading(f"{sheet.village} {sheet.shop}", _("Delivery sheet")),
        *number_line(sheet.number),
        *facts(pairs, ROOM_MM),
        gap(3),
        *_goods(sheet),
        gap(6),
        signatures([_("Taken in by"), _("Checked by"), _("Agreed by")], ROOM_MM, BODY),
        gap(3),
        *paragraph(
            _("Written down %(written)s", written=written), ROOM_MM, SMALL, colour=QUIET, align="right"
        ),
        *note_on_missing(sheet),
    ]


def _goods(sheet: DeliverySheet) -> list[Strip]:
    """The lines in a table, and what they cost together; nothing may be written below."""
    table = PrintedTable(
        [
            PrintedColumn(_("Row"), 10, "center"),
            PrintedColumn(_("Goods"), 50),
            PrintedColumn(_("Specification"), 27),
            PrintedColumn(_("Unit"), 12, "center"),
            PrintedColumn(_("Quantity"), 16, "right"),
            PrintedColumn(_("Best before"), 27, "center"),
            PrintedColumn(_("Unit cost"), 17, "right"),
            PrintedColumn(_("Cost"), 19, "right"),
        ],
        size=10.5,
        side=1.5,
    )
    rows = [
        [
            str(number),
            item.name,
            item.spec,
            item.unit,
            str(item.quantity),
            words.day(item.best_before) if item.best_before else "",
            _yuan(item.unit_cost),
            _yuan(item.cost),
        ]
        for number, item in enumerate(sheet.items, 1)
    ]
    costs = [item.cost for item in sheet.items if item.cost is not None]
    units = str(sum(item.quantity for item in sheet.items))
    below = ["", _("(nothing below this line)"), "", "", "", "", "", ""]
    total = ["", _("Sum, in yuan"), "", "", units, "", "", _yuan(sum(costs) if costs else None)]
    return [*table.rows([*rows, below]), table.row(total, bold=True)]


def _yuan(fen: int | None) -> str:
    return "" if fen is None else f"{fen // 100}.{fen % 100:02d}"
