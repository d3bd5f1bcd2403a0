"""The banner of an emergency, in a real browser: whole when it is new, one line once it was seen."""

from playwright.sync_api import Browser, expect

from tests.browser.house import signed_in


def test_what_was_seen_folds_and_can_be_opened(browser: Browser, address: str):
    page = signed_in(browser, address, "clerk")
    banner, line = page.locator("details.alarms"), page.locator(".alarm")
    expect(line.first).to_be_visible()
    page.get_by_role("link", name="台账").first.click()
    expect(banner.locator("summary")).to_be_visible()
    expect(line.first).to_be_hidden()
    banner.locator("summary").click()
    expect(line.first).to_be_visible()
    other = signed_in(browser, address, "chair")  # who has not seen it yet
    expect(other.locator(".alarm").first).to_be_visible()
