"""One point followed from the record to the receipt, in a real browser."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import CHROMIUM, OFFICE, PHONE, ROOT, signed_in

VILLAGE = "/v/532323101001"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def card(asked: Callable[..., list[Any]]) -> tuple[str, str]:
    """Number and token of the second grid's worker, as they are on the printed card."""
    return asked("SELECT number, token FROM card ORDER BY id LIMIT 1 OFFSET 1")[0]


def balance(page: Page) -> float:
    return float(re.search(r"[\d.]+", page.locator(".balance").first.inner_text())[0])


def test_from_the_record_to_the_receipt(
    browser: Browser, address: str, card: tuple[str, str], instance: Path
):
    number, token = card
    clerk, chair = signed_in(browser, address, "clerk"), signed_in(browser, address, "chair")
    visitor = browser.new_context(viewport=PHONE, base_url=address).new_page()
    visitor.goto(f"/C/{token}")
    before = balance(visitor)

    clerk.goto(f"{VILLAGE}/services/new")
    clerk.get_by_label("网格员").select_option(index=2)
    clerk.get_by_label("服务事项").select_option(label="民生事项服务：代办一件民生事项（每件 1 分）")
    clerk.get_by_label("次数").fill("6")
    clerk.get_by_label("做了什么").fill("替六户代缴医保")
    clerk.get_by_role("button", name="记录").click()
    expect(clerk.get_by_role("status")).to_contain_text("已记录")

    chair.goto(f"{VILLAGE}/services")
    record = chair.locator("article", has_text="替六户代缴医保")
    record.get_by_role("button", name="确认").click()
    expect(chair.get_by_role("status")).to_contain_text("已确认")

    clerk.goto(f"{VILLAGE}/quarters")
    clerk.get_by_role("button", name="开启季度评定").click()
    clerk.get_by_role("button", name="开始评议").click()
    clerk.get_by_role("link", name="预览公示").click()
    clerk.get_by_role("button", name="张贴公示").click()
    sheet = clerk.request.get(clerk.get_by_role("link", name="打印 A4").get_attribute("href"))
    assert sheet.body().startswith(b"%PDF")

    chair.goto(f"{VILLAGE}/quarters/2026Q4")
    expect(chair.get_by_role("button", name=re.compile("^入账"))).to_have_count(0)
    for _day in range(4):
        chair.get_by_role("button", name="过一天").click()
    chair.get_by_role("button", name=re.compile("^入账")).click()
    expect(chair.get_by_role("status")).to_contain_text("已入账")

    printed = clerk.request.get(f"{VILLAGE}/cards.pdf?number={number}")
    assert printed.body().startswith(b"%PDF")

    visitor.reload()
    earned = balance(visitor) - before
    assert earned >= 6
    assert "*" in visitor.locator("h1").inner_text()

    shop = signed_in(browser, address, "volunteer", PHONE)
    shop.goto(f"{VILLAGE}/desk")
    shop.keyboard.type(f"{address}/C/{token}".upper())
    shop.keyboard.press("Enter")
    shop.wait_for_url(f"**/desk/{number}")
    salt = shop.locator(".tile", has_text="食盐")
    salt.locator("button").last.click()
    expect(salt.locator("input")).to_have_value("1")
    shop.reload()
    expect(salt.locator("input")).to_have_value("1")
    shop.locator(".basket button[type=submit]").click()
    expect(shop.locator(".receipt-done .number")).to_have_text(re.compile(r"^20270101-0001$"))
    for link in shop.locator(".receipt-done .actions a").all():
        assert shop.request.get(link.get_attribute("href")).body().startswith(b"%PDF")

    visitor.reload()
    assert balance(visitor) == pytest.approx(before + earned - 2.5)
    assert "20270101-0001" in visitor.content()
    verified = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "ledger", "verify"],
        cwd=ROOT,
        env={"AIXIN_INSTANCE": str(instance), "PATH": "/usr/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout


def test_another_village_and_another_role_are_turned_away(browser: Browser, address: str):
    outsider = signed_in(browser, address, "clerk2")
    assert outsider.goto(f"{VILLAGE}/").status == 404
    assert signed_in(browser, address, "volunteer").goto(f"{VILLAGE}/services").status == 403


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("clerk", ("/", "/services", "/services/new", "/quarters", "/quarters/2026Q3", "/cards", "/grids")),
        ("chair", ("/accounts", "/rubric", "/quarters/2026Q3/workers/9")),
        (
            "manager",
            ("/desk", "/redemptions", "/closing", "/closing/2026-12-28", "/goods", "/goods/new", "/hours"),
        ),
        (
            "manager",
            ("/stock", "/stock-takes", "/consignments", "/donations", "/goods/1/stock", "/goods/1/receive"),
        ),
        ("worker", ("/mine",)),
    ],
)
def test_no_page_is_wider_than_its_window_or_breaks_its_own_rules(
    browser: Browser, address: str, name: str, paths: tuple[str, ...]
):
    page = signed_in(browser, address, name)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in paths:
        assert page.goto(VILLAGE + path).status == 200
        for size in (PHONE, OFFICE):
            page.set_viewport_size(size)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (path, size)
    assert complaints == []
