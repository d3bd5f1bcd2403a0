"""Shops and what they offer: articles, their codes, pictures and prices."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import COUNTS_ON, Base, Moment, enum_column
from people.models import Area, User


class ReceiptPrinter(StrEnum):
    """What a shop's receipts are sent to, where it is not the browser that prints them."""

    NETWORK = "network"
    PHONE = "phone"


class Shop(Base):
    """A village's love supermarket (爱心超市).

    `hours` as `shelf.hours` writes them, None: always open. `write_off_limit` in tenths of a point: what one
    person alone writes off or returns of an article in a day, None: as is usual. `last_serial` is the last
    receipt number of the day `numbered_on`, None before the first. `leased_until` is the end of the lease
    that one browser has on the shop, None without one. How receipts are printed: `paper` is a key of the
    receipt's PAPERS, None: chosen each time; `printer` None: the browser's.
    """

    __tablename__ = "shop"
    lasting = ("id", "village_id", "village")

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    write_off_limit: Mapped[int | None]
    numbered_on: Mapped[date | None] = mapped_column(info=COUNTS_ON)
    last_serial: Mapped[int | None] = mapped_column(info=COUNTS_ON)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    paper: Mapped[str | None] = mapped_column(String(4))
    printer: Mapped[ReceiptPrinter | None] = mapped_column(enum_column(ReceiptPrinter))
    printer_address: Mapped[str | None] = mapped_column(String(15))
    prints_itself: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    village: Mapped[Area] = relationship()

    __table_args__ = (
        CheckConstraint("write_off_limit >= 0", name="write_off_limit"),
        CheckConstraint("printer_address IS NULL OR printer = 'network'", name="printer_address"),
    )


class Goods(Base):
    """An article of a shop, known by its name and specification.

    `quota` is how many units one person may take in a quarter, `low_at` at how many left the shelf counts
    as low; both in units, None: no limit, and low only when nothing is left. Archived, it is offered no more.
    """

    __tablename__ = "goods"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(20))
    spec: Mapped[str | None] = mapped_column(String(100))
    category: Mapped[str | None] = mapped_column(String(40))
    quota: Mapped[int | None]
    low_at: Mapped[int | None]
    archived_on: Mapped[date | None]

    shop: Mapped[Shop] = relationship()
    barcodes: Mapped[list["Barcode"]] = relationship(order_by="Barcode.id", back_populates="goods")
    picture: Mapped["Picture | None"] = relationship()

    __table_args__ = (
        UniqueConstraint("shop_id", "name", "spec"),
        Index(  # the constraint lets many be without a specification
            "uq_goods_bare_name",
            "shop_id",
            "name",
            unique=True,
            sqlite_where=text("spec IS NULL"),
            postgresql_where=text("spec IS NULL"),
        ),
        CheckConstraint("quota IS NULL OR quota > 0", name="quota"),
        CheckConstraint("low_at IS NULL OR low_at >= 0", name="low_at"),
    )

    @property
    def title(self) -> str:
        """Its name with its specification, which together no other article of the shop has."""
        return f"{self.name} {self.spec}" if self.spec else self.name

    @property
    def codes(self) -> list[str]:
        """Everything it can be scanned or typed by: EAN barcodes, and the shop's own short code."""
        return [barcode.code for barcode in self.barcodes]


class Barcode(Base):
    """A code of an article: an EAN of 8 or 13 digits, or the shop's own of 5, the last a check digit each."""

    __tablename__ = "barcode"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"), index=True)
    code: Mapped[str] = mapped_column(String(13))

    goods: Mapped[Goods] = relationship(back_populates="barcodes")

    __table_args__ = (UniqueConstraint("shop_id", "code"),)


class Picture(Base):
    """An article's picture, a small JPEG; `digest` (SHA-256) names the version that browsers keep."""

    __tablename__ = "goods_picture"

    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))


class Price(Base):
    """The price of a unit from a day on, in tenths of a point; never changed, the next has its own row."""

    __tablename__ = "price"

    id: Mapped[int] = mapped_column(primary_key=True)
    goods_id: Mapped[int] = mapped_column(ForeignKey("goods.id"))
    points: Mapped[int]
    holds_from: Mapped[date]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User | None] = relationship()

    __table_args__ = (
        Index("ix_price_goods_id_holds_from", "goods_id", "holds_from"),
        CheckConstraint("points > 0", name="points"),
    )
