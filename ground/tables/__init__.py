"""Office tables: read what Excel and WPS files say, and write files that they open well.

    read                  finds the table in an .xlsx or .csv file: its rows, with the raw cells
    text, name, code, digits, phone, whole, day, year, choice
                          turn one raw cell into a clean value, or refuse it with a reason
    clean                 turns all rows into values, and collects every bad cell
    write_xlsx, write_csv write files in which nothing is a formula
    BookWriter            a file of several sheets, written row by row, to be looked into or to be printed
    Layout                one kind of table: reads and writes it

Nothing here knows what a table is about.
"""

from ground.tables.cells import (
    Cell,
    bad_cell,
    choice,
    code,
    day,
    digits,
    first_words,
    name,
    phone,
    text,
    was_number,
    whole,
    year,
)
from ground.tables.checking import BadCell, RowReader, clean, required_text
from ground.tables.layout import Layout
from ground.tables.opening import MOST_ROWS, decode
from ground.tables.reading import Column, Row, Table, read
from ground.tables.writing import BookWriter, PrintedSheetWriter, SheetWriter, write_csv, write_xlsx

__all__ = [
    "MOST_ROWS",
    "BadCell",
    "BookWriter",
    "Cell",
    "Column",
    "Layout",
    "PrintedSheetWriter",
    "Row",
    "RowReader",
    "SheetWriter",
    "Table",
    "bad_cell",
    "choice",
    "clean",
    "code",
    "day",
    "decode",
    "digits",
    "first_words",
    "name",
    "phone",
    "read",
    "required_text",
    "text",
    "was_number",
    "whole",
    "write_csv",
    "write_xlsx",
    "year",
]
