"""Cards to print, cut and hand out: ten to an A4 sheet, each 85.6 x 54 mm, with the rules on the back."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, QrPath, baseline, fit, paragraph, qr_path, stack

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

# From so many cards on, their QR codes are made beside the pages, on every core of the machine.
MANY = 1000

RULE_SIZE = 8.2  # points: the rules on the back


@dataclass(frozen=True)
class CardFace:
    """What one card shows; `url` is the QR's payload and holds the card's secret."""

    village: str
    name: str
    grid: str
    number: str
    url: str


def cards_pdf(
    cards: Sequence[CardFace], progress: Callable[[int], None] | None = None, *, backs: bool = True
) -> bytes:
    """The sheets in Chinese, each followed by its back, to be flipped on the long edge; or fronts only.

    `progress` is told after each sheet how many cards are done.
    """
    with force_locale("zh"), _codes([card.url for card in cards]) as codes:
        pen = Pen(_("Points cards"), WIDE, HIGH)
        pen.stencil("marks", _cut_marks)
        pen.stencil("front", _same_on_all)
        if backs:
            pen.stencil("back", _back)
        each = ACROSS * DOWN
        sheets = [cards[start : start + each] for start in range(0, len(cards), each)]
        done = 0
        for number, sheet in enumerate(sheets, 1):
            if done:
                pen.next_page()
            page = words.page_of(number, len(sheets))
            _fronts(pen, list(zip(sheet, islice(codes, len(sheet)), strict=True)), page, backs)
            if backs:
                pen.next_page()
                _backs(pen, len(sheet), page)
            done += len(sheet)
            if progress:
                progress(done)
        return pen.pdf()


@contextmanager
def _codes(payloads: Sequence[str]) -> Iterator[Iterator[QrPath]]:
    """The QR codes of these texts, in their order."""
    if len(payloads) < MANY:
        yield map(qr_path, payloads)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield pool.map(qr_path, payloads, chunksize=100)


def _fronts(pen: Pen, cards: Sequence[tuple[CardFace, QrPath]], page: str, backs: bool) -> None:
    """Up to ten cards, the marks to cut along, and in the margins what the clerk should know."""
    pen.stamp("marks")
    for place, (card, code) in enumerate(cards):
        row, column = divmod(place, ACROSS)
        _card(pen, LEFT + column * CARD_WIDE, TOP + row * CARD_HIGH, card, code)
    hint = (
        _("Print on both sides at actual size, flip on the long edge, and cut along the marks.")
        if backs
        else _("Print at actual size, not fitted to the page, and cut along the marks.")
    )
    _foot(pen, hint, _("%(page)s, front", page=page) if backs else page)
    if footnote := words.footnote([card for card, _code in cards]):
        stack(pen, paragraph(footnote, ACROSS * CARD_WIDE - 6, 6), LEFT + 3, 5)


def _backs(pen: Pen, count: int, page: str) -> None:
    """The backs of a sheet, each behind its card: what is left on the front is right here."""
    pen.stamp("marks")
    for place in range(count):
        row, column = divmod(place, ACROSS)
        pen.stamp("back", LEFT + (ACROSS - 1 - column) * CARD_WIDE, TOP + row * CARD_HIGH)
    hint = _("The backs. They lie behind the cards when the sheet is flipped on its long edge.")
    _foot(pen, hint, _("%(page)s, back", page=page))


def _foot(pen: Pen, hint: str, page: str) -> None:
    pen.text(LEFT + 3, HIGH - 8, hint, 7.5, colour=QUIET)
    pen.text(WIDE - LEFT - 3, HIGH - 8, page, 7.5, colour=QUIET, align="right")


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


def _card(pen: Pen, x: float, y: float, card: CardFace, code: QrPath) -> None:
    """One card with its upper left corner at x, y: who it is at the left, the QR at the right."""
    left = x + EDGE
    pen.stamp("front", x, y)
    _fitted(pen, left + 8.6, y + 7.8, card.village, TEXT_ROOM - 8.6, 9, 6, bold=True)
    _fitted(pen, left, y + 25.5, card.name, TEXT_ROOM, 24, 9, bold=True)
    _fitted(pen, left, y + 32, card.grid, TEXT_ROOM, 9.5, 6)
    _fitted(pen, left, y + 41.5, words.grouped(card.number), TEXT_ROOM, 14, 7, bold=True)
    pen.qr(x + QR_LEFT, y + 5, QR_SIDE, code)


def _same_on_all(pen: Pen) -> None:
    """What every front shows, as a stencil for the upper left corner."""
    pen.mark(EDGE - 0.6, 4.2, 8)
    pen.text(EDGE + 8.6, 11.4, _("Points card of the love supermarket"), 6.5, colour=QUIET)
    pen.line(EDGE, 45.5, CARD_WIDE - EDGE, 45.5, colour=LINE, thick=0.25)
    pen.text(EDGE, 49.6, _("If found, please return it to the village committee."), 7, colour=QUIET)


def _back(pen: Pen) -> None:
    """The back of every card, as a stencil for the upper left corner: the rules for its holder."""
    pen.mark(EDGE - 0.6, 4.2, 6.5)
    pen.text(EDGE + 7.2, 9.1, _("About this card"), 10, bold=True)
    pen.line(EDGE, 12, CARD_WIDE - EDGE, 12, colour=LINE, thick=0.25)
    y = 13.2
    for rule in (
        _("It says who you are: at the love supermarket, at a training, and when you look at your points."),
        _("Points are not money: they are not paid out, and not for sale."),
        _("They are spent on daily goods at the love supermarket of your own village, at the shelf's price."),
        _("Nobody but the shop and the committee should scan the code. Don't pass on pictures of it."),
        _("Lost? Tell the village committee at once; the card then stops, and you get a new one."),
    ):
        pen.text(EDGE, y + baseline(RULE_SIZE), "·", RULE_SIZE, bold=True)
        y = stack(pen, paragraph(rule, CARD_WIDE - 2 * EDGE - 2.5, RULE_SIZE), EDGE + 2.5, y) + 0.9


def _fitted(
    pen: Pen, x: float, y: float, text: str, room: float, size: float, smallest: float, bold: bool = False
) -> None:
    shown, fitted = fit(text, room, size, smallest, bold)
    pen.text(x, y, shown, fitted, bold=bold)
