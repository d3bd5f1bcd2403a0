"""Posted notices with all they say, and the state of an assessment's wall.

The state says which lines can be booked now, and which wait and why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db
from people.models import Area
from points.assessment import assessments, line_notes, sheet
from points.models import (
    Adjustment,
    Answer,
    Assessment,
    AssessmentState,
    Correction,
    Member,
    Notice,
    NoticeLine,
    Objection,
    Recusal,
    Service,
)
from points.wall import booking, correcting, objections, posting


@dataclass(frozen=True)
class PostedNotice:
    """A notice with all that is printed on it; names in `lines` are masked already.

    `deductions` are the records that took points from its lines. `adjustments` are those in its lines,
    `answers` by id those to objections that brought some of them. `totals_before` holds what the lines of a
    notice of changes came to when they hung last, by worker, in tenths.
    `recusals` and `corrections` stand on notices of whole sheets only.
    """

    assessment: Assessment
    notice: Notice
    lines: Sequence[NoticeLine]
    deductions: Sequence[Service]
    adjustments: Sequence[Adjustment]
    answers: Mapping[int, Answer]
    totals_before: Mapping[int, int]
    recusals: Sequence[Recusal]
    corrections: Sequence[Correction]


def posted_notice(assessment: Assessment, notice: Notice) -> PostedNotice:
    """A notice with all that is printed on it."""
    return _with_notes(assessment, notice, _lines(notice))


def draft_notice(assessment: Assessment) -> PostedNotice:
    """The whole sheet as it would hang if it were posted now; nothing of it is kept."""
    notice, lines = posting.draft(assessment)
    return _with_notes(assessment, notice, lines)


def _with_notes(assessment: Assessment, notice: Notice, lines: Sequence[NoticeLine]) -> PostedNotice:
    workers = {line.worker_id for line in lines}
    adjustments = [
        adjustment
        for adjustment in assessment.adjustments
        if adjustment.id <= notice.last_adjustment_id and adjustment.worker_id in workers
    ]
    corrections = correcting.corrections_on_sheet(assessment) if notice.whole else ()
    return PostedNotice(
        assessment,
        notice,
        lines,
        [record for record in sheet.deductions(assessment) if record.worker_id in workers],
        line_notes.standing_adjustments(adjustments),
        _answers(adjustments),
        {} if notice.whole else _totals_before(notice, workers),
        _recusals(assessment, notice) if notice.whole else (),
        [correction for correction in corrections if correction.at <= notice.posted_at],
    )


def posted_notices(assessment: Assessment) -> list[PostedNotice]:
    """The notices of an assessment that count: the latest whole one, and the changes after it."""
    whole = assessments.whole_notice(assessment)
    if whole is None:
        return []
    return [
        posted_notice(assessment, notice)
        for notice in assessments.notices(assessment)
        if notice.number >= whole.number
    ]


def _lines(notice: Notice) -> Sequence[NoticeLine]:
    return db.session.scalars(
        select(NoticeLine)
        .where(NoticeLine.notice_id == notice.id)
        .options(joinedload(NoticeLine.worker))
        .order_by(NoticeLine.number)
    ).all()


def _recusals(assessment: Assessment, notice: Notice) -> Sequence[Recusal]:
    """Who was left out of which line; what came after it was sent back stands on the next sheet."""
    return db.session.scalars(
        select(Recusal)
        .join(Recusal.member)
        .where(Member.assessment_id == assessment.id, Recusal.at <= notice.posted_at)
        .options(contains_eager(Recusal.member), joinedload(Recusal.worker))
        .order_by(Recusal.id)
    ).all()


def _answers(adjustments: Sequence[Adjustment]) -> dict[int, Answer]:
    """The answers that brought adjustments, by id, each with its objection."""
    ids = {adjustment.answer_id for adjustment in adjustments if adjustment.answer_id is not None}
    query = select(Answer).where(Answer.id.in_(ids)).options(joinedload(Answer.objection))
    return {answer.id: answer for answer in db.session.scalars(query)}


def _totals_before(notice: Notice, workers: set[int]) -> dict[int, int]:
    """The totals of lines as they were posted last before a notice, by worker, in tenths."""
    return dict(
        db.session.execute(
            select(NoticeLine.worker_id, NoticeLine.total)
            .join(NoticeLine.notice)
            .where(
                Notice.assessment_id == notice.assessment_id,
                Notice.number < notice.number,
                NoticeLine.worker_id.in_(workers),
            )
            .order_by(Notice.number)  # of several the last stays
        ).all()
    )


@dataclass(frozen=True)
class WallState:
    """The state of an assessment's wall: its notices, its objections, and its lines.

    `ready_lines` can be booked now, `waiting_lines` have a reason to wait; `changed_count` is how
    many lines changed since they hung.
    """

    notices: Sequence[Notice]
    objections: Sequence[Objection]
    ready_lines: Sequence[NoticeLine]
    waiting_lines: Sequence[booking.BookableLine]
    changed_count: int

    @property
    def ready_tenths(self) -> int:
        """The tenths that can be booked now."""
        return sum(line.total for line in self.ready_lines)

    @property
    def tenths_to_come(self) -> int:
        """The tenths that will be booked once nothing waits any more."""
        return self.ready_tenths + sum(line.posted_line.total for line in self.waiting_lines)

    @property
    def wait_reasons(self) -> dict[int, booking.WaitReason]:
        """The reasons why lines wait, by worker; without those for which only a notice has to end."""
        reasons = {line.posted_line.worker_id: line.wait_reason for line in self.waiting_lines}
        return {
            worker: why for worker, why in reasons.items() if why and why != booking.WaitReason.NOTICE_RUNS
        }


def wall_state(assessment: Assessment) -> WallState:
    """The state of an assessment's wall."""
    is_posted = assessment.state in objections.ON_THE_WALL
    lines = booking.bookable_lines(assessment) if is_posted else []
    return WallState(
        assessments.notices(assessment),
        objections.objections_of(assessment),
        [line.posted_line for line in lines if line.wait_reason is None],
        [line for line in lines if line.wait_reason is not None],
        len(posting.changed_workers(assessment, assessments.latest_lines(assessment))) if is_posted else 0,
    )


def open_lines(assessment: Assessment) -> list[NoticeLine]:
    """The lines to which somebody may still object, by number: what hangs on the wall and is not booked."""
    lines = sorted(assessments.latest_lines(assessment).values(), key=lambda line: line.number)
    if assessment.state == AssessmentState.ON_NOTICE:
        return lines
    if assessment.state != AssessmentState.BOOKED:
        return []
    waiting = {line.posted_line.worker_id for line in booking.bookable_lines(assessment)}
    today = clock.today()
    return [
        line
        for line in lines
        if line.worker_id in waiting or (line.total == 0 and today <= line.notice.ends_on)
    ]


def unfinished_assessments(village: Area) -> list[Assessment]:
    """The village's assessments that are not through, the latest first.

    Those not booked, and booked ones of which a line still waits because somebody objected to it.
    """
    contested = select(Objection.assessment_id)
    listed = db.session.scalars(
        select(Assessment)
        .where(
            Assessment.village_id == village.id,
            or_(Assessment.state != AssessmentState.BOOKED, Assessment.id.in_(contested)),
        )
        .order_by(Assessment.quarter_name.desc())
    )
    return [
        assessment
        for assessment in listed
        if assessment.state != AssessmentState.BOOKED or booking.bookable_lines(assessment)
    ]
