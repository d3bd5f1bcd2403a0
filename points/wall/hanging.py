"""How a notice hangs: its sheets, the seal, the codes to scan and the number of the ledger at its end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import LINE, QUIET, Pen, Strip, fit, paginate, paragraph, stack


@dataclass(frozen=True)
class Setting:
    """How a notice is set on a paper: lengths in millimetres, sizes of type in points.

    `small` is for the foot and what is read close by. Notes stand in `note_columns`. The seal has its place
    above the codes, or with `seal_beside` at the right of them. `figure` and `least_grid` are widths of the
    table's columns in type of 10 points.
    """

    wide: float
    high: float
    left: float
    title: float
    body: float
    cell: float
    head: float
    small: float
    padding: float
    qr_side: float
    figure: float
    least_grid: float
    note_columns: int = 1
    seal_beside: bool = False

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.wide - 2 * self.left


TOP, BOTTOM = 16, 18


def _large(cell: float) -> Setting:
    """A3, read over the shoulders of others: a line of the table is a line of type, whatever its size."""
    return Setting(297, 420, 16, 24, 14, cell, 14, 11, 0, 40, 12.5, 20, note_columns=2, seal_beside=True)


# For each paper how it may be set, the largest type first. No type of A3's table is smaller than what is read
# from a metre and a half away.
SETTINGS = {
    "A4": (Setting(210, 297, 14, 18, 11.5, 10, 9, 9, 1.2, 30, 11, 38.5),),
    "A3": (_large(16), _large(15), _large(14)),
}


@dataclass(frozen=True)
class NoticeEnd:
    """What stands at the end of every notice: who seals it, its number, and the ledger's.

    `digest` in hexadecimal; `proof_url` is where it is computed again. `codes` are addresses to scan, each
    with its caption.
    """

    village: str
    posted_on: date
    code: str
    digest: str
    proof_url: str
    codes: Sequence[tuple[str, str]]


def hung_pdf(
    title: str, strips: Callable[[Setting], list[Strip]], end: NoticeEnd, paper: str = "A4"
) -> bytes:
    """A notice for the wall, on as many sheets as it needs; `paper` is "A4" or "A3".

    `strips` is all between its title and the seal. The type is as large as it may be without needing a
    sheet more than the smallest does.
    """
    settings = SETTINGS[paper]
    fewest = len(_pages(strips, end, settings[-1]))
    by_setting = ((setting, _pages(strips, end, setting)) for setting in settings)
    setting, pages = next(set_so for set_so in by_setting if len(set_so[1]) == fewest)
    pen = Pen(title, setting.wide, setting.high)
    for number, page in enumerate(pages, 1):
        if number > 1:
            pen.next_page()
        stack(pen, page, setting.left, TOP)
        _foot(pen, setting, title, number, len(pages))
    proof = _proof(end, setting)
    proof.draw(pen, setting.left, setting.high - BOTTOM - proof.height)
    return pen.pdf()


def _pages(strips: Callable[[Setting], list[Strip]], end: NoticeEnd, setting: Setting) -> list[list[Strip]]:
    """The sheets, without their feet.

    The digest and the QR codes stand at the foot of the last one, however short its text, and are never
    alone there: the seal comes along, and where it stands beside them, what is said last.
    """
    proof, text = _proof(end, setting), strips(setting)
    if setting.seal_beside:
        last = text.pop()
        bottom = Strip(last.height + proof.height, last.draw)
    else:
        seal = _seal(end, setting)
        bottom = Strip(seal.height + proof.height, seal.draw)
    return paginate([*text, bottom], setting.high - TOP - BOTTOM)


def _seal(end: NoticeEnd, setting: Setting) -> Strip:
    """Room for the committee's seal over its name and the date."""

    def draw(pen: Pen, x: float, y: float) -> None:
        middle = x + setting.room - 38
        sealed = _("%(village)s (seal)", village=end.village)
        text, size = fit(sealed, 76, setting.body, 7)
        pen.text(middle, y + 15, text, size, align="center")
        pen.text(middle, y + 23, words.day(end.posted_on), setting.body, align="center")

    return Strip(28, draw)


def _proof(end: NoticeEnd, setting: Setting) -> Strip:
    """The codes to scan beside the digest of the village's ledger."""
    side, count = setting.qr_side, len(end.codes)
    left = count * (side + 3) + 2
    seal = _seal(end, setting) if setting.seal_beside else None
    explained = paragraph(
        _(
            "Keep this sheet or take a picture: the number proves later that no booked point was changed. "
            "Anyone can have it computed again at %(url)s",
            url=end.proof_url,
        ),
        setting.room - left - (78 if seal else 0),
        setting.small - 1.5,
        colour=QUIET,
    )
    groups = words.grouped(end.digest).split()

    def draw(pen: Pen, x: float, y: float) -> None:
        pen.line(x, y, x + setting.room, y, colour=LINE, thick=0.3)
        for place, (url, caption) in enumerate(end.codes):
            at = x + place * (side + 3)
            pen.qr(at, y + 1.5, side, url)
            caption_text, size = fit(caption, side, setting.small, 6, bold=True)
            pen.text(at + side / 2, y + side + 4, caption_text, size, bold=True, align="center")
        pen.text(x + left, y + 7, _("Notice %(code)s", code=end.code), setting.body, bold=True)
        pen.text(x + left, y + 13, _("Number of the ledger:"), setting.small, bold=True)
        for place, group in enumerate(groups):
            row, column = divmod(place, 8)
            pen.text(x + left + column * 11, y + 18 + row * 4.5, group, 10)
        stack(pen, explained, x + left, y + 24)
        if seal:
            seal.draw(pen, x, y + 6)

    return Strip(side + 6, draw)


def _foot(pen: Pen, setting: Setting, title: str, number: int, count: int) -> None:
    """Draw the title and page n of m, which join the sheets on the wall."""
    y, size = setting.high - BOTTOM + 8, setting.small
    pen.text(setting.left, y, title, size, colour=QUIET)
    right, page_number = setting.wide - setting.left, words.page_number(number, count)
    pen.text(right, y, page_number, size, colour=QUIET, align="right")
