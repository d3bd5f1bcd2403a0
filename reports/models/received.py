"""The quarterly returns that a prefecture received from its counties."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ground.clock import Quarter
from ground.db import Base, Moment


class ReceivedReturn(Base):
    """A county's return of a quarter, as it came to the prefecture; never changed.

    `figures` and `missing` are those of the county's `QuarterlyReturn`; `digest` is the SHA-256 over what
    was sent, computed where it was sent. No name of a person comes along, and no reason.
    """

    __tablename__ = "received_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    county_code: Mapped[str] = mapped_column(String(12))
    county_name: Mapped[str] = mapped_column(String(100))
    quarter_name: Mapped[str] = mapped_column(String(6))
    version: Mapped[int]
    figures: Mapped[dict[str, int]] = mapped_column(JSON)
    missing: Mapped[dict[str, str]] = mapped_column(JSON)
    sent_by_unit: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("county_code", "quarter_name", "version"),
        CheckConstraint("version > 0", name="version"),
    )

    @property
    def quarter(self) -> Quarter:
        """The quarter it is of."""
        return Quarter.parse(self.quarter_name)
