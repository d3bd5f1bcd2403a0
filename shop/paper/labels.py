"""Shelf labels (货架标签): 24 to an A4 sheet, each 70 x 37 mm, as label paper is cut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, baseline, fit, fit_lines, leading, paragraph, stack, width
from points.amounts import show
from shop.paper.parts import A4_HIGH_MM, A4_WIDE_MM

LABEL_WIDE_MM, LABEL_HIGH_MM = 70, 37
LABELS_ACROSS, LABELS_DOWN = 3, 8
TOP_MM = (A4_HIGH_MM - LABELS_DOWN * LABEL_HIGH_MM) / 2

# Inside a label, from its own upper left corner. The QR's side is with its quiet zone: 17 mm without.
EDGE_MM = 5.5
QR_SIDE_MM = 24
QR_LEFT_MM, QR_TOP_MM = LABEL_WIDE_MM - QR_SIDE_MM - 2.5, 3
CODE_ROOM_MM = 18
TEXT_ROOM_MM = QR_LEFT_MM - EDGE_MM


@dataclass(frozen=True)
class Label:
    """The text of one label; `price` in tenths of a point.

    `code` is what the scanner reads: the short code, or the EAN.
    """

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
        pen = Pen(_("Shelf labels"), A4_WIDE_MM, A4_HIGH_MM)
        note = words.footnote(list(labels))
        labels_a_sheet = LABELS_ACROSS * LABELS_DOWN
        for start in range(0, max(len(labels) + bool(note), 1), labels_a_sheet):
            if start:
                pen.next_page()
            sheet = labels[start : start + labels_a_sheet]
            _cut_lines(pen)
            for place, label in enumerate(sheet):
                _label(pen, *_corner(place), label)
            if note and len(sheet) < labels_a_sheet:
                x, y = _corner(len(sheet))
                stack(
                    pen,
                    paragraph(note, LABEL_WIDE_MM - 2 * EDGE_MM, 7, colour=QUIET),
                    x + EDGE_MM,
                    y + EDGE_MM,
                )
            if progress and sheet:
                progress(start + len(sheet))
        return pen.pdf()


def _corner(place: int) -> tuple[float, float]:
    """The upper left corner of a label's place on the sheet."""
    row, column = divmod(place, LABELS_ACROSS)
    return column * LABEL_WIDE_MM, TOP_MM + row * LABEL_HIGH_MM


def _cut_lines(pen: Pen) -> None:
    """Pale lines between the labels, ending where printers do."""
    for column in range(1, LABELS_ACROSS):
        pen.line(column * LABEL_WIDE_MM, EDGE_MM, column * LABEL_WIDE_MM, A4_HIGH_MM - EDGE_MM, colour=LINE)
    for row in range(1, LABELS_DOWN):
        y = TOP_MM + row * LABEL_HIGH_MM
        pen.line(EDGE_MM, y, A4_WIDE_MM - EDGE_MM, y, colour=LINE)


def _label(pen: Pen, x: float, y: float, label: Label) -> None:
    """One label with its upper left corner at x, y: name and price at the left, the code at the right."""
    left, top = x + EDGE_MM, y + 4
    lines, size = fit_lines(label.name, TEXT_ROOM_MM, 2, 13, 9, bold=True)
    for line in lines:
        pen.text(left, top + baseline(size), line, size, bold=True)
        top += 0.9 * leading(size)
    spec, size = fit(label.spec, TEXT_ROOM_MM, 8.5, 6.5)
    pen.text(left, top + 0.6 + baseline(size), spec, size, colour=QUIET)
    per = _("points for 1 %(unit)s", unit=label.unit)
    price, size = fit(show(label.price), TEXT_ROOM_MM - 10, 32, 14, bold=True)
    bottom = y + LABEL_HIGH_MM - 5
    pen.text(left, bottom, price, size, bold=True)
    start = width(price, size, bold=True) + 1.5
    text, size = fit(per, TEXT_ROOM_MM - start, 9, 6)
    pen.text(left + start, bottom, text, size, colour=QUIET)
    pen.qr(x + QR_LEFT_MM, y + QR_TOP_MM, QR_SIDE_MM, label.code)
    text, size = fit(label.code, CODE_ROOM_MM, 10, 5)
    pen.text(x + QR_LEFT_MM + QR_SIDE_MM / 2, y + QR_TOP_MM + QR_SIDE_MM + 2, text, size, align="center")
