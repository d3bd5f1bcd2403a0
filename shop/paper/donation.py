"""The donation receipt (捐赠收据): thanks to who gave, for what, without a value in money."""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, Strip, fit, gap, paragraph
from ground.paper.table import side_by_side
from shop.paper.parts import (
    BODY,
    CELL,
    ROOM_MM,
    SMALL,
    GoodsItem,
    facts,
    goods_list,
    heading,
    note_on_missing,
    number_line,
    sheet_pdf,
    signature,
)

QR_SIDE_MM, SEAL_MM = 32, 42  # a committee's seal is 42 mm across at most


@dataclass(frozen=True)
class DonationItem(GoodsItem):
    """One kind of goods that was given, and how many."""


@dataclass(frozen=True)
class DonationReceipt:
    """What somebody gave to a shop on a day; `check_url` is the donor's public page."""

    shop: str
    village: str
    donor: str
    number: str
    day: date
    items: list[DonationItem]
    received_by: str
    check_url: str


def donation_pdf(receipt: DonationReceipt) -> bytes:
    """The receipt in Chinese, on A4."""
    with force_locale("zh"):
        title = _("Donation receipt %(number)s", number=receipt.number)
        return sheet_pdf(title, _strips(receipt))


def _strips(receipt: DonationReceipt) -> list[Strip]:
    """The receipt from the title to the seal."""
    thanks = _(
        "Thank you, %(donor)s: on %(day)s you gave the goods below to %(shop)s. Our grid "
        "workers receive them for the service they did for their neighbours.",
        donor=receipt.donor,
        day=words.day(receipt.day),
        shop=receipt.shop,
    )
    return [
        *heading(f"{receipt.village} {receipt.shop}", _("Donation receipt")),
        *number_line(receipt.number),
        *paragraph(f"\u3000\u3000{thanks}", ROOM_MM, 12.5),
        gap(3),
        *goods_list(receipt.items),
        gap(6),
        _end(receipt),
        *note_on_missing(receipt),
    ]


def _end(receipt: DonationReceipt) -> Strip:
    """The end of the receipt: who received it, the QR of the donor's page, and the seal's place."""
    left = ROOM_MM - 76.0
    beside_qr = left - QR_SIDE_MM - 13
    explained = paragraph(
        _("Scan to see what was given and how much of it has gone out. No names are shown."),
        beside_qr,
        CELL,
        colour=QUIET,
    )
    strips = [
        *facts([(_("Received by"), receipt.received_by)], left, pairs_in_row=1),
        signature(_("Receiver's signature"), left - 8, BODY),
        gap(6),
        side_by_side([(QR_SIDE_MM - 3, [_qr(receipt)]), (beside_qr, [gap(6), *explained])]),
    ]
    return side_by_side([(left, strips), (76, [_seal(receipt)])])


def _qr(receipt: DonationReceipt) -> Strip:
    """The QR of the donor's page.

    Its quiet zone reaches into the margin, so that its modules are in line with the text.
    """
    return Strip(QR_SIDE_MM, lambda pen, x, y: pen.qr(x - 3, y, QR_SIDE_MM, receipt.check_url))


def _seal(receipt: DonationReceipt) -> Strip:
    """A pale ring for the seal, over the shop's name and the day."""

    def draw(pen: Pen, x: float, y: float) -> None:
        middle = x + 38
        pen.frame(
            middle - SEAL_MM / 2,
            y,
            SEAL_MM,
            SEAL_MM,
            radius=SEAL_MM / 2,
            colour=LINE,
            thick=0.4,
            dash=(1.6, 1.2),
        )
        pen.text(middle, y + 10, _("Place for the seal"), SMALL, colour=QUIET, align="center")
        text, size = fit(receipt.shop, 74, BODY, 6)
        pen.text(middle, y + 23, text, size, align="center")
        pen.text(middle, y + 30, words.day(receipt.day), BODY, align="center")

    return Strip(SEAL_MM + 1, draw)
