"""A till of another maker, through its day: what it scans, who stands at it and comes, and how it closes."""

from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from ground.clock import SHANGHAI
from ground.db import db, transaction
from people import sight
from people.models import Role
from people.signin import accounts
from points import ledger
from shop.desk import closing as desk_closing
from shop.desk import devices, redemptions, voids
from shop.models import Proxy, Redemption
from shop.shelf import codes, shops
from shop.shelf.hours import Hours, Span
from tests.cast import HASHED, TODAY, counted
from tests.shop import till as tills
from tests.shop.till import SALT, SOAP
from tests.story import count, do, everything_fits

BAR = "6901028075831"  # the soap's


def device_of(till):
    return devices.device_of_key(till.key)


# --- What is scanned ---


@pytest.mark.parametrize(
    "scanned",
    [
        BAR,
        f"]E0{BAR}",
        f"{BAR}12",
        "６９０１０２８０７５８３１",
        f"0{BAR}",
        f"(01)0{BAR}(17)270630",
        BAR[1:],
    ],
)
def test_a_scanned_code_stands_for_its_article(cast, till, scanned):
    made = till.order(cast.card.number, {scanned: 2, SALT: 1}, total=8.5)
    assert made.status_code == 201, made.text
    assert [(line["goods"], line["quantity"]) for line in made.json["items"]] == [(SOAP, 2), (SALT, 1)]


def test_the_line_that_was_not_understood_is_named(cast, till):
    with transaction():
        own_code = codes.give_own_code(cast.salt, cast.manager).code
    number = cast.card.number
    assert till.order(number, {own_code: 1}).json["items"][0]["goods"] == SALT
    # Another shop's article, a carton, somebody's card, a number before the code, and nothing at all.
    for scanned in ("6920152400630", "16901028075838", number, f"3*{BAR}", "肥皂", "\0"):
        answer = till.order(number, {SALT: 1, scanned: 1})
        assert (answer.status_code, answer.json["code"]) == (422, "unknown_goods"), scanned
        assert answer.json["where"] == "body/items/1", scanned
    for basket, code, line in (
        ({SALT: 1, 999: 1}, "unknown_goods", 1),
        ({SALT: 1, BAR: 21}, "out_of_stock", 1),
        ({"(01)06901028075831(15)261227": 1, SALT: 1}, "expired", 0),
    ):
        answer = till.order(number, basket).json
        assert (answer["code"], answer["where"]) == (code, f"body/items/{line}")
    assert till.order(number, {SOAP: 1, BAR: 1}).json["code"] == "bad_items"
    assert count(Redemption) == 1


def test_sent_again_a_scanned_basket_is_the_same(cast, till, clock):
    """By its article: also by id, and once the goods' day is over; not once the code is another's."""
    number, scanned = cast.card.number, "(01)06901028075831(17)261228"
    done = till.order(number, {scanned: 1}, key="basket").json
    assert till.order(number, {SOAP: 1}, key="basket").json == done
    clock.days_on()
    again = till.order(number, {scanned: 1}, key="basket")
    assert (again.status_code, again.json) == (200, done)
    with transaction():
        codes.remove_code(codes.find_barcode(cast.shop.id, BAR), cast.manager)
    assert till.order(number, {scanned: 1}, key="basket").json["code"] == "key_reused"
    assert till.order(number, {scanned: 1}, key="new").json["code"] == "unknown_goods"


# --- Who stands there, and who comes ---


def test_who_came_and_who_stood_there_is_on_the_receipt_and_in_the_register(cast, till, manager, client_of):
    strokes = [[10, 10, 500, 200], [600, 390, 1000, 400, 0, 0]]
    came = {"name": "李 小明", "relation": "儿子", "signature": strokes}
    done = till.order(cast.card.number, {SOAP: 1}, key="k", collector=came, operator=" 和 大嫂 ").json
    assert done["collector"] == {"name": "李*明", "relation": "儿子", "signed": True}
    assert (done["served_by"], done["operator"]) == ("门口收银台", "和*嫂")
    # The next one stands at the till when it is sent again; somebody else than who came does not.
    assert till.order(cast.card.number, {SOAP: 1}, key="k", collector=came, operator="马志愿").json == done
    other = till.order(cast.card.number, {SOAP: 1}, key="k", collector=came | {"name": "王五"})
    assert (other.status_code, other.json["code"]) == (409, "key_reused")

    kept = db.session.scalars(select(Redemption)).one()
    assert (kept.operator, kept.proxy.name, kept.proxy.signature) == ("和大嫂", "李小明", strokes)
    served = "门口收银台（和大嫂）"
    there = f"/v/{cast.village.code}"
    for page in (f"{there}/redemptions/{done['id']}", f"{there}/closing/{TODAY}"):
        assert served in manager.get(page).text, page
    above = client_of(cast.township_user).get(f"{there}/redemptions/{done['id']}").text
    assert "门口收银台（和*嫂）" in above
    assert "和大嫂" not in above
    assert sight.outside().text("和大嫂当班", cast.village) == "和*嫂当班"  # wherever somebody writes of her


def test_a_till_takes_no_sign_in_s_word_for_who_stands_there(cast, till):
    """The name opens nothing: what the manager may not is refused whatever it says."""
    by_manager = {"name": cast.manager.name, "relation": "邻居"}
    answer = till.order(cast.card.number, {SOAP: 1}, collector=by_manager, operator="马志愿")
    assert (answer.status_code, answer.json["code"]) == (422, "own_proxy")
    assert count(Proxy) == 0


# --- What it takes back ---


def test_a_till_takes_back_its_own_for_a_quarter_of_an_hour(cast, till, clock):
    number = cast.card.number
    soap, salt = (till.order(number, {goods: 1}).json["id"] for goods in (SOAP, SALT))
    elsewhere = tills.at(till.client, cast.shop, "后门收银台").order(number, {SOAP: 1}).json["id"]
    other = till.void(elsewhere, "拿错了")
    assert (other.status_code, other.json["code"]) == (422, "not_yours")
    began = datetime.combine(TODAY, time(9), SHANGHAI)
    clock.turn_to(began + timedelta(minutes=15))
    assert till.void(soap, "拿错了").json["voided"]
    clock.turn_to(began + timedelta(minutes=15, seconds=1))
    late = till.void(salt, "拿错了")
    assert (late.status_code, late.json["code"]) == (422, "too_late")
    assert "15" in late.json["title"]
    assert till.void(soap, "没有听到").json["void"]["reason"] == "拿错了"
    assert ledger.balance_of(cast.worker) == 1000 - 25 - 30

    with transaction():
        devices.give_voids(device_of(till), cast.manager)
    for each in (salt, elsewhere):
        assert till.void(each, "店长叫退").json["voided"]
    with transaction():
        devices.take_voids(device_of(till), cast.manager)
    clock.days_on()
    assert everything_fits()


def test_the_right_to_void_is_given_on_the_page_by_who_answers_for_it(cast, till, manager, client_of):
    page, device = f"/v/{cast.village.code}/devices", device_of(till)
    with transaction():
        second = accounts.add_user("second", "第二店长", HASHED, None, temporary=False)
        accounts.grant(second, Role.MANAGER, cast.village, None)
    switch = f"{page}/{device.id}/voids"
    colleague = client_of(second)
    assert switch not in colleague.get(page).text
    assert "由谁准许作废" in colleague.post(switch, follow_redirects=True).text
    assert device_of(till).voids_given_by is None

    assert switch in manager.get(page).text
    assert "孙店长准许" in manager.post(switch, follow_redirects=True).text
    manager.post(switch)
    assert device_of(till).voids_given_by.name == "孙店长"
    assert "孙店长准许" not in colleague.post(f"{switch}/take", follow_redirects=True).text
    assert device_of(till).voids_given_by is None
    trail = client_of(cast.chair).get(f"/a/{cast.village.code}/audit").text
    assert "准许设备作废本店所有兑换" in trail


# --- How it looks back ---


def test_the_last_redemptions_of_the_shop(cast, till, clock):
    """Whoever handed out, voided or not, the latest first; from a day on."""
    number = cast.card.number
    with transaction():
        by_volunteer = redemptions.redeem("k" * 16, cast.shop, cast.card, {SALT: 1}, cast.volunteer).id
    yesterday = till.order(number, {SOAP: 1}).json["id"]
    clock.days_on()
    today = [till.order(number, {SOAP: units}).json["id"] for units in (1, 2)]
    back = till.void(today[0], "拿错了").json
    told = till.get("/redemptions").json
    assert [each["id"] for each in told["items"]] == [*reversed(today), yesterday, by_volunteer]
    assert [each["voided"] for each in told["items"]] == [False, True, False, False]
    assert told["items"][1] == back
    assert told["items"][3]["served_by"] == "马志愿"
    assert (told["page"], told["per_page"], told["pages"], told["total"]) == (1, 50, 1, 4)
    since = till.get("/redemptions?since=2026-12-29&per_page=1&page=2").json
    assert ([each["id"] for each in since["items"]], since["pages"], since["total"]) == ([today[0]], 2, 2)
    assert till.get("/redemptions?page=7").json["items"] == []
    assert till.get("/redemptions?since=2026-12-30").json["total"] == 0
    assert till.get("/redemptions?since=2026-02-30").json["where"] == "query/since"
    assert tills.at(till.client, cast.next_shop).get("/redemptions").json["total"] == 0


def test_a_page_of_redemptions_is_asked_for_as_a_whole(cast, till):
    for _basket in range(2):
        till.order(cast.card.number, {SOAP: 1, SALT: 1}, collector={"name": "李小明", "relation": "儿子"})
    db.session.expire_all()
    with counted() as two:
        till.get("/redemptions")
    till.order(cast.card.number, {SOAP: 1})
    with counted() as three:
        till.get("/redemptions")
    assert len(two) == len(three)


def test_the_closing_has_the_figures_of_the_sheet(cast, till, clock):
    number = cast.card.number
    quiet = till.get("/closing?day=2026-12-01").json
    assert (quiet["receipts"], quiet["first_receipt"], quiet["net"], quiet["goods"]) == (0, None, 0, [])
    kept = till.order(number, {SOAP: 2, SALT: 1}).json
    voided = till.order(number, {SALT: 1}).json
    with transaction():
        voids.void(db.session.get_one(Redemption, kept["id"]), "退货", cast.manager)
        voids.void(db.session.get_one(Redemption, voided["id"]), "退货", cast.manager)
    last = till.order(number, {SALT: 3}).json
    told = till.get("/closing").json
    assert told == {
        "day": "2026-12-28",
        "receipts": 3,
        "first_receipt": kept["number"],
        "last_receipt": last["number"],
        "voids": 2,
        "handed_out": 18.5,
        "given_back": 11.0,
        "net": 7.5,
        "goods": [
            {"name": "肥皂", "unit": "块", "handed_out": 2, "given_back": 2, "points": 0},
            {"name": "食盐", "unit": "袋", "handed_out": 5, "given_back": 2, "points": 7.5},
        ],
    }
    sheet = desk_closing.close_day(cast.shop, TODAY)
    assert (sheet.total_out, sheet.total_back) == (185, 110)
    clock.days_on()
    assert till.get("/closing?day=2026-12-28").json == told
    assert till.get("/closing").json["receipts"] == 0


def test_the_shop_says_where_it_is_and_when_it_is_open(cast, till, clock):
    told = till.get("/shop").json
    assert told == {
        "name": "柳树村爱心超市",
        "village": "柳树村",
        "today": "2026-12-28",
        "now": "2026-12-28T09:00:00+08:00",
        "is_open": True,
        "closes_at": None,
        "opens_at": None,
        "state": "没有限定时间，有人值守就开放。",
        "hours": None,
    }
    morning, fair = Span(time(9), time(11, 30)), Span(time(14), time(17))
    hours = Hours({1: morning}, {15: fair}, {TODAY + timedelta(days=7): None, date(2026, 12, 20): fair})
    do(shops.set_hours, cast.shop, hours, cast.manager)
    told = till.get("/shop").json
    assert (told["is_open"], told["closes_at"], told["opens_at"]) == (True, "11:30", None)
    assert told["hours"]["weekly"] == [{"weekday": 1, "opens": "09:00", "closes": "11:30"}]
    assert told["hours"]["monthly"] == [{"day": 15, "opens": "14:00", "closes": "17:00"}]
    assert told["hours"]["dates"] == [{"date": "2027-01-04", "opens": None, "closes": None}]
    assert told["hours"]["text"][0].endswith("09:00–11:30")
    assert len(told["hours"]["text"]) == 7 + 1 + 1
    clock.turn_to(datetime.combine(TODAY, time(11, 30), SHANGHAI))
    told = till.get("/shop").json
    assert (told["is_open"], told["closes_at"]) == (False, None)
    assert told["opens_at"] == "2027-01-11T09:00:00+08:00"
    assert till.order(cast.card.number, {SOAP: 1}).json["code"] == "shop_closed"
