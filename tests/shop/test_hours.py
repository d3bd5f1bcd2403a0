"""Opening hours and exchange days: when goods are handed out, and when the shop opens next."""

from datetime import date, datetime, time

import pytest

from ground.clock import SHANGHAI
from ground.db import transaction
from ground.refusal import Refused
from shop.desk import redemptions, voids
from shop.shelf import shops
from shop.shelf.hours import Hours, Span, opening_after
from tests.cast import VILLAGE

MORNING = Span(time(8), time(11, 30))
LONG = Span(time(8), time(17))
MONDAY = date(2026, 12, 28)


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def test_by_weekday_by_day_of_the_month_and_by_date():
    hours = Hours({1: MORNING}, {5: LONG, 31: LONG}, {date(2027, 1, 4): None, date(2027, 1, 6): LONG})
    opened = {
        day: bool(hours.spans_on(day)) for day in (date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 31))
    }
    assert list(opened.values()) == [True, False, True]
    assert hours.spans_on(date(2027, 1, 4)) == []  # a Monday, closed by itself
    assert hours.spans_on(date(2027, 1, 5)) == hours.spans_on(date(2027, 1, 6)) == [LONG]
    assert hours.spans_on(date(2027, 4, 5)) == [MORNING, LONG]  # a Monday and the fifth
    assert Hours.from_json(hours.to_json()) == hours


def test_it_opens_on_the_minute_and_closes_on_it():
    hours = Hours({1: MORNING})
    for (hour, minute), is_open in {(7, 59): False, (8, 0): True, (11, 29): True, (11, 30): False}.items():
        assert hours.is_open(at(MONDAY, hour, minute)) == is_open


def test_the_next_opening():
    hours = Hours({1: MORNING}, {5: LONG})
    assert opening_after(hours, at(MONDAY, 7)) == at(MONDAY, 8)
    assert opening_after(hours, at(MONDAY, 9)) == at(date(2027, 1, 4), 8)
    assert opening_after(hours, at(date(2027, 1, 4), 12)) == at(date(2027, 1, 5), 8)
    assert opening_after(Hours(), at(MONDAY, 7)) is None


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


HERE = f"/v/{VILLAGE}"


def written(*, mondays=("", ""), monthly=("", "", ""), dates=()):
    """The form: Mondays, one row of days of the month, and single dates, each from when until when."""
    rows = {
        "weekly-0-opens": mondays[0],
        "weekly-0-closes": mondays[1],
        "monthly-0-days": monthly[0],
        "monthly-0-opens": monthly[1],
        "monthly-0-closes": monthly[2],
    }
    for number, (day, opens, closes) in enumerate(dates):
        rows |= {
            f"dates-{number}-day": day,
            f"dates-{number}-opens": opens,
            f"dates-{number}-closes": closes,
        }
    return rows


def test_the_manager_writes_the_hours_down_and_everyone_reads_them(cast, client_of, clock):
    manager, volunteer = client_of(cast.manager), client_of(cast.volunteer)
    form = written(
        mondays=("08:00", "11:30"),
        monthly=("5、20", "09:00", "17:00"),
        dates=[("2027-01-04", "", ""), ("", "", "")],
    )
    assert "有人值守就开放" in volunteer.get(f"{HERE}/hours").text
    assert volunteer.post(f"{HERE}/hours", data=form).status_code == 403
    assert manager.post(f"{HERE}/hours", data=form).status_code == 302
    long = Span(time(9), time(17))
    assert shops.hours_of(cast.shop) == Hours({1: MORNING}, {5: long, 20: long}, {date(2027, 1, 4): None})
    page = manager.get(f"{HERE}/hours").text
    assert "现在开放，到 11:30" in page
    for kept in ('value="5, 20"', 'value="09:00"', 'value="2027-01-04"'):
        assert kept in page
    shown = volunteer.get(f"{HERE}/hours").text
    for told in ("星期一", "08:00–11:30", "每月 20 日", "2027年1月4日", "不开放"):
        assert told in shown
    clock.turn_to(at(MONDAY, 12))
    for where in ("hours", "desk"):
        assert "现在不开放，2027年1月5日 09:00 开门" in volunteer.get(f"{HERE}/{where}").text
    told = client_of(cast.chair).get(f"/a/{VILLAGE}/audit").text
    assert "星期一 08:00–11:30、每月 5 日 09:00–17:00、" in told
    assert manager.post(f"{HERE}/hours", data=written()).status_code == 302
    assert shops.hours_of(cast.shop) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"mondays": ("08:00", "")},
        {"mondays": ("", "08:00")},
        {"mondays": ("17:00", "08:00")},
        {"mondays": ("8 Uhr", "17:00")},
        {"monthly": ("32", "08:00", "17:00")},
        {"monthly": ("0", "08:00", "17:00")},
        {"monthly": ("五号", "08:00", "17:00")},
        {"monthly": ("5", "", "")},
        {"monthly": ("", "08:00", "17:00")},
        {"dates": [("", "08:00", "17:00")]},
        {"dates": [("2027-02-30", "08:00", "17:00")]},
    ],
)
def test_hours_that_make_no_sense_are_refused_beside_the_row_and_kept(cast, client_of, wrong):
    form = written(**wrong)
    answer = client_of(cast.manager).post(f"{HERE}/hours", data=form)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    for typed in filter(None, form.values()):
        assert f'value="{typed}"' in answer.text
    assert shops.hours_of(cast.shop) is None


def test_when_it_closes_spans_that_meet_are_one():
    hours = Hours({1: MORNING}, {28: Span(time(11), time(16))})
    assert hours.closing_time(at(MONDAY, 9)) == time(16)
    assert hours.closing_time(at(MONDAY, 7)) is None
    assert hours.closing_time(at(MONDAY, 16)) is None
