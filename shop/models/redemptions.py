"""Redemptions, who collected them, and their voids. None of these rows is ever changed."""

from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models import Card, User
from points.models import Transfer
from shop.models.devices import Device
from shop.models.goods import Shop
from shop.models.leases import LeaseEntry

T = TypeVar("T")


def receipt_number(day: date, serial: int) -> str:
    """The number of a receipt: the day and the shop's serial on it, without gaps, 20261228-0001."""
    return f"{day:%Y%m%d}-{serial:04d}"


class Redemption(Base):
    """Points handed in for goods (核销): one transfer, one receipt number, its lines and stock moves.

    Either somebody served (`clerk`), or a device of the shop did; `operator` is who stood at it, by what the
    device said: no sign-in, and nothing depends on it. What was handed out without a network came with an
    `entry` of the desk's journal.
    """

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
    clerk_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    operator: Mapped[str | None] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("lease_entry.id"))

    shop: Mapped[Shop] = relationship()
    card: Mapped[Card] = relationship()
    transfer: Mapped[Transfer] = relationship()
    clerk: Mapped[User | None] = relationship()
    device: Mapped[Device | None] = relationship()
    lines: Mapped[list["RedemptionLine"]] = relationship(order_by="RedemptionLine.id")
    proxy: Mapped["Proxy | None"] = relationship()
    void: Mapped["Void | None"] = relationship(back_populates="redemption", foreign_keys="Void.redemption_id")
    entry: Mapped[LeaseEntry | None] = relationship()

    is_repeated = False  # whether it was asked for again and found by its key; said by the verb, not kept

    __table_args__ = (
        # It carries what is summed of a period.
        UniqueConstraint("shop_id", "day", "serial", postgresql_include=["id", "total"]),
        Index("uq_redemption_entry_id", "entry_id", unique=True),
        CheckConstraint("total > 0 AND serial > 0", name="total"),
        CheckConstraint("(clerk_id IS NULL) <> (device_id IS NULL)", name="served_by"),
    )

    @property
    def number(self) -> str:
        """The receipt's number: the day and the serial without gaps, 20261228-0001."""
        return receipt_number(self.day, self.serial)

    @property
    def served_by(self) -> str:
        """The name of who served, or of the device."""
        return _name(self.clerk, self.device)


class RedemptionLine(Base):
    """What was handed out, with the name and price of that day."""

    __tablename__ = "redemption_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id"), index=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    name: Mapped[str] = mapped_column(String(200))
    spec: Mapped[str | None] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20))
    price: Mapped[int]
    quantity: Mapped[int]

    __table_args__ = (CheckConstraint("quantity > 0 AND price > 0", name="quantity"),)

    @property
    def amount(self) -> int:
        """Price times quantity, in tenths of a point."""
        return self.price * self.quantity


class Proxy(Base):
    """Who came for the worker (代领), and what they signed on the screen.

    `signature` is a list of strokes, each a flat list x, y, x, y … in a field of 1000 by 400; empty where
    they signed on the paper.
    """

    __tablename__ = "proxy"

    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    relation: Mapped[str] = mapped_column(String(40))
    signature: Mapped[list[list[int]]] = mapped_column(JSON)


class Void(Base):
    """A redemption undone: who, why, and the transfer that gave the points back."""

    __tablename__ = "void"

    id: Mapped[int] = mapped_column(primary_key=True)
    redemption_id: Mapped[int] = mapped_column(ForeignKey("redemption.id"), unique=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    redemption: Mapped[Redemption] = relationship(back_populates="void", foreign_keys=[redemption_id])
    transfer: Mapped[Transfer] = relationship()
    actor: Mapped[User | None] = relationship()
    device: Mapped[Device | None] = relationship()

    __table_args__ = (CheckConstraint("(actor_id IS NULL) <> (device_id IS NULL)", name="made_by"),)

    @property
    def made_by(self) -> str:
        """The name of who voided it, or of the device."""
        return _name(self.actor, self.device)


def of_voided(column: InstrumentedAttribute[T]) -> ColumnElement[T]:
    """SQL expression: what the redemption says that a `Void` undid.

    Looked up for each, few as they are: joined, PostgreSQL at times reads the redemptions of all years beside
    them.
    """
    return select(column).where(Redemption.id == Void.redemption_id).scalar_subquery()


def _name(user: User | None, device: Device | None) -> str:
    return user.name if user else device.name if device else ""
