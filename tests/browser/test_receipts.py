"""Receipts from a real browser to a printer: by itself, once more by one key, and when nothing comes out."""

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from ground.paper import printer
from tests import printed
from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, PHONE, expect_accessible, follow, gun, signed_in
from tests.shop.receiptprinter import ReceiptPrinter, drawn

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# Who is served here: no other test takes of their points.
BY_ITSELF, OFF, LEFT, BY_PHONE, BY_BROWSER, SLOW = 15, 16, 17, 18, 19, 21  # and 22; 20: test_read_out.py

# An address of this machine on which no other run of the tests has a printer.
HERE = f"127.{os.getpid() >> 8 & 255}.{os.getpid() & 255}.9"

# So high that the telephone's lower bar hides nothing.
UNROLLED = {"width": PHONE["width"], "height": 3000}

Card = tuple[str, str, str]


@pytest.fixture
def switch_on() -> Iterator[Callable[[], ReceiptPrinter]]:
    """Switch the printer on, until the end of the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(ReceiptPrinter(HERE, printer.PORT)))


@pytest.fixture(scope="module")
def decide(browser: Browser, address: str) -> Iterator[Callable[..., None]]:
    """The manager says how the shop prints; in the end as it was before."""
    page = signed_in(browser, address, "manager2")

    def decide(paper: str, what: str, address: str = "", by_itself: bool = False) -> None:
        page.goto(f"/v/{SHOP}/printing")
        page.get_by_label("凭证用纸").select_option(label=paper)
        page.get_by_label(what).check()
        page.get_by_label("网络打印机的地址").fill(address)
        page.get_by_label("自动打凭证").set_checked(by_itself)
        follow(page.get_by_role("button", name="就这样打"))
        expect(page.get_by_text("凭证以后就这样打")).to_be_visible()

    yield decide
    decide("每次自己选", "浏览器")
    page.context.close()


@pytest.fixture(scope="module")
def shop(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """The telephone on which a volunteer is signed in."""
    context = signed_in(browser, address, "volunteer2", PHONE).context
    yield context
    context.close()


@pytest.fixture
def desk(shop: BrowserContext) -> Iterator[Page]:
    """The desk, in a window of its own."""
    page = shop.new_page()
    page.goto(f"/v/{SHOP}/desk")
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()


def hand_out(desk: Page, card: Card, barcode: str) -> str:
    """What a gun does; the receipt's number."""
    gun(desk, card[0])
    desk.wait_for_url(f"**/desk/{card[0]}")
    gun(desk, barcode)
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    gun(desk, "AIXIN-OK")
    number = desk.locator(".receipt-done .number")
    expect(number).to_be_visible()
    return number.inner_text()


def test_the_desk_prints_by_itself_and_again_by_one_key(
    desk: Page,
    decide: Callable[..., None],
    switch_on: Callable[[], ReceiptPrinter],
    cards: list[Card],
    barcodes: list[str],
):
    roll = switch_on()
    decide("58 毫米", "网络小票打印机", HERE, by_itself=True)
    number = hand_out(desk, cards[BY_ITSELF], barcodes[0])
    first = roll.sheet()
    expect(desk.get_by_text(f"{number} 的凭证已送到打印机")).to_be_visible()
    [code] = printed.codes(first)
    desk.set_viewport_size(UNROLLED)
    expect_accessible(desk)
    desk.set_viewport_size(PHONE)
    desk.goto(f"/v/{SHOP}/desk")
    expect(desk.locator("[data-last-receipt]")).to_be_hidden()
    desk.keyboard.press("F9")
    again = roll.sheet()
    expect(desk.get_by_text(f"{number} 的凭证已送到打印机")).to_be_visible()
    assert printed.codes(again) == {code}
    assert again.tobytes() != first.tobytes()  # a reprint, and says so
    assert len(roll.sheets) == 2


def test_a_printer_that_is_off_holds_nobody_up(
    desk: Page,
    decide: Callable[..., None],
    switch_on: Callable[[], ReceiptPrinter],
    cards: list[Card],
    barcodes: list[str],
):
    decide("80 毫米", "网络小票打印机", HERE, by_itself=True)
    number = hand_out(desk, cards[OFF], barcodes[0])
    expect(desk.get_by_text(f"打印机没有应答。{number} 已经兑换记好了")).to_be_visible()
    roll = switch_on()
    desk.get_by_role("button", name="打印凭证").click()
    assert roll.sheet().width == 576
    expect(desk.get_by_text(f"{number} 的凭证已送到打印机")).to_be_visible()


def test_who_goes_on_before_the_answer_hears_of_it(
    desk: Page,
    decide: Callable[..., None],
    switch_on: Callable[[], ReceiptPrinter],
    cards: list[Card],
    barcodes: list[str],
):
    decide("58 毫米", "网络小票打印机", HERE, by_itself=True)
    desk.route("**/print", lambda _route: None)  # it never comes
    number = hand_out(desk, cards[LEFT], barcodes[0])
    expect(desk.get_by_text(f"正在打 {number} 的凭证")).to_be_visible()
    gun(desk, cards[LEFT][0])
    desk.wait_for_url(f"**/desk/{cards[LEFT][0]}")
    desk.reload()
    expect(desk.get_by_text(f"不知道 {number} 的凭证打出来没有")).to_be_visible()
    desk.unroute_all()
    roll = switch_on()
    desk.keyboard.press("F9")
    roll.sheet()
    expect(desk.get_by_text(f"{number} 的凭证已送到打印机")).to_be_visible()


def test_a_slow_printer_prints_the_next_receipt_afterwards(
    desk: Page,
    decide: Callable[..., None],
    switch_on: Callable[[], ReceiptPrinter],
    cards: list[Card],
    barcodes: list[str],
):
    """The first one's answer comes when the next receipt is there; each is told by its own number."""
    roll = switch_on()
    decide("58 毫米", "网络小票打印机", HERE, by_itself=True)
    sent: list[Route] = []
    desk.route("**/print", lambda route: sent.append(route), times=1)
    first = hand_out(desk, cards[SLOW], barcodes[0])
    expect(desk.get_by_text(f"正在打 {first} 的凭证")).to_be_visible()
    second = hand_out(desk, cards[SLOW + 1], barcodes[0])
    [slow] = sent
    slow.continue_()
    expect(desk.get_by_text(f"{second} 的凭证已送到打印机")).to_be_visible()
    for _receipt in (first, second):
        roll.sheet()
    assert len({code for sheet in roll.sheets for code in printed.codes(drawn(sheet))}) == 2


def test_a_browser_prints_the_pdf_from_a_frame_nobody_sees(
    desk: Page, decide: Callable[..., None], cards: list[Card], barcodes: list[str]
):
    """A page stands in for the viewer of PDFs, which this browser without windows does not have."""
    decide("A4", "浏览器", by_itself=True)
    desk.add_init_script("Object.defineProperty(navigator, 'pdfViewerEnabled', { value: true })")
    desk.reload()
    stand_in = "<script>print = () => console.log(`printed ${location.search}`)</script>"
    desk.route("**/receipt.pdf?**", lambda route: route.fulfill(body=stand_in, content_type="text/html"))
    with desk.expect_console_message(lambda told: told.text == "printed ?paper=A4"):
        hand_out(desk, cards[BY_BROWSER], barcodes[0])
    expect(desk.locator("#scan")).to_be_focused()
    with desk.expect_console_message(lambda told: told.text == "printed ?paper=A4"):
        desk.keyboard.press("F9")
    expect(desk.locator("iframe")).to_have_count(1)


def test_a_telephone_hands_the_receipt_to_its_printing_app(
    desk: Page, decide: Callable[..., None], cards: list[Card], barcodes: list[str]
):
    """As a link of the app RawBT, which holds what a network printer would be sent."""
    decide("58 毫米", "手机连蓝牙打印机")
    number = hand_out(desk, cards[BY_PHONE], barcodes[0])
    asked: list[str] = []
    session: Any = desk.context.new_cdp_session(desk)
    session.send("Page.enable")
    session.on("Page.frameRequestedNavigation", lambda event: asked.append(event["url"]))
    desk.get_by_role("link", name="手机打印助手").click()
    expect(desk.get_by_text(f"{number} 的凭证已交给手机打印助手")).to_be_visible()
    [link] = asked
    assert link.startswith("rawbt:base64,")
    sheet = drawn(base64.b64decode(link.removeprefix("rawbt:base64,")))
    assert sheet.width == 384
    assert len(printed.codes(sheet)) == 1
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载").click()
    assert download.value.path().read_bytes() == base64.b64decode(link.removeprefix("rawbt:base64,"))


def test_no_slip_with_a_first_password_is_torn_over_two_pages(browser: Browser, address: str):
    """They are cut apart: name, sign-in and password stand on one piece."""
    page = browser.new_page(base_url=address)
    page.goto("/sign-in")
    page.evaluate(
        """() => {
          const slip = (number) =>
            `<div class="receipt-done"><h2>First${number}x</h2><p class="number">Last${number}x</p></div>`;
          document.querySelector("main").innerHTML = [...Array(12).keys()].map(slip).join("");
        }"""
    )
    pages = printed.texts(page.pdf(format="A4"))
    page.close()
    assert len(pages) > 1
    for number in range(12):
        assert [text for text in pages if f"First{number}x" in text] == [
            text for text in pages if f"Last{number}x" in text
        ]
