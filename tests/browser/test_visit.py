"""A grid worker's day on a phone: who is due, and a visit in at most four taps."""

import os
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import CHROMIUM, PHONE, signed_in

VILLAGE = "/v/532323101001"
MOST_TAPS = 4

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# Counts what a finger touches, over all pages of the window.
COUNTING = """
addEventListener("pointerdown", () => {
  sessionStorage.taps = Number(sessionStorage.taps ?? 0) + 1;
}, true);
"""


def taps(page: Page) -> int:
    return int(page.evaluate("sessionStorage.taps ?? 0"))


def household(page: Page, head: str) -> None:
    """Open the file of a household that is to be visited weekly."""
    page.goto(f"{VILLAGE}/households/new")
    page.get_by_label("户主").fill(head)
    page.get_by_label("家里几口人").fill("3")
    page.get_by_label("类别", exact=True).select_option("priority")
    page.get_by_label("原因").fill("独居老人")
    page.get_by_role("button", name="添加").click()
    expect(page.get_by_role("status")).to_contain_text(head)


def large_photo() -> bytes:
    """A photo of more than the 8 MB that the program takes at once."""
    file = BytesIO()
    Image.frombytes("RGB", (3000, 2400), os.urandom(3 * 3000 * 2400)).save(file, "JPEG", quality=95)
    assert file.tell() > 8 * 1024 * 1024
    return file.getvalue()


def test_a_visit_takes_at_most_four_taps(browser: Browser, address: str):
    office = signed_in(browser, address, "worker", PHONE)
    household(office, "张大山")
    page = signed_in(browser, address, "worker", PHONE)
    page.add_init_script(COUNTING)
    page.goto("/")
    page.get_by_role("link", name="记走访：张大山").click()
    page.get_by_text("见一面").click()
    page.keyboard.press("Tab")
    page.get_by_label("看到的情况").press_sequentially("灶房线路老化")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_role("status")).to_contain_text("张大山")
    assert 3 <= taps(page) <= MOST_TAPS
    assert page.url.endswith(f"{VILLAGE}/due")
    row = page.locator(".due li", has_text="张大山")
    expect(row).to_contain_text("上次走访")
    for path in ("/due", "/gatherings", "/gatherings/new"):
        page.goto(VILLAGE + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


@pytest.mark.at_length
def test_a_photo_as_phones_take_them_is_made_small_before_it_is_sent(browser: Browser, address: str):
    page = signed_in(browser, address, "worker", PHONE)
    household(page, "李秀英")
    page.goto(f"{VILLAGE}/due")
    page.get_by_role("link", name="记走访：李秀英").click()
    page.get_by_text("查一查").click()
    photo = page.get_by_label("照片")
    photo.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": large_photo()})
    expect(photo).to_have_value("C:\\fakepath\\photo.jpg")
    page.get_by_role("button", name="记下").click()
    page.locator(".due li", has_text="李秀英").get_by_role("link", name="上次走访").click()
    shown = page.get_by_alt_text("走访照片")
    shown.scroll_into_view_if_needed()
    assert shown.evaluate("async (image) => (await image.decode(), image.naturalWidth)") in (2000, 1500)
