"""Shelf labels (货架标签): 24 to an A4 sheet, each 70 x 37 mm, as label paper is cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, baseline, fit, fit_lines, leading, paragraph, stack, width
from points.amounts import show
from shop.paper.parts import A4_HIGH, A4_WIDE

LABEL_WIDE, LABEL_HIGH = 70, 37
ACROSS, DOWN = 3, 8
TOP = (A4_HIGH - DOWN * LABEL_HIGH) / 2

# Inside a label, from its own upper left corner. The QR's side is with its quiet zone: 17 mm without.
EDGE = 5.5
QR_SIDE = 24
QR_LEFT, QR_TOP = LABEL_WIDE - QR_SIDE - 2.5, 3
CODE_ROOM = 18
TEXT_ROOM = QR_LEFT - EDGE


@dataclass(frozen=True)
class Label:
    """What one label says; `price` in tenths of a point, `code` what the scanner reads: short, or the EAN."""

    name: str
    spec: str
    unit: str
    price: int
    code: str


def labels_pdf(labels: Sequence[Label], progress: Callable[[int], None] | None = None) -> bytes:
    """The sheets in Chinese; `progress` is told after each sheet how many labels are done.

    The note on missing characters takes the place after the last label: the sheet has no margin.
    """
    with force_locale("zh"):
        pen = Pen(_("Shelf labels"), A4_WIDE, A4_HIGH)
        note = words.footnote(list(labels))
        each = ACROSS * DOWN
        for start in range(0, max(len(labels) + bool(note), 1), each):
            if start:
                pen.next_page()
            sheet = labels[start : start + each]
            _cut_lines(pen)
            for place, label in enumerate(sheet):
                _label(pen, *_corner(place), label)
            if note and len(sheet) < each:
                x, y = _corner(len(sheet))
                stack(pen, paragraph(note, LABEL_WIDE - 2 * EDGE, 7, colour=QUIET), x + EDGE, y + EDGE)
            if progress and sheet:
                progress(start + len(sheet))
        return pen.pdf()


def _corner(place: int) -> tuple[float, float]:
    """The upper left corner of a label's place on the sheet."""
    row, column = divmod(place, ACROSS)
    return column * LABEL_WIDE, TOP + row * LABEL_HIGH


def _cut_lines(pen: Pen) -> None:
    """Pale lines between the labels, ending where printers do."""
    for column in range(1, ACROSS):
        pen.line(column * LABEL_WIDE, EDGE, column * LABEL_WIDE, A4_HIGH - EDGE, colour=LINE)
    for row in range(1, DOWN):
        y = TOP + row * LABEL_HIGH
        pen.line(EDGE, y, A4_WIDE - EDGE, y, colour=LINE)


def _label(pen: Pen, x: float, y: float, label: Label) -> None:
    """One label with its upper left corner at x, y: name and price at the left, the code at the right."""
    left, top = x + EDGE, y + 4
    lines, size = fit_lines(label.name, TEXT_ROOM, 2, 13, 9, bold=True)
    for line in lines:
        pen.text(left, top + baseline(size), line, size, bold=True)
        top += 0.9 * leading(size)
    spec, size = fit(label.spec, TEXT_ROOM, 8.5, 6.5)
    pen.text(left, top + 0.6 + baseline(size), spec, size, colour=QUIET)
    per = _("points for 1 %(unit)s", unit=label.unit)
    price, size = fit(show(label.price), TEXT_ROOM - 10, 32, 14, bold=True)
    bottom = y + LABEL_HIGH - 5
    pen.text(left, bottom, price, size, bold=True)
    start = width(price, size, bold=True) + 1.5
    shown, size = fit(per, TEXT_ROOM - start, 9, 6)
    pen.text(left + start, bottom, shown, size, colour=QUIET)
    pen.qr(x + QR_LEFT, y + QR_TOP, QR_SIDE, label.code)
    shown, size = fit(label.code, CODE_ROOM, 10, 5)
    pen.text(x + QR_LEFT + QR_SIDE / 2, y + QR_TOP + QR_SIDE + 2, shown, size, align="center")
