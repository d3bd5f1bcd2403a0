"""Going back in a browser that keeps whole pages in memory: what was typed is there, what was seen is not."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.browser.conftest import SHOP
from tests.browser.house import CHROMIUM, chromium, signed_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

LATER = "() => setTimeout(() => history.back(), 0)"


@pytest.fixture(scope="module")
def keeping(playwright: Playwright) -> Iterator[Browser]:
    """Chromium as people have it; for tests it usually keeps no pages."""
    with chromium(playwright, keeps_pages=True) as browser:
        yield browser


def back_from(page: Page) -> None:
    """Go back; a page that comes out of the memory tells no driver that it was loaded."""
    page.evaluate(LATER)


def test_what_was_typed_is_there_when_one_comes_back(keeping: Browser, address: str):
    page = signed_in(keeping, address, "clerk2")
    page.goto(f"/v/{SHOP}/grids/new")
    page.locator("main input[type=text]").first.click()
    page.keyboard.type("99")
    page.evaluate("document.querySelector('nav.rail a').click()")
    page.wait_for_url(lambda url: "grids/new" not in url)
    back_from(page)
    page.wait_for_function(
        "location.pathname.endsWith('grids/new')"
        " && document.querySelector('main input[type=text]').value == '99'"
    )


def test_who_goes_back_after_somebody_signed_out_sees_nothing_of_theirs(keeping: Browser, address: str):
    page = signed_in(keeping, address, "clerk2")
    page.goto(f"/v/{SHOP}/people")
    page.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
    page.wait_for_url("**/sign-in")
    back_from(page)
    page.wait_for_function("location.pathname == '/sign-in' && location.search.startsWith('?next=')")
