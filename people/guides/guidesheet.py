"""The instructions of a role on paper: one sheet, in type as large as it takes, to hang up or hand out."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper.draw import LINE, QUIET, Pen, Strip, baseline, fill, gap, paragraph, width
from ground.paper.table import height_of, side_by_side

# Laid out on A4; A3 is the same sheet enlarged.
SCALES = {"A4": 1.0, "A3": 2**0.5}
WIDE, HIGH = 210, 297
LEFT, TOP, BOTTOM = 18, 16, 48
ROOM_MM = WIDE - 2 * LEFT
TITLE, SMALL = 24, 11
QR_SIDE_MM = 32
# The type of the steps, in points: the first size with which all of it stands on the sheet.
SIZES = (18.5, 18, 17.5, 17, 16.5, 16, 15.5, 15, 14.5, 14, 13.5, 13)


@dataclass(frozen=True)
class Guide:
    """The sheet of a role; `answers` are questions with their answers."""

    role: str
    daily: Sequence[str]
    quarterly: Sequence[str]
    answers: Sequence[tuple[str, str]]
    url: str


def guide_pdf(guide: Guide, paper: str = "A4") -> bytes:
    """The sheet in Chinese; `paper` is "A4" or "A3"."""
    with force_locale("zh"):
        title = str(_("Instructions: %(role)s", role=guide.role))
        pen = Pen(title, WIDE, HIGH, SCALES[paper])
        room = HIGH - TOP - BOTTOM
        sheets = (_strips(guide, title, size) for size in SIZES)
        strips = next((sheet for sheet in sheets if height_of(sheet) <= room), None)
        fill(pen, strips or _strips(guide, title, SIZES[-1]), LEFT, TOP, room, lambda *_: _foot(pen, guide))
        return pen.pdf()


def _strips(guide: Guide, title: str, size: float) -> list[Strip]:
    numbers = count(1)
    strips = paragraph(title, ROOM_MM, TITLE, bold=True)
    for heading, steps in ((_("Every day"), guide.daily), (_("Each quarter"), guide.quarterly)):
        strips += _heading(str(heading), size)
        strips += [_line(f"{next(numbers)}.", step, 10, size) for step in steps]
    strips += _heading(str(_("When something goes wrong")), size)
    wide = max(width(question, size, bold=True) for question, _answer in guide.answers) + 5
    return strips + [_line(question, answer, wide, size) for question, answer in guide.answers]


def _heading(text: str, size: float) -> list[Strip]:
    """A heading over a line across the sheet."""
    line = Strip(2, lambda pen, x, y: pen.line(x, y, x + ROOM_MM, y, colour=LINE, thick=0.4))
    return [gap(4), *paragraph(text, ROOM_MM, size, bold=True, colour=QUIET), gap(0.5), line]


def _line(mark: str, text: str, wide: float, size: float) -> Strip:
    """A text beside its mark, which is a number or a question."""
    texts = [*paragraph(text, ROOM_MM - wide, size), gap(1.5)]
    return side_by_side([(wide, paragraph(mark, wide, size, bold=True)), (ROOM_MM - wide, texts)])


def _foot(pen: Pen, guide: Guide) -> None:
    """Where the site is, that it has help, and room for the telephone of whoever can be asked."""
    top, x = HIGH - BOTTOM + 4, LEFT + QR_SIDE_MM + 2
    pen.qr(LEFT - 3, top, QR_SIDE_MM, guide.url)
    lines = (
        (_("On a phone scan the code, on a computer type:"), False),
        (guide.url, True),
        (_("Each page has its help: press “Help” beside the title."), False),
    )
    for number, (text, bold) in enumerate(lines):
        pen.text(x, top + 3 + 6.5 * number + baseline(SMALL), str(text), SMALL, bold=bold)
    whom = str(_("Whom to call:"))
    y = top + 4.5 + 6.5 * len(lines) + baseline(SMALL)
    pen.text(x, y, whom, SMALL)
    pen.line(x + width(whom, SMALL) + 2, y + 1, WIDE - LEFT, y + 1, colour=QUIET)
