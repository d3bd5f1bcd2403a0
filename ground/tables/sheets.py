"""A sheet of a file: lines of raw cells, numbered as Excel does, and what is said of its rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from ground.tables.cells import EPOCH, Cell

LAST_LINE = 1_048_576
MOST_COLUMNS = 200


@dataclass
class Sheet:
    """The lines of a sheet, from Excel's row 1 on.

    Which ranges are merged (left, top, right, bottom, counted from 1) and which lines are hidden, is known
    once the last line was read. Its bare numbers count days from `epoch`.
    """

    lines: Iterator[Sequence[Cell]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    epoch: date = EPOCH
    title: str = ""
