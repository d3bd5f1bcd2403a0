"""The ledgers on paper: A4 across, the grids one after another, everything in full."""

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from duties.households.ledger import GridSection, HouseholdRow, Ledger
from ground.paper import words
from ground.paper.draw import QUIET, Pen, Strip, baseline, fill, fit, gap, paragraph, width
from ground.paper.table import PrintedColumn, PrintedTable, side_by_side
from people import labels
from people.models import Attention

WIDE_MM, HIGH_MM = 297, 210
LEFT_MM, TOP_MM, BOTTOM_MM = 12, 14, 16
ROOM_MM = WIDE_MM - 2 * LEFT_MM
TITLE, BODY, CELL, SMALL = 18, 10.5, 8.5, 8.5

# What the longest text that a file takes (500 characters) needs in its column; such a row still fits a page.
MOST_LINES = 34


def ledger_pdf(ledger: Ledger) -> bytes:
    """A grid's or a village's ledger in Chinese, on as many sheets as it needs."""
    with force_locale("zh"):
        title = _title(ledger)
        pen = Pen(title, WIDE_MM, HIGH_MM)
        dated = f"{title} · {words.day(ledger.day)}"

        def foot(number: int, count: int) -> None:
            _foot(pen, dated, words.page_number(number, count))

        fill(pen, _strips(ledger, title), LEFT_MM, TOP_MM, HIGH_MM - TOP_MM - BOTTOM_MM, foot)
        return pen.pdf()


def _title(ledger: Ledger) -> str:
    if ledger.grid is None:
        return str(_("%(village)s: ledger of all households", village=ledger.village))
    return str(_("%(village)s, %(grid)s: ledger of households", village=ledger.village, grid=ledger.grid))


def _strips(ledger: Ledger, title: str) -> list[Strip]:
    """The whole ledger from the title to the signatures."""
    strips = [
        *paragraph(title, ROOM_MM, TITLE, bold=True, align="center"),
        *paragraph(words.day(ledger.day), ROOM_MM, BODY, align="center"),
        gap(2),
        *paragraph(_figures(ledger), ROOM_MM, BODY),
        gap(2),
    ]
    for section in ledger.sections:
        strips += [*_section(section), gap(3)]
    if note := words.footnote(ledger):
        strips += paragraph(note, ROOM_MM, SMALL, colour=QUIET)
    return [*strips, _signatures(ledger)]


def _figures(ledger: Ledger) -> str:
    """One line of counts: grids, households, people, and households of each class.

    A class stands with how often it is visited.
    """
    rows, classes = list(ledger.rows), ledger.classes
    parts = [
        ngettext("%(num)s household", "%(num)s households", len(rows)),
        ngettext("%(num)s person", "%(num)s people", sum(row.residents for row in rows)),
        *[f"{_class_text(attention)} {classes[attention]}" for attention in Attention],
    ]
    if ledger.grid is None:
        parts.insert(0, ngettext("%(num)s grid", "%(num)s grids", len(ledger.sections)))
    return "　".join(parts)


def _class_text(attention: Attention) -> str:
    return f"{labels.ATTENTIONS[attention]}({labels.VISITED[attention]})"


def _section(section: GridSection) -> list[Strip]:
    """A grid's households under its name and who serves there, both repeated on each page."""
    serving = [
        f"{section.name} {section.code}",
        _("Grid worker: %(name)s", name=section.worker or _("nobody")),
        _("Instructor: %(name)s", name=section.instructor or _("nobody")),
        ngettext("%(num)s household", "%(num)s households", len(section.rows)),
    ]
    title, size = fit("　".join(serving), ROOM_MM, BODY, 6, bold=True)
    above = [*paragraph(title, ROOM_MM, size, bold=True), gap(1)]
    if not section.rows:
        return [*above, *paragraph(_("No household is entered yet."), ROOM_MM, BODY, colour=QUIET)]
    table = PrintedTable(
        [
            PrintedColumn(_("No."), 9, "center"),
            PrintedColumn(_("Head of the household"), 22),
            PrintedColumn(_("House"), 23),
            PrintedColumn(_("Phone"), 24, "center"),
            PrintedColumn(_("Residents"), 9, "center"),
            PrintedColumn(_("Who lives there"), 33),
            PrintedColumn(_("Political status"), 22),
            PrintedColumn(_("Situation"), 50),
            PrintedColumn(_("Problems and needs"), 50),
            PrintedColumn(_("Class, since when and why"), 31),
        ],
        size=CELL,
        head_size=SMALL,
        lines_above=above,
        most_lines=MOST_LINES,
    )
    return table.rows(map(_cells, section.rows))


def _cells(row: HouseholdRow) -> list[str]:
    since = _("since %(day)s", day=words.day(row.since))
    return [
        str(row.number),
        row.head,
        row.house,
        row.phone,
        str(row.residents),
        row.composition,
        row.standing,
        row.situation,
        row.needs,
        "\n".join(filter(None, (row.in_class, since, row.reason))),
    ]


def _signatures(ledger: Ledger) -> Strip:
    """Room for who keeps the ledger, the village's seal, and the day."""
    sealed = _("%(village)s (seal)", village=ledger.village)
    signing = [_("Filled in by")] if ledger.grid is None else [_("Grid worker"), _("Instructor")]
    wide = ROOM_MM / (len(signing) + 2)
    return side_by_side((wide, [gap(8), _line(label, wide - 8)]) for label in [*signing, sealed, _("Date")])


def _line(label: str, room: float) -> Strip:
    """A label, and a line to write on behind it, of 25 mm at least."""

    def draw(pen: Pen, x: float, y: float) -> None:
        text, size = fit(label, room - 27, BODY, 6)
        pen.text(x, y + baseline(BODY), text, size)
        pen.line(x + width(text, size) + 2, y + 6, x + room, y + 6)

    return Strip(7, draw)


def _foot(pen: Pen, title: str, page: str) -> None:
    """The foot of a page: the title, the day, and page n of m."""
    y = HIGH_MM - BOTTOM_MM + 7
    text, size = fit(title, ROOM_MM - 40, SMALL, 6)
    pen.text(LEFT_MM, y, text, size, colour=QUIET)
    pen.text(WIDE_MM - LEFT_MM, y, page, SMALL, colour=QUIET, align="right")
