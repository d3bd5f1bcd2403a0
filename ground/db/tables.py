"""The base class of every table, what its columns hold, and the database of the application."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from sqlalchemy import (
    DateTime,
    Dialect,
    Enum,
    MetaData,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from ground.db.connections import Database


class Base(DeclarativeBase):
    """The base class of every table; constraints get names, so that migrations can refer to them.

    `lasting` names the columns that never change once a row is there. Only these does a session still
    know after a transaction began or ended, so who asks, and where, is not read again for its name.
    """

    lasting: ClassVar[tuple[str, ...]] = ()

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


LARGEST_ID = 2**31 - 1  # of a row, on both databases

# Verbs flush when a row is whole: a query between two of its changes must not send half of it.
db = Database(model_class=Base, session_options={"autoflush": False})


class Moment(TypeDecorator[datetime]):
    """A column that holds a moment in UTC; in the program it always has its time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Write a moment in UTC. ValueError for a moment without time zone, a mistake of the program."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without its time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read a moment; SQLite forgets its time zone, which is always UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# The `info` of a column that goes on by itself while others work, as a number that is drawn: nothing that is
# planned relies on it.
COUNTS_ON = {"counts_on": True}


def enum_column(kind: type[StrEnum]) -> Enum:
    """A column that holds a member of an enumeration; the database checks its value too."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=20,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def database_file() -> Path | None:
    """The file of the application's SQLite database; None on PostgreSQL, or in memory."""
    url = db.engine.url
    is_file = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if is_file else None
