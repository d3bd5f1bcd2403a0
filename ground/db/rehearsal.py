"""A long write that nobody waits for, all of it or nothing.

SQLite has one writer. So there the work is rehearsed first: on copies of the tables that it reads and writes,
which only this connection sees, by the same verbs. What they would write is noted, and then written at once,
provided that nobody has changed these tables meanwhile; else it is rehearsed anew. PostgreSQL locks rows, and
needs none of it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _
from sqlalchemy import Column, Connection, MetaData, Table, event
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from ground.db import COUNTS_ON, Base, db, rehearsal_session, transaction
from ground.refusal import Refused

Step = TypeVar("Step")

WRITTEN = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) \"?(\w+)|SAVEPOINT|RELEASE|ROLLBACK TO")
REHEARSALS = 3  # as many are tried while others write into the same tables

FILLED = "INSERT INTO temp.{name} ({columns}) SELECT {columns} FROM main.{name}"


def long_write(
    work: Callable[[], Iterator[Step]],
    finish: Callable[[], None],
    tables: Sequence[type[Base]],
    journals: Sequence[type[Base]],
    dependencies: Callable[[], object] = lambda: None,
) -> Iterator[Step]:
    """Do long work, then what finishes it, in one transaction; yields what the work yields.

    `tables` are all that the work reads and writes, but for what never changes, and `journals` what it only
    adds to; `dependencies` says in few words what else it relies on, of tables that change all the time. It
    may be rehearsed three times, and yields anew then. Refused `plan_changed` when each time somebody
    changed one of the tables meanwhile.
    """
    if db.engine.dialect.name != "sqlite":
        with transaction():
            yield from work()
            finish()
        return
    for tries_left in reversed(range(REHEARSALS)):
        script = _Script([_table(model) for model in tables], dependencies)
        with script.noted(db.session(), [_table(model) for model in journals]):
            yield from work()
        try:
            with transaction() as session:
                script.check(session)
                script.play(session)
                finish()
        except Refused as refusal:
            if refusal.code != "plan_changed" or not tries_left:
                raise
        else:
            return


def _table(model: type[Base]) -> Table:
    return model.metadata.tables[model.__tablename__]


class _Script:
    """The writes of a rehearsal, statement by statement, and what it found there."""

    def __init__(self, tables: Sequence[Table], dependencies: Callable[[], object]) -> None:
        self._tables, self._dependencies = tables, dependencies
        self._found: tuple[object, ...] = ()
        self._statements: list[tuple[str, Any]] = []

    @contextmanager
    def noted(self, session: Session, journals: Sequence[Table]) -> Iterator[None]:
        """Note what is written inside; it goes to copies of the tables, which are gone afterwards."""
        with rehearsal_session(session) as connection:
            self._found = self._snapshot(connection)
            for table in self._tables:
                _shadow(connection, table)
                connection.exec_driver_sql(
                    FILLED.format(name=f'"{table.name}"', columns=_columns(table.columns))
                )
            for table in journals:
                _shadow(connection, table)
            names = {table.name for table in (*self._tables, *journals)}

            def note(_1: Any, _2: Any, statement: str, values: Any, *_more: Any) -> None:
                if written := WRITTEN.match(statement):
                    if written[1] not in (None, *names):
                        raise RuntimeError(f"{written[1]} is written in a rehearsal without it")
                    self._statements.append((statement, values))

            event.listen(connection, "before_cursor_execute", note)
            try:
                yield
            finally:
                event.remove(connection, "before_cursor_execute", note)

    def _snapshot(self, connection: Connection) -> tuple[object, ...]:
        """All that the work relies on, as it is now."""
        return _rows(connection, self._tables), self._dependencies()

    def check(self, session: Session) -> None:
        """Check that everything is as the rehearsal found it. Refused `plan_changed`."""
        if self._snapshot(session.connection()) != self._found:
            raise Refused("plan_changed", _("Something was changed meanwhile. Look at the dry run again."))

    def play(self, session: Session) -> None:
        """Write it."""
        connection = session.connection()
        for statement, values in self._statements:
            result = connection.exec_driver_sql(statement, values)
            if result.returns_rows:
                result.all()


def _columns(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(f'"{column.name}"' for column in columns)


def _rows(connection: Connection, tables: Sequence[Table]) -> list[list[Any]]:
    """Every row of these tables, as the database has it, without what counts on."""
    cursor = connection.connection.cursor()
    rows = []
    for table in tables:
        columns = _columns(column for column in table.columns if column.info != COUNTS_ON)
        query = f'SELECT {columns} FROM main."{table.name}" ORDER BY id'  # noqa: S608
        rows.append(cursor.execute(query).fetchall())
    return rows


def _shadow(connection: Connection, table: Table) -> None:
    """An empty table of this name for this connection alone, in front of the one that all see."""
    columns = [column._copy() for column in table.columns]
    copy = Table(table.name, MetaData(), *columns, prefixes=["TEMPORARY"])
    connection.execute(CreateTable(copy, include_foreign_key_constraints=[]))
