"""Devices that serve a shop through the interface for programs."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from shop.models.goods import Shop


class Device(Base):
    """A till or program with a key of its own for one shop; of the key only its SHA-256 is kept."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    added_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    shop: Mapped[Shop] = relationship()
