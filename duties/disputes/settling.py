"""What becomes of disputes, in figures, which also those may see who may know of none of them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from sqlalchemy import and_, or_, select

from duties.disputes import ladder
from duties.models import Attempt, Dispute, Result, Rung
from ground.db import db
from people.models import Area


@dataclass
class Figures:
    """Some days' disputes: how many were opened, how many were at hand (opened until then, and not ended
    before), how many were settled on which rung or withdrawn, and how many days each settlement took."""

    opened: int = 0
    at_hand: int = 0
    withdrawn: int = 0
    settled: Counter[Rung] = field(default_factory=Counter)
    days: list[int] = field(default_factory=list)

    @property
    def rate(self) -> int | None:
        """How many of those at hand were settled, in whole per cent; None where there was none."""
        return round(100 * self.settled.total() / self.at_hand) if self.at_hand else None

    @property
    def days_to_settle(self) -> float | None:
        """The median of the days from opening to settling; None where none was settled."""
        return median(self.days) if self.days else None

    @property
    def going_on(self) -> int:
        """How many had not ended on the last day."""
        return self.at_hand - self.withdrawn - self.settled.total()


def figures(villages: Sequence[Area], first: date, last: date) -> Figures:
    """The figures of these villages together, for the days from first to last."""
    total = Figures()
    for each in of_each(villages, first, last).values():
        total.opened += each.opened
        total.at_hand += each.at_hand
        total.withdrawn += each.withdrawn
        total.settled += each.settled
        total.days += each.days
    return total


def of_each(villages: Iterable[Area], first: date, last: date) -> dict[int, Figures]:
    """The figures of each village by its id, for the days from first to last; of one without disputes, none.

    What ended after the last day was still going on; what was taken back does not count.
    """
    ends = and_(
        Attempt.dispute_id == Dispute.id,
        Attempt.result != Result.FAILED,
        Attempt.on <= last,
        ~ladder.is_undone(),
    )
    found = db.session.execute(
        select(Dispute.village_id, Dispute.opened_on, Attempt.rung, Attempt.result, Attempt.on)
        .outerjoin(Attempt, ends)
        .where(
            Dispute.village_id.in_([village.id for village in villages]),
            Dispute.opened_on <= last,
            or_(Attempt.id.is_(None), Attempt.on >= first),
        )
    )
    each: dict[int, Figures] = defaultdict(Figures)
    for village_id, opened_on, rung, result, on in found:
        counted = each[village_id]
        counted.at_hand += 1
        counted.opened += opened_on >= first
        if result == Result.SETTLED:
            counted.settled[rung] += 1
            counted.days.append((on - opened_on).days)
        elif result == Result.WITHDRAWN:
            counted.withdrawn += 1
    return dict(each)
