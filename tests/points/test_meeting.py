"""The meeting: who has to be there, who is left out of which line, and that nobody writes over another."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import Role
from people.signin import accounts
from points.assessment import line_notes, meeting, meeting_rules, members, opening, sheet
from points.assessment.meeting_rules import MeetingRules
from points.models import Adjustment, AssessmentState, Member, Quorum, Recusal
from points.wall import posting
from tests.cast import PRESENT
from tests.story import do

TODAY = date(2026, 12, 28)


@pytest.fixture
def assessment(cast):
    """A quarter that is being collected."""
    return do(opening.open_quarter, cast.village, Quarter(2026, 4), cast.clerk)


@pytest.fixture
def begun(assessment, cast):
    """A quarter whose meeting has begun, with one invited who did not come."""
    return do(meeting.deliberate, assessment, TODAY, PRESENT, ("村民代表丁",), "", cast.clerk)


def adjust(begun, cast, amount=15, worker=None, actor=None, **named):
    worker, actor = worker or cast.worker, actor or cast.clerk
    return do(meeting.adjust, begun, worker, amount, "雪天送药", uuid4().hex, actor, **named)


def leave_out(begun, cast, name, relation="叔侄"):
    member = next(member for member in begun.members if member.name == name)
    return do(meeting.recuse, begun, member, cast.worker, relation, cast.clerk)


def total(begun, worker):
    return next(row.total for row in sheet.sheet_rows(begun) if row.worker.id == worker.id)


@pytest.mark.parametrize(
    ("quorum", "least", "present", "invited", "is_met"),
    [
        (Quorum.TWO_THIRDS, 1, 6, 9, True),
        (Quorum.TWO_THIRDS, 1, 5, 9, False),
        (Quorum.TWO_THIRDS, 1, 5, 8, False),
        (Quorum.MORE_THAN_HALF, 1, 5, 9, True),
        (Quorum.MORE_THAN_HALF, 1, 5, 10, False),
        (Quorum.MORE_THAN_HALF, 6, 5, 5, False),
        (Quorum.MORE_THAN_HALF, 6, 6, 6, True),
        (None, None, 3, 4, True),
        (None, None, 2, 2, False),
    ],
)
def test_the_county_says_how_many_have_to_be_there(cast, assessment, quorum, least, present, invited, is_met):
    """With None the county has decided nothing: two thirds, and three people."""
    if quorum:
        do(meeting_rules.decide, cast.county, MeetingRules(quorum, least), "县委政法委", cast.county_user)
    names = [f"代表{number}" for number in range(invited)]
    held = (assessment, TODAY, names[:present], names[present:], "", cast.clerk)
    if is_met:
        assert do(meeting.deliberate, *held).state == AssessmentState.DELIBERATING
        return
    with pytest.raises(Refused, match="no_quorum"):
        do(meeting.deliberate, *held)
    assert db.session.scalar(select(func.count()).select_from(Member)) == 0


@pytest.mark.parametrize(
    ("present", "absent", "code"),
    [
        ((*PRESENT, PRESENT[0]), (), "named_twice"),
        (PRESENT, PRESENT[:1], "named_twice"),
        ((), PRESENT, "nobody_there"),
        ((*PRESENT, "长" * 101), (), "bad_name"),
        ([f"代表{n}" for n in range(members.MOST_MEMBERS + 1)], (), "bad_name"),
    ],
)
def test_a_list_of_members_that_makes_no_sense_is_refused(cast, assessment, present, absent, code):
    with pytest.raises(Refused, match=code):
        do(meeting.deliberate, assessment, TODAY, present, absent, "", cast.clerk)
    assert assessment.state == AssessmentState.COLLECTING


def test_who_did_not_come_is_on_the_list_and_a_member_who_signs_in_is_known(cast, begun):
    there = {member.name: (member.present, member.user_id) for member in begun.members}
    assert there["村民代表丁"] == (False, None)
    assert there["陈主任"] == (True, cast.chair.id)
    assert len(there) == 6


def test_the_usual_members_are_the_last_meeting_s_and_before_it_the_committee(cast, begun):
    following = do(opening.open_quarter, cast.village, Quarter(2026, 3), cast.clerk)
    assert members.usual_members(following) == [*PRESENT, "村民代表丁"]
    assert members.usual_members(begun) == ["刘文书", "陈主任", "周副主任", "郭监督"]


def test_the_minutes_are_written_by_who_saw_them_last(cast, begun):
    seen = begun.revision
    do(meeting.rewrite, begun, seen, TODAY, PRESENT[:4], PRESENT[4:], "一致同意", cast.chair)
    with pytest.raises(Refused, match="changed_meanwhile"):
        do(meeting.rewrite, begun, seen, TODAY, PRESENT, (), "没有看到", cast.clerk)
    assert begun.minutes == "一致同意"
    do(meeting.rewrite, begun, seen + 1, TODAY, PRESENT, (), "看到了", cast.clerk)
    assert [member.name for member in begun.members if member.present] == list(PRESENT)


def test_adjusting_a_line_does_not_stand_in_the_way_of_the_minutes(cast, begun):
    seen = begun.revision
    adjust(begun, cast)
    leave_out(begun, cast, "村民代表甲")
    do(meeting.rewrite, begun, seen, TODAY, PRESENT, ("村民代表丁",), "一致同意", cast.clerk)


def test_who_writes_is_told_what_came_at_the_line_since(cast, begun):
    first = adjust(begun, cast, 15, last_seen_id=0)
    with pytest.raises(Refused, match="line_changed") as refused:
        adjust(begun, cast, 20, actor=cast.chair, last_seen_id=0)
    for words in ("刘文书", "+1.5", "雪天送药"):
        assert words in str(refused.value.message)
    adjust(begun, cast, 20, worker=cast.neighbour, last_seen_id=0)
    adjust(begun, cast, 20, actor=cast.chair, last_seen_id=first.id)
    assert total(begun, cast.worker) == 35


def test_taken_back_twice_is_once_and_both_stay(cast, begun):
    made = adjust(begun, cast)
    gone = [do(meeting.take_back, begun, made, uuid4().hex, cast.clerk).id for _ in range(2)]
    assert gone[0] == gone[1]
    assert (total(begun, cast.worker), len(begun.adjustments)) == (0, 2)
    assert line_notes.notes_by_worker(begun)[cast.worker.id].standing_adjustments == []
    with pytest.raises(Refused, match="taken_back"):
        do(meeting.take_back, begun, db.session.get(Adjustment, gone[0]), uuid4().hex, cast.clerk)


def test_who_is_left_out_does_not_write_at_that_line(cast, begun):
    made = adjust(begun, cast)
    recusal = leave_out(begun, cast, "刘文书")
    assert leave_out(begun, cast, "刘文书").id == recusal.id
    for verb, named in (
        (meeting.adjust, (cast.worker, 5, "又想起来", uuid4().hex)),
        (meeting.take_back, (made, uuid4().hex)),
    ):
        with pytest.raises(Refused, match="recused"):
            do(verb, begun, *named, cast.clerk)
    adjust(begun, cast, 5, actor=cast.chair)
    adjust(begun, cast, 5, worker=cast.neighbour)
    assert line_notes.notes_by_worker(begun)[cast.worker.id].recusals == [recusal]


def test_enough_members_have_to_be_left_for_a_line(cast, assessment):
    begun = do(meeting.deliberate, assessment, TODAY, PRESENT[:4], (), "", cast.chair)
    leave_out(begun, cast, "村民代表甲")
    adjust(begun, cast)
    second = leave_out(begun, cast, "村民代表乙")
    with pytest.raises(Refused, match="no_quorum"):
        adjust(begun, cast)
    adjust(begun, cast, worker=cast.neighbour)
    do(meeting.lift, begun, second, cast.clerk)
    adjust(begun, cast)
    assert total(begun, cast.worker) == 30


def test_who_is_absent_decides_nothing_left_out_or_not(cast, assessment):
    begun = do(meeting.deliberate, assessment, TODAY, PRESENT[:3], ("村民代表丁",), "", cast.clerk)
    leave_out(begun, cast, "村民代表丁")
    adjust(begun, cast)
    leave_out(begun, cast, "陈主任")
    with pytest.raises(Refused, match="no_quorum"):
        adjust(begun, cast)


def test_a_recusal_is_of_this_meeting_and_this_sheet_and_says_why(cast, begun):
    member = begun.members[0]
    with pytest.raises(Refused, match="relation_missing"):
        do(meeting.recuse, begun, member, cast.worker, "  ", cast.clerk)
    with pytest.raises(Refused, match="not_on_sheet"):
        do(meeting.recuse, begun, member, cast.stranger, "叔侄", cast.clerk)
    with transaction():
        accounts.grant(cast.outsider, Role.CHAIR, cast.next_village, None)
        other = opening.open_quarter(cast.next_village, Quarter(2026, 4), cast.outsider)
        meeting.deliberate(other, TODAY, PRESENT, (), "", cast.outsider)
    with pytest.raises(Refused, match="not_a_member"):
        do(meeting.recuse, begun, other.members[0], cast.worker, "叔侄", cast.clerk)


def test_who_is_left_out_of_a_line_stays_on_the_list(cast, begun):
    leave_out(begun, cast, "村民代表甲")
    others = [name for name in PRESENT if name != "村民代表甲"]
    with pytest.raises(Refused, match="member_recused"):
        do(meeting.rewrite, begun, begun.revision, TODAY, others, (), "", cast.clerk)
    do(meeting.rewrite, begun, begun.revision, TODAY, others, ("村民代表甲",), "", cast.clerk)
    assert len(members.recusals(begun)) == 1


def test_back_to_collecting_clears_who_was_there(cast, begun):
    leave_out(begun, cast, "村民代表甲")
    do(meeting.reopen, begun, cast.clerk)
    for table in (Member, Recusal):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    do(meeting.deliberate, begun, TODAY, PRESENT[:3], (), "", cast.clerk)
    assert [member.name for member in begun.members] == list(PRESENT[:3])


def test_once_posted_nothing_of_it_moves(cast, begun, clock):
    made, recusal = adjust(begun, cast), leave_out(begun, cast, "村民代表甲")
    do(posting.post_notice, begun, cast.clerk)
    clock.turn_to(TODAY + timedelta(days=1))
    for verb, named in (
        (meeting.rewrite, (begun.revision, TODAY, PRESENT, (), "")),
        (meeting.recuse, (begun.members[0], cast.worker, "叔侄")),
        (meeting.lift, (recusal,)),
        (meeting.take_back, (made, uuid4().hex)),
    ):
        with pytest.raises(Refused, match="wrong_state"):
            do(verb, begun, *named, cast.clerk)
