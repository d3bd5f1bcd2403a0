"""Scanner guns in a real browser: what they send is read as the server reads it, and none of it is lost."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from people.scanning.reading import Scan, read_scan
from tests.browser.conftest import SHOP, VILLAGES
from tests.browser.house import CHROMIUM, gun, signed_in

CASES = json.loads((Path(__file__).parents[1] / "scanned.json").read_text())
WIDE = {sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}
DESK = f"/v/{SHOP}/desk"
PACE = 0.005  # seconds from key to key

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def as_script_says(scan: Scan) -> dict[str, Any]:
    """What static/scanning/reading.js makes of the same text."""
    known = {
        "quantity": scan.quantity,
        "lastGoodDay": scan.last_good_day and scan.last_good_day.isoformat(),
        "isMended": scan.is_mended,
    }
    return {"kind": scan.kind, "value": scan.value} | {name: value for name, value in known.items() if value}


def test_scripts_and_server_understand_the_same(browser: Browser, address: str):
    """Each case of the table, and each cut at both ends, wide, in the other case, and with a prefix."""
    sent = [
        text
        for case in CASES
        for plain in [case["sent"]]
        for text in (plain, plain[1:], plain[:-1], plain.translate(WIDE), plain.swapcase(), f"]C1{plain}")
    ]
    page = browser.new_page(base_url=address)
    page.goto("/sign-in")
    read = "sent => import('/static/scanning/reading.js').then(({ readScan }) => sent.map(readScan))"
    for text, said in zip(sent, page.evaluate(read, sent), strict=True):
        assert said == as_script_says(read_scan(text)), text
    page.close()


# Each key of a gun as a browser tells of it under an input method, and what that writes meanwhile.
SCANS_UNDER_INPUT_METHODS = (Path(__file__).parent / "input_methods.js").read_text()


def test_of_a_hundred_scans_under_each_input_method_none_is_lost(browser: Browser, address: str):
    """Cards, goods and commands; in the field, in another one, on a button; ended by Enter and by Tab."""
    codes = [
        text
        for number in range(20)
        for text in (
            f"HTTPS://AIXIN.EXAMPLE/C/{number:04d}ABCDEFGHJKMNPQRS",
            "6901028075831",
            "]E0036000291452",
            "AIXIN-OK",
            "00013",
        )
    ]
    page = browser.new_page(base_url=address)
    page.goto("/sign-in")
    told = page.evaluate(SCANS_UNDER_INPUT_METHODS, codes)
    assert told["lost"] == []
    assert len(told["texts"]) == 7
    for method, texts in told["texts"].items():
        assert [read_scan(text) for text in texts] == [read_scan(code) for code in codes], method
    page.close()


def compose(page: Page, code: str, end: str = "Enter") -> None:
    """A gun types into an input method that keeps every key to itself, as Windows tells of it."""
    devtools = page.context.new_cdp_session(page)
    began = time.time()

    def press(nth: int, place: str) -> None:
        key = {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process", "code": place}
        devtools.send("Input.dispatchKeyEvent", key | {"timestamp": began + nth * PACE})

    for nth, sign in enumerate(code):
        place = {":": "Semicolon", "/": "Slash", ".": "Period"}.get(sign) or (
            f"Digit{sign}" if sign.isdigit() else f"Key{sign.upper()}"
        )
        press(nth, place)
        devtools.send("Input.imeSetComposition", {"text": "爱心", "selectionStart": 2, "selectionEnd": 2})
    press(len(code), end)


def test_a_card_and_goods_are_scanned_while_an_input_method_composes(
    browser: Browser, address: str, cards: list[tuple[str, str, str]], barcodes: list[str]
):
    page = signed_in(browser, address, "volunteer2")
    page.goto(DESK)
    compose(page, f"{address}/c/{cards[0][1]}".lower())
    page.wait_for_url(f"**/desk/{cards[0][0]}")
    compose(page, barcodes[0], "Tab")
    expect(page.locator(f".tile[data-barcodes~='{barcodes[0]}'] input")).to_have_value("1")
    expect(page.locator("#scan")).to_have_value("")
    page.locator("#scan").fill("爱心小超市")  # what an input method wrote that hides its keys altogether
    page.keyboard.press("Enter")
    expect(page.locator("[data-told]")).to_contain_text("请切换到英文输入法")
    page.context.close()


def test_a_gun_may_be_faster_than_the_script(
    browser: Browser, address: str, cards: list[tuple[str, str, str]]
):
    page = signed_in(browser, address, "volunteer2")
    scripts: list[Route] = []
    page.route("**/desk.js", lambda route: scripts.append(route), times=1)
    page.goto(DESK, wait_until="commit")
    expect(page.locator("#scan")).to_be_focused()
    number = cards[1][0]
    page.keyboard.type(number[:4])
    scripts[0].continue_()
    expect(page.locator("[data-camera]")).to_be_visible()  # the script is there
    gun(page, number[4:])
    page.wait_for_url(f"**/desk/{number}")
    page.context.close()


def test_what_is_no_article_never_leaves_the_basket(
    browser: Browser, address: str, cards: list[tuple[str, str, str]], barcodes: list[str]
):
    page = signed_in(browser, address, "volunteer2")
    here = f"{address}{DESK}/{cards[1][0]}"
    page.goto(here)
    told, count = page.locator("[data-told]"), page.locator(f".tile[data-barcodes~='{barcodes[0]}'] input")
    gun(page, f"2*{barcodes[0]}")
    expect(count).to_have_value("2")
    for scanned, words in (
        ("WIFI:S:village;;", "不是爱心卡"),
        ("123456789", "卡号输错了"),
        ("6901028075832", "没有这个码"),
        ("0" * 20, "没有这个二维码的卡"),
        (f"{address}/R/0123456789ABCDEF", "不是货品"),
        ("16901028075838", "整箱"),
        ("2.5*", "整数"),
        (f"010{barcodes[0]}17200131", "2020-01-31"),
    ):
        gun(page, scanned)
        expect(told).to_contain_text(words)
        assert page.url == here
    expect(count).to_have_value("2")
    gun(page, "3*")
    expect(told).to_contain_text("3 件")
    gun(page, f"]E0{barcodes[0]}")
    expect(count).to_have_value("5")
    count.focus()
    page.keyboard.insert_text(barcodes[0])  # a handheld writes it at once, without a key
    expect(count).to_have_value("6")
    page.context.set_offline(True)
    gun(page, cards[2][0])
    expect(told).to_contain_text("没有等到回音")
    expect(page.locator("#scan")).to_have_value(cards[2][0])  # to be sent again, and no trap for the keyboard
    page.keyboard.press("Tab")
    expect(page.locator("#scan")).not_to_be_focused()
    page.context.set_offline(False)
    count.focus()
    gun(page, cards[1][0])  # the card that is served: it stays
    expect(told).to_be_hidden()
    assert page.url == here
    expect(count).to_have_value("6")
    page.context.close()


def test_a_training_takes_what_gun_and_camera_send_and_a_search_too(
    browser: Browser, address: str, barcodes: list[str], asked: Any
):
    clerk = signed_in(browser, address, "clerk")
    clerk.goto(f"/a/{VILLAGES[0]}/trainings/new")
    clerk.get_by_label("培训内容").fill("消防安全")
    clerk.get_by_label("培训内容").press("Enter")
    expect(clerk.locator("#scan")).to_be_focused()
    gun(clerk, "6901028075831")
    expect(clerk.get_by_role("alert")).to_contain_text("请先扫爱心卡")
    [(token, name)] = asked(
        "SELECT token, person.name FROM card JOIN person ON person.id = person_id "
        "JOIN area ON area.id = area_id WHERE code = ? AND state = 'active' LIMIT 1",
        VILLAGES[0],
    )
    clerk.keyboard.type(f"]Q1https:example/c/{token.lower()}")
    clerk.keyboard.press("Tab")
    expect(clerk.get_by_role("status")).to_contain_text(name)
    clerk.locator("[data-camera]").click()  # it sees a card of the next village
    expect(clerk.get_by_role("alert")).to_contain_text("不在这里任职")
    clerk.context.close()

    manager = signed_in(browser, address, "manager2")
    manager.goto(f"/v/{SHOP}/goods")
    manager.get_by_label("名称或条码").focus()
    manager.keyboard.type(f"]E0{barcodes[0]}")
    manager.keyboard.press("Tab")
    expect(manager).to_have_url(re.compile("words="))
    expect(manager.locator("table.rows tbody tr")).to_have_count(1)
    manager.context.close()
