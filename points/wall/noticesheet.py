"""The public notice (公示): a quarter's points as a sheet for the wall, before they are booked.

One of changes (变更公示) holds the lines that accepted objections changed, each with what it came to before.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import partial

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from ground.clock import Quarter
from ground.paper import words
from ground.paper.draw import QUIET, Strip, gap, paragraph, width
from ground.paper.table import PrintedColumn, PrintedTable, side_by_side
from points.amounts import show, signed
from points.wall.hanging import NoticeEnd, Setting, hung_pdf


@dataclass(frozen=True)
class NoticeRow:
    """One worker's line; all points in tenths, `cells` after each category's cap.

    Deductions are printed as minus points whichever sign they come with; adjustments keep theirs. `waived`
    is what of the deductions was not taken, so that the line does not fall below 0: with it the row adds up.
    `total_before` is what the line came to when it hung last, on a notice of changes.
    """

    number: int
    name: str
    grid: str
    cells: list[int]
    deductions: int
    adjustments: int
    total: int
    waived: int = 0
    total_before: int = 0


@dataclass(frozen=True)
class Notes:
    """Notes under the table, below a heading."""

    title: str
    lines: list[str]


@dataclass(frozen=True)
class NoticeSheet:
    """The sheet that a village posts: names already masked, `digest` in hexadecimal.

    `number` counts the quarter's notices. `invited` and `present` count the meeting. `url` is the sheet's
    public page, `object_url` where one objects, `proof_url` where the digest is computed again.
    """

    village: str
    township: str
    quarter: Quarter
    number: int
    whole: bool
    rubric_version: int
    rubric_from: date
    met_on: date | None
    invited: int
    present: int
    posted_on: date
    ends_on: date
    columns: list[str]
    rows: list[NoticeRow]
    notes: list[Notes]
    digest: str
    url: str
    object_url: str
    proof_url: str
    how_to_object: str
    announcements: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The number of the notice as it is told: 2026Q4, and 2026Q4-2 for the second of the quarter."""
        return f"{self.quarter}-{self.number}" if self.number > 1 else str(self.quarter)

    @property
    def has_waived(self) -> bool:
        """Whether a line would have fallen below 0: then there is a column for it."""
        return any(row.waived for row in self.rows)

    @property
    def sum_row(self) -> NoticeRow:
        """The row with the sums of the columns, its label, and the number of people."""
        rows = self.rows
        return NoticeRow(
            number=0,
            name=str(_("Sum")),
            grid=str(ngettext("%(num)s person in all", "%(num)s people in all", len(rows))),
            cells=[sum(row.cells[column] for row in rows) for column in range(len(self.columns))],
            deductions=sum(row.deductions for row in rows),
            adjustments=sum(row.adjustments for row in rows),
            total=sum(row.total for row in rows),
            waived=sum(row.waived for row in rows),
            total_before=sum(row.total_before for row in rows),
        )


def notice_pdf(notice: NoticeSheet, paper: str = "A4") -> bytes:
    """The notice in Chinese, on as many sheets as it needs; `paper` is "A4" or "A3"."""
    with force_locale("zh"):
        end = NoticeEnd(
            village=notice.village,
            posted_on=notice.posted_on,
            code=notice.code,
            digest=notice.digest,
            proof_url=notice.proof_url,
            codes=((notice.object_url, _("Scan to object")), (notice.url, _("Scan to read this notice"))),
        )
        return hung_pdf(heading(notice), partial(_strips, notice), end, paper)


def heading(notice: NoticeSheet) -> str:
    """The notice's title."""
    quarter = words.quarter(notice.quarter)
    if notice.whole:
        return str(_("Service points of grid workers, %(quarter)s: public notice", quarter=quarter))
    return str(_("Service points of grid workers, %(quarter)s: notice of changes", quarter=quarter))


def introduction(notice: NoticeSheet) -> str:
    """The paragraph that says what hangs here, by which rubric, and from when to when."""
    quarter = words.quarter(notice.quarter)
    posted, ends = words.day(notice.posted_on), words.day(notice.ends_on)
    if not notice.whole:
        return str(
            _(
                "After objections to the notice of the points for the %(quarter)s, the lines below were "
                "changed. They are posted here anew for everyone to check from %(posted)s to %(ends)s; the "
                "other lines stay as they were posted.",
                quarter=quarter,
                posted=posted,
                ends=ends,
            )
        )
    return str(
        _(
            "Scored by the service points rubric, version %(version)d, in force since %(since)s, and "
            "deliberated by the villagers, the points of our grid workers for the %(quarter)s are posted "
            "here for everyone to check from %(posted)s to %(ends)s.",
            version=notice.rubric_version,
            since=words.day(notice.rubric_from),
            quarter=quarter,
            posted=posted,
            ends=ends,
        )
    )


def meeting(notice: NoticeSheet) -> str:
    """The sentence on the meeting: its day, and how many of those invited came; empty without one."""
    if not notice.whole or notice.met_on is None:
        return ""
    return str(
        _(
            "The meeting of %(day)s: %(invited)d were invited, %(present)d were there.",
            day=words.day(notice.met_on),
            invited=notice.invited,
            present=notice.present,
        )
    )


def _strips(notice: NoticeSheet, setting: Setting) -> list[Strip]:
    """The whole posting from the title to what comes before the seal."""
    room, body = setting.room, setting.body
    strips = [
        *paragraph(notice.township + notice.village, room, setting.title, bold=True, align="center"),
        *paragraph(heading(notice), room, setting.title, bold=True, align="center"),
        gap(4),
        # A Chinese paragraph begins with two full-width spaces.
        *paragraph(f"\u3000\u3000{introduction(notice)}{meeting(notice)}", room, body),
        gap(3),
        *_table(notice, setting),
        gap(3),
    ]
    for notes in notice.notes:
        strips += [*_notes(notes, setting), gap(2)]
    for announcement in notice.announcements:
        strips += [*paragraph(announcement, room, body), gap(2)]
    strips += paragraph(_("How to object:"), room, body, bold=True)
    strips += paragraph(notice.how_to_object, room, body)
    if footnote := words.footnote(notice):
        strips += [gap(2), *paragraph(footnote, room, setting.small, colour=QUIET)]
    return strips


def _notes(notes: Notes, setting: Setting) -> list[Strip]:
    """The notes below their heading, side by side where the sheet is wide."""
    size, columns = min(setting.cell, setting.body), setting.note_columns
    wide = setting.room / columns
    strips = paragraph(notes.title, setting.room, size, bold=True)
    for first in range(0, len(notes.lines), columns):
        beside = [paragraph(line, wide - 3, size) for line in notes.lines[first : first + columns]]
        strips += beside[0] if columns == 1 else [side_by_side((wide, lines) for lines in beside)]
    return strips


# The table.


def _table(notice: NoticeSheet, setting: Setting) -> list[Strip]:
    """A strip for each row and for the totals; each page repeats the head of the table."""
    table = PrintedTable(
        _columns(notice, setting), size=setting.cell, head_size=setting.head, padding=setting.padding
    )
    rows = [_cells(notice, row) for row in notice.rows]
    return [*table.rows(rows), table.row(_cells(notice, notice.sum_row), bold=True)]


def _columns(notice: NoticeSheet, setting: Setting) -> list[PrintedColumn]:
    """The table's columns. The grid's gives way where the figures need it, as its text may break."""
    number, name, grid, least_grid, figure, total = (
        setting.cell / 10 * wide_mm for wide_mm in (9.0, 16.0, 38.5, setting.least_grid, setting.figure, 14.0)
    )
    ends = (
        [PrintedColumn(_("Total"), total, "right")]
        if notice.whole
        else [PrintedColumn(_("Total before"), total, "right"), PrintedColumn(_("Total now"), total, "right")]
    )
    waived = [PrintedColumn(_("Up to 0"), figure, "right")] if notice.has_waived else []
    count = max(len(notice.columns), 1)
    beside = setting.room - number - name - figure * (2 + len(waived)) - total * len(ends)
    shared = min(max(_widest_figure(notice, setting), (beside - grid) / count), (beside - least_grid) / count)
    return [
        PrintedColumn(_("Row"), number, "center"),
        PrintedColumn(_("Name"), name),
        PrintedColumn(_("Grid"), beside - shared * count),
        *[PrintedColumn(category, shared, "right") for category in notice.columns],
        PrintedColumn(_("Deductions"), figure, "right"),
        PrintedColumn(_("Adjustments"), figure, "right"),
        *waived,
        *ends,
    ]


def _widest_figure(notice: NoticeSheet, setting: Setting) -> float:
    """The width of a column in which each figure of the categories has its full size."""
    figures = {show(cell) for row in (*notice.rows, notice.sum_row) for cell in row.cells}
    return max((width(figure, setting.cell, bold=True) for figure in figures), default=0) + 2.5


def _cells(notice: NoticeSheet, row: NoticeRow) -> list[str]:
    """A row as it is printed: “–” for nothing, as on the page; totals are figures always."""
    return [
        str(row.number or ""),
        row.name,
        row.grid,
        *[show(cell) if cell else "–" for cell in row.cells],
        show(-abs(row.deductions)) if row.deductions else "–",
        signed(row.adjustments) if row.adjustments else "–",
        *([signed(row.waived) if row.waived else "–"] if notice.has_waived else []),
        *([] if notice.whole else [show(row.total_before)]),
        show(row.total),
    ]
