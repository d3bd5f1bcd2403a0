"""Objections (异议): brought by word, in writing or online, each with its number and its clock."""

import random
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db, get_locked
from ground.refusal import Refused, check_repeated, stated
from people.cards import TOKEN_LENGTH, drawn
from people.models import Area, Person, User
from points.assessment import finding, meeting
from points.models import Answer, Assessment, AssessmentState, How, NoticeLine, Objection
from points.wall import workdays

# An answer is due within so many working days; the day it came is not counted.
ANSWER_WITHIN = 7
LEAST_TEXT, MOST_TEXT = 4, 1000

# What one address may bring online in a day, and what a village takes before it has answered some.
PER_ADDRESS, PER_VILLAGE = 3, 50

ON_THE_WALL = (AssessmentState.ON_NOTICE, AssessmentState.BOOKED)


def bring(
    key: str,
    assessment: Assessment,
    worker: Person,
    how: How,
    text: str,
    actor: User | None,
    name: str = "",
    contact: str = "",
    received_on: date | None = None,
    origin: str | None = None,
    chance: random.Random | None = None,
) -> Objection:
    """Write down an objection to a worker's line, received by `actor` or, online, by nobody.

    Sent twice with one key it is one. From now on the line waits. `received_on` is a day in Asia/Shanghai,
    today if left out; `chance` the machine's secret source, unless a demo wants the same on every run.
    Refused `not_on_notice` when nothing hangs on the wall, `not_on_sheet`, `already_booked` for a line that
    is booked, `bad_text`, `in_future`, `before_notice`, `too_many` online, `key_reused`.
    """
    assessment = get_locked(Assessment, assessment.id)
    made = db.session.scalar(select(Objection).where(Objection.key == key))
    if made is not None:
        check_repeated((made.assessment_id, made.worker_id, made.how), (assessment.id, worker.id, how))
        return made
    if assessment.state not in ON_THE_WALL:
        raise Refused("not_on_notice", _("No notice hangs on the wall now."))
    line = finding.lines(assessment).get(worker.id)
    if line is None:
        raise Refused("not_on_sheet", _("%(name)s is not on this sheet.", name=worker.masked), "worker")
    if _is_settled(assessment, line):
        raise Refused(
            "already_booked",
            _("This line is booked. Tell the committee: a mistake is put right in the next quarter."),
        )
    received_on = received_on or clock.today()
    if received_on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "received_on")
    if received_on < line.notice.posted_on:
        raise Refused("before_notice", _("The notice did not hang yet on that day."), "received_on")
    if not LEAST_TEXT <= len(text.strip()) <= MOST_TEXT:
        raise Refused("bad_text", _("Say in a few words what is not right."), "text")
    if how == How.ONLINE:
        _check_flood(assessment, origin)
    objection = Objection(
        key=key,
        assessment_id=assessment.id,
        number=_next_number(assessment),
        worker_id=worker.id,
        how=how,
        name=name.strip(),
        contact=contact.strip(),
        text=text.strip(),
        received_on=received_on,
        due_on=workdays.after(received_on, ANSWER_WITHIN),
        token=drawn(TOKEN_LENGTH, chance or secrets.SystemRandom()),
        received_by_id=actor.id if actor else None,
        origin=origin,
        at=clock.now(),
    )
    db.session.add(objection)
    db.session.flush()
    return objection


def _is_settled(assessment: Assessment, line: NoticeLine) -> bool:
    """Whether a posted line is in the ledger, or had nothing to book while the others were."""
    if finding.award_of(assessment, line.worker) is not None:
        return True
    return (
        assessment.state == AssessmentState.BOOKED
        and line.total == 0
        and line.worker_id not in unanswered(assessment)
        and line.notice.ends_on < clock.today()
    )


def _next_number(assessment: Assessment) -> int:
    highest = select(func.max(Objection.number)).where(Objection.assessment_id == assessment.id)
    return (db.session.scalar(highest) or 0) + 1


def _check_flood(assessment: Assessment, origin: str | None) -> None:
    """Online, one address brings a few a day, and a village has some to answer first. Refused `too_many`."""
    since = clock.now() - timedelta(days=1)
    counted = select(func.count()).select_from(Objection).where(Objection.how == How.ONLINE)
    here = counted.where(Objection.origin == origin, Objection.at > since)
    there = (
        counted.join(Objection.assessment)
        .outerjoin(Objection.answer)
        .where(Assessment.village_id == assessment.village_id, Answer.id.is_(None))
    )
    if (db.session.scalar(here) or 0) >= PER_ADDRESS or (db.session.scalar(there) or 0) >= PER_VILLAGE:
        raise Refused(
            "too_many",
            _("Many objections came this way already. Please tell the committee or its supervisors."),
        )


def answer(
    objection: Objection, accepted: bool, change: int, reason: str, decided_by: str, actor: User
) -> Answer:
    """Answer an objection, once; an accepted one changes the line by `change` tenths, to be posted again.

    The same answer again returns the first. Refused `already_answered`, `reason_missing`,
    `decided_by_missing`, `bad_amount` for an accepted one that changes nothing, `wrong_state`, and as
    `meeting.check_may_decide` says.
    """
    assessment = finding.in_state(
        objection.assessment, AssessmentState.DELIBERATING, AssessmentState.ON_NOTICE, AssessmentState.BOOKED
    )
    change = change if accepted else 0
    made = db.session.scalar(select(Answer).where(Answer.objection_id == objection.id))
    if made is not None:
        if (made.accepted, made.change) != (accepted, change):
            raise Refused("already_answered", _("This objection was answered already."))
        return made
    reason = stated(reason)
    if not decided_by.strip():
        raise Refused("decided_by_missing", _("Write down who decided."), "decided_by")
    meeting.check_may_decide(assessment, objection.worker, actor)
    if accepted:
        meeting.check_amount(change)
    given = Answer(
        objection_id=objection.id,
        accepted=accepted,
        change=change,
        reason=reason,
        decided_by=decided_by.strip(),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(given)
    db.session.flush()
    db.session.expire(objection, ["answer"])
    if accepted:
        key = f"answer:{given.id}"
        short = reason if len(reason) <= 200 else f"{reason[:199]}…"
        meeting.add(assessment, objection.worker, change, short, key, actor, answer_id=given.id)
    return given


def unanswered(assessment: Assessment) -> set[int]:
    """The ids of the workers whose lines wait for an answer."""
    return set(
        db.session.scalars(
            select(Objection.worker_id)
            .outerjoin(Objection.answer)
            .where(Objection.assessment_id == assessment.id, Answer.id.is_(None))
        )
    )


def of(assessment: Assessment) -> Sequence[Objection]:
    """An assessment's objections, by number."""
    return db.session.scalars(
        select(Objection)
        .where(Objection.assessment_id == assessment.id)
        .options(*map(joinedload, (Objection.worker, Objection.answer, Objection.received_by)))
        .order_by(Objection.number)
    ).all()


def by_token(token: str) -> Objection | None:
    """The objection that somebody was given this token for, or None."""
    return db.session.scalar(select(Objection).where(Objection.token == token.upper()))


def waiting(area: Area) -> Sequence[Objection]:
    """The objections in an area that wait for their answer, the soonest due first."""
    return db.session.scalars(
        select(Objection)
        .join(Objection.assessment)
        .join(Assessment.village)
        .outerjoin(Objection.answer)
        .options(contains_eager(Objection.assessment).contains_eager(Assessment.village))
        .where(Area.code.startswith(area.stem), Answer.id.is_(None))
        .order_by(Objection.due_on, Objection.id)
    ).all()


def overdue(area: Area) -> list[Objection]:
    """Those whose answer is overdue, the longest first."""
    return [objection for objection in waiting(area) if objection.due_on < clock.today()]
