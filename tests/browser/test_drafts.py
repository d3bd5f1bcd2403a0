"""What a worker writes down without a network: kept on the phone, sent once each, and gone after."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Error, Page, Playwright, Route, expect

from tests.browser.conftest import VILLAGES
from tests.browser.house import CHROMIUM, PASSWORD, PHONE, WINDOWLESS, follow, signed_in, wait_for
from tests.cast import a_picture

VILLAGE = f"/v/{VILLAGES[0]}"
VISIT, CLAIM = f"{VILLAGE}/due/visit", f"{VILLAGE}/services/new"

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

NOTHING_KEPT = "async () => !(await caches.has('pages'))"
STORED = """async () => {
  if (!(await indexedDB.databases()).length) return [];
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


def test_what_is_refused_is_mended_with_what_was_typed(
    worker: Page, visits: Callable[[], list[tuple[str, int]]]
):
    """With its photo; and there is no second record of it, whatever became of the first try."""
    worker.context.set_offline(True)
    worker.goto(VISIT)
    worker.get_by_label("住户").select_option(index=1)
    worker.get_by_label("照片").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": a_picture()}
    )
    worker.get_by_role("button", name="记下").click()
    row = worker.locator("[data-unsent] li")
    expect(row).to_contain_text("等网络")
    back_online(worker)
    expect(row).to_contain_text("请勾选做了什么")
    follow(row.get_by_role("button", name="改一改再送"))
    expect(worker.locator("main .error")).to_be_visible()
    expect(worker.get_by_label("照片")).to_have_value(re.compile("photo.jpg|a.jpg"))
    worker.get_by_label("看到的情况").fill("米缸空了")
    follow(worker.get_by_role("button", name="记下"))
    expect(worker).to_have_url(re.compile("/due$"))
    expect(row).to_have_count(0)
    assert visits() == [("米缸空了", 1)]
    assert worker.evaluate(STORED) == []


def test_an_answer_that_was_lost_and_two_windows_make_one_record(
    worker: Page, visits: Callable[[], list[tuple[str, int]]]
):
    worker.route(f"**{VISIT}", answer_lost)
    worker.goto(VISIT)
    write_down(worker, "屋顶漏雨")
    expect(worker.locator("[data-unsent] li")).to_have_count(1)
    assert len(visits()) == 1
    worker.unroute(f"**{VISIT}")
    other = worker.context.new_page()
    other.goto(VISIT)
    back_online(worker)
    for page in (worker, other):
        expect(page.locator("[data-unsent] li")).to_have_count(0)
    assert visits() == [("屋顶漏雨", 0)]


def answer_lost(route: Route) -> None:
    """A form arrives and is done; its answer is lost on the way."""
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
        route.abort()
    else:
        route.continue_()


def test_what_was_written_down_is_sent_by_whoever_wrote_it_alone(
    worker: Page, visits: Callable[[], list[tuple[str, int]]]
):
    """The session is over meanwhile, and somebody else signs in: they see nothing of it."""
    worker.context.set_offline(True)
    worker.goto(VISIT)
    write_down(worker, "腿脚不便")
    worker.context.clear_cookies()
    back_online(worker)
    expect(worker.locator("[data-said]")).to_contain_text("您已经退出登录了")
    sign_in(worker, "clerk")
    expect(worker.locator("[data-unsent]")).to_be_hidden()
    expect(worker.get_by_text("腿脚不便")).to_have_count(0)
    wait_for(worker, NOTHING_KEPT)
    assert visits() == []
    follow(worker.get_by_role("button", name="退出登录"))
    sign_in(worker, "worker")
    expect(worker.locator("[data-said]")).to_have_text("已送出 1 条记录。")
    assert visits() == [("腿脚不便", 0)]


def sign_in(page: Page, name: str) -> None:
    """Sign somebody in where somebody else was."""
    page.goto("/sign-in")
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="登录", exact=True))


def test_nothing_of_a_person_is_left_when_they_have_signed_out(worker: Page):
    """In no store of the browser; they are asked first, if something is not sent."""
    worker.evaluate("localStorage['desk:1:2'] = '{\"name\": \"张大山\"}'; sessionStorage.seen = '山洪'")
    worker.context.set_offline(True)
    worker.goto(CLAIM)
    worker.get_by_label("服务事项").select_option(index=1)
    worker.get_by_label("做了什么").fill("送老人看病")
    worker.get_by_role("button", name="记录", exact=True).click()
    expect(worker.locator("[data-unsent] li")).to_have_count(1)
    worker.route(f"**{CLAIM}", lambda route: route.abort())  # the network stays bad for it
    worker.context.set_offline(False)
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        if len(asked) == 1:
            dialog.dismiss()
        else:
            dialog.accept()

    worker.on("dialog", answer)
    leave = worker.get_by_role("button", name="退出登录")
    leave.click()
    expect(leave).not_to_have_attribute("aria-busy", "true")
    assert len(worker.evaluate(STORED)) == 1
    follow(leave)
    assert [text[:5] for text in asked] == ["还有 1 "] * 2
    assert worker.evaluate(STORED) == []
    kept = worker.evaluate("caches.keys()")
    assert [name for name in kept if not name.startswith("files ")] == []
    assert worker.evaluate("indexedDB.databases()") == []
    assert worker.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)]") == [[], []]


@pytest.mark.at_length
def test_what_was_written_down_outlives_the_browser(
    playwright: Playwright, address: str, tmp_path: Path, visits: Callable[[], list[tuple[str, int]]]
):
    def opened() -> Page:
        return playwright.chromium.launch_persistent_context(
            tmp_path, executable_path=WINDOWLESS, args=["--no-sandbox"], locale="zh-CN", base_url=address
        ).pages[0]

    page = opened()
    sign_in(page, "worker")
    page.goto(VISIT)
    expect(page.locator("[data-is-kept]")).to_have_count(1)
    page.context.set_offline(True)
    page.goto(VISIT)
    write_down(page, "院墙开裂", photo=True)
    expect(page.locator("[data-unsent] li")).to_have_count(1)
    with suppress(Error):
        page.context.new_cdp_session(page).send("Browser.crash")
    page = opened()
    sign_in(page, "worker")
    expect(page.locator("[data-said]")).to_have_text("已送出 1 条记录。")
    assert visits() == [("院墙开裂", 1)]
    page.context.close()
