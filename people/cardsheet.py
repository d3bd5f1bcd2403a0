"""Sheets of cards to print and cut: ten on A4, each 85.6 x 54 mm, the rules on the back."""

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

SHEET_WIDE_MM, SHEET_HIGH_MM = 210, 297
CARD_WIDE_MM, CARD_HIGH_MM = 85.6, 54
CARDS_ACROSS, CARDS_DOWN = 2, 5
LEFT_MM = (SHEET_WIDE_MM - CARDS_ACROSS * CARD_WIDE_MM) / 2
TOP_MM = (SHEET_HIGH_MM - CARDS_DOWN * CARD_HIGH_MM) / 2

# Inside a card, from its own upper left corner.
EDGE_MM = 6
QR_SIDE_MM = 32
QR_LEFT_MM = CARD_WIDE_MM - QR_SIDE_MM - 3.5
TEXT_ROOM_MM = QR_LEFT_MM - EDGE_MM - 1
# The number as a linear code of 101 modules: digits come through any keyboard and input method.
MODULE_MM, BARS_HIGH_MM = 1 / 3, 7.6

# From so many cards on, their QR codes are made beside the pages, on every core of the machine.
MANY_CARDS = 1000

RULE_SIZE_POINTS = 8.2  # points: the rules on the back


@dataclass(frozen=True)
class CardFace:
    """The front of a card; `url` is the text of the QR code and holds the card's secret."""

    village: str
    name: str
    grid: str
    number: str
    url: str


def cards_pdf(
    cards: Sequence[CardFace], progress: Callable[[int], None] | None = None, *, backs: bool = True
) -> bytes:
    """The sheets in Chinese, each followed by its back; or the fronts only.

    They are flipped on the long edge. `progress` is told after each sheet how many cards are done.
    """
    with force_locale("zh"), _codes([card.url for card in cards]) as codes:
        pen = Pen(_("Points cards"), SHEET_WIDE_MM, SHEET_HIGH_MM)
        pen.stencil("marks", _cut_marks)
        pen.stencil("front", _front_stencil)
        if backs:
            pen.stencil("back", _back_stencil)
        cards_per_sheet = CARDS_ACROSS * CARDS_DOWN
        sheets = [cards[start : start + cards_per_sheet] for start in range(0, len(cards), cards_per_sheet)]
        done = 0
        for number, sheet in enumerate(sheets, 1):
            if done:
                pen.next_page()
            page = words.page_number(number, len(sheets))
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
    if len(payloads) < MANY_CARDS:
        yield map(qr_path, payloads)
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield pool.map(qr_path, payloads, chunksize=100)


def _fronts(pen: Pen, cards: Sequence[tuple[CardFace, QrPath]], page: str, backs: bool) -> None:
    """Draw up to ten fronts, the marks to cut along, and in the margins what the clerk should know."""
    pen.stamp("marks")
    for place, (card, code) in enumerate(cards):
        row, column = divmod(place, CARDS_ACROSS)
        _card(pen, LEFT_MM + column * CARD_WIDE_MM, TOP_MM + row * CARD_HIGH_MM, card, code)
    hint = (
        _("Print on both sides at actual size, flip on the long edge, and cut along the marks.")
        if backs
        else _("Print at actual size, not fitted to the page, and cut along the marks.")
    )
    _foot(pen, hint, _("%(page)s, front", page=page) if backs else page)
    if footnote := words.footnote([card for card, _code in cards]):
        stack(pen, paragraph(footnote, CARDS_ACROSS * CARD_WIDE_MM - 6, 6), LEFT_MM + 3, 5)


def _backs(pen: Pen, count: int, page: str) -> None:
    """Draw the backs of a sheet, each behind its card: left and right are swapped."""
    pen.stamp("marks")
    for place in range(count):
        row, column = divmod(place, CARDS_ACROSS)
        pen.stamp("back", LEFT_MM + (CARDS_ACROSS - 1 - column) * CARD_WIDE_MM, TOP_MM + row * CARD_HIGH_MM)
    hint = _("The backs. They lie behind the cards when the sheet is flipped on its long edge.")
    _foot(pen, hint, _("%(page)s, back", page=page))


def _foot(pen: Pen, hint: str, page: str) -> None:
    pen.text(LEFT_MM + 3, SHEET_HIGH_MM - 8, hint, 7.5, colour=QUIET)
    pen.text(SHEET_WIDE_MM - LEFT_MM - 3, SHEET_HIGH_MM - 8, page, 7.5, colour=QUIET, align="right")


def _cut_marks(pen: Pen) -> None:
    """Short lines in the margins, in line with the cards' edges and never on a card."""
    bottom, right = SHEET_HIGH_MM - TOP_MM, SHEET_WIDE_MM - LEFT_MM
    for column in range(CARDS_ACROSS + 1):
        x = LEFT_MM + column * CARD_WIDE_MM
        pen.line(x, TOP_MM - 5, x, TOP_MM - 1, thick=0.15)
        pen.line(x, bottom + 1, x, bottom + 5, thick=0.15)
    for row in range(CARDS_DOWN + 1):
        y = TOP_MM + row * CARD_HIGH_MM
        pen.line(LEFT_MM - 5, y, LEFT_MM - 1, y, thick=0.15)
        pen.line(right + 1, y, right + 5, y, thick=0.15)


def _card(pen: Pen, x: float, y: float, card: CardFace, code: QrPath) -> None:
    """Draw a front with its upper left corner at x, y: the holder at the left, the QR at the right.

    Under the holder the number, to scan and to type.
    """
    left = x + EDGE_MM
    pen.stamp("front", x, y)
    _fit_text(pen, left + 8.6, y + 7.8, card.village, TEXT_ROOM_MM - 8.6, 9, 6, bold=True)
    _fit_text(pen, left, y + 22.2, card.name, TEXT_ROOM_MM, 24, 9, bold=True)
    _fit_text(pen, left, y + 27.6, card.grid, TEXT_ROOM_MM, 9.5, 6)
    pen.code128(left, y + 30, MODULE_MM, BARS_HIGH_MM, card.number)
    _fit_text(pen, left, y + 43.2, words.grouped(card.number), TEXT_ROOM_MM, 14, 7, bold=True)
    pen.qr(x + QR_LEFT_MM, y + 5, QR_SIDE_MM, code)


def _front_stencil(pen: Pen) -> None:
    """Draw what all fronts share, as a stencil for the upper left corner."""
    pen.mark(EDGE_MM - 0.6, 4.2, 8)
    pen.text(EDGE_MM + 8.6, 11.4, _("Points card of the love supermarket"), 6.5, colour=QUIET)
    pen.line(EDGE_MM, 45.5, CARD_WIDE_MM - EDGE_MM, 45.5, colour=LINE, thick=0.25)
    pen.text(EDGE_MM, 49.6, _("If found, please return it to the village committee."), 7, colour=QUIET)


def _back_stencil(pen: Pen) -> None:
    """Draw the back of every card, as a stencil for the upper left corner: rules for its holder."""
    pen.mark(EDGE_MM - 0.6, 4.2, 6.5)
    pen.text(EDGE_MM + 7.2, 9.1, _("About this card"), 10, bold=True)
    pen.line(EDGE_MM, 12, CARD_WIDE_MM - EDGE_MM, 12, colour=LINE, thick=0.25)
    y = 13.2
    for rule in (
        _("It says who you are: at the love supermarket, at a training, and when you look at your points."),
        _("Points are not money: they are not paid out, and not for sale."),
        _("They are spent on daily goods at the love supermarket of your own village, at the shelf's price."),
        _("Nobody but the shop and the committee should scan the code. Don't pass on pictures of it."),
        _("Lost? Tell the village committee at once; the card then stops, and you get a new one."),
    ):
        pen.text(EDGE_MM, y + baseline(RULE_SIZE_POINTS), "·", RULE_SIZE_POINTS, bold=True)
        y = (
            stack(pen, paragraph(rule, CARD_WIDE_MM - 2 * EDGE_MM - 2.5, RULE_SIZE_POINTS), EDGE_MM + 2.5, y)
            + 0.9
        )


def _fit_text(
    pen: Pen, x: float, y: float, text: str, room: float, size: float, smallest: float, bold: bool = False
) -> None:
    fitted_text, fitted_size = fit(text, room, size, smallest, bold)
    pen.text(x, y, fitted_text, fitted_size, bold=bold)
