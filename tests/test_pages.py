"""Every page of the route map in a real browser: what is touched is large enough, and large print fits."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright, Route

from people.models import User
from tests import test_rules
from tests.browser.house import CHROMIUM, OFFICE, PHONE, chromium
from tests.cast import Cast, Client

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

lived_in = test_rules.lived_in  # a village in which something of everything has happened

ROLES = ("clerk", "chair", "manager", "volunteer", "worker", "instructor", "township_user", "county_user")
HOUSE = "http://house"
TOUCH = 44  # CSS pixels

# What is too small to be touched. A link within a sentence may be as narrow as its words; a box is touched by
# its label, too.
TOO_SMALL = """least => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  const isSentence = (block) => {
    const rest = block.cloneNode(true);
    for (const each of rest.querySelectorAll("a, form, button")) each.remove();
    return /[\\p{L}\\p{N}]/u.test(rest.textContent);
  };
  const touched = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const small = [];
  for (const each of document.querySelectorAll(touched)) {
    if (!each.checkVisibility() || each.matches(".skip, .btn-check")) continue;
    const around = each.closest("p, li, dd, td, th, small, label") ?? each;
    if (each.matches("a:not(.btn)") && isSentence(around)) continue;
    const boxes = [each, ...(each.labels ?? [])].map((part) => part.getBoundingClientRect());
    const edge = (most, side) => most(...boxes.map((box) => box[side]));
    const wide = Math.round(edge(Math.max, "right") - edge(Math.min, "left"));
    const high = Math.round(edge(Math.max, "bottom") - edge(Math.min, "top"));
    const name = (each.textContent || each.name).trim().slice(0, 20);
    if (Math.min(wide, high) < least) small.push(`${each.localName} ${name} ${wide}x${high}`);
  }
  return small;
}"""

# What does not fit in the largest print: a page that is pushed sideways, and words of up to four signs that
# break in what stands around each page and heads its figures.
BROKEN = """() => {
  document.documentElement.dataset.print = "largest";
  const page = document.documentElement;
  const isWide = page.scrollWidth > innerWidth;
  const sticksOut = (part) => part.getBoundingClientRect().right > innerWidth;
  const widest = isWide ? [...page.querySelectorAll("main *")].filter(sticksOut).at(-1) : undefined;
  const broken = isWide ? [`${page.scrollWidth} wide: ${widest?.outerHTML.slice(0, 60)}`] : [];
  for (const part of document.querySelectorAll(".masthead, .rail, .rooms, .foot, .btn, th, dt")) {
    const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (let text; (text = texts.nextNode());) {
      const word = text.data.trim();
      if (!word || word.length > 4 || !text.parentElement.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const lines = [...range.getClientRects()].filter((line) => line.width > 1);
      const heights = new Set(lines.map((line) => Math.round(line.top)));
      if (heights.size > 1) broken.push(`${part.localName}.${part.className} ${word}`);
    }
  }
  delete document.documentElement.dataset.print;
  return broken;
}"""


@pytest.fixture
def pages(
    app: Flask, cast: Cast, client_of: Callable[[User | None], Client], lived_in: dict[str, Any]
) -> dict[str, str]:
    """Each whole page as whoever comes first may see it, by its endpoint; of a village with a long name."""
    found: dict[str, str] = {}
    short, long = cast.village.name, "茅阳社区居民委员会"
    for username in ROLES:
        client = client_of(cast.user(username))
        for route, rule in test_rules.rules(app):
            name = route.endpoint
            if "GET" not in route.methods or rule.device or name in found or name.endswith("static"):
                continue
            given = lived_in | {"ident": lived_in.get(name, lived_in["ident"])}
            answer = client.get(test_rules.address(app, name, **given))
            if answer.status_code == 200 and answer.mimetype == "text/html" and "<main" in answer.text:
                found[name] = answer.text.replace(short, long)
    return found


@pytest.fixture
def window(
    playwright: Playwright, client_of: Callable[[User | None], Client], pages: dict[str, str]
) -> Iterator[Page]:
    """A window in which each page stands under the name of its endpoint, without a server."""
    browser, client = chromium(playwright), client_of(None)
    files: dict[str, str] = {}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOUSE)
        if path[1:] in pages:
            route.fulfill(body=pages[path[1:]], content_type="text/html; charset=utf-8")
        elif ".css" in path:
            if path not in files:
                files[path] = client.get(path).text
            route.fulfill(body=files[path], content_type="text/css")
        else:
            route.abort()

    page = browser.new_page()
    page.route("**/*", answer)
    yield page
    browser.close()


def test_what_is_touched_is_large_enough_and_the_largest_print_fits(pages: dict[str, str], window: Page):
    assert len(pages) > 130
    found: dict[tuple[str, int], list[str]] = {}
    for endpoint in pages:
        window.goto(f"{HOUSE}/{endpoint}", wait_until="domcontentloaded")
        for size in (PHONE, OFFICE):
            window.set_viewport_size(size)
            found[endpoint, size["width"]] = window.evaluate(TOO_SMALL, TOUCH) + window.evaluate(BROKEN)
    assert {where: what for where, what in found.items() if what} == {}


def test_the_print_is_made_larger_twice_and_then_normal_again(client_of: Callable[[User | None], Client]):
    client = client_of(None)
    for offered, size in (("大字", "large"), ("特大字", "largest"), ("标准字", "normal")):
        page = client.get("/sign-in").text
        assert f'<button name="size" value="{size}">{offered}</button>' in page
        client.post("/print-size", data={"size": size})
        assert (f'data-print="{size}"' in client.get("/sign-in").text) == (size != "normal")
    client.post("/print-size", data={"size": "huge"})
    assert "data-print" not in client.get("/sign-in").text.partition("<body")[0]
