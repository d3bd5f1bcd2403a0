"""With keys alone, in the largest print, with script and without: from the record to what a worker reads."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import VILLAGES
from tests.browser.house import CHROMIUM, OFFICE, PASSWORD

COMMITTEE, SHOP = (f"/v/{code}" for code in VILLAGES)
TABS = 400  # more than any page has places to stop at

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

SignedIn = Callable[[str], Page]


@pytest.fixture(
    params=[
        pytest.param(True, id="with script", marks=pytest.mark.at_length),
        pytest.param(False, id="without"),
    ]
)
def script(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return request.param


@pytest.fixture
def signed_in(browser: Browser, address: str, script: bool) -> Iterator[SignedIn]:
    """A window in the largest print in which somebody has signed in, by keys."""
    windows = []

    def signed_in(name: str) -> Page:
        windows.append(
            browser.new_context(viewport=OFFICE, locale="zh-CN", base_url=address, java_script_enabled=script)
        )
        windows[-1].add_cookies([{"name": "print", "value": "largest", "url": address}])
        page = windows[-1].new_page()
        page.goto("/sign-in")
        write(page, page.get_by_label("登录名"), name)
        write(page, page.get_by_label("密码"), PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/v/**")
        assert page.locator("html").get_attribute("data-print") == "largest"
        return page

    yield signed_in
    for window in windows:
        assert window.pages[0].evaluate("document.documentElement.scrollWidth") <= OFFICE["width"]
        window.close()


def reach(page: Page, target: Locator) -> None:
    """Go on by Tab until a place has the focus; it shows where it is."""
    expect(target).to_be_visible()
    for _tab in range(TABS):
        if target.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    expect(target).to_be_in_viewport()
    assert target.evaluate(
        "each => getComputedStyle(each).outlineStyle + getComputedStyle(each).boxShadow"
    ) != ("nonenone")


def press(page: Page, name: str) -> None:
    """Reach a button by its name, the first of them, and press it."""
    reach(page, page.get_by_role("button", name=name).first)
    page.keyboard.press("Enter")


def write(page: Page, field: Locator, text: str) -> None:
    """Reach a field and type."""
    reach(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def choose(page: Page, field: Locator, words: str) -> None:
    """Reach a list and go down to the first line with some words."""
    reach(page, field)
    while words not in field.evaluate("list => list.selectedOptions[0].text"):
        page.keyboard.press("ArrowDown")


def test_a_service_is_recorded_and_confirmed(signed_in: SignedIn, script: bool):
    done = f"替七户代缴医保，{'有' if script else '无'}脚本"
    clerk = signed_in("clerk")
    clerk.goto(f"{COMMITTEE}/services/new")
    choose(clerk, clerk.get_by_label("网格员"), " · ")
    choose(clerk, clerk.get_by_label("服务事项"), "代办一件民生事项")
    write(clerk, clerk.get_by_label("次数"), "7")
    write(clerk, clerk.get_by_label("做了什么"), done)
    press(clerk, "记录")
    expect(clerk.get_by_role("status")).to_contain_text("已记录")

    chair = signed_in("chair")
    chair.goto(f"{COMMITTEE}/services?state=recorded")
    record = chair.locator("article", has_text=done)
    reach(chair, record.get_by_role("button", name="确认"))
    chair.keyboard.press("Enter")
    expect(chair.get_by_role("status")).to_contain_text("已确认")


def test_goods_are_given_out(signed_in: SignedIn, script: bool, cards: list[tuple[str, str, str]]):
    number, _token, name = cards[13 if script else 14]
    volunteer = signed_in("volunteer2")
    volunteer.goto(f"{SHOP}/desk")
    write(volunteer, volunteer.locator("#scan"), number)
    volunteer.keyboard.press("Enter")
    volunteer.wait_for_url(f"**/desk/{number}")
    write(volunteer, volunteer.locator(".tile input").first, "1")
    press(volunteer, "兑换")
    expect(volunteer.locator(".receipt-done h2")).to_contain_text(name)


def test_a_worker_reads_what_the_points_are_for(signed_in: SignedIn):
    worker = signed_in("worker")
    worker.goto(f"{COMMITTEE}/mine")
    expect(worker.locator(".balance").first).to_contain_text("分")
    quarter = worker.get_by_role("link", name="季度积分").first
    reach(worker, quarter)
    worker.keyboard.press("Enter")
    worker.wait_for_url("**/mine/2*")
    expect(worker.locator("main")).to_contain_text("合计")
