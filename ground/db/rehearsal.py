"""A long write that nobody waits for, all of it or nothing.

SQLite has one writer. So there the work is rehearsed first: on copies of the tables that it reads and writes,
which only this connection sees, by the same verbs. What they would write is noted, and then written at once,
provided that nobody has changed these tables meanwhile. PostgreSQL locks rows, and needs none of it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _
from sqlalchemy import Connection, MetaData, Table, event
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from ground.db import Base, db, rehearsal_session, transaction
from ground.refusal import Refused

Step = TypeVar("Step")

WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)|SAVEPOINT|RELEASE|ROLLBACK TO")
FILLED = "INSERT INTO temp.{name} ({columns}) SELECT {columns} FROM main.{name}"


def long_write(
    work: Callable[[], Iterator[Step]],
    finish: Callable[[], None],
    tables: Sequence[type[Base]],
    journals: Sequence[type[Base]],
) -> Iterator[Step]:
    """Do long work, then what finishes it, in one transaction; yields what the work yields.

    `tables` are all that the work reads and writes, but for what never changes, and `journals` what it only
    adds to. Without `tables` it is an ordinary transaction. Refused `plan_changed` when somebody changed one
    of the tables meanwhile.
    """
    if not tables or db.engine.dialect.name != "sqlite":
        with transaction():
            yield from work()
            finish()
        return
    script = _Script([_table(model) for model in tables])
    with script.noted(db.session(), [_table(model) for model in journals]):
        yield from work()
    with transaction() as session:
        finish()
        script.play(session)


def _table(model: type[Base]) -> Table:
    return model.metadata.tables[model.__tablename__]


class _Script:
    """What a rehearsal would have written, statement by statement, and what it found there."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._found: list[list[Any]] = []
        self._statements: list[tuple[str, Any, bool]] = []

    @contextmanager
    def noted(self, session: Session, journals: Sequence[Table]) -> Iterator[None]:
        """Note what is written inside; it goes to copies of the tables, which are gone afterwards."""
        with rehearsal_session(session) as connection:
            self._found = _rows(connection, self._tables)
            for table in self._tables:
                _shadow(connection, table)
                connection.exec_driver_sql(FILLED.format(name=f'"{table.name}"', columns=_columns(table)))
            for table in journals:
                _shadow(connection, table)
            names = {table.name for table in (*self._tables, *journals)}

            def note(_1: Any, _2: Any, statement: str, values: Any, _3: Any, many: bool) -> None:
                if written := WRITTEN.match(statement):
                    if written[1] not in (None, *names):
                        raise RuntimeError(f"{written[1]} is written in a rehearsal without it")
                    self._statements.append((statement, values, many))

            event.listen(connection, "before_cursor_execute", note)
            try:
                yield
            finally:
                event.remove(connection, "before_cursor_execute", note)

    def play(self, session: Session) -> None:
        """Write it. Refused `plan_changed`."""
        connection = session.connection()
        if _rows(connection, self._tables) != self._found:
            raise Refused("plan_changed", _("Something was changed meanwhile. Look at the dry run again."))
        cursor = _cursor(connection)
        for statement, values, many in self._statements:
            if many:
                cursor.executemany(statement, values)
            else:
                cursor.execute(statement, values).fetchall()


def _cursor(connection: Connection) -> Any:
    return connection.connection.cursor()


def _columns(table: Table) -> str:
    return ", ".join(f'"{column.name}"' for column in table.columns)


def _rows(connection: Connection, tables: Sequence[Table]) -> list[list[Any]]:
    """Every row of these tables, as the database has it."""
    cursor = _cursor(connection)
    return [
        cursor.execute(f'SELECT {_columns(table)} FROM main."{table.name}" ORDER BY id').fetchall()  # noqa: S608
        for table in tables
    ]


def _shadow(connection: Connection, table: Table) -> None:
    """An empty table of this name for this connection alone, in front of the one that all see."""
    columns = [column._copy() for column in table.columns]
    copy = Table(table.name, MetaData(), *columns, prefixes=["TEMPORARY"])
    connection.execute(CreateTable(copy, include_foreign_key_constraints=[]))
