"""A quarter's figures under their headings, each beside the quarter before: the same on page and in Excel."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from duties import labels as duty_labels
from points import amounts
from points import labels as points_labels
from reports.boards.quarter import QuarterFigures


class Unit(StrEnum):
    """What a figure counts: tenths of a point, things, per cent, or days."""

    POINTS = "points"
    COUNT = "count"
    PERCENT = "percent"
    DAYS = "days"


@dataclass(frozen=True)
class Line:
    """A figure of a quarter and of the one before; None where there is nothing to say."""

    label: Any
    unit: Unit
    now: float | None
    before: float | None

    @property
    def text(self) -> str:
        """The quarter's figure as people write it."""
        return self._text(self.now)

    @property
    def text_before(self) -> str:
        """The same of the quarter before."""
        return self._text(self.before)

    @property
    def numbers(self) -> tuple[Any, Any]:
        """Both figures as a spreadsheet adds them up."""
        return self._number(self.now), self._number(self.before)

    def _text(self, value: float | None) -> str:
        if value is None:
            return "–"
        if self.unit == Unit.POINTS:
            return amounts.show(int(value))
        return f"{value:g}%" if self.unit == Unit.PERCENT else f"{value:g}"

    def _number(self, value: float | None) -> float | Decimal | None:
        return amounts.as_number(int(value)) if self.unit == Unit.POINTS and value is not None else value


@dataclass(frozen=True)
class BoardPart:
    """Some figures under a heading: those that a chart compares, and others."""

    title: Any
    bars: Sequence[Line]
    others: Sequence[Line] = ()

    @property
    def lines(self) -> list[Line]:
        """All of them, for the table behind the chart."""
        return [*self.bars, *self.others]

    @property
    def most(self) -> float:
        """The largest figure of the chart, by which its bars are drawn; at least 1."""
        return max(1, *(value or 0 for line in self.bars for value in (line.now, line.before)))


def board_parts(this: QuarterFigures, before: QuarterFigures) -> list[BoardPart]:
    """The figures of a quarter beside those of the quarter before."""
    return [_points(this, before), _services(this, before), _disputes(this, before)]


def _points(this: QuarterFigures, before: QuarterFigures) -> BoardPart:
    names = {
        "booked": _("Booked"),
        "redeemed": _("Redeemed"),
        "expired": _("Expired"),
        "outstanding": _("Held by workers at its end"),
    }
    return BoardPart(
        _("Points that came and went"),
        [
            Line(label, Unit.POINTS, getattr(this.points, name), getattr(before.points, name))
            for name, label in names.items()
        ],
    )


def _services(this: QuarterFigures, before: QuarterFigures) -> BoardPart:
    duties = [
        Line(label, Unit.COUNT, this.services[category], before.services[category])
        for category, label in points_labels.DUTIES.items()
    ]
    visits = Line(_("Visits to households"), Unit.COUNT, this.visits, before.visits)
    return BoardPart(_("Services confirmed, by duty"), duties, [visits])


def _disputes(this: QuarterFigures, before: QuarterFigures) -> BoardPart:
    now, then = this.disputes, before.disputes
    settled = [
        Line(gettext("Settled: %(rung)s", rung=label), Unit.COUNT, now.settled[rung], then.settled[rung])
        for rung, label in duty_labels.RUNGS.items()
    ]
    return BoardPart(
        _("Disputes and mediation"),
        [Line(_("Opened"), Unit.COUNT, now.opened, then.opened), *settled],
        [
            Line(_("Withdrawn"), Unit.COUNT, now.withdrawn, then.withdrawn),
            Line(_("Going on"), Unit.COUNT, now.going_on, then.going_on),
            Line(_("Settled, of those at hand"), Unit.PERCENT, now.rate, then.rate),
            Line(_("Days to settle, in the middle"), Unit.DAYS, now.days_to_settle, then.days_to_settle),
        ],
    )
