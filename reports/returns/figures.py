"""The figures of a return: their lasting names, titles and units, and how each comes to a sum.

A `ReturnFigure` is a whole number that is kept with a return, and adds up from level to level. A
`ReturnRatio` is never kept: at each level it is computed from two figures that are. A name stands in returns
that were sent, and is never given to another figure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _

from duties import labels as duty_labels
from points import amounts
from points import labels as points_labels


class FigureUnit(StrEnum):
    """What a figure counts. Points are kept in tenths and yuan in fen."""

    GRIDS = "grids"
    PEOPLE = "people"
    HOUSEHOLDS = "households"
    TIMES = "times"
    CASES = "cases"
    GOODS = "goods"
    DAYS = "days"
    POINTS = "points"
    YUAN = "yuan"
    PERCENT = "percent"


UNITS = {
    FigureUnit.GRIDS: _("grids"),
    FigureUnit.PEOPLE: _("people"),
    FigureUnit.HOUSEHOLDS: _("households"),
    FigureUnit.TIMES: _("times"),
    FigureUnit.CASES: _("cases"),
    FigureUnit.GOODS: _("pieces"),
    FigureUnit.DAYS: _("days"),
    FigureUnit.POINTS: _("pts"),
    FigureUnit.YUAN: _("yuan"),
    FigureUnit.PERCENT: "%",
}


@dataclass(frozen=True)
class ReturnFigure:
    """A figure that is kept, under its lasting name; of an area it is the sum of those below."""

    name: str
    title: Any
    unit: FigureUnit

    def number(self, kept: Mapping[str, int]) -> int | Decimal | None:
        """The figure as a spreadsheet adds it up, in points or yuan; None where it was not kept."""
        value = kept.get(self.name)
        if value is None:
            return None
        if self.unit == FigureUnit.POINTS:
            return amounts.as_number(value)
        return Decimal(value).scaleb(-2) if self.unit == FigureUnit.YUAN else value


@dataclass(frozen=True)
class ReturnRatio:
    """A figure that does not add up: at each level one kept figure by another, times `scale`."""

    name: str
    title: Any
    unit: FigureUnit
    share: str
    whole: str
    scale: int = 1

    def number(self, kept: Mapping[str, int]) -> Decimal | None:
        """The ratio with one decimal; None where there is nothing to divide by."""
        share, whole = kept.get(self.share), kept.get(self.whole)
        if share is None or not whole:
            return None
        return (Decimal(share * self.scale) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class ReturnSection:
    """Some figures under a heading, by its name in addresses."""

    name: str
    title: Any
    figures: tuple[ReturnFigure | ReturnRatio, ...]


SECTIONS = (
    ReturnSection(
        "grids",
        _("Grids and workers on the last day"),
        (
            ReturnFigure("grids", _("Grids"), FigureUnit.GRIDS),
            ReturnFigure("grids_served", _("Grids served by a worker"), FigureUnit.GRIDS),
            ReturnFigure("grids_vacant", _("Grids without a worker"), FigureUnit.GRIDS),
            ReturnFigure("workers", _("Workers who serve"), FigureUnit.PEOPLE),
        ),
    ),
    ReturnSection(
        "services",
        _("Services confirmed, by duty"),
        tuple(
            ReturnFigure(f"services_{category}", title, FigureUnit.TIMES)
            for category, title in points_labels.DUTIES.items()
        ),
    ),
    ReturnSection(
        "visits",
        _("Visits and gatherings"),
        (
            ReturnFigure("visits", _("Visits to households"), FigureUnit.TIMES),
            ReturnFigure("households_visited", _("Households visited"), FigureUnit.HOUSEHOLDS),
            ReturnFigure("households_overdue", _("Households overdue at its end"), FigureUnit.HOUSEHOLDS),
            ReturnFigure("gatherings", _("Gatherings"), FigureUnit.TIMES),
            ReturnFigure("people_gathered", _("People present, all together"), FigureUnit.PEOPLE),
        ),
    ),
    ReturnSection(
        "disputes",
        _("Disputes and mediation"),
        (
            ReturnFigure("disputes_opened", _("Disputes opened"), FigureUnit.CASES),
            ReturnFigure("disputes_at_hand", _("Disputes at hand"), FigureUnit.CASES),
            *(
                ReturnFigure(f"disputes_settled_{rung}", _("Settled: %(rung)s", rung=title), FigureUnit.CASES)
                for rung, title in duty_labels.RUNGS.items()
            ),
            ReturnFigure("disputes_settled", _("Disputes settled, all together"), FigureUnit.CASES),
            ReturnFigure("disputes_withdrawn", _("Disputes withdrawn"), FigureUnit.CASES),
            ReturnFigure("disputes_going_on", _("Disputes going on"), FigureUnit.CASES),
            ReturnRatio(
                "disputes_rate",
                _("Settled, of those at hand"),
                FigureUnit.PERCENT,
                "disputes_settled",
                "disputes_at_hand",
                scale=100,
            ),
            ReturnFigure("disputes_days", _("Days that settling took, all together"), FigureUnit.DAYS),
            ReturnRatio(
                "disputes_mean_days",
                _("Days to settle, on average"),
                FigureUnit.DAYS,
                "disputes_days",
                "disputes_settled",
            ),
        ),
    ),
    ReturnSection(
        "incidents",
        _("Hazards and emergencies"),
        (
            ReturnFigure("hazards", _("Hazards found"), FigureUnit.CASES),
            ReturnFigure("hazards_open", _("Hazards not closed on the last day"), FigureUnit.CASES),
            ReturnFigure("emergencies", _("Emergencies reported"), FigureUnit.CASES),
            ReturnFigure("emergencies_open", _("Emergencies not closed on the last day"), FigureUnit.CASES),
        ),
    ),
    ReturnSection(
        "points",
        _("Points of the quarter"),
        (
            ReturnFigure("workers_awarded", _("Workers awarded for the quarter"), FigureUnit.PEOPLE),
            ReturnFigure("points_awarded", _("Points awarded for the quarter"), FigureUnit.POINTS),
            ReturnFigure("objections", _("Objections to the notice"), FigureUnit.CASES),
            ReturnFigure("objections_accepted", _("Objections found right"), FigureUnit.CASES),
            ReturnFigure("points_booked", _("Points booked in the quarter"), FigureUnit.POINTS),
            ReturnFigure("points_redeemed", _("Points redeemed in the quarter"), FigureUnit.POINTS),
            ReturnFigure("points_lapsed", _("Points lapsed in the quarter"), FigureUnit.POINTS),
            ReturnFigure("points_held", _("Points that workers held at its end"), FigureUnit.POINTS),
        ),
    ),
    ReturnSection(
        "goods",
        _("Goods and redemptions"),
        (
            ReturnFigure("goods_before", _("Goods on hand before"), FigureUnit.GOODS),
            ReturnFigure("goods_in", _("Goods that came in"), FigureUnit.GOODS),
            ReturnFigure("goods_redeemed", _("Goods redeemed"), FigureUnit.GOODS),
            ReturnFigure("goods_gone", _("Goods gone otherwise"), FigureUnit.GOODS),
            ReturnFigure("goods_on_hand", _("Goods on hand at its end"), FigureUnit.GOODS),
            ReturnFigure("goods_points", _("What they cost in points then"), FigureUnit.POINTS),
            ReturnFigure("goods_fen", _("What they were bought for"), FigureUnit.YUAN),
            ReturnFigure("goods_without_cost", _("Goods of which no cost is known"), FigureUnit.GOODS),
            ReturnFigure("redemptions", _("Redemptions"), FigureUnit.TIMES),
            ReturnFigure("workers_served", _("Workers who redeemed"), FigureUnit.PEOPLE),
            ReturnFigure("donations", _("Donations"), FigureUnit.TIMES),
            ReturnFigure("donors", _("Donors, in each village"), FigureUnit.PEOPLE),
        ),
    ),
)

FIGURES = tuple(each for part in SECTIONS for each in part.figures)
KEPT_NAMES = tuple(each.name for each in FIGURES if isinstance(each, ReturnFigure))


def total(kept: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The figures of some returns together, each the sum of theirs; of none each is 0."""
    sums = Counter(dict.fromkeys(KEPT_NAMES, 0))
    for each in kept:
        sums.update(each)
    return dict(sums)


def changed(before: Mapping[str, int], now: Mapping[str, int]) -> set[str]:
    """The names of the figures that were kept and are another now."""
    return {name for name, value in before.items() if now.get(name, value) != value}
