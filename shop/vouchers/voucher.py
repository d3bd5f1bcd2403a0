"""What a voucher is: what moved together on a day, under a number of its own, line by line.

delivery, receipt   what came in together; a single lot of before deliveries were written down
arrived, sent       what another shop sent, what was sent to another one
redemptions         what the desk handed out and took back on a day
write-off, return   units of a lot that left beside the desk
stock-take          what was found and what was missing
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby

from people.models import User
from shop.models import Source


class VoucherKind(StrEnum):
    """What a voucher is about."""

    DELIVERY = "delivery"
    RECEIPT = "receipt"
    ARRIVED = "arrived"
    REDEMPTIONS = "redemptions"
    WRITE_OFF = "write_off"
    RETURN = "return"
    SENT = "sent"
    STOCK_TAKE = "stock_take"


OUTGOING = frozenset({VoucherKind.REDEMPTIONS, VoucherKind.WRITE_OFF, VoucherKind.RETURN, VoucherKind.SENT})


@dataclass(frozen=True)
class VoucherLine:
    """Units of an article at one cost, minus on what is red or was missing; `unit_cost` in fen, if known.

    `price` in tenths of a point is what a unit was handed out for, `undone_on` when the line was undone.
    """

    goods_id: int
    name: str
    spec: str
    unit: str
    quantity: int
    unit_cost: int | None
    best_before: date | None = None
    price: int | None = None
    undone_on: date | None = None

    @property
    def value(self) -> int | None:
        """What the units cost, in fen."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity

    @property
    def points(self) -> int | None:
        """What was redeemed for them, in tenths of a point."""
        return None if self.price is None else self.price * self.quantity


@dataclass(frozen=True)
class StockVoucher:
    """What moved together on a day; `made_at` is when the first of it was written.

    `received_on` is the day on which a delivery came, which may be written down later; `from_whom` the
    supplier, the donor or the other shop, empty where there is none; `reverses` the number of the voucher
    that a red one undoes; `receipts` those of the desk, `voided` those whose goods came back on the day.
    """

    kind: VoucherKind
    number: str
    day: date
    lines: Sequence[VoucherLine]
    made_by: User | None
    made_at: datetime
    received_on: date | None = None
    source: Source | None = None
    from_whom: str = ""
    invoice_number: str = ""
    reason: str = ""
    reverses: str = ""
    receipts: Sequence[str] = ()
    voided: Sequence[str] = ()

    @property
    def is_red(self) -> bool:
        """Whether it undoes another voucher."""
        return bool(self.reverses)

    @property
    def units(self) -> int:
        """All units together."""
        return sum(line.quantity for line in self.lines)

    @property
    def value(self) -> int | None:
        """What all of it cost in fen; None where no cost is known."""
        values = [line.value for line in self.lines if line.value is not None]
        return sum(values) if values else None

    @property
    def points(self) -> int | None:
        """What was redeemed for all of it, in tenths; None on any other voucher than the desk's."""
        return sum(line.points or 0 for line in self.lines) if self.kind == VoucherKind.REDEMPTIONS else None

    @property
    def uncosted(self) -> int:
        """The units on it whose cost nobody wrote down, minus where it is red: they are not in the value."""
        return sum(line.quantity for line in self.lines if line.unit_cost is None)


@dataclass(frozen=True)
class VoucherSums:
    """What vouchers of one kind come to: how many they are, their units, value in fen, and tenths of a point.

    Red ones count as minus; `uncosted` units are not in the value.
    """

    kind: VoucherKind
    vouchers: int
    units: int
    value: int
    uncosted: int
    points: int


def sums(vouchers: Iterable[StockVoucher]) -> Iterator[VoucherSums]:
    """The sums of vouchers by their kind, in the order of the kinds."""
    order = list(VoucherKind)
    ordered = sorted(vouchers, key=lambda voucher: order.index(voucher.kind))
    for kind, group in groupby(ordered, key=lambda voucher: voucher.kind):
        of_kind = list(group)
        yield VoucherSums(
            kind,
            len(of_kind),
            sum(voucher.units for voucher in of_kind),
            sum(voucher.value or 0 for voucher in of_kind),
            sum(voucher.uncosted for voucher in of_kind),
            sum(voucher.points or 0 for voucher in of_kind),
        )
