"""Pages without a network: what was kept opens, and nothing else was touched."""

import socket
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from ground.wire.assets import current_version
from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, OFFICE, signed_in

DESK, CARD = f"/v/{SHOP}/desk", "123456789"

KEPT = "async () => (await (await caches.open('pages')).keys()).map(({ url }) => new URL(url).pathname)"

TWO_WEEKS_AGO = """async () => {
  const headers = { "X-Kept-At": Date.now() - 15 * 86400000 };
  await (await caches.open("pages")).put("/old", new Response("", { headers }));
}"""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def keep(page: Page, address: str) -> bool:
    """Keep a page as its script does; whether it is kept."""
    script = f"/static/v/{current_version()}/offline/pages.js"
    kept: bool = page.evaluate(
        "async ([script, address]) => (await import(script)).keepPage(address)", [script, address]
    )
    return kept


def test_a_kept_page_opens_without_a_network_with_all_that_it_loads(browser: Browser, address: str):
    """Under each of its addresses; its scripts run, and what was not kept is not there."""
    page = signed_in(browser, address, "volunteer2", OFFICE)
    page.goto("/")
    assert keep(page, DESK)
    loaded: list[str] = []
    page.on("requestfailed", lambda request: loaded.append(request.url))
    page.evaluate(TWO_WEEKS_AGO)
    page.context.set_offline(True)
    for where in (DESK, f"{DESK}/{CARD}", f"{DESK}?done=1"):
        page.goto(where)
        expect(page.locator("form[data-scan]")).to_be_visible()
        assert page.evaluate("Number(document.documentElement.dataset.keptAt) <= Date.now()")
        assert page.evaluate("getComputedStyle(document.querySelector('.masthead')).display") == "flex"
    page.keyboard.type("12")
    expect(page.locator("#scan")).to_have_value("12")
    page.goto(f"{DESK}/closings")  # it was not kept: what was is named
    named = page.locator("[data-kept-pages] a")
    expect(named).to_have_text("兑换台")
    expect(named).to_have_attribute("href", DESK)
    assert page.evaluate(KEPT) == [DESK, "/offline"]
    page.context.set_offline(False)
    page.goto(DESK)
    assert not page.evaluate("document.documentElement.dataset.keptAt")
    page.context.close()


def test_files_of_an_older_release_stay_as_long_as_a_kept_page_names_them(browser: Browser, address: str):
    page = signed_in(browser, address, "volunteer2", OFFICE)
    page.evaluate(
        "async () => {"
        "  for (const version of ['aaa', 'bbb']) await caches.open(`files ${version}`);"
        "  await (await caches.open('pages')).put('/old', new Response('/static/v/aaa/aixin.js'));"
        "}"
    )
    assert keep(page, DESK)
    kept = set(page.evaluate("caches.keys()"))
    assert kept == {"pages", "files aaa", f"files {current_version()}"}
    page.context.close()


def test_a_page_that_asks_to_sign_in_is_not_kept(browser: Browser, address: str):
    page = signed_in(browser, address, "volunteer2", OFFICE)
    page.goto("/")
    page.context.clear_cookies()
    assert not keep(page, DESK)
    assert page.evaluate("async () => (await (await caches.open('pages')).keys()).length") == 0
    page.context.close()


def pump(this: socket.socket, other: socket.socket) -> None:
    """Carry whatever comes from here over there."""
    with suppress(OSError):
        while some := this.recv(65536):
            other.sendall(some)


class Wire:
    """The network between a browser and the program: it can answer nothing, or that the program is gone."""

    GONE = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def __init__(self, address: str) -> None:
        self.program = urlsplit(address)
        self.says: bytes | None = None  # in place of the program's answer; nothing at all if empty
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):  # closed
            while True:
                Thread(target=self._carry, args=self._listening.accept()[:1], daemon=True).start()

    def _carry(self, browser: socket.socket) -> None:
        """One request, as the connection ends with its answer."""
        with suppress(OSError), browser:
            request = browser.recv(65536).replace(b"keep-alive", b"close")
            if self.says is None:
                with socket.create_connection((self.program.hostname, self.program.port)) as program:
                    program.sendall(request)
                    Thread(target=pump, args=(browser, program), daemon=True).start()
                    pump(program, browser)
            elif self.says:
                browser.sendall(self.says)
            else:
                browser.recv(1)  # until the browser gives up

    def close(self) -> None:
        """Carry nothing any more."""
        self._listening.close()


@pytest.mark.at_length
def test_a_kept_page_is_shown_when_the_network_is_slow_or_the_program_gone(browser: Browser, address: str):
    wire = Wire(address)
    page = signed_in(browser, wire.address, "volunteer2", OFFICE)
    page.goto("/")
    assert keep(page, DESK)
    for says in (Wire.GONE, b""):
        wire.says = says
        page.goto(DESK)
        expect(page.locator("form[data-scan]")).to_be_visible()
        assert page.evaluate("document.documentElement.dataset.keptAt")
    wire.says = None
    page.goto(f"{DESK}?")  # for the same address Chromium still waits for the answer that does not come
    assert not page.evaluate("document.documentElement.dataset.keptAt")
    page.context.close()
    wire.close()
