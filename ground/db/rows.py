"""Single rows: fetched, locked against others, changed and written at once."""

from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    Table,
    bindparam,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.orm import RelationshipDirection, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningInsert

from ground.contributions import Slot
from ground.db.prepared import Prepared, attach_new, set_known
from ground.db.tables import LARGEST_ID, Base, db
from ground.watch import counters

Row = TypeVar("Row", bound=Base)

# So many rows at once are written by a statement of their own, which is kept: those of one basket.
MOST_PREPARED = 10

# The largest id of a row that is gone, by the name of its table, or 0: it is never given again on SQLite, as
# what is written elsewhere about the old row would be said of the new one.
LAST_GONE: Slot[Callable[[str], int]] = Slot()


def get_locked(model: type[Row], ident: int) -> Row:
    """The row with this id as it is now, locked until the transaction ends; LookupError if missing.

    To be used where there is an id and no row yet; `lock` is for a row.
    """
    row = _read_locked(model, ident)
    if row is None:
        raise LookupError(f"{model.__name__} {ident}")
    return row


def lock(row: Base) -> None:
    """Lock a row against others until the transaction ends, and read it as it is now.

    A row that this transaction has locked already is left: nobody else can have changed it.
    """
    state = inspect(row)
    if state.key in db.session().info.get("locked", ()):
        return
    if _read_locked(type(row), state.identity) is not row:
        raise LookupError(f"{type(row).__name__} {state.identity}")


def lock_all(model: type[Row], idents: Collection[int], **belongs: object) -> list[Row]:
    """The rows with these ids that have the given values, as they are now, locked until the transaction ends.

    They are read at once and locked by id, so that two who want the same rows wait and do not deadlock.
    """
    session, key = db.session(), inspect(model).primary_key[0]
    possible_ids = [ident for ident in idents if ident <= LARGEST_ID]
    rows = session.scalars(
        select(model)
        .where(key.in_(possible_ids), *(getattr(model, name) == value for name, value in belongs.items()))
        .order_by(key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    session.info["locked"].update(inspect(row).key for row in rows)
    return list(rows)


def _read_locked(model: type[Row], ident: Any) -> Row | None:
    """The row as it is now, locked; None if there is none.

    `populate_existing`: a lock on a row the session read earlier would still show the old values.
    """
    session = db.session()
    with counters.WAITS.labels("lock").time():
        row = session.get(model, ident, with_for_update={"key_share": True}, populate_existing=True)
    if row is not None and "locked" in session.info:
        session.info["locked"].add(inspect(row).key)
    return row


def insert_row(row: Base) -> None:
    """Write a new row by one statement; the session knows it then as it knows one that it read.

    The same as to add and flush it, in a fifth of the time. What belongs to it is written by itself.
    """
    values = _values(row)
    set_known(row, {"id": _insertion(type(row), tuple(values), 1).one(**_numbered([values])).id})
    make_transient_to_detached(row)
    attach_new(db.session(), row)


def insert_rows(model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Write new rows of one table by one statement, each by what its columns hold.

    RuntimeError where one has values in other columns than the first.
    """
    if any(row.keys() != rows[0].keys() for row in rows):
        raise RuntimeError(f"rows of {model.__tablename__} with values in other columns")
    if len(rows) > MOST_PREPARED:
        db.session.connection().execute(_insertion_of_many(model), rows)
    else:
        _insertion(model, tuple(rows[0]), len(rows)).all(**_numbered(rows))


def know(row: Base, **values: object) -> None:
    """Let a row know what belongs to it or was written of it, so that the session need not ask.

    Nothing is written.
    """
    for name, value in values.items():
        set_committed_value(row, name, value)


@cache
def _insertion(model: type[Base], names: tuple[str, ...], count: int) -> Prepared:
    """The insert of so many rows with values in these columns; it returns their ids.

    RuntimeError where the program has a value for another column, which nobody would put in.
    """
    table = model.metadata.tables[model.__tablename__]
    if left := [column.name for column in table.columns if column.default and column.name not in names]:
        raise RuntimeError(f"{table.name}: a row needs a value for {left}")
    rows = [
        {name: bindparam(f"{name}_{place}", type_=table.columns[name].type) for name in names}
        for place in range(count)
    ]
    return Prepared(insert(table).values(rows).returning(table.columns["id"]))


def _numbered(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The values of rows, as `_insertion` takes them."""
    return {f"{name}_{place}": value for place, row in enumerate(rows) for name, value in row.items()}


@cache
def _insertion_of_many(model: type[Base]) -> ReturningInsert[Any]:
    """With something to return SQLAlchemy sends all rows in one statement."""
    return insert(model).returning(*inspect(model).primary_key)


def _values(row: Base) -> dict[str, Any]:
    """The columns of a new row that were given a value, by their names in the database."""
    given = vars(row)
    return {key: given[name] for name, key in _keys(type(row)) if name in given}


@cache
def _keys(model: type[Base]) -> Sequence[tuple[str, str]]:
    """The names of a model's columns, each with its name in the database."""
    return [(name, column.key) for name, column in inspect(model).columns.items()]


def draw_ids(model: type[Base], number: int) -> Sequence[int]:
    """The ids of so many new rows of a table; none of them was ever another row's.

    On SQLite the write that runs has the table for itself, and a row that is gone may have had a later id.
    """
    table: Any = model.__table__
    if db.engine.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        query = select(func.nextval(sequence)).select_from(func.generate_series(1, number))
        return db.session.scalars(query).all()
    last = largest_id(table)
    return range(last + 1, last + 1 + number)


def largest_id(table: Table) -> int:
    """The largest id that a row of a table has or, as far as it is written down, had; 0 without any."""
    last = db.session.scalar(select(func.max(table.c.id))) or 0
    return max([last, *(last_gone(table.name) for last_gone in LAST_GONE.items())])


def add_rows(rows: Sequence[Any]) -> None:
    """Write new rows of one table by one statement; the session knows them then as those that it read.

    Their ids are drawn before. The same as to add and flush them, in less than half of the time: each says by
    its columns, or by the object that is meant, what it names; what belongs to it is written by itself.
    """
    if not rows:
        return
    model, session = type(rows[0]), db.session()
    session.flush()
    ids = draw_ids(model, len(rows))
    lines = [_line(row) | {"id": ident} for row, ident in zip(rows, ids, strict=True)]
    session.execute(insert(model), lines, execution_options={"render_nulls": True})
    for row, line in zip(rows, lines, strict=True):
        vars(row).update(line)
        make_transient_to_detached(row)
        attach_new(session, row)


def _line(row: Base) -> dict[str, Any]:
    """What all columns of a new row hold, by its attributes."""
    given, whole, links = vars(row), *_shape(type(row))
    line = {name: given.get(name, default) for name, default in whole}
    for link, name, key in links:
        if (named := given.get(link)) is not None:
            line[name] = getattr(named, key)
    return line


@cache
def _shape(model: type[Base]) -> tuple[Sequence[tuple[str, Any]], Sequence[tuple[str, str, str]]]:
    """The columns of a model with what they hold unless it is said, and what it names by objects.

    Of the latter each with the column that names it, and the one of the other row that is kept there.
    """
    mapper = inspect(model)
    names = [(mapper.get_property_by_column(column).key, column) for column in mapper.local_table.columns]
    links = []
    for link in mapper.relationships:
        if link.direction is RelationshipDirection.MANYTOONE:
            ((here, there),) = link.local_remote_pairs or ()
            key = link.mapper.get_property_by_column(there).key
            links.append((link.key, mapper.get_property_by_column(here).key, key))
    return [(name, column.default and column.default.arg) for name, column in names], links


def fetch(model: type[Row], ident: object, *, lock: bool = False, **belongs: object) -> Row | None:
    """The row with this id, or None if there is none or it does not have the given values.

    The values say where the caller looks: `fetch(Grid, ident, village_id=…)`. With `lock` it is locked
    until the transaction ends: for what is written.
    """
    if isinstance(ident, int) and ident > LARGEST_ID:
        return None
    row = _read_locked(model, ident) if lock else db.session.get(model, ident)
    if row is None or any(getattr(row, name) != value for name, value in belongs.items()):
        return None
    return row
