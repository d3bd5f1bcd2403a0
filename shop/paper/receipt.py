"""The receipt (兑换凭证): on roll paper of 58 or 80 mm, as long as it has to be, or on A4, once or twice."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import (
    BLACK,
    INK,
    PERSIMMON,
    QUIET,
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
from ground.paper.table import PrintedColumn, PrintedTable, height_of, side_by_side
from points.amounts import show
from shop.paper.parts import (
    A4_HIGH_MM,
    A4_WIDE_MM,
    SIGN_HIGH_MM,
    banner,
    facts,
    figure_band,
    foot,
    points_text,
    signature,
)
from shop.paper.roll import Paper, centred_text, dashed_line, goods_name, labelled_value, left_text


@dataclass(frozen=True)
class ReceiptLine:
    """One kind of goods and how many; `price` and `amount` in tenths of a point."""

    name: str
    unit: str
    quantity: int
    price: int
    amount: int
    spec: str = ""


@dataclass(frozen=True)
class ReceiptProxy:
    """Who came for the worker (代领人), and what they are to them.

    Their signature is strokes, each [x0, y0, x1, y1, …] in whole numbers on a field 1000 wide and 400 high;
    without one the line is left to be signed by hand.
    """

    name: str
    relation: str
    signature: list[list[int]]


@dataclass(frozen=True)
class Receipt:
    """One redemption as it is printed.

    The worker's name is masked, `at` in UTC, all points in tenths; `lapses` says what of the balance will
    expire.
    """

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
    proxy: ReceiptProxy | None = None
    lapses: str | None = None

    @property
    def title(self) -> str:
        """The title of the paper, which says whether it is a reprint."""
        return _("Redemption receipt (reprint)") if self.reprint else _("Redemption receipt")


# A4x2: two copies on one sheet of A4, each on a half of it.
PAPERS = {
    "58": Paper(wide=58, margin=5, size=8.2, large=12.5, qr=30),
    "80": Paper(wide=80, margin=4, size=10, large=16, qr=36),
    "A4": Paper(wide=A4_WIDE_MM, margin=16, size=11.5, large=19, qr=36),
    "A4x2": Paper(wide=A4_WIDE_MM, margin=16, size=10.5, large=17, qr=32),
}
ROLL_END_MM = 6
TOP_MM, BOTTOM_MM = 14, 18
HALF_MM, HALF_TOP_MM, HALF_BOTTOM_MM = A4_HIGH_MM / 2, 10, 8


def receipt_pdf(receipt: Receipt, paper: str) -> bytes:
    """The receipt in the reader's language; `paper` is a key of PAPERS."""
    if paper == "A4x2":
        return _two_copies(receipt)
    if paper == "A4":
        return _pages(receipt, [""])
    sheet = PAPERS[paper]
    strips = _roll_strips(receipt, sheet)
    pen = Pen(_document_title(receipt), sheet.wide, height_of(strips) + 2 * ROLL_END_MM)
    stack(pen, strips, sheet.margin, ROLL_END_MM)
    return pen.pdf()


def _document_title(receipt: Receipt) -> str:
    return f"{receipt.shop} {receipt.number}"


def _two_copies(receipt: Receipt) -> bytes:
    """Both copies on one sheet; a receipt too long for half a sheet takes pages of its own for each."""
    paper, names = PAPERS["A4x2"], [_("Shop's copy"), _("Worker's copy")]
    copies = [
        paginate(_a4_strips(receipt, paper, name), HALF_MM - HALF_TOP_MM - HALF_BOTTOM_MM) for name in names
    ]
    if len(copies[0]) > 1:
        return _pages(receipt, names)
    pen = Pen(_document_title(receipt), A4_WIDE_MM, A4_HIGH_MM)
    for place, [strips] in enumerate(copies):
        stack(pen, strips, paper.margin, place * HALF_MM + HALF_TOP_MM)
    hint = _("Cut here")
    side = (A4_WIDE_MM - width(hint, paper.small)) / 2 - 3
    for start in (paper.margin / 2, A4_WIDE_MM - side):
        pen.line(start, HALF_MM, start + side - paper.margin / 2, HALF_MM, colour=QUIET, dash=(1.6, 1.2))
    pen.text(A4_WIDE_MM / 2, HALF_MM + 1, hint, paper.small, colour=QUIET, align="center")
    return pen.pdf()


def _pages(receipt: Receipt, copies: list[str]) -> bytes:
    """Each copy on as many sheets as it needs, one copy after the other."""
    paper, pen = PAPERS["A4"], Pen(_document_title(receipt), A4_WIDE_MM, A4_HIGH_MM)
    for copy in copies:
        pages = paginate(_a4_strips(receipt, paper, copy), A4_HIGH_MM - TOP_MM - BOTTOM_MM)
        for number, page in enumerate(pages, 1):
            if (copy, number) != (copies[0], 1):
                pen.next_page()
            stack(pen, page, paper.margin, TOP_MM)
            if len(pages) > 1:
                title = f"{copy} {receipt.number} {receipt.shop}".strip()
                foot(pen, title, number, len(pages), paper.margin)
    return pen.pdf()


# On roll paper.


def _roll_strips(receipt: Receipt, paper: Paper) -> list[Strip]:
    """The receipt on roll paper, from top to bottom."""
    return [
        *_roll_heading(receipt, paper),
        *dashed_line(paper),
        *labelled_value(_("Receipt number"), receipt.number, paper),
        *labelled_value(_("Time"), words.moment(receipt.at), paper),
        *labelled_value(_("Worker"), receipt.worker, paper),
        *labelled_value(_("Card number"), words.grouped(receipt.card_number), paper),
        *dashed_line(paper),
        *[strip for line in receipt.lines for strip in _roll_goods(line, paper)],
        *dashed_line(paper),
        *labelled_value(_("Total"), points_text(receipt.total), paper, paper.large, bold=True),
        *labelled_value(_("Balance before"), points_text(receipt.before), paper),
        *labelled_value(_("Balance after"), points_text(receipt.after), paper, paper.large, bold=True),
        *(left_text(receipt.lapses, paper) if receipt.lapses else []),
        *dashed_line(paper),
        *labelled_value(_("Served by"), receipt.clerk, paper),
        *(labelled_value(_("Collected by"), _proxy_text(receipt.proxy), paper) if receipt.proxy else []),
        _signature(receipt, paper.room, paper.size, BLACK),
        gap(2),
        _qr(receipt, paper.room, paper.qr),
        *centred_text(_("Anyone can scan this to check the receipt."), paper, paper.small),
        *_note_on_missing(receipt, paper, BLACK),
    ]


def _roll_heading(receipt: Receipt, paper: Paper) -> list[Strip]:
    """Mark, shop and village; what this paper is; and whether it is void."""
    side = paper.size * 0.9
    strips = [
        Strip(side, lambda pen, x, y: pen.mark(x + (paper.room - side) / 2, y, side, BLACK)),
        *centred_text(receipt.shop, paper, paper.size * 1.3, bold=True),
        *centred_text(receipt.village, paper),
        *centred_text(receipt.title, paper, bold=True),
    ]
    return strips + _void(receipt, paper, BLACK)


def _roll_goods(line: ReceiptLine, paper: Paper) -> list[Strip]:
    """The name of the goods on as many lines as it needs, then quantity, price and amount."""
    price_text = _(
        "%(quantity)d %(unit)s at %(price)s", quantity=line.quantity, unit=line.unit, price=show(line.price)
    )
    return [*goods_name(line.name, line.spec, paper), *labelled_value(price_text, show(line.amount), paper)]


# On A4, whole or half.


def _a4_strips(receipt: Receipt, paper: Paper, copy: str) -> list[Strip]:
    """The receipt on A4, from top to bottom; `copy` says whose copy it is."""
    right = paper.qr + 4
    table = _goods_table(paper)
    balances = [
        (_("Balance before"), points_text(receipt.before), False),
        (_("Total"), points_text(receipt.total), True),
        (_("Balance after"), points_text(receipt.after), True),
    ]
    left = [
        *_a4_heading(receipt, paper, copy, paper.room - right),
        gap(2),
        *facts(_receipt_facts(receipt), paper.room - right, paper.size),
    ]
    caption = _("Anyone can scan this to check the receipt.")
    check = [
        _qr(receipt, right, paper.qr),
        side_by_side([((right - 30) / 2, []), (30, paragraph(caption, 30, 8, colour=QUIET, align="center"))]),
    ]
    return [
        side_by_side([(paper.room - right, left), (right, check)]),
        *_void(receipt, paper, PERSIMMON),
        gap(2),
        *table.rows(map(_cells, receipt.lines)),
        gap(2),
        figure_band(balances, paper.room, paper.large),
        *([gap(1), *left_text(receipt.lapses, paper)] if receipt.lapses else []),
        gap(1),
        *_handover(receipt, paper),
        *_note_on_missing(receipt, paper, QUIET),
    ]


def _a4_heading(receipt: Receipt, paper: Paper, copy: str, room: float) -> list[Strip]:
    """Mark, shop and village at the left; below, in large type, what this paper is and whose."""
    side = paper.size * 1.05
    names = [
        *paragraph(receipt.shop, room - side - 6, paper.size * 1.15, bold=True),
        *paragraph(receipt.village, room - side - 6, paper.size * 0.9, colour=QUIET),
    ]
    mark = Strip(side, lambda pen, x, y: pen.mark(x - 0.8, y, side))
    title = side_by_side(
        [
            (
                width(receipt.title, paper.large, bold=True) + 4,
                paragraph(receipt.title, room, paper.large, bold=True),
            ),
            (0, [_tag(copy, paper)] if copy else []),
        ]
    )
    return [side_by_side([(side + 2, [mark]), (room, names)]), gap(1.5), title]


def _tag(text: str, paper: Paper) -> Strip:
    """A framed word beside a line of large type."""
    high = leading(paper.size) + 1
    above = leading(paper.large) - high

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.frame(x, y + above / 2, width(text, paper.size, bold=True) + 5, high, radius=1)
        pen.text(x + 2.5, y + above / 2 + 0.5 + baseline(paper.size), text, paper.size, bold=True)

    return Strip(high, draw)


def _receipt_facts(receipt: Receipt) -> list[tuple[str, str]]:
    return [
        (_("Receipt number"), receipt.number),
        (_("Time"), words.moment(receipt.at)),
        (_("Worker"), receipt.worker),
        (_("Card number"), words.grouped(receipt.card_number)),
    ]


def _goods_table(paper: Paper) -> PrintedTable:
    """The table of goods; the name takes the width that the other columns leave."""
    others = [
        PrintedColumn(_("Specification"), 38),
        PrintedColumn(_("Quantity"), 22, "right"),
        PrintedColumn(_("Price"), 20, "right"),
        PrintedColumn(_("Amount"), 22, "right"),
    ]
    name = PrintedColumn(_("Goods"), paper.room - sum(column.width_mm for column in others))
    return PrintedTable([name, *others], size=paper.size - 0.5, head_size=8.5, padding=0.8, side=2)


def _cells(line: ReceiptLine) -> list[str]:
    return [line.name, line.spec, f"{line.quantity} {line.unit}", show(line.price), show(line.amount)]


def _handover(receipt: Receipt, paper: Paper) -> list[Strip]:
    """Who handed it out, who came for it, and the line to sign on: beside them, or below long names."""
    left = paper.room * 0.42
    people = [(_("Served by"), receipt.clerk)]
    if receipt.proxy:
        people.append((_("Collected by"), _proxy_text(receipt.proxy)))
    strips = facts(people, left, paper.size, pairs_in_row=1)
    line = _signature(receipt, paper.room - left, paper.size, INK)
    down = SIGN_HIGH_MM - height_of(strips)
    if down < 0:
        return [
            *facts(people, paper.room, paper.size, pairs_in_row=1),
            side_by_side([(left, []), (paper.room - left, [line])]),
        ]
    return [side_by_side([(left, [gap(down), *strips]), (paper.room - left, [line])])]


# On every paper.


def _proxy_text(proxy: ReceiptProxy) -> str:
    """Who came, and what they are to the worker."""
    if not proxy.relation:
        return proxy.name
    return str(_("%(name)s (%(relation)s)", name=proxy.name, relation=proxy.relation))


def _signature(receipt: Receipt, room: float, size: float, colour: str) -> Strip:
    """The line to sign on; who came for somebody signs in their stead."""
    if receipt.proxy:
        return signature(_("Proxy's signature"), room, size, colour=colour, strokes=receipt.proxy.signature)
    return signature(_("Signature"), room, size, colour=colour)


def _void(receipt: Receipt, paper: Paper, colour: str) -> list[Strip]:
    """The banner that the receipt is void, and why; nothing on a valid one."""
    if receipt.void_reason is None:
        return []
    reason = _("Reason: %(reason)s", reason=receipt.void_reason)
    return [
        gap(1.5),
        banner(_("VOID"), paper.room, paper.large * 1.1, colour),
        gap(1),
        *left_text(reason, paper, bold=True),
    ]


def _qr(receipt: Receipt, room: float, side: float) -> Strip:
    """The QR with which anyone can look this receipt up."""
    return Strip(side, lambda pen, x, y: pen.qr(x + (room - side) / 2, y, side, receipt.check_url))


def _note_on_missing(receipt: Receipt, paper: Paper, colour: str) -> list[Strip]:
    """The note on characters that no typeface has; nothing where none is missing."""
    note = words.footnote(receipt)
    return [gap(1), *paragraph(note, paper.room, paper.small, colour=colour)] if note else []
