"""Confirming together on a phone, by keyboard, with script and without: the page stays where the eye is."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, PHONE, signed_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_the_eye_and_the_keyboard_stay_where_it_was_done(browser: Browser, address: str, script: bool):
    page = signed_in(browser, address, "chair2", PHONE, script)
    page.goto(f"/v/{SHOP}/services?state=recorded")
    groups = page.locator(".group", has=page.get_by_role("checkbox"))  # an activity of many has none
    group, before = groups.last, groups.count()
    first, second = (group.get_by_role("checkbox").nth(n) for n in range(2))
    expect(second).to_be_checked()
    first.focus()
    page.keyboard.press("Space")
    expect(first).not_to_be_checked()
    left, name = first.get_attribute("value"), group.locator("h2").inner_text().split()[0]
    group.get_by_role("button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#told")
    told = page.locator("#told")
    expect(told).to_be_focused()
    expect(told).to_contain_text("已一起确认")
    expect(told).to_contain_text(name)
    expect(told).to_be_in_viewport()
    assert groups.count() == before - 1  # the one that is left stands alone now
    expect(page.locator(f"#service-{left}")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("#told ~ * :focus")).to_have_count(1)
    below = page.locator("article").first
    below.get_by_text("退回", exact=True).first.click()
    below.locator("input[name=reason]").fill(" ")
    below.get_by_role("button", name="退回").click()
    refused = page.get_by_role("alert").last
    expect(refused).to_be_in_viewport()
    page.context.close()
