"""What supervision looked into."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models.accounts import User


class Inquiry(Base):
    """Somebody looked into an entry of the supervisor's page (核查), and what they found; never changed.

    The entry is named by its kind and by the row it comes from: "voids", 12. It may be looked into again.
    """

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    entry_kind: Mapped[str] = mapped_column(String(40))
    entry_row: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()

    __table_args__ = (Index("ix_inquiry_village_id_entry", "village_id", "entry_kind", "entry_row"),)
