"""The members of a meeting: invited (应到), present (实到), left out of a line (回避)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from ground import days, names
from ground.clock import Quarter
from ground.days import DayRange
from ground.db import db
from ground.refusal import Refused
from people.models import Grant, Person, Role, User
from people.roster import persons
from people.sight import AreaId
from people.signin import humans
from points.assessment import meeting_rules
from points.models import Assessment, Member, Recusal

MOST_MEMBERS = 200
MEETINGS_REMEMBERED = 4  # whose members are offered again: those of a year

# Who of those that sign in comes to a village's meetings.
COMMITTEE = (Role.CLERK, Role.CHAIR, Role.SUPERVISOR)


def meeting_days(quarter: Quarter) -> DayRange:
    """The days on which a quarter's meeting can be: from its first day on, usually by the end of the next."""
    return DayRange(quarter.first_day, days.TODAY, usual_last=quarter.next.last_day)


def check_meeting(
    assessment: Assessment, met_on: date, present: Sequence[str], absent: Sequence[str]
) -> None:
    """Check that a meeting may decide: its day, and who was there of those invited.

    Refused `bad_day` before the quarter, `in_future`, `nobody_there`, `bad_name`, `named_twice`, `no_quorum`.
    """
    meeting_days(assessment.quarter).check(met_on, "met_on")
    if not present:
        raise Refused("nobody_there", _("Write down who is at the meeting."), "present")
    invited = [*present, *absent]
    if any(not 1 <= len(name) <= 100 for name in invited) or len(invited) > MOST_MEMBERS:
        raise Refused("bad_name", _("One name on each line, at most 100 characters."), "present")
    folded = [names.folded(name) for name in invited]
    if repeated_name := next((name for name in invited if folded.count(names.folded(name)) > 1), None):
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
    # Until 0.2.0 one name could be written twice; the row that recusals hang on is the one that stays.
    listed = sorted(assessment.members, key=lambda member: bool(member.recusals))
    members_by_name = {names.folded(member.name): member for member in listed}
    twice = [member for member in listed if members_by_name[names.folded(member.name)] is not member]
    presence_by_name = {**dict.fromkeys(present, True), **dict.fromkeys(absent, False)}
    users = _users_by_name(assessment)
    for name, is_present in presence_by_name.items():
        member = members_by_name.pop(names.folded(name), None)
        if member is None:
            user_id = users.get(names.folded(name))
            member = Member(assessment_id=assessment.id, name=names.kept(name), user_id=user_id)
            db.session.add(member)
        member.present = is_present
    for member in (*members_by_name.values(), *(member for member in twice if not member.recusals)):
        db.session.delete(member)
    db.session.flush()
    db.session.expire(assessment, ["members"])


def _users_by_name(assessment: Assessment) -> dict[str, int]:
    """The ids of the village's users by folded name, where only one of them has the name."""
    rows = db.session.execute(
        select(User.name, User.id)
        .join(User.grants)
        .where(Grant.area_id == assessment.village_id, ~Grant.waits, User.closed_at.is_(None))
        .distinct()
    ).all()
    times = Counter(names.folded(name) for name, _ident in rows)
    return {names.folded(name): ident for name, ident in rows if times[names.folded(name)] == 1}


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
        return _each_once(member.name for member in last_assessment.members)
    return _each_once(_users_with_role(assessment, COMMITTEE))


def known_members(assessment: Assessment) -> list[str]:
    """The names to choose members from: who has a role in the village, and who was a member before.

    Each once. Grid workers are not offered for their role: the meeting decides on their points.
    """
    lately = (
        select(Assessment.id)
        .where(Assessment.village_id == assessment.village_id, Assessment.members.any())
        .order_by(Assessment.quarter_name.desc())
        .limit(MEETINGS_REMEMBERED)
    )
    earlier = (
        select(Member.name)
        .join(Assessment, Member.assessment_id == Assessment.id)
        .where(Assessment.id.in_(lately))
        .order_by(Assessment.quarter_name.desc(), Member.id)
    )
    return _each_once(
        [
            *_users_with_role(assessment, [role for role in Role if role != Role.WORKER]),
            *(member.name for member in assessment.members),
            *db.session.scalars(earlier),
        ]
    )


def _users_with_role(assessment: Assessment, roles: Iterable[Role]) -> Sequence[str]:
    """The names of those who hold one of these roles in the village."""
    return db.session.scalars(
        select(User.name)
        .join(User.grants)
        .where(
            Grant.area_id == assessment.village_id,
            Grant.role.in_(roles),
            ~Grant.waits,
            User.closed_at.is_(None),
        )
        .group_by(User.id, User.name)
        .order_by(User.id)
    ).all()


def _each_once(typed_names: Iterable[str]) -> list[str]:
    """These names without those that are the same, each as it is kept."""
    once: dict[str, str] = {}
    for name in typed_names:
        once.setdefault(names.folded(name), names.kept(name))
    return list(once.values())


def recusals(assessment: Assessment) -> Sequence[Recusal]:
    """The recusals of an assessment, in the order they were written down."""
    return db.session.scalars(
        select(Recusal)
        .join(Recusal.member)
        .options(contains_eager(Recusal.member), joinedload(Recusal.worker))
        .where(Member.assessment_id == assessment.id)
        .order_by(Recusal.id)
    ).all()


def is_member(member: Member, user: User) -> bool:
    """Whether a member of a meeting is the human behind a sign-in: by their own sign-in, or by name."""
    return humans.has_name(user, member.name) or humans.is_among(user, {member.user_id} - {None})


def recusal_relation(worker: Person, user: User) -> str | None:
    """The relation of somebody to a worker of whose lines they are or were left out; None for others."""
    recusals_of_worker = db.session.scalars(
        select(Recusal)
        .join(Recusal.member)
        .options(contains_eager(Recusal.member))
        .where(Recusal.worker_id.in_(persons.entry_ids(worker)))
        .order_by(Recusal.id.desc())
    )
    return next((each.relation for each in recusals_of_worker if is_member(each.member, user)), None)


def names_kept(area_id: AreaId) -> Sequence[Select[Any]]:
    """Who was invited to a village's meetings as one of the villagers, not by a post with a sign-in."""
    invited = select(Member.name).join(Assessment, Member.assessment_id == Assessment.id)
    return (invited.where(Assessment.village_id == area_id, Member.user_id.is_(None)),)
