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
EDGE_MM = 9  # printers leave 5 mm white, and scissors slip
ROOM_MM = SLIP_WIDE - 2 * EDGE_MM
QR_SIDE_MM = 27
BODY, SMALL = 10, 8

# More claimable items than this a village hardly has; the last line is for whatever else was done.
MOST_ITEMS = 8


@dataclass(frozen=True)
class SlipFace:
    """The text on one slip; without a worker the name is written by hand.

    `items` are printed to be ticked.
    """

    village: str
    number: str
    worker: str
    grid: str
    items: list[str]


def slips_pdf(slips: Sequence[SlipFace]) -> bytes:
    """The sheets in Chinese, four slips to each, with lines to cut along."""
    with force_locale("zh"):
        pen = Pen(_("Service slips"), WIDE, HIGH)
        per_sheet = ACROSS * DOWN
        for start in range(0, len(slips), per_sheet):
            if start:
                pen.next_page()
            _cut_lines(pen)
            for place, slip in enumerate(slips[start : start + per_sheet]):
                row, column = divmod(place, ACROSS)
                _slip(pen, column * SLIP_WIDE, row * SLIP_HIGH, slip)
        return pen.pdf()


def number_in_groups(number: str) -> str:
    """A slip's number as it is read aloud: S 0000 0123."""
    return f"S {words.grouped(number)}"


def _cut_lines(pen: Pen) -> None:
    pen.line(SLIP_WIDE, 6, SLIP_WIDE, HIGH - 6, thick=0.15, colour=QUIET, dash=(1.5, 1.5))
    pen.line(6, SLIP_HIGH, WIDE - 6, SLIP_HIGH, thick=0.15, colour=QUIET, dash=(1.5, 1.5))


def _slip(pen: Pen, x: float, y: float, slip: SlipFace) -> None:
    """One slip with its upper left corner at x, y: whose it is, what was done, who signs."""
    left, right = x + EDGE_MM, x + SLIP_WIDE - EDGE_MM
    _head(pen, left, y + EDGE_MM, slip)
    baseline = y + EDGE_MM + QR_SIDE_MM + 6
    _labelled_line(pen, left, baseline, _("Grid worker"), 47, slip.worker)
    _labelled_line(pen, left + 50, baseline, _("Grid"), ROOM_MM - 50, slip.grid)
    _labelled_line(pen, left, baseline + 9, _("Day (year, month, day)"), ROOM_MM)
    _labelled_line(pen, left, baseline + 18, _("Household (number or head)"), ROOM_MM)
    baseline = _tick_boxes(pen, left, baseline + 24, slip.items)
    _labelled_line(pen, left, baseline + 6, _("How often"), 40)
    _labelled_line(pen, left, baseline + 15, _("What was done"), ROOM_MM)
    pen.line(left, baseline + 24, right, baseline + 24, colour=QUIET, thick=0.2)
    pen.line(left, baseline + 33, right, baseline + 33, colour=QUIET, thick=0.2)
    sign = y + SLIP_HIGH - EDGE_MM - 4
    half = (ROOM_MM - 4) / 2
    _labelled_line(pen, left, sign, _("Household or witness signs"), half + 6)
    _labelled_line(pen, left + half + 10, sign, _("Grid worker signs"), half - 6)
    if footnote := words.footnote(slip):
        stack(pen, paragraph(footnote, ROOM_MM, 6), left, y + SLIP_HIGH - EDGE_MM - 1)


def _head(pen: Pen, left: float, top: float, slip: SlipFace) -> None:
    """Village and number at the left, the number's QR code at the right."""
    room = ROOM_MM - QR_SIDE_MM - 2
    pen.mark(left - 0.6, top - 1, 8)
    title, size = fit(slip.village, room - 9, 11, 6, bold=True)
    pen.text(left + 8.6, top + 3.4, title, size, bold=True)
    pen.text(left + 8.6, top + 7.4, _("Service slip"), SMALL, colour=QUIET)
    pen.text(left, top + 18, number_in_groups(slip.number), 17, bold=True)
    hint = _("Every slip counts once. Hand it in at the committee.")
    for count, line in enumerate(wrap(hint, room, 7)):
        pen.text(left, top + 23 + 3.4 * count, line, 7, colour=QUIET)
    pen.qr(left + ROOM_MM - QR_SIDE_MM + 3, top - 3, QR_SIDE_MM, f"S{slip.number}")


def _labelled_line(pen: Pen, x: float, y: float, label: str, room: float, value: str = "") -> None:
    """A label on the baseline `y`, and behind it a line to write on, or the value if it is known."""
    shown_label, size = fit(label, room - 12, SMALL, 6)
    pen.text(x, y, shown_label, size, colour=QUIET)
    start = x + width(shown_label, size) + 1.5
    pen.line(start, y + 1, x + room, y + 1, colour=QUIET, thick=0.2)
    if value:
        text, fitted = fit(value, x + room - start - 1, BODY, 6, bold=True)
        pen.text(start + 0.5, y, text, fitted, bold=True)


def _tick_boxes(pen: Pen, left: float, top: float, items: Sequence[str]) -> float:
    """Draw a visit and the claimable items, each with a box to tick, in two columns.

    Returns where they end.
    """
    labels = [_("Visit"), *items[:MOST_ITEMS]]
    half = ROOM_MM / 2
    for place, item in enumerate(labels):
        row, column = divmod(place, 2)
        x, y = left + column * half, top + 6.2 * row
        pen.frame(x, y, 3.4, 3.4, thick=0.25)
        text, size = fit(item, half - 6, 9, 6)
        pen.text(x + 5, y + 2.9, text, size)
    return top + 6.2 * ((len(labels) + 1) // 2)
