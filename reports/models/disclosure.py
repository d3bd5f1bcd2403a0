"""How often a village hangs up its five openings."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models import Area, User


class DisclosureInterval(Base):
    """A village's decision to hang up its five openings monthly, or each quarter; never changed.

    The latest counts, from the quarter in which it was made. Before the first it is each quarter.
    """

    __tablename__ = "disclosure_interval"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    monthly: Mapped[bool]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    village: Mapped[Area] = relationship()
    actor: Mapped[User] = relationship()
