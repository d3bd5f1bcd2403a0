"""Statements that are compiled once and handed straight to the driver: those that every redemption sends.

For each statement that it sends SQLAlchemy describes anew what goes in and what comes out, which takes longer
than the statement itself. Here that is done once for each kind of database. A statement is written as any
other is, and means the same: whoever listens to statements hears these too, as they go the usual way then.
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select, Update, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.util import AliasedInsp
from sqlalchemy.sql.compiler import SQLCompiler

from ground.db.tables import Base, db

Convert = Callable[[Any], Any]


class Prepared:
    """A statement; what it is sent with are its parameters that have no value yet, by their names.

    Of a query over tables the rows come as objects that the session knows, as they are in the database now,
    whatever it knew of them before; of what belongs to them it knows nothing (`know`). RuntimeError where
    one was changed here and not flushed: that would be lost.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Update) -> None:
        self._parts = list(_parts(statement))
        self._statement = _of_columns(statement, self._parts)
        self._has_objects = any(isinstance(part, _Object) for part in self._parts)
        self._row: Any = namedtuple("Row", [part.name for part in self._parts])  # type: ignore[misc]
        self._compiled: dict[str, _Compiled] = {}

    def all(self, **values: Any) -> list[Any]:
        """The rows that it returns, as named tuples."""
        rows, _count = self._send(values)
        if not self._has_objects:
            return [self._row._make(row) for row in rows]
        session, parts = db.session(), self._parts
        return [self._row._make([part.read(session, row) for part in parts]) for row in rows]

    def first(self, **values: Any) -> Any | None:
        """The first of the rows that it returns, or None."""
        rows = self.all(**values)
        return rows[0] if rows else None

    def one(self, **values: Any) -> Any:
        """The only row that it returns; RuntimeError if there is none, or another."""
        rows = self.all(**values)
        if len(rows) != 1:
            raise RuntimeError(f"{len(rows)} rows instead of one: {self._statement}")
        return rows[0]

    def change(self, count: int, **values: Any) -> None:
        """Send what must change exactly so many rows; RuntimeError if it does not.

        It comes after a lock: if more or fewer rows change, the lock was not good.
        """
        _rows, changed = self._send(values)
        if changed != count:
            raise RuntimeError(f"{changed} rows changed instead of {count}: {self._statement}")

    def _send(self, values: dict[str, Any]) -> tuple[Sequence[Sequence[Any]], int]:
        """The rows that it returns, and how many it found or changed."""
        connection = db.session.connection()
        if connection.dispatch.before_cursor_execute or connection.dispatch.after_cursor_execute:
            result = connection.execute(self._statement, values)
            return (result.all() if result.returns_rows else []), result.rowcount
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect)
        return compiled.send(connection, values)


@dataclass(frozen=True)
class _Column:
    """A column that a statement returns under a name, at a place of its rows."""

    name: str
    place: int
    columns: Sequence[Any]

    def read(self, _session: Session, row: Sequence[Any]) -> Any:
        """What a row holds in it."""
        return row[self.place]


@dataclass(frozen=True)
class _Object(_Column):
    """An object of a mapped class, whose columns begin at this place."""

    mapper: Mapper[Any]
    attributes: Sequence[str]
    keys: Sequence[str]

    def read(self, session: Session, row: Sequence[Any]) -> Base | None:
        """The object of a row, which the session knows then; None where a join found none.

        What SQLAlchemy does when it loads, without asking the object what is new about it.
        """
        values = dict(zip(self.attributes, row[self.place : self.place + len(self.attributes)], strict=True))
        identity = tuple([values[name] for name in self.keys])
        if None in identity:
            return None
        key = self.mapper.identity_key_from_primary_key(identity)
        known: Base | None = session.identity_map.get(key)
        if known is not None:
            if instance_state(known).modified:
                raise RuntimeError(f"{known} was changed, and not flushed")
            set_known(known, values)
            for belonging in self.mapper.relationships:
                vars(known).pop(belonging.key, None)
            return known
        made: Base = self.mapper.class_manager.new_instance()
        vars(made).update(values)
        attach(session, made, key)
        return made


def _parts(statement: Any) -> Iterator[_Column]:
    """What a statement returns, part by part. TypeError for an aliased class."""
    if not isinstance(statement, Select):
        for place, column in enumerate(statement.exported_columns):
            yield _Column(column.key, place, [column])
        return
    place = 0
    for described in statement.column_descriptions:
        part = _Column(described["name"], place, [described["expr"]])
        mapper = inspect(described["expr"], raiseerr=False)
        if isinstance(mapper, AliasedInsp):
            raise TypeError(f"{described['name']} is an alias: its columns can be asked for")
        if isinstance(mapper, Mapper):
            names = [attribute.key for attribute in mapper.column_attrs]
            columns = [getattr(mapper.class_, name) for name in names]
            keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
            part = _Object(part.name, place, columns, mapper, names, keys)
        yield part
        place += len(part.columns)


def _of_columns(statement: Any, parts: Sequence[_Column]) -> Any:
    """A statement that returns the columns of these parts, one by one."""
    if not isinstance(statement, Select):
        return statement
    return statement.with_only_columns(*(column for part in parts for column in part.columns))


def attach(session: Session, row: Base, key: Any) -> None:
    """Let a session know a row that is in the database under this identity key, without what belongs to it.

    `Session.add` would look through all that belongs to it, for what is new.
    """
    state = instance_state(row)
    state.key, state.session_id = key, session.hash_key
    session.identity_map.add(state)


def attach_new(session: Session, row: Base) -> None:
    """`attach` a row that was just written and has its key: if that is undone, the session knows it no more.

    SQLite gives its id to another row then.
    """
    state = instance_state(row)
    attach(session, row, state.key)
    if session._transaction is not None:
        session._transaction._new[state] = True


def set_known(row: Base, values: dict[str, Any]) -> None:
    """Let a row know what it is in the database, all at once; as `set_committed_value` for one."""
    known = vars(row)
    known.update(values)
    instance_state(row)._commit(known, values)


class _Compiled:
    """A statement as the driver of one kind of database takes it.

    TypeError where a value that is sent with it would stand in its text, which is kept.
    """

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        self._compiled: SQLCompiler = statement.compile(dialect=dialect)
        binds = self._compiled.bind_names.items()
        if written := [name for bind, name in binds if bind.literal_execute and bind.required]:
            raise TypeError(f"{written} would stay as it was sent first")
        self._lists = [name for bind, name in binds if bind.expanding]
        self._binds = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in binds}
        self._texts: dict[tuple[int, ...], _Text] = {}
        types = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
        converts = [kind.result_processor(dialect, None) for kind in types]
        self._returns_rows = bool(types)
        self._converts = [(place, convert) for place, convert in enumerate(converts) if convert]

    def send(self, connection: Connection, values: dict[str, Any]) -> tuple[Sequence[Any], int]:
        """The rows that it returns, and how many it found or changed. DBAPIError as SQLAlchemy raises it."""
        lengths = tuple([len(values[name]) for name in self._lists])
        text = self._texts.get(lengths)
        if text is None:
            text = self._texts[lengths] = _Text(self._compiled, self._binds, values)
        raw: Any = connection.connection.driver_connection
        try:
            cursor = raw.execute(text.sql, text.parameters(values))
            rows = cursor.fetchall() if self._returns_rows else ()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, text.sql, error) from error
        return ([self._converted(row) for row in rows] if self._converts else rows), cursor.rowcount

    def _converted(self, row: Sequence[Any]) -> list[Any]:
        """The values of a row as the program has them."""
        values = list(row)
        for place, convert in self._converts:
            values[place] = convert(values[place])
        return values


class _Text:
    """The text of a statement, for lists of as many values as it was first sent with."""

    def __init__(
        self, compiled: SQLCompiler, binds: dict[str, Convert | None], values: dict[str, Any]
    ) -> None:
        expanded = compiled.construct_expanded_state(values)
        self.sql = expanded.statement
        self._order = expanded.positiontup
        self._lists = expanded.parameter_expansion
        by_name = binds | {each: binds[name] for name, names in self._lists.items() for each in names}
        converts = {name: convert for name in expanded.parameters if (convert := by_name[name])}
        given = {*values, *(name for names in self._lists.values() for name in names)}
        self._constants = {
            name: converts[name](value) if name in converts else value
            for name, value in expanded.parameters.items()
            if name not in given
        }
        self._converts = [(name, convert) for name, convert in converts.items() if name in given]

    def parameters(self, values: dict[str, Any]) -> Any:
        """What is sent to the driver with the text: by their names, or in their order."""
        sent = self._constants | values
        for name, names in self._lists.items():
            sent.update(zip(names, sent.pop(name), strict=True))
        for name, convert in self._converts:
            sent[name] = convert(sent[name])
        return sent if self._order is None else [sent[name] for name in self._order]


def _told(connection: Connection, sql: str, error: Any) -> Exception:
    """An error of the driver as SQLAlchemy tells it; a connection that it ended is given up."""
    dialect = connection.dialect
    is_lost = dialect.is_disconnect(error, connection.connection.driver_connection, None)
    if is_lost:
        connection.invalidate(error)
    return DBAPIError.instance(
        sql, None, error, dialect.loaded_dbapi.Error, connection_invalidated=is_lost, dialect=dialect
    )
