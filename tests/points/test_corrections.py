"""Corrections: a booked line that was too much is taken back with a reason, in the open quarter, once."""

import re

import pytest
import sqlalchemy as sa

from ground.clock import Quarter
from ground.db import db, transaction
from people.models import AuditEvent, Role, User
from people.signin import accounts
from points import labels, ledger
from points.assessment import assessments, meeting, opening
from points.models import Correction, Transfer, TransferKind
from points.wall import correcting, posting
from points.wall import wall_state as wall
from shop.desk import redemptions
from tests.cast import HASHED, PRESENT, TODAY, VILLAGE, counted
from tests.crowd import AT_ONCE
from tests.shop.test_races import tally
from tests.story import do, everything_fits, refused

HERE = f"/v/{VILLAGE}"
KEY = "k" * 32


@pytest.fixture
def award(cast):
    """Ten points of the first quarter, booked."""
    return assessments.award_of(cast.earn(cast.worker, 100), cast.worker)


@pytest.fixture
def open_quarter(cast):
    with transaction():
        return opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)


def correct(award, right, reason="同一件事记了两次", key=KEY, actor=None):
    return correcting.correct(award, right, reason, key, actor)


def entries(person):
    return [(each.kind, each.change) for each in reversed(ledger.latest(person, 9))]


def test_both_stay_and_only_the_difference_is_gone(cast, award, open_quarter):
    made = do(correct, award, 60, actor=cast.chair)
    assert ledger.balance_of(cast.worker) == 60
    assert entries(cast.worker) == [("award", 100), ("award", 60), ("reversal", -100)]
    assert (made.assessment_id, made.award_id) == (open_quarter.id, award.id)
    assert [each.id for each in correcting.corrections_of_line(award.line)] == [made.id]
    assert made.booked.corrects.id == award.corrected.id == made.id
    assert (made.reversal.reverses_id, made.booked.line.worker_id) == (award.id, award.account.person_id)
    taken_back, right = ledger.latest(cast.worker, 2)
    assert labels.explain_transfer(taken_back) == "更正冲回，2025年第一季度：同一件事记了两次"
    assert labels.explain_transfer(right) == "更正后的积分，2025年第一季度"
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "award.correct")).one()
    assert (event.subject, event.before, event.detail["points"]) == (
        f"person:{cast.worker.id}",
        {"points": 100},
        60,
    )
    assert everything_fits()


def test_nothing_was_right_and_what_was_right_is_corrected_again(cast, award, open_quarter):
    first = do(correct, award, 60, actor=cast.chair)
    do(correct, first.booked, 0, "都不算", "l" * 32, cast.chair)
    assert ledger.balance_of(cast.worker) == 0
    assert [each.right_tenths for each in correcting.corrections_of_line(award.line)] == [60, 0]
    assert everything_fits()


def test_saying_why_asks_as_much_for_many_entries_as_for_few(cast, award, open_quarter):
    worker = cast.worker

    def said():
        """What is said of each entry, and how many statements that took."""
        db.session.rollback()
        with counted() as sent:
            latest = ledger.latest(worker, 20)
            told = [
                (labels.explain_transfer(entry), entry.line is None, entry.correction is None)
                for entry in latest
            ]
        return told, len(sent)

    told, few = said()
    assert told == [("季度积分 2025年第一季度", False, True)]
    awards = [award, *(assessments.award_of(cast.earn(worker, 100), worker) for _ in range(3))]
    for number, each in enumerate(awards):
        made = do(correct, each, 60, key=f"{number}" * 32, actor=cast.chair)
        do(correct, made.booked, 50, key=f"{number}" * 31, actor=cast.chair)
    told, many = said()
    assert len(told) == 20
    assert not any(is_none for _why, *both in told for is_none in both)
    assert many == few + 1  # what reversals took back, together


def test_sent_twice_it_is_done_once(cast, award, open_quarter):
    made = do(correct, award, 60, actor=cast.chair)
    assert do(correct, award, 60, actor=cast.chair).id == made.id
    refused("key_reused", correct, award, 50, actor=cast.chair)
    refused("already_reversed", correct, award, 60, key="l" * 32, actor=cast.second_chair)
    assert ledger.balance_of(cast.worker) == 60
    assert everything_fits()


def test_a_difference_that_was_spent_is_left_to_the_meeting(cast, award, open_quarter):
    with transaction():
        redemptions.redeem("r" * 32, cast.shop, cast.card, {cast.goods.id: 2}, cast.volunteer)
    told = str(refused("insufficient_points", correct, award, 50, actor=cast.chair).message)
    assert "1 分已经不在账上" in told
    assert "评议会扣减" in told
    assert do(correct, award, 60, actor=cast.chair).right_tenths == 60
    assert ledger.balance_of(cast.worker) == 0
    assert everything_fits()


def test_what_is_refused(cast, award):
    assert "请先开启下一季度" in str(refused("no_open_quarter", correct, award, 60, actor=cast.chair).message)
    with transaction():
        opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        own = accounts.add_user("own", "李秀明", HASHED, None, cast.worker, temporary=False)
        accounts.grant(own, Role.CHAIR, cast.village, None)
        spent = redemptions.redeem("r" * 32, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    refused("not_an_award", correct, spent.transfer, 0, actor=cast.chair)
    refused("bad_amount", correct, award, 100, actor=cast.chair)
    refused("bad_amount", correct, award, -10, actor=cast.chair)
    refused("reason_missing", correct, award, 60, " ", actor=cast.chair)
    refused("own_line", correct, award, 60, actor=cast.user("own"))
    assert ledger.balance_of(cast.worker) == 70
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Correction)) == 0


def test_it_hangs_on_the_wall_with_the_open_quarter(cast, award, open_quarter):
    with transaction():
        meeting.deliberate(open_quarter, TODAY, PRESENT, (), "", cast.clerk)
    made = do(correct, award, 60, actor=cast.chair)
    with transaction():
        notice = posting.post_notice(open_quarter, cast.clerk)
    (posted,) = wall.posted_notice(open_quarter, notice).corrections
    assert (posted.id, posted.reason) == (made.id, "同一件事记了两次")
    with transaction():
        later = opening.open_quarter(cast.village, Quarter(2026, 3), cast.clerk)
    assert correcting.corrections_on_sheet(later) == []


# --- At once ---


def correct_by_id(award_id, right, key, actor_id):
    award, actor = db.session.get_one(Transfer, award_id), db.session.get_one(User, actor_id)
    return correcting.correct(award, right, "记错了", key, actor).id


def test_two_chairs_correct_one_award_once(cast, award, open_quarter, at_once):
    """With keys of their own all but one are told; those who share a key share what it did."""
    chairs = [cast.chair.id, cast.second_chair.id]
    ends = at_once([(correct_by_id, award.id, 60, f"key-{n:020}", chairs[n % 2]) for n in range(AT_ONCE)])
    assert tally(ends) == {"done": 1, ("refused", "already_reversed"): AT_ONCE - 1}
    assert ledger.balance_of(cast.worker) == 60
    made = db.session.scalars(sa.select(Correction)).one()
    right = made.booked
    ends = at_once([(correct_by_id, right.id, 0, KEY, cast.chair.id)] * AT_ONCE)
    assert (tally(ends), len(set(ends))) == ({"done": AT_ONCE}, 1)
    assert ledger.balance_of(cast.worker) == 0
    kinds = [each.kind for each in ledger.latest(cast.worker, 9)]
    assert kinds.count(TransferKind.REVERSAL) == 2
    assert everything_fits()


# --- On pages ---


def test_the_page_says_what_will_happen_and_the_book_leads_both_ways(cast, client_of, award, open_quarter):
    chair, book = client_of(cast.chair), f"{HERE}/accounts/{cast.worker.id}"
    page = f"{book}/correct/{award.id}"
    assert page in chair.get(book).text
    assert f"{HERE}/quarters/2025Q1/workers/{cast.worker.id}" in chair.get(book).text
    assert page not in client_of(cast.clerk).get(book).text
    assert client_of(cast.clerk).get(page).status_code == 403
    shown = chair.get(page).text
    assert "2026年第四季度的评定表和公示会写明" in shown
    (key,) = re.findall(r'name="key"[^>]*value="(\w+)"', shown)
    said = {"key": key, "right": "11", "reason": "同一件事记了两次"}
    more = chair.post(page, data=said)
    assert more.status_code == 422
    assert "同一件事记了两次" in more.text
    said["right"] = "6"
    for _twice in range(2):
        done = chair.post(page, data=said)
        assert (done.status_code, done.location) == (302, f"{book}#entry-{award.id}")
    assert ledger.balance_of(cast.worker) == 60
    taken_back, right = ledger.latest(cast.worker, 2)
    for client in (chair, client_of(cast.township_user)):
        text = client.get(book).text
        assert "已更正" in text
        assert "陈主任：同一件事记了两次" in text
        for entry in (award, right):
            assert f'href="{book}?page=1#entry-{entry.id}"' in text
        assert f'id="entry-{taken_back.id}"' in text
    assert f"{book}/correct/{award.id}" not in chair.get(book).text
    assert f"{book}/correct/{right.id}" in chair.get(book).text
    assert "已更正" not in chair.get(f"{book}/correct/{right.id}").text
    assert "由陈主任更正" in chair.get(page).text


def test_only_this_worker_s_awards_have_such_a_page(cast, client_of, award):
    chair = client_of(cast.chair)
    foreign = assessments.award_of(cast.earn(cast.stranger, 50), cast.stranger)
    own = assessments.award_of(cast.earn(cast.neighbour, 50), cast.neighbour)
    for path in (
        f"{HERE}/accounts/{cast.worker.id}/correct/{own.id}",
        f"{HERE}/accounts/{cast.stranger.id}/correct/{foreign.id}",
        f"{HERE}/accounts/{cast.worker.id}/correct/999999",
    ):
        assert chair.get(path).status_code == 404, path
    without = chair.get(f"{HERE}/accounts/{cast.worker.id}/correct/{award.id}").text
    assert "没有进行中的季度" in without
    assert 'name="right"' not in without
