"""The tables of what is to be bought: wishes, purchase requests, who approved them, what came in for them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, and_, cast, literal
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import Proposal, ProposalState, User
from shop.models.goods import Goods, Shop
from shop.models.stock import Delivery, delivery_stands


class WishKind(StrEnum):
    """How it was known that something was asked for and not there."""

    TAPPED = "tapped"
    REFUSED = "refused"
    WRITTEN = "written"


class Wish(Base):
    """Something that was asked for and not there: an article, or what somebody wrote; never changed.

    By whom it was wanted is not kept; `actor` is who noted it, None where a till did.
    """

    __tablename__ = "wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    kind: Mapped[WishKind] = mapped_column(enum_column(WishKind))
    goods_id: Mapped[int | None] = mapped_column(ForeignKey("goods.id"), index=True)
    text: Mapped[str | None] = mapped_column(String(100))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    goods: Mapped[Goods | None] = relationship()
    actor: Mapped[User | None] = relationship()

    __table_args__ = (
        Index("ix_wish_shop_id_at", "shop_id", "at"),
        CheckConstraint("(goods_id IS NULL) <> (text IS NULL)", name="what"),
    )


class PurchaseRequest(Base):
    """A purchase that somebody asks for (采购申请), numbered in the shop's year; never changed.

    `deliveries` brought what it asks for, or some of it; one that was undone as a mistake did not. By the
    `proposals` somebody asked for its approval.

    `budget_left` in fen is what was left of the year's budget when it was asked for, None without a budget;
    `outstanding` the points that the village's workers held, `in_goods` what lay there for them, in tenths.
    """

    __tablename__ = "purchase_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"))
    year: Mapped[int]
    serial: Mapped[int]
    note: Mapped[str] = mapped_column(String(200))
    budget_left: Mapped[int | None]
    outstanding: Mapped[int]
    in_goods: Mapped[int]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    shop: Mapped[Shop] = relationship()
    asked_by: Mapped[User] = relationship()
    lines: Mapped[list["PurchaseLine"]] = relationship(order_by="PurchaseLine.id")
    approval: Mapped["PurchaseApproval | None"] = relationship(back_populates="request")
    deliveries: Mapped[list["PurchaseDelivery"]] = relationship(
        primaryjoin=lambda: and_(
            PurchaseRequest.id == PurchaseDelivery.request_id, delivery_stands(PurchaseDelivery.delivery_id)
        ),
        order_by="PurchaseDelivery.delivery_id",
        viewonly=True,
    )
    proposals: Mapped[list[Proposal]] = relationship(
        primaryjoin=lambda: (
            foreign(Proposal.subject)
            == literal(f"{PurchaseRequest.__tablename__}:") + cast(PurchaseRequest.id, String)
        ),
        order_by=Proposal.id,
        viewonly=True,
    )

    __table_args__ = (UniqueConstraint("shop_id", "year", "serial"),)

    @property
    def number(self) -> str:
        """The number on the paper: 采购 by its initials, year and serial, CG2026-0007."""
        return f"CG{self.year}-{self.serial:04d}"

    @property
    def refusal(self) -> Proposal | None:
        """The proposal whose refusal is the last word about it, with who refused it and why."""
        last = self.proposals[-1] if self.proposals else None
        return last if last and last.state == ProposalState.REFUSED and not self.approval else None

    @property
    def cost(self) -> int | None:
        """What all of it is expected to cost, in fen; None where no cost is expected."""
        costs = [line.cost for line in self.lines if line.cost is not None]
        return sum(costs) if costs else None

    @property
    def uncosted(self) -> int:
        """The lines of which nobody knows what they will cost: they are not in it."""
        return sum(line.unit_cost is None for line in self.lines)


class PurchaseLine(Base):
    """Units of an article, or of what the shop never had, with the cost of one that is expected, in fen.

    Beside it what was known then, in units: what lay there, and what was handed out and asked for in vain in
    the 90 days before.
    """

    __tablename__ = "purchase_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("purchase_request.id"), index=True)
    goods_id: Mapped[int | None] = mapped_column(ForeignKey("goods.id"))
    name: Mapped[str] = mapped_column(String(330))
    unit: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[int]
    unit_cost: Mapped[int | None]
    on_hand: Mapped[int]
    handed_out: Mapped[int]
    wished: Mapped[int]

    goods: Mapped[Goods | None] = relationship()

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_cost IS NULL OR unit_cost >= 0", name="unit_cost"),
    )

    @property
    def cost(self) -> int | None:
        """What it is expected to cost, in fen."""
        return None if self.unit_cost is None else self.unit_cost * self.quantity


class PurchaseApproval(Base):
    """That a purchase request was approved, by whom and when; never changed."""

    __tablename__ = "purchase_approval"

    request_id: Mapped[int] = mapped_column(ForeignKey("purchase_request.id"), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    request: Mapped[PurchaseRequest] = relationship(back_populates="approval")
    actor: Mapped[User] = relationship()


class PurchaseDelivery(Base):
    """That a delivery brought what a purchase request asked for, or some of it; never changed."""

    __tablename__ = "purchase_delivery"

    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"), primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("purchase_request.id"), index=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    delivery: Mapped[Delivery] = relationship()
