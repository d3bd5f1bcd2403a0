"""Office tables: what Excel and WPS files say, whatever they look like, and files they open well.

`read` finds the table in an .xlsx or .csv file and gives its rows with the raw cells; the converters (`text`,
`name`, `code`, `digits`, `phone`, `whole`, `day`, `year`, `choice`) make clean values of them, or say in a
clerk's words why not; `write_xlsx` and `write_csv` make files in which nothing is a formula. Nothing here
knows what a table is about.
"""

from people.tables.cells import (
    Cell,
    choice,
    code,
    day,
    digits,
    name,
    phone,
    text,
    was_number,
    whole,
    year,
)
from people.tables.opening import ROWS, decode
from people.tables.reading import Column, Row, Table, read
from people.tables.writing import write_csv, write_xlsx

__all__ = [
    "ROWS",
    "Cell",
    "Column",
    "Row",
    "Table",
    "choice",
    "code",
    "day",
    "decode",
    "digits",
    "name",
    "phone",
    "read",
    "text",
    "was_number",
    "whole",
    "write_csv",
    "write_xlsx",
    "year",
]
