"""Rosters, lists of goods, households and opening balances that were handed in as files."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ground.db import Base, Moment, enum_column
from people.models.accounts import User
from people.models.places import Area


class FileKind(StrEnum):
    """The kind of a file, by what it holds."""

    ROSTER = "roster"
    GOODS = "goods"
    HOUSEHOLDS = "households"
    OPENINGS = "openings"


class ImportFile(Base):
    """A file between its dry run and its import; the content is dropped as soon as it is not needed.

    `added`, `changed` and `left` are the rows of the file, once it is imported. What it brought in may be
    taken back, with a reason, until points are booked there (`people.takeback`).
    """

    __tablename__ = "import_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[FileKind] = mapped_column(enum_column(FileKind), server_default=FileKind.ROSTER)
    area_id: Mapped[int] = mapped_column(ForeignKey("area.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    actor_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)
    added: Mapped[int | None]
    changed: Mapped[int | None]
    left: Mapped[int | None]
    taken_back_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    taken_back_for: Mapped[str | None] = mapped_column(String(200))

    area: Mapped[Area] = relationship()
    actor: Mapped[User] = relationship(foreign_keys=[actor_id])
    taken_back_by: Mapped[User | None] = relationship(foreign_keys=[taken_back_by_id])

    __table_args__ = (
        CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)"
            " AND (taken_back_at IS NULL) = (taken_back_for IS NULL)",
            name="taken_back",
        ),
    )


class ImportTrace(Base):
    """What an import did to one row of a table, or that the row went when it was taken back; never changed.

    Of a changed row `before` and `after` are the columns that differ, as JSON keeps them. Of a new row there
    is only a `digest` of all its columns, by which it is seen whether somebody changed it since: what was in
    it is kept nowhere once it is gone. A row that went along with the new ones has neither.
    """

    __tablename__ = "import_trace"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("import_file.id"))
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    digest: Mapped[str | None] = mapped_column(String(16))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    file: Mapped[ImportFile] = relationship()

    __table_args__ = (
        Index("ix_import_trace_table_name_row_id", "table_name", "row_id"),
        CheckConstraint("(before IS NULL) = (after IS NULL)", name="both"),
        CheckConstraint("digest IS NULL OR before IS NULL", name="new_or_changed"),
    )
