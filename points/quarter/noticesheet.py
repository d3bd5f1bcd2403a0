"""The public notice (公示): a quarter's points as a sheet for the wall, before they are booked."""

from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from people.clock import Quarter
from people.paper import words
from people.paper.draw import (
    LINE,
    QUIET,
    Pen,
    Strip,
    fit,
    gap,
    paginate,
    paragraph,
    stack,
)
from people.paper.table import Column, Table
from points.amounts import show, signed

# The sheet is laid out on A4; A3 is the same sheet enlarged, so that the table can be read from further away.
SCALES = {"A4": 1.0, "A3": 2**0.5}
WIDE, HIGH = 210, 297
LEFT, TOP, BOTTOM = 14, 18, 20
ROOM = WIDE - 2 * LEFT
BODY, CELL, SMALL = 11.5, 10, 9


@dataclass(frozen=True)
class NoticeRow:
    """One worker's line; all points in tenths, `cells` after each category's cap.

    Deductions are printed as minus points whichever sign they come with; adjustments keep theirs.
    """

    number: int
    name: str
    grid: str
    cells: list[int]
    deductions: int
    adjustments: int
    total: int


@dataclass(frozen=True)
class NoticeSheet:
    """What a village posts: names already masked, `digest` in hexadecimal, `url` its public page."""

    village: str
    township: str
    quarter: Quarter
    rubric_version: int
    rubric_from: date
    posted_on: date
    ends_on: date
    columns: list[str]
    rows: list[NoticeRow]
    adjustment_notes: list[str]
    digest: str
    url: str
    how_to_object: str


def notice_pdf(notice: NoticeSheet, paper: str = "A4") -> bytes:
    """The notice in Chinese, on as many sheets as it needs; `paper` is "A4" or "A3"."""
    with force_locale("zh"):
        title = _heading(notice)
        pen = Pen(title, WIDE, HIGH, SCALES[paper])
        pages = paginate(_strips(notice), HIGH - TOP - BOTTOM)
        for number, strips in enumerate(pages, 1):
            if number > 1:
                pen.next_page()
            *flowing, last = strips
            end = stack(pen, flowing, LEFT, TOP)
            # The digest and the QR stand at the foot of the last sheet, however short its text.
            last.draw(pen, LEFT, HIGH - BOTTOM - last.height if number == len(pages) else end)
            _foot(pen, title, number, len(pages))
        return pen.pdf()


def _heading(notice: NoticeSheet) -> str:
    quarter = words.quarter(notice.quarter)
    return str(_("Service points of grid workers, %(quarter)s: public notice", quarter=quarter))


def _strips(notice: NoticeSheet) -> list[Strip]:
    """The whole posting from the title to the foot."""
    strips = [
        *paragraph(notice.township + notice.village, ROOM, 18, bold=True, align="center"),
        *paragraph(_heading(notice), ROOM, 18, bold=True, align="center"),
        gap(4),
        *paragraph(_introduction(notice), ROOM, BODY),
        gap(3),
        *_table(notice),
        gap(3),
    ]
    if notice.adjustment_notes:
        strips += paragraph(_("Why points were adjusted:"), ROOM, CELL, bold=True)
        for number, note in enumerate(notice.adjustment_notes, 1):
            strips += paragraph(f"{number}. {note}", ROOM, CELL)
        strips.append(gap(2))
    strips += paragraph(_("How to object:"), ROOM, BODY, bold=True)
    strips += paragraph(notice.how_to_object, ROOM, BODY)
    if footnote := words.footnote(notice):
        strips += [gap(2), *paragraph(footnote, ROOM, SMALL, colour=QUIET)]
    return [*strips, _seal(notice), _proof(notice)]


def _introduction(notice: NoticeSheet) -> str:
    text = _(
        "Scored by the service points rubric, version %(version)d, in force since %(since)s, and "
        "deliberated by the villagers, the points of our grid workers for the %(quarter)s are posted "
        "here for everyone to check from %(posted)s to %(ends)s.",
        version=notice.rubric_version,
        since=words.day(notice.rubric_from),
        quarter=words.quarter(notice.quarter),
        posted=words.day(notice.posted_on),
        ends=words.day(notice.ends_on),
    )
    return f"\u3000\u3000{text}"  # a Chinese paragraph begins with two full-width spaces


# The table.


def _table(notice: NoticeSheet) -> list[Strip]:
    """A strip for each row and for the totals, each wanting the table's head above it."""
    table = Table(_columns(notice.columns), size=CELL, head_size=SMALL)
    return [*table.rows(map(_cells, notice.rows)), table.row(_totals(notice), bold=True)]


def _columns(categories: list[str]) -> list[Column]:
    """The table's columns; the categories share the width that the others leave."""
    number, name, grid, figure, total = 9.0, 16.0, 38.5, 11.0, 14.0
    shared = (ROOM - number - name - grid - 2 * figure - total) / max(len(categories), 1)
    return [
        Column(_("Row"), number, "center"),
        Column(_("Name"), name),
        Column(_("Grid"), grid),
        *[Column(category, shared, "right") for category in categories],
        Column(_("Deductions"), figure, "right"),
        Column(_("Adjustments"), figure, "right"),
        Column(_("Total"), total, "right"),
    ]


def _cells(row: NoticeRow) -> list[str]:
    return [
        str(row.number),
        row.name,
        row.grid,
        *[show(cell) for cell in row.cells],
        show(-abs(row.deductions)),
        signed(row.adjustments),
        show(row.total),
    ]


def _totals(notice: NoticeSheet) -> list[str]:
    rows = notice.rows
    return [
        "",
        _("Sum"),
        _("%(count)d people", count=len(rows)),
        *[show(sum(row.cells[column] for row in rows)) for column in range(len(notice.columns))],
        show(-sum(abs(row.deductions) for row in rows)),
        signed(sum(row.adjustments for row in rows)),
        show(sum(row.total for row in rows)),
    ]


# The end of the sheet.


def _seal(notice: NoticeSheet) -> Strip:
    """Room for the committee's seal over its name and the date."""

    def draw(pen: Pen, x: float, y: float) -> None:
        middle = x + ROOM - 38
        sealed = _("%(village)s (seal)", village=notice.village)
        shown, size = fit(sealed, 76, BODY, 7)
        pen.text(middle, y + 18, shown, size, align="center")
        pen.text(middle, y + 26, words.day(notice.posted_on), BODY, align="center")

    return Strip(34, draw)


def _proof(notice: NoticeSheet) -> Strip:
    """The QR to the village's public page beside the digest of its ledger."""
    side, left = 30, 35
    explained = paragraph(
        _("Keep this sheet or take a picture: the number proves later that no booked point was changed."),
        ROOM - left,
        SMALL,
        colour=QUIET,
    )
    groups = words.grouped(notice.digest).split()

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.line(x, y, x + ROOM, y, colour=LINE, thick=0.3)
        pen.qr(x, y + 2, side, notice.url)
        pen.text(x + left, y + 8, _("Scan to read this notice"), BODY, bold=True)
        pen.text(x + left, y + 14.5, _("Number of the ledger:"), SMALL, bold=True)
        for place, group in enumerate(groups):
            row, column = divmod(place, 8)
            pen.text(x + left + column * 11, y + 19.5 + row * 4.5, group, CELL)
        stack(pen, explained, x + left, y + 26.5)

    return Strip(side + 4, draw)


def _foot(pen: Pen, title: str, number: int, count: int) -> None:
    """What joins the sheets on the wall: the title and page n of m."""
    y = HIGH - BOTTOM + 8
    pen.text(LEFT, y, title, SMALL, colour=QUIET)
    pen.text(WIDE - LEFT, y, words.page_of(number, count), SMALL, colour=QUIET, align="right")
