"""Opening balances: they hang on the wall before they are booked, and each is booked once."""

from collections import Counter
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from ground import clock as clocks
from ground.db import db
from people.models import Area, DepartureKind, Outcome, User
from people.proposals import proposing
from people.proposals.kinds import SecondPersonNeeded
from people.roster import departures
from points import expiry, labels, leaving, ledger, merging, verify
from points.models import (
    AccountKind,
    ObjectionChannel,
    OpeningBooking,
    OpeningSheet,
    Transfer,
    TransferKind,
)
from points.openings import booking, objections, posting, reversing, sheets
from points.openings.intake import OPENINGS
from points.wall.booking import WaitReason
from tests.cast import TODAY, VILLAGE
from tests.crowd import AT_ONCE
from tests.points.openings import (
    PAST_NOTICE,
    brought,
    ended,
    line_of,
    object_to,
    row,
    take_in,
    workbook,
)
from tests.story import count, do, everything_fits, refused
from tests.tampering import tamper

pytestmark = pytest.mark.both_databases


def balances(cast, people=3):
    db.session.rollback()
    return tuple(ledger.balance_of(worker) for worker in cast.workers[:people])


def waits(sheet):
    db.session.rollback()
    return [line.wait_reason for line in sheets.state_of(sheet).lines]


def answer(objection, right_tenths, actor):
    return objections.answer(objection, right_tenths, "与存折核对过", "村民委员会", actor)


def test_what_hung_three_days_is_booked_and_counts_everywhere(cast, clock):
    sheet = brought(cast, 1255, 30, 6)
    assert waits(sheet) == [WaitReason.TO_POST] * 3
    refused("nothing_ready", booking.book, sheet, cast.chair)
    notice = do(posting.post_notice, sheet, cast.clerk)
    assert (notice.posted_on, notice.ends_on) == (TODAY, date(2026, 12, 31))
    assert (notice.lines[0].name, notice.lines[0].tenths) == ("李*明", 1255)
    refused("nothing_changed", posting.post_notice, sheet, cast.clerk)
    clock.turn_to(notice.ends_on)
    refused("nothing_ready", booking.book, sheet, cast.chair)
    clock.turn_to(PAST_NOTICE)
    assert len(do(booking.book, sheet, cast.chair)) == 3
    assert balances(cast) == (1255, 30, 6)
    assert do(booking.book, sheet, cast.chair) == []
    assert balances(cast) == (1255, 30, 6)
    assert sheets.state_of(sheet).is_done
    assert ledger.totals(cast.village)[AccountKind.ISSUING] == 1291
    (transfer,) = ledger.latest(cast.worker, 5)
    assert (transfer.kind, transfer.opening.line.worker_id) == (TransferKind.OPENING, cast.worker.id)
    assert labels.explain_transfer(transfer) == "期初积分，第1号表"
    assert everything_fits()


def test_they_expire_by_the_day_they_were_booked(cast, clock):
    do(booking.book, ended(cast, clock, 50), cast.chair)
    account = cast.account_of(cast.worker)
    (earned,) = expiry.booked_after([account.id], PAST_NOTICE - timedelta(days=1))[account.id]
    assert earned[0].amount == 50
    assert expiry.booked_after([account.id], PAST_NOTICE) == {}


def test_a_contested_line_waits_and_an_accepted_objection_hangs_again(cast, clock):
    sheet = ended(cast, clock, 100, 30, 6)
    objection = do(object_to, sheet, 1, cast.supervisor, PAST_NOTICE)
    assert (objection.code, objection.due_on) == ("1-1", date(2027, 1, 12))
    assert waits(sheet) == [WaitReason.OBJECTION, None, None]
    do(booking.book, sheet, cast.chair)
    assert balances(cast) == (0, 30, 6)
    refused("same_person", objections.answer, objection, None, "核对过", "村民委员会", cast.clerk)
    refused("bad_amount", objections.answer, objection, 100, "核对过", "村民委员会", cast.chair)
    do(answer, objection, 80, cast.chair)
    refused("already_answered", objections.answer, objection, None, "再看", "村民委员会", cast.chair)
    assert waits(sheet)[0] == WaitReason.TO_POST
    assert do(booking.book, sheet, cast.chair) == []
    again = do(posting.post_notice, sheet, cast.clerk)
    assert (again.code, [(line.line.number, line.tenths) for line in again.lines]) == ("1-2", [(1, 80)])
    assert waits(sheet)[0] == WaitReason.NOTICE_RUNS
    clock.turn_to(again.ends_on + timedelta(days=1))
    do(booking.book, sheet, cast.chair)
    assert balances(cast) == (80, 30, 6)
    refused("already_booked", object_to, sheet, 1, cast.clerk, clocks.today())
    assert everything_fits()


def test_a_rejected_objection_lets_the_line_be_booked_and_one_to_nothing_books_nothing(cast, clock):
    sheet = ended(cast, clock, 100, 30)
    do(answer, do(object_to, sheet, 1, cast.clerk, PAST_NOTICE), None, cast.chair)
    do(answer, do(object_to, sheet, 2, cast.clerk, PAST_NOTICE), 0, cast.second_chair)
    notice = do(posting.post_notice, sheet, cast.clerk)
    clock.turn_to(notice.ends_on + timedelta(days=1))
    do(booking.book, sheet, cast.chair)
    assert balances(cast, 2) == (100, 0)
    assert sheets.state_of(sheet).is_done
    assert everything_fits()


def test_what_an_objection_has_to_say(cast, clock):
    sheet = brought(cast, 100)
    refused("not_on_notice", object_to, sheet, 1, cast.clerk, TODAY)
    do(posting.post_notice, sheet, cast.clerk)
    refused("before_notice", object_to, sheet, 1, cast.clerk, TODAY - timedelta(days=1))
    refused("in_future", object_to, sheet, 1, cast.clerk, TODAY + timedelta(days=1))
    refused("bad_text", object_to, sheet, 1, cast.clerk, TODAY, "错")
    sent = ("k" * 16, line_of(sheet, 1), ObjectionChannel.WRITTEN, "", "存折上是另一个数", TODAY, cast.clerk)
    assert do(objections.bring, *sent).id == do(objections.bring, *sent).id
    refused("key_reused", objections.bring, *sent[:2], ObjectionChannel.ORAL, *sent[3:])
    with pytest.raises(sa.exc.IntegrityError, match="written_down"):
        do(objections.bring, uuid4().hex, sent[1], ObjectionChannel.ONLINE, *sent[3:])


def test_a_sheet_is_taken_back_until_its_first_line_is_booked(cast, clock):
    sheet = ended(cast, clock, 100, 30)
    objection = do(object_to, sheet, 1, cast.clerk, PAST_NOTICE)
    refused("reason_missing", sheets.withdraw, sheet, "。", cast.clerk)
    do(sheets.withdraw, sheet, "拿错了表", cast.clerk)
    do(sheets.withdraw, sheet, "拿错了表", cast.clerk)
    for verb, *given in (
        (booking.book, sheet, cast.chair),
        (posting.post_notice, sheet, cast.clerk),
        (object_to, sheet, 1, cast.clerk, PAST_NOTICE),
        (answer, objection, 10, cast.chair),
    ):
        refused("withdrawn", verb, *given)
    assert objections.waiting_objections(cast.village) == []
    second = ended(cast, clock, 90, 30)  # the workers are free for another one
    assert second.number == 2
    clock.turn_to(PAST_NOTICE + timedelta(days=4))
    do(booking.book, second, cast.chair)
    refused("already_booked", sheets.withdraw, second, "拿错了表", cast.clerk)
    assert balances(cast, 2) == (90, 30)
    assert everything_fits()


def test_who_leaves_before_the_booking_has_it_settled_by_the_village_s_rule(cast, client_of, clock):
    ended(cast, clock, 100, 30)
    page = client_of(cast.chair).get(f"/v/{VILLAGE}/people/{cast.worker.id}/leave").text
    assert "还有期初积分10分没有入账" in page
    do(departures.decide_rule, cast.village, Outcome.EXPIRE, None, "村民代表会议", PAST_NOTICE, cast.chair)
    left = (DepartureKind.EXIT, "搬走", "村委会", PAST_NOTICE, cast.chair)
    departure = do(leaving.leave, cast.worker, *left)
    do(booking.book, sheets.sheets_of(cast.village)[0], cast.chair)
    assert balances(cast, 2) == (100, 30)
    (lapse,) = do(leaving.settle_due, cast.village, cast.chair)
    assert (lapse.departure_id, lapse.transfer.amount) == (departure.id, 100)
    assert balances(cast, 2) == (0, 30)
    page = client_of(cast.chair).get(f"/v/{VILLAGE}/people/{cast.neighbour.id}/leave").text
    assert "还有期初积分" not in page
    assert everything_fits()


def test_a_booked_line_is_taken_back_by_two_people_and_brought_anew(cast, clock):
    sheet = ended(cast, clock, 1000, 30)
    do(booking.book, sheet, cast.chair)
    line = line_of(sheet, 1)
    refused("second_person", reversing.reverse, line, "多写了一个零", cast.chair)
    refused("same_person", reversing.reverse, line, "多写了一个零", cast.chair, cast.chair)
    try:
        do(reversing.reverse, line, "多写了一个零", cast.chair)
    except SecondPersonNeeded as needed:
        proposal = do(proposing.propose, needed, cast.chair)
    do(proposing.agree, proposal, cast.supervisor)
    assert balances(cast, 2) == (0, 30)
    refused("already_reversed", reversing.reverse, line, "多写了一个零", cast.chair, cast.supervisor)
    assert "期初积分撤回：多写了一个零" in labels.explain_transfer(ledger.latest(cast.worker, 1)[0])
    assert everything_fits()
    second = take_in(cast.village, [row(cast.worker.name, 100)], cast.clerk)
    notice = do(posting.post_notice, second, cast.clerk)
    clock.turn_to(notice.ends_on + timedelta(days=1))
    do(booking.book, second, cast.chair)
    assert balances(cast, 2) == (1000, 30)
    assert everything_fits()


def test_what_was_spent_is_not_taken_back(cast, clock):
    sheet = ended(cast, clock, 100)
    do(booking.book, sheet, cast.chair)
    do(ledger.post, "spent", TransferKind.REDEMPTION, cast.account_of(cast.worker), 40, "x", None)
    refused("insufficient_points", reversing.reverse, line_of(sheet, 1), "写错了", cast.chair)


def test_two_opening_balances_do_not_come_to_one_person(cast, clock):
    """Found to be one person while both hang: a line is put to 0 by an objection, then they are merged."""
    sheet = ended(cast, clock, 100, 30)
    first, second = cast.workers[:2]
    merged = (first, second, "同一人", cast.chair, cast.supervisor)
    refused("two_openings", merging.merge, *merged)
    do(answer, do(object_to, sheet, 2, cast.clerk, PAST_NOTICE), 0, cast.chair)
    refused("two_openings", merging.merge, *merged)
    do(booking.book, sheet, cast.chair)
    do(merging.merge, *merged)
    assert ledger.balance_of(first) == 100
    assert everything_fits()


# --- The ledger is computed again ---


@pytest.fixture
def booked(cast, clock):
    sheet = ended(cast, clock, 100, 30)
    do(booking.book, sheet, cast.chair)
    assert everything_fits()
    return sheet


TAMPERED = {
    "UPDATE opening_notice_line SET tenths = 90 WHERE tenths = 100": "that never hung on the wall",
    "UPDATE opening_line SET tenths = 90 WHERE tenths = 100": "file and answers say 90",
    "UPDATE opening_notice SET ends_on = '2027-01-01'": "before its notice had ended",
    "DELETE FROM opening_booking": "an opening balance without its line",
    "DELETE FROM opening_line": "an opening balance without its line",
    "UPDATE opening_line SET worker_id = worker_id + 2": "booked to another worker",
    "UPDATE opening_sheet SET withdrawn_at = brought_at, withdrawn_by_id = brought_by_id, "
    "withdrawn_reason = 'x'": "its sheet was taken back",
    "UPDATE transfer SET kind = 'award' WHERE kind = 'opening'": "opening_booking names it as opening",
    "DELETE FROM transfer WHERE amount = 100": "missing, opening_booking names it",
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_tampering_is_seen(booked, statement):
    tamper(statement)
    assert TAMPERED[statement] in "\n".join(verify.problems())


def test_a_second_opening_balance_of_one_worker_is_seen(cast, clock, booked):
    second = take_in(cast.village, [row(cast.workers[5].name, 5)], cast.clerk)
    notice = do(posting.post_notice, second, cast.clerk)
    clock.turn_to(notice.ends_on + timedelta(days=1))
    do(booking.book, second, cast.chair)
    tamper(f"UPDATE opening_line SET worker_id = {cast.worker.id} WHERE sheet_id = {second.id}")
    assert "the worker has opening line" in "\n".join(verify.problems())


def test_a_reversal_of_something_else_is_seen(cast, booked):
    do(reversing.reverse, line_of(booked, 1), "写错了", cast.chair, cast.supervisor)
    tamper("UPDATE opening_reversal SET booking_id = (SELECT max(transfer_id) FROM opening_booking)")
    assert "does not take back transfer" in "\n".join(verify.problems())


# --- At the same moment ---


def book(sheet_id, actor_id):
    return len(booking.book(db.session.get_one(OpeningSheet, sheet_id), db.session.get_one(User, actor_id)))


def test_eight_book_and_each_line_is_booked_once(cast, at_once, clock):
    sheet = ended(cast, clock, 100, 30, 6)
    calls = [(book, sheet.id, cast.chair.id), (book, sheet.id, cast.second_chair.id)] * (AT_ONCE // 2)
    ends = Counter(at_once(calls, PAST_NOTICE))
    assert ends == {("done", 3): 1, ("done", 0): AT_ONCE - 1}
    assert balances(cast) == (100, 30, 6)
    assert count(OpeningBooking) == count(Transfer) == 3
    assert everything_fits()


def take(table, village_id, actor_id):
    village, actor = db.session.get_one(Area, village_id), db.session.get_one(User, actor_id)
    (taken,) = OPENINGS.carry_out(OPENINGS.plan_table(table, village), village, actor)
    return taken


def test_a_file_that_eight_take_in_makes_one_sheet(cast, at_once):
    table = OPENINGS.read(workbook([row(cast.worker.name, 10)]), "期初.xlsx", cast.village)
    ends = Counter(at_once([(take, table, cast.village.id, cast.clerk.id)] * AT_ONCE, TODAY))
    assert ends["done", 1] == 1
    assert ends.keys() <= {("done", 1), ("done", 0), ("refused", "plan_changed")}
    assert count(OpeningSheet) == 1


def bring(key, sheet_id, actor_id):
    sheet, actor = db.session.get_one(OpeningSheet, sheet_id), db.session.get_one(User, actor_id)
    line = line_of(sheet, 1)
    said = (ObjectionChannel.ORAL, "", "存折上是另一个数", PAST_NOTICE)
    return objections.bring(key, line, *said, actor).number


def test_booked_or_objected_to_and_never_both(cast, at_once, clock):
    sheet = ended(cast, clock, 100, 30, 6)
    calls = [(book, sheet.id, cast.chair.id), (bring, "k" * 16, sheet.id, cast.clerk.id)] * (AT_ONCE // 2)
    ends = Counter(at_once(calls, PAST_NOTICE))
    if ends["done", 1]:  # the objection's number: it came first
        assert ends == {("done", 1): AT_ONCE // 2, ("done", 2): 1, ("done", 0): AT_ONCE // 2 - 1}
        assert balances(cast) == (0, 30, 6)
    else:
        assert ends["refused", "already_booked"] == AT_ONCE // 2
        assert balances(cast) == (100, 30, 6)
    assert everything_fits()


def take_back(sheet_id, actor_id):
    sheets.withdraw(
        db.session.get_one(OpeningSheet, sheet_id), "拿错了表", db.session.get_one(User, actor_id)
    )
    return "taken back"


def test_booked_or_taken_back_and_never_both(cast, at_once, clock):
    sheet = ended(cast, clock, 100, 30, 6)
    calls = [(book, sheet.id, cast.chair.id), (take_back, sheet.id, cast.clerk.id)] * (AT_ONCE // 2)
    ends = Counter(at_once(calls, PAST_NOTICE))
    if ends["done", 3]:
        assert ends["refused", "already_booked"] == AT_ONCE // 2
        assert balances(cast) == (100, 30, 6)
    else:
        assert ends == {("done", "taken back"): AT_ONCE // 2, ("refused", "withdrawn"): AT_ONCE // 2}
        assert balances(cast) == (0, 0, 0)
    assert everything_fits()
