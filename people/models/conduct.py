"""Conduct: the yearly two-way evaluation, and how somebody leaves."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models.accounts import User
from people.models.persons import Person
from people.models.places import Area


class EvaluationSide(StrEnum):
    """The sides of the two-way evaluation (双向评价): who speaks of whom."""

    OF_WORKER = "of_worker"
    BY_WORKER = "by_worker"
    BY_VILLAGE = "by_village"


class Evaluation(Base):
    """A side's evaluation of a person for a year: three grades from 1 (poor) to 4 (very good).

    It is never changed. `village` is where they serve together; `voice` names who speaks ("person:7", or
    "village:3" for the committee as a whole), who has one for each person and year.
    """

    __tablename__ = "evaluation"

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    side: Mapped[EvaluationSide] = mapped_column(enum_column(EvaluationSide))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    voice: Mapped[str] = mapped_column(String(40))
    diligence: Mapped[int]
    skill: Mapped[int]
    manner: Mapped[int]
    remark: Mapped[str] = mapped_column(String(500))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship()
    village: Mapped[Area] = relationship()
    author: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("year", "person_id", "voice"),
        CheckConstraint(
            "diligence BETWEEN 1 AND 4 AND skill BETWEEN 1 AND 4 AND manner BETWEEN 1 AND 4", name="grades"
        ),
    )


class NegativeItem(Base):
    """An item of the county's negative list, a ground for leaving."""

    __tablename__ = "negative_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    text: Mapped[str] = mapped_column(String(200))
    holds_from: Mapped[date]
    holds_until: Mapped[date | None]


class Outcome(StrEnum):
    """The outcome for the points of somebody who leaves."""

    KEEP = "keep"
    EXPIRE = "expire"


class LeavingRule(Base):
    """A village's decision on the points of those who leave; the latest that holds on a day counts."""

    __tablename__ = "leaving_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    days: Mapped[int | None]
    decided: Mapped[str] = mapped_column(String(200))
    holds_from: Mapped[date]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("(outcome = 'keep') = (days IS NOT NULL)", name="days"),
        CheckConstraint("days IS NULL OR days BETWEEN 1 AND 1100", name="how_long"),
    )


class DepartureKind(StrEnum):
    """Why somebody stops serving: exit (退出), adjustment by the village (调整), end of the term."""

    EXIT = "exit"
    ADJUSTMENT = "adjustment"
    TERM_END = "term_end"


class Departure(Base):
    """A departure: why somebody left, by whose decision, and what becomes of the points.

    It is never changed. With outcome `keep` the points can be used up to and including `kept_until`.
    """

    __tablename__ = "departure"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[DepartureKind] = mapped_column(enum_column(DepartureKind))
    negative_item_id: Mapped[int | None] = mapped_column(ForeignKey("negative_item.id"))
    reason: Mapped[str] = mapped_column(String(200))
    decision: Mapped[str] = mapped_column(String(200))
    on: Mapped[date]
    outcome: Mapped[Outcome] = mapped_column(enum_column(Outcome))
    kept_until: Mapped[date | None]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship()
    negative_item: Mapped[NegativeItem | None] = relationship()

    __table_args__ = (CheckConstraint("(outcome = 'keep') = (kept_until IS NOT NULL)", name="kept"),)
