"""The public notice of opening balances as a sheet for the wall, before they are booked.

One of changes holds the lines to which accepted objections gave another figure.
"""

from dataclasses import dataclass
from datetime import date
from functools import partial

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import QUIET, Strip, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from points.amounts import show
from points.wall.hanging import NoticeEnd, Setting, hung_pdf


@dataclass(frozen=True)
class OpeningNoticeRow:
    """One worker's line: its number, the name as it is masked, the grid, tenths of a point, the paper."""

    number: int
    name: str
    grid: str
    tenths: int
    basis: str


@dataclass(frozen=True)
class OpeningNoticeSheet:
    """The sheet that a village posts: names already masked, `digest` in hexadecimal.

    `code` is the notice's number, `is_first` tells the whole sheet from changes. `url` is its public page,
    `proof_url` where the digest is computed again.
    """

    village: str
    township: str
    code: str
    is_first: bool
    posted_on: date
    ends_on: date
    rows: list[OpeningNoticeRow]
    digest: str
    url: str
    proof_url: str

    @property
    def total_tenths(self) -> int:
        """The sum of the lines, in tenths."""
        return sum(row.tenths for row in self.rows)


def notice_pdf(notice: OpeningNoticeSheet, paper: str = "A4") -> bytes:
    """The notice in Chinese, on as many sheets as it needs; `paper` is "A4" or "A3"."""
    with force_locale("zh"):
        end = NoticeEnd(
            village=notice.village,
            posted_on=notice.posted_on,
            code=notice.code,
            digest=notice.digest,
            proof_url=notice.proof_url,
            codes=((notice.url, _("Scan to read this notice")),),
        )
        return hung_pdf(heading(notice), partial(_strips, notice), end, paper)


def heading(notice: OpeningNoticeSheet) -> str:
    """The notice's title."""
    if notice.is_first:
        return str(_("Opening balances of grid workers' points: public notice"))
    return str(_("Opening balances of grid workers' points: notice of changes"))


def introduction(notice: OpeningNoticeSheet) -> str:
    """The paragraph that says what hangs here, what it stands on, and from when to when."""
    posted, ends = words.day(notice.posted_on), words.day(notice.ends_on)
    if notice.is_first:
        return str(
            _(
                "Our village keeps its grid workers' points in Aixin from now on. What they had left on "
                "paper is taken over as their opening balance, and is posted here for everyone to check from "
                "%(posted)s to %(ends)s. It is booked only after that.",
                posted=posted,
                ends=ends,
            )
        )
    return str(
        _(
            "After objections to the notice of the opening balances the lines below were changed. They are "
            "posted here anew for everyone to check from %(posted)s to %(ends)s; the other lines stay as "
            "they were posted.",
            posted=posted,
            ends=ends,
        )
    )


def how_to_object() -> str:
    """The sentence that says how and where one objects, and what happens then."""
    return str(
        _(
            "While a line is not booked, tell the committee or its supervisors by word or in writing; they "
            "write it down and give you its number, and you get an answer within 7 working days. Until then "
            "the line is not booked."
        )
    )


def sum_text(notice: OpeningNoticeSheet) -> str:
    """How many people stand on the notice, for the row of the sum."""
    return str(ngettext("%(num)s person in all", "%(num)s people in all", len(notice.rows)))


def _strips(notice: OpeningNoticeSheet, setting: Setting) -> list[Strip]:
    """The whole posting from the title to what comes before the seal."""
    room, body = setting.room, setting.body
    strips = [
        *paragraph(notice.township + notice.village, room, setting.title, bold=True, align="center"),
        *paragraph(heading(notice), room, setting.title, bold=True, align="center"),
        gap(4),
        # A Chinese paragraph begins with two full-width spaces.
        *paragraph(f"\u3000\u3000{introduction(notice)}", room, body),
        gap(3),
        *_table(notice, setting),
        gap(3),
        *paragraph(_("How to object:"), room, body, bold=True),
        *paragraph(how_to_object(), room, body),
    ]
    if footnote := words.footnote(notice):
        strips += [gap(2), *paragraph(footnote, room, setting.small, colour=QUIET)]
    return strips


def _table(notice: OpeningNoticeSheet, setting: Setting) -> list[Strip]:
    """A strip for each row and for the sum; each page repeats the head of the table."""
    number, name, points = (setting.cell / 10 * wide_mm for wide_mm in (9.0, 18.0, 18.0))
    beside = setting.room - number - name - points
    columns = [
        PrintedColumn(_("Row"), number, "center"),
        PrintedColumn(_("Name"), name),
        PrintedColumn(_("Grid"), beside * 0.4),
        PrintedColumn(_("Balance"), points, "right"),
        PrintedColumn(_("What it stands on"), beside * 0.6),
    ]
    table = PrintedTable(columns, size=setting.cell, head_size=setting.head, padding=setting.padding)
    rows = [[str(row.number), row.name, row.grid, show(row.tenths), row.basis] for row in notice.rows]
    total = ["", _("Sum"), sum_text(notice), show(notice.total_tenths), ""]
    return [*table.rows(rows), table.row(total, bold=True)]
