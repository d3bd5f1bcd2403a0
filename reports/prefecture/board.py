"""A prefecture's quarter: each of its counties with what it sent, what it put right, and the sum of all.

Counties stand by their codes, and none is ranked. What is summed is the latest that each sent, by the
function that sums townships to a county.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext

from ground import clock
from ground.clock import Quarter
from people import areas
from people.models import Area
from reports.models import ReceivedReturn
from reports.prefecture import received
from reports.returns import figures, sending
from reports.returns.figures import FIGURES, ReturnFigure, ReturnRatio


@dataclass(frozen=True)
class ChangedFigure:
    """A figure that a correction changed: what it was before, and what it is."""

    figure: ReturnFigure | ReturnRatio
    was: Mapping[str, int]
    now: Mapping[str, int]


@dataclass(frozen=True)
class CountyQuarter:
    """A county's quarter: all that it sent of it, the latest first, and of the quarter before the latest."""

    county: Area
    versions: Sequence[ReceivedReturn]
    before: ReceivedReturn | None
    is_due: bool

    @property
    def latest(self) -> ReceivedReturn | None:
        """The latest that it sent; None if it sent nothing."""
        return self.versions[0] if self.versions else None

    @property
    def is_late(self) -> bool:
        """Whether nothing came by the day it was due."""
        return self.is_due and not self.versions

    @property
    def state(self) -> str:
        """Whether it was sent, is late, or was put right, in words."""
        if self.latest is None:
            return gettext("not sent, late") if self.is_due else gettext("not sent yet")
        if self.latest.version == 1:
            return gettext("sent")
        return gettext("version %(number)s, a correction", number=self.latest.version)

    @property
    def figures(self) -> Mapping[str, int]:
        """The quarter's figures by their names; none where nothing was sent."""
        return self.latest.figures if self.latest else {}

    @property
    def figures_before(self) -> Mapping[str, int]:
        """The same of the quarter before."""
        return self.before.figures if self.before else {}

    @cached_property
    def corrected(self) -> list[ChangedFigure]:
        """The figures that are others in the latest version than in the one before."""
        if len(self.versions) < 2:
            return []
        now, was = (each.figures for each in self.versions[:2])
        names = figures.changed(was, now)
        return [ChangedFigure(figure, was, now) for figure in FIGURES if figure.name in names]


@dataclass(frozen=True)
class PrefectureQuarter:
    """A prefecture's quarter: its counties by code, and the sums of what they sent."""

    quarter: Quarter
    counties: Sequence[CountyQuarter]

    @cached_property
    def sums(self) -> dict[str, int]:
        """The figures of all that sent together."""
        return figures.total(each.latest.figures for each in self.counties if each.latest)

    @cached_property
    def sums_before(self) -> dict[str, int]:
        """The same of the quarter before."""
        return figures.total(each.before.figures for each in self.counties if each.before)

    @property
    def is_corrected(self) -> bool:
        """Whether a county put something right."""
        return any(each.corrected for each in self.counties)

    @property
    def missing(self) -> list[Area]:
        """The counties that sent nothing."""
        return [each.county for each in self.counties if not each.latest]


def prefecture_quarter(quarter: Quarter) -> PrefectureQuarter:
    """The quarter of the prefecture whose database this is."""
    came, before, today = received.of_quarter(quarter), received.of_quarter(quarter.previous), clock.today()
    return PrefectureQuarter(
        quarter,
        [
            CountyQuarter(
                county,
                came.get(county.code, []),
                next(iter(before.get(county.code, [])), None),
                sending.due_on(county, quarter) < today,
            )
            for county in areas.counties()
        ],
    )
