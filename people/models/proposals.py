"""Proposals: what one person wants to do and another has to agree to before it is done."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models.accounts import User
from people.models.places import Area


class ProposalState(StrEnum):
    """The state of a proposal: it waits, was agreed to and done, was refused, or was withdrawn."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Proposal(Base):
    """Something that needs a second person (复核): who proposed it, and what became of it; decided once.

    `kind` says which verb is meant, `subject` which row it is about ("lot:5"), and `terms` with what the
    verb is called. `decision` is the reason of who refused it, `read_at` when who proposed it read what
    became of it.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    terms: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[ProposalState] = mapped_column(enum_column(ProposalState), default=ProposalState.WAITING)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str | None] = mapped_column(String(200))
    read_at: Mapped[datetime | None] = mapped_column(Moment)

    area: Mapped[Area] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    __table_args__ = (
        Index("ix_proposal_area_id_state", "area_id", "state"),
        Index("ix_proposal_subject_state", "subject", "state"),
        CheckConstraint("(state = 'waiting') = (decided_by_id IS NULL)", name="decided"),
        CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided_at"),
        CheckConstraint("(state = 'refused') = (decision IS NOT NULL)", name="decision"),
        CheckConstraint(
            "CASE state WHEN 'withdrawn' THEN decided_by_id = proposed_by_id "
            "WHEN 'waiting' THEN 1 = 1 ELSE decided_by_id <> proposed_by_id END",
            name="second_person",
        ),
    )

    @property
    def waits(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.state == ProposalState.WAITING
