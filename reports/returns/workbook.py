"""A return that was sent, as an Excel file: a sheet for its area, and for each level below."""

from collections.abc import Sequence

from flask_babel import force_locale, gettext

from ground import clock
from ground.tables import BookWriter
from people.models import Level
from people.sight import Sight
from reports.books.workbook import signers
from reports.models import QuarterlyReturn
from reports.returns import levels
from reports.returns.figures import FIGURES, SECTIONS, UNITS
from reports.returns.levels import LevelBelow

NAMES = 2  # columns that stand on each page: the row's number and the name
MOST_ON_A_PAGE = NAMES + 13


def write(sent: QuarterlyReturn, sight: Sight) -> bytes:
    """The file, in Chinese as it goes on to offices; the same cells whenever it is made."""
    with BookWriter() as writer, force_locale("zh"):
        _write_own(writer, sent, sight)
        for below in levels.levels_below(sent.parts):
            _write_level(writer, sent, below, sight)
        return writer.content()


def _write_own(writer: BookWriter, sent: QuarterlyReturn, sight: Sight) -> None:
    """The sheet of the area itself: a row for each figure."""
    columns = [
        (gettext("Row"), 6.0),
        (gettext("Part"), 24.0),
        (gettext("What"), 36.0),
        (gettext("Unit"), 8.0),
        (gettext("Figure"), 14.0),
    ]
    sheet = writer.add_printed(sent.area_name, _above(sent), columns, _page())
    lines = ((part, figure) for part in SECTIONS for figure in part.figures)
    for number, (part, figure) in enumerate(lines, 1):
        sheet.add(
            (
                number,
                str(part.title),
                str(figure.title),
                str(UNITS[figure.unit]),
                figure.number(sent.figures),
            )
        )
    sheet.end(_below(sent, sight))


def _write_level(writer: BookWriter, sent: QuarterlyReturn, below: LevelBelow, sight: Sight) -> None:
    """The sheet of a level: a row for each return that is summed, a column for each figure, and the sums."""
    names: Sequence[tuple[str, float]] = [
        (gettext("Row"), 6.0),
        (gettext("Name of the place"), 20.0),
        (gettext("Code"), 15.0),
        *([(gettext("Township"), 16.0)] if below.tells_township else []),
        (gettext("Version"), 7.0),
        (gettext("Sent on"), 12.0),
    ]
    headings = [(f"{each.title}（{UNITS[each.unit]}）", 10.0) for each in FIGURES]
    title = gettext("Townships") if below.level == Level.TOWNSHIP else gettext("Villages and communities")
    sheet = writer.add_printed(
        title, _above(sent), [*names, *headings], _page(), names=NAMES, breaks=_breaks(len(names))
    )
    for number, each in enumerate(below.returns, 1):
        one = each.sent
        sheet.add(
            (
                number,
                one.area_name,
                one.area_code,
                *([each.summed_by] if below.tells_township else []),
                one.version,
                clock.local(one.sent_at).date(),
                *(figure.number(one.figures) for figure in FIGURES),
            )
        )
    sums = (figure.number(sent.figures) for figure in FIGURES)
    sheet.add((None, gettext("Sum"), *[None] * (len(names) - NAMES), *sums), is_sum=True)
    sheet.end(_below(sent, sight))


def _breaks(before: int) -> list[int]:
    """The columns with which another page begins: with a part that is too wide for the one before."""
    breaks, place, on_page = [], before, before
    for part in SECTIONS:
        if on_page + len(part.figures) > MOST_ON_A_PAGE:
            breaks.append(place)
            on_page = NAMES
        place, on_page = place + len(part.figures), on_page + len(part.figures)
    return breaks


def _above(sent: QuarterlyReturn) -> list[str]:
    return [levels.heading(sent), levels.subject(sent)]


def _below(sent: QuarterlyReturn, sight: Sight) -> list[str]:
    signed = "    ".join((*signers(), levels.sent_line(sent, sight)))
    return [*levels.notes(sent, sight), signed]


def _page() -> str:
    return gettext("Page %(number)s of %(count)s", number="&P", count="&N")
