"""The ledger: accounts, and the transfers between them.

Amounts are tenths of a point. What is written in `transfer` is never changed: the migrations put triggers
on the table that refuse it, whoever asks.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import Area, Person

if TYPE_CHECKING:
    from points.models.aftermath import Award, Correction, Lapse
    from points.models.openings import OpeningBooking

GENESIS = "0" * 64


class AccountKind(StrEnum):
    """A worker's own account, and each village's three: what it issued, what came back, what lapsed."""

    WORKER = "worker"
    ISSUING = "issuing"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class Account(Base):
    """An account of points: a worker's, or one of a village's own three.

    Only a worker's carries figures: each transfer touches one worker, and locks one row.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AccountKind] = mapped_column(enum_column(AccountKind))
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    balance: Mapped[int] = mapped_column(default=0)
    transfers: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(String(64), default=GENESIS)

    person: Mapped[Person | None] = relationship()
    village: Mapped[Area] = relationship()

    __table_args__ = (
        CheckConstraint("balance >= 0", name="balance"),
        CheckConstraint("(kind = 'worker') = (person_id IS NOT NULL)", name="owner"),
        Index(
            "uq_account_village",
            "village_id",
            "kind",
            unique=True,
            sqlite_where=text("person_id IS NULL"),
            postgresql_where=text("person_id IS NULL"),
        ),
    )


class TransferKind(StrEnum):
    """The reason why points moved."""

    AWARD = "award"
    OPENING = "opening"
    REDEMPTION = "redemption"
    EXPIRY = "expiry"
    MERGE_OUT = "merge_out"
    MERGE_IN = "merge_in"
    REVERSAL = "reversal"


class Transfer(Base):
    """One movement of points from the debited to the credited account: balanced by construction.

    `account_id` is the worker's of the two, `position` its place in that account's chain, `hash` the
    chain's head after it. `key` is a text that says "only once", `reason` a text to be read; no program reads
    anything out of them. What caused it names it by a foreign key (`points.models.aftermath`,
    `points.models.openings`, `shop.models`).
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[TransferKind] = mapped_column(enum_column(TransferKind))
    debit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    credit_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    position: Mapped[int]
    balance_after: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))

    account: Mapped[Account] = relationship(foreign_keys=[account_id])
    reverses: Mapped["Transfer | None"] = relationship(remote_side=[id])

    # What caused it, and what became of it. The first is None for an award that a correction booked.
    award: Mapped["Award | None"] = relationship(back_populates="transfer", viewonly=True)
    opening: Mapped["OpeningBooking | None"] = relationship(back_populates="transfer", viewonly=True)
    lapse: Mapped["Lapse | None"] = relationship(back_populates="transfer", viewonly=True)
    corrects: Mapped["Correction | None"] = relationship(
        foreign_keys="Correction.booked_id", back_populates="booked", viewonly=True
    )
    corrected: Mapped["Correction | None"] = relationship(
        foreign_keys="Correction.award_id", back_populates="award", viewonly=True
    )

    __table_args__ = (
        UniqueConstraint("account_id", "position"),
        # Of a village, whose transfers lie all over the table, and of a quarter of a whole county these have
        # all that is summed: the table itself is not read for it, nor are the years before.
        Index("ix_transfer_account_id", "account_id", "at", "debit_id", "credit_id", "amount"),
        Index("ix_transfer_at", "at", "account_id", "debit_id", "credit_id", "amount"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("balance_after >= 0", name="balance_after"),
        CheckConstraint("debit_id <> credit_id", name="two_accounts"),
        CheckConstraint("account_id IN (debit_id, credit_id)", name="own_account"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
    )

    @property
    def change(self) -> int:
        """What it did to the worker's balance, in tenths: plus when credited, minus when debited."""
        return self.amount if self.credit_id == self.account_id else -self.amount

    @property
    def line(self) -> "Award | None":
        """The booked line that it booked, put right or took back; None for other transfers."""
        entry = self.reverses or self
        return entry.award or (entry.corrects.line if entry.corrects else None)

    @property
    def correction(self) -> "Correction | None":
        """The correction that it is part of: as what was wrong, what took it back, or what is right."""
        return (self.reverses or self).corrected or self.corrects
