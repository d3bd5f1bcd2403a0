"""Devices that serve a shop through the interface for programs."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models import Role, User
from shop.models.goods import Shop


class Device(Base):
    """A till or program with a key of its own for one shop; of the key only its SHA-256 is kept.

    It acts for whoever set it up, `added_by`: what is refused them is refused to it. Devices of before this
    was written down may have nobody.
    """

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    shop: Mapped[Shop] = relationship()
    added_by: Mapped[User | None] = relationship()

    @property
    def is_answered_for(self) -> bool:
        """Whether somebody answers for it: who set it up is still a manager of its shop."""
        user = self.added_by
        return (
            user is not None and user.closed_at is None and Role.MANAGER in user.roles_in(self.shop.village)
        )
