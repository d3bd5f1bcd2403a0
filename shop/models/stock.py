"""Lots and every change of them: deliveries, donations, stock moves, consignments, stock-takes."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import User
from shop.models.goods import Goods, Shop


class Source(StrEnum):
    """The source of a lot; `OPENING` was on the shelf before anybody wrote down what came in."""

    PURCHASE = "purchase"
    DONATION = "donation"
    ALLOCATION = "allocation"
    OPENING = "opening"


class Donation(Base):
    """What a donor gave a shop on one day, under one receipt; `code` opens the donor's page."""

    __tablename__ = "donation"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    donor: Mapped[str] = mapped_column(String(100))
    given_on: Mapped[date]
    serial: Mapped[int]
    code: Mapped[str] = mapped_column(String(16), unique=True)

    shop: Mapped[Shop] = relationship()
    lots: Mapped[list["Lot"]] = relationship(order_by="Lot.id", back_populates="donation")

    __table_args__ = (UniqueConstraint("shop_id", "donor", "given_on"), UniqueConstraint("shop_id", "serial"))

    @property
    def number(self) -> str:
        """The receipt's number: its year and the shop's serial, 2026-0007."""
        return f"{self.given_on:%Y}-{self.serial:04d}"


class Delivery(Base):
    """What came into a shop together (入库单): a lot for each of its lines; never changed.

    `serial` is its number in the shop's `year`, the one of `received_on`. Of a donation the donor stands in
    the donation; `supplier` is whoever sold or allocated the rest, None where nobody was named.
    """

    __tablename__ = "delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    year: Mapped[int]
    serial: Mapped[int]
    source: Mapped[Source] = mapped_column(enum_column(Source))
    supplier: Mapped[str | None] = mapped_column(String(100))
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"))
    invoice_number: Mapped[str | None] = mapped_column(String(60))
    received_on: Mapped[date]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    shop: Mapped[Shop] = relationship()
    donation: Mapped[Donation | None] = relationship()
    actor: Mapped[User | None] = relationship()
    lots: Mapped[list["Lot"]] = relationship(order_by="Lot.id", back_populates="delivery")

    __table_args__ = (
        UniqueConstraint("shop_id", "year", "serial"),
        CheckConstraint("(source = 'donation') = (donation_id IS NOT NULL)", name="donation"),
        CheckConstraint("donation_id IS NULL OR supplier IS NULL", name="supplier"),
    )

    @property
    def number(self) -> str:
        """The number on the paper: its year and the shop's serial in it, 2026-0007."""
        return f"{self.year}-{self.serial:04d}"

    @property
    def from_whom(self) -> str:
        """The donor or supplier; empty where nobody was named."""
        return (self.donation.donor if self.donation else self.supplier) or ""


class Lot(Base):
    """Goods that came in together; `on_hand` is what is left, always the sum of the lot's moves.

    `unit_cost` in fen (hundredths of a yuan), where it is known. A lot that came from another shop keeps
    source, donation and cost of the lot it was taken from, and has no delivery here; nor has one that a
    stock-take found, or one of before deliveries were written down.
    """

    __tablename__ = "lot"

    id: Mapped[int] = mapped_column(primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"), index=True)
    source: Mapped[Source] = mapped_column(enum_column(Source))
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("delivery.id"), index=True)
    unit_cost: Mapped[int | None]
    best_before: Mapped[date | None]
    received_on: Mapped[date]
    on_hand: Mapped[int] = mapped_column(default=0)

    goods: Mapped[Goods] = relationship()
    donation: Mapped[Donation | None] = relationship(back_populates="lots")
    delivery: Mapped[Delivery | None] = relationship(back_populates="lots")

    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("(source = 'donation') = (donation_id IS NOT NULL)", name="donation"),
        CheckConstraint("unit_cost IS NULL OR unit_cost >= 0", name="unit_cost"),
    )

    @property
    def donor(self) -> str | None:
        """The donor of a lot that was given."""
        return self.donation.donor if self.donation else None

    def has_expired(self, day: date) -> bool:
        """Whether its last good day lies before a day; what has expired is not given out."""
        return self.best_before is not None and self.best_before < day


class MoveKind(StrEnum):
    """Why the stock of a lot changed."""

    RECEIPT = "receipt"
    REDEMPTION = "redemption"
    VOID = "void"
    WRITE_OFF = "write_off"
    RETURN = "return"
    SENT = "sent"
    SENT_BACK = "sent_back"
    STOCK_TAKE = "stock_take"
    REVERSAL = "reversal"


class StockMove(Base):
    """One change of a lot's stock, in units: plus in, minus out; never changed.

    Each kind has the row it belongs to: a redemption, a consignment, a stock-take, or the move it reverses.
    What no such row explains has a reason. `name`, `spec` and `unit` are the article's as its voucher says
    them, whatever it is called later; of a redemption and its void the receipt's lines have them.
    """

    __tablename__ = "stock_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    kind: Mapped[MoveKind] = mapped_column(enum_column(MoveKind))
    quantity: Mapped[int]
    name: Mapped[str | None] = mapped_column(String(200))
    spec: Mapped[str | None] = mapped_column(String(100))
    unit: Mapped[str | None] = mapped_column(String(20))
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("redemption.id"), index=True)
    consignment_id: Mapped[int | None] = mapped_column(ForeignKey("consignment.id"), index=True)
    stock_take_id: Mapped[int | None] = mapped_column(ForeignKey("stock_take.id"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_move.id"), unique=True)
    reason: Mapped[str | None] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    lot: Mapped[Lot] = relationship()
    actor: Mapped[User | None] = relationship()
    reverses: Mapped["StockMove | None"] = relationship(remote_side=[id])

    __table_args__ = (
        # A period of a lot, without the years before it, and with all that registers and stock books sum.
        Index(
            "ix_stock_move_lot_id_at",
            *("lot_id", "at", "kind", "quantity", "redemption_id", "consignment_id", "id"),
        ),
        CheckConstraint(
            "CASE WHEN kind IN ('receipt', 'void', 'sent_back') THEN quantity > 0 "
            "WHEN kind IN ('redemption', 'write_off', 'return', 'sent') THEN quantity < 0 "
            "ELSE quantity <> 0 END",
            name="quantity",
        ),
        CheckConstraint("(kind IN ('redemption', 'void')) = (redemption_id IS NOT NULL)", name="redemption"),
        CheckConstraint(
            "CASE WHEN kind = 'receipt' THEN 1 = 1 "
            "ELSE (kind IN ('sent', 'sent_back')) = (consignment_id IS NOT NULL) END",
            name="consignment",
        ),
        CheckConstraint("(kind = 'stock_take') = (stock_take_id IS NOT NULL)", name="stock_take"),
        CheckConstraint(
            "CASE WHEN kind IN ('redemption', 'void') THEN name IS NULL AND spec IS NULL AND unit IS NULL "
            "ELSE name IS NOT NULL AND unit IS NOT NULL END",
            name="called",
        ),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        CheckConstraint(
            "(kind IN ('write_off', 'return', 'reversal')) = (reason IS NOT NULL)", name="reason"
        ),
    )


# SQL condition: what brought a lot in was undone, so it never lay there. Nothing else that is undone leaves.
LOT_WAS_UNDONE = (
    select(StockMove.id)
    .where(StockMove.lot_id == Lot.id, StockMove.kind == MoveKind.REVERSAL, StockMove.quantity < 0)
    .correlate(Lot)
    .exists()
)


def delivery_stands(delivery_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The SQL condition that not all of a delivery was undone."""
    return (
        select(Lot.id).where(Lot.delivery_id == delivery_id, ~LOT_WAS_UNDONE).correlate_except(Lot).exists()
    )


class Consignment(Base):
    """Units of a lot on their way to another shop (调拨), until it takes them in or sends them back."""

    __tablename__ = "consignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    to_shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    quantity: Mapped[int]
    note: Mapped[str] = mapped_column(String(200))
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), unique=True)

    lot: Mapped[Lot] = relationship(foreign_keys=[lot_id])
    to_shop: Mapped[Shop] = relationship()
    sent_by: Mapped[User] = relationship(foreign_keys=[sent_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    arrived: Mapped[Lot | None] = relationship(foreign_keys=[arrived_id])

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered"),
        CheckConstraint("arrived_id IS NULL OR answered_at IS NOT NULL", name="arrived"),
    )

    @property
    def number(self) -> str:
        """The number on the papers: its day and its row, 20261228-12."""
        return f"{self.sent_at:%Y%m%d}-{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it is still on its way."""
        return self.answered_at is None


class StockTake(Base):
    """A counting of a shop's shelf (盘点), open until its differences are booked or it is called off."""

    __tablename__ = "stock_take"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    begun_at: Mapped[datetime] = mapped_column(Moment)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    booked: Mapped[bool] = mapped_column(default=False)

    shop: Mapped[Shop] = relationship()
    begun_by: Mapped[User] = relationship(foreign_keys=[begun_by_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])

    __table_args__ = (
        Index(
            "uq_stock_take_open",
            "shop_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed"),
        CheckConstraint("NOT booked OR closed_at IS NOT NULL", name="booked"),
    )

    @property
    def is_open(self) -> bool:
        """Whether it can still be counted and booked."""
        return self.closed_at is None


class Count(Base):
    """The units of an article that somebody counted, and those that the books had at that moment.

    Never changed; of several in one stock-take the last counts. `best_before` is what stands on goods that
    never came in before: booked, they become a lot of their own.
    """

    __tablename__ = "stock_count"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    stock_take_id: Mapped[int] = mapped_column(ForeignKey("stock_take.id"), index=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    units: Mapped[int]
    expected: Mapped[int]
    best_before: Mapped[date | None]
    counter_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    goods: Mapped[Goods] = relationship()
    counter: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("units >= 0 AND expected >= 0", name="units"),)

    @property
    def difference(self) -> int:
        """Units: plus for more than the books say, minus for less."""
        return self.units - self.expected
