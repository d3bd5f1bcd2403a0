"""Rubrics: what a service is worth, in versions that stay as they were decided."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import User


class Category(StrEnum):
    """The county's six duties of a grid worker (six columns of the notice)."""

    OPINION = "opinion"
    PUBLICITY = "publicity"
    SERVICE = "service"
    HAZARD = "hazard"
    EMERGENCY = "emergency"
    DISPUTE = "dispute"


class FedBy(StrEnum):
    """The kind of record that feeds an item.

    An item fed by records is never claimed by itself, and each record counts once.
    """

    CLAIM = "claim"
    VISIT = "visit"
    GATHERING = "gathering"
    HAZARD = "hazard"
    EMERGENCY = "emergency"
    DISPUTE = "dispute"
    DISPUTE_GROUP = "dispute_group"
    TRAINING = "training"
    EVALUATION = "evaluation"


class Rubric(Base):
    """A version of an area's rubric (积分细则): a county's template, or a village's, decided by its meeting.

    A template says what villages may add: how many bonus and deduction items, of how many tenths of a point
    at most. A village's version names the template it adopted; without one it is the program's own model.
    """

    __tablename__ = "rubric"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    version: Mapped[int]
    in_force_from: Mapped[date]
    approved_by: Mapped[str] = mapped_column(String(100))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("rubric.id"))
    most_bonuses: Mapped[int | None]
    most_deductions: Mapped[int | None]
    most_points: Mapped[int | None]

    items: Mapped[list["RubricItem"]] = relationship(order_by="RubricItem.id")
    template: Mapped["Rubric | None"] = relationship(remote_side=[id])
    withdrawal: Mapped["RubricWithdrawal | None"] = relationship()

    __table_args__ = (UniqueConstraint("area_id", "version"),)


class RubricWithdrawal(Base):
    """A version that was a mistake, withdrawn before it was in force (撤回); never changed."""

    __tablename__ = "rubric_withdrawal"

    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()


class RubricItem(Base):
    """What one service is worth: `points` tenths for each unit (negative: a deduction), `cap` a quarter.

    `evidence` says what has to show it, `source` which records feed it; `own` is what a village added to
    the county's template.
    """

    __tablename__ = "rubric_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric.id"), index=True)
    category: Mapped[Category] = mapped_column(enum_column(Category))
    name: Mapped[str] = mapped_column(String(100))
    unit: Mapped[str] = mapped_column(String(20))
    points: Mapped[int]
    cap: Mapped[int | None]
    evidence: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    source: Mapped[FedBy] = mapped_column(enum_column(FedBy), default=FedBy.CLAIM, server_default="claim")
    own: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    rubric: Mapped[Rubric] = relationship(back_populates="items")

    __table_args__ = (
        CheckConstraint("points <> 0", name="points"),
        CheckConstraint("cap IS NULL OR (cap > 0 AND points > 0)", name="cap"),
        CheckConstraint("points > 0 OR source = 'claim'", name="deduction"),
    )
