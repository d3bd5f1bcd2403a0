"""The causes of transfers beside the shop, and the villages' decisions that points expire.

The cause names its transfer by a foreign key; the transfer names no cause. Amounts are tenths of a point.
"""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment
from people.models import Area, Departure, Merge, Person, User
from points.models.assessments import Assessment
from points.models.ledger import Transfer


class Award(Base):
    """A worker's line of a quarter, booked (入账): which line it is, and its transfer; never changed.

    `worker` is who stands on the sheet. After a merge the points are on the account of the entry that was
    kept.
    """

    __tablename__ = "award"

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    transfer: Mapped[Transfer] = relationship(back_populates="award")
    assessment: Mapped[Assessment] = relationship()
    worker: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("assessment_id", "worker_id"),)


class Correction(Base):
    """A correction (更正) of a booked line: its award reversed, `right_tenths` booked instead.

    Never changed. `award` is the transfer that was wrong: the one that booked the `line`, or one that an
    earlier correction booked. `booked` is the right one, None where nothing was right. It belongs to the
    assessment that was open then, on whose sheet it is printed.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("award.transfer_id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), unique=True)
    reversal_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), unique=True)
    booked_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id"), unique=True)
    right_tenths: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    assessment: Mapped[Assessment] = relationship()
    line: Mapped[Award] = relationship()
    award: Mapped[Transfer] = relationship(foreign_keys=[award_id], back_populates="corrected")
    reversal: Mapped[Transfer] = relationship(foreign_keys=[reversal_id])
    booked: Mapped[Transfer | None] = relationship(foreign_keys=[booked_id], back_populates="corrects")
    actor: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("right_tenths >= 0", name="right"),
        CheckConstraint("(right_tenths > 0) = (booked_id IS NOT NULL)", name="booked"),
    )


class Expiry(Base):
    """A village's decision that points booked up to a day lapse after another, unless spent (到期).

    Announced at least thirty days before; it can be cancelled until then.
    """

    __tablename__ = "expiry"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    booked_until: Mapped[date]
    expires_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(String(200))
    announced_on: Mapped[date]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)

    village: Mapped[Area] = relationship()
    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
    cancelled_by: Mapped[User | None] = relationship(foreign_keys=[cancelled_by_id])

    __table_args__ = (
        CheckConstraint("booked_until < expires_on AND announced_on < expires_on", name="days"),
        CheckConstraint("(cancelled_by_id IS NULL) = (cancelled_at IS NULL)", name="cancelled"),
    )


class Lapse(Base):
    """Points that lapsed: the transfer, and the departure or the expiry that caused it; never changed."""

    __tablename__ = "lapse"

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    departure_id: Mapped[int | None] = mapped_column(ForeignKey("departure.id"), index=True)
    expiry_id: Mapped[int | None] = mapped_column(ForeignKey("expiry.id"), index=True)

    transfer: Mapped[Transfer] = relationship(back_populates="lapse")
    departure: Mapped[Departure | None] = relationship()
    expiry: Mapped[Expiry | None] = relationship()

    @property
    def day(self) -> date:
        """The day on which the owner left, or the last day on which the points could be spent."""
        return self.departure.on if self.departure else cast(Expiry, self.expiry).expires_on

    __table_args__ = (CheckConstraint("(departure_id IS NULL) <> (expiry_id IS NULL)", name="one_cause"),)


class MergeMove(Base):
    """A balance that a merge moved: out of the duplicate's account, into the kept one's; never changed."""

    __tablename__ = "merge_move"

    out_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), unique=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("person_merge.id"), index=True)

    out: Mapped[Transfer] = relationship(foreign_keys=[out_id])
    into: Mapped[Transfer] = relationship(foreign_keys=[into_id])
    merge: Mapped[Merge] = relationship()

    __table_args__ = (CheckConstraint("out_id <> into_id", name="two_transfers"),)
