"""A kind of table: how its files are read and written, so that what was written out can be read again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import force_locale

from ground.tables.checking import BadCell
from ground.tables.reading import Column, Row, Table, read
from ground.tables.writing import Given, write_csv, write_xlsx

REASON = "原因"


@dataclass(frozen=True)
class Layout:
    """The title of its sheet, its columns, which of them are text whatever they hold, and which offer words.

    Excel must not make numbers of codes and telephones: those are the `texts`.
    """

    title: str
    columns: tuple[Column, ...]
    texts: tuple[str, ...] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def read(self, data: bytes, filename: str) -> Table:
        """The table in a file, its cells still as they are. Refused as `tables.read`."""
        return read(data, filename, self.columns)

    def write(self, rows: Iterable[Given], kind: str) -> bytes:
        """Rows as a file, `xlsx` or `csv`."""
        if kind == "csv":
            return write_csv(self.columns, rows)
        return write_xlsx(self.columns, rows, title=self.title, text_columns=self.texts, choices=self.choices)

    def template(self) -> bytes:
        """An empty workbook with the columns, and lists to choose from."""
        return self.write([], "xlsx")

    def write_bad(self, table: Table, rows: Iterable[tuple[Row, Sequence[BadCell]]]) -> bytes:
        """The rows of a file that can't be taken, as they were, with the reasons in Chinese behind them."""
        with force_locale("zh"):
            told = [
                dict(row.cells) | {REASON: "；".join(f"{cell.where} {cell.reason}" for cell in cells)}
                for row, cells in rows
            ]
        named = (*table.columns, Column(REASON))
        return write_xlsx(named, told, title="未通过的行", text_columns=self.texts, widths={REASON: 60})
