"""The ledgers on paper: A4 across, the grids one after another, everything in full."""

from flask_babel import force_locale
from flask_babel import gettext as _

from duties.households.ledger import Ledger, Row, Section
from ground.paper import words
from ground.paper.draw import QUIET, Pen, Strip, baseline, fill, fit, gap, paragraph, width
from ground.paper.table import Column, Table, beside
from people import labels
from people.models import Attention

WIDE, HIGH = 297, 210
LEFT, TOP, BOTTOM = 12, 14, 16
ROOM = WIDE - 2 * LEFT
TITLE, BODY, CELL, SMALL = 18, 10.5, 8.5, 8.5

# What the longest text that a file takes (500 characters) needs in its column; such a row still fits a page.
MOST_LINES = 34


def ledger_pdf(ledger: Ledger) -> bytes:
    """A grid's or a village's ledger in Chinese, on as many sheets as it needs."""
    with force_locale("zh"):
        title = _title(ledger)
        pen = Pen(title, WIDE, HIGH)
        dated = f"{title} · {words.day(ledger.day)}"

        def foot(number: int, count: int) -> None:
            _foot(pen, dated, words.page_of(number, count))

        fill(pen, _strips(ledger, title), LEFT, TOP, HIGH - TOP - BOTTOM, foot)
        return pen.pdf()


def _title(ledger: Ledger) -> str:
    if ledger.grid is None:
        return str(_("%(village)s: ledger of all households", village=ledger.village))
    return str(_("%(village)s, %(grid)s: ledger of households", village=ledger.village, grid=ledger.grid))


def _strips(ledger: Ledger, title: str) -> list[Strip]:
    """The whole ledger from the title to the signatures."""
    strips = [
        *paragraph(title, ROOM, TITLE, bold=True, align="center"),
        *paragraph(words.day(ledger.day), ROOM, BODY, align="center"),
        gap(2),
        *paragraph(_figures(ledger), ROOM, BODY),
        gap(2),
    ]
    for section in ledger.sections:
        strips += [*_section(section), gap(3)]
    if note := words.footnote(ledger):
        strips += paragraph(note, ROOM, SMALL, colour=QUIET)
    return [*strips, _signatures(ledger)]


def _figures(ledger: Ledger) -> str:
    """How many there are, of which class, and how often those are visited."""
    rows, counted = list(ledger.rows), ledger.classes
    parts = [
        _("%(households)d households", households=len(rows)),
        _("%(people)d people", people=sum(row.residents for row in rows)),
        *[f"{_called(attention)} {counted[attention]}" for attention in Attention],
    ]
    if ledger.grid is None:
        parts.insert(0, _("%(grids)d grids", grids=len(ledger.sections)))
    return "　".join(parts)


def _called(attention: Attention) -> str:
    return f"{labels.ATTENTIONS[attention]}({labels.VISITED[attention]})"


def _section(section: Section) -> list[Strip]:
    """A grid's households under its name and who serves there, both repeated on each page."""
    serving = [
        f"{section.name} {section.code}",
        _("Grid worker: %(name)s", name=section.worker or _("nobody")),
        _("Instructor: %(name)s", name=section.instructor or _("nobody")),
        _("%(households)d households", households=len(section.rows)),
    ]
    shown, size = fit("　".join(serving), ROOM, BODY, 6, bold=True)
    above = [*paragraph(shown, ROOM, size, bold=True), gap(1)]
    if not section.rows:
        return [*above, *paragraph(_("No household is entered yet."), ROOM, BODY, colour=QUIET)]
    table = Table(
        [
            Column(_("No."), 9, "center"),
            Column(_("Head of the household"), 22),
            Column(_("House"), 23),
            Column(_("Phone"), 24, "center"),
            Column(_("Residents"), 9, "center"),
            Column(_("Who lives there"), 33),
            Column(_("Political status"), 22),
            Column(_("Situation"), 50),
            Column(_("Problems and needs"), 50),
            Column(_("Class, since when and why"), 31),
        ],
        size=CELL,
        head_size=SMALL,
        above=above,
        most_lines=MOST_LINES,
    )
    return table.rows(map(_cells, section.rows))


def _cells(row: Row) -> list[str]:
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
    wide = ROOM / (len(signing) + 2)
    return beside((wide, [gap(8), _line(label, wide - 8)]) for label in [*signing, sealed, _("Date")])


def _line(label: str, room: float) -> Strip:
    """A label, and a line to write on behind it, of 25 mm at least."""

    def draw(pen: Pen, x: float, y: float) -> None:
        shown, size = fit(label, room - 27, BODY, 6)
        pen.text(x, y + baseline(BODY), shown, size)
        pen.line(x + width(shown, size) + 2, y + 6, x + room, y + 6)

    return Strip(7, draw)


def _foot(pen: Pen, title: str, page: str) -> None:
    """What joins the sheets: the title, the day, and page n of m."""
    y = HIGH - BOTTOM + 7
    shown, size = fit(title, ROOM - 40, SMALL, 6)
    pen.text(LEFT, y, shown, size, colour=QUIET)
    pen.text(WIDE - LEFT, y, page, SMALL, colour=QUIET, align="right")
