"""A sample as a PDF checklist to take along, with room for the finding on each record."""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.clock import Quarter
from ground.paper import words
from ground.paper.draw import QUIET, Pen, Strip, fill, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable, side_by_side

WIDE, HIGH = 210, 297
LEFT, TOP, BOTTOM = 14, 16, 18
ROOM_MM = WIDE - 2 * LEFT
TITLE, BODY, CELL, SMALL = 16, 10.5, 9, 8.5


@dataclass(frozen=True)
class ChecklistRow:
    """One record on the checklist: its number, what it says, and for whom it was.

    `finding` is the one that was written down already, or empty.
    """

    number: int
    day: date
    worker: str
    grid: str
    service: str
    note: str
    household: str
    finding: str


@dataclass(frozen=True)
class Checklist:
    """A sample: among which records it was drawn, how, by whom, and the rows in the order of the draw.

    `outside` are the numbers of the records that take part three times.
    """

    village: str
    quarter: Quarter
    seed: str
    last_service_id: int
    outside: list[int]
    drawn_on: date
    drawn_by: str
    rows: list[ChecklistRow]


def checklist_pdf(checklist: Checklist) -> bytes:
    """The checklist in Chinese, on as many A4 sheets as it needs."""
    with force_locale("zh"):
        title = _("%(village)s: sample of service records", village=checklist.village)
        pen = Pen(title, WIDE, HIGH)

        def foot(number: int, count: int) -> None:
            y = HIGH - BOTTOM + 8
            pen.text(LEFT, y, title, SMALL, colour=QUIET)
            pen.text(WIDE - LEFT, y, words.page_number(number, count), SMALL, colour=QUIET, align="right")

        fill(pen, _strips(checklist, title), LEFT, TOP, HIGH - TOP - BOTTOM, foot)
        return pen.pdf()


def _strips(checklist: Checklist, title: str) -> list[Strip]:
    """The whole list from the title to the signature."""
    drawn_text = _(
        "%(quarter)s, drawn on %(day)s by %(name)s. Seed: %(seed)s; records up to number %(upto)s.",
        quarter=words.quarter(checklist.quarter),
        day=words.day(checklist.drawn_on),
        name=checklist.drawn_by,
        seed=checklist.seed,
        upto=checklist.last_service_id,
    )
    repeat_text = _(
        "To repeat the draw: write the seed, a colon and each record's number, and take the SHA-256 of that; "
        "the records whose result comes first in order are the sample."
    )
    outside_text = _(
        "A witness from outside the files vouches for the records %(numbers)s: they take part three times, "
        "also with “:2” and “:3” behind the number.",
        numbers=", ".join(map(str, checklist.outside)),
    )
    table = PrintedTable(
        [
            PrintedColumn(_("Record no."), 16, "center"),
            PrintedColumn(_("Day"), 27),
            PrintedColumn(_("Grid worker"), 28),
            PrintedColumn(_("What is written"), 49),
            PrintedColumn(_("Household"), 24),
            PrintedColumn(_("What was found"), ROOM_MM - 144),
        ],
        size=CELL,
        head_size=SMALL,
        padding=2.4,
    )
    return [
        *paragraph(title, ROOM_MM, TITLE, bold=True, align="center"),
        gap(2),
        *paragraph(drawn_text, ROOM_MM, BODY),
        *paragraph(repeat_text, ROOM_MM, SMALL, colour=QUIET),
        *(paragraph(outside_text, ROOM_MM, SMALL, colour=QUIET) if checklist.outside else []),
        gap(2),
        *table.rows(map(_cells, checklist.rows)),
        *(paragraph(note, ROOM_MM, SMALL, colour=QUIET) if (note := words.footnote(checklist)) else []),
        gap(8),
        side_by_side(
            (ROOM_MM / 2, paragraph(label, ROOM_MM / 2, BODY)) for label in (_("Supervisor:"), _("Date:"))
        ),
    ]


def _cells(row: ChecklistRow) -> list[str]:
    return [
        str(row.number),
        words.day(row.day),
        f"{row.worker}\n{row.grid}",
        "\n".join(filter(None, (row.service, row.note))),
        row.household,
        row.finding or "\n□ " + "  □ ".join((_("as written"), _("doubtful"))) + "\n□ " + _("did not happen"),
    ]
