"""What is shown to all in a browser: the notice on a phone, and the sheet on a projector."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import CHROMIUM, PHONE, follow, signed_in

# Of a quarter that is booked: the other journeys leave it as it is.
NOTICE = "/n/532323101201/2026Q3"
PROJECTOR = "/v/532323101201/quarters/2026Q3/projector"
BEAMER = {"width": 1024, "height": 768}
SHOWN = "[...document.querySelectorAll('[data-line]:not([hidden])')].map(line => line.dataset.line)"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def test_typing_finds_what_the_button_finds(browser: Browser, address: str):
    page = browser.new_context(viewport=PHONE, base_url=address).new_page()
    asked = browser.new_context(java_script_enabled=False, base_url=address).new_page()
    page.goto(NOTICE)
    first, *others = page.evaluate(SHOWN)
    _number, name, grid = first.split(" ", 2)
    whole_name = name.replace("*", "秀") if len(name) > 2 else name.replace("*", "芳")
    spaced = "　".join(whole_name)
    field = page.get_by_role("searchbox").get_attribute("name")
    for words in (name[0], whole_name, spaced, "1", "７", "07", grid, f"{name[0]} 1", "7 9", "%", "*", " "):
        page.get_by_role("searchbox").fill(words)
        found = page.evaluate(SHOWN)
        expect(page.locator("[data-none]")).to_be_visible(visible=not found)
        if words == name[0]:
            asked.goto(NOTICE)
            asked.get_by_role("searchbox").fill(words)
            follow(asked.get_by_role("button", name="查找"))
        else:  # as the button does
            asked.goto(f"{NOTICE}?{urlencode({field: words})}")
        lines = asked.locator("[data-line]:not([hidden])").evaluate_all("all => all.map(e => e.dataset.line)")
        assert found == lines, words
        assert (first in found) == (words not in ("７", "07", "7 9", "%", "*")), words
    assert len(found) == len(others) + 1


def test_keys_turn_the_projector_s_lines_and_each_fits_the_picture(browser: Browser, address: str):
    page = signed_in(browser, address, "clerk2", BEAMER)
    page.goto(PROJECTOR)
    place = page.locator("header p").last
    for key, number in (("ArrowRight", 2), (" ", 3), ("PageDown", 4), ("ArrowLeft", 3), ("Shift+ ", 2)):
        page.keyboard.press(key)
        expect(place).to_have_text(f"第{number}/70人")
        assert page.evaluate("document.documentElement.scrollHeight") <= BEAMER["height"]
    page.keyboard.press("PageUp")
    expect(place).to_have_text("第1/70人")
    page.keyboard.press("ArrowLeft")
    follow(page.get_by_role("link", name="下一人"))
    expect(place).to_have_text("第2/70人")
    page.keyboard.press("Escape")
    expect(page.locator("table.meeting")).to_be_visible()
