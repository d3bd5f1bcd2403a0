"""The card by which a worker is known: at the shop's desk, at a training, at the sign-in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models.persons import Person


class CardState(StrEnum):
    """The state of a card; only an active one is taken.

    A replaced one has a newer one in its place, a frozen one belongs to somebody who left, a retired one
    is destroyed.
    """

    ACTIVE = "active"
    LOST = "lost"
    REPLACED = "replaced"
    FROZEN = "frozen"
    RETIRED = "retired"


class Card(Base):
    """A worker's card: a number with a check digit to type, a random token (100 bits) to scan."""

    __tablename__ = "card"
    lasting = ("id", "person_id", "number")

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[str] = mapped_column(String(9), unique=True)
    token: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[CardState] = mapped_column(enum_column(CardState), default=CardState.ACTIVE)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    person: Mapped[Person] = relationship()

    __table_args__ = (
        Index(
            "uq_card_active",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    @property
    def is_active(self) -> bool:
        """Whether it is the one that its holder redeems with."""
        return self.state == CardState.ACTIVE

    @property
    def grouped(self) -> str:
        """The number as it is printed: 4021 7730 9."""
        return f"{self.number[:4]} {self.number[4:8]} {self.number[8:]}"
