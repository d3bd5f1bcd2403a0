"""The quarterly returns (季度报表) that villages, townships and the county sent, as they were then."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.clock import Quarter
from ground.db import Base, Moment, enum_column
from people.models import Area, Level, User


class QuarterlyReturn(Base):
    """A quarter's figures of an area, as they were sent; never changed. A correction is the next version.

    It says of itself what it is: code, name and level of the area, the quarter, each figure under its own
    name (`reports.returns.figures`), so that it can be read without the rest of this database. Figures are
    whole numbers: counts, tenths of a point, fen. `missing` are the codes and names of those below that had
    sent nothing, `parts` the returns that it sums. `reason` says why it corrects the version before.
    """

    __tablename__ = "quarterly_return"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    area_code: Mapped[str] = mapped_column(String(12))
    area_name: Mapped[str] = mapped_column(String(100))
    level: Mapped[Level] = mapped_column(enum_column(Level))
    quarter_name: Mapped[str] = mapped_column(String(6))
    version: Mapped[int]
    figures: Mapped[dict[str, int]] = mapped_column(JSON)
    missing: Mapped[dict[str, str]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(200))
    sent_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime] = mapped_column(Moment)

    area: Mapped[Area] = relationship()
    sent_by: Mapped[User] = relationship()
    parts: Mapped[list["QuarterlyReturn"]] = relationship(
        secondary="return_part",
        primaryjoin="QuarterlyReturn.id == ReturnPart.whole_id",
        secondaryjoin="QuarterlyReturn.id == ReturnPart.part_id",
        order_by="QuarterlyReturn.area_code",
    )

    __table_args__ = (
        UniqueConstraint("area_id", "quarter_name", "version"),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
    )

    @property
    def quarter(self) -> Quarter:
        """The quarter it is of."""
        return Quarter.parse(self.quarter_name)


class ReturnPart(Base):
    """A township's or the county's return, and one of those below that it sums; never changed."""

    __tablename__ = "return_part"

    whole_id: Mapped[int] = mapped_column(ForeignKey("quarterly_return.id"), primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("quarterly_return.id"), primary_key=True, index=True)

    __table_args__ = (CheckConstraint("whole_id > part_id", name="order"),)
