"""The slash puts the cursor into the search; where somebody types or a scanner is awaited, it is a slash."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, PHONE, follow, signed_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def test_a_slash_begins_a_search(browser: Browser, address: str):
    page = signed_in(browser, address, "clerk2")
    page.goto(f"/v/{SHOP}/people")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("爱心卡")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?q=*")
    follow(page.get_by_role("main").get_by_role("link", name="爱心卡"))
    page.wait_for_url("**/cards")
    page.goto(f"/v/{SHOP}/people")
    typed = page.get_by_label("姓名")
    typed.press("/")
    expect(typed).to_have_value("/")


def test_the_desk_s_keys_go_to_its_own_field(browser: Browser, address: str):
    page = signed_in(browser, address, "volunteer2")
    page.goto(f"/v/{SHOP}/desk")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(page.locator("#scan")).to_be_focused()


def test_on_a_phone_an_icon_opens_the_field(browser: Browser, address: str):
    page = signed_in(browser, address, "clerk2", PHONE)
    page.goto(f"/v/{SHOP}/people")
    expect(page.get_by_role("searchbox")).to_be_hidden()
    follow(page.get_by_role("link", name="查找"))
    expect(page.get_by_role("searchbox")).to_be_focused()
