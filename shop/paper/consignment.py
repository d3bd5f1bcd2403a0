"""The consignment note (调拨单) that travels with goods from one shop to another."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import Strip, gap, paragraph
from shop.paper.parts import (
    BODY,
    CELL,
    ROOM_MM,
    GoodsItem,
    facts,
    goods_list,
    heading,
    note_on_missing,
    number_line,
    sheet_pdf,
    signatures,
)


@dataclass(frozen=True)
class ConsignmentItem(GoodsItem):
    """One kind of goods that was sent, and how many."""


@dataclass(frozen=True)
class ConsignmentNote:
    """What one shop sent to another: `sent_at` in UTC; `note` is empty where nothing is to be said."""

    from_shop: str
    to_shop: str
    number: str
    sent_at: datetime
    sent_by: str
    items: list[ConsignmentItem]
    note: str = ""


def consignment_pdf(note: ConsignmentNote) -> bytes:
    """The note in the reader's language, on as many sheets of A4 as it needs."""
    return sheet_pdf(_("Consignment note %(number)s", number=note.number), _strips(note))


def _strips(note: ConsignmentNote) -> list[Strip]:
    """The note from the title to the signatures of both sides."""
    pairs = [
        (_("Sending shop"), note.from_shop),
        (_("Receiving shop"), note.to_shop),
        (_("Sent at"), words.moment(note.sent_at)),
        (_("Sent by"), note.sent_by),
    ]
    return [
        *heading(note.from_shop, _("Consignment note")),
        *number_line(note.number),
        *facts(pairs, ROOM_MM),
        gap(3),
        *goods_list(note.items),
        *([gap(3), *paragraph(_("Note: %(note)s", note=note.note), ROOM_MM, CELL)] if note.note else []),
        gap(6),
        signatures([_("Sender's signature"), _("Receiver's signature")], ROOM_MM, BODY),
        signatures([_("Date"), _("Date")], ROOM_MM, BODY),
        *note_on_missing(note),
    ]
