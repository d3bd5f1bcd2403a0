"""Queries for assessments, their notices, and their lines on the wall."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from ground.clock import Quarter
from ground.db import db, lock
from ground.refusal import Refused
from people.models import Area, Person
from points.models import Assessment, AssessmentState, Award, Notice, NoticeLine, Transfer


def find_assessment(village: Area, quarter: Quarter) -> Assessment | None:
    """The village's assessment of a quarter, or None."""
    return db.session.scalar(
        select(Assessment).where(Assessment.village_id == village.id, Assessment.quarter_name == str(quarter))
    )


def assessments_of(village: Area) -> Sequence[Assessment]:
    """The village's assessments, the latest quarter first."""
    return db.session.scalars(
        select(Assessment).where(Assessment.village_id == village.id).order_by(Assessment.quarter_name.desc())
    ).all()


def open_assessment(village: Area) -> Assessment | None:
    """The assessment to which late records and corrections go: the latest not posted yet, or None."""
    return db.session.scalar(
        select(Assessment)
        .where(
            Assessment.village_id == village.id,
            Assessment.state.in_([AssessmentState.COLLECTING, AssessmentState.DELIBERATING]),
        )
        .order_by(Assessment.quarter_name.desc())
        .limit(1)
    )


def lock_in_state(assessment: Assessment, *states: AssessmentState) -> None:
    """Lock an assessment and check that it is in one of these states. Refused `wrong_state`."""
    lock(assessment)
    if assessment.state not in states:
        raise Refused("wrong_state", _("The assessment has moved on. Look at where it stands now."))


def notices(assessment: Assessment) -> Sequence[Notice]:
    """The notices of an assessment, the first posted first."""
    return db.session.scalars(
        select(Notice)
        .where(Notice.assessment_id == assessment.id)
        .options(joinedload(Notice.posted_by))
        .order_by(Notice.number)
    ).all()


def whole_notice(assessment: Assessment) -> Notice | None:
    """The latest notice of the whole sheet, or None before the first."""
    return db.session.scalar(
        select(Notice)
        .where(Notice.assessment_id == assessment.id, Notice.whole)
        .order_by(Notice.number.desc())
        .limit(1)
    )


def is_void(notice: Notice, assessment: Assessment) -> bool:
    """Whether a notice counts no more: its sheet was sent back, or a later one of the whole sheet hangs."""
    latest = whole_notice(assessment)
    is_replaced = latest is not None and notice.number < latest.number
    return is_replaced or assessment.state == AssessmentState.DELIBERATING


def hung(village: Area) -> list[tuple[Assessment, Notice]]:
    """The village's assessments that hang or hung, the latest quarter first; each with its whole notice."""
    notices = db.session.scalars(
        select(Notice)
        .join(Notice.assessment)
        .options(contains_eager(Notice.assessment))
        .where(Assessment.village_id == village.id, Notice.whole)
        .order_by(Assessment.quarter_name.desc(), Notice.number)
    )
    latest = {notice.assessment: notice for notice in notices}
    return list(latest.items())


def latest_lines(assessment: Assessment, *, with_workers: bool = True) -> dict[int, NoticeLine]:
    """Each worker's line as it was posted last, by the worker's id; empty before the first notice.

    A line that is not on the latest notice of the whole sheet hangs no more. The workers themselves come
    along, unless only figures are asked for.
    """
    whole = select(func.max(Notice.number)).where(Notice.assessment_id == assessment.id, Notice.whole)
    posted = db.session.scalars(
        select(NoticeLine)
        .join(NoticeLine.notice)
        .where(Notice.assessment_id == assessment.id, Notice.number >= whole.scalar_subquery())
        .options(joinedload(NoticeLine.notice), *([selectinload(NoticeLine.worker)] if with_workers else []))
        .order_by(Notice.number, NoticeLine.number)
    )
    return {line.worker_id: line for line in posted}


def award_of(assessment: Assessment, worker: Person) -> Transfer | None:
    """The transfer that booked a worker's line, or None."""
    return db.session.scalar(
        select(Transfer)
        .join(Transfer.award)
        .where(Award.assessment_id == assessment.id, Award.worker_id == worker.id)
    )
