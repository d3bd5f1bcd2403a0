"""The day's closing (日结): what was handed out on a day, what was voided, and which goods left the shelf."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from ground import clock
from ground.db import db
from people.models import Card
from shop.models import Redemption, Shop, Void, receipt_number


@dataclass
class Outflow:
    """One article on a day, in units: handed out, and back by that day's voids; `points` net, in tenths."""

    name: str
    unit: str
    handed_out: int = 0
    given_back: int = 0
    points: int = 0


@dataclass(frozen=True)
class Closing:
    """A shop's day: its redemptions in the order of their numbers, the voids made that day, and the goods."""

    day: date
    redemptions: Sequence[Redemption]
    voids: Sequence[Void]
    goods: Sequence[Outflow]

    @property
    def numbers_in_hand(self) -> list[tuple[str, str]]:
        """The receipt numbers that no redemption of the day has, each run of them from the first to the last.

        A desk without a network had them in its hand: it handed them out and they wait, or it was lost.
        """
        serials = [0, *(redemption.serial for redemption in self.redemptions)]
        return [
            (receipt_number(self.day, one + 1), receipt_number(self.day, other - 1))
            for one, other in pairwise(serials)
            if other - one > 1
        ]

    @property
    def total_out(self) -> int:
        """Tenths that were redeemed."""
        return sum(redemption.total for redemption in self.redemptions)

    @property
    def total_back(self) -> int:
        """Tenths that voids of this day gave back, also for redemptions of earlier days."""
        return sum(void.redemption.total for void in self.voids)


def close_day(shop: Shop, day: date) -> Closing:
    """A shop's day, computed from its redemptions and voids alone, so always the same."""
    redemptions = db.session.scalars(
        select(Redemption)
        .options(
            joinedload(Redemption.card).joinedload(Card.person),
            joinedload(Redemption.clerk),
            joinedload(Redemption.device),
            joinedload(Redemption.void),
            selectinload(Redemption.lines),
        )
        .where(Redemption.shop_id == shop.id, Redemption.day == day)
        .order_by(Redemption.serial)
    ).all()
    begins, ends = clock.day_span(day, day)
    voids = db.session.scalars(
        select(Void)
        .join(Void.redemption)
        .options(
            joinedload(Void.redemption).selectinload(Redemption.lines),
            joinedload(Void.actor),
            joinedload(Void.device),
        )
        .where(Redemption.shop_id == shop.id, Void.at >= begins, Void.at < ends)
        .order_by(Void.id)
    ).all()
    return Closing(day, redemptions, voids, _outflows(redemptions, voids))


def _outflows(redemptions: Sequence[Redemption], voids: Sequence[Void]) -> list[Outflow]:
    """The goods by name and unit, as the receipts call them."""
    outflows: dict[tuple[str, str], Outflow] = {}
    for sign, handed_out in ((1, redemptions), (-1, [void.redemption for void in voids])):
        for redemption in handed_out:
            for line in redemption.lines:
                row = outflows.setdefault((line.name, line.unit), Outflow(line.name, line.unit))
                row.points += sign * line.amount
                row.handed_out += line.quantity if sign > 0 else 0
                row.given_back += line.quantity if sign < 0 else 0
    return sorted(outflows.values(), key=lambda row: row.name)


class DaySummary(NamedTuple):
    """A day's totals: redemptions, tenths out, and tenths back by the voids made that day."""

    day: date
    redemptions: int
    handed_out: int
    given_back: int


def day_summaries(shop: Shop, limit: int) -> list[DaySummary]:
    """The latest days on which something was handed out or voided, the newest first."""
    rows = db.session.execute(
        select(Redemption.day, func.count(), func.sum(Redemption.total))
        .where(Redemption.shop_id == shop.id)
        .group_by(Redemption.day)
        .order_by(Redemption.day.desc())
        .limit(limit)
    ).all()
    out = {day: (count, total) for day, count, total in rows}
    back: Counter[date] = Counter()
    for at, total in db.session.execute(
        select(Void.at, Redemption.total).join(Void.redemption).where(Redemption.shop_id == shop.id)
    ):
        back[clock.local(at).date()] += total
    latest_days = sorted(out.keys() | back.keys(), reverse=True)[:limit]
    return [DaySummary(day, *out.get(day, (0, 0)), back[day]) for day in latest_days]
