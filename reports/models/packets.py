"""The quarter's packet (季度档案), kept as it was made."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models import User
from points.models import Assessment


class Packet(Base):
    """All papers of a booked quarter in one PDF, with its SHA-256; never changed.

    One that is made later, after a correction, stands beside the first with the next `number`. It is kept in
    the database: so every backup has it. `last_transfer_id` is that of the last entry when it was begun.
    """

    __tablename__ = "packet"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    size: Mapped[int]
    pages: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    last_transfer_id: Mapped[int]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(Moment)

    assessment: Mapped[Assessment] = relationship()
    made_by: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("assessment_id", "number"),
        CheckConstraint("number > 0 AND size > 0 AND pages > 0", name="figures"),
    )

    @property
    def code(self) -> str:
        """Its number as it is told and printed: 2026Q3-1."""
        return f"{self.assessment.quarter_name}-{self.number}"
