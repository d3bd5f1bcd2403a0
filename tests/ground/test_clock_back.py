"""A clock that went back is noticed: one page says so, nothing is written, and nothing breaks."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from ground import clock as calendar
from ground.db import db, transaction
from ground.refusal import Refused
from people import access, audit
from people.models import AuditEvent
from points import ledger
from shop.desk import redemptions
from shop.goodsfile.known import KnownGoods
from shop.shelf import prices
from shop.shelf.goods import offers
from tests.cast import TODAY, VILLAGE
from tests.story import do, refused
from tests.test_rules import address, methods, rules

pytestmark = pytest.mark.both_databases


@pytest.fixture
def machine(monkeypatch, clock):
    """Let the clock run, with the machine at nine in the morning of a day."""

    def turn_to(day):
        clock.release()
        moment = datetime.combine(day, time(9), calendar.SHANGHAI)
        monkeypatch.setattr(calendar, "machine", lambda: moment)

    return turn_to


@pytest.fixture
def sold(cast):
    """Today somebody took a piece of soap: the newest entry of the ledger."""
    cast.earn(cast.worker, 1000)
    return do(redemptions.redeem, "k" * 16, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)


def test_nothing_is_written_before_the_day_of_the_newest_entry(cast, sold, machine):
    again = ("l" * 16, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    machine(TODAY - timedelta(days=40))
    told = refused("clock_back", redemptions.redeem, *again)
    assert "2026-11-18" in str(told.message)
    assert "2026-12-28" in str(told.message)
    machine(TODAY)
    assert do(redemptions.redeem, *again).day == TODAY


def test_each_journal_tells_the_newest_day(cast, sold, machine):
    """The trail as well: an article that was added lately has no price before."""
    machine(TODAY - timedelta(days=1))
    told = refused("clock_back", audit.note, None, "x", "x:1", None)
    assert "2026-12-28" in str(told.message)
    assert ledger.newest() == sold.at
    machine(TODAY + timedelta(days=1))
    do(audit.note, cast.clerk, "person.show", cast.worker, cast.village)
    machine(TODAY)
    assert "2026-12-29" in str(refused("clock_back", ledger.post, *[None] * 6).message)


def test_the_operator_says_that_the_clock_is_right(cast, sold, machine, monkeypatch):
    """Something was written while it ran ahead."""
    machine(TODAY - timedelta(days=40))
    monkeypatch.setenv("AIXIN_TRUST_CLOCK", "1")
    do(audit.note, cast.clerk, "person.show", cast.worker, cast.village)


def test_every_page_is_the_one_that_says_so(app, cast, client_of, sold, machine):
    count = db.session.scalar(select(func.count()).select_from(AuditEvent))
    place = dict.fromkeys(("code", "token"), "0" * 16)
    clients = [client_of(None), client_of(cast.clerk), client_of(cast.manager)]
    machine(TODAY - timedelta(days=40))
    for route, rule in rules(app):
        if route.endpoint in access.ASSETS:
            continue
        for method in methods(route):
            client = clients[0] if rule.device else clients[1]
            answer = client.open(address(app, route.endpoint, **place), method=method)
            assert answer.status_code == 503, (method, route, answer.status_code)
            assert "2026-12-28" in (answer.json["title"] if rule.device else answer.text), route
    assert "日期不对" in clients[2].get(f"/v/{VILLAGE}/goods").text
    assert clients[0].get("/static/aixin.css").status_code == 200
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == count


def test_before_its_first_price_an_article_costs_that(cast, clock):
    """Wherever prices are asked, on a clock that went back and was not noticed."""
    do(prices.set_price, cast.goods, 40, cast.manager, date(2027, 5, 1))
    for day, costs in ((date(2020, 1, 1), 30), (TODAY, 30), (date(2027, 5, 1), 40)):
        clock.turn_to(day)
        assert prices.price_of(cast.goods) == costs
        assert {offer.goods.name: offer.price for offer in offers(cast.shop)}["肥皂"] == costs
        assert KnownGoods(cast.shop).price(cast.goods, day).points == costs


def test_a_demo_is_asked_by_its_own_calendar(app, cast, sold, machine, monkeypatch):
    """Also by a command, which no request tells what day it is."""
    from demo.calendar import DemoCalendar

    monkeypatch.setitem(app.config, "IN_EARNEST", False)
    machine(TODAY - timedelta(days=40))
    monkeypatch.setenv("AIXIN_TRUST_CLOCK", "1")
    with transaction() as session:
        session.add(DemoCalendar(seconds=40 * 86_400))
    monkeypatch.delenv("AIXIN_TRUST_CLOCK")
    with transaction():
        assert calendar.today() == TODAY
    calendar.shift(timedelta(0))


def test_a_clock_put_back_after_the_page_was_asked_for_is_told_too(cast, client_of, monkeypatch):
    """Between the look at the clock with which a page begins, and the one with which a write begins."""

    def behind():
        raise Refused("clock_back", "电脑的日期不对")

    monkeypatch.setattr("ground.db.writing.check_clock", behind)
    lost = client_of(cast.clerk).post(f"/v/{VILLAGE}/cards/{cast.card.number}/lost")
    typed = {"name": "李秀明", "phone": "13800001111"}
    corrected = client_of(cast.clerk).post(f"/v/{VILLAGE}/people/{cast.worker.id}/correct", data=typed)
    assert (lost.status_code, corrected.status_code) == (503, 503)
    assert "电脑的日期不对" in corrected.text
