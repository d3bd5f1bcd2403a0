"""Deductions: proposed with what shows it, the worker heard, another decides; and what is taken back."""

import ast
from datetime import date
from uuid import uuid4

import pytest

from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from people.models import Role
from people.signin import accounts
from points import verify
from points.assessment import assessments, meeting, opening, review, sheet
from points.models import Deduction, Service, ServiceState, Voucher
from points.services import deciding, deductions, flags, reading, recording
from points.wall import booking, posting
from tests.cast import PRESENT
from tests.product import PRODUCT
from tests.story import count, do, everything_fits, refusal, refused

Q4 = Quarter(2026, 4)
TODAY, DAY = date(2026, 12, 28), date(2026, 12, 20)
REASON, SHOWN = "十二月二十日的走访没有去过", "住户张大娘当面说的"


@pytest.fixture
def propose(cast):
    """Propose as the clerk to take 50 points; in a transaction of its own."""

    def propose(worker=None, actor=None, **given):
        told = {"done_on": DAY, "count": 1, "reason": REASON, "shown_by": SHOWN, "key": uuid4().hex} | given
        with transaction():
            return deductions.propose(
                worker=worker or cast.worker, item=cast.item("虚报"), actor=actor or cast.clerk, **told
            )

    return propose


@pytest.fixture
def heard(cast, propose):
    """A deduction to which the worker said something."""
    deduction = propose()
    do(deductions.state, deduction, "那天我去了", uuid4().hex, cast.worker_user)
    return deduction


@pytest.fixture
def served(cast):
    """A service that is confirmed."""
    with transaction():
        service = recording.record(uuid4().hex, cast.worker, cast.item("化解一起"), DAY, 1, "", cast.clerk)
        return deciding.confirm(service, cast.chair, Voucher.WITNESS, "张大娘", "邻村", "13900001111")


def total(assessment, worker):
    db.session.rollback()
    return next(
        (row.earned + row.deductions for row in sheet.sheet_rows(assessment) if row.worker.id == worker.id), 0
    )


def met(cast):
    """The quarter's assessment, with its meeting begun."""
    assessment = do(opening.open_quarter, cast.village, Q4, cast.clerk)
    return do(meeting.deliberate, assessment, TODAY, PRESENT, (), "", cast.clerk)


# No way round it.


def test_every_record_is_written_in_one_place():
    """What is refused there is refused to every import, slip, record and resubmission."""
    made = [
        (file.name, function.name)
        for file in PRODUCT
        for function in ast.walk(ast.parse(file.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Service"
    ]
    assert made == [("recording.py", "_add")]


def test_what_takes_points_is_no_service(cast):
    minus = cast.item("虚报")
    refused("is_deduction", recording.record, uuid4().hex, cast.worker, minus, DAY, 1, REASON, cast.clerk)
    plus = cast.item("代办")
    service = do(recording.record, uuid4().hex, cast.worker, plus, DAY, 1, "", cast.clerk)
    do(deciding.reject, service, "重复", cast.chair)
    with transaction():  # as nobody can write it down
        service.item_id = minus.id
    refused("is_deduction", recording.resubmit, uuid4().hex, service, DAY, 1, "再交", cast.clerk)
    assert count(Deduction) == 0


def test_what_gives_points_is_no_deduction(cast):
    told = (uuid4().hex, cast.worker, cast.item("代办"), DAY, 1, REASON, SHOWN, cast.clerk)
    refused("no_deduction", deductions.propose, *told)


def test_the_ordinary_decisions_do_not_decide_it(cast, heard):
    refused("is_deduction", deciding.confirm, heard.service, cast.chair)
    refused("is_deduction", deciding.confirm, heard.service, cast.chair, Voucher.WITNESS, "张大娘")
    refused("is_deduction", deciding.reject, heard.service, "没有这回事", cast.chair)


def test_it_never_stands_among_the_records(cast, heard):
    assert reading.count_waiting(cast.village) == 0
    for search in (reading.ServiceSearch(), reading.ServiceSearch(state=ServiceState.RECORDED)):
        assert db.session.scalars(reading.search_services(cast.village, search)).all() == []
    assert flags.flagged_waiting_ids(cast.village) == []


# What it takes to propose one.


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"reason": " "}, "reason_missing"),
        ({"reason": "造假"}, "reason_missing"),
        ({"reason": "。。。。。。"}, "reason_missing"),
        ({"reason": "无无无无"}, "reason_missing"),
        ({"shown_by": "aaaa"}, "evidence_missing"),
        ({"shown_by": ""}, "evidence_missing"),
        ({"shown_by": "……——"}, "evidence_missing"),
        ({"done_on": date(2026, 12, 29)}, "in_future"),
        ({"count": 0}, "bad_count"),
    ],
)
def test_a_reason_and_what_shows_it_must_be_there(cast, propose, given, code):
    with refusal(code):
        propose(**given)
    assert (count(Deduction), count(Service)) == (0, 0)


def test_who_proposes(cast, propose):
    for actor in (cast.worker_user, cast.instructor, cast.supervisor, cast.outsider):
        with refusal("committee_only"):
            propose(actor=actor)
    key = uuid4().hex
    first = propose(actor=cast.chair, key=key)
    assert propose(actor=cast.chair, key=key).service_id == first.service_id
    with refusal("key_reused"):
        propose(actor=cast.chair, key=key, count=2)
    assert (first.tenths, first.told_on, first.shown_by) == (-500, TODAY, SHOWN)


# The worker is heard.


def test_it_waits_three_days_for_what_the_worker_says(cast, propose, clock):
    deduction = propose()
    for _day in range(deductions.HEARING_DAYS + 1):
        told = refused("not_heard", deductions.confirm, deduction, cast.chair)
        assert "可以说明到2026年12月31日" in str(told.message)
        clock.days_on(1)
    assert do(deductions.confirm, deduction, cast.chair).state == ServiceState.CONFIRMED


@pytest.mark.parametrize(("who", "oral"), [("worker", False), ("second_chair", True), ("chair", True)])
def test_it_can_be_decided_once_they_said_something(cast, propose, who, oral):
    deduction, key = propose(), uuid4().hex
    said = [do(deductions.state, deduction, " 那天我去了 ", key, cast.user(who)) for _twice in range(2)]
    assert {(each.text, each.oral) for each in said} == {("那天我去了", oral)}
    assert len(deduction.statements) == 1
    assert do(deductions.confirm, deduction, cast.chair).state == ServiceState.CONFIRMED


def test_who_is_not_heard(cast, propose, heard):
    for actor in (cast.stranger_user, cast.instructor, cast.outsider):
        refused("committee_only", deductions.state, heard, "我知道", uuid4().hex, actor)
    refused("same_person", deductions.state, heard, "我知道", uuid4().hex, cast.clerk)  # who proposed it
    refused("text_missing", deductions.state, heard, "  ", uuid4().hex, cast.worker_user)
    do(deductions.drop, heard, "确实去了", cast.chair)
    refused("already_decided", deductions.state, heard, "还有", uuid4().hex, cast.worker_user)


# Who decides.


def test_two_different_people(cast, heard):
    refused("same_person", deductions.confirm, heard, cast.clerk)
    service = do(deductions.confirm, heard, cast.chair)
    assert (service.state, service.decided_by) == (ServiceState.CONFIRMED, cast.chair)
    assert do(deductions.confirm, heard, cast.chair) is service
    refused("already_decided", deductions.drop, heard, "算了", cast.chair)


def test_not_the_worker(cast, heard):
    do(accounts.grant, cast.worker_user, Role.CHAIR, cast.village, None)
    refused("own_service", deductions.confirm, heard, cast.worker_user)
    refused("own_service", deductions.drop, heard, "没有这回事", cast.worker_user)


def test_nobody_who_was_left_out_of_one_of_the_worker_s_lines(cast, heard):
    assessment = met(cast)
    member = next(each for each in assessment.members if each.user_id == cast.chair.id)
    do(meeting.recuse, assessment, member, cast.worker, "叔侄", cast.clerk)
    for verb, more in ((deductions.confirm, ()), (deductions.drop, ("没有这回事",))):
        assert "叔侄" in str(refused("recused", verb, heard, *more, cast.chair).message)
    assert do(deductions.confirm, heard, cast.second_chair).state == ServiceState.CONFIRMED


def test_nothing_is_taken(cast, heard):
    refused("reason_missing", deductions.drop, heard, " ", cast.chair)
    service = do(deductions.drop, heard, "邻居证实去过", cast.chair)
    assert (service.state, service.decision) == (ServiceState.REJECTED, "邻居证实去过")


def test_who_proposed_it_withdraws_it(cast, propose):
    assert do(deductions.drop, propose(), "看错了人", cast.clerk).state == ServiceState.REJECTED


def test_it_counts_on_the_sheet_as_before(cast, heard, served, clock):
    assessment = do(opening.open_quarter, cast.village, Q4, cast.clerk)
    assert total(assessment, cast.worker) == 30
    do(deductions.confirm, heard, cast.chair)
    assert total(assessment, cast.worker) == 30 - 500
    met(cast)
    do(posting.post_notice, assessment, cast.clerk)
    clock.days_on(8)
    do(booking.book, assessment, cast.chair)
    assert everything_fits()


# A confirmation is taken back.


@pytest.fixture(params=["service", "deduction"])
def confirmed(request, cast, served, heard):
    """A confirmed record of each kind, and how it is confirmed again."""
    if request.param == "deduction":
        do(deductions.confirm, heard, cast.chair)
        return heard.service, lambda: do(deductions.confirm, heard, cast.chair)
    return served, lambda: do(deciding.confirm, served, cast.chair)


def test_a_confirmation_is_taken_back_and_the_record_waits_again(cast, confirmed):
    service, again = confirmed
    was = (service.decided_by_id, service.decided_at, service.voucher, service.voucher_name)
    refused("reason_missing", deciding.take_back, service, " ", cast.chair)
    do(deciding.take_back, service, "按错了", cast.second_chair)
    assert (service.state, service.decided_by, service.voucher) == (ServiceState.RECORDED, None, None)
    (undone,) = service.undone
    assert (undone.confirmed_by_id, undone.confirmed_at, undone.voucher, undone.voucher_name) == was
    assert (undone.reason, undone.actor) == ("按错了", cast.second_chair)
    refused("not_confirmed", deciding.take_back, service, "再一次", cast.chair)
    assert again().state == ServiceState.CONFIRMED
    assert everything_fits()


def test_it_leaves_the_sheet_while_it_is_collected_and_comes_back(cast, confirmed):
    service, again = confirmed
    assessment = do(opening.open_quarter, cast.village, Q4, cast.clerk)
    before = total(assessment, cast.worker)
    do(deciding.take_back, service, "按错了", cast.chair)
    assert total(assessment, cast.worker) == before - service.item.points
    again()
    assert total(assessment, cast.worker) == before


def test_it_leaves_the_meeting_s_sheet_and_confirmed_again_counts_there(cast, confirmed):
    service, again = confirmed
    assessment = met(cast)
    before = total(assessment, cast.worker)
    do(deciding.take_back, service, "按错了", cast.chair)
    assert total(assessment, cast.worker) == before - service.item.points
    assert service.assessment_id is None
    again()
    assert total(assessment, cast.worker) == before
    assert everything_fits()


def test_confirmed_again_after_the_notice_it_counts_for_the_next_quarter(cast, confirmed, clock):
    service, again = confirmed
    assessment = met(cast)
    do(deciding.take_back, service, "按错了", cast.chair)
    do(posting.post_notice, assessment, cast.clerk)
    posted = total(assessment, cast.worker)
    again()
    assert (total(assessment, cast.worker), service.assessment_id) == (posted, None)
    clock.days_on(8)
    later = do(opening.open_quarter, cast.village, Quarter(2027, 1), cast.clerk)
    assert total(later, cast.worker) == service.item.points


def test_confirmed_again_after_the_meeting_was_begun_anew(cast, confirmed):
    service, again = confirmed
    assessment = met(cast)
    do(deciding.take_back, service, "按错了", cast.chair)
    do(meeting.reopen, assessment, cast.clerk)
    again()
    assert service.assessment_id is None
    met(cast)
    db.session.rollback()
    assert service.assessment_id == assessment.id


def test_once_the_notice_hangs_it_stays(cast, confirmed, clock):
    service, _again = confirmed
    assessment = met(cast)
    do(posting.post_notice, assessment, cast.clerk)
    refused("wrong_state", deciding.take_back, service, "按错了", cast.chair)
    clock.days_on(8)
    do(booking.book, assessment, cast.chair)
    refused("wrong_state", deciding.take_back, service, "按错了", cast.chair)


def test_sent_back_to_the_meeting_it_can_be_taken_back_and_no_line_stays_behind(cast, clock):
    """A line that hung and has nothing on it any more is gone from the new notice, and is not booked."""
    gone = cast.workers[5]
    with transaction():
        service = recording.record(uuid4().hex, gone, cast.item("化解一起"), DAY, 1, "", cast.clerk)
        deciding.confirm(service, cast.chair)
        term = cast.term_of(gone)
        term.starts_on, term.ended_on = date(2025, 1, 1), date(2025, 6, 1)  # nothing else puts them there
    assessment = met(cast)
    do(posting.post_notice, assessment, cast.clerk)
    assert gone.id in assessments.latest_lines(assessment)
    do(review.send_back, assessment, "核实一条记录", cast.township_user)
    do(deciding.take_back, service, "没有做", cast.chair)
    do(posting.post_notice, assessment, cast.clerk)
    assert gone.id not in assessments.latest_lines(assessment)
    clock.days_on(8)
    do(booking.book, assessment, cast.chair)
    assert assessments.award_of(assessment, gone) is None
    assert everything_fits()


def test_who_takes_nothing_back(cast, confirmed):
    service, _again = confirmed
    do(accounts.grant, cast.worker_user, Role.CHAIR, cast.village, None)
    refused("own_service", deciding.take_back, service, "按错了", cast.worker_user)
    assessment = met(cast)
    member = next(each for each in assessment.members if each.user_id == cast.chair.id)
    do(meeting.recuse, assessment, member, cast.worker, "叔侄", cast.clerk)
    refused("recused", deciding.take_back, service, "按错了", cast.chair)


# It is computed again.


def test_verify_finds_what_was_not_decided_by_the_rules(cast, heard, propose):
    do(deductions.confirm, heard, cast.chair)
    assert everything_fits()
    unheard = propose(cast.neighbour)
    with transaction():
        unheard.service.state = ServiceState.CONFIRMED
        unheard.service.decided_by_id, unheard.service.decided_at = cast.clerk.id, clock.now()
        bare = recording.record(uuid4().hex, cast.worker, cast.item("代办"), DAY, 1, "", cast.clerk)
        bare.item_id = cast.item("虚报").id
    db.session.rollback()
    assert [problem for problem in verify.problems() if problem.startswith("service")] == [
        f"service {unheard.service_id}: confirmed by who proposed it",
        f"service {unheard.service_id}: confirmed before the worker was heard",
        f"service {bare.id}: takes points and is no deduction",
    ]
