"""The form for a service: the households change with the worker, and what was typed stays."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, PHONE, signed_in

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
