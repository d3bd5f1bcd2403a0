"""A queue at the desk, served by a gun that waits for nothing: every scan is taken, or refused aloud."""

import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from ground.db import db, transaction
from people.models import Area
from shop.models import Goods
from shop.shelf import goods as shelf
from shop.shelf import shops
from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, OFFICE, PHONE, gun, signed_in
from tests.cast import new_app

DESK = f"/v/{SHOP}/desk"
FIRST, LAST = 25, 45  # who is served here: no other test takes of their points
UNKNOWN = "2999999999993"

Card = tuple[str, str, str]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    """The desk with a gun. Sounds are counted instead of made."""
    page = signed_in(browser, address, "volunteer2", OFFICE)
    page.context.add_init_script(
        "window.sounds = 0;"
        "window.AudioContext = class { resume() { sounds += 1; return new Promise(() => {}) } }"
    )
    page.goto(DESK)
    yield page
    page.context.close()


@pytest.fixture
def receipts(asked: Callable[..., list[Any]]) -> Callable[[], dict[str, int]]:
    """How many receipts each card has that were not there when the test began."""
    query = (
        "SELECT number, count(*) FROM redemption JOIN card ON card.id = card_id "
        "WHERE redemption.id > ? GROUP BY number"
    )
    [(before,)] = asked("SELECT coalesce(max(id), 0) FROM redemption")
    return lambda: dict(asked(query, before))


def let_answers_take(page: Page, latency: int) -> None:
    """Let every answer take so many milliseconds longer, as in the hills."""
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    speed = {"latency": latency, "downloadThroughput": -1, "uploadThroughput": -1, "offline": False}
    network.send("Network.emulateNetworkConditions", speed)


def cheapest(page: Page) -> str:
    """The barcode of what costs least."""
    return page.evaluate(
        "[...document.querySelectorAll('.tile[data-barcodes]')]"
        ".sort((one, other) => one.dataset.price - other.dataset.price)[0].dataset.barcodes.split(' ')[0]"
    )


def all_done(page: Page, scans: int) -> None:
    """Every scan was told by one sound, and none waits any more."""
    page.wait_for_function("scans => sounds >= scans", arg=scans, timeout=600_000)
    expect(page.locator("[data-queue]")).to_be_hidden()
    assert page.evaluate("sounds") == scans


@pytest.mark.parametrize("latency", [0, 300])
def test_a_gun_that_waits_for_nothing_loses_nothing(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]], latency: int
):
    """Card, goods and OK without a pause; two cards in a row; a code that is on no shelf."""
    let_answers_take(desk, latency)
    served = cards[FIRST : FIRST + 6] if latency == 0 else cards[FIRST + 6 : FIRST + 9]
    article, scans = cheapest(desk), count()
    for _number, token, _name in served:
        address = f"HTTPS://AIXIN.EXAMPLE/C/{token}"
        for code in (served[-1][0], address, article, UNKNOWN, article, "AIXIN-OK"):
            gun(desk, code)
            next(scans)
    all_done(desk, next(scans))
    assert receipts() == {number: 1 for number, *_rest in served}
    expect(desk.locator(".held")).to_have_count(0)
    expect(desk.locator(".receipt-done h2")).to_contain_text(served[-1][2])


def test_what_was_not_handed_out_is_on_hold_and_what_was_is_not(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    """A card scanned right after OK finds nothing unfinished; one scanned over a basket leaves it on hold."""
    let_answers_take(desk, 300)
    (one, _token, name), (other, *_rest) = cards[LAST : LAST + 2]
    article = cheapest(desk)
    for code in (one, article, other, article, "AIXIN-OK", one):
        gun(desk, code)
    all_done(desk, 6)
    assert receipts() == {other: 1}
    expect(desk.locator(".person h2")).to_have_text(name)
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    expect(desk.locator(".held")).to_have_count(0)  # it is the one that is served again
    gun(desk, "AIXIN-CANCEL")
    expect(desk.locator("[data-lines] li")).to_have_count(0)


def test_who_is_signed_out_is_told_and_keeps_the_basket(desk: Page, cards: list[Card]):
    number, _token, _name = cards[LAST + 2]
    gun(desk, number)
    gun(desk, cheapest(desk))
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    desk.context.clear_cookies()
    gun(desk, "AIXIN-OK")
    told = desk.locator("[data-told]")
    expect(told).to_contain_text("东西先别给")
    desk.get_by_role("link", name="重新登录").click()
    desk.get_by_label("登录名").fill("volunteer2")
    desk.get_by_label("密码").fill("aixin-demo")
    desk.get_by_role("button", name="登录").click()
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    desk.locator(".basket [type=submit]").click()
    expect(desk.locator(".receipt-done")).to_be_visible()
    desk.get_by_role("button", name="撤回").click()
    expect(desk.locator(".taken-back")).to_be_visible()
    gun(desk, number)
    expect(desk.locator(".taken .when", has_text="已作废")).to_have_count(1)


def sign_in_anew(page: Page) -> None:
    """In another window of the same browser, with a session of its own."""
    page.context.clear_cookies()
    other = page.context.new_page()
    other.goto("/sign-in")
    other.get_by_label("登录名").fill("volunteer2")
    other.get_by_label("密码").fill("aixin-demo")
    other.get_by_role("button", name="登录").click()
    other.wait_for_url(lambda url: "sign-in" not in url)
    other.close()


def test_who_signed_in_anew_elsewhere_is_told_why_nothing_was_done(desk: Page, cards: list[Card]):
    gun(desk, cards[LAST + 2][0])
    gun(desk, cheapest(desk))
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    sign_in_anew(desk)
    gun(desk, "AIXIN-OK")
    expect(desk.locator("[data-told]")).to_contain_text("还没有提交")
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    gun(desk, "AIXIN-OK")
    expect(desk.locator(".receipt-done")).to_be_visible()
    desk.get_by_role("button", name="撤回").click()
    expect(desk.locator(".taken-back")).to_be_visible()
    desk.reload()
    expect(desk.locator("[data-told]")).to_be_hidden()


def test_a_receipt_is_looked_at_where_one_stands(
    desk: Page, cards: list[Card], asked: Callable[..., list[Any]]
):
    [(code, number)] = asked(
        "SELECT redemption.code, replace(day, '-', '') FROM redemption JOIN shop ON shop.id = shop_id "
        "JOIN area ON area.id = village_id WHERE area.code = ? LIMIT 1",
        SHOP,
    )
    gun(desk, f"HTTPS://AIXIN.EXAMPLE/R/{code}")
    expect(desk.locator("[data-looked-up] h2")).to_contain_text(number)
    gun(desk, cards[LAST][0])
    expect(desk.locator(".person h2")).to_have_text(cards[LAST][2])
    expect(desk.locator("[data-looked-up]")).to_have_count(0)
    assert desk.url.endswith(f"{DESK}/{cards[LAST][0]}")


def test_the_page_goes_by_the_server_s_clock(desk: Page, cards: list[Card], barcodes: list[str]):
    """Opened one evening, used another morning: goods whose day is over by now, and the shop is closed."""

    def next_morning(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"day": "2030-01-01", "closed": "现在没有开放"})

    desk.route(
        f"**{DESK}",
        lambda route: next_morning(route) if route.request.method == "POST" else route.continue_(),
    )
    note = desk.locator("[data-closed]")
    expect(note).to_be_hidden()
    gun(desk, cards[LAST][0])
    expect(note).to_contain_text("现在没有开放")
    gun(desk, f"010{barcodes[0]}17291231")
    expect(desk.locator("[data-told]")).to_contain_text("2029-12-31")
    gun(desk, f"010{barcodes[0]}17300101")
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")


def test_goods_are_found_by_their_names(desk: Page, cards: list[Card]):
    gun(desk, cards[LAST + 3][0])
    expect(desk.locator(".person")).to_be_visible()
    for words in ("肥皂", "fz"):  # also by the first letters of its pinyin
        desk.keyboard.insert_text(words)
        expect(desk.locator(".tile:visible")).to_have_count(1)
        desk.keyboard.press("Enter")
    expect(desk.locator("[data-lines]")).to_contain_text(re.compile("肥皂.* × 2"))
    expect(desk.locator(".tile:visible").nth(1)).to_be_visible()
    gun(desk, "AIXIN-CANCEL")


def test_what_is_pressed_waits_for_its_turn_too(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    """The next card comes while the first one's answer is on its way; a press is for whoever stood there."""
    (one, *_rest), (other, _token, name) = cards[LAST + 4 : LAST + 6]
    article = cheapest(desk)
    for code in (other, article, one, article):
        gun(desk, code)
    expect(desk.locator(".held")).to_contain_text(name)
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    sent: list[Route] = []
    desk.route(f"**/desk/{one}", lambda route: sent.append(route))
    desk.locator(".basket [type=submit]").dblclick()
    gun(desk, other)
    expect(desk.locator("[data-queue]")).to_contain_text("1")
    desk.locator(".basket [type=submit]").click()
    [answer] = sent
    answer.continue_()
    expect(desk.locator(".person h2")).to_have_text(name)
    expect(desk.locator("[data-queue]")).to_be_hidden()
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    assert receipts() == {one: 1}
    gun(desk, "AIXIN-OK")
    expect(desk.locator(".receipt-done h2")).to_contain_text(name)
    assert receipts() == {one: 1, other: 1}


def test_how_many_is_said_to_one_card_and_not_to_the_next(desk: Page, cards: list[Card]):
    article = cheapest(desk)
    for code in (cards[LAST + 6][0], "3*", cards[LAST + 7][0], article):
        gun(desk, code)
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    for code in ("3*", "AIXIN-CANCEL", article):
        gun(desk, code)
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    gun(desk, "AIXIN-CANCEL")


def test_what_a_gun_types_hides_no_goods(desk: Page, cards: list[Card]):
    gun(desk, cards[LAST + 7][0])
    expect(desk.locator(".person")).to_be_visible()
    goods = desk.locator(".tile").count()
    for code in ("AIXIN-CANCEL", "AIXIN-OK", "HTTPS://AIXIN.EXAMPLE/C/00000000000000000000", "LL"):
        gun(desk, code)
        expect(desk.locator("[data-queue]")).to_be_hidden()
        expect(desk.locator(".tile:visible")).to_have_count(goods)


def test_without_storage_baskets_live_as_long_as_the_page(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    """They wait on hold, and what was sent without an answer is not booked twice."""
    off = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('off') } })"
    desk.add_init_script(off)
    desk.reload()
    (one, _token, name), (other, *_rest) = cards[LAST + 8 : LAST + 10]
    article = cheapest(desk)
    for code in (one, article, other):
        gun(desk, code)
    expect(desk.locator(".held")).to_contain_text(name)
    gun(desk, one)
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    desk.route(f"**/desk/{one}", answer_lost, times=1)
    gun(desk, "AIXIN-OK")
    expect(desk.locator("[data-refused]")).to_contain_text("没有等到回音")
    for code in (other, one):
        gun(desk, code)
    expect(desk.locator(".receipt-done h2")).to_contain_text(name)
    assert receipts() == {one: 1}


def answer_lost(route: Route) -> None:
    """The request arrives and is done; its answer is lost on the way."""
    route.fetch()
    route.abort()


def test_an_undo_without_an_answer_is_pressed_again(desk: Page, cards: list[Card]):
    for code in (cards[LAST + 10][0], cheapest(desk), "AIXIN-OK"):
        gun(desk, code)
    back = desk.get_by_role("button", name="撤回")
    desk.route("**/desk/undo/*", answer_lost, times=1)
    back.click()
    expect(desk.locator("[data-told]")).to_contain_text("不知道撤回了没有")
    back.click()
    expect(desk.locator(".taken-back")).to_be_visible()


def test_a_shelf_that_was_emptied_is_shown_by_the_server(desk: Page, cards: list[Card]):
    def emptied(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "shelf": []})

    desk.route(f"**{DESK}", emptied)
    desk.evaluate("window.isHere = true")
    gun(desk, cards[LAST][0])
    desk.wait_for_function("() => !window.isHere")
    desk.wait_for_url(f"**/desk/{cards[LAST][0]}")


def test_an_article_that_left_the_shelf_leaves_the_basket(
    desk: Page, cards: list[Card], instance: Path, receipts: Callable[[], dict[str, int]]
):
    """It is refused once, and the rest can be handed out."""
    app = new_app(f"sqlite:///{instance / 'aixin.sqlite'}")
    with app.app_context(), transaction():
        village = db.session.query(Area).filter_by(code=SHOP).one()
        ident = shelf.add_goods(shops.of_village(village), "旧货", "件", 1).id
    number = cards[LAST + 11][0]
    desk.reload()
    for code in (number, cheapest(desk)):
        gun(desk, code)
    expect(desk.locator("[data-lines] li")).to_have_count(1)
    units = desk.locator(f"#goods-{ident}")
    units.evaluate("units => { units.value = 1; units.dispatchEvent(new Event('input', { bubbles: true })) }")
    expect(desk.locator("[data-lines] li")).to_have_count(2)
    with app.app_context(), transaction():
        shelf.archive(db.session.get_one(Goods, ident), None)
    gun(desk, "AIXIN-OK")
    expect(desk.locator("[data-refused]")).to_be_visible()
    expect(desk.locator("[data-lines] li")).to_have_count(1)
    gun(desk, "AIXIN-OK")
    expect(desk.locator(".receipt-done")).to_be_visible()
    assert receipts() == {number: 1}


def test_a_camera_that_is_pressed_twice_is_asked_once(desk: Page):
    desk.evaluate(
        "() => { window.asked = 0; navigator.mediaDevices.getUserMedia = () => new Promise(() => asked++) }"
    )
    desk.locator("[data-camera]").dblclick()
    assert desk.evaluate("asked") == 1


def test_a_full_basket_leaves_its_button_in_sight(desk: Page, cards: list[Card], barcodes: list[str]):
    for code in (cards[LAST + 12][0], *barcodes):
        gun(desk, code)
    expect(desk.locator("[data-lines] li")).to_have_count(len(barcodes))
    expect(desk.locator(".basket [type=submit]")).to_be_in_viewport(ratio=1)
    gun(desk, "AIXIN-CANCEL")


def test_a_long_name_on_hold_stays_on_a_telephone(desk: Page):
    """Names are put in as they are, also with signs that a script could take for its own."""
    desk.set_viewport_size(PHONE)
    name = "<b>$&{}</b>" * 9
    basket = {"card": "000000000", "name": name, "wanted": {}, "things": 1, "total": 10, "proxy": []}
    desk.evaluate(
        "basket => { const { village, day } = document.querySelector('[data-scan]').dataset;"
        "localStorage.setItem(`desk:${village}:0`, JSON.stringify({ ...basket, day })) }",
        basket,
    )
    desk.reload()
    expect(desk.locator(".held .why")).to_have_text(name)
    expect(desk.get_by_role("button", name=f"不要{name}的挂单")).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.at_length
@pytest.mark.parametrize("latency", [0, 50, 300, 1000])
def test_of_a_thousand_scans_none_is_lost(desk: Page, cards: list[Card], latency: int):
    """250 at each latency; who has spent all is refused aloud, too."""
    let_answers_take(desk, latency)
    article, scans = cheapest(desk), 0
    while scans < 250:
        for number, token, _name in cards[FIRST:LAST]:
            for code in (f"HTTPS://AIXIN.EXAMPLE/C/{token}", article, "AIXIN-OK", number, "AIXIN-OK"):
                gun(desk, code)
                scans += 1
    all_done(desk, scans)
