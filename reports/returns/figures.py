"""The figures of a return: their lasting names, titles and units, and how each comes to a sum.

A `Figure` is a whole number that is kept with a return, and adds up from level to level. A `Ratio` is never
kept: at each level it is computed from two figures that are. A name stands in returns that were sent, and is
never given to another figure.
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


class Unit(StrEnum):
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
    Unit.GRIDS: _("grids"),
    Unit.PEOPLE: _("people"),
    Unit.HOUSEHOLDS: _("households"),
    Unit.TIMES: _("times"),
    Unit.CASES: _("cases"),
    Unit.GOODS: _("pieces"),
    Unit.DAYS: _("days"),
    Unit.POINTS: _("pts"),
    Unit.YUAN: _("yuan"),
    Unit.PERCENT: "%",
}


@dataclass(frozen=True)
class Figure:
    """A figure that is kept, under its lasting name; of an area it is the sum of those below."""

    name: str
    title: Any
    unit: Unit

    def number(self, kept: Mapping[str, int]) -> int | Decimal | None:
        """The figure as a spreadsheet adds it up, in points or yuan; None where it was not kept."""
        value = kept.get(self.name)
        if value is None:
            return None
        if self.unit == Unit.POINTS:
            return amounts.as_number(value)
        return Decimal(value).scaleb(-2) if self.unit == Unit.YUAN else value


@dataclass(frozen=True)
class Ratio:
    """A figure that does not add up: at each level one kept figure by another, times `scale`."""

    name: str
    title: Any
    unit: Unit
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
class Part:
    """Some figures under a heading, by its name in addresses."""

    name: str
    title: Any
    figures: tuple[Figure | Ratio, ...]


PARTS = (
    Part(
        "grids",
        _("Grids and workers on the last day"),
        (
            Figure("grids", _("Grids"), Unit.GRIDS),
            Figure("grids_served", _("Grids served by a worker"), Unit.GRIDS),
            Figure("grids_vacant", _("Grids without a worker"), Unit.GRIDS),
            Figure("workers", _("Workers who serve"), Unit.PEOPLE),
        ),
    ),
    Part(
        "services",
        _("Services confirmed, by duty"),
        tuple(
            Figure(f"services_{category}", title, Unit.TIMES)
            for category, title in points_labels.DUTIES.items()
        ),
    ),
    Part(
        "visits",
        _("Visits and gatherings"),
        (
            Figure("visits", _("Visits to households"), Unit.TIMES),
            Figure("households_visited", _("Households visited"), Unit.HOUSEHOLDS),
            Figure("households_overdue", _("Households overdue on the last day"), Unit.HOUSEHOLDS),
            Figure("gatherings", _("Gatherings"), Unit.TIMES),
            Figure("people_gathered", _("People present, all together"), Unit.PEOPLE),
        ),
    ),
    Part(
        "disputes",
        _("Disputes and mediation"),
        (
            Figure("disputes_opened", _("Disputes opened"), Unit.CASES),
            Figure("disputes_at_hand", _("Disputes at hand"), Unit.CASES),
            *(
                Figure(f"disputes_settled_{rung}", _("Settled: %(rung)s", rung=title), Unit.CASES)
                for rung, title in duty_labels.RUNGS.items()
            ),
            Figure("disputes_settled", _("Disputes settled, all together"), Unit.CASES),
            Figure("disputes_withdrawn", _("Disputes withdrawn"), Unit.CASES),
            Figure("disputes_going_on", _("Disputes going on"), Unit.CASES),
            Ratio(
                "disputes_rate",
                _("Settled, of those at hand"),
                Unit.PERCENT,
                "disputes_settled",
                "disputes_at_hand",
                scale=100,
            ),
            Figure("disputes_days", _("Days that settling took, all together"), Unit.DAYS),
            Ratio(
                "disputes_mean_days",
                _("Days to settle, on average"),
                Unit.DAYS,
                "disputes_days",
                "disputes_settled",
            ),
        ),
    ),
    Part(
        "incidents",
        _("Hazards and emergencies"),
        (
            Figure("hazards", _("Hazards found"), Unit.CASES),
            Figure("hazards_open", _("Hazards not closed on the last day"), Unit.CASES),
            Figure("emergencies", _("Emergencies reported"), Unit.CASES),
            Figure("emergencies_open", _("Emergencies not closed on the last day"), Unit.CASES),
        ),
    ),
    Part(
        "points",
        _("Points of the quarter"),
        (
            Figure("workers_awarded", _("Workers awarded for the quarter"), Unit.PEOPLE),
            Figure("points_awarded", _("Points awarded for the quarter"), Unit.POINTS),
            Figure("objections", _("Objections to the notice"), Unit.CASES),
            Figure("objections_accepted", _("Objections found right"), Unit.CASES),
            Figure("points_booked", _("Points booked in the quarter"), Unit.POINTS),
            Figure("points_redeemed", _("Points redeemed in the quarter"), Unit.POINTS),
            Figure("points_lapsed", _("Points lapsed in the quarter"), Unit.POINTS),
            Figure("points_held", _("Points that workers held at its end"), Unit.POINTS),
        ),
    ),
    Part(
        "goods",
        _("Goods and redemptions"),
        (
            Figure("goods_before", _("Goods on hand before"), Unit.GOODS),
            Figure("goods_in", _("Goods that came in"), Unit.GOODS),
            Figure("goods_redeemed", _("Goods redeemed"), Unit.GOODS),
            Figure("goods_gone", _("Goods gone otherwise"), Unit.GOODS),
            Figure("goods_on_hand", _("Goods on hand at its end"), Unit.GOODS),
            Figure("goods_points", _("What they cost in points then"), Unit.POINTS),
            Figure("goods_fen", _("What they were bought for"), Unit.YUAN),
            Figure("goods_without_cost", _("Goods of which no cost is known"), Unit.GOODS),
            Figure("redemptions", _("Redemptions"), Unit.TIMES),
            Figure("workers_served", _("Workers who redeemed"), Unit.PEOPLE),
            Figure("donations", _("Donations"), Unit.TIMES),
            Figure("donors", _("Donors, in each village"), Unit.PEOPLE),
        ),
    ),
)

FIGURES = tuple(each for part in PARTS for each in part.figures)
KEPT_NAMES = tuple(each.name for each in FIGURES if isinstance(each, Figure))


def total(kept: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The figures of some returns together, each the sum of theirs; of none each is 0."""
    sums = Counter(dict.fromkeys(KEPT_NAMES, 0))
    for each in kept:
        sums.update(each)
    return dict(sums)


def changed(before: Mapping[str, int], now: Mapping[str, int]) -> set[str]:
    """The names of the figures that were kept and are another now."""
    return {name for name, value in before.items() if now.get(name, value) != value}
