"""Goods and their stock, redemptions and voids.

Prices are tenths of a point, quantities whole units. `stock_move`, `redemption`, `redemption_line` and
`void` are never changed: the migrations put triggers on them that refuse it, whoever asks.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from people.db import Base, Moment, words
from people.models import Area, Card, User
from points.models import Transfer


class Shop(Base):
    """A village's love supermarket (爱心超市)."""

    __tablename__ = "shop"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), unique=True)
    name: Mapped[str] = mapped_column(String(100))

    village: Mapped[Area] = relationship()


class Goods(Base):
    """An article on a shop's shelf and its price in tenths of a point."""

    __tablename__ = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    price: Mapped[int]
    barcode: Mapped[str | None] = mapped_column(String(13))

    shop: Mapped[Shop] = relationship()
    lots: Mapped[list["Lot"]] = relationship(back_populates="goods")

    __table_args__ = (
        UniqueConstraint("shop_id", "name"),
        UniqueConstraint("shop_id", "barcode"),
        CheckConstraint("price > 0", name="price"),
    )


class Source(StrEnum):
    """Where a lot came from."""

    PURCHASE = "purchase"
    DONATION = "donation"
    ALLOCATION = "allocation"


class Lot(Base):
    """Goods that came in together; `on_hand` is what is left, always the sum of the lot's moves."""

    __tablename__ = "lot"

    id: Mapped[int] = mapped_column(primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"), index=True)
    source: Mapped[Source] = mapped_column(words(Source))
    donor: Mapped[str | None] = mapped_column(String(100))
    best_before: Mapped[date | None]
    received_on: Mapped[date]
    on_hand: Mapped[int] = mapped_column(default=0)

    goods: Mapped[Goods] = relationship(back_populates="lots")

    __table_args__ = (CheckConstraint("on_hand >= 0", name="on_hand"),)


class MoveKind(StrEnum):
    """Why the stock of a lot changed."""

    RECEIPT = "receipt"
    REDEMPTION = "redemption"
    VOID = "void"


class StockMove(Base):
    """One change of a lot's stock, in units: plus in, minus out."""

    __tablename__ = "stock_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(100), unique=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    kind: Mapped[MoveKind] = mapped_column(words(MoveKind))
    quantity: Mapped[int]
    redemption_id: Mapped[int | None] = mapped_column(ForeignKey("redemption.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    lot: Mapped[Lot] = relationship()

    __table_args__ = (
        CheckConstraint("quantity <> 0 AND (kind = 'redemption') = (quantity < 0)", name="quantity"),
        CheckConstraint("(kind = 'receipt') = (redemption_id IS NULL)", name="redemption"),
    )


class Redemption(Base):
    """Points handed in for goods (核销): one transfer, one receipt number, its lines and stock moves."""

    __tablename__ = "redemption"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("card.id"), index=True)
    day: Mapped[date]
    serial: Mapped[int]
    code: Mapped[str] = mapped_column(String(16), unique=True)
    total: Mapped[int]
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), unique=True)
    clerk_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    shop: Mapped[Shop] = relationship()
    card: Mapped[Card] = relationship()
    transfer: Mapped[Transfer] = relationship()
    clerk: Mapped[User] = relationship()
    lines: Mapped[list["RedemptionLine"]] = relationship(order_by="RedemptionLine.id")
    void: Mapped["Void | None"] = relationship(back_populates="redemption", foreign_keys="Void.redemption_id")

    __table_args__ = (
        UniqueConstraint("shop_id", "day", "serial"),
        CheckConstraint("total > 0 AND serial > 0", name="total"),
    )

    @property
    def number(self) -> str:
        """The receipt's number: the day and the serial without gaps, 20261228-0001."""
        return f"{self.day:%Y%m%d}-{self.serial:04d}"


class RedemptionLine(Base):
    """What was handed out, with the name and price of that day."""

    __tablename__ = "redemption_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id"), index=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    price: Mapped[int]
    quantity: Mapped[int]

    __table_args__ = (CheckConstraint("quantity > 0 AND price > 0", name="quantity"),)

    @property
    def amount(self) -> int:
        """Tenths of a point."""
        return self.price * self.quantity


class Void(Base):
    """A redemption undone: who, why, and the transfer that gave the points back."""

    __tablename__ = "void"

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id"), unique=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    redemption: Mapped[Redemption] = relationship(back_populates="void", foreign_keys=[redemption_id])
    transfer: Mapped[Transfer] = relationship()
    actor: Mapped[User] = relationship()
