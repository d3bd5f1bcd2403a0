"""Reading out at the desk, on a card and on a worker's page: off by default. The voice here is none."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SHOP, VILLAGES
from tests.browser.house import CHROMIUM, PHONE, expect_accessible, gun, signed_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

SERVED = 20  # no other test takes of this card's points

VOICE = """window.said = [];
Object.defineProperty(window, "speechSynthesis", { configurable: true, value: {
  speak: ({ text, lang }) => said.push(`${lang} ${text}`),
  cancel: () => said.length = 0,
  getVoices: () => [{ lang: "%s" }],
} });"""

Card = tuple[str, str, str]


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    """The desk on a telephone with a Chinese voice."""
    page = signed_in(browser, address, "volunteer2", PHONE)
    page.context.add_init_script(VOICE % "zh-CN")
    page.goto(f"/v/{SHOP}/desk")
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.context.close()


def said(page: Page) -> list[str]:
    return page.evaluate("said")


def test_name_balance_result_and_what_is_refused_are_said_once_switched_on(
    desk: Page, cards: list[Card], barcodes: list[str]
):
    number, token, name = cards[SERVED]
    gun(desk, "123456789")
    expect(desk.get_by_role("alert")).to_be_visible()
    assert said(desk) == []
    switch = desk.get_by_role("button", name="读出来")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    [refused] = said(desk)
    assert "卡号输错了" in refused
    gun(desk, number)
    desk.wait_for_url(f"**/desk/{number}")
    [greeting] = said(desk)
    assert greeting.startswith(f"zh-CN {name}，还有 ")
    gun(desk, "2999999999993")
    expect(desk.get_by_role("alert").first).to_contain_text("没有这个码")
    assert "没有这个码" in said(desk)[-1]
    gun(desk, barcodes[0])
    gun(desk, "AIXIN-OK")
    expect(desk.locator(".receipt-done")).to_be_visible()
    [result] = said(desk)
    assert result.startswith("zh-CN 已兑换，用了 ")
    desk.set_viewport_size({"width": PHONE["width"], "height": 3000})  # the lower bar hides nothing
    expect_accessible(desk)
    desk.set_viewport_size(PHONE)
    desk.goto(f"/C/{token}")
    [own] = said(desk)
    assert "某" in own
    assert name not in own
    desk.get_by_role("button", name="读出来").click()
    assert said(desk) == []
    desk.reload()
    assert said(desk) == []


def test_a_device_without_a_chinese_voice_says_so(desk: Page, cards: list[Card]):
    desk.context.add_init_script(VOICE % "en-US")
    desk.goto(f"/C/{cards[SERVED][1]}")
    expect(desk.get_by_text("没有中文语音")).to_be_hidden()
    desk.get_by_role("button", name="读出来").click()
    expect(desk.get_by_text("没有中文语音")).to_be_visible()


def test_a_worker_s_own_page_says_whose_points_they_are(browser: Browser, address: str):
    page = signed_in(browser, address, "worker", PHONE)
    page.context.add_init_script(VOICE % "zh-CN")
    page.goto(f"/v/{VILLAGES[0]}/mine")
    assert said(page) == []
    page.get_by_role("button", name="读出来").click()
    name, points = (page.locator(place).inner_text() for place in ("h1", ".balance"))
    assert said(page)[0] == f"zh-CN {name}，还有 {points.removesuffix('分').strip()} 分可以用。"
    page.context.close()
