"""The public notice (公示): a quarter's points as a sheet for the wall, before they are booked.

One of changes (变更公示) holds the lines that accepted objections changed, each with what it came to before.
"""

from dataclasses import dataclass, field
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.clock import Quarter
from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, Strip, fit, gap, paginate, paragraph, stack
from ground.paper.table import PrintedColumn, PrintedTable
from points.amounts import show, signed

# The sheet is laid out on A4; A3 is the same sheet enlarged, so that the table can be read from further away.
SCALES = {"A4": 1.0, "A3": 2**0.5}
WIDE, HIGH = 210, 297
LEFT, TOP, BOTTOM = 14, 16, 18
ROOM_MM = WIDE - 2 * LEFT
BODY, CELL, SMALL = 11.5, 10, 9
QR_SIDE_MM = 30


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
    """What a village posts: names already masked, `digest` in hexadecimal.

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
            grid=str(_("%(count)d people", count=len(rows))),
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
        title = heading(notice)
        pen = Pen(title, WIDE, HIGH, SCALES[paper])
        seal, proof = _seal(notice), _proof(notice)
        # The digest and the QR codes stand at the foot of the last sheet, however short its text, and are
        # never alone there: the seal comes along.
        end = Strip(seal.height + proof.height, seal.draw)
        pages = paginate([*_strips(notice), end], HIGH - TOP - BOTTOM)
        for number, strips in enumerate(pages, 1):
            if number > 1:
                pen.next_page()
            stack(pen, strips, LEFT, TOP)
            _foot(pen, title, number, len(pages))
        proof.draw(pen, LEFT, HIGH - BOTTOM - proof.height)
        return pen.pdf()


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


def _strips(notice: NoticeSheet) -> list[Strip]:
    """The whole posting from the title to what comes before the seal."""
    strips = [
        *paragraph(notice.township + notice.village, ROOM_MM, 18, bold=True, align="center"),
        *paragraph(heading(notice), ROOM_MM, 18, bold=True, align="center"),
        gap(4),
        # A Chinese paragraph begins with two full-width spaces.
        *paragraph(f"\u3000\u3000{introduction(notice)}{meeting(notice)}", ROOM_MM, BODY),
        gap(3),
        *_table(notice),
        gap(3),
    ]
    for notes in notice.notes:
        strips += paragraph(notes.title, ROOM_MM, CELL, bold=True)
        for line in notes.lines:
            strips += paragraph(line, ROOM_MM, CELL)
        strips.append(gap(2))
    for announcement in notice.announcements:
        strips += [*paragraph(announcement, ROOM_MM, BODY), gap(2)]
    strips += paragraph(_("How to object:"), ROOM_MM, BODY, bold=True)
    strips += paragraph(notice.how_to_object, ROOM_MM, BODY)
    if footnote := words.footnote(notice):
        strips += [gap(2), *paragraph(footnote, ROOM_MM, SMALL, colour=QUIET)]
    return strips


# The table.


def _table(notice: NoticeSheet) -> list[Strip]:
    """A strip for each row and for the totals; each page repeats the head of the table."""
    table = PrintedTable(_columns(notice), size=CELL, head_size=SMALL)
    rows = [_cells(notice, row) for row in notice.rows]
    return [*table.rows(rows), table.row(_cells(notice, notice.sum_row), bold=True)]


def _columns(notice: NoticeSheet) -> list[PrintedColumn]:
    """The table's columns; the categories share the width that the others leave."""
    number, name, grid, figure, total = 9.0, 16.0, 38.5, 11.0, 14.0
    ends = (
        [PrintedColumn(_("Total"), total, "right")]
        if notice.whole
        else [PrintedColumn(_("Total before"), total, "right"), PrintedColumn(_("Total now"), total, "right")]
    )
    waived = [PrintedColumn(_("Up to 0"), figure, "right")] if notice.has_waived else []
    figures = figure * (2 + len(waived)) + total * len(ends)
    shared = (ROOM_MM - number - name - grid - figures) / max(len(notice.columns), 1)
    return [
        PrintedColumn(_("Row"), number, "center"),
        PrintedColumn(_("Name"), name),
        PrintedColumn(_("Grid"), grid),
        *[PrintedColumn(category, shared, "right") for category in notice.columns],
        PrintedColumn(_("Deductions"), figure, "right"),
        PrintedColumn(_("Adjustments"), figure, "right"),
        *waived,
        *ends,
    ]


def _cells(notice: NoticeSheet, row: NoticeRow) -> list[str]:
    return [
        str(row.number or ""),
        row.name,
        row.grid,
        *[show(cell) for cell in row.cells],
        show(-abs(row.deductions)),
        signed(row.adjustments),
        *([signed(row.waived)] if notice.has_waived else []),
        *([] if notice.whole else [show(row.total_before)]),
        show(row.total),
    ]


# The end of the sheet.


def _seal(notice: NoticeSheet) -> Strip:
    """Room for the committee's seal over its name and the date."""

    def draw(pen: Pen, x: float, y: float) -> None:
        middle = x + ROOM_MM - 38
        sealed = _("%(village)s (seal)", village=notice.village)
        text, size = fit(sealed, 76, BODY, 7)
        pen.text(middle, y + 15, text, size, align="center")
        pen.text(middle, y + 23, words.day(notice.posted_on), BODY, align="center")

    return Strip(28, draw)


def _proof(notice: NoticeSheet) -> Strip:
    """Two QR codes, to object and to the public page, beside the digest of the village's ledger."""
    left = 2 * QR_SIDE_MM + 8
    room = ROOM_MM - left
    explained = paragraph(
        _(
            "Keep this sheet or take a picture: the number proves later that no booked point was changed. "
            "Anyone can have it computed again at %(url)s",
            url=notice.proof_url,
        ),
        room,
        7.5,
        colour=QUIET,
    )
    groups = words.grouped(notice.digest).split()

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.line(x, y, x + ROOM_MM, y, colour=LINE, thick=0.3)
        codes = ((notice.object_url, _("Scan to object")), (notice.url, _("Scan to read this notice")))
        for place, (url, caption) in enumerate(codes):
            at = x + place * (QR_SIDE_MM + 3)
            pen.qr(at, y + 1.5, QR_SIDE_MM, url)
            caption_text, size = fit(caption, QR_SIDE_MM, SMALL, 6, bold=True)
            pen.text(at + QR_SIDE_MM / 2, y + QR_SIDE_MM + 4, caption_text, size, bold=True, align="center")
        pen.text(x + left, y + 7, _("Notice %(code)s", code=notice.code), BODY, bold=True)
        pen.text(x + left, y + 13, _("Number of the ledger:"), SMALL, bold=True)
        for place, group in enumerate(groups):
            row, column = divmod(place, 8)
            pen.text(x + left + column * 11, y + 18 + row * 4.5, group, CELL)
        stack(pen, explained, x + left, y + 24)

    return Strip(QR_SIDE_MM + 6, draw)


def _foot(pen: Pen, title: str, number: int, count: int) -> None:
    """Draw the title and page n of m, which join the sheets on the wall."""
    y = HIGH - BOTTOM + 8
    pen.text(LEFT, y, title, SMALL, colour=QUIET)
    pen.text(WIDE - LEFT, y, words.page_number(number, count), SMALL, colour=QUIET, align="right")
