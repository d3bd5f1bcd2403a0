"""Every state of an assessment, every action, every role: who gets through, who is told no, and where.

Each is tried on the pages as people would, and undone: what a request would commit is only sent, and gone
when the request ends, so that all of them meet the very same state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from ground import clock as calendar
from ground.clock import Quarter
from ground.db import db, transaction
from points.assessment import assessments, meeting, opening, review
from points.models import ObjectionChannel
from points.wall import booking, objections, posting
from tests.cast import PRESENT, TODAY, VILLAGE

QUARTERS = f"/v/{VILLAGE}/quarters"
HERE = f"{QUARTERS}/2026Q4"
# What becomes of what somebody sends.
DONE, REFUSED, NOT_ALLOWED, NOT_THERE, SIGN_IN = "done", "refused", "not allowed", "not there", "sign in"

CLERK, CHAIRS = {"clerk"}, {"chair", "second_chair"}
COMMITTEE = CLERK | CHAIRS
ABOVE = {"township_user", "county_user"}
INSIDE = COMMITTEE | ABOVE | {"supervisor", "instructor", "manager", "volunteer", "worker"}
OUTSIDE = {"outsider", "far_township_user", "stranger"}

# --- The states: each goes on from another, so that a story stands behind it ---

NOTICE_ENDS = TODAY + timedelta(days=3)
AFTER = NOTICE_ENDS + timedelta(days=1)


def opened(cast, clock):
    opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)


def deliberating(cast, clock):
    opened(cast, clock)
    meeting.deliberate(quarter(cast), TODAY, PRESENT, (), "", cast.clerk)


def adjusted(cast, clock):
    deliberating(cast, clock)
    meeting.adjust(quarter(cast), cast.worker, 20, "雪天送药", uuid4().hex, cast.clerk)
    meeting.adjust(quarter(cast), cast.neighbour, 10, "看望病人", uuid4().hex, cast.clerk)


def on_notice(cast, clock):
    adjusted(cast, clock)
    posting.post_notice(quarter(cast), cast.clerk)


def ended(cast, clock):
    on_notice(cast, clock)
    clock.turn_to(AFTER)


def contested(cast, clock):
    ended(cast, clock)
    text = "没有去过我家"
    objections.bring("o", quarter(cast), cast.worker, ObjectionChannel.ORAL, text, cast.supervisor)


def to_post(cast, clock):
    contested(cast, clock)
    (objection,) = objections.objections_of(quarter(cast))
    objections.answer(objection, True, -5, "查无实据", "村民委员会", cast.clerk)


def posted_again(cast, clock):
    to_post(cast, clock)
    posting.post_changes(quarter(cast), cast.clerk)


def sent_back(cast, clock):
    on_notice(cast, clock)
    review.send_back(quarter(cast), "理由写得太短", cast.township_user)


def booked(cast, clock):
    ended(cast, clock)
    booking.book(quarter(cast), cast.chair)
    opening.open_quarter(cast.village, Quarter(2027, 1), cast.clerk)


def waiting(cast, clock):
    """Booked, but for the line that is objected to."""
    contested(cast, clock)
    booking.book(quarter(cast), cast.chair)
    opening.open_quarter(cast.village, Quarter(2027, 1), cast.clerk)


def unopened(cast, clock):
    """Nobody has opened it."""


MEETING = {deliberating, adjusted, sent_back}
WALL = {on_notice, ended, contested, to_post, posted_again}
STATES = [unopened, opened, *sorted(MEETING | WALL, key=lambda state: state.__name__), booked, waiting]


def quarter(cast):
    return assessments.find_assessment(cast.village, Quarter(2026, 4))


# --- The actions: where, with what, by whom, and in which states ---


@dataclass(frozen=True)
class Action:
    """What somebody sends: `roles` are let in, in `states` it is done, in others refused; where what it is
    about does not exist (`there` says in which states it does) the page is not there."""

    path: str
    roles: set[str]
    states: set[Callable]
    there: set[Callable]
    data: dict[str, str]
    everyone: bool = False


EVERYWHERE = set(STATES)
OPENED = EVERYWHERE - {unopened}
POSTED = WALL | {sent_back, booked, waiting}
WITH_OBJECTION = {contested, to_post, posted_again, waiting}
MINUTES = {"met_on": f"{TODAY}", "present": "\n".join(PRESENT), "minutes": "一致同意"}
ANSWER = {"outcome": "rejected", "reason": "核实过了", "decided_by": "村民委员会"}
OBJECTION = {"line": "1", "text": "少记了一次", "channel": "oral", "received_on": "{today}"}

ACTIONS = {
    "open": Action(QUARTERS, CLERK, EVERYWHERE, EVERYWHERE, {"quarter": "2026Q4"}),
    "deliberate": Action(f"{HERE}/deliberate", CLERK, {opened}, OPENED, MINUTES),
    "reopen": Action(f"{HERE}/reopen", CLERK, {deliberating}, OPENED, {}),
    "minutes": Action(f"{HERE}/minutes", CLERK, MEETING, OPENED, MINUTES | {"revision": "{revision}"}),
    "adjust": Action(
        f"{HERE}/workers/{{worker}}/adjust", CLERK, MEETING, OPENED, {"amount": "1.5", "reason": "汛期巡查"}
    ),
    "take back": Action(
        f"{HERE}/adjustments/{{adjustment}}/take-back",
        CLERK,
        {adjusted, sent_back},
        OPENED - {opened, deliberating},
        {},
    ),
    "recuse": Action(
        f"{HERE}/workers/{{worker}}/recuse",
        CLERK,
        MEETING,
        OPENED,
        {"member": "{member}", "relation": "儿子"},
    ),
    "post": Action(f"{HERE}/post", CLERK, MEETING, OPENED, {}),
    "send back": Action(f"{HERE}/return", ABOVE, WALL, OPENED, {"reason": "加分偏多"}),
    "object": Action(
        f"{HERE}/objections/new", COMMITTEE | {"supervisor"}, WALL | {waiting}, OPENED, OBJECTION
    ),
    "object online": Action(
        f"/n/{VILLAGE}/2026Q4/object", set(), WALL | {waiting}, POSTED, OBJECTION, everyone=True
    ),
    "answer": Action(f"{HERE}/objections/1", COMMITTEE, {contested, waiting}, WITH_OBJECTION, ANSWER),
    "post changes": Action(f"{HERE}/post-changes", CLERK, {to_post}, OPENED, {}),
    "book": Action(
        f"{HERE}/book", CHAIRS, {ended, contested, to_post, posted_again, booked, waiting}, OPENED, {}
    ),
    "correct": Action(
        f"/v/{VILLAGE}/accounts/{{neighbour}}/correct/{{award}}",
        {"chair", "second_chair"},
        {booked, waiting},
        {booked, waiting},
        {"right": "0.5", "reason": "多记一次"},
    ),
}


def expected(action, state, name):
    """What becomes of it, by the rules alone."""
    if action.everyone:
        if state not in action.there:
            return NOT_THERE
        return DONE if state in action.states else REFUSED
    if name is None:
        return SIGN_IN
    if name in OUTSIDE:
        return NOT_THERE
    if name not in action.roles:
        return NOT_ALLOWED
    if state not in action.there:
        return NOT_THERE
    return DONE if state in action.states else REFUSED


def became(answer):
    if answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in"):
        return SIGN_IN
    return {302: DONE, 422: REFUSED, 403: NOT_ALLOWED, 404: NOT_THERE}.get(answer.status_code, answer.status)


def ids(cast):
    """What stands in addresses and forms, 0 for what is not there."""
    assessment = quarter(cast)
    award = assessment and assessments.award_of(assessment, cast.neighbour)
    return {
        "today": calendar.today(),
        "worker": cast.worker.id,
        "neighbour": cast.neighbour.id,
        "revision": assessment.revision if assessment else 0,
        "adjustment": assessment.adjustments[0].id if assessment and assessment.adjustments else 0,
        "member": assessment.members[-1].id if assessment and assessment.members else 0,
        "award": award.id if award else 0,
    }


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
def test_who_may_do_what_where_it_stands(cast, client_of, clock, monkeypatch, long, state):
    """Whom an action lets in, in every state; of those it does not, each in some (`make long`: in every)."""
    with transaction():
        cast.serve(cast.worker, "走访一户", date(2026, 12, 20), cast.clerk, cast.chair, count=10)
        state(cast, clock)
    known = ids(cast)
    users = {name: cast.user(name) for name in sorted(INSIDE | OUTSIDE)}
    db.session.rollback()

    monkeypatch.setattr(Session, "commit", Session.flush)  # the request's end then undoes it
    wrong = []
    for turn, (title, action) in enumerate(ACTIONS.items(), STATES.index(state)):
        path = action.path.format(**known)
        kept_out = [name for name in (*users, None) if name not in action.roles]
        tried = kept_out if long or action.everyone else [kept_out[turn % len(kept_out)]]
        for name in (*action.roles, *tried):
            data = {field: value.format(**known) for field, value in action.data.items()}
            answer = client_of(users.get(name)).post(path, data=data | {"key": uuid4().hex})
            if became(answer) != expected(action, state, name):
                wrong.append(f"{title} by {name}: {became(answer)}, not {expected(action, state, name)}")
    assert wrong == []
