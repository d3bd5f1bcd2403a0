"""Expiry: points carry over; a village may resolve a day, announced thirty days before, the oldest first."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ground.clock import Quarter
from ground.db import db, transaction
from people import cards
from people.models import Departure, DepartureKind, Duty
from people.roster import grids, persons, terms
from points import amounts, expiry, labels, leaving, ledger, merging
from points.assessment import assessments, meeting, opening
from points.models import Expiry, TransferKind
from points.wall import correcting, posting
from shop import verify
from shop.desk import redemptions, voids
from tests.cast import PRESENT, TODAY, VILLAGE, writing_connection
from tests.crowd import AT_ONCE
from tests.printed import read
from tests.shop.test_races import redeem as redeem_by_id
from tests.shop.test_races import tally
from tests.story import do, give, refused

HERE = f"/v/{VILLAGE}"
WHO = "村民代表会议2026年12月20日"
UNTIL = date(2026, 12, 31)  # what was booked until then is old
LAST = date(2027, 3, 31)
ONE_DAY = timedelta(days=1)


@pytest.fixture
def books(cast):
    """After every story each row fits."""
    yield
    db.session.rollback()
    assert [line for line in verify.problems() if "an award without" not in line] == []


@pytest.fixture
def resolve(cast, books):
    def resolve(booked_until=UNTIL, expires_on=LAST, decided_by=WHO, village=None):
        return expiry.resolve(village or cast.village, booked_until, expires_on, decided_by, cast.chair)

    return resolve


@pytest.fixture
def redeem(cast):
    """Hand out soap for 3 points each."""

    def redeem(units=1, person=None):
        card = cast.card_of(person or cast.worker)
        with transaction():
            return redemptions.redeem(uuid4().hex, cast.shop, card, {cast.goods.id: units}, cast.volunteer)

    return redeem


def settle(village=None):
    with transaction():
        return [lapse.transfer for lapse in expiry.settle_due(village, None)]


# --- The decision ---


def test_without_a_decision_points_carry_over(cast, client_of, clock):
    cast.earn(cast.worker, 100)
    clock.turn_to(date(2031, 1, 1))
    assert settle() == []
    assert (expiry.announced(cast.village), expiry.at_stake(cast.worker)) == (None, 0)
    assert ledger.balance_of(cast.worker) == 100
    page = client_of(cast.supervisor).get(f"{HERE}/expiry").text
    assert "积分结转，不过期" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_it_is_announced_thirty_days_before_once_and_by_somebody(resolve):
    refused("too_soon", resolve, expires_on=TODAY + timedelta(29))
    refused("bad_days", resolve, booked_until=LAST)
    refused("bad_day", resolve, booked_until=date(1, 1, 1))
    refused("reason_missing", resolve, decided_by=" ")
    made = do(resolve, expires_on=TODAY + timedelta(days=30))
    assert made.announced_on == TODAY
    assert do(resolve, expires_on=TODAY + timedelta(days=30)).id == made.id
    refused("expiry_pending", resolve)


def test_it_can_be_taken_back_until_the_day_is_over(cast, resolve, clock):
    cast.earn(cast.worker, 100)
    first = do(resolve)
    clock.turn_to(LAST)
    do(expiry.cancel, first, cast.second_chair)
    assert do(expiry.cancel, first, cast.chair).cancelled_by_id == cast.second_chair.id
    clock.days_on()
    assert settle() == []
    second = do(resolve, expires_on=LAST + timedelta(days=60))
    clock.turn_to(LAST + timedelta(days=61))
    refused("too_late", expiry.cancel, second, cast.chair)
    assert [lapsed.amount for lapsed in settle()] == [100]


# --- The oldest first ---


def test_spending_takes_the_oldest_and_what_came_later_stays(cast, resolve, redeem, clock):
    cast.earn(cast.worker, 100)
    do(resolve)
    redeem()
    assert expiry.at_stake(cast.worker) == 70
    clock.turn_to(UNTIL + ONE_DAY)
    do(give, cast.worker, 50)
    assert expiry.at_stake(cast.worker) == 70
    redeem(2)
    assert (ledger.balance_of(cast.worker), expiry.at_stake(cast.worker)) == (60, 10)
    undone = redeem()
    assert expiry.at_stake(cast.worker) == 0
    do(voids.void, undone, "拿错了", cast.manager)
    assert expiry.at_stake(cast.worker) == 10
    clock.turn_to(LAST + ONE_DAY)
    (lapsed,) = settle(cast.village)
    made = db.session.query(Expiry).one()
    assert (lapsed.key, lapsed.amount) == (f"expiry:{made.id}:{lapsed.account_id}", 10)
    assert (lapsed.kind, lapsed.reason) == (TransferKind.EXPIRY, "2027-03-31")
    assert labels.explain_transfer(lapsed) == "积分过期：可用到2027年3月31日"
    assert settle() == settle(cast.village) == []
    assert ledger.balance_of(cast.worker) == 50
    assert ledger.totals(cast.village)["expired"] == 10
    do(give, cast.worker, 300)  # what comes later does not make the report doubt what lapsed


def test_booked_on_the_last_minute_of_the_day_is_old_and_a_minute_later_is_not(cast, resolve, clock):
    do(resolve)
    for moment, at_stake in (((2026, 12, 31, 15, 59), 40), ((2026, 12, 31, 16, 0), 40)):
        clock.turn_to(datetime(*moment, tzinfo=UTC))
        do(give, cast.worker, 40)
        assert expiry.at_stake(cast.worker) == at_stake
    assert ledger.balance_of(cast.worker) == 80


def test_what_a_void_gives_back_after_the_day_is_old_and_lapses_too(cast, resolve, redeem, clock):
    cast.earn(cast.worker, 100)
    do(resolve, booked_until=TODAY, expires_on=date(2027, 2, 10))
    clock.turn_to(date(2027, 2, 10))
    undone = redeem()
    clock.days_on()
    assert [lapsed.amount for lapsed in settle()] == [70]
    do(voids.void, undone, "拿错了", cast.manager)
    (later,) = settle()
    assert (later.amount, later.key.count(":")) == (30, 3)
    assert expiry.tenths_lapsed(expiry.resolved(cast.village)) == {db.session.query(Expiry).one().id: 100}


def test_a_correction_makes_no_old_points_young(cast, resolve, clock):
    assessment = cast.earn(cast.worker, 100)
    award = assessments.award_of(assessment, cast.worker)
    do(resolve)
    clock.turn_to(UNTIL + ONE_DAY)
    do(opening.open_quarter, cast.village, Quarter(2026, 4), cast.clerk)
    made = do(correcting.correct, award, 60, "重复登记", "k" * 16, cast.chair)
    assert (ledger.balance_of(cast.worker), expiry.at_stake(cast.worker)) == (60, 60)
    do(correcting.correct, made.booked, 50, "又看错了", "l" * 16, cast.chair)
    assert (ledger.balance_of(cast.worker), expiry.at_stake(cast.worker)) == (50, 50)
    clock.turn_to(LAST + ONE_DAY)
    assert [lapsed.amount for lapsed in settle()] == [50]


def test_young_points_that_were_corrected_count_for_what_is_right(cast, resolve, clock):
    cast.earn(cast.worker, 100)
    do(resolve, booked_until=date(2025, 6, 1))  # the first quarter is booked in April 2025
    young = cast.earn(cast.worker, 80)
    assert Quarter.of(young.booked_at.date()) == Quarter(2025, 3)
    do(opening.open_quarter, cast.village, Quarter(2026, 4), cast.clerk)
    do(correcting.correct, assessments.award_of(young, cast.worker), 20, "多记", "k" * 16, cast.chair)
    assert (ledger.balance_of(cast.worker), expiry.at_stake(cast.worker)) == (120, 100)


def test_a_merge_makes_no_old_points_young(cast, resolve, redeem, clock):
    with transaction():
        twin = persons.add_person(cast.village, cast.worker.name + "(重)", cast.clerk)
        grid = grids.add_grid(cast.village, "51", "第51网格", "rural", 8, cast.clerk)
        terms.appoint(twin, grid, Duty.WORKER, date(2025, 1, 1), cast.clerk)
        cards.issue(twin, cast.clerk)
    cast.earn_each({cast.worker.id: 100, twin.id: 70})
    do(resolve)
    clock.turn_to(UNTIL + ONE_DAY)
    undone = redeem(person=twin)
    do(give, twin, 20)
    assert (expiry.at_stake(cast.worker), expiry.at_stake(twin)) == (100, 40)
    do(merging.merge, cast.worker, twin, "同一人", cast.chair, cast.supervisor)
    assert (ledger.balance_of(cast.worker), expiry.at_stake(cast.worker)) == (160, 140)
    assert expiry.at_stake(twin) == 140  # whichever entry is asked for
    do(voids.void, undone, "拿错了", cast.manager)
    assert (ledger.balance_of(cast.worker), expiry.at_stake(cast.worker)) == (190, 170)
    clock.turn_to(LAST + ONE_DAY)
    assert [(lapsed.amount, lapsed.account.person_id) for lapsed in settle()] == [(170, cast.worker.id)]
    assert ledger.balance_of(cast.worker) == 20


def test_who_left_has_a_last_day_of_their_own(cast, resolve, clock):
    """Kept until a later day they keep it, and who comes back keeps everything."""
    cast.earn_each({cast.worker.id: 100, cast.neighbour.id: 50})
    do(resolve)
    clock.turn_to(date(2027, 3, 1))
    for person in (cast.worker, cast.neighbour):
        do(leaving.leave, person, DepartureKind.EXIT, "外出务工", WHO, date(2027, 3, 1), cast.chair)
    assert [expiry.at_stake(cast.worker), expiry.warning(cast.worker)] == [0, None]
    clock.turn_to(LAST + ONE_DAY)
    assert settle() == []
    with transaction():
        grid = cast.term_of(cast.workers[2]).grid
        grid = grids.add_grid(cast.village, "52", "第52网格", grid.kind, 8, cast.clerk)
        terms.appoint(cast.worker, grid, Duty.WORKER, LAST + ONE_DAY, cast.clerk)
    assert settle() == []
    clock.turn_to(db.session.query(Departure).first().kept_until + ONE_DAY)
    (lapse,) = do(leaving.settle_due, None, None)
    assert lapse.transfer.account.person_id == cast.neighbour.id
    assert ledger.balance_of(cast.worker) == 100


def test_more_than_the_ledger_takes_at_once_lapses_whole(cast, resolve, clock):
    do(give, cast.worker, amounts.LARGEST_TENTHS)
    do(give, cast.worker, 5)
    do(resolve)
    clock.turn_to(LAST + ONE_DAY)
    assert [lapsed.amount for lapsed in settle()] == [amounts.LARGEST_TENTHS + 5]
    assert ledger.balance_of(cast.worker) == 0


def test_another_village_s_points_stay(cast, resolve, clock):
    cast.earn(cast.stranger, 100)
    do(resolve)
    clock.turn_to(LAST + ONE_DAY)
    assert settle() == []


LOTS = st.lists(st.tuples(st.integers(1, 9), st.integers(1, 50)), max_size=6)


@given(LOTS, st.lists(st.integers(1, 40), max_size=8), st.integers(0, 9))
def test_the_rule_is_what_taking_lot_by_lot_comes_to(lots, spent, day):
    """Lots (booked on a day, so many tenths) eaten tenth by tenth, the oldest first, as far as there are."""
    heap = sorted(booked for booked, tenths in lots for _each in range(tenths))
    for tenths in spent:
        if tenths <= len(heap):
            del heap[:tenths]
    young = sum(tenths for booked, tenths in lots if booked > day)
    assert expiry.oldest_left(len(heap), young) == sum(booked <= day for booked in heap)


# --- At once ---


def settle_all():
    return sorted(lapse.transfer.amount for lapse in expiry.settle_due(None, None))


def test_the_evening_comes_once_while_somebody_shops(cast, resolve, clock, at_once):
    """What a redemption takes does not lapse, what lapsed is not spent, and nothing of it twice."""
    cast.earn_each({cast.worker.id: 100, cast.neighbour.id: 50})
    do(resolve)
    clock.turn_to(LAST + ONE_DAY)
    shopping = [
        (redeem_by_id, f"key-{n}", cast.shop.id, cast.card.id, {cast.goods.id: 1}, cast.volunteer.id)
        for n in range(AT_ONCE // 2)
    ]
    ends = at_once([*shopping, *[(settle_all,)] * (AT_ONCE - len(shopping))], LAST + ONE_DAY)
    paid = tally(ends[: len(shopping)])["done"]
    assert tally(ends[len(shopping) :]) == {"done": AT_ONCE - len(shopping)}
    lapsed = [tenths for _done, all_of in ends[len(shopping) :] for tenths in all_of]
    assert sorted(lapsed) == sorted(filter(None, [50, 100 - 30 * paid]))
    total = ledger.totals(cast.village)
    assert (total["redeemed"], total["expired"]) == (30 * paid, 150 - 30 * paid)
    assert ledger.balance_of(cast.worker) == 0


# --- On pages and paper ---


def test_everybody_is_told_what_of_theirs_will_expire(app, cast, client_of, redeem, clock):
    cast.earn_each({cast.worker.id: 155, cast.neighbour.id: 20})
    chair = client_of(cast.chair)
    said = {"booked_until": "2026-12-31", "expires_on": "2027-01-20", "decided_by": WHO}
    refusal = chair.post(f"{HERE}/expiry", data=said)
    assert refusal.status_code == 422
    assert "请选2027年1月27日或以后的日期" in refusal.text
    assert WHO in refusal.text
    assert client_of(cast.clerk).post(f"{HERE}/expiry", data=said).status_code == 403
    assert chair.post(f"{HERE}/expiry", data=said | {"expires_on": "2027-03-31"}).status_code == 302
    redemption = redeem()
    told = "12.5 分将在2027年3月31日后过期"
    worker = cast.worker
    for client, path in (
        (client_of(cast.worker_user), f"{HERE}/mine"),
        (client_of(cast.clerk), f"{HERE}/accounts/{worker.id}"),
        (client_of(None), f"/c/{cast.card.token}"),
        (client_of(cast.volunteer), f"{HERE}/desk/{cast.card.number}"),
    ):
        assert told in client.get(path).text, path
    for path in (f"{HERE}/", f"{HERE}/expiry"):
        assert "可以用到2027年3月31日，到时没用完的就过期" in client_of(cast.township_user).get(path).text
    assert "14.5" in chair.get(f"{HERE}/expiry").text
    assert "涉及 2 人" in chair.get(f"{HERE}/expiry").text
    volunteer = client_of(cast.volunteer)
    for paper in ("58", "A4"):
        printed = volunteer.get(f"{HERE}/redemptions/{redemption.id}/receipt.pdf?paper={paper}")
        assert "".join(told.split()) in read(printed.data)[1]
    again = volunteer.get(f"{HERE}/redemptions/{redemption.id}/receipt.pdf?reprint=1")
    assert "过期" not in read(again.data)[1]
    coming = db.session.query(Expiry).one()
    with app.test_request_context():
        assert expiry.announcement(cast.village).startswith(f"经{WHO}决定，2026年12月31日及以前入账的积分")
        assert expiry.announcement(cast.next_village) is None
    assert chair.post(f"{HERE}/expiry/{coming.id}/cancel").status_code == 302
    assert "由陈主任撤回" in chair.get(f"{HERE}/expiry").text
    assert told not in client_of(cast.worker_user).get(f"{HERE}/mine").text


def test_the_notice_says_what_was_announced_when_it_was_posted(cast, client_of, resolve, clock):
    """One that hung before the decision never said so; one that did still does once the day is over."""
    before, after = cast.earn(cast.worker, 100).quarter, Quarter(2026, 4)
    clerk, public = client_of(cast.clerk), client_of(None)
    made = do(resolve, expires_on=TODAY + timedelta(days=30))
    clock.days_on()
    with transaction():
        assessment = opening.open_quarter(cast.village, after, cast.clerk)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
        posting.post_notice(assessment, cast.clerk)
    clock.days_on()
    do(expiry.cancel, made, cast.chair)
    told = "可以用到2027年1月27日，到时没用完的就过期"
    for quarter, is_told in ((before, False), (after, True)):
        assert (told in public.get(f"/n/{VILLAGE}/{quarter}").text) == is_told
        printed = clerk.get(f"{HERE}/quarters/{quarter}/notice.pdf")
        assert ("".join(told.split()) in read(printed.data)[1]) == is_told


def test_the_evening_lets_it_lapse(app, cast, resolve, clock):
    cast.earn(cast.worker, 100)
    do(resolve)
    run = app.test_cli_runner().invoke
    assert run(args=["ledger", "settle"]).output == "nothing was due\n"
    clock.turn_to(LAST + ONE_DAY)
    db.session.rollback()
    assert "10 points" in run(args=["ledger", "settle"]).output
    assert run(args=["ledger", "settle"]).output == "nothing was due\n"
    assert ledger.balance_of(cast.worker) == 0


# What was done -> the statement, and what the report says of transfer {id}.
TAMPERED = {
    "an expiry that was taken back": (
        "UPDATE expiry SET cancelled_at = at, cancelled_by_id = 1",
        "was cancelled",
    ),
    "a later day": ("UPDATE expiry SET expires_on = '2027-04-30'", "is of 2027-04-30"),
    "only older points": (
        "UPDATE expiry SET booked_until = '2025-01-01'",
        "100 lapsed, only 0 were old enough",
    ),
}


def test_a_decision_by_which_points_lapsed_is_not_removed(cast, resolve, clock):
    cast.earn(cast.worker, 100)
    do(resolve)
    clock.turn_to(LAST + ONE_DAY)
    settle()
    with pytest.raises(sa.exc.IntegrityError), writing_connection() as connection:
        connection.exec_driver_sql("DELETE FROM expiry")


@pytest.mark.parametrize("what", TAMPERED)
def test_what_lapsed_without_its_decision_is_named(app, cast, clock, what):
    statement, told = TAMPERED[what]
    cast.earn(cast.worker, 100)
    with transaction():
        expiry.resolve(cast.village, UNTIL, LAST, WHO, cast.chair)
    clock.turn_to(LAST + ONE_DAY)
    (lapsed,) = settle()
    with transaction() as session:
        session.connection().exec_driver_sql(statement)
        session.flush()
        session.expire_all()
        found = [line for line in verify.problems() if line.startswith(f"transfer {lapsed.id}: ")]
        session.rollback()
    assert any(told in line for line in found), found
