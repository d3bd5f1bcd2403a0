"""Paper slips to print, cut and hand out: four to an A4 sheet, each filled in by hand at the door."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import QUIET, Pen, fit, paragraph, stack, width, wrap

WIDE, HIGH = 210, 297
SLIP_WIDE, SLIP_HIGH = WIDE / 2, HIGH / 2
ACROSS, DOWN = 2, 2
EDGE = 9  # printers leave 5 mm white, and scissors slip
ROOM = SLIP_WIDE - 2 * EDGE
QR_SIDE = 27
BODY, SMALL = 10, 8

# More claimable items than this a village hardly has; the last line is for whatever else was done.
MOST_ITEMS = 8


@dataclass(frozen=True)
class SlipFace:
    """What one slip shows; without a worker the name is written by hand. `items` are there to be ticked."""

    village: str
    number: str
    worker: str
    grid: str
    items: list[str]


def slips_pdf(slips: Sequence[SlipFace]) -> bytes:
    """The sheets in Chinese, four slips to each, with lines to cut along."""
    with force_locale("zh"):
        pen = Pen(_("Service slips"), WIDE, HIGH)
        each = ACROSS * DOWN
        for start in range(0, len(slips), each):
            if start:
                pen.next_page()
            _cut_lines(pen)
            for place, slip in enumerate(slips[start : start + each]):
                row, column = divmod(place, ACROSS)
                _slip(pen, column * SLIP_WIDE, row * SLIP_HIGH, slip)
        return pen.pdf()


def shown(number: str) -> str:
    """A slip's number as it is read aloud: S 0000 0123."""
    return f"S {words.grouped(number)}"


def _cut_lines(pen: Pen) -> None:
    pen.line(SLIP_WIDE, 6, SLIP_WIDE, HIGH - 6, thick=0.15, colour=QUIET, dash=(1.5, 1.5))
    pen.line(6, SLIP_HIGH, WIDE - 6, SLIP_HIGH, thick=0.15, colour=QUIET, dash=(1.5, 1.5))


def _slip(pen: Pen, x: float, y: float, slip: SlipFace) -> None:
    """One slip with its upper left corner at x, y: whose it is, what was done, who signs."""
    left, right = x + EDGE, x + SLIP_WIDE - EDGE
    _head(pen, left, y + EDGE, slip)
    at = y + EDGE + QR_SIDE + 6
    _filled(pen, left, at, _("Grid worker"), 47, slip.worker)
    _filled(pen, left + 50, at, _("Grid"), ROOM - 50, slip.grid)
    _filled(pen, left, at + 9, _("Day (year, month, day)"), ROOM)
    _filled(pen, left, at + 18, _("Household (number or head)"), ROOM)
    at = _ticks(pen, left, at + 24, slip.items)
    _filled(pen, left, at + 6, _("How often"), 40)
    _filled(pen, left, at + 15, _("What was done"), ROOM)
    pen.line(left, at + 24, right, at + 24, colour=QUIET, thick=0.2)
    pen.line(left, at + 33, right, at + 33, colour=QUIET, thick=0.2)
    sign = y + SLIP_HIGH - EDGE - 4
    half = (ROOM - 4) / 2
    _filled(pen, left, sign, _("Household or witness signs"), half + 6)
    _filled(pen, left + half + 10, sign, _("Grid worker signs"), half - 6)
    if footnote := words.footnote(slip):
        stack(pen, paragraph(footnote, ROOM, 6), left, y + SLIP_HIGH - EDGE - 1)


def _head(pen: Pen, left: float, top: float, slip: SlipFace) -> None:
    """Village and number at the left, the number's QR code at the right."""
    room = ROOM - QR_SIDE - 2
    pen.mark(left - 0.6, top - 1, 8)
    title, size = fit(slip.village, room - 9, 11, 6, bold=True)
    pen.text(left + 8.6, top + 3.4, title, size, bold=True)
    pen.text(left + 8.6, top + 7.4, _("Service slip"), SMALL, colour=QUIET)
    pen.text(left, top + 18, shown(slip.number), 17, bold=True)
    hint = _("Every slip counts once. Hand it in at the committee.")
    for count, line in enumerate(wrap(hint, room, 7)):
        pen.text(left, top + 23 + 3.4 * count, line, 7, colour=QUIET)
    pen.qr(left + ROOM - QR_SIDE + 3, top - 3, QR_SIDE, f"S{slip.number}")


def _filled(pen: Pen, x: float, y: float, label: str, room: float, value: str = "") -> None:
    """A label on the baseline `y`, and behind it a line to write on, or what is known already."""
    shown_label, size = fit(label, room - 12, SMALL, 6)
    pen.text(x, y, shown_label, size, colour=QUIET)
    start = x + width(shown_label, size) + 1.5
    pen.line(start, y + 1, x + room, y + 1, colour=QUIET, thick=0.2)
    if value:
        text, fitted = fit(value, x + room - start - 1, BODY, 6, bold=True)
        pen.text(start + 0.5, y, text, fitted, bold=True)


def _ticks(pen: Pen, left: float, top: float, items: Sequence[str]) -> float:
    """A visit and what can be claimed, each with a box to tick, in two columns; where they end."""
    named = [_("Visit"), *items[:MOST_ITEMS]]
    half = ROOM / 2
    for place, item in enumerate(named):
        row, column = divmod(place, 2)
        x, y = left + column * half, top + 6.2 * row
        pen.frame(x, y, 3.4, 3.4, thick=0.25)
        text, size = fit(item, half - 6, 9, 6)
        pen.text(x + 5, y + 2.9, text, size)
    return top + 6.2 * ((len(named) + 1) // 2)
