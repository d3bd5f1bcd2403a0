"""Opening hours and exchange days: when goods are handed out, and when the shop opens next."""

from datetime import date, datetime, time

import pytest

from people.clock import SHANGHAI
from people.db import transaction
from people.refused import Refused
from shop.desk import redemptions, voids
from shop.shelf import shops
from shop.shelf.hours import Hours, Span, opens_next

MORNING = Span(time(8), time(11, 30))
LONG = Span(time(8), time(17))
MONDAY = date(2026, 12, 28)


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def test_by_weekday_by_day_of_the_month_and_by_date():
    hours = Hours({1: MORNING}, {5: LONG, 31: LONG}, {date(2027, 1, 4): None, date(2027, 1, 6): LONG})
    opened = {
        day: bool(hours.on(day)) for day in (date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 31))
    }
    assert list(opened.values()) == [True, False, True]
    assert hours.on(date(2027, 1, 4)) == []  # a Monday, closed by itself
    assert hours.on(date(2027, 1, 5)) == hours.on(date(2027, 1, 6)) == [LONG]
    assert hours.on(date(2027, 4, 5)) == [MORNING, LONG]  # a Monday and the fifth
    assert Hours.read(hours.written()) == hours


def test_it_opens_on_the_minute_and_closes_on_it():
    hours = Hours({1: MORNING})
    for (hour, minute), is_open in {(7, 59): False, (8, 0): True, (11, 29): True, (11, 30): False}.items():
        assert hours.is_open(at(MONDAY, hour, minute)) == is_open


def test_the_next_opening():
    hours = Hours({1: MORNING}, {5: LONG})
    assert opens_next(hours, at(MONDAY, 7)) == at(MONDAY, 8)
    assert opens_next(hours, at(MONDAY, 9)) == at(date(2027, 1, 4), 8)
    assert opens_next(hours, at(date(2027, 1, 4), 12)) == at(date(2027, 1, 5), 8)
    assert opens_next(Hours(), at(MONDAY, 7)) is None


def test_nobody_closes_before_opening():
    for opens, closes in ((time(9), time(9)), (time(9), time(8))):
        with pytest.raises(Refused, match="bad_hours"):
            Span(opens, closes)


def test_outside_its_hours_nothing_is_handed_out_and_the_next_opening_is_told(cast, clock):
    cast.earn(cast.worker, 100)
    with transaction():
        shops.set_hours(cast.shop, Hours({2: MORNING}), cast.manager)

    def redeem(key):
        with transaction():
            return redemptions.redeem(key, cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)

    with pytest.raises(Refused, match="shop_closed") as refusal:
        redeem("a")
    assert "12" in str(refusal.value.message)
    assert "29" in str(refusal.value.message)
    assert "08:00" in str(refusal.value.message)
    clock.days_on()
    done = redeem("a")
    clock.turn_to(at(date(2026, 12, 29), 11, 30))
    assert redeem("a").id == done.id  # only the answer was lost
    with pytest.raises(Refused, match="shop_closed"):
        redeem("b")
    with transaction():
        voids.void(done, "拿错了", cast.manager)
        shops.set_hours(cast.shop, None, cast.manager)
    assert redeem("b")
