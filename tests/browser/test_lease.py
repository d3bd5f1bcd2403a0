"""The desk without a network: it holds the shop, hands out alone, and brings everything in exactly once.

The network is really cut; what the page wrote into its journal is checked here once more, by hand.
"""

import base64
import hashlib
import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, Request, Route, expect

from ground import names
from ground.db import db, transaction
from ground.wire.assets import current_version, reader_files
from people.models import Area, User
from shop.shelf import leases, shops
from tests import printed
from tests.browser.cable import Cable
from tests.browser.conftest import SHOP
from tests.browser.house import (
    CHROMIUM,
    OFFICE,
    PASSWORD,
    PHONE,
    expect_accessible,
    follow,
    gun,
    signed_in,
    wait_for,
)
from tests.browser.test_queue import answer_lost, cheapest
from tests.cast import new_app
from tests.test_figures import IDENTITY_NUMBERS

VISITS = f"/v/{SHOP}/visits"
DESK, OFFLINE = f"/v/{SHOP}/desk", f"/v/{SHOP}/offline"
FIRST = 58  # who is served here: no other test takes of their points
POOR = 69  # has not even what costs least
RICH = 22  # has enough to be served here and elsewhere
OFTEN = slice(23, 25)  # have enough to be served a dozen times

Card = tuple[str, str, str]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def break_lease(instance: Path) -> Iterator[Callable[[], None]]:
    """Take the shop from whoever holds it, as the manager does; also in the end."""
    app = new_app(f"sqlite:///{instance / 'aixin.sqlite'}")

    def break_lease() -> None:
        with app.app_context(), transaction():
            shop = shops.of_village(db.session.query(Area).filter_by(code=SHOP).one())
            lease = leases.running(shop)
            if lease is not None:
                leases.break_off(
                    lease, "手机丢了", db.session.query(User).filter_by(username="manager2").one()
                )

    break_lease()
    yield break_lease
    break_lease()


@pytest.fixture(scope="module")
def network(address: str) -> Iterator[Cable]:
    """What lies between the volunteer's browser and the program."""
    with closing(Cable(address)) as network:
        yield network


@pytest.fixture(scope="module")
def phone(browser: Browser, network: Cable) -> Iterator[BrowserContext]:
    """The browser of a volunteer."""
    context = signed_in(browser, network.address, "volunteer2", OFFICE).context
    context.add_init_script("window.printed = []; window.print = () => printed.push(document.title)")
    yield context
    context.close()


@pytest.fixture
def desk(phone: BrowserContext, network: Cable, break_lease: Callable[[], None]) -> Iterator[Page]:
    """The desk, with a network; afterwards this browser holds nothing any more."""
    page = phone.new_page()
    page.goto(DESK)
    yield page
    for each in phone.pages[1:]:
        each.close()
    network.plug()
    phone.pages[0].evaluate("indexedDB.deleteDatabase('aixin-lease')")


@pytest.fixture
def receipts(asked: Callable[..., list[Any]]) -> Callable[[], dict[str, int]]:
    """How many receipts each card has since the test began, but for what was taken back."""
    query = (
        "SELECT number, count(*) FROM redemption JOIN card ON card.id = card_id "
        "LEFT JOIN void ON void.redemption_id = redemption.id "
        "WHERE redemption.id > ? AND void.id IS NULL GROUP BY number"
    )
    [(before,)] = asked("SELECT coalesce(max(id), 0) FROM redemption")
    return lambda: dict(asked(query, before))


def take(page: Page) -> None:
    """Let this desk hold the shop, and keep the page."""
    page.locator("[data-take]").click()
    said(page, re.compile(r"^没有网络也能兑换，到 23:59$"))


def said(page: Page, what: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-offline] [data-said]")).to_have_text(what, timeout=20_000)


def back(page: Page) -> None:
    """The network is back, and the browser notices."""
    Cable.of(page.url).plug()
    with page.expect_request(f"**{OFFLINE}/*"):
        page.evaluate("dispatchEvent(new Event('online'))")


def all_in(page: Page) -> None:
    """Everything that was written down is on the server."""
    said(page, re.compile("^(?!.*待上传).+$"))


def hand_out(page: Page, card: Card, article: str) -> str:
    """What a gun does; the receipt's number."""
    for code in (card[0], article, "AIXIN-OK"):
        gun(page, code)
    expect(page.locator(".receipt-done h2")).to_have_text(f"已换给{card[2]}")
    return page.locator(".receipt-done .number").inner_text()


# All that stands in the database of the lease, as one text.
READ_ALL = """() => new Promise((resolve) => {
  indexedDB.open("aixin-lease").onsuccess = ({ target: { result: base } }) => {
    const running = base.transaction([...base.objectStoreNames]);
    const asked = [...base.objectStoreNames].map((name) => running.objectStore(name).getAll());
    running.oncomplete = () => {
      base.close();
      resolve(JSON.stringify(asked.map(({ result }) => result)));
    };
  };
})"""


def held(page: Page) -> dict[str, list[str]]:
    """What the browser keeps: its databases, and the pages that open without a network."""
    kept: dict[str, list[str]] = page.evaluate(
        "async () => ({"
        "  databases: (await indexedDB.databases()).map(({ name }) => name),"
        "  pages: (await caches.keys()).filter((name) => name === 'pages'),"
        "})"
    )
    return kept


def hold_over(page: Page, days: int) -> None:
    """Put the clock of the device ahead, or back."""
    page.clock.set_system_time(datetime.now(UTC) + timedelta(days=days))


def sign_in(page: Page, name: str) -> None:
    """Sign in where the page asks for it."""
    page.get_by_label("登录名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="登录"))


class Journal:
    """What a page sent, as anybody can check it who has only the public key and the journal's beginning."""

    def __init__(self, page: Page) -> None:
        self.entries: dict[int, str] = {}
        self.key: EllipticCurvePublicKey
        page.on("request", self.note)

    def note(self, request: Request) -> None:
        if request.method != "POST" or OFFLINE not in request.url:
            return
        body = json.loads(request.post_data or "")
        if point := body.get("public_key"):
            self.key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), base64.b64decode(point))
        for entry in body.get("entries", []):
            numbers, half = base64.b64decode(entry["signature"]), 32
            signature = encode_dss_signature(*(int.from_bytes(n) for n in (numbers[:half], numbers[half:])))
            self.key.verify(signature, entry["text"].encode(), ECDSA(SHA256()))
            position = json.loads(entry["text"])["position"]
            assert self.entries.setdefault(position, entry["text"]) == entry["text"]

    def check(self, seed: str) -> list[dict[str, Any]]:
        """All entries, after the chain was followed from its seed on."""
        head, found = seed, []
        for position in sorted(self.entries):
            fields = json.loads(self.entries[position])
            assert (fields["position"], fields["previous"]) == (len(found) + 1, head)
            head = hashlib.sha256(self.entries[position].encode()).hexdigest()
            found.append(fields)
        return found


def test_a_queue_without_a_network_comes_in_exactly_once(
    desk: Page,
    network: Cable,
    phone: BrowserContext,
    cards: list[Card],
    receipts: Callable[[], dict[str, int]],
    asked: Callable[..., list[Any]],
):
    """The page is closed in between and opened again; the first answer is lost; then nothing stays here."""
    journal, served = Journal(desk), cards[FIRST : FIRST + 3]
    article = cheapest(desk)
    take(desk)
    network.pull()
    for code in (
        f"HTTPS://AIXIN.EXAMPLE/C/{served[0][1]}",
        article,
        "AIXIN-OK",
        served[1][0],
        article,
        "AIXIN-OK",
    ):
        gun(desk, code)  # without a pause
    expect(desk.locator(".receipt-done h2")).to_have_text(f"已换给{served[1][2]}")
    said(desk, re.compile("23:59；2 笔待上传$"))
    expect_accessible(desk)
    desk.close()
    desk = phone.new_page()
    journal_after = Journal(desk)
    journal_after.key, journal_after.entries = journal.key, journal.entries
    desk.goto(f"{DESK}/{served[2][0]}")
    expect(desk.locator(".person h2")).to_have_text(served[2][2])
    hand_out(desk, served[2], article)
    said(desk, re.compile("3 笔待上传$"))
    assert receipts() == {}
    desk.route(f"**{OFFLINE}/*", answer_lost, times=1)
    back(desk)
    back(desk)  # the first answer was lost
    all_in(desk)
    assert receipts() == {number: 1 for number, *_rest in served}
    [(seed,)] = asked("SELECT seed FROM lease ORDER BY id DESC LIMIT 1")
    assert [entry["card"] for entry in journal_after.check(seed)] == [number for number, *_rest in served]
    desk.locator("[data-end]").click()
    said(desk, re.compile("离线服务已结束"))
    assert held(desk) == {"databases": [], "pages": []}
    hand_out(desk, served[0], article)
    assert receipts()[served[0][0]] == 2


@pytest.mark.at_length
def test_a_page_that_woke_with_a_lease_takes_the_next_one(desk: Page, network: Cable, cards: list[Card]):
    """After the end of the last one, and keeps the page again; a paper chosen then is printed once."""
    article = cheapest(desk)
    take(desk)
    desk.reload()
    said(desk, re.compile("没有网络也能兑换"))
    desk.locator("[data-end]").click()
    said(desk, re.compile("离线服务已结束"))
    take(desk)
    assert held(desk)["pages"] == ["pages"]
    network.pull()
    hand_out(desk, cards[FIRST + 5], article)
    desk.locator("[data-paper='80']").click()
    desk.locator(".slip-sheet.paper-80").wait_for(state="attached")
    assert len(desk.evaluate("printed")) == 1


def test_what_reads_the_camera_s_codes_is_kept_with_the_desk(desk: Page):
    """It is too large for everybody, and without it the camera would read nothing here."""
    take(desk)
    wait_for(
        desk,
        """async (files) => (await Promise.all(files.map((file) => caches.match(file)))).every(Boolean)""",
        [f"/static/v/{current_version()}/{name}" for name in reader_files()],
    )


def test_a_lease_whose_answer_was_lost_is_asked_for_when_the_page_comes_anew(
    desk: Page, asked: Callable[..., list[Any]]
):
    """By the same key: else the shop would be held by nobody's desk until the evening."""
    desk.route(f"**{OFFLINE}", answer_lost, times=1)
    desk.locator("[data-take]").click()
    said(desk, re.compile("没有等到回音"))
    desk.reload()
    said(desk, re.compile(r"^没有网络也能兑换，到 23:59$"))
    assert asked("SELECT count(*) FROM lease WHERE ended_at IS NULL") == [(1,)]


@pytest.mark.at_length
def test_the_end_of_a_lease_leaves_the_pages_of_visits(desk: Page):
    take(desk)
    wait_for(desk, "path => caches.match(path)", DESK)
    desk.evaluate("async (path) => (await caches.open('pages')).put(path, new Response('<h1></h1>'))", VISITS)
    desk.locator("[data-end]").click()
    said(desk, re.compile("离线服务已结束"))
    assert desk.evaluate("path => caches.match(path).then(Boolean)", VISITS)
    assert not desk.evaluate("path => caches.match(path).then(Boolean)", DESK)
    desk.evaluate("caches.delete('pages')")


def test_a_basket_whose_answer_was_lost_is_not_handed_out_again(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    """It was booked before the desk held the shop; whoever is served then is served first."""
    card, article = cards[FIRST + 2], cheapest(desk)
    desk.route(f"**/desk/{card[0]}", answer_lost, times=1)
    for code in (card[0], article, "AIXIN-OK"):
        gun(desk, code)
    expect(desk.locator("[data-refused]")).to_contain_text("没有等到回音")
    desk.locator("[data-take]").click()
    expect(desk.locator("[data-told]")).to_contain_text("请先办完这一位")
    desk.locator("[data-hold-this] a").click()
    expect(desk.locator(".held")).to_contain_text(card[2])
    today = desk.locator("[data-scan]").evaluate("({ dataset }) => dataset.day")
    desk.locator("[data-scan]").evaluate("({ dataset }) => { dataset.day = '2020-01-01' }")
    take(desk)
    expect(desk.locator("[data-scan]")).to_have_attribute("data-day", today)
    gun(desk, card[0])
    expect(desk.locator(".person h2")).to_have_text(card[2])
    gun(desk, "AIXIN-OK")
    expect(desk.locator("[data-told]")).to_contain_text("还没有要兑换的")
    all_in(desk)
    assert receipts() == {card[0]: 1}


def test_a_page_that_was_closed_right_after_writing_shows_it_as_handed_out(
    desk: Page, network: Cable, cards: list[Card]
):
    """Its basket is still kept, with the key that stands in the journal."""
    card, article = cards[FIRST + 3], cheapest(desk)
    take(desk)
    network.pull()
    gun(desk, card[0])
    gun(desk, article)
    expect(desk.locator("[data-lines]")).to_contain_text("× 1")
    place = f"desk:{SHOP}:{card[0]}"
    basket = desk.evaluate("place => localStorage.getItem(place)", place)
    gun(desk, "AIXIN-OK")
    expect(desk.locator(".receipt-done")).to_be_visible()
    desk.evaluate("([place, basket]) => localStorage.setItem(place, basket)", [place, basket])
    desk.reload()
    expect(desk.locator(".receipt-done h2")).to_have_text(f"已换给{card[2]}")
    expect(desk.locator(".held")).to_have_count(0)


def test_what_is_refused_without_a_network_is_said_in_words(desk: Page, network: Cable, cards: list[Card]):
    article = cheapest(desk)
    take(desk)
    network.pull()
    told = desk.locator("[data-told]")
    for code, why in {
        article: "请先扫爱心卡",
        "402177300": "输错",
        "R/0000000000000000": "没有等到回音",
        "某某某": "没有叫这个名字",
        cards[FIRST][2][0]: "有几个人",
    }.items():
        desk.locator("#scan").fill("")
        desk.keyboard.insert_text(code)
        desk.keyboard.press("Enter")
        expect(told).to_contain_text(why)
    desk.locator("#scan").fill("")
    desk.keyboard.insert_text(cards[POOR][2])
    desk.keyboard.press("Enter")
    expect(desk.locator(".person h2")).to_have_text(cards[POOR][2])
    gun(desk, article)
    expect(desk.locator("[data-short]")).to_be_visible()
    gun(desk, "AIXIN-CANCEL")
    gun(desk, cards[FIRST][0])
    gun(desk, article)
    desk.locator("summary", has_text="由别人代领").click()
    for name, why in {"\u200b": "代领人是谁", "孙\u200b 明": "不能自己代领"}.items():
        desk.get_by_label("代领人姓名").fill(name)
        desk.get_by_label("与网格员的关系").fill("邻居")
        gun(desk, "AIXIN-OK")
        expect(desk.locator("[data-refused]")).to_contain_text(why)
    gun(desk, "AIXIN-CANCEL")


def test_the_last_one_is_taken_back_and_its_points_are_there_again(
    desk: Page, network: Cable, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    """Also after the page came anew; the goods and what may be taken in a quarter are back too."""
    card, article = cards[FIRST + 3], cheapest(desk)
    tile = desk.locator(f".tile[data-barcodes~='{article}']")
    take(desk)
    network.pull()
    gun(desk, card[0])
    expect(desk.locator(".person h2")).to_have_text(card[2])
    before = [desk.locator(".person .balance").inner_text(), tile.locator(".left").inner_text()]
    hand_out(desk, card, article)
    desk.reload()
    expect(desk.locator(".receipt-done h2")).to_have_text(f"已换给{card[2]}")
    desk.get_by_role("button", name="撤回").evaluate("button => { button.click(); button.click() }")
    expect(desk.locator(".taken-back")).to_contain_text("作废")
    said(desk, re.compile("2 笔待上传$"))
    expect(desk.locator("[data-told]")).to_be_hidden()
    gun(desk, card[0])
    expect(desk.locator(".person h2")).to_have_text(card[2])
    assert [desk.locator(".person .balance").inner_text(), tile.locator(".left").inner_text()] == before
    back(desk)
    all_in(desk)
    assert receipts() == {}
    hand_out(desk, card, article)
    all_in(desk)
    assert receipts() == {card[0]: 1}
    desk.get_by_role("button", name="撤回").click()
    expect(desk.locator(".taken-back")).to_be_visible()
    all_in(desk)
    assert receipts() == {}


def test_a_clock_that_was_changed_hands_nothing_out_until_the_server_is_heard(
    desk: Page, network: Cable, cards: list[Card]
):
    article, card = cheapest(desk), cards[FIRST + 4]
    take(desk)
    network.pull()
    hand_out(desk, card, article)
    for days, why in ((2, "时间已经过了"), (-2, "时间被改过")):
        hold_over(desk, days)
        gun(desk, card[0])
        expect(desk.locator("[data-told]")).to_contain_text(why)
    hold_over(desk, 2)
    back(desk)
    all_in(desk)
    network.pull()
    hand_out(desk, card, article)


def test_one_window_serves_and_the_other_says_so(
    desk: Page, network: Cable, phone: BrowserContext, cards: list[Card]
):
    article = cheapest(desk)
    take(desk)
    other = phone.new_page()
    other.goto(DESK)
    said(other, re.compile("另一个窗口"))
    gun(other, cards[FIRST][0])
    expect(other.locator("[data-told]")).to_contain_text("另一个窗口")
    desk.close()
    said(other, re.compile("没有网络也能兑换"))
    network.pull()
    hand_out(other, cards[FIRST + 5], article)


def test_who_is_signed_out_goes_on_and_somebody_else_brings_it_in(
    desk: Page, phone: BrowserContext, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    article, cookies = cheapest(desk), phone.cookies()
    take(desk)
    phone.clear_cookies()
    hand_out(desk, cards[FIRST + 6], article)
    said(desk, re.compile("登录过期了.*1 笔待上传"))
    desk.get_by_role("link", name="重新登录").click()
    sign_in(desk, "manager2")
    all_in(desk)
    assert receipts() == {cards[FIRST + 6][0]: 1}
    phone.clear_cookies()
    phone.add_cookies(cookies)


def test_somebody_else_who_signs_in_hands_nothing_out_in_the_holder_s_name(
    browser: Browser, address: str, break_lease: Callable[[], None], cards: list[Card]
):
    """They are told whose the desk is, and end it."""
    desk = signed_in(browser, address, "volunteer2")
    holder = desk.evaluate("Number(document.documentElement.dataset.person)")

    def say_whose(route: Route) -> None:
        told = route.fetch().json()
        route.fulfill(json={**told, "lease": told["lease"] and {**told["lease"], "holder_id": holder}})

    desk.route(re.compile(f"{OFFLINE}(/[0-9]+)?$"), say_whose)
    desk.goto(DESK)
    take(desk)
    desk.context.clear_cookies()
    desk.goto("/sign-in")
    sign_in(desk, "manager2")
    desk.goto(DESK)
    said(desk, re.compile("孙明.*只有"))
    gun(desk, cards[RICH][0])
    expect(desk.locator("[data-told]")).to_contain_text("孙明")
    desk.locator("[data-end]").click()
    said(desk, re.compile("离线服务已结束"))
    gun(desk, cards[RICH][0])
    expect(desk.locator("[data-person-place] h2")).to_have_text(cards[RICH][2])
    desk.context.close()


def test_who_signs_out_leaves_nobody_s_name_and_nothing_is_lost(
    browser: Browser, address: str, break_lease: Callable[[], None], cards: list[Card]
):
    """Whom the desk knows is brought anew after the next sign-in; what was handed out waits for it."""
    desk = signed_in(browser, address, "volunteer2")
    desk.goto(DESK)
    article, card = cheapest(desk), cards[RICH]
    take(desk)
    desk.route(f"**{OFFLINE}/*", lambda route: route.abort())
    number = hand_out(desk, card, article)
    desk.unroute_all()
    desk.route(f"**{OFFLINE}/*", lambda route: route.abort())
    follow(desk.get_by_role("button", name="退出登录"))
    left = desk.evaluate(READ_ALL)
    assert number in left
    assert [name for _number, _token, name in cards if name in left] == []
    desk.unroute_all()
    desk.goto("/sign-in")
    sign_in(desk, "volunteer2")
    desk.goto(DESK)
    said(desk, re.compile(r"^没有网络也能兑换，到 23:59$"))
    gun(desk, card[0])
    expect(desk.locator("[data-person-place] h2")).to_have_text(card[2])
    desk.context.close()


@pytest.mark.at_length
def test_a_page_of_another_session_gets_its_token(
    desk: Page, phone: BrowserContext, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    article = cheapest(desk)
    take(desk)
    desk.evaluate("document.querySelector('[data-scan] [name=csrf_token]').value = 'old'")
    hand_out(desk, cards[FIRST + 7], article)
    all_in(desk)
    assert receipts() == {cards[FIRST + 7][0]: 1}


@pytest.mark.at_length
def test_a_line_that_is_too_slow_for_all_is_sent_fewer(
    desk: Page, network: Cable, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    """Half as many after each time without an answer, and twice as many after each answer."""
    article = cheapest(desk)
    counts: list[int] = []
    take(desk)
    network.pull()
    served = [card[0] for card in cards[FIRST : FIRST + 4] for _twice in range(2)]
    for number in served:
        for code in (number, article, "AIXIN-OK"):
            gun(desk, code)
    said(desk, re.compile("；8 笔待上传$"))

    def slow(route: Route) -> None:
        counts.append(len(route.request.post_data_json["entries"]))
        if counts[-1] > 3:
            route.abort()
        else:
            route.continue_()

    desk.route(f"**{OFFLINE}/*", slow)
    network.plug()
    desk.evaluate("() => { window.again = setInterval(() => dispatchEvent(new Event('online')), 50) }")
    all_in(desk)
    desk.evaluate("clearInterval(again)")
    assert max(counts) > 3
    assert all(after <= (before // 2 if before > 3 else 2 * before) for before, after in pairwise(counts))
    assert receipts() == dict.fromkeys(served, 2)


def test_what_a_broken_lease_cannot_book_is_kept_and_shown(
    desk: Page,
    network: Cable,
    cards: list[Card],
    break_lease: Callable[[], None],
    receipts: Callable[[], dict[str, int]],
    browser: Browser,
    address: str,
):
    """The telephone was lost, others spent the points since: nothing is dropped, and a person decides."""
    article, (one, other) = cheapest(desk), cards[FIRST + 8 : FIRST + 10]
    take(desk)
    network.pull()
    number = hand_out(desk, one, article)
    hand_out(desk, other, article)
    elsewhere = signed_in(browser, address, "manager2")
    elsewhere.goto(DESK)
    gun(elsewhere, one[0])
    expect(elsewhere.locator("[data-person-place] [role=alert]")).to_contain_text("离线")
    break_lease()
    for code in (one[0], article, "AIXIN-OK"):
        gun(elsewhere, code)
    expect(elsewhere.locator(".receipt-done")).to_be_visible()
    while elsewhere.locator("[data-short]").is_hidden():
        for code in (one[0], article, "AIXIN-OK"):
            gun(elsewhere, code)
        elsewhere.wait_for_timeout(200)
    before = receipts()[one[0]]
    elsewhere.context.close()
    back(desk)
    expect(desk.locator("[data-offline] [data-kept] li")).to_contain_text(number, timeout=20_000)
    assert receipts() == {one[0]: before, other[0]: 1}
    assert held(desk)["databases"] == []
    desk.locator("[data-offline] [data-kept] a").click()
    expect(desk.get_by_role("heading", name="等待决定")).to_be_visible()


def test_a_lease_that_ends_while_an_entry_is_signed_takes_it_no_more(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    """From the moment the end is asked for: the server may have heard it, though no answer comes."""
    article = cheapest(desk)
    take(desk)
    gun(desk, cards[FIRST + 6][0])
    gun(desk, article)
    desk.evaluate(
        "() => {"
        "  const sign = crypto.subtle.sign.bind(crypto.subtle);"
        "  crypto.subtle.sign = async (...given) => {"
        "    const isFirst = !window.isSigning;"
        "    window.isSigning = true;"
        "    if (isFirst) await new Promise((resolve) => { window.goOn = resolve });"
        "    return sign(...given);"
        "  };"
        "}"
    )
    gun(desk, "AIXIN-OK")
    desk.wait_for_function("() => window.isSigning")
    desk.route(
        f"**{OFFLINE}/*",
        lambda route: (
            answer_lost(route) if '\\"end\\"' in (route.request.post_data or "") else route.continue_()
        ),
    )
    desk.locator("[data-end]").click()
    said(desk, re.compile("正在结束离线服务"))
    desk.evaluate("goOn()")
    expect(desk.locator("[data-refused]")).to_contain_text("没能记下来")
    expect(desk.locator(".receipt-done")).to_have_count(0)
    desk.unroute_all(behavior="wait")
    said(desk, re.compile("离线服务已结束"))
    assert receipts() == {}
    gun(desk, "AIXIN-CANCEL")


@pytest.mark.at_length
def test_an_end_that_comes_to_nothing_says_why_and_the_desk_goes_on(desk: Page, cards: list[Card]):
    """From the press until the answer nothing is handed out; pressed twice, it ends once."""
    journal, waiting = Journal(desk), list[Route]()
    take(desk)
    all_in(desk)
    desk.route(f"**{OFFLINE}/*", lambda route: waiting.append(route))
    with desk.expect_request(f"**{OFFLINE}/*"):
        desk.locator("[data-end]").evaluate("button => { button.click(); button.click() }")
    said(desk, re.compile("正在结束离线服务"))
    expect(desk.locator("[data-end]")).to_be_hidden()
    gun(desk, cards[FIRST][0])
    expect(desk.locator("[data-told]")).to_contain_text("正在结束离线服务")
    waiting.pop().fulfill(status=409, json={"code": "shop_closed", "title": "今天休息"})
    said(desk, "今天休息")
    gun(desk, cards[FIRST][0])
    expect(desk.locator(".person h2")).to_have_text(cards[FIRST][2])
    desk.unroute_all()
    desk.route(f"**{OFFLINE}/*", lambda route: route.abort())
    desk.locator("[data-end]").click()
    said(desk, re.compile("没有等到回音，还没有结束"))
    desk.unroute_all()
    desk.locator("[data-end]").evaluate("button => { button.click(); button.click() }")
    said(desk, re.compile("离线服务已结束"))
    assert [json.loads(text)["kind"] for text in journal.entries.values()] == ["end"]


def test_a_shop_that_somebody_else_holds_is_not_taken(
    desk: Page, phone: BrowserContext, browser: Browser, address: str
):
    take(desk)
    other = signed_in(browser, address, "manager2", PHONE)
    other.goto(DESK)
    other.locator("[data-take]").click()
    said(other, re.compile("孙明.*23:59"))
    expect(other.locator("[data-take]")).to_be_visible()
    assert held(other)["databases"] == []
    assert other.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    other.context.close()


def test_a_browser_that_cannot_is_told_why(desk: Page):
    desk.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    desk.reload()
    said(desk, re.compile("https://"))
    expect(desk.locator("[data-take]")).to_be_hidden()


@pytest.mark.at_length
def test_what_is_held_keeps_to_its_figures(desk: Page):
    """The shop as it was given, with the journal applied on top, also where something was taken back."""
    lease = {
        "position": 1,
        "people": [[5, "王小花", "一格", 100, "", "王*花"], [6, "王大", "", 0, "已离任", "王*"]],
        "cards": [["402177309", "", 5, ""], ["111111111", "", 6, "已离任"]],
        "shelf": [[1, 30, 20], [2, 10, 1]],
        "quotas": {"1": 3},
        "taken": {"5": {"1": 1}},
    }
    told = desk.evaluate(
        """async ([root, lease]) => {  // of the entries applied the first one is in the lease already
          const { Holding, redemptionOf, undoOf } = await import(`${root}desk/offline/holding.js`);
          const out = redemptionOf(5, [[1, 1, 30]], 30);
          const entry = (position, effect) => ({ position, effect });
          const held = (...entries) => new Holding({ record: { lease }, entries });
          const [fresh, one] = [held(), held(entry(1, out), entry(2, out))];
          const why = (holding, ...lines) => {
            const total = lines.reduce((sum, [, units, price]) => sum + units * price, 0);
            return holding.refusalOf({ person: 5, lines, total })?.code ?? "taken";
          };
          const poor = held(entry(2, redemptionOf(5, [], 80)));
          return {
            fresh: [fresh.people.get(5).balance, fresh.figures(), fresh.limitsOf(5)],
            one: [one.people.get(5).balance, one.figures(), one.limitsOf(5)],
            back: held(entry(2, out), entry(3, undoOf(out))).figures(),
            refused: [
              why(fresh, [1, 2, 30]), why(one, [1, 2, 30]), why(fresh, [2, 2, 10]),
              why(fresh, [1, 1, 40]), why(fresh, [9, 1, 10]), why(poor, [1, 1, 30]),
            ],
            cards: [(await fresh.find("4021 7730 9")).person.name, (await fresh.find("小花")).number],
            others: await Promise.all(
              ["王", "李", "402177308", "2000200000006"].map((text) => fresh.find(text)),
            ),
            left: (await fresh.find("王大")).why,
          };
        }""",
        [f"/static/v/{current_version()}/", lease],
    )
    assert told == {
        "fresh": [100, [[1, 30, 20], [2, 10, 1]], {"1": 2}],
        "one": [70, [[1, 30, 19], [2, 10, 1]], {"1": 1}],
        "back": [[1, 30, 20], [2, 10, 1]],
        "refused": [
            "taken",
            "limit_reached",
            "out_of_stock",
            "price_changed",
            "unknown_goods",
            "insufficient_points",
        ],
        "cards": ["王小花", "402177309"],
        "others": ["several", "unknown_name", "bad_card_number", "article_first"],
        "left": "已离任",
    }


def test_a_name_is_read_as_the_server_reads_it(desk: Page):
    texts = [
        "\u200b",
        "\u200b 潘 凤\u2060家 ",
        "尹　仙",
        "Ａli  Ming",
        "阿依 • 古丽",
        "阿依‧古丽",
        "３幢[东]—２",
        "\x00李\x1f明",
        "e\u0301",
        "王 小 花",
    ]
    read = f"""async (texts) => {{
      const {{ folded, keptName, tidy }} = await import("/static/v/{current_version()}/names.js");
      return [folded, keptName, tidy].map((read) => texts.map(read));
    }}"""
    expected = [[read(text) for text in texts] for read in (names.folded, names.kept, names.tidy)]
    assert desk.evaluate(read, texts) == expected


def test_a_desk_that_holds_the_shop_writes_down_no_number_of_an_identity_card(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    read = f"""async (texts) => {{
      const {{ hasIdentityNumber }} = await import("/static/v/{current_version()}/narrow.js");
      return texts.map(hasIdentityNumber);
    }}"""
    texts, are = zip(*IDENTITY_NUMBERS, strict=True)
    assert desk.evaluate(read, list(texts)) == list(are)
    card, article = cards[FIRST + 6], cheapest(desk)
    take(desk)
    for code in (card[0], article):
        gun(desk, code)
    desk.locator("details.proxy summary").click()
    desk.locator("[name=proxy_name]").fill("李小明")
    desk.locator("[name=proxy_relation]").fill(f"儿子 {texts[0]}")
    gun(desk, "AIXIN-OK")
    expect(desk.locator("[data-refused]")).to_contain_text("身份证号不要写进来")
    assert receipts() == {}


@pytest.mark.at_length
def test_what_cannot_be_written_down_is_not_handed_out(
    desk: Page, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    card, article = cards[FIRST + 7], cheapest(desk)
    take(desk)
    desk.evaluate(
        "() => {"
        "  window.add = IDBObjectStore.prototype.add;"
        "  IDBObjectStore.prototype.add = () => { throw new Error('full') };"
        "}"
    )
    for code in (card[0], article, "AIXIN-OK"):
        gun(desk, code)
    expect(desk.locator("[data-refused]")).to_contain_text("没能记下来")
    said(desk, re.compile("^没有网络也能兑换，到 23:59$"))
    assert receipts() == {}
    desk.evaluate("() => { IDBObjectStore.prototype.add = add }")
    gun(desk, "AIXIN-OK")
    expect(desk.locator(".receipt-done")).to_be_visible()
    all_in(desk)
    assert receipts() == {card[0]: 1}


@pytest.mark.at_length
def test_that_receipts_run_out_is_said_before_they_do(desk: Page, network: Cable, cards: list[Card]):
    article = cheapest(desk)
    take(desk)
    all_in(desk)
    network.pull()
    desk.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("aixin-lease").onsuccess = ({ target: { result } }) => {
            const leases = result.transaction("leases", "readwrite").objectStore("leases");
            leases.openCursor().onsuccess = ({ target: { result: cursor } }) => {
              const receipts = cursor.value.receipts.slice(0, 11);
              cursor.update({ ...cursor.value, receipts }).onsuccess = resolve;
            };
          };
        })"""
    )
    desk.reload()
    said(desk, re.compile(r"^没有网络也能兑换，到 23:59$"))
    hand_out(desk, cards[FIRST + 2], article)
    said(desk, re.compile("；1 笔待上传；离线凭证号还剩 10 个$"))


def test_a_journal_that_the_server_does_not_take_is_said_and_stays(
    desk: Page, network: Cable, cards: list[Card], receipts: Callable[[], dict[str, int]]
):
    card, article = cards[FIRST + 4], cheapest(desk)
    take(desk)
    network.pull()
    hand_out(desk, card, article)
    desk.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("aixin-lease").onsuccess = ({ target: { result } }) => {
            const entries = result.transaction("entries", "readwrite").objectStore("entries");
            entries.openCursor().onsuccess = ({ target: { result: cursor } }) => {
              const text = cursor.value.text.replace('"total":', '"total":1');
              cursor.update({ ...cursor.value, text }).onsuccess = resolve;
            };
          };
        })"""
    )
    desk.reload()
    back(desk)
    said(desk, re.compile("告诉县里.*1 笔待上传"))
    gun(desk, card[0])
    expect(desk.locator("[data-told]")).to_contain_text("告诉县里")
    assert receipts() == {}
    assert held(desk)["databases"] == ["aixin-lease"]


def test_the_receipt_is_printed_by_the_page_alone(
    desk: Page, network: Cable, phone: BrowserContext, cards: list[Card]
):
    """It fits each paper, its code can be scanned; F9 prints it again and says so, in any window."""
    card, article = cards[FIRST + 2], cheapest(desk)
    take(desk)
    network.pull()
    gun(desk, card[0])
    gun(desk, article)
    desk.locator("summary", has_text="由别人代领").click()
    desk.get_by_label("代领人姓名").fill("张建国")
    desk.get_by_label("与网格员的关系").fill("邻居")
    gun(desk, "AIXIN-OK")
    number = desk.locator(".receipt-done .number").inner_text()
    for paper, (wide, high) in {
        "58": (58, None),
        "80": (80, None),
        "A4": (210, 297),
        "A4x2": (210, 297),
    }.items():
        desk.locator(f"[data-paper='{paper}']").click()
        desk.locator(f".slip-sheet.paper-{paper}").wait_for(state="attached")
        [picture], text = printed.read(desk.pdf(prefer_css_page_size=True))
        size = [round(side * 25.4 / printed.DPI) for side in picture.size]
        assert size == [wide, high or size[1]]
        [code] = printed.codes(picture)
        assert re.search(r"/R/[0-9A-Z]{16}$", code.upper())
        for shown in (
            number,
            "离线开具",
            "张建国（邻居）",
            "代领人签字",
            "孙明",
            card[2][0] + "*",
            "兑换后余额",
        ):
            assert shown in text, (paper, shown)
        assert card[2] not in text
        assert "确认兑换" not in text
    assert len(desk.evaluate("printed")) == 4
    desk.keyboard.press("F9")
    desk.wait_for_function("() => printed.length === 5")
    assert "补打" in "".join(printed.texts(desk.pdf(prefer_css_page_size=True)))
    desk.close()
    desk = phone.new_page()
    desk.goto(DESK)
    expect(desk.locator(".receipt-done .number")).to_have_text(number)
    desk.keyboard.press("F9")
    expect(desk.locator(".slip-sheet")).to_contain_text("补打")


@pytest.mark.at_length
def test_the_last_one_before_the_end_gets_their_paper(desk: Page, cards: list[Card]):
    """As long as the page is open; what cannot be done any more has no button."""
    article = cheapest(desk)
    take(desk)
    number = hand_out(desk, cards[FIRST + 1], article)
    desk.locator("[data-end]").click()
    said(desk, re.compile("离线服务已结束"))
    assert held(desk)["databases"] == []
    expect(desk.get_by_role("button", name="撤回")).to_have_count(0)
    desk.locator("[data-paper='58']").click()
    desk.locator(".slip-sheet.paper-58").wait_for(state="attached")
    expect(desk.locator(".slip-sheet")).to_contain_text(number)
    expect(desk.locator(".slip-sheet")).not_to_contain_text("补打")
    desk.keyboard.press("F9")
    expect(desk.locator(".slip-sheet")).to_contain_text("补打")
    assert held(desk)["databases"] == []


@pytest.mark.at_length
def test_where_the_shop_wants_it_the_page_prints_by_itself(
    desk: Page, network: Cable, cards: list[Card], instance: Path
):
    """Once, also when the page comes anew; the paper is the shop's."""

    def decide(paper: str | None, *, by_itself: bool) -> None:
        app = new_app(f"sqlite:///{instance / 'aixin.sqlite'}")
        with app.app_context(), transaction():
            shop = shops.of_village(db.session.query(Area).filter_by(code=SHOP).one())
            shop.paper, shop.prints_itself = paper, by_itself

    decide("80", by_itself=True)
    article = cheapest(desk)
    take(desk)
    network.pull()
    hand_out(desk, cards[FIRST + 1], article)
    desk.wait_for_function("() => printed.length === 1")
    desk.locator(".slip-sheet.paper-80").wait_for(state="attached")
    desk.reload()
    expect(desk.locator(".receipt-done")).to_be_visible()
    desk.get_by_role("button", name="打印凭证").click()
    desk.wait_for_function("() => printed.length === 1")
    decide(None, by_itself=False)


@pytest.mark.at_length
def test_a_browser_that_was_killed_loses_nothing(
    playwright: Playwright,
    network: Cable,
    cards: list[Card],
    break_lease: Callable[[], None],
    receipts: Callable[[], dict[str, int]],
    tmp_path: Path,
):
    """Two dozen in a queue; the browser is killed four times, right after a green sheet."""
    people, served = cards[OFTEN] * 3, 0
    arguments = {
        "executable_path": CHROMIUM,
        "headless": True,
        "args": ["--no-sandbox"],
        "base_url": network.address,
        "locale": "zh-CN",
    }
    for life in range(4):
        context = playwright.chromium.launch_persistent_context(tmp_path, **arguments)
        page = context.new_page()
        if not life:
            page.goto(DESK)
            sign_in(page, "volunteer2")
            take(page)
        network.pull()
        page.goto(DESK)
        article = cheapest(page)
        for card in people:
            hand_out(page, card, article)
            served += 1
        said(page, re.compile(f"；{served} 笔待上传$"))
        kill(tmp_path)
        with suppress(Error):  # it may be heard of the kill before
            context.close()
    assert receipts() == {}
    network.plug()
    context = playwright.chromium.launch_persistent_context(tmp_path, **arguments)
    page = context.new_page()
    page.goto(DESK)
    sign_in(page, "volunteer2")  # that was not kept
    all_in(page)
    assert receipts() == {number: 12 for number, *_rest in people}
    page.locator("[data-end]").click()
    said(page, re.compile("离线服务已结束"))
    context.close()


def kill(folder: Path) -> None:
    """Kill every process of the browser that lives in a folder, as an empty battery does."""
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if process.name.isdigit() and f"--user-data-dir={folder}".encode() in words:
            os.kill(int(process.name), signal.SIGKILL)
