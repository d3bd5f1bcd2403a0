"""Booking (入账): what hung on the wall goes into the ledger, line by line, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.clock import Quarter
from ground.db import db
from ground.refusal import Refused
from people.models import Area, Role, User
from people.roster import persons
from people.signin import humans
from points import keys, ledger
from points.assessment import assessments
from points.models import (
    Assessment,
    AssessmentState,
    Award,
    Correction,
    Notice,
    NoticeLine,
    Transfer,
    TransferKind,
)
from points.wall import objections, posting


class WaitReason(StrEnum):
    """The reason why a posted line cannot be booked yet."""

    NOTICE_RUNS = "notice_runs"
    OBJECTION = "objection"
    TO_POST = "to_post"


@dataclass(frozen=True)
class BookableLine:
    """A posted line on its way to the ledger; `wait_reason` None if nothing stands in its way."""

    posted_line: NoticeLine
    wait_reason: WaitReason | None


def bookable_lines(assessment: Assessment) -> list[BookableLine]:
    """The posted lines with points that are not in the ledger yet, by number, each with why it waits.

    A line waits while an objection to it is not answered, while a change that an answer brought is not
    posted, and until its last notice is over.
    """
    lines = assessments.latest_lines(assessment)
    booked = _booked_keys(assessment)
    contested = objections.contested_worker_ids(assessment)
    changed = posting.changed_workers(assessment, lines)
    today = clock.today()
    bookable = []
    for line in sorted(lines.values(), key=lambda line: line.number):
        if line.worker_id in booked:
            continue
        reason = None
        if line.worker_id in contested:
            reason = WaitReason.OBJECTION
        elif line.worker_id in changed:
            reason = WaitReason.TO_POST
        elif today <= line.notice.ends_on:
            reason = WaitReason.NOTICE_RUNS
        if line.total > 0 or reason in (WaitReason.OBJECTION, WaitReason.TO_POST):
            bookable.append(BookableLine(line, reason))
    return bookable


def bookable_assessments(actor: User, quarter: Quarter, area: Area | None) -> list[Assessment]:
    """The assessments of a quarter whose notice is over, where this chair books.

    In the villages of an area, or in all; by the villages' codes.
    """
    query = (
        select(Assessment)
        .join(Assessment.village)
        .options(contains_eager(Assessment.village))
        .where(
            Assessment.quarter_name == str(quarter),
            Assessment.state.in_(objections.ON_THE_WALL),
            exists().where(Notice.assessment_id == Assessment.id, Notice.ends_on < clock.today()),
        )
        .order_by(Area.code)
    )
    if area is not None:
        query = query.where(Area.code.startswith(area.stem))
    over = db.session.scalars(query)
    return [assessment for assessment in over if Role.CHAIR in actor.roles_in(assessment.village)]


def book(assessment: Assessment, actor: User) -> list[NoticeLine]:
    """Book every line that nothing stands in the way of, all or none, and return these lines.

    Returns none when none is left. By another person than prepared it. Refused `wrong_state`,
    `notice_running` until the notice has ended, `same_person`, `own_line` when the booker's own points are
    among them.
    """
    assessments.lock_in_state(assessment, *objections.ON_THE_WALL)
    is_first = assessment.state == AssessmentState.ON_NOTICE
    notice = assessments.whole_notice(assessment)
    if is_first and (notice is None or clock.today() <= notice.ends_on):
        raise Refused("notice_running", _("The notice has not ended yet."))
    ready = [line.posted_line for line in bookable_lines(assessment) if line.wait_reason is None]
    if not is_first and not ready:
        return []
    if humans.is_among(actor, preparers(assessment)):
        raise Refused("same_person", _("You prepared this assessment. Somebody else books it."))
    if humans.own_people(actor, {line.worker for line in ready}):
        raise Refused("own_line", _("Your own points are on this sheet. Another chair books it."))
    _post_awards(assessment, ready, actor)
    if is_first:
        assessment.state = AssessmentState.BOOKED
        assessment.booked_by_id = actor.id
        assessment.booked_at = clock.now()
    db.session.flush()
    return ready


def _post_awards(assessment: Assessment, lines: list[NoticeLine], actor: User) -> None:
    """Post an award for each line, on the account of the entry that stands for its worker now."""
    owners = persons.current_entries([line.worker for line in lines])
    accounts = ledger.accounts_for(list(owners.values()))
    asked = [
        (keys.award_key(assessment, line.worker), accounts[owners[line.worker_id].id], line.total)
        for line in lines
    ]
    booked = ledger.post_all(TransferKind.AWARD, asked, assessment.quarter_name, actor)
    db.session.add_all(
        Award(transfer_id=transfer.id, assessment_id=assessment.id, worker_id=line.worker_id)
        for line, transfer in zip(lines, booked, strict=True)
    )


def preparers(assessment: Assessment) -> set[int]:
    """The ids of those who prepared the sheet.

    Who opened it, adjusted a line, answered with a change, or posted it.
    """
    posted = select(Notice.posted_by_id).where(Notice.assessment_id == assessment.id)
    return {
        assessment.opened_by_id,
        *(adjustment.actor_id for adjustment in assessment.adjustments),
        *db.session.scalars(posted),
    }


def awards(assessment: Assessment) -> Sequence[Award]:
    """What was booked of a quarter, line by line, each with its transfer."""
    return db.session.scalars(
        select(Award).where(Award.assessment_id == assessment.id).options(joinedload(Award.transfer))
    ).all()


@dataclass(frozen=True)
class BookedPoints:
    """What was booked of an assessment: for how many workers, and tenths as they are after corrections."""

    workers: int
    tenths: int


def booked_points(assessment: Assessment) -> BookedPoints:
    """The points of an assessment that are in the ledger, with all that was put right since."""
    lines = (
        select(func.count(), func.sum(Transfer.amount))
        .select_from(Award)
        .join(Award.transfer)
        .where(Award.assessment_id == assessment.id)
    )
    put_right = (
        select(func.sum(Correction.right_tenths - Transfer.amount))
        .select_from(Correction)
        .join(Correction.award)
        .join(Correction.line)
        .where(Award.assessment_id == assessment.id)
    )
    workers, tenths = db.session.execute(lines).one()
    return BookedPoints(workers, int(tenths or 0) + int(db.session.scalar(put_right) or 0))


def _booked_keys(assessment: Assessment) -> set[int]:
    """The workers, by id, whose lines are in the ledger."""
    return set(db.session.scalars(select(Award.worker_id).where(Award.assessment_id == assessment.id)))


def is_booked_in(area: Area) -> bool:
    """Whether a quarter of one of an area's villages was booked: then no import is taken back there."""
    booked = select(Award).join(Award.assessment).join(Assessment.village)
    return bool(db.session.scalar(select(booked.where(Area.code.startswith(area.stem)).exists())))
