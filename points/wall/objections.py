"""Objections (异议): brought by word, in writing or online; answered in seven working days.

Each has a number in its quarter and a last day for the answer. Until the answer its line is not booked.
"""

import random
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock, days, names
from ground.db import among, db, lock
from ground.refusal import Refused, check_repeated, required_reason, says_something
from people.cards import random_characters
from people.models import Area, Person, User
from people.scanning.reading import TOKEN_LENGTH
from people.sight import AreaId
from points import amounts
from points.assessment import assessments, meeting
from points.models import Answer, Assessment, AssessmentState, NoticeLine, Objection, ObjectionChannel
from points.wall import workdays

# An answer is due within so many working days; the day it came is not counted.
ANSWER_WITHIN_WORKDAYS = 7
LEAST_CHARACTERS, MOST_CHARACTERS = 4, 1000

# What one address may bring online in a day, and what a village takes before it has answered some.
MOST_A_DAY_PER_ADDRESS, MOST_OPEN_PER_VILLAGE = 3, 50

ON_THE_WALL = (AssessmentState.ON_NOTICE, AssessmentState.BOOKED)


def bring(
    key: str,
    assessment: Assessment,
    worker: Person,
    channel: ObjectionChannel,
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
    is booked, `bad_text`, `bad_day`, `in_future`, `before_notice`, `too_many` online, `key_reused`.
    """
    lock(assessment)
    existing = db.session.scalar(select(Objection).where(Objection.key == key))
    if existing is not None:
        check_repeated(
            (existing.assessment_id, existing.worker_id, existing.channel),
            (assessment.id, worker.id, channel),
        )
        return existing
    if assessment.state not in ON_THE_WALL:
        raise Refused("not_on_notice", _("No notice hangs on the wall now."))
    line = assessments.latest_lines(assessment).get(worker.id)
    if line is None:
        raise Refused("not_on_sheet", _("%(name)s is not on this sheet.", name=worker.masked), "worker")
    if _is_settled(assessment, line):
        raise Refused(
            "already_booked",
            _("This line is booked. Tell the committee: a mistake is put right in the next quarter."),
        )
    received_on = received_on or clock.today()
    days.HAPPENED.check(received_on, "received_on")
    if received_on < line.notice.posted_on:
        raise Refused("before_notice", _("The notice did not hang yet on that day."), "received_on")
    if not LEAST_CHARACTERS <= len(text.strip()) <= MOST_CHARACTERS:
        raise Refused("bad_text", _("Say in a few words what is not right."), "text")
    if channel == ObjectionChannel.ONLINE:
        _check_flood(assessment, origin)
    objection = Objection(
        key=key,
        assessment_id=assessment.id,
        number=_next_number(assessment),
        worker_id=worker.id,
        channel=channel,
        name=names.kept(name),
        contact=contact.strip(),
        text=text.strip(),
        received_on=received_on,
        due_on=workdays.workday_after(received_on, ANSWER_WITHIN_WORKDAYS),
        token=random_characters(TOKEN_LENGTH, chance or secrets.SystemRandom()),
        received_by_id=actor.id if actor else None,
        origin=origin,
        at=clock.now(),
    )
    db.session.add(objection)
    db.session.flush()
    return objection


def _is_settled(assessment: Assessment, line: NoticeLine) -> bool:
    """Whether a posted line is in the ledger, or had nothing to book while the others were."""
    if assessments.award_of(assessment, line.worker) is not None:
        return True
    return (
        assessment.state == AssessmentState.BOOKED
        and line.total == 0
        and line.worker_id not in contested_worker_ids(assessment)
        and line.notice.ends_on < clock.today()
    )


def _next_number(assessment: Assessment) -> int:
    highest = select(func.max(Objection.number)).where(Objection.assessment_id == assessment.id)
    return (db.session.scalar(highest) or 0) + 1


def _check_flood(assessment: Assessment, origin: str | None) -> None:
    """Check the limits of what is brought online. Refused `too_many`.

    One address brings a few a day, and a village has some to answer first.
    """
    since = clock.now() - timedelta(days=1)
    online_count = (
        select(func.count()).select_from(Objection).where(Objection.channel == ObjectionChannel.ONLINE)
    )
    from_address = online_count.where(Objection.origin == origin, Objection.at > since)
    open_in_village = (
        online_count.join(Objection.assessment)
        .outerjoin(Objection.answer)
        .where(Assessment.village_id == assessment.village_id, Answer.id.is_(None))
    )
    if (db.session.scalar(from_address) or 0) >= MOST_A_DAY_PER_ADDRESS or (
        db.session.scalar(open_in_village) or 0
    ) >= MOST_OPEN_PER_VILLAGE:
        raise Refused(
            "too_many",
            _("Many objections came this way already. Please tell the committee or its supervisors."),
        )


def answer(
    objection: Objection, accepted: bool, change: int, reason: str, decided_by: str, actor: User
) -> Answer:
    """Answer an objection, once.

    An accepted one changes the line by `change` tenths, to be posted again: all of it, as it is promised in
    the reply. The same answer again returns the first. Refused `already_answered`, `reason_missing`,
    `decided_by_missing`, `bad_amount` for an accepted one that changes nothing, `not_accepted` for a rejected
    one that changes the line, `below_zero` for one that takes more than the line has, `wrong_state`, and as
    `meeting.check_may_decide` says.
    """
    assessment = objection.assessment
    assessments.lock_in_state(
        assessment, AssessmentState.DELIBERATING, AssessmentState.ON_NOTICE, AssessmentState.BOOKED
    )
    existing = db.session.scalar(select(Answer).where(Answer.objection_id == objection.id))
    if existing is not None:
        if (existing.accepted, existing.change) != (accepted, change):
            raise Refused("already_answered", _("This objection was answered already."))
        return existing
    reason = required_reason(reason)
    if not says_something(decided_by):
        raise Refused("decided_by_missing", _("Write down who decided."), "decided_by")
    meeting.check_may_decide(assessment, objection.worker, actor)
    if accepted:
        _check_change(assessment, objection.worker, change)
    elif change:
        raise Refused(
            "not_accepted", _("A rejected objection changes nothing. Leave the points empty."), "change"
        )
    new_answer = Answer(
        objection_id=objection.id,
        accepted=accepted,
        change=change,
        reason=reason,
        decided_by=decided_by.strip(),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(new_answer)
    db.session.flush()
    db.session.expire(objection, ["answer"])
    if accepted:
        key = f"answer:{new_answer.id}"
        short = reason if len(reason) <= 200 else f"{reason[:199]}…"
        meeting.add_adjustment(
            assessment, objection.worker, change, short, key, actor, answer_id=new_answer.id
        )
    return new_answer


def _check_change(assessment: Assessment, worker: Person, change: int) -> None:
    """Check that an answer's change can be made whole. Refused `bad_amount`, `below_zero`."""
    meeting.check_amount(change)
    total = meeting.row_or_refuse(assessment, worker).total
    if total + change < 0:
        raise Refused(
            "below_zero",
            _("The line has %(points)s points now. It cannot lose more.", points=amounts.show(total)),
            "change",
        )


def contested_worker_ids(assessment: Assessment) -> set[int]:
    """The ids of the workers whose lines wait for an answer."""
    return set(
        db.session.scalars(
            select(Objection.worker_id)
            .outerjoin(Objection.answer)
            .where(Objection.assessment_id == assessment.id, Answer.id.is_(None))
        )
    )


def objections_of(assessment: Assessment) -> Sequence[Objection]:
    """An assessment's objections, by number."""
    return db.session.scalars(
        select(Objection)
        .where(Objection.assessment_id == assessment.id)
        .options(*map(joinedload, (Objection.worker, Objection.answer, Objection.received_by)))
        .order_by(Objection.number)
    ).all()


@dataclass(frozen=True)
class ObjectionCount:
    """How many objections were brought to an assessment, and how many of them were found right."""

    brought: int
    accepted: int


def count_of(assessment: Assessment) -> ObjectionCount:
    """The objections to an assessment, counted."""
    row = db.session.execute(
        select(func.count(), func.count().filter(Answer.accepted))
        .select_from(Objection)
        .outerjoin(Objection.answer)
        .where(Objection.assessment_id == assessment.id)
    ).one()
    return ObjectionCount(*row)


def ids_between(village_ids: Collection[int], first: date, last: date) -> Select[*tuple[int, date]]:
    """What was objected to in some villages from a day to another: the objections' ids and days."""
    return (
        select(Objection.id, Objection.received_on)
        .join(Objection.assessment)
        .where(among(Assessment.village_id, village_ids), Objection.received_on.between(first, last))
    )


def by_ids(ids: Collection[int]) -> dict[int, Objection]:
    """Objections by their ids, with the line's worker, the village, and the answer."""
    query = select(Objection).options(
        joinedload(Objection.worker),
        joinedload(Objection.assessment).joinedload(Assessment.village),
        joinedload(Objection.answer),
    )
    return {each.id: each for each in db.session.scalars(query.where(Objection.id.in_(ids)))}


def by_token(token: str) -> Objection | None:
    """The objection that somebody was given this token for, or None."""
    return db.session.scalar(select(Objection).where(Objection.token == token.upper()))


def waiting_objections(area: Area) -> Sequence[Objection]:
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


def overdue_objections(area: Area) -> list[Objection]:
    """The objections in an area whose answer is overdue, the longest first."""
    return [objection for objection in waiting_objections(area) if objection.due_on < clock.today()]


def names_kept(area_id: AreaId) -> Sequence[Select[Any]]:
    """The people who objected in a village and gave their name."""
    brought = select(Objection.name).join(Objection.assessment)
    return (brought.where(Assessment.village_id == area_id),)
