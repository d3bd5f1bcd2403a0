"""Notices on the wall, the objections to them, and their answers.

Amounts are tenths of a point.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import Person, User
from points.models.assessments import Assessment
from points.models.rubrics import Category


class Notice(Base):
    """The posting of a sheet (公示): its days, its lines, and the village's digest; never changed.

    The first is of the whole sheet, as is one after the township sent it back; those between are of the
    lines that accepted objections changed. `last_transfer_id` is that of the last entry the digest
    covers, `last_adjustment_id` that of the last adjustment in the lines.
    """

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    whole: Mapped[bool]
    posted_on: Mapped[date]
    ends_on: Mapped[date]
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    posted_at: Mapped[datetime] = mapped_column(Moment)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    last_transfer_id: Mapped[int]
    last_adjustment_id: Mapped[int]

    assessment: Mapped[Assessment] = relationship()
    posted_by: Mapped[User] = relationship()
    lines: Mapped[list["NoticeLine"]] = relationship(order_by="NoticeLine.number", back_populates="notice")

    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        CheckConstraint("ends_on > posted_on", name="period"),
    )


class NoticeLine(Base):
    """A worker's line as it was posted; this is what is booked; never changed.

    `name` is masked, as it was printed. `cells` holds for each category how many, their points by the
    rubric, and after the caps.
    """

    __tablename__ = "notice_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"))
    number: Mapped[int]
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    grid: Mapped[str] = mapped_column(String(100))
    cells: Mapped[dict[Category, list[int]]] = mapped_column(JSON)
    deductions: Mapped[int]
    adjustments: Mapped[int]
    total: Mapped[int]

    notice: Mapped[Notice] = relationship(back_populates="lines")
    worker: Mapped[Person] = relationship()

    @property
    def waived(self) -> int:
        """The part of the deductions that was not taken, so that the line does not fall below 0."""
        earned = sum(capped for _count, _raw, capped in self.cells.values())
        return self.total - earned - self.deductions - self.adjustments

    __table_args__ = (
        UniqueConstraint("notice_id", "worker_id"),
        UniqueConstraint("notice_id", "number"),
        CheckConstraint("total >= 0 AND deductions <= 0", name="amounts"),
    )


class ObjectionChannel(StrEnum):
    """The channel by which an objection was brought."""

    ORAL = "oral"
    WRITTEN = "written"
    ONLINE = "online"


class Objection(Base):
    """An objection (异议) to a worker's line, with its number and the last day for its answer.

    Never changed. Who brought it online is answered under `token`, by phone or both; `origin` is the
    network address it came from.
    """

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[ObjectionChannel] = mapped_column(enum_column(ObjectionChannel))
    name: Mapped[str] = mapped_column(String(100))
    contact: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(1000))
    received_on: Mapped[date]
    due_on: Mapped[date]
    token: Mapped[str] = mapped_column(String(20), unique=True)
    received_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    origin: Mapped[str | None] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(Moment)

    assessment: Mapped[Assessment] = relationship()
    worker: Mapped[Person] = relationship()
    received_by: Mapped[User | None] = relationship()
    answer: Mapped["Answer | None"] = relationship(back_populates="objection")

    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        Index("ix_objection_origin_at", "origin", "at"),
        CheckConstraint("(channel = 'online') = (received_by_id IS NULL)", name="received"),
    )

    @property
    def code(self) -> str:
        """The number of the objection as it is told and printed: 2026Q4-3."""
        return f"{self.assessment.quarter_name}-{self.number}"


class Answer(Base):
    """The answer (答复) to an objection: accepted or rejected, by whom and why; never changed.

    `change` is what an accepted one adds to the line, in tenths, or takes from it; 0 for a rejected one.
    """

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), unique=True)
    accepted: Mapped[bool]
    change: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    decided_by: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    objection: Mapped[Objection] = relationship(back_populates="answer")
    actor: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("accepted = (change <> 0)", name="change"),)
