"""Booking: once, whole or not at all, whoever asks at the same moment and whenever the machine stops."""

import os
import signal
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import Person, Role, User
from people.signin import accounts
from points import ledger, verify
from points.assessment import assessments, meeting, opening
from points.models import Assessment, AssessmentState, Objection, ObjectionChannel, Transfer
from points.wall import booking, objections, posting
from tests.cast import PRESENT, TODAY
from tests.crowd import AT_ONCE
from tests.shop.test_races import book
from tests.story import do

pytestmark = pytest.mark.both_databases

Q4 = Quarter(2026, 4)
EARNED = (20, 10, 6)  # tenths, of the first three workers


def balances(cast):
    db.session.rollback()
    return tuple(ledger.balance_of(worker) for worker in cast.workers[: len(EARNED)])


def object_to(cast, assessment, worker, text="没有去过我家"):
    return do(objections.bring, uuid4().hex, assessment, worker, ObjectionChannel.ORAL, text, cast.supervisor)


def why(assessment):
    return {line.posted_line.worker_id: line.wait_reason for line in booking.bookable_lines(assessment)}


@pytest.fixture
def ended(cast, clock):
    """The quarter's sheet hung on the wall until yesterday."""
    with transaction():
        for worker, tenths in zip(cast.workers, EARNED, strict=False):
            cast.serve(worker, "走访一户", TODAY, cast.clerk, cast.chair, count=tenths // 2)
        assessment = opening.open_quarter(cast.village, Q4, cast.clerk)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
        notice = posting.post_notice(assessment, cast.clerk)
    clock.turn_to(notice.ends_on + timedelta(days=1))
    return assessment


def test_a_contested_line_waits_and_the_rest_is_booked(cast, ended):
    first, second, third = cast.workers[:3]
    objection = object_to(cast, ended, first)
    assert why(ended) == {first.id: booking.WaitReason.OBJECTION, second.id: None, third.id: None}
    do(booking.book, ended, cast.chair)
    assert balances(cast) == (0, 10, 6)
    assert ended.state == AssessmentState.BOOKED
    assert list(verify.problems()) == []
    do(booking.book, ended, cast.second_chair)  # nothing else is ready
    assert balances(cast) == (0, 10, 6)
    do(objections.answer, objection, False, 0, "已向住户核实", "村民委员会", cast.chair)
    do(booking.book, ended, cast.second_chair)
    assert balances(cast) == EARNED
    assert assessments.award_of(ended, first).actor_id == cast.second_chair.id
    assert ended.booked_by_id == cast.chair.id
    assert list(verify.problems()) == []


def test_the_front_page_says_what_an_objection_asks_of_whom(cast, client_of, ended):
    front = f"/v/{cast.village.code}/"

    def told(user):
        return client_of(user).get(front).text

    objection = object_to(cast, ended, cast.workers[0])
    assert "公示期已满" in told(cast.chair)  # the others can be booked all the same
    assert "有1件异议等待答复" in told(cast.clerk)
    do(booking.book, ended, cast.chair)
    assert "有1件异议等待答复" in told(cast.chair)
    do(objections.answer, objection, False, 0, "已向住户核实", "村民委员会", cast.clerk)
    assert "有异议的行已经有了结果" in told(cast.chair)
    for user in (cast.clerk, cast.supervisor):
        assert "异议" not in told(user).partition("正在进行的事")[0]
    do(booking.book, ended, cast.chair)
    assert "有异议的行已经有了结果" not in told(cast.chair)


def test_an_accepted_objection_changes_the_line_which_hangs_again(cast, ended, clock):
    first = cast.workers[0]
    objection = object_to(cast, ended, first)
    do(booking.book, ended, cast.chair)
    do(objections.answer, objection, True, -5, "两次走访查无实据", "村民委员会", cast.clerk)
    assert why(ended) == {first.id: booking.WaitReason.TO_POST}
    again = do(posting.post_changes, ended, cast.clerk)
    assert [(line.number, line.total) for line in again.lines] == [(1, 15)]
    assert not again.whole
    with pytest.raises(Refused, match="nothing_changed"):
        do(posting.post_changes, ended, cast.clerk)
    assert why(ended) == {first.id: booking.WaitReason.NOTICE_RUNS}
    assert list(verify.problems()) == []
    do(booking.book, ended, cast.chair)
    assert balances(cast) == (0, 10, 6)
    clock.turn_to(again.ends_on + timedelta(days=1))
    with pytest.raises(Refused, match="same_person"):
        do(booking.book, ended, cast.clerk)
    do(booking.book, ended, cast.chair)
    assert balances(cast) == (15, 10, 6)
    assert list(verify.problems()) == []


def test_who_brought_the_change_does_not_book_it(cast, ended, clock):
    """The chair answered with a change: another chair books what came of it."""
    objection = object_to(cast, ended, cast.workers[0])
    do(objections.answer, objection, True, 4, "漏记两户", "村民委员会", cast.chair)
    notice = do(posting.post_changes, ended, cast.clerk)
    clock.turn_to(notice.ends_on + timedelta(days=1))
    with pytest.raises(Refused, match="same_person"):
        do(booking.book, ended, cast.chair)
    do(booking.book, ended, cast.second_chair)
    assert balances(cast) == (24, 10, 6)


def test_a_line_without_points_is_objected_to_and_gets_some(cast, ended, clock):
    """The fourth worker has 0 on the sheet; somebody saw them at work."""
    fourth = cast.workers[3]
    objection = object_to(cast, ended, fourth, "他也来过三次")
    do(booking.book, ended, cast.chair)
    do(objections.answer, objection, True, 6, "漏记三户", "村民委员会", cast.clerk)
    notice = do(posting.post_changes, ended, cast.clerk)
    clock.turn_to(notice.ends_on + timedelta(days=1))
    do(booking.book, ended, cast.chair)
    assert ledger.balance_of(fourth) == 6
    with pytest.raises(Refused, match="already_booked"):
        object_to(cast, ended, cast.workers[4])  # 0 points too, and the sheet is booked


def test_one_command_books_wherever_this_chair_may(app, cast, ended, clock):
    run = app.test_cli_runner().invoke
    command = ["assessments", "book", "--quarter", "2026Q4", "--by"]
    nothing = run(args=[*command, "supervisor"])
    assert (nothing.exit_code, nothing.output.strip()) == (0, "0 villages: 0 lines, 0 points booked")
    with transaction():
        accounts.grant(cast.clerk, Role.CHAIR, cast.village, None)
    prepared = run(args=[*command, "clerk"])  # who prepared the sheet may not, whatever else they are
    assert prepared.exit_code == 1
    assert cast.village.name in prepared.output
    assert balances(cast) == (0, 0, 0)
    elsewhere = run(args=[*command, "chair", "--area", cast.next_village.code])
    assert "0 villages" in elsewhere.output
    booked = run(args=[*command, "chair"])
    assert (booked.exit_code, booked.output.strip()) == (0, "1 villages: 3 lines, 3.6 points booked")
    assert balances(cast) == EARNED
    assert "0 lines" in run(args=[*command, "chair"]).output
    for wrong in (["--quarter", "2026-4", "--by", "chair"], [*command[2:], "nobody"]):
        assert run(args=["assessments", "book", *wrong]).exit_code == 1


# --- At the same moment ---


def bring(key, assessment_id, worker_id, actor_id):
    assessment, worker = db.session.get_one(Assessment, assessment_id), db.session.get_one(Person, worker_id)
    actor = db.session.get_one(User, actor_id)
    return objections.bring(key, assessment, worker, ObjectionChannel.ORAL, "没有去过我家", actor).number


def answer(objection_id, accepted, actor_id):
    objection = db.session.get_one(Objection, objection_id)
    actor = db.session.get_one(User, actor_id)
    return objections.answer(
        objection, accepted, 10 if accepted else 0, "核实过了", "村民委员会", actor
    ).accepted


def test_booking_and_objections_at_the_same_moment(cast, at_once, ended):
    """Whoever comes first: a line is booked, or it is objected to, and never both."""
    first, day = cast.workers[0], clock.today()
    calls = [
        (book, ended.id, cast.chair.id),
        (bring, "key-1", ended.id, first.id, cast.clerk.id),
        (book, ended.id, cast.second_chair.id),
        (bring, "key-2", ended.id, first.id, cast.supervisor.id),
    ] * (AT_ONCE // 4)
    ends = at_once(calls, day)
    brought = [end for end in ends[1::2] if end[0] == "done"]
    refused = [end for end in ends[1::2] if end[0] == "refused"]
    assert Counter(ends[0::2]) == {("done", "booked"): AT_ONCE // 2}
    assert set(refused) <= {("refused", "already_booked")}
    assert balances(cast) == ((0, 10, 6) if brought else EARNED)
    assert {number for _word, number in brought} <= {1, 2}
    assert list(verify.problems()) == []


def test_an_objection_is_answered_once_and_booked_by_the_answer(cast, at_once, ended):
    objection = object_to(cast, ended, cast.workers[0])
    calls = [(answer, objection.id, True, cast.clerk.id), (answer, objection.id, False, cast.chair.id)] * 3
    ends = at_once(
        [*calls, (book, ended.id, cast.second_chair.id), (book, ended.id, cast.chair.id)], clock.today()
    )
    accepted = {end for end in ends[:6] if end[0] == "done"}
    assert len(accepted) == 1
    assert Counter(ends[:6])["refused", "already_answered"] == 3
    (_word, was_accepted) = accepted.pop()
    do(booking.book, ended, cast.second_chair)
    assert balances(cast) == ((0, 10, 6) if was_accepted else EARNED)
    assert list(verify.problems()) == []


# --- The machine stops ---


@pytest.mark.at_length  # `make test` kills whole servers: tests/served/test_killed.py
def test_killed_between_any_two_statements_it_is_booked_whole_or_not_at_all(cast, ended, long):
    """A process that books is killed before its first statement, its second, and so on, until its last.

    Where each kill costs a session of the server, before every third, unless there is time for all.
    """
    assessment, chair = ended.id, cast.chair.id
    before_commit = 0
    every = 1 if long or db.engine.dialect.name == "sqlite" else 3
    for survived in range(0, 1000, every):
        db.session.rollback()
        db.session.remove()
        db.engine.dispose()
        if _booked_or_killed(assessment, chair, survived):
            break
        done = balances(cast)
        assert done in ((0, 0, 0), EARNED)
        assert list(verify.problems()) == []
        before_commit += done == (0, 0, 0)
    assert balances(cast) == EARNED
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Transfer)) == len(EARNED)
    assert before_commit * every > 5 * len(EARNED)  # there were that many statements to be killed between
    assert list(verify.problems()) == []


def _booked_or_killed(assessment_id, chair_id, statements):
    """Book in a process of its own that is killed after so many statements; whether it came to its end."""
    child = os.fork()
    if child == 0:
        left = statements

        def count(*_given):
            nonlocal left
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

        for moment in ("before_cursor_execute", "commit"):
            sa.event.listen(db.engine, moment, count)
        try:
            with transaction():
                book(assessment_id, chair_id)
            count()  # and after the commit
            os._exit(0)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return not os.WIFSIGNALED(status)
