"""A kind of table: how its files are read and written; a written file can be read again."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import force_locale

from ground.tables.checking import BadCell
from ground.tables.reading import Column, Row, Table, read
from ground.tables.writing import RowValues, write_csv, write_xlsx

REASON = "原因"


@dataclass(frozen=True)
class Layout:
    """The layout of one kind of table: the title of its sheet, and its columns.

    `text_columns` are the columns that are text whatever they hold: Excel must not make numbers of codes and
    telephones. `choices` are the words that a column offers.
    """

    title: str
    columns: tuple[Column, ...]
    text_columns: tuple[str, ...] = ()
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def read(self, data: bytes, filename: str, implied_columns: Collection[str] = ()) -> Table:
        """The table in a file, with raw cells; it may lack the `implied_columns`.

        Refused as `tables.read` is.
        """
        return read(data, filename, self.columns, implied_columns)

    def write(self, rows: Iterable[RowValues], kind: str) -> bytes:
        """Rows as a file, `xlsx` or `csv`."""
        if kind == "csv":
            return write_csv(self.columns, rows)
        return write_xlsx(
            self.columns, rows, title=self.title, text_columns=self.text_columns, choices=self.choices
        )

    def template(self) -> bytes:
        """An empty workbook with the columns, and lists to choose from."""
        return self.write([], "xlsx")

    def write_bad(self, table: Table, rows: Iterable[tuple[Row, Sequence[BadCell]]]) -> bytes:
        """A workbook of the bad rows of a file, as they were, with the reasons in Chinese behind them."""
        with force_locale("zh"):
            rows_with_reasons = [
                dict(row.cells) | {REASON: "；".join(f"{cell.where} {cell.reason}" for cell in cells)}
                for row, cells in rows
            ]
        columns = (*table.columns, Column(REASON))
        return write_xlsx(
            columns,
            rows_with_reasons,
            title="未通过的行",
            text_columns=self.text_columns,
            widths={REASON: 60},
        )
