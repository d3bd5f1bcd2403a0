"""Rosters, lists of goods, households and opening balances that were handed in as files."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, String
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

    `added`, `changed` and `left` are the rows of the file, once it is imported.
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

    area: Mapped[Area] = relationship()
    actor: Mapped[User] = relationship()
