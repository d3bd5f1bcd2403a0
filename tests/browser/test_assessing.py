"""The meeting with a keyboard alone: lines are gone through and adjusted, and a second clerk is told."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.house import CHROMIUM, PHONE, expect_accessible, signed_in

VILLAGE = "/v/532323101201"
QUARTER = f"{VILLAGE}/quarters/2026Q4"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def begun(browser: Browser, address: str) -> None:
    """The quarter's meeting begins, with whoever came to the last one."""
    page = signed_in(browser, address, "clerk2")
    page.goto(f"{VILLAGE}/quarters")
    page.get_by_label("季度").select_option("2026Q4")
    page.get_by_role("button", name="开启季度评定").click()
    page.get_by_role("button", name="开始评议").click()
    expect(page.get_by_role("status").first).to_contain_text("评议")


@pytest.fixture
def clerk(browser: Browser, address: str, begun: None) -> Page:
    """A window of the clerk's with the sheet, that notices when it is loaded anew."""
    page = signed_in(browser, address, "clerk2")
    page.goto(QUARTER)
    page.evaluate("window.stays = true")
    return page


def total(line: Locator) -> float:
    return float(line.locator("tr").first.locator("td").last.inner_text())


def write(page: Page, points: str, reason: str) -> None:
    """Adjust the line that is open, from the field that has the focus."""
    expect(page.locator(":focus")).to_have_attribute("name", "amount")
    page.keyboard.type(points)
    page.keyboard.press("Tab")
    page.keyboard.type(reason)


def test_keys_alone_adjust_a_line_and_a_second_clerk_is_told(browser: Browser, address: str, clerk: Page):
    second = signed_in(browser, address, "clerk2", PHONE)
    second.goto(QUARTER)
    keys, line = clerk.keyboard, clerk.locator("tbody.current")
    for key in ("ArrowDown", "ArrowDown", "j", "k"):
        keys.press(key)
    name = line.locator("a").first.inner_text()
    assert name == clerk.locator("tbody th a").nth(1).inner_text()
    before, together = total(line), clerk.locator("tfoot td").last
    sum_before = float(together.inner_text())
    keys.press("Enter")
    expect(line.get_by_role("heading", name="服务记录")).to_be_visible()
    write(clerk, "2.5", "雪天送药")
    expect(line.locator("[data-after]")).to_have_text(f"合计 {before:g} → {before + 2.5:g}")

    second.get_by_role("link", name=name).first.click()
    write(second, "１", "代缴医保")
    expect(second.locator("[data-after]")).to_have_text(f"合计 {before:g} → {before + 1:g}")
    second.keyboard.press("Enter")
    expect(second.locator("[data-told]")).to_contain_text("+1")

    keys.press("Enter")
    expect(line.get_by_role("alert")).to_contain_text("代缴医保")
    expect_accessible(clerk)
    expect(line.get_by_label("原因")).to_have_value("雪天送药")
    expect(line.locator(".said")).to_contain_text("+1 代缴医保")
    assert total(line) == pytest.approx(before + 1)
    keys.press("Enter")
    expect(line.locator(".said")).to_contain_text("+2.5 雪天送药")
    assert total(line) == pytest.approx(before + 3.5)
    assert float(together.inner_text()) == pytest.approx(sum_before + 3.5)
    expect(clerk.locator("#said")).to_contain_text("雪天送药")

    keys.press("Enter")
    expect(clerk.locator(".detail")).to_have_count(0)
    keys.press("Enter")
    write(clerk, "9", "还没想好")
    keys.press("Escape")
    expect(clerk.locator(".detail")).to_have_count(0)
    expect(line.locator("a").first).to_be_focused()
    keys.press("Enter")
    expect(line.get_by_label("原因")).to_have_value("还没想好")
    keys.press("Escape")
    keys.press("ArrowDown")
    expect(line.locator("a").first).not_to_have_text(name)
    assert clerk.evaluate("window.stays") is True
    assert clerk.url.endswith(QUARTER)


def test_what_does_not_arrive_stays_in_the_form(browser: Browser, address: str, clerk: Page):
    """The same key is sent again, so it is done once, whether it had arrived or not."""
    arrived = []

    def lose_the_answer(route):
        arrived.append(route.fetch().status)
        route.abort()

    clerk.route(re.compile("/adjust$"), lose_the_answer)
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Enter")
    write(clerk, "3", "汛期转移群众")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("tbody.current").get_by_role("alert")).to_contain_text("没有等到回音")
    assert arrived == [200]
    clerk.unroute(re.compile("/adjust$"))
    clerk.keyboard.press("Enter")
    expect(clerk.locator("tbody.current .said")).to_contain_text("+3 汛期转移群众")
    entries = clerk.locator("tbody.current .detail .entry", has_text="汛期转移群众")
    expect(entries.locator(".one-button")).to_have_count(1)
    clerk.get_by_label("原因").fill("还没想好")
    entries.get_by_role("button", name="撤回").click()
    expect(clerk.locator("tbody.current .said")).to_have_count(0)
    expect(clerk.get_by_label("原因")).to_have_value("还没想好")
    assert clerk.evaluate("document.documentElement.scrollWidth") <= 1280
