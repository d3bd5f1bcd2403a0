"""What is read: the rows of many villages, of one moment, or more than fit into memory."""

from collections.abc import Collection, Sequence
from typing import Any

import psycopg
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Result,
    Select,
    bindparam,
    func,
    select,
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


def inline(column: InstrumentedAttribute[Any], value: Any) -> BindParameter[Any]:
    """A value that stands in the statement itself, to be compared with a column: where a period begins.

    What it is as a parameter, PostgreSQL does not know any more once it has prepared a statement and seen it
    ten times: it then plans for some period, in which it expects next to nothing, and reads a quarter of a
    county row by row, or looks through all years for a few.
    """
    return bindparam(None, value, type_=column.type, literal_execute=True, unique=True)


def rows_with_sums(query: Select[*tuple[Any, ...]]) -> tuple[Sequence[Any], int, list[int]]:
    """The rows of a query with a limit; how many there are without one, and the sums of all their figures.

    The figures are whole numbers behind the first column. Without rows all of it is 0, also beyond the end.
    """
    figures = list(query.selected_columns)[1:]
    own = 1 + len(figures)
    rows = db.session.execute(
        query.add_columns(func.count().over(), *(func.sum(figure).over() for figure in figures))
    ).all()
    count, *sums = (int(figure or 0) for figure in rows[0][own:]) if rows else [0] * own
    return [row[:own] for row in rows], count, sums


def sums_of(query: Select[*tuple[Any, ...]]) -> tuple[int, list[int]]:
    """The same number and sums, where no rows are wanted."""
    rows = query.order_by(None).subquery()
    _ident, *figures = rows.c
    count, *sums = db.session.execute(select(func.count(), *map(func.sum, figures)).select_from(rows)).one()
    return count, [int(figure or 0) for figure in sums]


# So many rows of a stream are in memory at once.
STREAMED_ROWS = 5_000


def stream(query: Select[*tuple[Any, ...]], rows_at_once: int = STREAMED_ROWS) -> Result[*tuple[Any, ...]]:
    """The rows of a query as they come from the database: memory does not grow with their number."""
    raw = db.session.connection().connection.driver_connection
    if isinstance(raw, psycopg.Connection) and raw.autocommit:
        set_mode(raw, is_alone=False, is_reading=True)  # a stream needs a transaction there
    return db.session.execute(query.execution_options(yield_per=rows_at_once))
