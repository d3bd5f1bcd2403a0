"""Figures of disputes: opened, at hand, settled, withdrawn, and the days to settle.

They name nobody, so also those may see them who may know of no dispute.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from sqlalchemy import and_, or_, select

from duties.disputes import ladder
from duties.models import Attempt, AttemptResult, Dispute, Rung
from ground.db import among, db
from people.models import Area


@dataclass
class DisputeFigures:
    """The figures of disputes over some days.

    `opened` counts those of these days, `at_hand` those opened until the last day and not ended before the
    first, `settled` by the rung that settled them; `days` are how many each settlement took.
    """

    opened: int = 0
    at_hand: int = 0
    withdrawn: int = 0
    settled: Counter[Rung] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)

    @property
    def rate(self) -> int | None:
        """The share of those at hand that were settled, in whole per cent; None where there was none."""
        return round(100 * self.settled.total() / self.at_hand) if self.at_hand else None

    @property
    def days_to_settle(self) -> float | None:
        """The median of the days from opening to settling; None where none was settled."""
        return median(self.days) if self.days else None

    @property
    def going_on(self) -> int:
        """The number that had not ended on the last day."""
        return self.at_hand - self.withdrawn - self.settled.total()


def figures(villages: Sequence[Area], first: date, last: date) -> DisputeFigures:
    """The figures of these villages together, for the days from first to last."""
    total = DisputeFigures()
    for village_figures in figures_by_village(villages, first, last).values():
        total.opened += village_figures.opened
        total.at_hand += village_figures.at_hand
        total.withdrawn += village_figures.withdrawn
        total.settled += village_figures.settled
        total.days += village_figures.days
    return total


def figures_by_village(villages: Iterable[Area], first: date, last: date) -> dict[int, DisputeFigures]:
    """The figures of each village by its id, for the days from first to last.

    A village without disputes is not in it. What ended after the last day was still going on; what was
    taken back does not count.
    """
    ends = and_(
        Attempt.dispute_id == Dispute.id,
        Attempt.result != AttemptResult.FAILED,
        Attempt.on <= last,
        ~ladder.is_undone(),
    )
    rows = db.session.execute(
        select(Dispute.village_id, Dispute.opened_on, Attempt.rung, Attempt.result, Attempt.on)
        .outerjoin(Attempt, ends)
        .where(
            among(Dispute.village_id, [village.id for village in villages]),
            Dispute.opened_on <= last,
            or_(Attempt.id.is_(None), Attempt.on >= first),
        )
    )
    by_village: dict[int, DisputeFigures] = defaultdict(DisputeFigures)
    for village_id, opened_on, rung, result, on in rows:
        village_figures = by_village[village_id]
        village_figures.at_hand += 1
        village_figures.opened += opened_on >= first
        if result == AttemptResult.SETTLED:
            village_figures.settled[rung] += 1
            village_figures.days.append((on - opened_on).days)
        elif result == AttemptResult.WITHDRAWN:
            village_figures.withdrawn += 1
    return dict(by_village)
