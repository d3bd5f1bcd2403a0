"""The rubric as a PDF for the wall, where everyone can read what each service is worth."""

from flask_babel import force_locale
from flask_babel import gettext as _

from ground.paper import words
from ground.paper.draw import QUIET, Pen, Strip, fill, fit, gap, paragraph
from ground.paper.table import PrintedColumn, PrintedTable
from points import labels
from points.amounts import show
from points.models import Rubric, RubricItem

# Laid out on A4; A3 is the same sheet enlarged.
SCALES = {"A4": 1.0, "A3": 2**0.5}
WIDE, HIGH = 210, 297
LEFT, TOP, BOTTOM = 16, 20, 20
ROOM_MM = WIDE - 2 * LEFT
BODY, CELL, SMALL = 12, 11, 9


def rubric_pdf(rubric: Rubric, area_name: str, paper: str = "A4") -> bytes:
    """A version of a rubric in Chinese, on as many sheets as it needs; `paper` is "A4" or "A3"."""
    with force_locale("zh"):
        title = _("Service points rubric of %(area)s", area=area_name)
        pen = Pen(title, WIDE, HIGH, SCALES[paper])

        def foot(number: int, count: int) -> None:
            y = HIGH - BOTTOM + 8
            pen.text(LEFT, y, title, SMALL, colour=QUIET)
            pen.text(WIDE - LEFT, y, words.page_number(number, count), SMALL, colour=QUIET, align="right")

        fill(pen, _strips(rubric, title, area_name), LEFT, TOP, HIGH - TOP - BOTTOM, foot)
        return pen.pdf()


def _strips(rubric: Rubric, title: str, area_name: str) -> list[Strip]:
    bonuses = [item for item in rubric.items if item.points > 0]
    deductions = [item for item in rubric.items if item.points < 0]
    introduction = _(
        "Version %(version)s, approved by: %(who)s; in force from %(day)s. A service counts once a second "
        "person has confirmed it; each quarter the points are posted before they are booked.",
        version=rubric.version,
        who=rubric.approved_by,
        day=words.day(rubric.in_force_from),
    )
    strips = [
        *paragraph(title, ROOM_MM, 20, bold=True, align="center"),
        gap(5),
        *paragraph(f"\u3000\u3000{introduction}", ROOM_MM, BODY),
        gap(4),
        *_table(_("What earns points"), bonuses),
    ]
    if deductions:
        strips += [gap(5), *_table(_("What costs points"), deductions)]
    if any(item.own for item in rubric.items):
        strips += [
            gap(2),
            *paragraph(_("* added by the village's own decision"), ROOM_MM, SMALL, colour=QUIET),
        ]
    return [*strips, _seal(area_name, rubric)]


def _table(heading: str, items: list[RubricItem]) -> list[Strip]:
    columns = [
        PrintedColumn(_("Duty"), 28),
        PrintedColumn(_("Service"), 62),
        PrintedColumn(_("Points"), 30, "center"),
        PrintedColumn(_("At most a quarter"), 20, "center"),
        PrintedColumn(_("Shown by"), ROOM_MM - 140),
    ]
    above = [*paragraph(heading, ROOM_MM, BODY, bold=True), gap(1.5)]
    return PrintedTable(columns, size=CELL, head_size=CELL, padding=1.8, lines_above=above).rows(
        map(_cells, items)
    )


def _cells(item: RubricItem) -> list[str]:
    worth = _("%(points)s each %(unit)s", points=show(item.points), unit=item.unit)
    own = " *" if item.own else ""
    return [
        str(labels.DUTIES[item.category]),
        f"{item.name}{own}",
        worth,
        show(item.cap) if item.cap else "–",
        item.evidence,
    ]


def _seal(area_name: str, rubric: Rubric) -> Strip:
    """Room for the seal over the name and the day."""

    def draw(pen: Pen, x: float, y: float) -> None:
        middle = x + ROOM_MM - 38
        text, size = fit(_("%(village)s (seal)", village=area_name), 76, BODY, 7)
        pen.text(middle, y + 18, text, size, align="center")
        pen.text(middle, y + 26, words.day(rubric.in_force_from), BODY, align="center")

    return Strip(32, draw)
