"""Rows by the million: straight into the tables, by COPY on PostgreSQL and by one prepared INSERT on SQLite.

Nothing checks them but the database itself. So whoever makes them computes what the program would have.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, cast

from sqlalchemy import Dialect, Table, func, select, text

from ground.db import Base, db


class Bulk:
    """Rows that wait to be sent, table by table: what others name, before those that name it."""

    def __init__(self) -> None:
        self._rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
        self._ids: dict[type[Base], Iterator[int]] = {}

    def next_id(self, model: type[Base]) -> int:
        """The next id of a table, counted on from those that are there."""
        if model not in self._ids:
            column = cast(Table, model.__table__).c.id
            self._ids[model] = count((db.session.scalar(select(func.max(column))) or 0) + 1)
        return next(self._ids[model])

    def add(self, model: type[Base], **values: Any) -> None:
        """Add a row, by the names of its columns; all rows of a table have the same ones."""
        self._rows[cast(Table, model.__table__)].append(values)

    def send(self) -> None:
        """Send what waits."""
        for table in Base.metadata.sorted_tables:
            if rows := self._rows.pop(table, None):
                _send(table, rows)

    def close(self) -> None:
        """Send what waits, and let PostgreSQL count on behind the ids that were given here."""
        self.send()
        if db.engine.dialect.name == "postgresql":
            for model in self._ids:
                name = cast(Table, model.__table__).name
                sequence = f"pg_get_serial_sequence('{name}', 'id')"
                db.session.execute(text(f"SELECT setval({sequence}, max(id)) FROM {name}"))


def _send(table: Table, rows: list[dict[str, Any]]) -> None:
    connection = db.session.connection()
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    writers = _writers(table, names, connection.dialect)
    values = [tuple(write(row[name]) for name, write in writers) for row in rows]
    cursor = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in values:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(names))
        cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", values)
    cursor.close()


def _writers(table: Table, names: list[str], dialect: Dialect) -> list[tuple[str, Callable[[Any], Any]]]:
    """For each column, how the database's driver wants its values."""

    def unchanged(value: Any) -> Any:
        return value

    return [
        (name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect) or unchanged)
        for name in names
    ]


def vacuum() -> None:
    """Let PostgreSQL vacuum and look through its tables, as it does by itself as the years go by."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
