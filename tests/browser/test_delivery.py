"""A delivery scanned in a real browser: each piece counts in its row, nothing is sent before the button."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import CHROMIUM, PHONE, gun, signed_in

VILLAGE = "/v/532323101001"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def row(page: Page, number: int) -> list[str]:
    names = ("article", "quantity", "best_before")
    return [page.locator(f"[name=lines-{number}-{name}]").input_value() for name in names]


def test_a_delivery_is_scanned_piece_by_piece(browser: Browser, address: str):
    page = signed_in(browser, address, "manager", PHONE)
    page.goto(f"{VILLAGE}/deliveries/new")
    expect(page.locator("#scan")).to_be_focused()
    goods = page.eval_on_selector_all(
        "#articles option",
        "options => options.map(({ value, dataset }) => [value, dataset.codes, dataset.initials])",
    )
    (salt, code, initials), (noodles, other, _letters) = goods[:2]
    told = page.locator("[data-told]")
    for _piece in range(2):
        gun(page, code)
    expect(told).to_have_text(f"{salt}: 2")
    gun(page, f"]C101{other.rjust(14, '0')}17301231")  # GS1, with its last good day
    page.locator("#scan").press_sequentially("3*", delay=150)
    gun(page, code)
    assert [row(page, number) for number in (0, 1, 2)] == [
        [salt, "5", ""],
        [noodles, "1", "2030-12-31"],
        ["", "", ""],
    ]
    gun(page, "2999999999993")
    expect(told).to_have_class("error")

    # A number is typed, Enter goes back to the scanner, and a scan leaves the number alone.
    quantity = page.locator("[name=lines-0-quantity]")
    quantity.fill("12")
    quantity.press("Enter")
    expect(page.locator("#scan")).to_be_focused()
    quantity.focus()
    gun(page, other)
    assert [row(page, number)[1] for number in (0, 1)] == ["12", "2"]
    page.locator("#scan").fill(initials.split()[0])
    page.locator("#scan").press("Enter")
    expect(quantity).to_have_value("13")

    rows = page.locator(".delivery-lines li")
    before = rows.count()
    page.get_by_role("button", name="再加几行").click()
    expect(rows).to_have_count(before + 1)
    expect(page.locator(f"[name=lines-{before}-article]")).to_be_focused()
    page.get_by_label("供应商/捐赠人").fill("县供销社")
    page.get_by_role("button", name="全部入库").click()
    expect(page.get_by_role("status").first).to_contain_text("已入库")
    expect(page.locator("tbody tr").first).to_contain_text(f"{salt}")
    expect(page.locator("tbody tr").first).to_contain_text("13 ")
