"""Households of a grid: what its worker knows of them (六清), and their class.

Only the grid's worker, its instructor and the village committee see these rows.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models.places import Grid


class Attention(StrEnum):
    """A household's class (county's rules): 重点户 is visited weekly, 监测户 monthly, 一般户 as needed."""

    PRIORITY = "priority"
    WATCHED = "watched"
    ORDINARY = "ordinary"


class Household(Base):
    """A household's file; `number` counts within its grid.

    From `left_on` on it lives there no more, and `left_for` says why. A number below zero has the file of one
    that never was there: it came with an import that was taken back, and nobody is shown it.
    """

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    number: Mapped[int]
    head: Mapped[str] = mapped_column(String(200))
    house: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(20))
    residents: Mapped[int]
    composition: Mapped[str] = mapped_column(String(200))
    standing: Mapped[str] = mapped_column(String(100))
    situation: Mapped[str] = mapped_column(String(500))
    needs: Mapped[str] = mapped_column(String(500))
    left_on: Mapped[date | None]
    left_for: Mapped[str | None] = mapped_column(String(200))

    grid: Mapped[Grid] = relationship()
    classes: Mapped[list["HouseholdClass"]] = relationship(order_by="HouseholdClass.id", lazy="selectin")

    __table_args__ = (
        UniqueConstraint("grid_id", "number"),
        CheckConstraint("residents BETWEEN 0 AND 99", name="residents"),
    )

    @hybrid_property
    def is_retired(self) -> bool:
        """Whether it came with an import that was taken back."""
        return self.number < 0

    @property
    def attention(self) -> Attention:
        """Its class today: what was decided last."""
        return self.classes[-1].attention


class HouseholdClass(Base):
    """A household was put into a class on a day, with the reason; never changed."""

    __tablename__ = "household_class"

    id: Mapped[int] = mapped_column(primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    attention: Mapped[Attention] = mapped_column(enum_column(Attention))
    on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
