"""The sheet that lies at the desk (柜台扫码单): codes with which a scanner gun does what a button does."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from ground.paper.draw import QUIET, Pen, Strip, baseline, gap, leading, paragraph
from ground.paper.table import side_by_side
from shop.paper.parts import BODY, ROOM_MM, heading, note_on_missing, sheet_pdf

QR_SIDE_MM, LARGE = 62, 30


@dataclass(frozen=True)
class Command:
    """A code to scan, the label of what it does, and a hint when to use it."""

    code: str
    label: str
    hint: str


@dataclass(frozen=True)
class CommandSheet:
    """The commands of a desk, next to each other; `steps` are what is done there, in order."""

    shop: str
    steps: Sequence[str]
    commands: Sequence[Command]


def commands_pdf(sheet: CommandSheet) -> bytes:
    """The sheet in the reader's language, on one A4 to laminate."""
    steps = [
        strip
        for number, step in enumerate(sheet.steps, 1)
        for strip in [*paragraph(f"{number}. {step}", ROOM_MM, 18), gap(2)]
    ]
    wide = ROOM_MM / len(sheet.commands)
    commands = side_by_side((wide, _command(command, wide)) for command in sheet.commands)
    strips = [
        *heading(sheet.shop, _("Serving with the scanner gun")),
        gap(6),
        *steps,
        gap(14),
        commands,
        *note_on_missing(sheet),
    ]
    return sheet_pdf(_("Codes for the desk"), strips)


def _command(command: Command, wide: float) -> list[Strip]:
    """One code, and below it in large letters what it does."""

    def code(pen: Pen, x: float, y: float) -> None:
        pen.qr(x + (wide - QR_SIDE_MM) / 2, y, QR_SIDE_MM, command.code)

    def label(pen: Pen, x: float, y: float) -> None:
        pen.text(x + wide / 2, y + baseline(LARGE), command.label, LARGE, bold=True, align="center")

    return [
        Strip(QR_SIDE_MM, code),
        Strip(leading(LARGE), label),
        *paragraph(command.hint, wide, BODY, colour=QUIET, align="center"),
    ]
