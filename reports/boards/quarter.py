"""A quarter of an area in figures, for all its villages together. Nobody is named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from duties import visits
from duties.disputes import settling
from duties.disputes.settling import DisputeFigures
from ground.clock import Quarter
from people.models import Area
from points import ledger
from points.ledger import PointsFlow
from points.models import Category, ServiceState
from points.services import counting


@dataclass(frozen=True)
class QuarterFigures:
    """The figures of a quarter: points, confirmed services by duty, visits that count, and disputes."""

    quarter: Quarter
    points: PointsFlow
    services: Counter[Category]
    visits: int
    disputes: DisputeFigures


def quarter_figures(villages: Sequence[Area], quarter: Quarter) -> tuple[QuarterFigures, QuarterFigures]:
    """The figures of these villages together: of a quarter, and of the one before it."""
    before, this = ledger.flows([village.id for village in villages], [quarter.previous, quarter])
    return _figures(villages, quarter, this), _figures(villages, quarter.previous, before)


def _figures(villages: Sequence[Area], quarter: Quarter, points: PointsFlow) -> QuarterFigures:
    ids = [village.id for village in villages]
    days = quarter.first_day, quarter.last_day
    services = Counter(
        {
            each.category: each.services
            for each in counting.services_by_duty(ids, *days)
            if each.state == ServiceState.CONFIRMED
        }
    )
    return QuarterFigures(
        quarter, points, services, visits.count_done(ids, *days), settling.figures(villages, *days)
    )
