"""People and their terms of service. No identity-card number is ever kept.

A person is entered once; two entries of one person are joined by a `Merge`, and both stay. An
`Appointment` is a term: one person, one grid, one duty, from a day to a day.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground import names
from ground.db import Base, Moment, enum_column
from people.models.places import Area, Grid


@lru_cache(maxsize=20_000)  # a county's, which its search masks one by one
def mask_name(name: str) -> str:
    """A name as the public sees it: the middle hidden (李*明), of two characters the second (李*)."""
    name = names.kept(name)  # 尹　仙 has two characters
    if len(name) < 3:
        return name[:1] + "*" if name else ""
    return f"{name[0]}*{name[-1]}"


def name_mask(people: Iterable[str]) -> Callable[[str], str]:
    """A function that masks the names of these people in a text, however they are written there.

    A name of one character is left: it is a word like any other.
    """
    return names.replacer({name: mask_name(name) for name in people if len(names.kept(name)) > 1})


def mask_phone(phone: str) -> str:
    """A phone number as outsiders see it: 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 7 else "*" * len(phone)


class Sex(StrEnum):
    """Sex, as the roster's column has it."""

    MALE = "male"
    FEMALE = "female"


class PoliticalStatus(StrEnum):
    """Political status (政治面貌)."""

    PARTY = "party"
    PROBATIONARY = "probationary"
    LEAGUE = "league"
    OTHER_PARTY = "other_party"
    MASSES = "masses"


class Background(StrEnum):
    """The county's circles from which a worker was chosen."""

    PARTY_MEMBER = "party_member"
    RETIRED_OFFICIAL = "retired_official"
    VETERAN = "veteran"
    REPRESENTATIVE = "representative"
    GROUP_LEADER = "group_leader"
    VOLUNTEER = "volunteer"
    OTHER = "other"


class Person(Base):
    """A worker of a village, or an instructor of an agency or township.

    `area` is a worker's village; an instructor's is the place their agency answers to, and covers the
    villages they serve in. `law_mark_on` is the day of the county's mark 法律明白人.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20))
    agency: Mapped[str | None] = mapped_column(String(100))
    sex: Mapped[Sex | None] = mapped_column(enum_column(Sex))
    birth_year: Mapped[int | None]
    standing: Mapped[PoliticalStatus | None] = mapped_column(enum_column(PoliticalStatus))
    background: Mapped[Background | None] = mapped_column(enum_column(Background))
    law_mark_on: Mapped[date | None]

    area: Mapped[Area] = relationship()
    merge: Mapped["Merge | None"] = relationship(
        foreign_keys="Merge.duplicate_id", back_populates="duplicate"
    )

    @property
    def masked(self) -> str:
        """The name as the public sees it."""
        return mask_name(self.name)


class Portrait(Base):
    """A photo by which the desk recognises a person: a JPEG without metadata.

    `digest` is its SHA-256 in hexadecimal.
    """

    __tablename__ = "portrait"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Merge(Base):
    """Two entries of one person joined: the duplicate stays as it was and points to the one kept."""

    __tablename__ = "person_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    duplicate_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    kept: Mapped[Person] = relationship(foreign_keys=[kept_id])
    duplicate: Mapped[Person] = relationship(foreign_keys=[duplicate_id], back_populates="merge")

    __table_args__ = (CheckConstraint("kept_id <> duplicate_id", name="two"),)


class Duty(StrEnum):
    """The duty a person is appointed to; each grid has one of each."""

    WORKER = "worker"
    INSTRUCTOR = "instructor"


class ChosenBy(StrEnum):
    """The people who recommended a worker (county's rules on choosing grid workers)."""

    HOUSEHOLDS = "households"
    GROUP = "group"
    OWNERS = "owners"
    VILLAGE = "village"


class Appointment(Base):
    """A term of service (聘任): one person, one grid, from a day to a day.

    `ended_on` is the first day it no longer runs; `follows` is the term it renews or takes over from.
    """

    __tablename__ = "appointment"

    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    duty: Mapped[Duty] = mapped_column(enum_column(Duty))
    chosen_by: Mapped[ChosenBy | None] = mapped_column(enum_column(ChosenBy))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    ended_on: Mapped[date | None]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id"))

    grid: Mapped[Grid] = relationship()
    person: Mapped[Person] = relationship()
    follows: Mapped["Appointment | None"] = relationship(remote_side=[id])

    __table_args__ = (
        Index(
            "uq_appointment_current",
            "grid_id",
            "duty",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        Index(  # each term that goes is looked for in those that follow
            "ix_appointment_follows_id",
            "follows_id",
            sqlite_where=text("follows_id IS NOT NULL"),
            postgresql_where=text("follows_id IS NOT NULL"),
        ),
        CheckConstraint("ends_on >= starts_on", name="period"),
    )
