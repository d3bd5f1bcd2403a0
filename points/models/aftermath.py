"""What happens to booked points beside spending: corrections, and the village's expiry days."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models import Area, User
from points.models.assessments import Assessment
from points.models.ledger import Transfer


class Correction(Base):
    """A booked line corrected (更正): its award reversed, and `right` tenths booked instead; never changed.

    It belongs to the assessment that was open then, on whose sheet it is printed.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), unique=True)
    right: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    assessment: Mapped[Assessment] = relationship()
    award: Mapped[Transfer] = relationship()
    actor: Mapped[User] = relationship()

    __table_args__ = (CheckConstraint('"right" >= 0', name="right"),)


class Expiry(Base):
    """A village's decision that points booked up to a day lapse after another, unless spent (到期).

    Announced at least thirty days before; it can be cancelled until then.
    """

    __tablename__ = "expiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    booked_until: Mapped[date]
    expires_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(200))
    announced_on: Mapped[date]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)

    village: Mapped[Area] = relationship()
    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
    cancelled_by: Mapped[User | None] = relationship(foreign_keys=[cancelled_by_id])

    __table_args__ = (
        CheckConstraint("booked_until < expires_on AND announced_on < expires_on", name="days"),
        CheckConstraint("(cancelled_by_id IS NULL) = (cancelled_at IS NULL)", name="cancelled"),
    )
