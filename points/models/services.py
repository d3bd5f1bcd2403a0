"""Service records, and what vouches for them."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models import Grid, Household, Person, User
from points.models.rubrics import RubricItem

if TYPE_CHECKING:
    from points.models.assessments import Assessment
    from points.models.deductions import ConfirmationUndone, Deduction


class ServiceState(StrEnum):
    """The state of a service record."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Voucher(StrEnum):
    """On whose word a record was confirmed: the decider's own, the served household's, or a witness's."""

    SECOND_PERSON = "second_person"
    HOUSEHOLD = "household"
    WITNESS = "witness"


class EvidenceKind(StrEnum):
    """The kind of record that a service came of."""

    VISIT = "visit"
    GATHERING = "gathering"
    INCIDENT = "incident"
    DISPUTE = "dispute"
    ATTENDANCE = "attendance"
    EVALUATION = "evaluation"


class Evidence(Base):
    """A record that a service can come of.

    There is a row for each visit, gathering, incident and dispute, under the same id. Trainings and
    evaluations are kept by `people`, which knows nothing of services. So the row names the attendance or
    the evaluation, from when it is taken in; an attendance that was taken off its list since is named no
    more.
    """

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[EvidenceKind] = mapped_column(enum_column(EvidenceKind))
    attendance_id: Mapped[int | None] = mapped_column(
        ForeignKey("attendance.id", ondelete="SET NULL"), unique=True
    )
    evaluation_id: Mapped[int | None] = mapped_column(ForeignKey("evaluation.id"), unique=True)

    __table_args__ = (
        CheckConstraint("attendance_id IS NULL OR kind = 'attendance'", name="attended"),
        CheckConstraint("(evaluation_id IS NOT NULL) = (kind = 'evaluation')", name="evaluated"),
    )


class Witness(Base):
    """On whose word a record is confirmed (证明人): somebody of the roster, a household, or from outside.

    Of who is in no file the `village` and a `phone` are there. Never changed.
    """

    __tablename__ = "witness"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    village: Mapped[str | None] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(20))

    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        CheckConstraint("person_id IS NULL OR household_id IS NULL", name="one_file"),
        CheckConstraint(
            "(person_id IS NULL AND household_id IS NULL) = (phone IS NOT NULL)", name="outside_phone"
        ),
        CheckConstraint("(phone IS NULL) = (village IS NULL)", name="outside_village"),
    )

    @property
    def is_outside(self) -> bool:
        """Whether they are in no file of the village."""
        return self.phone is not None


class WithPhoto:
    """A record that a photo may go with."""

    photo_id: Mapped[int | None] = mapped_column(ForeignKey("photo.id"))


# More than so many units in one record are asked about, and looked at alone by a second person.
MANY_TIMES = 50


class Service(WithPhoto, Base):
    """A service record (服务记录): who did what, how often, on which day; confirmed by a second person.

    `evidence` is what it came of, if it was not claimed: of each there is one service at most that was not
    rejected. `likeness` is a fingerprint of what was written, by which texts that were copied are found.
    `resubmits` is the rejected record it takes the place of. `deduction` is there when the item takes points;
    `undone` are the confirmations of it that were taken back. `device_mark` is that of the session in which
    the worker claimed it themselves. `activity_id` is the activity of many that it is of.
    """

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grid.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("rubric_item.id"))
    done_on: Mapped[date]
    count: Mapped[int]
    note: Mapped[str] = mapped_column(String(500))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ServiceState] = mapped_column(enum_column(ServiceState), default=ServiceState.RECORDED)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision: Mapped[str | None] = mapped_column(String(200))
    voucher: Mapped[Voucher | None] = mapped_column(enum_column(Voucher))
    voucher_name: Mapped[str | None] = mapped_column(String(200))
    witness_id: Mapped[int | None] = mapped_column(ForeignKey("witness.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    likeness: Mapped[str | None] = mapped_column(String(16))
    device_mark: Mapped[str | None] = mapped_column(String(32))
    resubmits_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), unique=True)
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activity.id"), index=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), index=True)

    worker: Mapped[Person] = relationship()
    grid: Mapped[Grid] = relationship()
    item: Mapped[RubricItem] = relationship()
    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    witness: Mapped[Witness | None] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    household: Mapped[Household | None] = relationship()
    resubmits: Mapped["Service | None"] = relationship(remote_side=[id], back_populates="resubmitted")
    resubmitted: Mapped["Service | None"] = relationship(back_populates="resubmits")
    assessment: Mapped["Assessment | None"] = relationship()
    deduction: Mapped["Deduction | None"] = relationship(back_populates="service")
    undone: Mapped[list["ConfirmationUndone"]] = relationship(order_by="ConfirmationUndone.id")

    __table_args__ = (
        Index("ix_service_village_id_state", "village_id", "state", "done_on"),
        Index(
            "uq_service_evidence_once",
            "evidence_id",
            unique=True,
            sqlite_where=text("state <> 'rejected'"),
            postgresql_where=text("state <> 'rejected'"),
        ),
        Index("ix_service_evidence_id", "evidence_id", "id"),  # its last one is found without a sort
        # With all that is counted of a quarter: a county's 70,000 records are not read for it.
        Index("ix_service_village_id_done_on", "village_id", "done_on", "item_id", "state", "count"),
        Index("ix_service_village_id_likeness", "village_id", "likeness", "state"),
        Index("ix_service_item_id_done_on", "item_id", "done_on", "state", "worker_id", "count"),
        Index("ix_service_household_id_done_on", "household_id", "done_on"),
        Index("ix_service_recorded_by_id_recorded_at", "recorded_by_id", "recorded_at"),
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("(state = 'recorded') = (decided_by_id IS NULL)", name="decided"),
        CheckConstraint("assessment_id IS NULL OR state = 'confirmed'", name="counted"),
        CheckConstraint("voucher IS NULL OR state = 'confirmed'", name="vouched"),
    )

    @property
    def is_of_many(self) -> bool:
        """Whether it is of more units than somebody usually does at a time."""
        return self.count > MANY_TIMES


class JointConfirmation(Base):
    """One press that confirmed records together (一起确认); sent twice it is found and not done again.

    `ticked` is the SHA-256 of the records' ids, to know the same press from another one.
    """

    __tablename__ = "joint_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    ticked: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Photo(Base):
    """A photo that goes with a record: a JPEG without metadata of at most 2 MB.

    The record names it.
    """

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Slip(Base):
    """A numbered paper slip (服务单): printed for a worker or for anyone, keyed in once.

    Then it names what was made of it: a service that was claimed, or the evidence of one.
    """

    __tablename__ = "slip"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    printed_at: Mapped[datetime] = mapped_column(Moment)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), unique=True)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), unique=True)
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    worker: Mapped[Person | None] = relationship()
    service: Mapped[Service | None] = relationship()
    evidence: Mapped[Evidence | None] = relationship()
    used_by: Mapped[User | None] = relationship(foreign_keys=[used_by_id])

    __table_args__ = (
        CheckConstraint("service_id IS NULL OR evidence_id IS NULL", name="once"),
        CheckConstraint("(used_at IS NULL) = (service_id IS NULL AND evidence_id IS NULL)", name="used"),
    )


class Sample(Base):
    """A random draw among a quarter's records by village supervision; never changed.

    Anyone can repeat it: of the records up to `last_service_id` those whose SHA-256 of "seed:id" is smallest.
    `outside` are the ids of those that somebody from outside vouched for when it was drawn; they take part
    three times. None for a draw of before there were such.
    """

    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    quarter_name: Mapped[str] = mapped_column("quarter", String(6))
    seed: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    last_service_id: Mapped[int]
    outside: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("village_id", "quarter", "seed"),
        CheckConstraint("size > 0", name="size"),
    )


class FindingResult(StrEnum):
    """The result of supervision's look into a record."""

    SOUND = "sound"
    DOUBTFUL = "doubtful"
    FALSE = "false"


class Finding(Base):
    """Supervision's finding on a record in a sample; never changed, the latest counts."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    sample_id: Mapped[int] = mapped_column(ForeignKey("sample.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    result: Mapped[FindingResult] = mapped_column(enum_column(FindingResult))
    note: Mapped[str] = mapped_column(String(500))
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    actor: Mapped[User] = relationship()
