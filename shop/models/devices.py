"""Devices that serve a shop through the interface for programs."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, exists
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from ground.db import Base, Moment
from people.models import Grant, Role, User
from shop.models.goods import Shop


class Device(Base):
    """A till or program with a key of its own for one shop; of the key only its SHA-256 is kept.

    It acts for whoever set it up, `added_by`: what is refused them is refused to it. Devices of before this
    was written down may have nobody. It undoes what it handed out itself, for a while; anything else only
    once who answers for it gave it the right to, `voids_given_by`.
    """

    __tablename__ = "device"
    lasting = ("id", "shop_id", "name", "added_by_id", "shop")

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    voids_given_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    shop: Mapped[Shop] = relationship()
    added_by: Mapped[User | None] = relationship(foreign_keys=[added_by_id])
    voids_given_by: Mapped[User | None] = relationship(foreign_keys=[voids_given_by_id])

    # Whether somebody answers for it: who set it up is still a manager of its shop, which only a village has.
    is_answered_for: Mapped[bool] = column_property(
        exists()
        .where(
            User.id == added_by_id,
            User.closed_at.is_(None),
            Grant.user_id == User.id,
            Grant.role == Role.MANAGER,
            Grant.waits.is_(False),
            Grant.area_id == Shop.village_id,
            Shop.id == shop_id,
        )
        .correlate_except(User, Grant, Shop)
    )
