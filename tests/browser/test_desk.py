"""The desk in a real browser: by scanner gun, keyboard or phone alone, and never twice."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from ground.db import transaction
from ground.wire.assets import reader_files
from shop.models import Barcode
from shop.shelf import goods as shelf
from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, OFFICE, PHONE, expect_accessible, follow, gun, signed_in
from tests.browser.pictures import photo
from tests.cast import new_app

DESK = f"/v/{SHOP}/desk"

# Who is served in which test: the nth of the cards, so that no test takes another's points.
CAMERA, GUN, KEYS, PROXY, HOLD, TWICE, LOST, OFFLINE, TWO, FULL, PHOTO, WIDE, LOADED = range(
    13
)  # 13, 14: test_keys.py

Card = tuple[str, str, str]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def shop(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """The browser at the desk, in which a volunteer is signed in. Sounds are counted instead of made."""
    context = signed_in(browser, address, "volunteer2").context
    context.add_init_script(
        "window.sounds = 0;"
        "window.AudioContext = class { resume() { sounds += 1; return new Promise(() => {}) } }"
    )
    yield context
    context.close()


@pytest.fixture
def page(shop: BrowserContext) -> Iterator[Page]:
    """A window of an office's size."""
    yield from window(shop, OFFICE)


@pytest.fixture
def phone(shop: BrowserContext) -> Iterator[Page]:
    """A window of a phone's size."""
    yield from window(shop, PHONE)


def window(shop: BrowserContext, size: dict[str, int]) -> Iterator[Page]:
    page = shop.new_page()
    page.set_viewport_size(size)
    page.goto(DESK)
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.close()


@pytest.fixture
def receipts(asked: Callable[..., list[Any]]) -> Callable[[Card], int]:
    """How many receipts a card has from the demo's last day."""
    query = (
        "SELECT count(*) FROM redemption JOIN card ON card.id = card_id "
        "WHERE number = ? AND day >= '2026-12-28'"
    )
    return lambda card: asked(query, card[0])[0][0]


def tile(page: Page, number: int = 0) -> Locator:
    return page.locator(".tile").nth(number)


def tile_of(page: Page, barcode: str) -> Locator:
    """The tile of an article; which comes first, depends on what is handed out most."""
    return page.locator(f".tile[data-barcodes~='{barcode}']")


def plus(page: Page, number: int = 0) -> None:
    tile(page, number).locator("[data-step='1']").click()


def serve(page: Page, card: Card) -> None:
    page.goto(f"{DESK}/{card[0]}")
    plus(page)


def redeem(page: Page) -> None:
    page.locator(".basket [type=submit]").click()


def expect_done(page: Page, card: Card) -> str:
    """The green sheet, with a number that is returned."""
    number = page.locator(".receipt-done .number")
    expect(number).to_have_text(re.compile(r"^\d{8}-\d{4}$"))
    expect(page.locator(".receipt-done h2")).to_contain_text(card[2])
    return number.inner_text()


def test_wide_figures_are_read_like_narrow_ones(page: Page, cards: list[Card], barcodes: list[str]):
    """A Chinese keyboard types them; the basket is not thrown away by them."""
    card, wide = cards[WIDE], {ord("0") + digit: ord("０") + digit for digit in range(10)}
    gun(page, card[0].translate(wide))
    page.wait_for_url(f"**/desk/{card[0]}")
    gun(page, barcodes[0].translate(wide))
    count = tile_of(page, barcodes[0]).locator("input")
    expect(count).to_have_value("1")
    count.focus()
    page.keyboard.insert_text("２")
    expect(page.locator("[data-lines]")).to_contain_text("× 2")
    page.locator("#scan").focus()
    gun(page, barcodes[0].translate(wide))
    expect(count).to_have_value("3")
    count.fill("２")
    redeem(page)
    expect_done(page, card)


def test_a_scanner_gun_alone(page: Page, address: str, cards: list[Card], barcodes: list[str], receipts: Any):
    card = cards[GUN]
    gun(page, "123456789")
    expect(page.get_by_role("alert")).to_contain_text("卡号输错了")
    gun(page, barcodes[0])
    expect(page.get_by_role("alert")).to_contain_text("请先扫爱心卡")
    gun(page, f"{address}/C/{card[1]}".upper())
    page.wait_for_url(f"**/desk/{card[0]}")
    expect(page.get_by_role("heading", name=card[2])).to_be_visible()
    count = tile_of(page, barcodes[0]).locator("input")
    gun(page, "AIXIN-OK")
    expect(page.get_by_role("alert").first).to_contain_text("还没有要兑换的")
    gun(page, barcodes[0])
    expect(count).to_have_value("1")
    gun(page, "2999999999993")
    expect(page.get_by_role("alert").first).to_contain_text("没有这个码")
    gun(page, "aixin-cancel")
    expect(count).to_have_value("0")
    page.locator(".proxy summary").click()
    page.get_by_label("代领人姓名").type("李小明")
    gun(page, barcodes[0])  # while somebody's name is typed
    expect(page.get_by_label("代领人姓名")).to_have_value("李小明")
    page.get_by_label("代领人姓名").fill("")
    count.focus()
    gun(page, barcodes[0])  # while a number is filled in
    expect(count).to_have_value("2")
    gun(page, "AIXIN-OK")
    expect_done(page, card)
    gun(page, card[0])
    page.wait_for_url(f"**/desk/{card[0]}")
    expect(count).to_have_value("0")
    assert receipts(card) == 1


def test_the_keyboard_alone(page: Page, cards: list[Card]):
    card = cards[KEYS]
    page.keyboard.type(card[0])
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/{card[0]}")
    second = tile(page, 1).locator("input")
    for _tab in range(12):
        page.keyboard.press("Tab")
        if second.evaluate("input => input === document.activeElement"):
            break
    for key in ("+", "+", "ArrowUp", "-", "ArrowDown"):
        page.keyboard.press(key)
    expect(second).to_have_value("1")
    expect_accessible(page)
    page.keyboard.press("Enter")  # goes back to the field, and redeems nothing
    expect(page.locator("#scan")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect_done(page, card)


def test_a_phone_alone_films_a_card_in_dim_light_and_goods(
    phone: Page, cards: list[Card], barcodes: list[str]
):
    card = cards[CAMERA]
    if reader_files():  # the page reads by itself
        phone.route("**/desk/read", lambda route: route.abort())
    phone.locator("[data-camera]").click()
    phone.wait_for_url(f"**/desk/{card[0]}")
    expect(tile_of(phone, barcodes[0]).locator("input")).to_have_value("1", timeout=10_000)
    phone.locator("[data-camera]").click()
    expect(phone.locator("video")).to_be_hidden()
    plus(phone, 4)
    for part in (".basket .total", ".basket [data-enough]", ".basket [type=submit]"):
        expect(phone.locator(part)).to_be_in_viewport(ratio=1)
    redeem(phone)
    expect_done(phone, card)


def test_a_photo_of_the_card_is_enough(phone: Page, address: str, cards: list[Card]):
    card = cards[PHOTO]
    picture = {
        "name": "card.jpg",
        "mimeType": "image/jpeg",
        "buffer": photo(f"{address}/C/{card[1]}".upper()),
    }
    phone.locator("input[type=file]").set_input_files(picture)
    phone.wait_for_url(f"**/desk/{card[0]}")


def test_somebody_else_collects_and_signs(phone: Page, cards: list[Card]):
    card = cards[PROXY]
    serve(phone, card)
    phone.locator(".proxy summary").click()
    phone.get_by_label("代领人姓名").fill("李小明")
    redeem(phone)
    expect(phone.locator("[data-refused]")).to_contain_text("请写明代领人是谁")
    phone.get_by_label("与网格员的关系").fill("子女")
    sign(phone)
    phone.reload()
    expect(phone.get_by_label("代领人姓名")).to_have_value("李小明")
    expect(tile(phone).locator("input")).to_have_value("1")
    redeem(phone)
    expect_done(phone, card)
    expect(phone.get_by_text("李小明 · 子女")).to_be_visible()
    follow(phone.locator(".receipt-done .number a"))
    strokes = [line.get_attribute("points").split() for line in phone.locator("svg.signature polyline").all()]
    assert [len(stroke) % 2 for stroke in strokes] == [0, 0]
    assert len(strokes[0]) > 10
    assert len(strokes[1]) == 4  # a dot
    assert all(0 <= int(number) <= 1000 for stroke in strokes for number in stroke)


def sign(page: Page) -> None:
    """A wave and a dot, after a first try that is taken back."""
    canvas = page.locator("canvas")
    canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'start' })")
    box = canvas.bounding_box()
    for _try in range(2):
        page.get_by_role("button", name="重新签").click()
        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        for step in range(1, 10):
            page.mouse.move(box["x"] + 20 + 20 * step, box["y"] + 40 + 30 * (step % 2))
        page.mouse.up()
    page.mouse.click(box["x"] + 200, box["y"] + 20)


def test_a_basket_on_hold_outlives_the_browser(
    phone: Page, browser: Browser, shop: BrowserContext, address: str, cards: list[Card]
):
    card = cards[HOLD]
    serve(phone, card)
    phone.get_by_role("link", name="挂单").click()
    phone.wait_for_url(f"**{DESK}")
    state = shop.storage_state()
    again = browser.new_context(
        storage_state=state, viewport=PHONE, locale="zh-CN", base_url=address
    ).new_page()
    again.goto(DESK)
    held = again.locator(".held", has_text=card[2])
    expect(held).to_contain_text("1 件")
    held.get_by_role("link").click()
    expect(tile(again).locator("input")).to_have_value("1")
    redeem(again)
    expect_done(again, card)
    expect(held).to_have_count(0)
    again.context.close()
    phone.goto(DESK)
    phone.get_by_role("button", name=f"不要{card[2]}的挂单").click()
    expect(phone.locator(".held", has_text=card[2])).to_have_count(0)
    phone.reload()
    expect(phone.locator(".held", has_text=card[2])).to_have_count(0)


def test_a_double_click_and_the_way_back(page: Page, cards: list[Card], receipts: Any):
    card = cards[TWICE]
    serve(page, card)
    page.locator(".basket [type=submit]").dblclick()
    expect_done(page, card)
    page.reload()
    page.go_back()
    page.goto(f"{DESK}/{card[0]}")
    expect(tile(page).locator("input")).to_have_value("0")
    assert receipts(card) == 1


def answer_lost(route: Route) -> None:
    """The request arrives and is done; instead of the answer comes a gateway's complaint."""
    route.fetch()
    route.fulfill(status=502, body="Bad Gateway")


@pytest.mark.parametrize(("then", "number"), [("press again", LOST), ("load again", LOADED)])
def test_a_lost_answer_leads_to_the_same_receipt(
    page: Page, cards: list[Card], receipts: Any, then: str, number: int
):
    card = cards[number]
    before = receipts(card)
    serve(page, card)
    page.route("**/desk/*", answer_lost, times=1)
    redeem(page)
    expect(page.locator("[data-refused]")).to_contain_text("按同一个按钮再试")
    assert receipts(card) == before + 1
    if then == "press again":
        redeem(page)
    else:
        page.reload()
    expect_done(page, card)
    assert receipts(card) == before + 1


def test_without_network_nothing_is_lost(shop: BrowserContext, phone: Page, cards: list[Card], receipts: Any):
    card = cards[OFFLINE]
    serve(phone, card)
    shop.set_offline(True)
    redeem(phone)
    told = phone.locator("[data-refused]")
    expect(told).to_contain_text("没有等到回音")
    expect(told).to_be_in_viewport()
    assert receipts(card) == 0
    shop.set_offline(False)
    redeem(phone)
    expect_done(phone, card)
    assert receipts(card) == 1


def test_two_volunteers_with_the_same_card(
    page: Page, browser: Browser, address: str, cards: list[Card], receipts: Any
):
    card = cards[TWO]
    other = signed_in(browser, address, "manager2")
    serve(page, card)
    serve(other, card)
    redeem(page)
    redeem(other)
    assert expect_done(page, card) == expect_done(other, card)
    # Which of the two came first is open; the other one is told so.
    sheets = [each.locator(".receipt-done").inner_text() for each in (page, other)]
    assert ["只办了一次" in sheet for sheet in sheets].count(True) == 1
    assert receipts(card) == 1
    other.context.close()


@pytest.fixture
def rationed(instance: Path, barcodes: list[str]) -> None:
    """Of the first article with a barcode each may take one more."""
    app = new_app(f"sqlite:///{instance / 'aixin.sqlite'}")
    with app.app_context(), transaction() as session:
        goods = session.query(Barcode).filter_by(code=barcodes[1]).first().goods
        shelf.change_goods(goods, goods.name, goods.unit, None, spec=goods.spec, quota=1)


def test_more_than_the_limit_is_refused_with_words_and_a_sound(
    page: Page, cards: list[Card], barcodes: list[str], rationed: None
):
    page.goto(f"{DESK}/{cards[FULL][0]}")
    rice = tile_of(page, barcodes[1])
    gun(page, barcodes[1])
    expect(rice.locator("input")).to_have_value("1")
    for more in (
        lambda: gun(page, barcodes[1]),
        lambda: rice.locator("[data-step='1']").click(),
        lambda: rice.locator("input").press("+"),
    ):
        before = page.evaluate("sounds")
        more()
        expect(page.locator("[data-refused]")).to_contain_text("限兑：本季度还可兑 1")
        assert page.evaluate("sounds") == before + 1
        expect(rice.locator("input")).to_have_value("1")
    rice.locator("input").fill("2")
    redeem(page)
    expect(page.locator("[data-refused]")).to_contain_text("每人每季度")
    expect(rice).to_have_class(re.compile("refused"))
