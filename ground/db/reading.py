"""What is read: the rows of many villages, of one moment, or more than fit into memory."""

from collections.abc import Collection
from typing import Any

import psycopg
from sqlalchemy import (
    ColumnElement,
    Integer,
    Result,
    Select,
    bindparam,
)
from sqlalchemy.orm import InstrumentedAttribute

from ground.db.connections import set_mode
from ground.db.tables import db
from ground.db.writing import roll_back


def read_snapshot() -> None:
    """Read everything from here to the session's end as of one moment.

    SQLite does so anyway; on PostgreSQL the session starts anew with REPEATABLE READ.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def stop_reading() -> None:
    """Give back what this request read by, before something that takes long and needs no database."""
    roll_back(db.session())


def among(column: InstrumentedAttribute[int], ids: Collection[int]) -> ColumnElement[bool]:
    """The query condition that a column is one of these ids, for a whole county's villages or shops.

    More than one stand in the statement as numbers: as parameters each of them is bound and cast, which takes
    a millisecond for each such list, and a subquery PostgreSQL takes for one row. One alone is a parameter,
    so that every village has the same statement.
    """
    numbers = bindparam(
        None, list(ids), type_=Integer, expanding=True, literal_execute=len(ids) > 1, unique=True
    )
    return column.in_(numbers)


# So many rows of a stream are in memory at once.
STREAMED_ROWS = 5_000


def stream(query: Select[*tuple[Any, ...]], rows_at_once: int = STREAMED_ROWS) -> Result[*tuple[Any, ...]]:
    """The rows of a query as they come from the database: memory does not grow with their number."""
    raw = db.session.connection().connection.driver_connection
    if isinstance(raw, psycopg.Connection) and raw.autocommit:
        set_mode(raw, is_alone=False, is_reading=True)  # a stream needs a transaction there
    return db.session.execute(query.execution_options(yield_per=rows_at_once))
