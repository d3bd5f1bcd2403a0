"""Two shops' shelves in plain Python, which know nothing of databases: what is where, and what is refused.

Each question (`why_not_…`) answers with the code of the refusal, or None; what then happens is told by the
method of the same name. Lots, consignments and stock-takes are called by the ids that the program gave them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

MOST = 100_000


@dataclass
class Lot:
    """Units of an article (`goods` is its id) that came in together; `delivered` is how many that were."""

    goods: int
    until: date | None
    units: int
    delivered: int
    consigned: bool = False


@dataclass
class Sent:
    """Units of a lot for another shop; `arrived` is the lot there, once they were taken in."""

    lot: int
    to_shop: int
    units: int
    arrived: int | None = None
    went_back: bool = False


@dataclass
class Take:
    """A stock-take: by article (id) the difference that was counted last, and who counted anything."""

    shop: int
    begun: datetime
    differences: dict[int, int] = field(default_factory=dict)
    counters: set[str] = field(default_factory=set)
    booked: bool = False
    called_off: bool = False

    @property
    def over(self) -> bool:
        return self.booked or self.called_off


class Shelves:
    """What lies where. `home` says of each article (id) which shop's it is, `like` which it is elsewhere."""

    def __init__(self, now: datetime, home: dict[int, int], like: dict[int, int]) -> None:
        self.now, self.home, self.like = now, home, like
        self.lots: dict[int, Lot] = {}
        self.sent: dict[int, Sent] = {}
        self.takes: dict[int, Take] = {}
        self._moves: list[tuple[int, datetime, int]] = []
        self.received = self.gone = self.found = 0

    # --- What is there ---

    def has_expired(self, lot: Lot) -> bool:
        return lot.until is not None and lot.until < self.now.date()

    def on_hand(self, goods: int) -> int:
        return sum(lot.units for lot in self.lots.values() if lot.goods == goods)

    def on_the_way(self) -> int:
        return sum(sent.units for sent in self.sent.values() if not (sent.arrived or sent.went_back))

    def _in_order(self, goods: int, *, also_expired: bool = False) -> list[int]:
        """The ids of an article's lots as they leave the shelf."""
        ours = {
            ident: lot
            for ident, lot in self.lots.items()
            if lot.goods == goods and (also_expired or not self.has_expired(lot))
        }
        return sorted(ours, key=lambda ident: (ours[ident].until or date.max, ident))

    def _from(self, order: list[int], units: int) -> dict[int, int] | None:
        """How many units each lot gives, or None if there are not enough."""
        taken = {}
        for ident in order:
            taken[ident] = min(units, self.lots[ident].units)
            units -= taken[ident]
        return {ident: part for ident, part in taken.items() if part} if units == 0 else None

    def taken(self, basket: dict[int, int]) -> dict[int, int] | None:
        """Which lots give a basket, or None if there is not enough."""
        whole: dict[int, int] = {}
        for goods, units in basket.items():
            part = self._from(self._in_order(goods), units)
            if part is None:
                return None
            whole |= part
        return whole

    def move(self, ident: int, units: int) -> None:
        lot = self.lots[ident]
        lot.units += units
        self._moves.append((lot.goods, self.now, units))

    # --- In, out, and undone ---

    def come_in(self, ident: int, goods: int, until: date | None, units: int) -> None:
        self.lots[ident] = Lot(goods, until, 0, units)
        self.move(ident, units)
        self.received += units

    def why_not_leave(self, lot: int, units: int) -> str | None:
        if not 0 < units <= MOST:
            return "bad_quantity"
        return "out_of_stock" if units > self.lots[lot].units else None

    def leave(self, lot: int, units: int) -> None:
        self.move(lot, -units)
        self.gone += units

    def why_not_undo(self, lot: int, units: int) -> str | None:
        """Of a move of so many units: plus for a delivery."""
        if units > 0 and self.lots[lot].consigned:
            return "not_reversible"
        return "out_of_stock" if units > 0 and self.lots[lot].units < units else None

    def undo(self, lot: int, units: int) -> None:
        self.move(lot, -units)
        if units > 0:
            self.received -= units
        else:
            self.gone += units

    # --- Between shops ---

    def why_not_send(self, lot: int, to_shop: int, units: int) -> str | None:
        there = self.lots[lot]
        if not 0 < units <= MOST:
            return "bad_quantity"
        if to_shop == self.home[there.goods]:
            return "same_shop"
        if self.has_expired(there):
            return "expired"
        return "out_of_stock" if units > there.units else None

    def send(self, ident: int, lot: int, to_shop: int, units: int) -> None:
        self.move(lot, -units)
        self.sent[ident] = Sent(lot, to_shop, units)

    def arrive(self, ident: int, arrived: int) -> None:
        sent = self.sent[ident]
        origin = self.lots[sent.lot]
        sent.arrived = arrived
        self.lots[arrived] = Lot(self.like[origin.goods], origin.until, 0, sent.units, consigned=True)
        self.move(arrived, sent.units)

    def go_back(self, ident: int) -> None:
        sent = self.sent[ident]
        sent.went_back = True
        self.move(sent.lot, sent.units)

    # --- Stock-takes ---

    def begin(self, ident: int, shop: int) -> None:
        self.takes[ident] = Take(shop, self.now)

    def why_not_count(
        self, ident: int, goods: int, units: int, began: datetime | None, ended: datetime | None
    ) -> str | None:
        take = self.takes[ident]
        if take.over:
            return "stock_take_over"
        if not 0 <= units <= MOST:
            return "bad_quantity"
        if self.home[goods] != take.shop:
            return "unknown_goods"
        began, ended = self._span(take, began, ended)
        moved = any(there == goods and began <= at <= ended for there, at, _units in self._moves)
        return "moved_meanwhile" if began < self.now and moved else None

    def _span(self, take: Take, began: datetime | None, ended: datetime | None) -> tuple[datetime, datetime]:
        ended = max(take.begun, min(ended or self.now, self.now))
        return max(take.begun, min(began or ended, ended)), ended

    def count(self, ident: int, goods: int, units: int, ended: datetime | None, who: str) -> None:
        take = self.takes[ident]
        _began, ended = self._span(take, None, ended)
        later = sum(moved for there, at, moved in self._moves if there == goods and at > ended)
        take.differences[goods] = units - (self.on_hand(goods) - later)
        take.counters.add(who)

    def why_not_book(self, ident: int, who: str) -> str | None:
        take = self.takes[ident]
        if take.over:
            return "stock_take_over"
        if not take.differences:
            return "nothing_counted"
        if who in take.counters:
            return "own_count"
        return "out_of_stock" if self._booking(take) is None else None

    def _booking(self, take: Take) -> dict[int, int] | None:
        """By lot, what a booking moves; None if less is left of something than is missing."""
        whole: dict[int, int] = {}
        for goods, difference in take.differences.items():
            order = self._in_order(goods, also_expired=True)
            if difference > 0:
                whole[order[-1]] = difference
                continue
            part = self._from(order, -difference)
            if part is None:
                return None
            whole |= {lot: -units for lot, units in part.items()}
        return whole

    def book(self, ident: int) -> None:
        take = self.takes[ident]
        for lot, units in (self._booking(take) or {}).items():
            self.move(lot, units)
            self.found += units
        take.booked = True
