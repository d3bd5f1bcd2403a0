"""Office tables: what Excel and WPS files say, whatever they look like, and files they open well.

`read` finds the table in an .xlsx or .csv file and gives its rows with the raw cells; the converters (`text`,
`name`, `code`, `digits`, `phone`, `whole`, `day`, `year`, `choice`) make clean values of them, or say in a
clerk's words why not, which `clean` collects from a whole table; `write_xlsx` and `write_csv` make files in
which nothing is a formula; a `Layout` reads and writes one kind of table. Nothing here knows what a table
is about.
"""

from ground.tables.cells import (
    Cell,
    bad,
    choice,
    code,
    day,
    digits,
    first_words,
    name,
    phone,
    text,
    tidy,
    was_number,
    whole,
    year,
)
from ground.tables.checking import BadCell, RowReader, clean, given
from ground.tables.layout import Layout
from ground.tables.opening import ROWS, decode
from ground.tables.reading import Column, Row, Table, read
from ground.tables.writing import write_csv, write_xlsx

__all__ = [
    "ROWS",
    "BadCell",
    "Cell",
    "Column",
    "Layout",
    "Row",
    "RowReader",
    "Table",
    "bad",
    "choice",
    "clean",
    "code",
    "day",
    "decode",
    "digits",
    "first_words",
    "given",
    "name",
    "phone",
    "read",
    "text",
    "tidy",
    "was_number",
    "whole",
    "write_csv",
    "write_xlsx",
    "year",
]
