"""Takes the README's pictures of the running demo: `make pictures`."""

import sqlite3
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.house import OFFICE, PHONE, chromium, serving, signed_in

HERE = Path(__file__).parent
CODE = "532323101201"


def main() -> None:
    """The meeting's screen with a line open; on phones the desk with a basket, and whom to visit."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as address,
        sync_playwright() as playwright,
    ):
        browser = chromium(playwright)
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
        browser.close()


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
