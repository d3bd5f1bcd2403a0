"""The sheet of an assessment: what the records come to under the rubric, worker by worker.

It is computed: until the meeting from what is confirmed, afterwards from the records the meeting took,
which change only when a confirmation is taken back before the notice. What hangs on the wall is written down
line by line (`NoticeLine`), and the two are compared by `points.verify`. Amounts are tenths of a point.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ground.db import db
from people.models import Grid, Person
from people.roster import duplicates, holders
from points.assessment import assessments
from points.models import Assessment, AssessmentState, Category, RubricItem, Service, ServiceState


@dataclass
class Cell:
    """A worker's services of one category: how many, their points by the rubric, and after the caps."""

    count: int = 0
    raw: int = 0
    capped: int = 0


@dataclass
class SheetRow:
    """One worker's line. It adds up: what was earned, the deductions, the adjustments, and `waived`."""

    worker: Person
    grid: Grid
    late_count: int = 0  # records of earlier quarters that came too late for theirs
    cells: dict[Category, Cell] = field(default_factory=lambda: {category: Cell() for category in Category})
    deductions: int = 0
    adjustments: int = 0
    """All of them: the meeting's, and those that answers to objections brought."""
    answer_adjustments: int = 0
    """Those of the adjustments that answers brought. They change the figure that was posted."""

    @property
    def earned(self) -> int:
        """The categories' points after caps."""
        return sum(cell.capped for cell in self.cells.values())

    @property
    def subtotal(self) -> int:
        """The sum of the records and the meeting; below 0 where more was deducted than earned."""
        return self.earned + self.deductions + self.adjustments - self.answer_adjustments

    @property
    def total(self) -> int:
        """What is booked: never below 0, as a deduction takes what the quarter earned, not what is booked.

        An answer changes what hung on the wall, so it comes after the subtotal was lifted to 0.
        """
        return max(0, max(0, self.subtotal) + self.answer_adjustments)

    @property
    def waived(self) -> int:
        """The deductions that are not taken, so that the line does not fall below 0 (不足0分按0分计)."""
        return self.total - self.earned - self.deductions - self.adjustments


def sheet_rows(assessment: Assessment) -> list[SheetRow]:
    """The sheet: everyone who served in the quarter or has a counted record, by grid code.

    Who served under an entry that was merged before the notice stands on it under the one that was kept.
    """
    quarter = assessment.quarter
    serving = holders.serving_terms(assessment.village, quarter.first_day, quarter.last_day)
    notice = assessments.whole_notice(assessment)
    merged = duplicates.replacing_entries(
        (term.person for term in serving), notice.posted_at if notice else None
    )
    rows: dict[int, SheetRow] = {}
    for term in reversed(serving):
        worker = merged.get(term.person_id, term.person)
        rows[worker.id] = SheetRow(worker, term.grid)
    for service_worker, grid, item, count in _counts(assessment):
        row = rows.get(service_worker.id) or SheetRow(service_worker, grid)
        rows[service_worker.id] = row
        score(row, item, count)
    for worker_id, late in _late_counts(assessment).items():
        rows[worker_id].late_count = late
    for adjustment in assessment.adjustments:
        row = rows.get(adjustment.worker_id) or SheetRow(
            adjustment.worker, holders.last_grid(adjustment.worker)
        )
        row.adjustments += adjustment.amount
        row.answer_adjustments += adjustment.amount if adjustment.answer_id else 0
        rows[adjustment.worker_id] = row
    return sorted(rows.values(), key=lambda row: (row.grid.code, row.worker.id))


def find_row(assessment: Assessment, worker: Person) -> SheetRow | None:
    """A worker's row of the sheet as it stands now, or None."""
    return next((row for row in sheet_rows(assessment) if row.worker.id == worker.id), None)


def score(row: SheetRow, item: RubricItem, count: int) -> None:
    """Add to a row what so many units of an item come to, under the item's cap."""
    points = item.points * count
    if points < 0:
        row.deductions += points
        return
    cell = row.cells[item.category]
    cell.count += count
    cell.raw += points
    cell.capped += points if item.cap is None else min(points, item.cap)


def _counts(assessment: Assessment) -> Iterable[tuple[Person, Grid, RubricItem, int]]:
    """For each worker and item, how often it counts; the grid is that of the latest record."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    grids: dict[int, int] = {}
    for worker_id, item_id, grid_id, count in db.session.execute(
        select(Service.worker_id, Service.item_id, Service.grid_id, func.sum(Service.count))
        .where(is_counted(assessment))
        .group_by(Service.worker_id, Service.item_id, Service.grid_id)
        .order_by(Service.grid_id)
    ):
        counts[worker_id, item_id] += count
        grids[worker_id] = grid_id
    people = _by_id(Person, {worker for worker, _item in counts})
    items = _by_id(RubricItem, {item for _worker, item in counts})
    places = _by_id(Grid, set(grids.values()))
    for (worker_id, item_id), count in counts.items():
        yield people[worker_id], places[grids[worker_id]], items[item_id], count


def deductions(assessment: Assessment) -> Sequence[Service]:
    """The records that take points away on the sheet, the oldest first; each with its worker and item."""
    return db.session.scalars(
        select(Service)
        .join(Service.item)
        .where(is_counted(assessment), RubricItem.points < 0)
        .options(contains_eager(Service.item), joinedload(Service.worker))
        .order_by(Service.done_on, Service.id)
    ).all()


def _late_counts(assessment: Assessment) -> dict[int, int]:
    """For each worker with records of earlier quarters, how many of them are counted now."""
    return dict(
        db.session.execute(
            select(Service.worker_id, func.count())
            .where(is_counted(assessment), Service.done_on < assessment.quarter.first_day)
            .group_by(Service.worker_id)
        ).all()
    )


def _by_id(model: type[Any], ids: set[int]) -> dict[int, Any]:
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids)))}


def is_counted(assessment: Assessment) -> ColumnElement[bool]:
    """The query condition for the service records that the assessment counts.

    Until the meeting: whatever is confirmed up to the quarter's last day and counted nowhere yet, so late
    records of past quarters come to the open one. From then on: what the meeting took.
    """
    if assessment.state != AssessmentState.COLLECTING:
        return Service.assessment_id == assessment.id
    return and_(
        Service.village_id == assessment.village_id,
        Service.state == ServiceState.CONFIRMED,
        Service.assessment_id.is_(None),
        Service.done_on <= assessment.quarter.last_day,
    )
