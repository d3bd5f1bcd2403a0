"""Assessments, their notices and adjustments. Amounts are tenths of a point."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from people.clock import Quarter
from people.db import Base, Moment, words
from people.models import Area, Person, User
from points.models.rubrics import Rubric


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
