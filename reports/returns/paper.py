"""A return that was sent, on A4 across: a table for each part, and a place to sign."""

from collections.abc import Sequence

from flask_babel import gettext

from ground.paper import words
from ground.paper.draw import QUIET, Strip, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from people.sight import Sight
from reports.books.paper import CELL, ROOM_MM, SMALL, TITLE, as_text, pdf
from reports.models import QuarterlyReturn
from reports.returns import levels
from reports.returns.figures import SECTIONS, UNITS, ReturnSection
from shop.paper.parts import signatures

NAME_MM = 46
MOST_FIGURE_MM = 40


def draw(sent: QuarterlyReturn, sight: Sight) -> bytes:
    """The return as a PDF, in the reader's language."""
    title = levels.heading(sent)
    above = [
        *paragraph(title, ROOM_MM, TITLE, bold=True, align="center"),
        *paragraph(levels.subject(sent), ROOM_MM, CELL, align="center"),
        gap(2),
    ]
    strips = list(above)
    for part in SECTIONS:
        strips += [*_table(sent, part), gap(4)]
    for note in levels.notes(sent, sight):
        strips += paragraph(note, ROOM_MM, SMALL, colour=QUIET)
    if footnote := words.footnote([*_names(sent), *levels.notes(sent, sight), levels.sent_line(sent, sight)]):
        strips += paragraph(footnote, ROOM_MM, SMALL, colour=QUIET)
    strips += [gap(2), signatures([gettext("Prepared by"), gettext("Reviewed by")], ROOM_MM / 2, CELL)]
    return pdf(title, strips, levels.sent_line(sent, sight))


def _names(sent: QuarterlyReturn) -> list[str]:
    """The names of all whose figures stand in it."""
    below = (each.sent.area_name for level in levels.levels_below(sent.parts) for each in level.returns)
    return [sent.area_name, *below]


def _table(sent: QuarterlyReturn, part: ReturnSection) -> list[Strip]:
    """A part of the return: a row for each that is summed, level by level, and the area's own."""
    wide = min(MOST_FIGURE_MM, (ROOM_MM - NAME_MM) / len(part.figures))
    columns = [PrintedColumn(gettext("Name of the place"), NAME_MM)]
    columns += [PrintedColumn(f"{each.title}（{UNITS[each.unit]}）", wide, "right") for each in part.figures]
    table = PrintedTable(
        columns,
        size=CELL,
        head_size=SMALL,
        padding=0.6,
        side=0.8,
        lines_above=[*paragraph(str(part.title), ROOM_MM, CELL, bold=True), gap(1)],
    )
    rows: list[Strip] = []
    for below in levels.levels_below(sent.parts):
        rows += table.rows(_cells(each.sent, part, each.summed_by) for each in below.returns)
    return [*rows, table.row(_cells(sent, part), bold=True)]


def _cells(sent: QuarterlyReturn, part: ReturnSection, summed_by: str | None = None) -> Sequence[str]:
    name = f"{summed_by} {sent.area_name}" if summed_by else sent.area_name
    return [name, *(as_text(figure.number(sent.figures)) for figure in part.figures)]
