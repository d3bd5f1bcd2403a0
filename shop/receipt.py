"""The receipt (兑换凭证): on roll paper of 58 or 80 mm, as long as it needs to be, or on A4."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from people.paper import words
from people.paper.draw import (
    BLACK,
    INK,
    PERSIMMON,
    QUIET,
    WHITE,
    Pen,
    Strip,
    baseline,
    gap,
    leading,
    paginate,
    paragraph,
    stack,
    width,
)
from points.amounts import show


@dataclass(frozen=True)
class ReceiptLine:
    """So many of one kind of goods; `price` and `amount` in tenths of a point."""

    name: str
    unit: str
    quantity: int
    price: int
    amount: int


@dataclass(frozen=True)
class Receipt:
    """One redemption as printed: the worker's name masked, `at` in UTC, all points in tenths."""

    shop: str
    village: str
    number: str
    at: datetime
    worker: str
    card_number: str
    lines: list[ReceiptLine]
    total: int
    before: int
    after: int
    clerk: str
    check_url: str
    void_reason: str | None = None
    reprint: bool = False


@dataclass(frozen=True)
class Paper:
    """A kind of paper in millimetres; no `high`: cut where the text ends. Sizes of type in points.

    Roll paper is printed by heat: all black, no quiet tones that would come out as dots.
    """

    wide: float
    margin: float
    size: float
    large: float
    qr: float
    high: float | None = None
    ink: str = BLACK
    quiet: str = BLACK
    accent: str = BLACK

    @property
    def room(self) -> float:
        """What lies between the margins."""
        return self.wide - 2 * self.margin


PAPERS = {
    "58": Paper(wide=58, margin=5, size=8.2, large=12.5, qr=30),
    "80": Paper(wide=80, margin=4, size=10, large=16, qr=36),
    "A4": Paper(
        wide=210, margin=35, size=12, large=18, qr=38, high=297, ink=INK, quiet=QUIET, accent=PERSIMMON
    ),
}
ROLL_END = 6


def receipt_pdf(receipt: Receipt, paper: str) -> bytes:
    """The receipt in the reader's language; `paper` is a key of PAPERS."""
    sheet = PAPERS[paper]
    strips = _strips(receipt, sheet)
    if sheet.high is None:
        pages, high, top = [strips], sum(strip.height for strip in strips) + 2 * ROLL_END, float(ROLL_END)
    else:
        top = 22.0
        pages, high = paginate(strips, sheet.high - 2 * top), sheet.high
    pen = Pen(f"{receipt.shop} {receipt.number}", sheet.wide, high)
    for number, page in enumerate(pages, 1):
        if number > 1:
            pen.next_page()
        stack(pen, page, sheet.margin, top)
        if len(pages) > 1:
            pen.text(sheet.wide / 2, high - top / 2, words.page_of(number, len(pages)), 9, align="center")
    return pen.pdf()


def _strips(receipt: Receipt, paper: Paper) -> list[Strip]:
    """The receipt from top to bottom, the same on every paper."""
    between = gap(paper.size / 8)
    return [
        *_heading(receipt, paper),
        between,
        _rule(paper),
        between,
        *_pair(paper, _("Receipt number"), receipt.number),
        *_pair(paper, _("Time"), words.moment(receipt.at)),
        *_pair(paper, _("Worker"), receipt.worker),
        *_pair(paper, _("Card number"), words.grouped(receipt.card_number)),
        between,
        _rule(paper),
        between,
        *[strip for line in receipt.lines for strip in _goods(line, paper)],
        between,
        _rule(paper),
        between,
        *_pair(paper, _("Total"), _points(receipt.total), paper.large, bold=True),
        *_pair(paper, _("Balance before"), _points(receipt.before)),
        *_pair(paper, _("Balance after"), _points(receipt.after), paper.large, bold=True),
        between,
        _rule(paper),
        between,
        *_pair(paper, _("Served by"), receipt.clerk),
        _signature(paper),
        *_check(receipt, paper),
    ]


def _heading(receipt: Receipt, paper: Paper) -> list[Strip]:
    """Mark, shop and village; what this paper is; and whether it is void."""
    side = paper.size * 0.9

    def mark(pen: Pen, x: float, y: float) -> None:
        pen.mark(x + (paper.room - side) / 2, y, side, paper.accent)

    title = _("Redemption receipt (reprint)") if receipt.reprint else _("Redemption receipt")
    strips = [
        Strip(side, mark),
        *_centred(receipt.shop, paper, paper.size * 1.3, bold=True),
        *_centred(receipt.village, paper, paper.size),
        *_centred(title, paper, paper.size, bold=True),
    ]
    if receipt.void_reason is not None:
        strips += [gap(1.5), _banner(_("VOID"), paper), gap(1)]
        strips += paragraph(
            _("Reason: %(reason)s", reason=receipt.void_reason),
            paper.room,
            paper.size,
            bold=True,
            colour=paper.ink,
        )
    return strips


def _banner(text: str, paper: Paper) -> Strip:
    """White on dark across the paper: nobody takes this receipt for a valid one."""
    size = paper.large * 1.2
    high = leading(size) * 1.15

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.box(x, y, paper.room, high, paper.accent, radius=1)
        below = y + (high - leading(size)) / 2 + baseline(size)
        pen.text(x + paper.room / 2, below, text, size, bold=True, colour=WHITE, align="center")

    return Strip(high, draw)


def _goods(line: ReceiptLine, paper: Paper) -> list[Strip]:
    """The name on as many lines as it needs, then quantity, price and amount."""
    reckoned = _(
        "%(quantity)d %(unit)s at %(price)s", quantity=line.quantity, unit=line.unit, price=show(line.price)
    )
    return [
        *paragraph(line.name, paper.room, paper.size, bold=True, colour=paper.ink),
        *_pair(paper, reckoned, show(line.amount)),
    ]


def _signature(paper: Paper) -> Strip:
    """A line of at least 40 mm to sign on, with room for the hand above it."""
    label = _("Signature")
    start = min(width(label, paper.size) + 2, paper.room - 40)
    above = 0 if start > width(label, paper.size) else leading(paper.size)
    high = above + 13

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.text(x, y + (baseline(paper.size) if above else high - 1), label, paper.size, colour=paper.ink)
        pen.line(x + start, y + high, x + paper.room, y + high, colour=paper.ink)

    return Strip(high, draw)


def _check(receipt: Receipt, paper: Paper) -> list[Strip]:
    """The QR with which anyone can look this receipt up, and the note on missing characters."""

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.qr(x + (paper.room - paper.qr) / 2, y, paper.qr, receipt.check_url)

    small = max(7.5, paper.size * 0.85)
    strips = [
        gap(2),
        Strip(paper.qr, draw),
        *_centred(_("Anyone can scan this to check the receipt."), paper, small, colour=paper.quiet),
    ]
    if footnote := words.footnote(receipt):
        strips += [gap(1), *paragraph(footnote, paper.room, small, colour=paper.quiet)]
    return strips


def _points(tenths: int) -> str:
    return str(_("%(points)s points", points=show(tenths)))


def _rule(paper: Paper) -> Strip:
    return Strip(0.4, lambda pen, x, y: pen.line(x, y, x + paper.room, y, colour=paper.ink, dash=(1, 0.8)))


def _centred(
    text: str, paper: Paper, size: float, bold: bool = False, colour: str | None = None
) -> list[Strip]:
    return paragraph(text, paper.room, size, bold=bold, colour=colour or paper.ink, align="center")


def _pair(
    paper: Paper, left: str, right: str, size: float | None = None, *, bold: bool = False
) -> list[Strip]:
    """A label at the left and its value at the right, below each other where both do not fit."""
    size = size or paper.size
    if width(left, size, bold) + width(right, size, bold) + 2 > paper.room:
        return [
            *paragraph(left, paper.room, size, bold=bold, colour=paper.ink),
            *paragraph(right, paper.room, size, bold=bold, colour=paper.ink, align="right"),
        ]

    def draw(pen: Pen, x: float, y: float) -> None:
        below = y + baseline(size)
        pen.text(x, below, left, size, bold=bold, colour=paper.ink)
        pen.text(x + paper.room, below, right, size, bold=bold, colour=paper.ink, align="right")

    return [Strip(leading(size), draw)]
