"""Clean rows from raw ones: every bad cell of a table is collected with its reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _

from ground.refusal import Refused
from ground.tables.cells import Cell, bad_cell
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
        """The bad cell in a row and column of a table."""
        return cls(table.where(row, column), row, column, reason)


class RowReader:
    """Reads one row cell by cell, and collects its bad cells."""

    def __init__(self, table: Table, row: Row) -> None:
        self.table, self.row = table, row
        self.bad: list[BadCell] = []

    def refuse(self, column: str, reason: Any) -> None:
        """Add a bad cell with its reason."""
        self.bad.append(BadCell.at(self.table, self.row, column, reason))

    def get(self, column: str, convert: Callable[[Cell], Any]) -> Any:
        """The clean value of a cell; None if it is empty or bad, or if the file lacks the column."""
        if column in self.row.shared:
            self.refuse(
                column, _("This cell is merged over several rows. Write in each row what is its own.")
            )
            return None
        try:
            return convert(self.row.cells.get(column))
        except Refused as refusal:
            self.refuse(column, refusal.message)
            return None

    def filled(self, columns: Iterable[str]) -> bool:
        """Whether one of these columns holds anything."""
        return any(self.row.cells.get(column) not in (None, "") for column in columns)


def clean(table: Table, read_entry: Callable[[RowReader], Entry]) -> tuple[list[Entry], list[BadCell]]:
    """The rows without a bad cell, as `read_entry` reads them, and every bad cell."""
    entries: list[Entry] = []
    bad_cells: list[BadCell] = []
    for row in table.rows:
        reader = RowReader(table, row)
        entry = read_entry(reader)
        bad_cells += reader.bad
        if not reader.bad:
            entries.append(entry)
    return entries, bad_cells


def required_text(value: Value | None) -> Value:
    """The value of a cell that must not be empty. Refused `bad_cell` where it is."""
    if value is None:
        raise bad_cell(_("This must not be empty."))
    return value
