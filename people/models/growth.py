"""The growth of workers (双培工程), and the contacts of a village."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models.persons import Person


class Stage(StrEnum):
    """The stages after being a worker, in their order."""

    APPLICANT = "applicant"
    PARTY_MEMBER = "party_member"
    RESERVE_CADRE = "reserve_cadre"


class GrowthStep(Base):
    """A stage that a worker reached on a day; never changed.

    One entered by mistake is taken back by another one.
    """

    __tablename__ = "growth_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    stage: Mapped[Stage] = mapped_column(enum_column(Stage))
    on: Mapped[date]
    note: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    takes_back_id: Mapped[int | None] = mapped_column(ForeignKey("growth_step.id"), unique=True)

    person: Mapped[Person] = relationship()


class ContactKind(StrEnum):
    """The kind of a contact: an official of the county or township, or 一警一法官一调解员."""

    OFFICIAL = "official"
    POLICE = "police"
    JUDGE = "judge"
    MEDIATOR = "mediator"


class Contact(Base):
    """A contact of a village, from a day until a day; the line is ended, not changed."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    kind: Mapped[ContactKind] = mapped_column(enum_column(ContactKind))
    name: Mapped[str] = mapped_column(String(200))
    agency: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(20))
    since: Mapped[date]
    until: Mapped[date | None]

    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="period"),)
