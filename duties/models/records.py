"""What a worker writes down: visits, gatherings, hazards and emergencies."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import Area, Grid, Household, Person, User
from points.models import Evidence, WithPhoto


class VisitStep(StrEnum):
    """A step of a visit (county's rules): 走一遍、见一面、问一句、聊一聊、查一查."""

    WALK = "walk"
    MEET = "meet"
    ASK = "ask"
    TALK = "talk"
    CHECK = "check"


class Visit(WithPhoto, Base):
    """A visit to a household: what was seen and is needed; a follow-up stays open until it is done.

    Nothing of it is changed afterwards but the follow-up, once, when it is done.
    """

    __tablename__ = "visit"

    id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    visited_on: Mapped[date]
    steps: Mapped[list[str]] = mapped_column(JSON)
    seen: Mapped[str] = mapped_column(String(500))
    needs: Mapped[str] = mapped_column(String(500))
    follow_up: Mapped[str | None] = mapped_column(String(200))
    done_on: Mapped[date | None]
    done_note: Mapped[str | None] = mapped_column(String(200))
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    evidence: Mapped[Evidence] = relationship()
    grid: Mapped[Grid] = relationship()
    household: Mapped[Household] = relationship()
    worker: Mapped[Person] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    done_by: Mapped[User | None] = relationship(foreign_keys=[done_by_id])

    __table_args__ = (
        Index("ix_visit_household_id_visited_on", "household_id", "visited_on"),
        Index("ix_visit_village_id_visited_on", "village_id", "visited_on"),
        Index(
            "ix_visit_open_follow_up",
            "grid_id",
            "visited_on",
            sqlite_where=text("follow_up IS NOT NULL AND done_on IS NULL"),
            postgresql_where=text("follow_up IS NOT NULL AND done_on IS NULL"),
        ),
        CheckConstraint("done_on IS NULL OR follow_up IS NOT NULL", name="followed_up"),
    )


class GatheringKind(StrEnum):
    """The purpose of a gathering (county's rules): law, policy, or the village's own matters."""

    LAW = "law"
    POLICY = "policy"
    VILLAGE = "village"


class Gathering(Base):
    """A gathering of a grid's households, of which there are at least three a month; never changed."""

    __tablename__ = "gathering"

    id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    held_on: Mapped[date]
    kind: Mapped[GatheringKind] = mapped_column(enum_column(GatheringKind))
    topic: Mapped[str] = mapped_column(String(200))
    present: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    evidence: Mapped[Evidence] = relationship()
    grid: Mapped[Grid] = relationship()
    worker: Mapped[Person] = relationship()
    recorded_by: Mapped[User] = relationship()

    __table_args__ = (
        Index("ix_gathering_grid_id_held_on", "grid_id", "held_on"),
        Index("ix_gathering_village_id_held_on", "village_id", "held_on"),
        CheckConstraint("present BETWEEN 1 AND 9999", name="present"),
    )


class IncidentKind(StrEnum):
    """A hazard that was found (安全隐患), or an emergency that happened (突发事件)."""

    HAZARD = "hazard"
    EMERGENCY = "emergency"


class Severity(StrEnum):
    """The severity of an incident: 一般、较大、重大、特别重大 (突发事件应对法).

    A hazard is 一般 or 重大 (安全生产法).
    """

    ORDINARY = "ordinary"
    MAJOR = "major"
    SEVERE = "severe"
    EXTREME = "extreme"


class Incident(Base):
    """A hazard or an emergency as it was reported; never changed.

    What became of it stands in its steps.
    """

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[IncidentKind] = mapped_column(enum_column(IncidentKind))
    severity: Mapped[Severity] = mapped_column(enum_column(Severity))
    found_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(100))
    what: Mapped[str] = mapped_column(String(500))
    done: Mapped[str] = mapped_column(String(500))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)

    evidence: Mapped[Evidence] = relationship()
    village: Mapped[Area] = relationship()
    grid: Mapped[Grid] = relationship()
    worker: Mapped[Person | None] = relationship()
    recorded_by: Mapped[User] = relationship()
    steps: Mapped[list["IncidentStep"]] = relationship(order_by="IncidentStep.id", lazy="selectin")

    __table_args__ = (Index("ix_incident_village_id_kind", "village_id", "kind", "found_on"),)

    @property
    def closed_on(self) -> date | None:
        """The day it was closed, or None."""
        return next((step.on for step in self.steps if step.kind == IncidentStepKind.CLOSED), None)


class IncidentStepKind(StrEnum):
    """The kind of a step of an incident: handed over to somebody, something done, closed."""

    HANDED_OVER = "handed_over"
    DONE = "done"
    CLOSED = "closed"


class IncidentStep(Base):
    """A step in an incident's course: what was done, or handed to whom; closed once. Never changed."""

    __tablename__ = "incident_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), index=True)
    kind: Mapped[IncidentStepKind] = mapped_column(enum_column(IncidentStepKind))
    to: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(500))
    on: Mapped[date]
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("(kind = 'handed_over') = (\"to\" <> '')", name="handed_over"),
        Index(
            "uq_incident_step_closed",
            "incident_id",
            unique=True,
            sqlite_where=text("kind = 'closed'"),
            postgresql_where=text("kind = 'closed'"),
        ),
    )
