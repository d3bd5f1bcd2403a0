"""Binding a packet: the cover, the contents, and part after part as each package draws it."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import QUIET, Pen, fit
from ground.paper.volume import HIGH_MM, WIDE_MM, BoundVolume
from people.sight import Sight
from points.models import Assessment
from points.wall.packet import PACKET_PARTS

MIDDLE_MM, COVER_ROOM_MM = WIDE_MM / 2, 160


@dataclass(frozen=True)
class BoundPacket:
    """A packet that was bound: the PDF, and how many pages it has."""

    content: bytes
    pages: int


def steps() -> int:
    """How many steps the binding takes."""
    return len(PACKET_PARTS.items())


def bind(
    assessment: Assessment, number: int, made_by: str, made_at: datetime, sight: Sight
) -> Generator[int, None, BoundPacket]:
    """Bind the packet of a quarter in Chinese; yields how many parts are done."""
    with force_locale("zh"):
        parts = [(f"{place}. {part.title}", part) for place, part in enumerate(PACKET_PARTS.items(), 1)]
        volume = BoundVolume(f"{assessment.village.name} {title_of(assessment)}")
        with volume.cover():
            _draw_cover(assessment, number, made_by, made_at)
        volume.contents([title for title, _part in parts])
    for done, (title, part) in enumerate(parts, 1):
        with force_locale("zh"), volume.part(title):
            before = volume.pages
            part.draw(assessment, sight)
            if volume.pages == before:
                _draw_nothing(title)
        yield done
    return BoundPacket(volume.content(), volume.pages)


def title_of(assessment: Assessment) -> str:
    """What a packet is called: the quarter, and that it is its file."""
    return str(_("File of the %(quarter)s", quarter=words.quarter(assessment.quarter)))


def _draw_cover(assessment: Assessment, number: int, made_by: str, made_at: datetime) -> None:
    village = assessment.village
    place = f"{village.parent.name if village.parent else ''}{village.name}"
    pen = Pen("", WIDE_MM, HIGH_MM)
    pen.mark(MIDDLE_MM - 12, 52, 24)
    for y, text, size, bold in (
        (98, place, 20, False),
        (116, _("Service points of grid workers"), 22, True),
        (132, title_of(assessment), 28, True),
        (148, _("Packet %(code)s", code=f"{assessment.quarter}-{number}"), 14, False),
    ):
        shown, fitted = fit(text, COVER_ROOM_MM, size, 9, bold)
        pen.text(MIDDLE_MM, y, shown, fitted, bold=bold, align="center")
    booked_at = assessment.booked_at
    said = [
        *([_("Booked on %(day)s", day=words.moment(booked_at))] if booked_at else []),
        _("Made on %(moment)s by %(name)s", moment=words.moment(made_at), name=made_by),
    ]
    for row, text in enumerate(said):
        pen.text(MIDDLE_MM, 225 + row * 8, text, 12, align="center")
    note = _("Its SHA-256 stands on its slip: whoever computes it anew knows whether this file was changed.")
    shown, fitted = fit(note, COVER_ROOM_MM, 10, 7)
    pen.text(MIDDLE_MM, 262, shown, fitted, colour=QUIET, align="center")
    pen.pdf()


def _draw_nothing(title: str) -> None:
    """A page that says that there is nothing of a part: so nobody thinks that it was taken out."""
    pen = Pen("", WIDE_MM, HIGH_MM)
    shown, fitted = fit(title, COVER_ROOM_MM, 16, 9, bold=True)
    pen.text(MIDDLE_MM, 60, shown, fitted, bold=True, align="center")
    pen.text(MIDDLE_MM, 76, _("There was nothing of this in the quarter."), 12, align="center")
    pen.pdf()
