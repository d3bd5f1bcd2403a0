"""Printed tables with ruled lines, and strips side by side.

The head of a table is repeated on every page that its rows reach into.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ground.paper.draw import TINT, Pen, Strip, baseline, fit, leading, stack, width, wrap

# A cell of more lines than this is cut with "…", if the table does not say otherwise: a row fits a page.
MOST_LINES = 12
# No figure is printed smaller than this, in points.
SMALLEST_POINTS = 6


def side_by_side(stacks: Iterable[tuple[float, Sequence[Strip]]]) -> Strip:
    """Stacks of strips next to each other, as one strip; each is given with the width it takes."""
    stacks = list(stacks)

    def draw(pen: Pen, x: float, y: float) -> None:
        for wide, strips in stacks:
            stack(pen, strips, x, y)
            x += wide

    return Strip(max(height_of(strips) for _wide, strips in stacks), draw)


def height_of(strips: Iterable[Strip]) -> float:
    """The height of strips below each other, in millimetres."""
    return sum(strip.height for strip in strips)


@dataclass(frozen=True)
class PrintedColumn:
    """A column of a printed table: its name, its width in millimetres, and how its text is aligned.

    Text at the left breaks over lines; text in the centre or at the right stays on one line and shrinks.
    """

    name: str
    width_mm: float
    align: str = "left"


class PrintedTable:
    """A table of rows under a tinted head, in type of `size` points.

    `lines_above` stand over the head, as a heading does. `padding` is the air over and under a cell's text,
    `side` that beside it, in millimetres. A cell of more than `most_lines` is cut with "…"; a row has to
    fit a page.
    """

    def __init__(
        self,
        columns: Sequence[PrintedColumn],
        *,
        size: float = 10,
        head_size: float = 9,
        padding: float = 1.2,
        side: float = 1.2,
        lines_above: Sequence[Strip] = (),
        most_lines: int = MOST_LINES,
    ) -> None:
        self._columns, self._size, self._padding, self._side = columns, size, padding, side
        self._most_lines = most_lines
        self._edges = list(accumulate((column.width_mm for column in columns), initial=0.0))
        self.head = self._head(head_size, lines_above)

    def row(self, cells: Sequence[str], bold: bool = False) -> Strip:
        """One row; the table's head stands above it on each page."""
        cell_lines = [
            wrap(cell, column.width_mm - 2 * self._side, self._size, bold)
            if column.align == "left"
            else [cell]
            for cell, column in zip(cells, self._columns, strict=True)
        ]
        return self._ruled(
            cell_lines, self._size, [column.align for column in self._columns], bold, self.head
        )

    def rows(self, rows: Iterable[Sequence[str]]) -> list[Strip]:
        """A strip for each row."""
        return [self.row(cells) for cells in rows]

    def _head(self, size: float, above: Sequence[Strip]) -> Strip:
        """The names of the columns, tinted; its top line is the table's."""
        cells = [_balanced(column.name, column.width_mm - 2 * self._side, size) for column in self._columns]
        names = self._ruled(cells, size, ["center"] * len(cells), bold=True)

        def draw(pen: Pen, x: float, y: float) -> None:
            for strip in above:
                strip.draw(pen, x, y)
                y += strip.height
            pen.box(x, y, self._edges[-1], names.height, TINT)
            pen.line(x, y, x + self._edges[-1], y)
            names.draw(pen, x, y)

        return Strip(height_of(above) + names.height, draw)

    def _ruled(
        self,
        cells: list[list[str]],
        size: float,
        aligns: list[str],
        bold: bool = False,
        under: Strip | None = None,
    ) -> Strip:
        """Cells of lines side by side, each in the middle of the row's height, ruled except above."""
        most = self._most_lines
        cells = [[*lines[: most - 1], "…"] if len(lines) > most else lines for lines in cells]
        side, edges = self._side, self._edges
        height = max(map(len, cells)) * leading(size) + 2 * self._padding

        def draw(pen: Pen, x: float, y: float) -> None:
            for left, column, lines, align in zip(edges, self._columns, cells, aligns, strict=False):
                offset = {"left": side, "center": column.width_mm / 2, "right": column.width_mm - side}[align]
                top = y + (height - len(lines) * leading(size)) / 2
                for count, line in enumerate(lines):
                    text, fitted_size = fit(line, column.width_mm - 2 * side, size, SMALLEST_POINTS, bold)
                    below = top + count * leading(size) + baseline(size)
                    pen.text(x + left + offset, below, text, fitted_size, bold=bold, align=align)
            for edge in edges:
                pen.line(x + edge, y, x + edge, y + height)
            pen.line(x, y + height, x + edges[-1], y + height)

        return Strip(height, draw, under)


def _balanced(text: str, room: float, size: float) -> list[str]:
    """A column's name on lines of about the same length: 政策/宣传, not 政策宣/传."""
    lines = wrap(text, room, size, bold=True)
    narrow = width(text, size, bold=True) / len(lines) + size / 5
    balanced = wrap(text, min(narrow, room), size, bold=True)
    return balanced if len(balanced) == len(lines) else lines
