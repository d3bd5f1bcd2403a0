"""The forms for services: the households change with the worker, cards tick, what was typed stays."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, PHONE, follow, gun, signed_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def test_the_households_are_the_worker_s_as_soon_as_one_is_chosen(browser: Browser, address: str):
    page = signed_in(browser, address, "clerk2", PHONE)
    page.goto(f"/v/{SHOP}/services/new")
    expect(page.get_by_role("button", name="换成这位网格员的住户")).to_have_count(0)
    page.get_by_label("做了什么").fill("修水管")
    workers, households = page.locator("#worker option"), page.locator("#household option:not([value='0'])")
    expect(households).to_have_count(0)
    for name in workers.all_inner_texts()[1:4]:
        page.get_by_label("网格员").select_option(label=name)
        grid = name.partition(" · ")[0]
        expect(households.first).to_contain_text(f"{grid} · ")
        assert {text.partition(" · ")[0] for text in households.all_inner_texts()} == {grid}
    assert page.get_by_label("做了什么").input_value() == "修水管"


def test_cards_tick_who_was_there_one_after_the_other(
    browser: Browser, address: str, cards: list[tuple[str, str, str]]
):
    page = signed_in(browser, address, "clerk2", PHONE)
    page.goto(f"/v/{SHOP}/services/activities/new")
    note, ticked = page.get_by_label("做了什么"), page.locator("input[name=here]:checked")
    note.fill("大扫除")
    for count, (number, _token, name) in enumerate(cards[:2], 1):
        note.focus()  # a scanner is heard there too, and what it typed is taken back
        with page.expect_navigation():
            gun(page, number)
        expect(page.get_by_text(f"已勾选：{name}。")).to_be_visible()
        expect(page.get_by_text(f"已勾选{count}人")).to_be_visible()
        expect(note).to_have_value("大扫除")
    expect(ticked).to_have_count(2)
    page.locator("#pick-search").fill(cards[2][2])
    page.keyboard.press("Enter")  # looks, and sends nothing
    expect(page.locator("input[name=here]:visible")).to_have_count(1)
    page.locator("input[name=here]:visible").check()
    page.get_by_label("服务事项").select_option(index=1)
    follow(page.get_by_role("button", name="给勾选的人登记"))
    expect(page.get_by_text("已给3人登记")).to_be_visible()
