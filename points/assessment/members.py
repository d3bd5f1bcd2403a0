"""The members of a meeting: invited (应到), present (实到), left out of a line (回避)."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from ground import clock
from ground.db import db
from ground.refusal import Refused
from people.models import Grant, Person, Role, User
from people.roster import persons
from points.assessment import meeting_rules
from points.models import Assessment, Member, Recusal

MOST_MEMBERS = 200

# Who of those that sign in comes to a village's meetings.
COMMITTEE = (Role.CLERK, Role.CHAIR, Role.SUPERVISOR)


def check_meeting(
    assessment: Assessment, met_on: date, present: Sequence[str], absent: Sequence[str]
) -> None:
    """Check that a meeting may decide: its day, and who was there of those invited.

    Refused `in_future`, `nobody_there`, `bad_name`, `named_twice`, `no_quorum`.
    """
    if met_on > clock.today():
        raise Refused("in_future", _("The day lies in the future."), "met_on")
    if not present:
        raise Refused("nobody_there", _("Write down who is at the meeting."), "present")
    invited = [*present, *absent]
    if any(not 1 <= len(name) <= 100 for name in invited) or len(invited) > MOST_MEMBERS:
        raise Refused("bad_name", _("One name on each line, at most 100 characters."), "present")
    if repeated_name := next((name for name in invited if invited.count(name) > 1), None):
        raise Refused("named_twice", _("%(name)s is named twice.", name=repeated_name), "present")
    rules = meeting_rules.rules_of(assessment.village)
    if not rules.is_met(len(present), len(invited)):
        raise Refused(
            "no_quorum",
            _(
                "%(present)s of %(invited)s are there: that is too few to decide.",
                present=len(present),
                invited=len(invited),
            ),
            "present",
        )


def set_members(assessment: Assessment, present: Sequence[str], absent: Sequence[str]) -> None:
    """Set the members of an assessment; who was on the list keeps their row."""
    members_by_name = {member.name: member for member in assessment.members}
    presence_by_name = {**dict.fromkeys(present, True), **dict.fromkeys(absent, False)}
    users = _users_by_name(assessment)
    for name, is_present in presence_by_name.items():
        member = members_by_name.pop(name, None)
        if member is None:
            member = Member(assessment_id=assessment.id, name=name, user_id=users.get(name))
            db.session.add(member)
        member.present = is_present
    for member in members_by_name.values():
        db.session.delete(member)
    db.session.flush()
    db.session.expire(assessment, ["members"])


def _users_by_name(assessment: Assessment) -> dict[str, int]:
    """The ids of the village's users by name, where only one of them has the name."""
    rows = db.session.execute(
        select(User.name, User.id)
        .join(Grant, Grant.user_id == User.id)
        .where(Grant.area_id == assessment.village_id, User.closed_at.is_(None))
        .distinct()
    ).all()
    names = [name for name, _ident in rows]
    return {name: ident for name, ident in rows if names.count(name) == 1}


def usual_members(assessment: Assessment) -> list[str]:
    """The names of those who are likely to be invited.

    The members of the village's last meeting, by its list; before the first one the clerk, the chair and
    village supervision.
    """
    last_assessment = db.session.scalar(
        select(Assessment)
        .join(Assessment.members)
        .where(Assessment.village_id == assessment.village_id, Assessment.id != assessment.id)
        .order_by(Assessment.quarter_name.desc())
        .limit(1)
    )
    if last_assessment:
        return [member.name for member in last_assessment.members]
    committee = (
        select(User.name)
        .join(Grant, Grant.user_id == User.id)
        .where(
            Grant.area_id == assessment.village_id,
            Grant.role.in_(COMMITTEE),
            User.closed_at.is_(None),
        )
        .group_by(User.id, User.name)
        .order_by(User.id)
    )
    return list(dict.fromkeys(db.session.scalars(committee)))


def recusals(assessment: Assessment) -> Sequence[Recusal]:
    """The recusals of an assessment, in the order they were written down."""
    return db.session.scalars(
        select(Recusal)
        .join(Recusal.member)
        .options(contains_eager(Recusal.member), joinedload(Recusal.worker))
        .where(Member.assessment_id == assessment.id)
        .order_by(Recusal.id)
    ).all()


def left_out_as(worker: Person, user: User) -> str | None:
    """What somebody is to a worker, if they are or were left out of one of the worker's lines; or None."""
    return db.session.scalar(
        select(Recusal.relation)
        .join(Recusal.member)
        .where(Recusal.worker_id.in_(persons.entry_ids(worker)), Member.user_id == user.id)
        .order_by(Recusal.id.desc())
        .limit(1)
    )
