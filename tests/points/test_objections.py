"""Objections: a number and a clock, who may bring and answer them, and which line waits for which."""

from datetime import date
from uuid import uuid4

import pytest

from ground import clock as calendar
from ground.clock import Quarter
from ground.db import transaction
from ground.refusal import Refused
from people.models import Role
from people.signin import accounts
from points import ledger, verify
from points.assessment import assessments, meeting, opening, review
from points.models import AssessmentState, ObjectionChannel
from points.wall import booking, objections, posting
from points.wall import wall_state as wall
from points.wall.booking import WaitReason
from tests.cast import HASHED, PRESENT, TODAY, WORKERS
from tests.points.hung import in_meeting, object_to, on_wall
from tests.story import do

LI, WANG, ZHAO = WORKERS[:3]

ONLINE = {"channel": ObjectionChannel.ONLINE, "origin": "203.0.113.7"}


@pytest.fixture
def posted(cast):
    """Three lines on the wall, of 30, 20 and 0 points more; the notice ends on the last of December."""
    return on_wall(cast, {LI: 300, WANG: 200})


def waiting(assessment):
    """By name, why each line that is not booked waits."""
    return {line.posted_line.worker.name: line.wait_reason for line in booking.bookable_lines(assessment)}


def balance(cast, name):
    return ledger.balance_of(cast.person(name))


def test_each_has_its_number_and_the_quarter_s_name(cast, posted):
    codes = [object_to(posted, worker, cast.clerk).code for worker in (cast.worker, cast.worker)]
    assert codes == ["2026Q4-1", "2026Q4-2"]
    made = objections.objections_of(posted)[0]
    assert (made.received_on, made.channel, made.received_by_id) == (
        TODAY,
        ObjectionChannel.ORAL,
        cast.clerk.id,
    )
    assert objections.by_token(made.token.lower()).id == made.id
    assert len(made.token) == 20


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # National Day 2026: 1 to 7 October are off, Saturday the 10th is worked.
        # 30 Sep, 8, 9, 10, 12, 13, 14 Oct.
        (date(2026, 9, 29), date(2026, 10, 14)),
        # The same, received on the last day before it: 8, 9, 10, 12, 13, 14, 15 Oct.
        (date(2026, 9, 30), date(2026, 10, 15)),
        # Received on a holiday: 8, 9, 10, 12, 13, 14, 15 Oct.
        (date(2026, 10, 3), date(2026, 10, 15)),
        # Spring Festival 2026: 15 to 23 February are off, Saturdays the 14th and the 28th are worked.
        # 13, 14, 24, 25, 26, 27, 28 Feb.
        (date(2026, 2, 12), date(2026, 2, 28)),
        # An ordinary week: Tue 10 to Fri 13 Nov, Mon 16 to Wed 18 Nov.
        (date(2026, 11, 9), date(2026, 11, 18)),
    ],
)
def test_seven_working_days_of_the_calendar_that_offices_keep(cast, clock, received, due):
    clock.turn_to(received)
    assessment = on_wall(cast, {LI: 300}, Quarter.of(received).previous)
    objection = object_to(assessment, cast.worker, cast.clerk)
    assert objection.due_on == due
    clock.turn_to(due)
    assert list(objections.overdue_objections(cast.township)) == []
    clock.days_on()
    assert [late.id for late in objections.overdue_objections(cast.township)] == [objection.id]
    assert list(objections.overdue_objections(cast.next_village)) == []
    standing = {
        each.village.code: each for each in opening.progress_of_villages(cast.county, assessment.quarter)
    }
    assert standing[cast.village.code].overdue_objections == 1
    do(objections.answer, objection, False, 0, "已核对", "村委会", cast.chair)
    assert list(objections.overdue_objections(cast.county)) == []


def test_sent_twice_it_is_one(cast, posted):
    first = object_to(posted, cast.worker, cast.clerk, key="one-key")
    assert object_to(posted, cast.worker, cast.clerk, key="one-key").id == first.id
    for worker, more in ((cast.neighbour, {}), (cast.worker, {"channel": ObjectionChannel.WRITTEN})):
        with pytest.raises(Refused, match="key_reused"):
            object_to(posted, worker, cast.clerk, key="one-key", **more)
    assert len(objections.objections_of(posted)) == 1


def test_one_address_does_not_flood_the_committee(cast, posted, clock):
    for _each in range(objections.MOST_A_DAY_PER_ADDRESS):
        object_to(posted, cast.worker, None, **ONLINE)
    with pytest.raises(Refused, match="too_many"):
        object_to(posted, cast.worker, None, **ONLINE)
    object_to(posted, cast.worker, None, **ONLINE | {"origin": "203.0.113.8"})
    object_to(posted, cast.worker, cast.clerk)  # at the counter everyone is heard
    clock.days_on(2)
    object_to(posted, cast.worker, None, **ONLINE)


def test_nor_do_many_addresses(cast, posted, monkeypatch):
    monkeypatch.setattr(objections, "MOST_OPEN_PER_VILLAGE", 4)
    brought = [
        object_to(posted, cast.worker, None, **ONLINE | {"origin": f"203.0.113.{n}"}) for n in range(4)
    ]
    with pytest.raises(Refused, match="too_many"):
        object_to(posted, cast.worker, None, **ONLINE)
    do(objections.answer, brought[0], False, 0, "已核对", "村委会", cast.chair)
    object_to(posted, cast.worker, None, **ONLINE)


@pytest.mark.parametrize(
    ("code", "more"),
    [
        ("bad_text", {"text": " 错 "}),
        ("bad_text", {"text": "错" * 1001}),
        ("in_future", {"received_on": date(2026, 12, 29)}),
        ("before_notice", {"received_on": date(2026, 12, 27)}),
    ],
)
def test_what_is_none(cast, posted, code, more):
    with pytest.raises(Refused, match=code):
        object_to(posted, cast.worker, cast.clerk, **more)
    assert waiting(posted)[LI] == WaitReason.NOTICE_RUNS


def test_only_to_what_hangs_on_the_wall(cast, clock):
    assessment = in_meeting(cast, {LI: 300})
    with pytest.raises(Refused, match="not_on_notice"):
        object_to(assessment, cast.worker, cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    with pytest.raises(Refused, match="not_on_sheet"):
        object_to(assessment, cast.stranger, cast.clerk)
    clock.days_on(4)
    object_to(assessment, cast.neighbour, cast.clerk)  # the days are over, but nothing is booked yet
    do(booking.book, assessment, cast.chair)
    with pytest.raises(Refused, match="already_booked"):
        object_to(assessment, cast.worker, cast.clerk)
    assert [line.worker.name for line in wall.open_lines(assessment)] == [WANG]


def test_the_line_waits_the_rest_is_booked_and_a_rejected_one_follows_alone(cast, posted, clock):
    objection = object_to(posted, cast.worker, cast.clerk)
    clock.days_on(4)
    assert waiting(posted) == {LI: WaitReason.OBJECTION, WANG: None}
    do(booking.book, posted, cast.chair)
    assert (posted.state, balance(cast, LI), balance(cast, WANG)) == (AssessmentState.BOOKED, 0, 200)
    do(booking.book, posted, cast.chair)  # nothing is ready
    assert balance(cast, LI) == 0
    with pytest.raises(Refused, match="reason_missing"):
        do(objections.answer, objection, False, 0, " ", "村委会", cast.clerk)
    with pytest.raises(Refused, match="decided_by_missing"):
        do(objections.answer, objection, False, 0, "已核对", " ", cast.clerk)
    do(objections.answer, objection, False, 0, "已核对服务单", "村委会", cast.clerk)
    assert waiting(posted) == {LI: None}
    with pytest.raises(Refused, match="nothing_changed"):
        do(posting.post_changes, posted, cast.clerk)
    do(booking.book, posted, cast.second_chair)
    assert (balance(cast, LI), balance(cast, WANG)) == (300, 200)
    assert list(verify.problems()) == []


def test_an_accepted_one_is_posted_again_for_days_of_its_own(cast, posted, clock):
    objection = object_to(posted, cast.worker, cast.clerk)
    clock.days_on(4)
    with pytest.raises(Refused, match="bad_amount"):
        do(objections.answer, objection, True, 0, "确实漏记", "村委会", cast.clerk)
    do(objections.answer, objection, True, 4, "确实漏记", "村委会", cast.clerk)
    assert waiting(posted) == {LI: WaitReason.TO_POST, WANG: None}
    do(booking.book, posted, cast.chair)
    assert (balance(cast, LI), balance(cast, WANG)) == (0, 200)

    second = do(posting.post_changes, posted, cast.clerk)
    assert (second.number, second.whole, [line.total for line in second.lines]) == (2, False, [304])
    assert (second.posted_on, second.ends_on) == (date(2027, 1, 1), date(2027, 1, 4))
    assert second.digest != assessments.whole_notice(posted).digest  # 王芳's points are booked by now
    assert waiting(posted) == {LI: WaitReason.NOTICE_RUNS}
    clock.turn_to(second.ends_on)
    do(booking.book, posted, cast.chair)
    assert balance(cast, LI) == 0
    clock.days_on()
    do(booking.book, posted, cast.chair)
    assert (balance(cast, LI), waiting(posted)) == (304, {})
    assert list(verify.problems()) == []


def test_both_objections_to_a_line_are_answered_before_it_is_booked(cast, posted, clock):
    first, second = (object_to(posted, cast.worker, cast.clerk) for _each in range(2))
    clock.days_on(4)
    do(objections.answer, first, False, 0, "已核对", "村委会", cast.clerk)
    assert waiting(posted)[LI] == WaitReason.OBJECTION
    do(objections.answer, second, True, -100, "重复计分", "村委会", cast.clerk)
    assert waiting(posted)[LI] == WaitReason.TO_POST
    do(posting.post_changes, posted, cast.clerk)
    third = object_to(posted, cast.worker, cast.clerk)
    clock.days_on(4)
    assert waiting(posted)[LI] == WaitReason.OBJECTION
    do(objections.answer, third, False, 0, "已核对", "村委会", cast.clerk)
    do(booking.book, posted, cast.chair)
    assert balance(cast, LI) == 200


def test_answered_once(cast, posted):
    objection = object_to(posted, cast.worker, cast.clerk)
    given = do(objections.answer, objection, True, 20, "漏记", "村委会", cast.clerk)
    assert do(objections.answer, objection, True, 20, "漏记", "村委会", cast.clerk).id == given.id
    for accepted, change in ((False, 0), (True, 30)):
        with pytest.raises(Refused, match="already_answered"):
            do(objections.answer, objection, accepted, change, "再想想", "村委会", cast.chair)
    assert [each.amount for each in posted.adjustments] == [300, 200, 20]


def test_nobody_answers_for_themselves_or_for_whom_they_were_left_out(cast, clock):
    with transaction():
        own = accounts.add_user("double", WANG, HASHED, None, cast.neighbour, temporary=False)
        accounts.grant(own, Role.CHAIR, cast.village, None)
    assessment = in_meeting(cast, {LI: 300, WANG: 200})
    chair = next(member for member in assessment.members if member.name == PRESENT[1])
    do(meeting.recuse, assessment, chair, cast.worker, "兄弟", cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    about_li, about_wang = (
        object_to(assessment, worker, cast.clerk) for worker in (cast.worker, cast.neighbour)
    )
    with pytest.raises(Refused, match="recused"):
        do(objections.answer, about_li, False, 0, "已核对", "村委会", cast.chair)
    with pytest.raises(Refused, match="own_line"):
        do(objections.answer, about_wang, True, 50, "漏记", "村委会", own)
    do(objections.answer, about_li, False, 0, "已核对", "村委会", cast.clerk)


def test_it_outlasts_a_sheet_that_is_sent_back(cast, posted, clock):
    objection = object_to(posted, cast.worker, cast.clerk)
    do(review.send_back, posted, "请核对", cast.township_user)
    assert wall.open_lines(posted) == []
    with pytest.raises(Refused, match="not_on_notice"):
        object_to(posted, cast.worker, cast.clerk)
    do(objections.answer, objection, True, 10, "漏记", "村委会", cast.clerk)
    do(meeting.adjust, posted, cast.neighbour, 5, "补记", uuid4().hex, cast.clerk)
    do(posting.post_notice, posted, cast.clerk)
    assert {line.worker.name: line.total for line in wall.open_lines(posted)}.items() >= {
        LI: 310,
        WANG: 205,
    }.items()
    clock.days_on(4)
    do(booking.book, posted, cast.chair)
    assert (balance(cast, LI), balance(cast, WANG)) == (310, 205)
    assert calendar.today() == date(2027, 1, 1)
