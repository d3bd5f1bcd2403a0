"""Disputes and their ladder: each level tries twice, then the next one does."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import Area, Contact, Grid, Person, User
from points.models import Evidence


class Rung(StrEnum):
    """Who mediates: worker and instructor, the group with veteran members, the village, the two centres."""

    GRID = "grid"
    GROUP = "group"
    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"


class DisputeKind(StrEnum):
    """The kind of a dispute: over what people fall out."""

    NEIGHBOURS = "neighbours"
    FAMILY = "family"
    LAND = "land"
    DEBT = "debt"
    WORK = "work"
    OTHER = "other"


class Dispute(Base):
    """A dispute as it was opened; never changed. Where it stands follows from its attempts.

    Confidential to the rungs it has come to and those it was reported to.
    """

    __tablename__ = "dispute"

    id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    opened_on: Mapped[date]
    kind: Mapped[DisputeKind] = mapped_column(enum_column(DisputeKind))
    parties: Mapped[str] = mapped_column(String(200))
    matter: Mapped[str] = mapped_column(String(1000))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    evidence: Mapped[Evidence] = relationship()
    village: Mapped[Area] = relationship()
    grid: Mapped[Grid] = relationship()
    worker: Mapped[Person] = relationship()
    opened_by: Mapped[User] = relationship()
    attempts: Mapped[list["Attempt"]] = relationship(order_by="Attempt.number", lazy="selectin")
    reports: Mapped[list["DisputeReport"]] = relationship(order_by="DisputeReport.id", lazy="selectin")

    __table_args__ = (Index("ix_dispute_village_id_opened_on", "village_id", "opened_on"),)


class AttemptResult(StrEnum):
    """The result of an attempt: settled, failed, or the parties went another way (court, withdrawn)."""

    SETTLED = "settled"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class Attempt(Base):
    """An attempt to mediate, on a rung; `number` counts within its dispute. Never changed.

    `contacts` are the village's officer, judge or mediator who took part.
    """

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    number: Mapped[int]
    rung: Mapped[Rung] = mapped_column(enum_column(Rung))
    on: Mapped[date]
    mediators: Mapped[str] = mapped_column(String(200))
    result: Mapped[AttemptResult] = mapped_column(enum_column(AttemptResult))
    note: Mapped[str] = mapped_column(String(500))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()
    contacts: Mapped[list[Contact]] = relationship(secondary="attempt_contact", lazy="selectin")
    undone: Mapped["AttemptUndone | None"] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("dispute_id", "number"),)


class AttemptContact(Base):
    """A contact of the village who took part in an attempt; never changed."""

    __tablename__ = "attempt_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))

    __table_args__ = (UniqueConstraint("attempt_id", "contact_id"),)


class AttemptUndone(Base):
    """An attempt that was written down by mistake, with the reason; both stay. Never changed."""

    __tablename__ = "attempt_undone"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()


class DisputeReport(Base):
    """A severe dispute reported upward at once, and how it is kept stable meanwhile (稳控); never changed."""

    __tablename__ = "dispute_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    to: Mapped[Rung] = mapped_column(enum_column(Rung))
    measures: Mapped[str] = mapped_column(String(500))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("dispute_id", "to"),
        CheckConstraint("\"to\" IN ('village', 'township', 'county')", name="upward"),
    )
