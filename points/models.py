"""Rubrics, service records, assessments; and the ledger of accounts and transfers.

Amounts are tenths of a point. What is written in `transfer` and `adjustment` is never changed: the
migrations put triggers on those tables that refuse it, whoever asks.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from people.clock import Quarter
from people.db import Base, Moment, words
from people.models import Area, Grid, Person, User

GENESIS = "0" * 64


class AccountKind(StrEnum):
    """A worker's own account, and each village's three: what it issued, what came back, what lapsed."""

    WORKER = "worker"
    ISSUING = "issuing"
    REDEEMED = "redeemed"
    EXPIRED = "expired"


class Account(Base):
    """An account. Only a worker's carries figures: each transfer touches one worker, and locks one row."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[AccountKind] = mapped_column(words(AccountKind))
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
    """Why points moved."""

    AWARD = "award"
    REDEMPTION = "redemption"
    EXPIRY = "expiry"
    MERGE_OUT = "merge_out"
    MERGE_IN = "merge_in"
    REVERSAL = "reversal"


class Transfer(Base):
    """One movement of points from the debited to the credited account: balanced by construction.

    `account_id` is the worker's of the two, `position` its place in that account's chain, `hash` the
    chain's head after it.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[TransferKind] = mapped_column(words(TransferKind))
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

    __table_args__ = (
        UniqueConstraint("account_id", "position"),
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


class Category(StrEnum):
    """The county's six duties of a grid worker (six columns of the notice)."""

    OPINION = "opinion"
    PUBLICITY = "publicity"
    SERVICE = "service"
    HAZARD = "hazard"
    EMERGENCY = "emergency"
    DISPUTE = "dispute"


class Rubric(Base):
    """A version of a village's rubric (积分细则), decided by the village's own meeting."""

    __tablename__ = "rubric"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    version: Mapped[int]
    in_force_from: Mapped[date]
    approved_by: Mapped[str] = mapped_column(String(100))

    items: Mapped[list["RubricItem"]] = relationship(order_by="RubricItem.id")

    __table_args__ = (UniqueConstraint("village_id", "version"),)


class RubricItem(Base):
    """What one service is worth: `points` tenths for each unit (negative: a deduction), `cap` a quarter."""

    __tablename__ = "rubric_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"), index=True)
    category: Mapped[Category] = mapped_column(words(Category))
    name: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20))
    points: Mapped[int]
    cap: Mapped[int | None]

    rubric: Mapped[Rubric] = relationship(back_populates="items")

    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("cap IS NULL OR (cap > 0 AND points > 0)", name="cap"),
    )


class ServiceState(StrEnum):
    """Where a service record stands."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Service(Base):
    """A service record (服务记录): who did what, how often, on which day; confirmed by a second person."""

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("rubric_item.id"))
    done_on: Mapped[date]
    count: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ServiceState] = mapped_column(words(ServiceState), default=ServiceState.RECORDED)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str | None] = mapped_column(String(200))
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), index=True)

    worker: Mapped[Person] = relationship()
    grid: Mapped[Grid] = relationship()
    item: Mapped[RubricItem] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        Index("ix_service_village_id_state", "village_id", "state", "done_on"),
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("(state = 'recorded') = (decided_by_id IS NULL)", name="decided"),
        CheckConstraint("assessment_id IS NULL OR state = 'confirmed'", name="counted"),
    )


class AssessmentState(StrEnum):
    """The quarter's four steps."""

    COLLECTING = "collecting"
    DELIBERATING = "deliberating"
    ON_NOTICE = "on_notice"
    BOOKED = "booked"


class Assessment(Base):
    """A village's assessment (评定) of one quarter, by the rubric in force on its first day."""

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    quarter_name: Mapped[str] = mapped_column("quarter", String(6))
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    state: Mapped[AssessmentState] = mapped_column(words(AssessmentState), default=AssessmentState.COLLECTING)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    met_on: Mapped[date | None]
    attendance: Mapped[str | None] = mapped_column(String(500))
    minutes: Mapped[str | None] = mapped_column(String(2000))
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    booked_at: Mapped[datetime | None] = mapped_column(Moment)

    village: Mapped[Area] = relationship()
    rubric: Mapped[Rubric] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    booked_by: Mapped[User | None] = relationship(foreign_keys=[booked_by_id])
    adjustments: Mapped[list["Adjustment"]] = relationship(order_by="Adjustment.id")
    notice: Mapped["Notice | None"] = relationship()

    __table_args__ = (UniqueConstraint("village_id", "quarter"),)

    @property
    def quarter(self) -> Quarter:
        """The quarter it assesses."""
        return Quarter.parse(self.quarter_name)


class Notice(Base):
    """The posting of a sheet (公示): its days, and the village's digest that was printed; never changed.

    `upto` is the id of the last transfer the digest covers.
    """

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), unique=True)
    posted_on: Mapped[date]
    ends_on: Mapped[date]
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    digest: Mapped[str] = mapped_column(String(64))
    upto: Mapped[int]

    posted_by: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("ends_on > posted_on", name="period"),)


class Adjustment(Base):
    """Points the meeting gave or took beside the rubric, in tenths, always with a reason; never changed."""

    __tablename__ = "adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    worker: Mapped[Person] = relationship()
    actor: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)
