"""Areas, grids, people and their terms, sign-ins and roles, and the audit trail."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_login import UserMixin
from sqlalchemy import JSON, CheckConstraint, Enum, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from people.db import Base, Moment


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds one of an enumeration's words, checked by the database too."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Level(StrEnum):
    """The levels of the official area codes (国家统计局统计用区划代码)."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    COMMUNITY = "community"


# How many of a code's 12 digits say something at each level; the rest are zeros.
CODE_DIGITS = {Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.VILLAGE: 12, Level.COMMUNITY: 12}


class Area(Base):
    """A county, a township, or a village or community, under its official 12-digit code."""

    __tablename__ = "area"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    level: Mapped[Level] = mapped_column(words(Level))
    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"))

    parent: Mapped["Area | None"] = relationship(remote_side=[id])

    __table_args__ = (CheckConstraint("length(code) = 12", name="code"),)

    @property
    def stem(self) -> str:
        """The digits that every code below this area begins with."""
        return self.code[: CODE_DIGITS[self.level]]

    @property
    def is_village(self) -> bool:
        """Whether grids, assessments and a shop hang here."""
        return self.level in (Level.VILLAGE, Level.COMMUNITY)

    def covers(self, other: "Area") -> bool:
        """Whether the other area is this one or lies below it."""
        return other.code.startswith(self.stem)


class GridKind(StrEnum):
    """What a micro-grid is made of: village houses, town houses, or an office, school or market."""

    RURAL = "rural"
    URBAN = "urban"
    DEDICATED = "dedicated"


class Grid(Base):
    """A micro-grid (微网格) under the county's own code, which is unique in its village."""

    __tablename__ = "grid"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[GridKind] = mapped_column(words(GridKind))
    households: Mapped[int | None]

    village: Mapped[Area] = relationship()

    __table_args__ = (UniqueConstraint("village_id", "code"),)


def mask_name(name: str) -> str:
    """A name as the public sees it: the middle hidden (李*明), of two characters the second (李*)."""
    if len(name) < 3:
        return name[:1] + "*" if name else ""
    return f"{name[0]}*{name[-1]}"


def mask_phone(phone: str) -> str:
    """A phone number as outsiders see it: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "*" * len(phone)


class Person(Base):
    """A worker of a village, or an instructor from an agency. No identity-card number, ever."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    agency: Mapped[str | None] = mapped_column(String(100))

    village: Mapped[Area] = relationship()

    @property
    def masked(self) -> str:
        """The name as the public sees it."""
        return mask_name(self.name)


class Duty(StrEnum):
    """What a person is appointed as; each grid has one of each."""

    WORKER = "worker"
    INSTRUCTOR = "instructor"


class Appointment(Base):
    """A term of service (聘任): one person, one grid, from a day to a day."""

    __tablename__ = "appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    duty: Mapped[Duty] = mapped_column(words(Duty))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_on: Mapped[date | None]

    grid: Mapped[Grid] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (
        Index(
            "uq_appointment_current",
            "grid_id",
            "duty",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        CheckConstraint("ends_on >= starts_on", name="period"),
    )


class Role(StrEnum):
    """What a sign-in may do, in an area and below it."""

    COUNTY = "county"
    TOWNSHIP = "township"
    CLERK = "clerk"
    CHAIR = "chair"
    SUPERVISOR = "supervisor"
    INSTRUCTOR = "instructor"
    MANAGER = "manager"
    VOLUNTEER = "volunteer"
    WORKER = "worker"


class User(UserMixin, Base):
    """A sign-in."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person | None] = relationship()
    grants: Mapped[list["Grant"]] = relationship(back_populates="user")

    def roles_in(self, area: Area) -> set[Role]:
        """The roles this sign-in holds in an area, from grants there or above; empty: it is out of sight."""
        return {grant.role for grant in self.grants if grant.area.covers(area)}


class Grant(Base):
    """A role given to a sign-in for an area and all below it."""

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    role: Mapped[Role] = mapped_column(words(Role))

    user: Mapped[User] = relationship(back_populates="grants")
    area: Mapped[Area] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("user_id", "area_id", "role"),)


class AuditEvent(Base):
    """Who did what to people, roles and grids, written in the same transaction; never changed."""

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
