"""What a worker writes down without a network: kept on the phone, sent once each, and gone after."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import VILLAGES
from tests.browser.house import CHROMIUM, PHONE, signed_in
from tests.cast import a_picture

VILLAGE = f"/v/{VILLAGES[0]}"
VISIT, CLAIM = f"{VILLAGE}/due/visit", f"{VILLAGE}/services/new"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

KEPT = (
    "async () => (await (await caches.open('pages')).keys()).map(({ url }) => new URL(url).pathname).sort()"
)
STORED = """async () => {
  const opening = indexedDB.open("aixin-drafts", 1);
  const drafts = await new Promise((resolve) => { opening.onsuccess = () => resolve(opening.result); });
  const all = drafts.transaction("drafts").objectStore("drafts").getAll();
  await new Promise((resolve) => { all.onsuccess = resolve; });
  drafts.close();
  return all.result.map(({ title }) => title);
}"""


@pytest.fixture
def worker(browser: Browser, address: str) -> Iterator[Page]:
    """A worker on a phone, who has opened the list of visits due."""
    page = signed_in(browser, address, "worker", PHONE)
    page.goto(f"{VILLAGE}/due")
    expect(page.locator("[data-is-kept]")).to_have_count(2)
    yield page
    page.context.close()


@pytest.fixture
def visits(asked: Callable[..., list[Any]]) -> Callable[[], list[tuple[str, int]]]:
    """What was seen at the visits that were not there when the test began, and how many photos they have."""
    [(before,)] = asked("SELECT coalesce(max(id), 0) FROM visit")
    query = (
        "SELECT seen, (SELECT count(*) FROM photo WHERE photo.id = visit.photo_id) "
        "FROM visit WHERE id > ? ORDER BY id"
    )
    return lambda: asked(query, before)


def write_down(page: Page, seen: str, photo: bool = False) -> None:
    """Fill the form for a visit in, and press the button."""
    page.get_by_label("住户").select_option(index=1)
    page.get_by_text("见一面").click()
    page.get_by_label("看到的情况").fill(seen)
    if photo:
        page.get_by_label("照片").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
        )
    page.get_by_role("button", name="记下").click()


def back_online(page: Page) -> None:
    """The network is back, and the browser says so; Chromium forgets to, on a page loaded without one."""
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")


def test_visits_without_a_network_are_sent_in_order_when_there_is_one(
    worker: Page, visits: Callable[[], list[tuple[str, int]]]
):
    worker.context.set_offline(True)
    worker.goto(VISIT)
    write_down(worker, "水管漏水", photo=True)
    unsent = worker.locator("[data-unsent] li")
    expect(unsent).to_have_count(1)
    write_down(worker, "人不在家")
    expect(unsent).to_have_count(2)
    worker.goto(VISIT)
    expect(unsent).to_have_count(2)
    assert visits() == []
    back_online(worker)
    expect(worker.locator("[data-said]")).to_have_text("已送出 2 条记录。")
    expect(unsent).to_have_count(0)
    assert visits() == [("水管漏水", 1), ("人不在家", 0)]
    assert worker.evaluate(STORED) == []
