"""Opening balances (期初积分): what a village's paper says of its workers' points when it begins here.

A sheet of them comes out of a file, hangs on the wall as a notice of its own, can be objected to, and is
booked line by line. Amounts are tenths of a point.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import Area, Person, User
from points.models.ledger import Transfer
from points.models.notices import ObjectionChannel


class OpeningSheet(Base):
    """A sheet of opening balances: the rows of one file, in one village.

    `number` counts the village's sheets. Until its first line is booked it can be taken back as a whole,
    with a reason.
    """

    __tablename__ = "opening_sheet"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    number: Mapped[int]
    brought_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    brought_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_reason: Mapped[str | None] = mapped_column(String(200))

    village: Mapped[Area] = relationship()
    brought_by: Mapped[User] = relationship(foreign_keys=[brought_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])

    __table_args__ = (
        UniqueConstraint("village_id", "number"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) "
            "AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name="withdrawn",
        ),
    )


class OpeningLine(Base):
    """A worker's opening balance as the file says it, and the paper it stands on (依据); never changed.

    `grid` is the name of the grid in which they served then.
    """

    __tablename__ = "opening_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("opening_sheet.id"))
    number: Mapped[int]
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    grid: Mapped[str] = mapped_column(String(100))
    tenths: Mapped[int]
    basis: Mapped[str] = mapped_column(String(200))

    sheet: Mapped[OpeningSheet] = relationship()
    worker: Mapped[Person] = relationship()

    __table_args__ = (
        UniqueConstraint("sheet_id", "number"),
        UniqueConstraint("sheet_id", "worker_id"),
        CheckConstraint("tenths > 0", name="tenths"),
    )


class OpeningNotice(Base):
    """The posting of a sheet (期初积分公示): its days, its lines, and the village's digest; never changed.

    The first is of the whole sheet, those after it of the lines that accepted objections changed.
    `last_transfer_id` is that of the last entry the digest covers.
    """

    __tablename__ = "opening_notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("opening_sheet.id"))
    number: Mapped[int]
    posted_on: Mapped[date]
    ends_on: Mapped[date]
    posted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    posted_at: Mapped[datetime] = mapped_column(Moment)
    digest: Mapped[str] = mapped_column(String(64))
    last_transfer_id: Mapped[int]

    sheet: Mapped[OpeningSheet] = relationship()
    posted_by: Mapped[User] = relationship()
    lines: Mapped[list["OpeningNoticeLine"]] = relationship(
        order_by="OpeningNoticeLine.id", back_populates="notice"
    )

    @property
    def code(self) -> str:
        """The number of the notice as it is told and printed: the sheet's, and which of its notices."""
        return f"{self.sheet.number}-{self.number}"

    __table_args__ = (
        UniqueConstraint("sheet_id", "number"),
        CheckConstraint("ends_on > posted_on", name="period"),
    )


class OpeningNoticeLine(Base):
    """A line as it was posted; this is what is booked; never changed.

    Names are masked in `name` and `basis`, as they were printed.
    """

    __tablename__ = "opening_notice_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("opening_notice.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("opening_line.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    basis: Mapped[str] = mapped_column(String(200))
    tenths: Mapped[int]

    notice: Mapped[OpeningNotice] = relationship(back_populates="lines")
    line: Mapped[OpeningLine] = relationship()

    __table_args__ = (
        UniqueConstraint("notice_id", "line_id"),
        CheckConstraint("tenths >= 0", name="tenths"),
    )


class OpeningObjection(Base):
    """An objection (异议) to a line, as the committee wrote it down, with the last day for its answer.

    Never changed. `number` counts those to a sheet.
    """

    __tablename__ = "opening_objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("opening_sheet.id"))
    number: Mapped[int]
    line_id: Mapped[int] = mapped_column(ForeignKey("opening_line.id"), index=True)
    channel: Mapped[ObjectionChannel] = mapped_column(enum_column(ObjectionChannel))
    name: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(String(1000))
    received_on: Mapped[date]
    due_on: Mapped[date]
    received_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    sheet: Mapped[OpeningSheet] = relationship()
    line: Mapped[OpeningLine] = relationship()
    received_by: Mapped[User] = relationship()
    answer: Mapped["OpeningAnswer | None"] = relationship(back_populates="objection")

    @property
    def code(self) -> str:
        """The number of the objection as it is told: the sheet's, and which of those to it."""
        return f"{self.sheet.number}-{self.number}"

    __table_args__ = (
        UniqueConstraint("sheet_id", "number"),
        CheckConstraint("channel <> 'online'", name="written_down"),
    )


class OpeningAnswer(Base):
    """The answer (答复) to an objection: accepted with the right figure, or rejected; never changed."""

    __tablename__ = "opening_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("opening_objection.id"), unique=True)
    right_tenths: Mapped[int | None]
    """What the line has from now on; None where the objection was rejected."""
    reason: Mapped[str] = mapped_column(String(500))
    decided_by: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    objection: Mapped[OpeningObjection] = relationship(back_populates="answer")
    actor: Mapped[User] = relationship()

    @property
    def accepted(self) -> bool:
        """Whether the objection was right."""
        return self.right_tenths is not None

    __table_args__ = (CheckConstraint("right_tenths >= 0", name="right"),)


class OpeningBooking(Base):
    """A line that was booked (入账): which one it is, and its transfer; never changed.

    After a merge the points are on the account of the entry that was kept.
    """

    __tablename__ = "opening_booking"

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("opening_line.id"), unique=True)

    transfer: Mapped[Transfer] = relationship(back_populates="opening")
    line: Mapped[OpeningLine] = relationship()
    reversal: Mapped["OpeningReversal | None"] = relationship(
        foreign_keys="OpeningReversal.booking_id", back_populates="booking"
    )


class OpeningReversal(Base):
    """A booked opening balance that was taken back: the entry that did it, and who agreed; never changed."""

    __tablename__ = "opening_reversal"

    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id"), primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("opening_booking.transfer_id"), unique=True)
    agreed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    transfer: Mapped[Transfer] = relationship()
    booking: Mapped[OpeningBooking] = relationship(foreign_keys=[booking_id], back_populates="reversal")
    agreed_by: Mapped[User] = relationship()
