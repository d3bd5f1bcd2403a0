"""Takes the pictures of the README, of the running demo, and of the first day: `make pictures`."""

import sqlite3
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.house import OFFICE, PHONE, chromium, serving, signed_in

HERE = Path(__file__).parent
CODE = "532323101201"


def main() -> None:
    """All pictures."""
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        of_the_demo(browser)
        of_the_first_day(browser)
        browser.close()


def of_the_demo(browser: Browser) -> None:
    """The meeting's screen with a line open; on phones the desk with a basket, and whom to visit."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--demo") as address:
        clerk = signed_in(browser, address, "clerk2", OFFICE)
        clerk.goto(f"/v/{CODE}/quarters")
        clerk.get_by_role("button", name="开启季度评定").click()
        clerk.get_by_role("button", name="开始评议").click()
        clerk.locator("table.meeting tbody th a").nth(2).click()
        expect(clerk.locator("tr.detail")).to_be_visible()
        clerk.screenshot(path=HERE / "quarter.png")
        shop = signed_in(browser, address, "volunteer2", PHONE | {"height": 960})
        shop.goto(f"/v/{CODE}/desk/{richest(Path(folder) / 'aixin.sqlite')}")
        for tile in (0, 1):
            shop.locator(".tile").nth(tile).locator("button").last.click()
        shop.evaluate("scrollTo(0, 0)")
        shop.screenshot(path=HERE / "desk.png")
        worker = signed_in(browser, address, "worker2", PHONE | {"height": 960})
        worker.goto(f"/v/{CODE}/due")
        worker.screenshot(path=HERE / "due.png")


def of_the_first_day(browser: Browser) -> None:
    """The page of an empty program, and the front page of a village that has begun."""
    own = {
        "您的姓名": "李主任",
        "您的登录名": "李主任",
        "您的密码": "shan-shui-2026",
        "再输一遍": "shan-shui-2026",
    }
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as address:
        page = browser.new_page(viewport=OFFICE, locale="zh-CN", base_url=address)
        page.goto("/")
        page.screenshot(path=HERE / "first-choice.png")
        page.get_by_role("link", name="开始使用").click()
        page.get_by_label("启用的地方").select_option(CODE)
        for label, typed in own.items():
            page.get_by_label(label).fill(typed)
        for row, name in enumerate(("王文书", "张监督", "赵店长")):
            page.locator(f"[name=beside-{row}-name]").fill(name)
            page.locator(f"[name=beside-{row}-username]").fill(name)
        page.get_by_role("button", name="开始使用").click()
        page.get_by_role("link", name="去首页").click()
        expect(page.get_by_role("heading", name="第一天")).to_be_visible()
        page.screenshot(path=HERE / "first-steps.png")


def richest(database: Path) -> str:
    """The card number of the village's worker with the highest balance."""
    with sqlite3.connect(database) as connection:
        return connection.execute(
            "SELECT number FROM card JOIN account USING (person_id) JOIN area ON area.id = village_id "
            "WHERE area.code = ? ORDER BY balance DESC LIMIT 1",
            [CODE],
        ).fetchone()[0]


if __name__ == "__main__":
    main()
