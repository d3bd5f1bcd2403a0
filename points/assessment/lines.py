"""What the meeting wrote down, as it is read at the lines it is about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ground.db import db
from points.assessment import members
from points.models import Adjustment, Assessment, Recusal


@dataclass
class Said:
    """What was written at a worker's line: every adjustment, also those taken back, and who is left out."""

    adjustments: list[Adjustment] = field(default_factory=list)
    recusals: list[Recusal] = field(default_factory=list)

    @property
    def standing(self) -> list[Adjustment]:
        """The adjustments without those that were taken back, and what took them back."""
        return standing(self.adjustments)

    @property
    def last(self) -> int:
        """The id of the last adjustment, 0 for none: what a writer who sees this line has seen."""
        return max((adjustment.id for adjustment in self.adjustments), default=0)


def adjustments(assessment: Assessment) -> Sequence[Adjustment]:
    """An assessment's adjustments in the order they were written down."""
    return db.session.scalars(
        select(Adjustment)
        .where(Adjustment.assessment_id == assessment.id)
        .options(joinedload(Adjustment.worker), joinedload(Adjustment.actor))
        .order_by(Adjustment.id)
    ).all()


def said(assessment: Assessment) -> dict[int, Said]:
    """By the worker's id, what was written at each line; lines without anything are left out."""
    found: dict[int, Said] = defaultdict(Said)
    for adjustment in adjustments(assessment):
        found[adjustment.worker_id].adjustments.append(adjustment)
    for recusal in members.recusals(assessment):
        found[recusal.worker_id].recusals.append(recusal)
    return dict(found)


def standing(written: Iterable[Adjustment]) -> list[Adjustment]:
    """Without those that were taken back, and what took them back."""
    written = list(written)
    gone = {adjustment.takes_back_id for adjustment in written}
    return [each for each in written if each.takes_back_id is None and each.id not in gone]
