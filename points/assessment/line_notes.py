"""The adjustments and recusals of a meeting, by the worker whose line they are about."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ground.db import db
from people.models import Area
from points.assessment import members, sheet
from points.models import Adjustment, Assessment, Recusal, Service

REASONS = 12  # so many earlier ones are offered to pick again


@dataclass
class LineNotes:
    """The notes at a worker's line: deductions, all adjustments, also those taken back, and the recusals."""

    deductions: list[Service] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    recusals: list[Recusal] = field(default_factory=list)

    @property
    def standing_adjustments(self) -> list[Adjustment]:
        """The adjustments that count: without those taken back, and without what took them back."""
        return standing_adjustments(self.adjustments)

    @property
    def last_adjustment_id(self) -> int:
        """The id of the last adjustment, 0 for none.

        A writer sends it along, to show which adjustments of the line they have seen.
        """
        return max((adjustment.id for adjustment in self.adjustments), default=0)


def adjustments(assessment: Assessment) -> Sequence[Adjustment]:
    """An assessment's adjustments in the order they were written down."""
    return db.session.scalars(
        select(Adjustment)
        .where(Adjustment.assessment_id == assessment.id)
        .options(joinedload(Adjustment.worker), joinedload(Adjustment.actor))
        .order_by(Adjustment.id)
    ).all()


def recent_reasons(village: Area) -> Sequence[str]:
    """The reasons of adjustments that the village wrote last, each once, the latest first."""
    return db.session.scalars(
        select(Adjustment.reason)
        .join(Assessment, Adjustment.assessment_id == Assessment.id)
        .where(Assessment.village_id == village.id, Adjustment.answer_id.is_(None))
        .group_by(Adjustment.reason)
        .order_by(func.max(Adjustment.id).desc())
        .limit(REASONS)
    ).all()


def notes_by_worker(assessment: Assessment) -> dict[int, LineNotes]:
    """The notes at each line, by the worker's id; lines without any are left out."""
    notes: dict[int, LineNotes] = defaultdict(LineNotes)
    for record in sheet.deductions(assessment):
        notes[record.worker_id].deductions.append(record)
    for adjustment in adjustments(assessment):
        notes[adjustment.worker_id].adjustments.append(adjustment)
    for recusal in members.recusals(assessment):
        notes[recusal.worker_id].recusals.append(recusal)
    return dict(notes)


def standing_adjustments(adjustments: Iterable[Adjustment]) -> list[Adjustment]:
    """The adjustments that count: without those taken back, and without what took them back."""
    adjustments = list(adjustments)
    taken_back_ids = {undoing.takes_back_id for undoing in adjustments}
    return [
        adjustment
        for adjustment in adjustments
        if adjustment.takes_back_id is None and adjustment.id not in taken_back_ids
    ]
