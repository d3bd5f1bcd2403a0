"""Leases (离线授权): a shop held by one browser, what that browser wrote down, and what became of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import User
from shop.models.goods import Shop


class Ending(StrEnum):
    """How a lease ended: given back by its desk, taken from it by somebody, or its time was over."""

    RETURNED = "returned"
    BROKEN = "broken"
    OVER = "over"


class Lease(Base):
    """A shop held by one browser until a time of one day; nobody else takes points or goods out meanwhile.

    `public_key` is the browser's, with which its journal is signed (base64 of the P-256 point). The journal's
    end is `position` and `head`; before the first entry the head is `seed`. Its receipts have the numbers
    from `first_serial` on, the last used is `last_serial`; those up to `granted_to` were given to it.
    """

    __tablename__ = "lease"
    lasting = ("id", "shop_id", "holder_id", "public_key", "seed", "day", "taken_at", "first_serial")

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shop.id"), index=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    public_key: Mapped[str] = mapped_column(String(88))
    seed: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    taken_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    first_serial: Mapped[int]
    last_serial: Mapped[int]
    granted_to: Mapped[int]
    position: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ending: Mapped[Ending | None] = mapped_column(enum_column(Ending))
    reason: Mapped[str | None] = mapped_column(String(200))

    shop: Mapped[Shop] = relationship()
    holder: Mapped[User] = relationship(foreign_keys=[holder_id])
    ended_by: Mapped[User | None] = relationship(foreign_keys=[ended_by_id])

    __table_args__ = (
        Index(
            "uq_lease_open",
            "shop_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        CheckConstraint("(ending = 'broken') = (reason IS NOT NULL)", name="reason"),
        CheckConstraint("last_serial <= granted_to AND first_serial > 0 AND position >= 0", name="serials"),
    )


class LeaseEntry(Base):
    """One entry of a desk's journal as it was signed; never changed.

    `refusal` and `why` say why it could not be booked when it came. `undoes` is the entry that it takes back.
    """

    __tablename__ = "lease_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    lease_id: Mapped[int] = mapped_column(ForeignKey("lease.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(88))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("lease_entry.id"), unique=True)
    refusal: Mapped[str | None] = mapped_column(String(40))
    why: Mapped[str | None] = mapped_column(String(300))
    received_at: Mapped[datetime] = mapped_column(Moment)
    received_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    lease: Mapped[Lease] = relationship()
    undoes: Mapped["LeaseEntry | None"] = relationship(remote_side=[id])

    __table_args__ = (
        UniqueConstraint("lease_id", "position"),
        CheckConstraint("(refusal IS NULL) = (why IS NULL)", name="refusal"),
        CheckConstraint("position > 0", name="position"),
    )


class SetAside(Base):
    """An entry that is not booked, by somebody's decision: the goods are gone, the points were not taken."""

    __tablename__ = "set_aside"

    entry_id: Mapped[int] = mapped_column(ForeignKey("lease_entry.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    entry: Mapped[LeaseEntry] = relationship()
    actor: Mapped[User] = relationship()
