"""The board of a prefecture: a quarter of its counties, as they sent it."""

from dataclasses import dataclass
from decimal import Decimal

from flask import abort, g, request

from ground import clock
from ground.clock import Quarter
from ground.paper import words
from people import access
from people.models import Level, Role
from people.views.listing import excel, render
from reports.books.paper import as_text
from reports.prefecture.board import PrefectureQuarter, prefecture_quarter
from reports.returns.figures import SECTIONS, UNITS, FigureUnit, ReturnFigure, ReturnSection
from reports.views.prefecture import bp, lists

# How many quarters back one can choose; any other is there by its address.
QUARTERS_OFFERED = 8


Number = int | Decimal


@dataclass(frozen=True)
class SumLine:
    """A figure of all counties together, of the quarter and of the one before, as `charts.html` draws it."""

    figure: ReturnFigure
    now: Number
    before: Number

    @property
    def label(self) -> str:
        """What is counted."""
        return str(self.figure.title)

    @property
    def text(self) -> str:
        """The quarter's figure, with its unit."""
        return f"{as_text(self.now)} {UNITS[self.figure.unit]}"

    @property
    def text_before(self) -> str:
        """The figure of the quarter before."""
        return as_text(self.before)


@bp.get("/a/<area>/counties")
@access.allow(Role.PREFECTURE)
@excel(lists.SENT, lists.FIGURES_BY_COUNTY, lists.CORRECTED)
def counties(area: str) -> str:
    """A quarter of the counties, `?quarter=`, beside the one before: who has sent, and each figure."""
    if g.area.level != Level.PREFECTURE:
        abort(404)
    chosen, part = _chosen_quarter(), _chosen_part()
    board = prefecture_quarter(chosen)
    return render(
        "reports/prefecture/counties.html",
        quarter=chosen,
        quarters=[(str(each), words.quarter(each)) for each in _quarters()],
        parts=SECTIONS,
        part=part,
        board=board,
        charts=_charts(board, part),
        units=UNITS,
        as_text=as_text,
    )


def _charts(board: PrefectureQuarter, part: ReturnSection) -> list[tuple[list[SumLine], Number]]:
    """The sums of a part's figures, those of one unit together, each with the largest; no ratios."""
    by_unit: dict[FigureUnit, list[SumLine]] = {}
    for figure in part.figures:
        if isinstance(figure, ReturnFigure):
            now, before = figure.number(board.sums) or 0, figure.number(board.sums_before) or 0
            by_unit.setdefault(figure.unit, []).append(SumLine(figure, now, before))
    return [
        (lines, max(1, *(value for line in lines for value in (line.now, line.before))))
        for lines in by_unit.values()
    ]


def _quarters() -> list[Quarter]:
    """The quarters that are over, the latest first."""
    quarters = [Quarter.of(clock.today()).previous]
    while len(quarters) < QUARTERS_OFFERED:
        quarters.append(quarters[-1].previous)
    return quarters


def _chosen_quarter() -> Quarter:
    """The quarter of `?quarter=`, or the last one; 404 for none that is over."""
    last = _quarters()[0]
    try:
        chosen = Quarter.parse(request.args.get("quarter", str(last)))
    except ValueError:
        abort(404)
    return chosen if chosen <= last else abort(404)


def _chosen_part() -> ReturnSection:
    """The part of `?part=`, or the first."""
    asked = request.args.get("part", SECTIONS[0].name)
    return next((part for part in SECTIONS if part.name == asked), None) or abort(404)
