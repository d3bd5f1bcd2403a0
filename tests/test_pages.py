"""Every page of the route map in a real browser: it can be read and touched by everybody.

What is touched is large enough, the largest print fits, and axe-core finds no fault by WCAG 2.2 AA.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from ground.wire import assets, styles
from ground.wire.assets import all_assets
from ground.wire.compression import gzipped
from people.models import User
from tests import test_rules
from tests.browser.house import AXE, CHROMIUM, OFFICE, PHONE, chromium, inaccessible
from tests.cast import COUNTY, SIGN_INS, TOWNSHIP, VILLAGE, Cast, Client
from tests.ground.test_wire import MOST_BYTES, loaded_by

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

lived_in = test_rules.lived_in  # a village in which something of everything has happened

LOOKING = [name for name, _name, _role, area in SIGN_INS if area in (VILLAGE, TOWNSHIP, COUNTY)] + ["worker"]
PAGE_HEAD_BYTES, FILE_HEAD_BYTES = 1000, 600  # of an answer
CLASSES = re.compile(r'\bclass="([^"]*)"')
STYLESHEETS = re.compile(r'<link rel="stylesheet" href="([^"]+)"')

# Each of many pages in the place of the one before it, and what the measures find on it.
IN_EACH = """async ([pages, print, measures]) => {
  const found = {};
  for (const [name, html] of Object.entries(pages)) {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.documentElement.lang = page.documentElement.lang;
    document.documentElement.dataset.print = print;
    document.title = page.title;
    document.body.replaceWith(document.adoptNode(page.body));
    for (const details of document.querySelectorAll("details")) details.open = true;
    found[name] = [];
    for (const measure of measures) found[name].push(...await eval(measure)());
  }
  return found;
}"""

# What is too small to be touched. A link within a sentence may be as narrow as its words; a box is touched by
# its label, too.
TOO_SMALL = """() => {
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
    if (Math.min(wide, high) < 44) small.push(`${each.localName} ${name} ${wide}x${high}`);
  }
  return small;
}"""

# What does not fit in the largest print: a page that is pushed sideways, and words of up to four signs that
# break in what stands around each page and heads its figures.
BROKEN = """() => {
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
  return broken;
}"""

# What is squeezed: a text of three lines and more, with fewer than three signs to a line.
SQUEEZED = """() => {
  const squeezed = [];
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  for (let text; (text = texts.nextNode());) {
    const words = text.data.trim();
    if (!words || !text.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()].filter((line) => line.width > 1);
    const lines = new Set(boxes.map((line) => Math.round(line.top))).size;
    if (lines > 2 && words.length / lines < 3) squeezed.push(`${words.slice(0, 20)} in ${lines} lines`);
  }
  return squeezed;
}"""

MEASURES = {"normal": [TOO_SMALL, SQUEEZED], "largest": [BROKEN, SQUEEZED]}

# High enough for the longest page: a telephone's lower bar hides nothing that one could scroll to.
UNROLLED = {"width": PHONE["width"], "height": 20_000}


@pytest.fixture
def language() -> str:
    """The language of the pages."""
    return "zh"


@pytest.fixture(scope="module")
def pages_before() -> dict[str, dict[str, str]]:
    """The pages by language: making them takes longest, and they are only looked at."""
    return {}


@pytest.fixture
def pages(
    app: Flask,
    cast: Cast,
    client_of: Callable[[User | None], Client],
    lived_in: dict[str, Any],
    language: str,
    pages_before: dict[str, dict[str, str]],
) -> dict[str, str]:
    """Each whole page as whoever comes first may see it, by its endpoint; of a village with a long name.

    Everyone's own front page is there, too.
    """
    if language in pages_before:
        return pages_before[language]
    found = pages_before[language] = {}
    left = {name for name, _rule in test_rules.to_look_at(app)}
    short, long = cast.village.name, "茅阳社区居民委员会"
    for username in LOOKING:
        client = client_of(cast.user(username))
        client.set_cookie("language", language)
        for name in sorted(left | {"home.front"}):
            answer = client.get(test_rules.address(app, name, **lived_in))
            if answer.status_code == 200:
                left.discard(name)
                if answer.mimetype == "text/html" and "<main" in answer.text:
                    found[f"{name} of {username}"] = answer.text.replace(short, long)
    return found


@pytest.fixture
def window(playwright: Playwright, client_of: Callable[[User | None], Client]) -> Iterator[Page]:
    """A window that has read the stylesheets once: all pages are laid out in it, one after another."""
    client = client_of(None)
    with chromium(playwright) as browser:
        window = browser.new_page()
        window.set_content("<!doctype html>")
        for sheet in STYLESHEETS.findall(client.get("/sign-in").text):
            window.add_style_tag(content=client.get(sheet).text)
        yield window


def test_no_page_misses_a_rule_of_bootstrap_s(pages: dict[str, str]):
    """What is loaded is what templates and scripts name; a name that is put together would not be found."""
    classes = {name for html in pages.values() for names in CLASSES.findall(html) for name in names.split()}
    loaded = all_assets()["bootstrap.css"].content.decode()
    assert styles.used_rules(loaded, classes) == styles.used_rules(assets.whole_bootstrap(), classes)


def test_no_page_is_heavy(pages: dict[str, str]):
    """What tests/ground/test_wire.py asks of the first pages, of each, about as it is sent."""
    files = {
        name: len(asset.gzipped or asset.content) + FILE_HEAD_BYTES for name, asset in all_assets().items()
    }
    weights = {
        name: len(gzipped(html.encode())) + PAGE_HEAD_BYTES + sum(files[file] for file in loaded_by(html))
        for name, html in pages.items()
    }
    assert min(weights.values()) > 20_000
    assert {name: weight for name, weight in weights.items() if weight >= MOST_BYTES} == {}


def test_what_is_touched_is_large_enough_and_the_largest_print_fits(window: Page, pages: dict[str, str]):
    found: dict[str, list[str]] = {}
    for size in (PHONE, OFFICE):
        window.set_viewport_size(size)
        for print_size, measures in MEASURES.items():
            for name, what in window.evaluate(IN_EACH, [pages, print_size, measures]).items():
                found[f"{name}, {size['width']} px, {print_size} print"] = what
    assert len(pages) > 130
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.at_length)])
def test_no_page_fails_the_rules_of_accessibility(window: Page, pages: dict[str, str]):
    window.evaluate(AXE.read_text())
    window.set_viewport_size(UNROLLED)
    fronts = {where: html for where, html in pages.items() if where.startswith("home.front")}
    others = {
        where: html for where, html in pages.items() if where not in fronts
    }  # with the same around `main`
    assert len(fronts) == len(LOOKING)
    found = window.evaluate(IN_EACH, [fronts, "normal", [inaccessible()]])
    found |= window.evaluate(IN_EACH, [others, "normal", [inaccessible("main")]])
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
