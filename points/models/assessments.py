"""Assessments: the county's rules for them, who met, and what they decided.

Amounts are tenths of a point.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.clock import Quarter
from ground.db import Base, Moment, enum_column
from people.models import Area, Person, User
from points.models.rubrics import Rubric


class Quorum(StrEnum):
    """The share of those invited who have to be at the meeting."""

    MORE_THAN_HALF = "more_than_half"
    TWO_THIRDS = "two_thirds"


class AssessmentRules(Base):
    """A county's rules for its villages' assessments (评定办法); never changed, the latest counts.

    `notice_days` and `book_within_days` are days after the posting and after the quarter's end.
    """

    __tablename__ = "assessment_terms"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    quorum: Mapped[Quorum] = mapped_column(enum_column(Quorum))
    least_present: Mapped[int]
    notice_days: Mapped[int]
    book_within_days: Mapped[int]
    decided_by: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User | None] = relationship()

    __table_args__ = (
        CheckConstraint("least_present > 0 AND notice_days > 0 AND book_within_days > 0", name="sense"),
    )


class Reminder(Base):
    """A reminder (催办) of a quarter's assessment, on the pages of all villages below; never changed."""

    __tablename__ = "reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    quarter_name: Mapped[str] = mapped_column("quarter", String(6))
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    area: Mapped[Area] = relationship()
    actor: Mapped[User] = relationship()

    __table_args__ = (Index("ix_reminder_area_id_quarter", "area_id", "quarter"),)


class AssessmentState(StrEnum):
    """The four steps of a quarter's assessment."""

    COLLECTING = "collecting"
    DELIBERATING = "deliberating"
    ON_NOTICE = "on_notice"
    BOOKED = "booked"


class Assessment(Base):
    """A village's assessment (评定) of one quarter, by the rubric in force on its first day.

    `revision` counts how often the attendance and the minutes were written; a writer names the one they had
    before them.
    """

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    quarter_name: Mapped[str] = mapped_column("quarter", String(6))
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"))
    state: Mapped[AssessmentState] = mapped_column(
        enum_column(AssessmentState), default=AssessmentState.COLLECTING
    )
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    met_on: Mapped[date | None]
    minutes: Mapped[str | None] = mapped_column(String(2000))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    booked_at: Mapped[datetime | None] = mapped_column(Moment)

    village: Mapped[Area] = relationship()
    rubric: Mapped[Rubric] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    booked_by: Mapped[User | None] = relationship(foreign_keys=[booked_by_id])
    members: Mapped[list["Member"]] = relationship(order_by="Member.id")
    adjustments: Mapped[list["Adjustment"]] = relationship(order_by="Adjustment.id")
    sent_back: Mapped[list["SentBack"]] = relationship(order_by="SentBack.id")

    __table_args__ = (UniqueConstraint("village_id", "quarter"),)

    @property
    def quarter(self) -> Quarter:
        """The quarter it assesses."""
        return Quarter.parse(self.quarter_name)


class Member(Base):
    """Somebody invited to the meeting (评议成员), and whether they came; `user` if they sign in too."""

    __tablename__ = "member"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    name: Mapped[str] = mapped_column(String(100))
    present: Mapped[bool]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    user: Mapped[User | None] = relationship()
    recusals: Mapped[list["Recusal"]] = relationship(back_populates="member", order_by="Recusal.id")

    __table_args__ = (UniqueConstraint("assessment_id", "name"),)


class Recusal(Base):
    """A member is left out of a worker's line (回避), for the relation between them."""

    __tablename__ = "recusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str] = mapped_column(String(100))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    member: Mapped[Member] = relationship(back_populates="recusals")
    worker: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("member_id", "worker_id"),)


class Adjustment(Base):
    """Points given or taken beside the rubric, in tenths, always with a reason; never changed.

    One that was a mistake is taken back by another (`takes_back_id`). One that an accepted objection
    brought names its answer.
    """

    __tablename__ = "adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    amount: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("adjustment.id"), unique=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id"), unique=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    worker: Mapped[Person] = relationship()
    actor: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint("amount <> 0", name="amount"),)


class SentBack(Base):
    """A posted assessment sent back to the meeting from above (退回), with the reason; never changed."""

    __tablename__ = "sent_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()


class ReviewSign(StrEnum):
    """A sign that a sheet deserves a look."""

    FAR_FROM_LAST = "far_from_last"
    ONE_CATEGORY = "one_category"
    MUCH_ADJUSTED = "much_adjusted"
    ONE_CONFIRMER = "one_confirmer"
    OVERDUE = "overdue"
