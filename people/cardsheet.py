"""Cards to print, cut and hand out: ten to an A4 sheet, each 85.6 x 54 mm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import force_locale
from flask_babel import gettext as _

from people.paper import words
from people.paper.draw import LINE, QUIET, Pen, fit, paragraph, stack

WIDE, HIGH = 210, 297
CARD_WIDE, CARD_HIGH = 85.6, 54
ACROSS, DOWN = 2, 5
LEFT = (WIDE - ACROSS * CARD_WIDE) / 2
TOP = (HIGH - DOWN * CARD_HIGH) / 2

# Inside a card, from its own upper left corner.
EDGE = 6
QR_SIDE = 32
QR_LEFT = CARD_WIDE - QR_SIDE - 3.5
TEXT_ROOM = QR_LEFT - EDGE - 1


@dataclass(frozen=True)
class CardFace:
    """What one card shows; `url` is the QR's payload and holds the card's secret."""

    village: str
    name: str
    grid: str
    number: str
    url: str


def cards_pdf(cards: Sequence[CardFace], progress: Callable[[int], None] | None = None) -> bytes:
    """The sheets in Chinese; `progress` is told after each sheet how many cards are done."""
    with force_locale("zh"):
        pen = Pen(_("Points cards"), WIDE, HIGH)
        each = ACROSS * DOWN
        for start in range(0, len(cards), each):
            if start:
                pen.next_page()
            sheet = cards[start : start + each]
            _sheet(pen, sheet, words.page_of(start // each + 1, -(-len(cards) // each)))
            if progress:
                progress(start + len(sheet))
        return pen.pdf()


def _sheet(pen: Pen, cards: Sequence[CardFace], page: str) -> None:
    """Up to ten cards, the marks to cut along, and in the margins what the clerk should know."""
    _cut_marks(pen)
    for place, card in enumerate(cards):
        row, column = divmod(place, ACROSS)
        _card(pen, LEFT + column * CARD_WIDE, TOP + row * CARD_HIGH, card)
    hint = _("Print at actual size, not fitted to the page, and cut along the marks.")
    pen.text(LEFT + 3, HIGH - 8, hint, 7.5, colour=QUIET)
    pen.text(WIDE - LEFT - 3, HIGH - 8, page, 7.5, colour=QUIET, align="right")
    if footnote := words.footnote(list(cards)):
        stack(pen, paragraph(footnote, ACROSS * CARD_WIDE - 6, 6), LEFT + 3, 5)


def _cut_marks(pen: Pen) -> None:
    """Short lines in the margins, in line with the cards' edges and never on a card."""
    bottom, right = HIGH - TOP, WIDE - LEFT
    for column in range(ACROSS + 1):
        x = LEFT + column * CARD_WIDE
        pen.line(x, TOP - 5, x, TOP - 1, thick=0.15)
        pen.line(x, bottom + 1, x, bottom + 5, thick=0.15)
    for row in range(DOWN + 1):
        y = TOP + row * CARD_HIGH
        pen.line(LEFT - 5, y, LEFT - 1, y, thick=0.15)
        pen.line(right + 1, y, right + 5, y, thick=0.15)


def _card(pen: Pen, x: float, y: float, card: CardFace) -> None:
    """One card with its upper left corner at x, y: who it is at the left, the QR at the right."""
    left = x + EDGE
    pen.mark(left - 0.6, y + 4.2, 8)
    _fitted(pen, left + 8.6, y + 7.8, card.village, TEXT_ROOM - 8.6, 9, 6, bold=True)
    pen.text(left + 8.6, y + 11.4, _("Points card of the love supermarket"), 6.5, colour=QUIET)
    _fitted(pen, left, y + 25.5, card.name, TEXT_ROOM, 24, 9, bold=True)
    _fitted(pen, left, y + 32, card.grid, TEXT_ROOM, 9.5, 6)
    _fitted(pen, left, y + 41.5, words.grouped(card.number), TEXT_ROOM, 14, 7, bold=True)
    pen.qr(x + QR_LEFT, y + 5, QR_SIDE, card.url)
    pen.line(left, y + 45.5, x + CARD_WIDE - EDGE, y + 45.5, colour=LINE, thick=0.25)
    pen.text(left, y + 49.6, _("If found, please return it to the village committee."), 7, colour=QUIET)


def _fitted(
    pen: Pen, x: float, y: float, text: str, room: float, size: float, smallest: float, bold: bool = False
) -> None:
    shown, fitted = fit(text, room, size, smallest, bold)
    pen.text(x, y, shown, fitted, bold=bold)
