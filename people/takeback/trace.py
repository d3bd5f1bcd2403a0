"""What an import does, row by row, as the session sees it; the intakes need not say it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from hashlib import blake2b
from typing import Any

from sqlalchemy import Column, bindparam, event, func, insert, inspect, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql.dml import UpdateBase

from ground.db import Base, db
from people.models import AuditEvent, ImportFile, ImportTrace

# What tells of the import itself, and is no part of it.
NOT_TRACED = {AuditEvent.__tablename__, ImportTrace.__tablename__, ImportFile.__tablename__}

Values = dict[str, Any]


class Recorder:
    """The rows that an import added and changed so far, each once, by table and id.

    RuntimeError for a row that could not be found again: written by a statement without its id, or deleted.
    """

    def __init__(self) -> None:
        self._added: dict[tuple[str, int], str] = {}
        self._changed: dict[tuple[str, int], tuple[Values, Values]] = {}

    def forget(self) -> None:
        """Begin anew, as the import does."""
        self._added.clear()
        self._changed.clear()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear of all that the session sends inside."""
        session = db.session()
        event.listen(session, "after_flush", self._see_flush)
        event.listen(session, "do_orm_execute", self._see_statement)
        try:
            yield
        finally:
            event.remove(session, "after_flush", self._see_flush)
            event.remove(session, "do_orm_execute", self._see_statement)

    def _see_flush(self, session: Session, _context: object) -> None:
        if session.deleted:
            raise RuntimeError("an import deletes nothing")
        for row in session.new:
            self._add(row.__table__, row.id, vars(row))
        for row in session.dirty:
            self._see_changes(row)

    def _see_changes(self, row: Any) -> None:
        """A row that was sent changed: one that is new is seen anew."""
        if (row.__tablename__, row.id) in self._added:
            self._add(row.__table__, row.id, vars(row))
            return
        before, attributes = Values(), inspect(row).attrs
        for column in row.__table__.columns:
            history = attributes[column.key].history
            if history.has_changes():
                before[column.key] = plain(history.deleted[0])
        if before and row.__tablename__ not in NOT_TRACED:
            key, after = (row.__tablename__, row.id), {name: plain(getattr(row, name)) for name in before}
            first, last = self._changed.get(key, ({}, {}))
            self._changed[key] = before | first, last | after

    def _see_statement(self, state: ORMExecuteState) -> None:
        if not isinstance(state.statement, UpdateBase):
            return
        table: Any = state.statement.table
        if table.key in NOT_TRACED:
            return
        lines = state.parameters if isinstance(state.parameters, Sequence) else ()
        if not state.is_insert or not lines or any("id" not in line for line in lines):
            raise RuntimeError(f"{table.key} is written by an import without its ids")
        for line in lines:
            self._add(table, line["id"], line)

    def _add(self, table: Any, ident: int, values: Mapping[str, Any]) -> None:
        if table.key not in NOT_TRACED:
            self._added[table.key, ident] = digest(values.get(column.key) for column in table.columns)

    def write(self, file: ImportFile) -> None:
        """Write down what was seen."""
        _write_added(file, self._added)
        _write(
            {"file_id": file.id, "table_name": table, "row_id": ident, "before": before, "after": after}
            for (table, ident), (before, after) in self._changed.items()
        )


def _write_added(file: ImportFile, added: Mapping[tuple[str, int], str]) -> None:
    """Write down new rows, by table and id with their digests.

    PostgreSQL takes them as three lists in one statement: row by row it needs three times as long.
    """
    if db.engine.dialect.name != "postgresql":
        _write(
            {"file_id": file.id, "table_name": table, "row_id": ident, "digest": digest}
            for (table, ident), digest in added.items()
        )
    elif added:
        tables, ids = zip(*added, strict=True)
        lists = {
            ImportTrace.table_name: tables,
            ImportTrace.row_id: ids,
            ImportTrace.digest: added.values(),
        }
        unfolded = [func.unnest(literal([*each], ARRAY(column.type))) for column, each in lists.items()]
        db.session.connection().execute(
            insert(ImportTrace).from_select(
                [ImportTrace.file_id, *lists], select(literal(file.id), *unfolded)
            )
        )


def write_gone(file: ImportFile, table: str, idents: Iterable[int]) -> None:
    """Write down that rows of a table, which did not come with a file, went along when it was taken back."""
    _write({"file_id": file.id, "table_name": table, "row_id": ident} for ident in sorted(idents))


def _write(lines: Iterable[Values]) -> None:
    """Write lines of the trace; all name the same columns."""
    if listed := list(lines):
        db.session.connection().execute(insert(ImportTrace), listed)


def digest(values: Iterable[Any]) -> str:
    """A digest of a row's columns in their order, the same for a row that was read again."""
    text_of_row = "\x1f".join(["" if value is None else str(value) for value in values])
    return blake2b(text_of_row.encode(), digest_size=8).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON keeps it: days as text."""
    return value.isoformat() if isinstance(value, date) else value


def value_of(column: Column[Any], kept: Any) -> Any:
    """The value of a column that JSON kept."""
    kind = column.type.python_type
    if kept is None or isinstance(kept, kind):
        return kept
    return kind.fromisoformat(kept) if issubclass(kind, date) else kind(kept)


_LAST_GONE = select(func.max(ImportTrace.row_id)).where(ImportTrace.table_name == bindparam("table"))


def last_gone(table: str) -> int:
    """The largest id of a table's rows that an import or its taking back touched, or 0."""
    return db.session.scalar(_LAST_GONE, {"table": table}) or 0


def model_of(table: str) -> type[Base]:
    """The model of a table."""
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == table)


def is_traced(file: ImportFile) -> bool:
    """Whether it was written down what an import did."""
    return (
        db.session.scalar(select(ImportTrace.id).where(ImportTrace.file_id == file.id).limit(1)) is not None
    )
