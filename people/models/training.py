"""Training sessions and who attended."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models.persons import Duty, Person
from people.models.places import Area


class Training(Base):
    """A session that a county, township or village held for its workers or instructors."""

    __tablename__ = "training"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    duty: Mapped[Duty] = mapped_column(enum_column(Duty))
    topic: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(100))
    held_on: Mapped[date]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    area: Mapped[Area] = relationship()


class Attendance(Base):
    """Somebody attended a session, noted by their card or ticked on the list."""

    __tablename__ = "attendance"

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    by_card: Mapped[bool]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    training: Mapped[Training] = relationship()
    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("training_id", "person_id"),)
