"""Rows read clean: each cell is right, or said to be bad with the reason, all of them at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _

from ground.refusal import Refused
from ground.tables.cells import Cell, bad
from ground.tables.reading import Row, Table

Entry = TypeVar("Entry")
Value = TypeVar("Value")


@dataclass(frozen=True)
class BadCell:
    """A cell that can't be taken: where ("C17"), its row and column, and the reason in words."""

    where: str
    row: Row
    column: str
    reason: Any

    @classmethod
    def at(cls, table: Table, row: Row, column: str, reason: Any) -> "BadCell":
        """The bad cell of a row and column, with its place."""
        return cls(table.where(row, column), row, column, reason)


class RowReader:
    """Reads one row cell by cell and collects what is bad."""

    def __init__(self, table: Table, row: Row) -> None:
        self.table, self.row = table, row
        self.bad: list[BadCell] = []

    def refuse(self, column: str, reason: Any) -> None:
        """Say that a cell can't be taken, and why."""
        self.bad.append(BadCell.at(self.table, self.row, column, reason))

    def get(self, column: str, convert: Callable[[Cell], Any]) -> Any:
        """The clean value of a cell, None if it is empty, bad, or of a column that is not there."""
        try:
            return convert(self.row.cells.get(column))
        except Refused as refusal:
            self.refuse(column, refusal.message)
            return None

    def filled(self, columns: Iterable[str]) -> bool:
        """Whether anything stands in one of these columns."""
        return any(self.row.cells.get(column) not in (None, "") for column in columns)


def clean(table: Table, entry_of: Callable[[RowReader], Entry]) -> tuple[list[Entry], list[BadCell]]:
    """The rows whose cells are all right, as `entry_of` reads them, and every cell that is not."""
    entries: list[Entry] = []
    bad_cells: list[BadCell] = []
    for row in table.rows:
        reader = RowReader(table, row)
        entry = entry_of(reader)
        bad_cells += reader.bad
        if not reader.bad:
            entries.append(entry)
    return entries, bad_cells


def given(value: Value | None) -> Value:
    """What a cell says, when it has to say something. Refused `bad_cell` where it is empty."""
    if value is None:
        raise bad(_("This must not be empty."))
    return value
