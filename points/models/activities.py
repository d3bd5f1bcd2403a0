"""Activities of many: what several workers did together, written down once."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ground.db import Base, Moment


class Activity(Base):
    """An activity of many workers (多人活动): of one item, on one day; never changed.

    The record of each worker names it, so that a second person decides on all of them in one step.
    """

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("rubric_item.id"))
    done_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(500))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
