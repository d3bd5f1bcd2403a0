"""Review from above (复核): the villages' sheets side by side, and sending one back.

Nothing here ranks villages or people: each figure has a limit, and what is beyond it asks for a look.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, func, select

from ground import clock, names
from ground.clock import Quarter
from ground.db import db
from ground.refusal import required_reason
from people.models import Area, User
from points.assessment import assessments, opening
from points.models import (
    Assessment,
    AssessmentState,
    Category,
    Notice,
    NoticeLine,
    ReviewSign,
    SentBack,
    Service,
)

# In percent: of last quarter's total, of all earned points, of all earned points, of all confirmed records.
FAR_PERCENT, DOMINANT_PERCENT, ADJUSTED_PERCENT, CONFIRMED_PERCENT = 50, 60, 10, 90
AFTER_CAPS = 2  # the place of a category's points in a posted line's cell
FEW_SERVICES = 10  # below so many records the share of one confirmer says nothing


@dataclass
class ReviewFigures:
    """A village's sheet in figures, tenths of a point; shares in percent of what they are a share of.

    `total` is None before there is a notice, `last_total` when last quarter was not posted.
    """

    progress: opening.VillageProgress
    workers: int = 0
    total: int | None = None
    last_total: int | None = None
    category: Category | None = None
    category_share: int = 0
    adjusted_share: int = 0
    confirmer: str | None = None
    confirmer_share: int = 0
    signs: list[ReviewSign] = field(default_factory=list)

    @property
    def change_percent(self) -> int | None:
        """How far the total is from last quarter's, in percent of it."""
        if self.total is None or not self.last_total:
            return None
        return round((self.total - self.last_total) * 100 / self.last_total)


def figures(area: Area, quarter: Quarter) -> list[ReviewFigures]:
    """The figures of each village of an area, by code, as posted."""
    all_figures = [ReviewFigures(progress) for progress in opening.progress_of_villages(area, quarter)]
    assessment_ids = {
        sheet_figures.progress.assessment.id
        for sheet_figures in all_figures
        if sheet_figures.progress.assessment
    }
    posted_now, posted_before = _posted_sums(area, quarter), _posted_totals(area, quarter.previous)
    confirmers = _confirmers(assessment_ids)
    for sheet_figures in all_figures:
        village_id = sheet_figures.progress.village.id
        sheet_figures.last_total = posted_before.get(village_id)
        if village_id in posted_now:
            _fill_figures(sheet_figures, posted_now[village_id])
        if sheet_figures.progress.assessment:
            _name_confirmer(sheet_figures, confirmers[sheet_figures.progress.assessment.id])
        if sheet_figures.progress.overdue_objections:
            sheet_figures.signs.append(ReviewSign.OVERDUE)
    return all_figures


def _fill_figures(sheet_figures: ReviewFigures, posted: Row[Any]) -> None:
    earned = {category: getattr(posted, category) for category in Category}
    earned_total = sum(earned.values())
    sheet_figures.workers, sheet_figures.total = posted.workers, posted.total
    sheet_figures.category = max(earned, key=lambda category: earned[category])
    sheet_figures.category_share = _percent(earned[sheet_figures.category], earned_total)
    sheet_figures.adjusted_share = _percent(posted.adjusted, earned_total)
    if sheet_figures.change_percent is not None and abs(sheet_figures.change_percent) > FAR_PERCENT:
        sheet_figures.signs.append(ReviewSign.FAR_FROM_LAST)
    if sheet_figures.category_share > DOMINANT_PERCENT:
        sheet_figures.signs.append(ReviewSign.ONE_CATEGORY)
    if sheet_figures.adjusted_share > ADJUSTED_PERCENT:
        sheet_figures.signs.append(ReviewSign.MUCH_ADJUSTED)


def _name_confirmer(sheet_figures: ReviewFigures, counts: Counter[str]) -> None:
    if sum(counts.values()) < FEW_SERVICES:
        return
    ((sheet_figures.confirmer, most),) = counts.most_common(1)
    sheet_figures.confirmer_share = _percent(most, sum(counts.values()))
    if sheet_figures.confirmer_share > CONFIRMED_PERCENT:
        sheet_figures.signs.append(ReviewSign.ONE_CONFIRMER)


def _percent(part: int, whole: int) -> int:
    return round(part * 100 / whole) if whole else (100 if part else 0)


def _latest_lines(area: Area, quarter: Quarter) -> Any:
    """Each worker's line as it was posted last, as columns of a query to sum by village."""
    latest_first = func.row_number().over(
        partition_by=(Assessment.village_id, NoticeLine.worker_id), order_by=Notice.number.desc()
    )
    lines = (
        select(
            *(Assessment.village_id, NoticeLine.total, NoticeLine.adjustments, NoticeLine.cells),
            latest_first.label("place"),
        )
        .join(Notice, NoticeLine.notice_id == Notice.id)
        .join(Assessment, Notice.assessment_id == Assessment.id)
        .join(Area, Assessment.village_id == Area.id)
        .where(Area.code.startswith(area.stem), Assessment.quarter_name == str(quarter))
        .subquery()
    )
    return select(lines).where(lines.c.place == 1).subquery().c


def _posted_totals(area: Area, quarter: Quarter) -> dict[int, int]:
    """What the workers' lines of a quarter come to, by village, in tenths of a point."""
    lines = _latest_lines(area, quarter)
    totals = select(lines.village_id, func.sum(lines.total)).group_by(lines.village_id)
    return dict(db.session.execute(totals).all())


def _posted_sums(area: Area, quarter: Quarter) -> dict[int, Row[Any]]:
    """The sums of the workers' lines of a quarter, by village, in tenths of a point.

    How many `workers`, their `total`, how much was `adjusted` up or down, and for each category by its own
    name what was earned in it.
    """
    lines = _latest_lines(area, quarter)
    sums = select(
        lines.village_id,
        func.count().label("workers"),
        func.sum(lines.total).label("total"),
        func.sum(func.abs(lines.adjustments)).label("adjusted"),
        *(
            func.sum(lines.cells[(category.value, AFTER_CAPS)].as_integer()).label(category.value)
            for category in Category
        ),
    ).group_by(lines.village_id)
    return {row.village_id: row for row in db.session.execute(sums)}


def _confirmers(assessment_ids: set[int]) -> dict[int, Counter[str]]:
    """How many records each person confirmed, by any of their sign-ins, by assessment and name."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    written: dict[str, str] = {}
    for assessment_id, _ident, name, count in db.session.execute(
        select(Assessment.id, User.id, User.name, func.count())
        .select_from(Service)
        .join(Assessment, Service.assessment_id == Assessment.id)
        .join(User, Service.decided_by_id == User.id)
        .where(Assessment.id.in_(assessment_ids))
        .group_by(Assessment.id, User.id, User.name)
    ):
        counts[assessment_id][written.setdefault(names.folded(name), name)] += count
    return counts


def send_back(assessment: Assessment, reason: str, actor: User) -> SentBack:
    """Send a posted assessment back to its meeting, before anything of it is booked (退回).

    What hung on the wall stays written down; the whole sheet is posted anew when the meeting is through.
    Refused `wrong_state`, `reason_missing`.
    """
    assessments.lock_in_state(assessment, AssessmentState.ON_NOTICE)
    sent = SentBack(
        assessment_id=assessment.id, reason=required_reason(reason), actor_id=actor.id, at=clock.now()
    )
    db.session.add(sent)
    assessment.state = AssessmentState.DELIBERATING
    assessment.revision += 1
    db.session.flush()
    db.session.expire(assessment, ["sent_back"])
    return sent
