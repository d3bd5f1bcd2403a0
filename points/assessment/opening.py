"""Opening a quarter in one village or in all, reminding, and who is late."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from ground import clock, days
from ground.clock import Quarter
from ground.db import db, lock
from ground.refusal import Refused
from people.models import VILLAGE_LEVELS, Area, User
from points.assessment import assessments, meeting_rules
from points.models import Answer, Assessment, AssessmentState, Objection, Reminder
from points.rubrics import versions


def open_quarter(village: Area, quarter: Quarter, actor: User) -> Assessment:
    """Open the village's assessment of a quarter, once; again returns the same.

    Refused `quarter_not_begun`, `no_rubric` when none was in force on the quarter's first day.
    """
    lock(village)  # the clerk and the county at the same moment open one
    existing = assessments.find_assessment(village, quarter)
    if existing is not None:
        return existing
    if quarter.first_day > clock.today():
        raise Refused("quarter_not_begun", _("This quarter has not begun."), "quarter")
    rubric = versions.in_force(village, quarter)
    if rubric is None:
        raise Refused("no_rubric", _("No rubric was in force on the first day of this quarter."), "quarter")
    assessment = Assessment(
        village_id=village.id,
        quarter_name=str(quarter),
        rubric_id=rubric.id,
        state=AssessmentState.COLLECTING,
        opened_by_id=actor.id,
    )
    db.session.add(assessment)
    db.session.flush()
    return assessment


@dataclass
class OpeningResult:
    """The villages that were opened now, those opened before, and those without a rubric."""

    opened: list[Area] = field(default_factory=list)
    opened_before: list[Area] = field(default_factory=list)
    without_rubric: list[Area] = field(default_factory=list)


def open_everywhere(area: Area, quarter: Quarter, actor: User) -> OpeningResult:
    """Open a quarter in every village of an area where that is possible. Refused `quarter_not_begun`."""
    result = OpeningResult()
    opened_ids = {
        village.id for village, assessment in _villages_and_assessments(area, quarter) if assessment
    }
    for village in villages(area):
        if village.id in opened_ids:
            result.opened_before.append(village)
            continue
        try:
            open_quarter(village, quarter, actor)
        except Refused as refusal:
            if refusal.code != "no_rubric":
                raise
            result.without_rubric.append(village)
        else:
            result.opened.append(village)
    return result


def villages(area: Area) -> list[Area]:
    """The villages and communities of an area, itself included, by code."""
    return list(
        db.session.scalars(
            select(Area)
            .where(Area.code.startswith(area.stem), Area.level.in_(VILLAGE_LEVELS))
            .order_by(Area.code)
        )
    )


def remind(area: Area, quarter: Quarter, due_on: date, note: str, actor: User) -> Reminder:
    """Remind all villages of an area of a quarter: their pages say it until their points are booked.

    Refused `quarter_not_begun`, `bad_day`, `in_past` for the day by which it is due.
    """
    if quarter.first_day > clock.today():
        raise Refused("quarter_not_begun", _("This quarter has not begun."), "quarter")
    days.DUE.check(due_on, "due_on")
    reminder = Reminder(
        area_id=area.id,
        quarter_name=str(quarter),
        due_on=due_on,
        note=note.strip(),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(reminder)
    db.session.flush()
    return reminder


def latest_reminder(area: Area, quarter: Quarter) -> Reminder | None:
    """The last reminder of a quarter that an area sent, or None."""
    return db.session.scalar(
        select(Reminder)
        .where(Reminder.area_id == area.id, Reminder.quarter_name == str(quarter))
        .order_by(Reminder.id.desc())
        .limit(1)
    )


def reminders(village: Area) -> list[Reminder]:
    """The latest reminder of each quarter that a village has not booked yet."""
    area_ids = [village.id]
    ancestor: Area | None = village
    while (ancestor := ancestor.parent if ancestor else None) is not None:
        area_ids.append(ancestor.id)
    booked = select(Assessment.quarter_name).where(
        Assessment.village_id == village.id, Assessment.state == AssessmentState.BOOKED
    )
    oldest_first = db.session.scalars(
        select(Reminder)
        .where(Reminder.area_id.in_(area_ids), Reminder.quarter_name.not_in(booked))
        .order_by(Reminder.id)
    )
    return list({reminder.quarter_name: reminder for reminder in oldest_first}.values())


@dataclass(frozen=True)
class VillageProgress:
    """The progress of a village with a quarter: its assessment, and how many objections wait.

    `had_begun`: it had a rubric that scores the quarter, so that the quarter could be opened.
    """

    village: Area
    assessment: Assessment | None
    is_late: bool
    open_objections: int
    overdue_objections: int
    had_begun: bool


def progress_of_villages(area: Area, quarter: Quarter) -> list[VillageProgress]:
    """The progress of each village of an area with a quarter, by code.

    Late is who has not booked when the county's days after the quarter's end are over, and who has not even
    opened when the quarter is; nobody is late with a quarter from before their first rubric.
    """
    today = clock.today()
    last_day_to_book = quarter.last_day + timedelta(days=meeting_rules.rules_of(area).book_within_days)
    waiting, overdue = _unanswered_counts(area, quarter, today)
    begun = versions.areas_with_rubric(quarter)
    progress = []
    for village, assessment in _villages_and_assessments(area, quarter):
        booked = assessment is not None and assessment.state == AssessmentState.BOOKED
        late = (today > last_day_to_book and not booked) or (assessment is None and today > quarter.last_day)
        had_begun = assessment is not None or village.id in begun
        progress.append(
            VillageProgress(
                village, assessment, late and had_begun, waiting[village.id], overdue[village.id], had_begun
            )
        )
    return progress


def _villages_and_assessments(area: Area, quarter: Quarter) -> list[tuple[Area, Assessment | None]]:
    is_of_village_and_quarter = (Assessment.village_id == Area.id) & (Assessment.quarter_name == str(quarter))
    return [
        (village, assessment)
        for village, assessment in db.session.execute(
            select(Area, Assessment)
            .outerjoin(Assessment, is_of_village_and_quarter)
            .where(
                Area.code.startswith(area.stem),
                Area.level.in_(VILLAGE_LEVELS),
            )
            .order_by(Area.code)
        )
    ]


def _unanswered_counts(area: Area, quarter: Quarter, today: date) -> tuple[Counter[int], Counter[int]]:
    """By village, how many objections wait for an answer, and how many of them are overdue."""
    waiting: Counter[int] = Counter()
    overdue: Counter[int] = Counter()
    for village_id, due_on in db.session.execute(
        select(Assessment.village_id, Objection.due_on)
        .join(Objection, Objection.assessment_id == Assessment.id)
        .join(Area, Assessment.village_id == Area.id)
        .outerjoin(Answer, Answer.objection_id == Objection.id)
        .where(Area.code.startswith(area.stem), Assessment.quarter_name == str(quarter), Answer.id.is_(None))
    ):
        waiting[village_id] += 1
        overdue[village_id] += due_on < today
    return waiting, overdue
