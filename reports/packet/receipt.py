"""The slip of a packet (档案移交单): its number, its SHA-256, how it is checked, and who hands it over."""

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import Strip, gap, paragraph
from people.sight import Sight
from reports.models import Packet
from reports.packet.binding import title_of
from shop.paper.parts import (
    BODY,
    ROOM_MM,
    facts,
    heading,
    note_on_missing,
    number_line,
    sheet_pdf,
    signatures,
)


def receipt_pdf(packet: Packet, sight: Sight) -> bytes:
    """The slip in Chinese, on A4."""
    with force_locale("zh"):
        title = _("Slip of the packet %(code)s", code=packet.code)
        return sheet_pdf(title, _strips(packet, sight))


def _strips(packet: Packet, sight: Sight) -> list[Strip]:
    village = packet.assessment.village
    made_by = sight.name(packet.made_by)
    pairs = [
        (_("What it is"), title_of(packet.assessment)),
        (_("Number of pages"), str(packet.pages)),
        (_("Made on"), words.moment(packet.made_at)),
        (_("By"), made_by),
        (_("Size in bytes"), f"{packet.size}"),
    ]
    half = len(packet.digest) // 2
    digest = "\n".join(words.grouped(part) for part in (packet.digest[:half], packet.digest[half:]))
    checking = _(
        "Whoever has the file computes this number anew: on Windows by certutil -hashfile FILE SHA256, "
        "elsewhere by sha256sum FILE. If it is the same, not one character of the file was changed."
    )
    return [
        *heading(village.name, _("Slip of the quarter's packet")),
        *number_line(packet.code),
        *facts(pairs, ROOM_MM),
        gap(4),
        *paragraph("SHA-256", ROOM_MM, BODY, bold=True),
        *paragraph(digest, ROOM_MM, 14),
        gap(2),
        *paragraph(checking, ROOM_MM, BODY),
        gap(6),
        signatures([_("Handed over by"), _("Taken over by")]),
        gap(2),
        signatures([_("Date"), _("Where it is kept")]),
        *note_on_missing([village.name, made_by]),
    ]
