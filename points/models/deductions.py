"""Deductions, what the worker says to them, and confirmations that were taken back."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import User
from points.models.services import Service, Voucher

if TYPE_CHECKING:
    from points.models.assessments import Assessment


class Deduction(Base):
    """What a record of minus points needs besides (扣分): what shows it; never changed.

    The record itself says who, for what, on which day and why (its note). `told_on` is the day from which
    the worker's own pages told it. `shown_by` is empty only for records of before there were deductions.
    """

    __tablename__ = "deduction"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    shown_by: Mapped[str] = mapped_column(String(500))
    told_on: Mapped[date]

    service: Mapped[Service] = relationship(back_populates="deduction")
    statements: Mapped[list["Statement"]] = relationship(order_by="Statement.id")

    @property
    def tenths(self) -> int:
        """What it takes, in tenths of a point; minus."""
        return self.service.item.points * self.service.count


class Statement(Base):
    """What a worker says to a deduction (申辩); never changed.

    `oral` when the committee wrote it down from what they said by word of mouth.
    """

    __tablename__ = "statement"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    deduction_id: Mapped[int] = mapped_column(ForeignKey("deduction.service_id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    oral: Mapped[bool]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()


class ConfirmationUndone(Base):
    """A record's confirmation that was taken back, by whom, when and why; never changed.

    It keeps what the record said of the confirmation, and the assessment whose meeting had taken it.
    """

    __tablename__ = "confirmation_undone"

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime] = mapped_column(Moment)
    voucher: Mapped[Voucher | None] = mapped_column(enum_column(Voucher))
    voucher_name: Mapped[str | None] = mapped_column(String(200))
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("witness.id"))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    confirmed_by: Mapped[User] = relationship(foreign_keys=[confirmed_by_id])
    assessment: Mapped["Assessment | None"] = relationship()
    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
