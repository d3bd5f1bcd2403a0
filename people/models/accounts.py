"""Sign-ins and their roles, failed sign-ins, and the audit trail."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_login import UserMixin
from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from ground.names import FoldedName
from people.models.persons import Person
from people.models.places import Area


class Role(StrEnum):
    """A role of a sign-in: what it may do, in an area and below it."""

    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    CLERK = "clerk"
    CHAIR = "chair"
    SUPERVISOR = "supervisor"
    INSTRUCTOR = "instructor"
    MANAGER = "manager"
    VOLUNTEER = "volunteer"
    WORKER = "worker"


# A prefecture has a database of its own, and there is no other role in it.
IN_A_COUNTY = frozenset(Role) - {Role.PREFECTURE}


class User(UserMixin, Base):
    """A sign-in; one person may hold several.

    `username` is kept folded, so that no two are the same name. With `temporary` the password was given by
    somebody else, at the moment `given_at`, and is changed at the next sign-in. Counting `session` up signs
    out everywhere.

    It names a person of the roster, or somebody who is not there by name and `unit` (the office or agency
    they belong to). `phone` is their own mobile telephone; both are empty where nobody said it.
    """

    __tablename__ = "user_account"
    lasting = ("id", "username", "name")

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(FoldedName(40), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    temporary: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    session: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    unit: Mapped[str] = mapped_column(String(200), default="", server_default=text("''"))
    phone: Mapped[str] = mapped_column(String(20), default="", server_default=text("''"))

    person: Mapped[Person | None] = relationship()
    grants: Mapped[list["Grant"]] = relationship(back_populates="user", foreign_keys="Grant.user_id")

    @property
    def grants_in_effect(self) -> list["Grant"]:
        """The roles that have effect: all but those that wait to be confirmed."""
        return [grant for grant in self.grants if not grant.waits]

    def roles_in(self, area: Area) -> set[Role]:
        """The roles this sign-in holds in an area, from grants there or above; empty if it has none."""
        return {grant.role for grant in self.grants_in_effect if grant.area.covers(area)}


class UserSession(Base):
    """A session: somebody is signed in on a device.

    The device has its token in a cookie; here is only a digest, so that nobody comes in by a copy of the
    database. `number` is the `session` number of its sign-in at the beginning. `device` is what the browser
    says it is; `device_mark` a digest of the mark by which it is known again, empty if it brought none.
    """

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[int]
    device: Mapped[str] = mapped_column(String(60))
    device_mark: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"), index=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    user: Mapped[User] = relationship()


class SecondFactor(Base):
    """What a sign-in is asked for after the password, from its set-up on.

    `nonce` is a number of chance; the secret is computed from it and the program's own, and kept nowhere.
    `used_step` is the half minute whose code was used last.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, autoincrement=False)
    nonce: Mapped[str] = mapped_column(String(32))
    used_step: Mapped[int]
    since: Mapped[datetime] = mapped_column(Moment)


class RecoveryCode(Base):
    """A code on paper that takes the place of the telephone's, once; here is only a digest."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("second_factor.user_id"), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("user_id", "digest"),)


class Grant(Base):
    """A role given to a sign-in for an area and all below it.

    `given_by` is whose hand gave it; None is the command line, or a time before it was written down. While
    it `waits` for somebody else to confirm it, it has no effect.
    """

    __tablename__ = "role_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"))
    role: Mapped[Role] = mapped_column(enum_column(Role))
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    waits: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])
    area: Mapped[Area] = relationship(lazy="joined")
    given_by: Mapped[User | None] = relationship(foreign_keys=[given_by_id])

    __table_args__ = (UniqueConstraint("user_id", "area_id", "role"),)


class SignInFailure(Base):
    """One failed sign-in, counted in a bucket: a name from one address, or one known device."""

    __tablename__ = "sign_in_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index("ix_sign_in_failure_bucket_at", "bucket", "at"),)


class AuditEvent(Base):
    """A line of the audit trail: who did what, to which row, and from where; never changed.

    It is written in the same transaction. `subject` names a row ("person:12"), `area` the place whose
    people may read the line. `before` and `detail` hold the values that were changed and what they
    became; `origin` is the network address, or empty for the command line.
    """

    __tablename__ = "audit_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(60), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("area.id"), index=True)
    origin: Mapped[str | None] = mapped_column(String(60))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)

    actor: Mapped[User | None] = relationship()
    area: Mapped[Area | None] = relationship()
