"""Objections (异议) to opening balances: the committee writes them down and answers in seven working days.

Until the answer the line is not booked. An accepted one gives the line its right figure, which hangs again.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock, days, names
from ground.db import among, db
from ground.refusal import Refused, check_repeated, required_reason, says_something
from people.models import Area, User
from people.sight import AreaId
from people.signin import humans
from points import amounts
from points.models import (
    ObjectionChannel,
    OpeningAnswer,
    OpeningLine,
    OpeningObjection,
    OpeningSheet,
)
from points.openings import sheets
from points.wall import workdays
from points.wall.objections import ANSWER_WITHIN_WORKDAYS, LEAST_CHARACTERS, MOST_CHARACTERS


def bring(
    key: str,
    line: OpeningLine,
    channel: ObjectionChannel,
    name: str,
    text: str,
    received_on: date,
    actor: User,
) -> OpeningObjection:
    """Write down an objection to a line that hangs, brought by word or in writing; from now on it waits.

    Sent twice with one key it is one. `received_on` is a day in Asia/Shanghai. Refused `withdrawn`,
    `not_on_notice` before the line was posted, `already_booked`, `bad_day`, `in_future`, `before_notice`,
    `bad_text`, `key_reused`.
    """
    sheets.lock_standing(line.sheet)
    existing = db.session.scalar(select(OpeningObjection).where(OpeningObjection.key == key))
    if existing is not None:
        check_repeated((existing.line_id, existing.channel), (line.id, channel))
        return existing
    state = next(each for each in sheets.state_of(line.sheet).lines if each.line.id == line.id)
    if state.posted is None:
        raise Refused("not_on_notice", _("No notice hangs on the wall now."))
    if state.booking is not None:
        raise Refused("already_booked", _("This line is booked. The chair can take it back."), "line")
    days.HAPPENED.check(received_on, "received_on")
    if received_on < state.posted.notice.posted_on:
        raise Refused("before_notice", _("The notice did not hang yet on that day."), "received_on")
    if not LEAST_CHARACTERS <= len(text.strip()) <= MOST_CHARACTERS:
        raise Refused("bad_text", _("Say in a few words what is not right."), "text")
    objection = OpeningObjection(
        key=key,
        sheet_id=line.sheet_id,
        number=_next_number(line.sheet),
        line_id=line.id,
        channel=channel,
        name=names.kept(name),
        text=text.strip(),
        received_on=received_on,
        due_on=workdays.workday_after(received_on, ANSWER_WITHIN_WORKDAYS),
        received_by_id=actor.id,
        at=clock.now(),
    )
    db.session.add(objection)
    db.session.flush()
    return objection


def _next_number(sheet: OpeningSheet) -> int:
    last = select(func.max(OpeningObjection.number)).where(OpeningObjection.sheet_id == sheet.id)
    return (db.session.scalar(last) or 0) + 1


def answer(
    objection: OpeningObjection, right_tenths: int | None, reason: str, decided_by: str, actor: User
) -> OpeningAnswer:
    """Answer an objection, once: accepted with what the line has to have, in tenths, or rejected by None.

    By another person than brought the file. The same answer again returns the first. Refused `withdrawn`,
    `already_answered`, `reason_missing`, `decided_by_missing`, `same_person`, `own_line`, `bad_amount` for
    a right figure below 0, too large, or the one that the line has.
    """
    sheets.lock_standing(objection.sheet)
    existing = db.session.scalar(select(OpeningAnswer).where(OpeningAnswer.objection_id == objection.id))
    if existing is not None:
        if existing.right_tenths != right_tenths:
            raise Refused("already_answered", _("This objection was answered already."))
        return existing
    reason = required_reason(reason)
    if not says_something(decided_by):
        raise Refused("decided_by_missing", _("Write down who decided."), "decided_by")
    check_decides(objection, actor)
    if right_tenths is not None:
        _check_right(objection, right_tenths)
    new_answer = OpeningAnswer(
        objection_id=objection.id,
        right_tenths=right_tenths,
        reason=reason,
        decided_by=decided_by.strip(),
        actor_id=actor.id,
        at=clock.now(),
    )
    db.session.add(new_answer)
    db.session.flush()
    db.session.expire(objection, ["answer"])
    return new_answer


def check_decides(objection: OpeningObjection, actor: User) -> None:
    """Check that somebody of the committee may decide on an objection. Refused `same_person`, `own_line`."""
    if humans.is_among(actor, {objection.sheet.brought_by_id}):
        raise Refused("same_person", _("You brought this file. Somebody else decides on it."))
    if humans.is_own(actor, objection.line.worker):
        raise Refused("own_line", _("Nobody decides on their own points."))


def _check_right(objection: OpeningObjection, right_tenths: int) -> None:
    """Check that a line can have this figure instead of its own. Refused `bad_amount`."""
    if not 0 <= right_tenths <= amounts.LARGEST_TENTHS:
        raise Refused("bad_amount", _("The right points are from 0 to 100,000."), "right")
    state = sheets.state_of(objection.sheet)
    if any(each.line.id == objection.line_id and each.tenths == right_tenths for each in state.lines):
        raise Refused("bad_amount", _("The line has these points already. Then it is rejected."), "right")


def objections_of(sheet: OpeningSheet) -> Sequence[OpeningObjection]:
    """The objections to a sheet, by number."""
    return db.session.scalars(
        select(OpeningObjection)
        .where(OpeningObjection.sheet_id == sheet.id)
        .options(
            joinedload(OpeningObjection.line).joinedload(OpeningLine.worker),
            joinedload(OpeningObjection.answer),
            joinedload(OpeningObjection.received_by),
        )
        .order_by(OpeningObjection.number)
    ).all()


def ids_between(village_ids: Collection[int], first: date, last: date) -> Select[*tuple[int, date]]:
    """What was objected to in some villages from a day to another: the objections' ids and days."""
    return (
        select(OpeningObjection.id, OpeningObjection.received_on)
        .join(OpeningObjection.sheet)
        .where(among(OpeningSheet.village_id, village_ids), OpeningObjection.received_on.between(first, last))
    )


def by_ids(ids: Collection[int]) -> dict[int, OpeningObjection]:
    """Objections by their ids, with the line's worker, the village, and the answer."""
    query = select(OpeningObjection).options(
        joinedload(OpeningObjection.line).joinedload(OpeningLine.worker),
        joinedload(OpeningObjection.sheet).joinedload(OpeningSheet.village),
        joinedload(OpeningObjection.answer),
    )
    return {each.id: each for each in db.session.scalars(query.where(OpeningObjection.id.in_(ids)))}


def waiting_objections(area: Area) -> Sequence[OpeningObjection]:
    """The objections in an area that wait for their answer, the soonest due first."""
    return db.session.scalars(
        select(OpeningObjection)
        .join(OpeningObjection.sheet)
        .join(OpeningSheet.village)
        .outerjoin(OpeningObjection.answer)
        .options(contains_eager(OpeningObjection.sheet).contains_eager(OpeningSheet.village))
        .where(
            Area.code.startswith(area.stem),
            OpeningSheet.withdrawn_at.is_(None),
            OpeningAnswer.id.is_(None),
        )
        .order_by(OpeningObjection.due_on, OpeningObjection.id)
    ).all()


def names_kept(area_id: AreaId) -> Sequence[Select[Any]]:
    """The people who objected to opening balances in a village and gave their name."""
    brought = select(OpeningObjection.name).join(OpeningObjection.sheet)
    return (brought.where(OpeningSheet.village_id == area_id),)
