"""Steps of the first day that a place does not need, by its own word."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ground.db import Base, Moment


class SkippedStep(Base):
    """A step of the first day that somebody said is not needed in their village, township or county."""

    __tablename__ = "skipped_step"

    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(20), primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
