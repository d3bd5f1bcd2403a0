"""Points against goods: what the chair sees of shelf and budget before booking, and the budget itself."""

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import g, render_template
from flask_login import login_user

from ground import clock as calendar
from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from people.models import AuditEvent
from points.assessment import meeting, opening
from points.models import Assessment
from points.wall import posting
from points.wall import wall_state as wall
from shop import backing
from shop.desk import redemptions, voids
from shop.models import Budget, Lot, Source
from shop.shelf import prices
from shop.shelf.goods import offers
from shop.stock import consignments, deliveries, lots, moves
from tests.cast import PRESENT, TODAY, VILLAGE

HERE = f"/v/{VILLAGE}"
WHO = "村民代表会议2026年1月8日"
ON_SHELF = 20 * 30 + 10 * 25  # the cast's soap and salt, in tenths


def redeem(cast, on, units):
    with calendar.at(on), transaction():
        return redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.goods.id: units}, cast.volunteer)


def receive(cast, goods, units, cost=None, source=Source.PURCHASE, best_before=None):
    with transaction():
        return moves.receive(
            uuid4().hex, goods, units, source, cast.manager, None, best_before, cost, cast.chair
        )


def set_budget(cast, amount, year=2026, decided_by=WHO):
    with transaction():
        return backing.set_budget(cast.shop, year, amount, decided_by, cast.chair)


def test_goods_count_what_can_be_given_out_at_today_s_price(cast, clock):
    assert backing.weigh(cast.village).goods == ON_SHELF
    with transaction():
        prices.set_price(cast.goods, 40, cast.manager)
        prices.set_price(cast.salt, 90, cast.manager, date(2027, 1, 1))
    assert backing.weigh(cast.village).goods == 20 * 40 + 10 * 25
    receive(cast, cast.salt, 4, best_before=TODAY)
    assert backing.weigh(cast.village).goods == 20 * 40 + 14 * 25
    clock.days_on()
    assert backing.weigh(cast.village).goods == 20 * 40 + 10 * 25


def test_points_are_what_the_village_s_workers_hold_and_what_comes(cast):
    cast.earn_each({cast.worker.id: 300, cast.neighbour.id: 100})
    cast.earn(cast.stranger, 500)
    redeem(cast, TODAY, 1)
    weighed = backing.weigh(cast.village, 60)
    assert (weighed.outstanding, weighed.to_be_booked, weighed.outstanding_after) == (370, 60, 430)


def test_a_usual_quarter_is_the_mean_of_the_last_four_full_ones_net_of_voids(cast):
    cast.earn(cast.worker, 2000)
    assert backing.weigh(cast.village).usual_quarter is None
    redeem(cast, TODAY, 1)  # this quarter is not over
    weighed = backing.weigh(cast.village, 60)
    assert (weighed.usual_quarter, weighed.goods_quarters, weighed.points_quarters) == (None, None, None)
    for on, units in (
        (date(2025, 5, 1), 9),  # the fifth last, not counted
        (date(2025, 9, 30), 2),
        (date(2026, 3, 31), 1),
        (date(2026, 4, 1), 1),
        (date(2026, 6, 30), 1),
        (date(2026, 9, 30), 1),
    ):
        redeem(cast, on, units)
    with calendar.at(date(2026, 7, 1)):
        undone = redeem(cast, date(2026, 7, 1), 3)
        with transaction():
            voids.void(undone, "拿错了", cast.manager)
    weighed = backing.weigh(cast.village, 60)
    assert weighed.usual_quarter == (60 + 30 + 60 + 30) // 4
    assert weighed.goods == (20 - 16) * 30 + 250
    assert weighed.goods_quarters == round(weighed.goods / 45, 1) == 8.2
    assert weighed.points_quarters == round((2000 - 16 * 30 + 60) / 45, 1) == 35.1


def test_spent_is_what_was_bought_this_year(cast):
    set_budget(cast, 10_000)
    receive(cast, cast.goods, 10, 250)
    receive(cast, cast.goods, 10, 999, Source.ALLOCATION)
    receive(cast, cast.salt, 5)  # nobody wrote down its cost
    wrong = receive(cast, cast.salt, 100, 300)
    with calendar.at(date(2025, 12, 31)):
        receive(cast, cast.goods, 3, 100)
    with transaction():
        (move,) = db.session.scalars(lots.moves_of(cast.salt).where(Lot.id == wrong.id)).all()
        moves.reverse(move, "看错", cast.manager)
        lot = receive_from_next(cast)
    assert lot.goods.shop_id == cast.shop.id
    found = backing.weigh(cast.village).money
    assert (found.amount, found.spent, found.unspent, found.purchases_without_cost) == (
        10_000,
        2_500,
        7_500,
        1,
    )
    assert backing.weigh(cast.village).budget_tenths == 750
    assert backing.budget_spending(cast.shop, 2025).spent == 300


def receive_from_next(cast):
    """A purchase of the next shop that came over; inside a transaction."""
    soap = next(each.goods for each in offers(cast.next_shop) if each.goods.name == "肥皂")
    bought = moves.receive("next", soap, 5, Source.PURCHASE, cast.outsider, None, None, 700)
    sent = consignments.send("over", bought, cast.shop, 5, "", cast.outside_volunteer)
    return consignments.accept(sent, cast.manager)


def test_the_largest_delivery_does_not_choke_it(cast):
    receive(cast, cast.goods, 100_000, deliveries.LARGEST_COST_FEN)
    assert backing.weigh(cast.village).money.spent == 10**12


def test_goods_and_budget_together_cover_the_points_or_not(cast):
    cast.earn(cast.worker, ON_SHELF)
    assert not backing.weigh(cast.village).is_short
    assert backing.weigh(cast.village, 1).is_short
    set_budget(cast, 10)
    assert not backing.weigh(cast.village, 1).is_short
    receive(cast, cast.goods, 1, 1000)  # overspent, and 3 points more on the shelf
    assert backing.weigh(cast.village).budget_tenths == 0
    assert backing.weigh(cast.village, 31).is_short


def test_a_village_without_a_shop_has_nothing_behind_its_points(cast):
    weighed = backing.weigh(cast.far_village, 10)
    assert (weighed.goods, weighed.money.amount, weighed.usual_quarter, weighed.is_short) == (
        0,
        None,
        None,
        True,
    )


def test_the_latest_budget_of_a_year_counts_and_all_stay(cast):
    first = set_budget(cast, 500_000)
    assert set_budget(cast, 500_000).id == first.id  # sent twice
    set_budget(cast, 300_000)
    set_budget(cast, 900_000, 2027)
    assert backing.weigh(cast.village).money.amount == 300_000
    assert [each.amount for each in backing.budget_history(cast.shop)] == [900_000, 300_000, 500_000]
    for code, given in (
        ("bad_year", {"year": 2025}),
        ("bad_year", {"year": 2028}),
        ("bad_amount", {"amount": -1}),
        ("bad_amount", {"amount": backing.MOST_FEN + 1}),
        ("reason_missing", {"decided_by": " "}),
    ):
        with pytest.raises(Refused) as refusal:
            set_budget(cast, **({"amount": 1} | given))
        assert refusal.value.code == code
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Budget)) == 3
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "budget.set")).first()
    assert (event.detail["yuan"], event.detail["year"]) == ("5000.00", 2026)


# --- On pages ---


def test_the_chair_writes_a_budget_and_others_look(cast, client_of):
    chair, page = client_of(cast.chair), f"{HERE}/budget"
    said = {"year": "2026", "amount": "5000", "decided_by": WHO}
    assert chair.post(page, data=said | {"amount": "五千"}).status_code == 422
    kept = chair.post(page, data=said | {"year": "2026", "amount": "99999999"})
    assert kept.status_code == 422
    assert WHO in kept.text
    assert chair.post(page, data=said).status_code == 302
    for user in (cast.manager, cast.clerk, cast.supervisor, cast.township_user):
        client = client_of(user)
        assert "还剩 5000.00 元" in client.get(page).text
        assert client.post(page, data=said).status_code == 403
    assert client_of(cast.volunteer).get(page).status_code == 403


@pytest.fixture
def on_notice(cast):
    """A quarter of 6 points on the wall."""
    with transaction():
        assessment = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        cast.serve(cast.worker, "走访一户", date(2026, 12, 27), cast.clerk, cast.chair, 30)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
        posting.post_notice(assessment, cast.clerk)
    return assessment


def test_before_booking_the_new_points_are_weighed(app, cast, on_notice):
    cast.earn(cast.worker, 1000)
    redeem(cast, date(2026, 9, 1), 10)

    def shown(user):
        with app.test_request_context():
            login_user(user)
            g.area, g.roles = cast.village, {"chair"}
            sheet = db.session.get_one(Assessment, on_notice.id)
            hung = wall.wall_state(sheet)
            return " ".join(render_template("points/wall/quarter_backing.html", wall=hung).split())

    page = shown(cast.chair)
    assert "70<small>" in page  # what is held
    assert "6<small>" in page  # what comes
    assert "76<small>" in page
    assert "这批积分入账后，按平常的兑换，现有货品够兑约 1.8 个季度，全部积分要约 2.5 个季度才兑完" in page
    assert "note-look" in page
    assert "货品和预算加起来比积分少 21 分" in page
    set_budget(cast, 2_100)
    page = shown(cast.chair)
    assert "note-done" in page
    assert "够兑这些积分" in page


def test_the_sheet_on_the_wall_shows_it_above_the_button(cast, client_of, on_notice, clock):
    clock.days_on(4)
    for user in (cast.chair, cast.township_user):
        page = client_of(user).get(f"{HERE}/quarters/2026Q4").text
        assert "这批积分的分量" in page
    chair = client_of(cast.chair)
    page = chair.get(f"{HERE}/quarters/2026Q4").text
    assert page.index("这批积分的分量") < page.index(f"{HERE}/quarters/2026Q4/book")
    assert chair.post(f"{HERE}/quarters/2026Q4/book").status_code == 302
    assert "这批积分的分量" not in chair.get(f"{HERE}/quarters/2026Q4").text
