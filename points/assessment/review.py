"""Looking on from above (复核): the villages' sheets beside each other, and sending one back.

Nothing here ranks villages or people: each figure has a limit, and what is beyond it asks for a look.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select

from ground import clock
from ground.clock import Quarter
from ground.db import db
from ground.refusal import stated
from people.models import Area, User
from points.assessment import finding, opening
from points.models import (
    Assessment,
    AssessmentState,
    Category,
    Look,
    Notice,
    NoticeLine,
    SentBack,
    Service,
)

# In percent: of last quarter's total, of all earned points, of all earned points, of all confirmed records.
FAR, DOMINANT, ADJUSTED, CONFIRMED = 50, 60, 10, 90
FEW = 10  # below so many records the share of one confirmer says nothing


@dataclass
class Figures:
    """A village's sheet in figures, tenths of a point; shares in percent of what they are a share of.

    `total` is None before there is a notice, `last` when last quarter was not posted.
    """

    standing: opening.Standing
    workers: int = 0
    total: int | None = None
    last: int | None = None
    category: Category | None = None
    category_share: int = 0
    adjusted_share: int = 0
    confirmer: str | None = None
    confirmer_share: int = 0
    looks: list[Look] = field(default_factory=list)

    @property
    def change(self) -> int | None:
        """How far the total is from last quarter's, in percent of it."""
        if self.total is None or not self.last:
            return None
        return round((self.total - self.last) * 100 / self.last)


def figures(area: Area, quarter: Quarter) -> list[Figures]:
    """The figures of each village of an area, by code, as posted."""
    found = [Figures(standing) for standing in opening.standings(area, quarter)]
    ids = {each.standing.assessment.id for each in found if each.standing.assessment}
    now, before = _posted(area, quarter), _posted(area, quarter.previous)
    confirmers = _confirmers(ids)
    for each in found:
        lines = now.get(each.standing.village.id)
        last = before.get(each.standing.village.id)
        each.last = sum(line.total for line in last) if last else None
        if lines:
            _fill(each, lines)
        if each.standing.assessment:
            _name_confirmer(each, confirmers[each.standing.assessment.id])
        if each.standing.overdue:
            each.looks.append(Look.OVERDUE)
    return found


def _fill(each: Figures, lines: list[NoticeLine]) -> None:
    earned = {category: sum(line.cells[category][2] for line in lines) for category in Category}
    adjusted = sum(abs(line.adjustments) for line in lines)
    together = sum(earned.values())
    each.workers, each.total = len(lines), sum(line.total for line in lines)
    each.category = max(earned, key=lambda category: earned[category])
    each.category_share = _percent(earned[each.category], together)
    each.adjusted_share = _percent(adjusted, together)
    if each.change is not None and abs(each.change) > FAR:
        each.looks.append(Look.FAR_FROM_LAST)
    if each.category_share > DOMINANT:
        each.looks.append(Look.ONE_CATEGORY)
    if each.adjusted_share > ADJUSTED:
        each.looks.append(Look.MUCH_ADJUSTED)


def _name_confirmer(each: Figures, counts: dict[str, int]) -> None:
    if sum(counts.values()) < FEW:
        return
    each.confirmer = max(counts, key=lambda name: counts[name])
    each.confirmer_share = _percent(counts[each.confirmer], sum(counts.values()))
    if each.confirmer_share > CONFIRMED:
        each.looks.append(Look.ONE_CONFIRMER)


def _percent(part: int, whole: int) -> int:
    return round(part * 100 / whole) if whole else (100 if part else 0)


def _posted(area: Area, quarter: Quarter) -> dict[int, list[NoticeLine]]:
    """By village, each worker's line as it hung last."""
    latest: dict[int, dict[int, NoticeLine]] = defaultdict(dict)
    for village_id, line in db.session.execute(
        select(Assessment.village_id, NoticeLine)
        .join(Notice, NoticeLine.notice_id == Notice.id)
        .join(Assessment, Notice.assessment_id == Assessment.id)
        .join(Area, Assessment.village_id == Area.id)
        .where(Area.code.startswith(area.stem), Assessment.quarter_name == str(quarter))
        .order_by(Notice.number)
    ):
        latest[village_id][line.worker_id] = line
    return {village_id: list(lines.values()) for village_id, lines in latest.items()}


def _confirmers(assessment_ids: set[int]) -> dict[int, dict[str, int]]:
    """By assessment, how many of its records each person confirmed."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for assessment_id, _ident, name, count in db.session.execute(
        select(Assessment.id, User.id, User.name, func.count())
        .select_from(Service)
        .join(Assessment, Service.assessment_id == Assessment.id)
        .join(User, Service.decided_by_id == User.id)
        .where(Assessment.id.in_(assessment_ids))
        .group_by(Assessment.id, User.id, User.name)
    ):
        counts[assessment_id][name] = counts[assessment_id].get(name, 0) + count
    return counts


def send_back(assessment: Assessment, reason: str, actor: User) -> SentBack:
    """Send a posted assessment back to its meeting, before anything of it is booked (退回).

    What hung on the wall stays written down; the whole sheet is posted anew when the meeting is through.
    Refused `wrong_state`, `reason_missing`.
    """
    assessment = finding.in_state(assessment, AssessmentState.ON_NOTICE)
    sent = SentBack(assessment_id=assessment.id, reason=stated(reason), actor_id=actor.id, at=clock.now())
    db.session.add(sent)
    assessment.state = AssessmentState.DELIBERATING
    assessment.revision += 1
    db.session.flush()
    db.session.expire(assessment, ["sent_back"])
    return sent
