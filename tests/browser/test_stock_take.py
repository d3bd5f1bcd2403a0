"""A shelf counted with a scanner gun in a real browser: nothing is lost, and what moves is counted again."""

import pytest
from playwright.sync_api import Browser, Locator, expect

from ground.figures import narrow
from tests.browser.house import CHROMIUM, PHONE, gun, signed_in

VILLAGE = "/v/532323101001"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def field(row: Locator) -> Locator:
    return row.locator("input[name^=units]")


def test_a_shelf_is_counted_with_a_scanner_gun(browser: Browser, address: str):
    page = signed_in(browser, address, "volunteer", PHONE)
    page.goto(f"{VILLAGE}/stock-takes")
    page.get_by_role("button", name="开始盘点").click()
    first, second = (page.locator(".shelf li").nth(place) for place in (0, 1))
    code = first.get_attribute("data-codes")
    expect(page.locator("#scan")).to_be_focused()
    for _piece in range(2):
        gun(page, code)
    expect(field(first)).to_have_value("2")
    gun(page, "2999999999993")
    expect(page.locator("[data-told]")).to_contain_text("没有")

    # A number is typed, and the gun is used while its field has the focus: the number stays.
    field(second).press_sequentially("12", delay=150)
    field(second).press("Enter")
    expect(page.locator("#scan")).to_be_focused()
    field(second).focus()
    gun(page, code)
    expect(field(first)).to_have_value("3")
    expect(field(second)).to_have_value("12")

    # Not saved yet, and the phone was locked meanwhile.
    page.reload()
    expect(field(first)).to_have_value("3")
    expect(field(second)).to_have_value("12")
    expect(page.locator("[data-unsaved]")).to_contain_text("2 种")
    page.get_by_role("button", name="保存清点").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存 2 种货品")
    for row, units in ((first, "3"), (second, "12")):
        expect(field(row)).to_have_value("")
        expect(row).to_contain_text(f"已保存 {units} ")
    page.reload()
    expect(field(first)).to_have_value("")


def test_what_leaves_the_shelf_meanwhile_is_counted_again_from_nothing(browser: Browser, address: str):
    """Two pieces are saved; one is broken and written off; a third one turns up and is scanned."""
    page = signed_in(browser, address, "volunteer", PHONE)
    page.goto(f"{VILLAGE}/stock-takes")
    page.locator("main .btn-primary").click()
    row = page.locator(".shelf li").nth(2)
    code = row.get_attribute("data-codes")
    expect(page.locator("#scan")).to_be_focused()
    for _piece in range(2):
        gun(page, code)
    page.get_by_role("button", name="保存清点").click()
    expect(row).to_contain_text("已保存 2 ")

    manager = signed_in(browser, address, "manager")
    goods_id = field(row).get_attribute("name").removeprefix("units-")
    manager.goto(f"{VILLAGE}/goods/{goods_id}/stock")
    manager.locator("main").get_by_role("link", name="报损").first.click()
    manager.get_by_label("数量").fill("1")
    manager.get_by_label("原因").fill("破损")
    manager.get_by_role("button", name="报损").click()
    expect(manager.get_by_role("status")).to_contain_text("报损")

    gun(page, code)
    expect(field(row)).to_have_value("3")
    page.get_by_role("button", name="保存清点").click()
    expect(row.locator(".error")).to_contain_text("请重新清点")
    expect(field(row)).to_have_value("3")
    gun(page, code)
    expect(field(row)).to_have_value("1")


WIDE = {ord("0") + digit: ord("０") + digit for digit in range(10)}


def test_wide_figures_are_counted_like_narrow_ones(browser: Browser, address: str):
    """What was typed wide carries the moment of its counting: otherwise it would be sent as of now."""
    page = signed_in(browser, address, "volunteer", PHONE)
    page.goto(f"{VILLAGE}/stock-takes")
    page.locator("main .btn-primary").click()
    row, other = (page.locator(".shelf li").nth(place) for place in (3, 4))
    expect(page.locator("#scan")).to_be_focused()
    field(row).focus()
    page.keyboard.insert_text("３８")
    expect(page.locator("[data-unsaved]")).to_contain_text("1 种")
    page.locator("#scan").focus()
    gun(page, other.get_attribute("data-codes").split()[0].translate(WIDE))
    expect(field(other)).to_have_value("1")
    ident = field(row).get_attribute("name").removeprefix("units-")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="保存清点").click()
    assert f"began-{ident}=" in sent.value.post_data
    assert f"began-{ident}=&" not in sent.value.post_data
    expect(row).to_contain_text("已保存 38 ")


def test_scripts_and_server_read_figures_alike(browser: Browser, address: str):
    page = signed_in(browser, address, "volunteer", PHONE)
    texts = [
        "３４８",
        "　－３．５ ",
        "＋3",
        "3。5",
        "—2",
        "−2",
        "1\u200b2",
        "ＨＴＴＰ：／／ｘ",
        "６９０１—０２８",
        "十",
    ]
    fold = "texts => import('/static/narrow.js').then(({ narrow }) => texts.map(narrow))"
    assert page.evaluate(fold, texts) == [narrow(text) for text in texts]
