"""One demo and one browser for all tests; its camera films a card, and now and then an article.

The demo is of two villages: in one the journey turns the calendar on, the other sells meanwhile.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from demo.making import DEMO_VILLAGES
from tests.browser.house import chromium, serving
from tests.browser.pictures import film

VILLAGES = DEMO_VILLAGES[:2]
SHOP = VILLAGES[1]


@pytest.fixture(scope="session")
def instance(slow_method: str, demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo's database; what a first start makes is asked in test_demo.py."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(demo_file, folder / "aixin.sqlite")
    return folder


@pytest.fixture(scope="session")
def address(instance: Path) -> Iterator[str]:
    """Where the demo answers."""
    with serving(instance) as address:
        yield address


@pytest.fixture(scope="session")
def asked(address: str, instance: Path) -> Callable[..., list[Any]]:
    """What the demo's database answers to a query."""

    def asked(query: str, *given: object) -> list[Any]:
        with sqlite3.connect(f"file:{instance / 'aixin.sqlite'}?mode=ro", uri=True) as connection:
            return connection.execute(query, given).fetchall()

    return asked


@pytest.fixture(scope="session")
def cards(asked: Callable[..., list[Any]]) -> list[tuple[str, str, str]]:
    """Number, token and holder's name of the cards of SHOP, who has most points first."""
    return asked(
        "SELECT number, token, person.name FROM card JOIN account USING (person_id) "
        "JOIN person ON person.id = person_id JOIN area ON area.id = village_id "
        "WHERE code = ? ORDER BY balance DESC",
        SHOP,
    )


@pytest.fixture(scope="session")
def barcodes(asked: Callable[..., list[Any]]) -> list[str]:
    """The barcodes of SHOP, in the order of its shelf."""
    return [
        code
        for (code,) in asked(
            "SELECT barcode.code FROM barcode JOIN shop ON shop.id = shop_id "
            "JOIN area ON area.id = village_id WHERE area.code = ? ORDER BY goods_id",
            SHOP,
        )
    ]


@pytest.fixture(scope="session")
def browser(
    playwright: Playwright,
    address: str,
    instance: Path,
    cards: list[tuple[str, str, str]],
    barcodes: list[str],
) -> Iterator[Browser]:
    """Chromium, whose camera films the first card, tilted and in dim light, and then an article."""
    (instance / "film.mjpeg").write_bytes(film(f"{address}/C/{cards[0][1]}".upper(), barcodes[0]))
    browser = chromium(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={instance / 'film.mjpeg'}",
    )
    yield browser
    browser.close()
