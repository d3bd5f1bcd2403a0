"""A quarter, as its people live it: recorded, confirmed, deliberated, on the wall, booked."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import Duty, Role
from people.roster import persons, terms
from people.signin import accounts
from points import amounts, ledger, verify
from points.assessment import assessments, meeting, opening, sheet
from points.models import AssessmentState, Category, ServiceState, Transfer
from points.rubrics import versions
from points.rubrics.template import USUAL_LIMITS, NewItem
from points.services import deciding, reading, recording
from points.wall import booking, posting
from tests.cast import HASHED, PRESENT
from tests.story import do

Q4 = Quarter(2026, 4)
NEXT = Quarter(2027, 1)
TODAY = date(2026, 12, 28)


@pytest.fixture
def record(cast):
    """Record as the clerk; in a transaction of its own."""

    def record(item="走访一户", count=1, day=TODAY, worker=None, key=None, actor=None):
        worker = worker or cast.worker
        rubric = versions.in_force(worker.area, Quarter.of(day))
        with transaction():
            return recording.record(
                key or uuid4().hex,
                worker,
                cast.item(item, rubric),
                day,
                count,
                " 送米 ",
                actor or cast.clerk,
            )

    return record


@pytest.fixture
def confirmed(record, cast):
    """Record as the clerk and confirm as the chair."""

    def confirmed(*args, **given):
        return do(deciding.confirm, record(*args, **given), cast.chair)

    return confirmed


def opened(cast, quarter=Q4):
    return do(opening.open_quarter, cast.village, quarter, cast.clerk)


def deliberated(cast, quarter=Q4):
    assessment = opened(cast, quarter)
    return do(meeting.deliberate, assessment, TODAY, PRESENT, (), "", cast.clerk)


def posted(cast, quarter=Q4):
    assessment = deliberated(cast, quarter)
    do(posting.post_notice, assessment, cast.clerk)
    return assessment


def line_of(assessment, worker):
    return next(row for row in sheet.sheet_rows(assessment) if row.worker.id == worker.id)


def transfers():
    return db.session.scalar(select(func.count()).select_from(Transfer))


def test_the_quarter(cast, clock, record):
    """The whole way of a point, and every gate on it."""
    visit = record("走访一户", 10)
    with pytest.raises(Refused, match="same_person"):
        do(deciding.confirm, visit, cast.clerk)
    do(deciding.confirm, visit, cast.chair)
    left_out = record("化解一起", 1)  # nobody confirms this one

    assessment = opened(cast)
    assert line_of(assessment, cast.worker).total == 20
    with pytest.raises(Refused, match="nobody_there"):
        do(meeting.deliberate, assessment, TODAY, (), PRESENT, "", cast.clerk)
    with pytest.raises(Refused, match="wrong_state"):
        do(posting.post_notice, assessment, cast.clerk)
    do(meeting.deliberate, assessment, TODAY, PRESENT, (), "一致同意", cast.clerk)
    assert [member.name for member in assessment.members if member.present] == list(PRESENT)
    assert (visit.assessment_id, left_out.assessment_id) == (assessment.id, None)

    with pytest.raises(Refused, match="reason_missing"):
        do(meeting.adjust, assessment, cast.worker, 15, " ", "adjust", cast.clerk)
    do(meeting.adjust, assessment, cast.worker, 15, "雪天送药", "adjust", cast.clerk)
    assert line_of(assessment, cast.worker).total == 35

    notice = do(posting.post_notice, assessment, cast.clerk)
    assert (notice.posted_on, notice.ends_on) == (TODAY, date(2026, 12, 31))
    assert len(notice.digest) == 64
    with pytest.raises(Refused, match="wrong_state"):
        do(meeting.adjust, assessment, cast.worker, 15, "又想起来", "late", cast.clerk)

    for day in (TODAY, notice.ends_on):
        clock.turn_to(day)
        with pytest.raises(Refused, match="notice_running"):
            do(booking.book, assessment, cast.chair)
    clock.days_on()
    with pytest.raises(Refused, match="same_person"):
        do(booking.book, assessment, cast.clerk)
    assert transfers() == 0
    do(booking.book, assessment, cast.chair)
    assert (assessment.state, assessment.booked_by_id) == (AssessmentState.BOOKED, cast.chair.id)
    assert ledger.balance_of(cast.worker) == 35
    assert assessments.award_of(assessment, cast.worker).reason == "2026Q4"

    do(booking.book, assessment, cast.second_chair)  # a second click, a second chair: nothing more
    assert (transfers(), ledger.balance_of(cast.worker)) == (1, 35)
    assert assessment.booked_by_id == cast.chair.id
    assert list(verify.problems()) == []


@pytest.mark.parametrize("verb", ["deliberate", "adjust", "post_notice"])
def test_a_booked_quarter_stands(cast, verb):
    assessment = cast.earn(cast.worker, 100)
    arguments = {
        "deliberate": (TODAY, PRESENT, (), "", cast.clerk),
        "adjust": (cast.worker, 10, "补", "a-key", cast.clerk),
        "post_notice": (cast.clerk,),
    }[verb]
    with pytest.raises(Refused, match="wrong_state"):
        do(getattr(posting if verb == "post_notice" else meeting, verb), assessment, *arguments)


def test_a_quarter_is_not_booked_before_it_hangs_on_the_wall(cast):
    assessment = opened(cast)
    with pytest.raises(Refused, match="wrong_state"):
        do(booking.book, assessment, cast.chair)


def test_who_posted_the_notice_does_not_book_it(cast, clock):
    """Also when somebody else opened the quarter."""
    assessment = deliberated(cast)
    do(posting.post_notice, assessment, cast.chair)
    clock.days_on(4)
    with pytest.raises(Refused, match="same_person"):
        do(booking.book, assessment, cast.chair)
    do(booking.book, assessment, cast.second_chair)
    assert assessment.state == AssessmentState.BOOKED


def test_nobody_awards_themselves(cast, clock, confirmed):
    """A chair who is a worker too: no adjustment of their own line, and another chair books it."""
    with transaction():
        own = accounts.add_user("double", "王芳", HASHED, None, cast.neighbour, temporary=False)
        accounts.grant(own, Role.CHAIR, cast.village, None)
    confirmed(worker=cast.neighbour)
    assessment = deliberated(cast)
    with pytest.raises(Refused, match="own_line"):
        do(meeting.adjust, assessment, cast.neighbour, 10, "辛苦", "a-key", own)
    do(posting.post_notice, assessment, cast.clerk)
    clock.days_on(4)
    with pytest.raises(Refused, match="own_line"):
        do(booking.book, assessment, own)
    do(booking.book, assessment, cast.chair)
    assert assessment.state == AssessmentState.BOOKED


def test_nobody_confirms_their_own_service(cast, record):
    with pytest.raises(Refused, match="own_service"):
        do(deciding.confirm, record(), cast.worker_user)
    with pytest.raises(Refused, match="own_service"):
        do(deciding.confirm, record(actor=cast.worker_user), cast.worker_user)


def test_confirmed_once(cast, record):
    visit = record()
    do(deciding.confirm, visit, cast.chair)
    do(deciding.confirm, visit, cast.chair)
    for verb, arguments in ((deciding.confirm, ()), (deciding.reject, ("不实",))):
        with pytest.raises(Refused, match="already_decided"):
            do(verb, visit, *arguments, cast.second_chair)
    assert (visit.state, visit.decided_by_id) == (ServiceState.CONFIRMED, cast.chair.id)


def test_rejected_with_a_reason(cast, record):
    visit = record()
    with pytest.raises(Refused, match="reason_missing"):
        do(deciding.reject, visit, " ", cast.chair)
    do(deciding.reject, visit, " 没有去 ", cast.chair)
    assert (visit.state, visit.decision) == (ServiceState.REJECTED, "没有去")
    with pytest.raises(Refused, match="already_decided"):
        do(deciding.confirm, visit, cast.second_chair)
    assert line_of(opened(cast), cast.worker).total == 0


def test_who_recorded_it_may_take_it_back(cast, record):
    assert do(deciding.reject, record(), "写错了", cast.clerk).state == ServiceState.REJECTED


def test_a_form_sent_twice_records_once(cast, record):
    first = record(key="one-key", count=2)
    assert record(key="one-key", count=2).id == first.id
    assert first.note == "送米"
    for other in ({"count": 3}, {"day": date(2026, 12, 27)}, {"worker": cast.neighbour}, {"item": "代办"}):
        with pytest.raises(Refused, match="key_reused"):
            record(**{"key": "one-key", "count": 2, **other})
    assert reading.count_waiting(cast.village) == 1


@pytest.mark.parametrize("count", [0, -1, 1000])
def test_counts_that_are_none(record, count):
    with pytest.raises(Refused, match="bad_count"):
        record(count=count)


def test_no_service_in_the_future(cast, record, clock):
    with pytest.raises(Refused, match="in_future"):
        record(day=date(2026, 12, 29))
    with pytest.raises(Refused, match="in_future"):
        do(meeting.deliberate, opened(cast), date(2026, 12, 29), PRESENT, (), "", cast.clerk)


def test_a_service_outside_a_term_is_taken_and_one_of_who_never_served_is_not(cast, record):
    """Whoever confirms it is told; it stands under the grid of the latest term."""
    grid = cast.term_of(cast.worker).grid_id
    with transaction():
        terms.end_term(cast.term_of(cast.worker), "搬走", cast.clerk)
        newcomer = persons.add_person(cast.village, "新来的", cast.clerk)
    with pytest.raises(Refused, match="not_serving"):
        record(worker=newcomer)
    assert record(day=date(2026, 12, 27)).grid_id == record(day=TODAY).grid_id == grid


def test_who_left_during_the_quarter_keeps_what_they_did(cast, confirmed, clock):
    confirmed(count=5, day=date(2026, 11, 30))
    with transaction():
        terms.end_term(cast.term_of(cast.worker), "搬走", cast.clerk)
    assessment = posted(cast)
    clock.days_on(4)
    do(booking.book, assessment, cast.chair)
    assert ledger.balance_of(cast.worker) == 10
    assert list(verify.problems()) == []


def test_points_up_to_the_cap_of_their_item(cast, confirmed):
    """走访一户: 0.2 each, 12 a quarter. 代办: 1 each, 15 a quarter, with a cap of its own."""
    for _time in range(2):
        confirmed("走访一户", 35)
    confirmed("代办", 10)
    line = line_of(opened(cast), cast.worker)
    cell = line.cells[Category.SERVICE]
    assert (cell.count, cell.raw, cell.capped) == (80, 240, 220)
    assert (line.earned, line.total) == (220, 220)


def test_no_cap_where_the_rubric_has_none(cast, confirmed):
    confirmed("化解一起", 50)
    assert line_of(opened(cast), cast.worker).total == 1500


def test_a_cap_is_each_worker_s_own(cast, confirmed):
    for worker in (cast.worker, cast.neighbour):
        confirmed("走访一户", 60, worker=worker)
    assessment = opened(cast)
    assert [line_of(assessment, worker).total for worker in (cast.worker, cast.neighbour)] == [120, 120]


def test_deductions_take_what_the_quarter_earned_and_no_more(cast, confirmed, clock):
    cast.earn(cast.worker, 70)
    confirmed("化解一起", 1)
    do(cast.deduct, cast.worker, TODAY)
    confirmed("走访一户", 5, worker=cast.neighbour)
    assessment = posted(cast)
    line = line_of(assessment, cast.worker)
    assert (line.earned, line.deductions, line.total) == (30, -500, 0)
    clock.days_on(4)
    do(booking.book, assessment, cast.chair)
    assert assessments.award_of(assessment, cast.worker) is None
    assert (ledger.balance_of(cast.worker), ledger.balance_of(cast.neighbour)) == (70, 10)
    assert list(verify.problems()) == []


def test_adjustments_below_what_was_earned_end_at_0(cast, confirmed):
    confirmed("化解一起", 1)
    assessment = deliberated(cast)
    do(meeting.adjust, assessment, cast.worker, -100, "未参加会议", "a-key", cast.clerk)
    assert line_of(assessment, cast.worker).total == 0
    do(meeting.adjust, assessment, cast.worker, 80, "补记", "b-key", cast.clerk)
    assert line_of(assessment, cast.worker).total == 10


def test_an_adjustment_sent_twice_counts_once(cast):
    assessment = deliberated(cast)
    first = do(meeting.adjust, assessment, cast.worker, 10, "雪天送药", "a-key", cast.clerk)
    assert do(meeting.adjust, assessment, cast.worker, 10, "雪天送药", "a-key", cast.clerk).id == first.id
    for worker, amount in ((cast.worker, 11), (cast.neighbour, 10)):
        with pytest.raises(Refused, match="key_reused"):
            do(meeting.adjust, assessment, worker, amount, "雪天送药", "a-key", cast.clerk)
    assert line_of(assessment, cast.worker).total == 10


@pytest.mark.parametrize("amount", [0, amounts.LARGEST_TENTHS + 1, -amounts.LARGEST_TENTHS - 1])
def test_adjustments_that_are_none(cast, amount):
    with pytest.raises(Refused, match="bad_amount"):
        do(meeting.adjust, deliberated(cast), cast.worker, amount, "辛苦", "a-key", cast.clerk)


def test_no_adjustment_for_who_is_not_on_the_sheet(cast):
    with pytest.raises(Refused, match="not_on_sheet"):
        do(meeting.adjust, deliberated(cast), cast.stranger, 10, "辛苦", "a-key", cast.clerk)


def test_what_is_confirmed_late_goes_to_the_next_quarter(cast, clock, record, confirmed):
    confirmed("走访一户", 5)
    late = record("走访一户", 7)
    assessment = posted(cast)
    do(deciding.confirm, late, cast.chair)
    later = confirmed("走访一户", 2, day=TODAY)
    clock.days_on(4)
    do(booking.book, assessment, cast.chair)
    assert ledger.balance_of(cast.worker) == 10

    confirmed("走访一户", 1, day=date(2027, 1, 1))
    following = opened(cast, NEXT)
    assert line_of(following, cast.worker).total == 20
    do(meeting.deliberate, following, date(2027, 1, 1), PRESENT, (), "", cast.clerk)
    assert {late.assessment_id, later.assessment_id} == {following.id}
    assert line_of(assessment, cast.worker).total == 10


def test_what_is_done_after_the_quarter_waits_for_its_own(cast, clock, confirmed):
    clock.turn_to(date(2027, 1, 3))
    confirmed("走访一户", 5, day=date(2027, 1, 2))
    confirmed("走访一户", 2, day=date(2026, 12, 31))
    assert line_of(opened(cast, Q4), cast.worker).total == 4


def test_other_villages_services_stay_there(cast):
    with transaction():
        cast.serve(cast.stranger, "走访一户", TODAY, cast.outsider, cast.county_user)
        cast.serve(cast.worker, "走访一户", TODAY, cast.clerk, cast.chair)
    rows = sheet.sheet_rows(opened(cast))
    assert [row.total for row in rows] == [2] + [0] * 7
    assert "邻村人" not in {row.worker.name for row in rows}


def test_a_quarter_is_opened_once_and_not_before_it_begins(cast):
    assert opened(cast).id == opened(cast).id
    with pytest.raises(Refused, match="quarter_not_begun"):
        opened(cast, NEXT)


def test_the_rubric_of_the_first_day_scores_the_quarter(cast, clock, record, confirmed):
    """A version in force from within a quarter scores the next one."""
    with transaction():
        dearer = [NewItem(Category.SERVICE, "走访一户", "户", 4)]
        versions.publish(cast.county, date(2026, 10, 1), "县委政法委", dearer, USUAL_LIMITS, cast.county_user)
        second = versions.adopt(cast.village, date(2026, 10, 15), "村民代表会议", (), cast.chair)
    assert versions.in_force(cast.village, Q4).version == 1
    assert versions.in_force(cast.village, NEXT).version == 2
    with pytest.raises(Refused, match="not_in_rubric"), transaction():
        recording.record("key", cast.worker, second.items[0], TODAY, 1, "", cast.clerk)
    confirmed("走访一户", 10)
    assert opened(cast).rubric.version == 1
    clock.turn_to(date(2027, 1, 2))
    confirmed("走访一户", 10, day=date(2027, 1, 1))
    following = opened(cast, NEXT)
    assert following.rubric.version == 2
    assert line_of(following, cast.worker).total == 20 + 40


def test_a_rubric_in_force_from_the_first_day_scores_that_quarter(cast):
    with transaction():
        versions.adopt(cast.village, date(2026, 10, 1), "村民代表会议", (), cast.chair)
    assert versions.in_force(cast.village, Q4).version == 2
    assert versions.in_force(cast.village, Quarter(2026, 3)).version == 1


def test_a_rubric_does_not_score_anew_what_is_recorded(cast, record):
    record()
    with pytest.raises(Refused, match="rubric_retroactive"):
        do(versions.adopt, cast.village, date(2026, 10, 1), "会议", (), cast.chair)
    assert do(versions.adopt, cast.village, date(2026, 10, 2), "会议", (), cast.chair).version == 2
    with pytest.raises(Refused, match="no_items"):
        do(
            versions.publish,
            cast.county,
            date(2027, 4, 1),
            "县委政法委",
            [],
            USUAL_LIMITS,
            cast.county_user,
        )


def test_a_rubric_does_not_slip_under_an_opened_quarter(cast):
    opened(cast)
    with pytest.raises(Refused, match="rubric_retroactive"):
        do(versions.adopt, cast.village, date(2026, 10, 1), "会议", (), cast.chair)


def test_versions_come_in_the_order_of_their_days(cast):
    do(versions.adopt, cast.village, date(2027, 4, 1), "会议", (), cast.chair)
    with pytest.raises(Refused, match="rubric_out_of_order"):
        do(versions.adopt, cast.village, date(2027, 3, 31), "会议", (), cast.chair)


def test_an_adjustment_stays_on_the_sheet_when_the_term_ends_that_day(cast, clock):
    clock.turn_to(date(2027, 1, 1))
    assessment = opened(cast, NEXT)
    do(meeting.deliberate, assessment, date(2027, 1, 1), PRESENT, (), "", cast.clerk)
    do(meeting.adjust, assessment, cast.worker, 30, "慰问", uuid4().hex, cast.clerk)
    do(terms.end_term, cast.term_of(cast.worker), "搬走", cast.clerk)
    assert line_of(assessment, cast.worker).total == 30


def test_a_meeting_begun_by_mistake_is_called_off(cast, confirmed):
    confirmed("走访一户", 2)
    assessment = opened(cast)
    do(meeting.deliberate, assessment, TODAY, PRESENT, (), "", cast.clerk)
    do(meeting.reopen, assessment, cast.clerk)
    assert assessment.state == AssessmentState.COLLECTING
    confirmed("走访一户", 3)
    do(meeting.deliberate, assessment, TODAY, PRESENT, (), "", cast.clerk)
    assert line_of(assessment, cast.worker).total == 10
    do(meeting.adjust, assessment, cast.worker, 30, "慰问", uuid4().hex, cast.clerk)
    with pytest.raises(Refused, match="has_adjustments"):
        do(meeting.reopen, assessment, cast.clerk)


def test_a_posted_notice_is_not_taken_down(cast):
    assessment = opened(cast)
    do(meeting.deliberate, assessment, TODAY, PRESENT, (), "", cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    with pytest.raises(Refused, match="wrong_state"):
        do(meeting.reopen, assessment, cast.clerk)


def test_no_quarter_without_a_rubric(cast):
    with pytest.raises(Refused, match="no_rubric"):
        do(opening.open_quarter, cast.far_village, Q4, cast.county_user)
    with pytest.raises(Refused, match="no_rubric"):
        opened(cast, Quarter(2024, 4))


def test_the_sheet_lists_everyone_who_served_by_grid(cast, clock):
    with transaction():
        grid = cast.term_of(cast.neighbour).grid
        terms.end_term(cast.term_of(cast.neighbour), "换届", cast.clerk)
        successor = persons.add_person(cast.village, "接任的", cast.clerk)
        terms.appoint(successor, grid, Duty.WORKER, TODAY, cast.clerk)
    rows = sheet.sheet_rows(opened(cast))
    assert [row.grid.code for row in rows] == ["01", "02", "02", *(f"{n:02}" for n in range(3, 9))]
    assert {row.worker.name for row in rows} >= {"王芳", "接任的"}


def test_what_could_not_be_booked_is_not_posted(cast, clock):
    """There is no way back from the wall; in the meeting there is."""
    assessment = deliberated(cast)
    for key, amount in (("a-key", amounts.LARGEST_TENTHS), ("b-key", 1)):
        do(meeting.adjust, assessment, cast.worker, amount, "辛苦", key, cast.clerk)
    with pytest.raises(Refused, match="amount_too_large"):
        do(posting.post_notice, assessment, cast.clerk)
    do(meeting.adjust, assessment, cast.worker, -1, "写多了", "c-key", cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    clock.days_on(4)
    do(booking.book, assessment, cast.chair)
    assert ledger.balance_of(cast.worker) == amounts.LARGEST_TENTHS


def test_quarters_by_their_names():
    assert Quarter.of(date(2026, 12, 31)) == Quarter.parse("2026Q4") == Q4
    assert (Q4.first_day, Q4.last_day, Q4.next, str(NEXT)) == (
        date(2026, 10, 1),
        date(2026, 12, 31),
        NEXT,
        "2027Q1",
    )
    for text in ("2026Q5", "2026Q0", "26Q4", "2026q4", "2026-4", "", "2026Q44", "٢٠٢٦Q4x"):
        with pytest.raises(ValueError, match=r".*"):
            Quarter.parse(text)
