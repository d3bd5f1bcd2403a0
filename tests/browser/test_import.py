"""The roster as an office sends it, from the file to the grids, in a real browser."""

import io
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.house import CHROMIUM, PHONE, signed_in

VILLAGE = 532323101001
HERE = f"/a/{VILLAGE}/import"


pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def clerk(browser: Browser, address: str) -> Page:
    return signed_in(browser, address, "clerk", PHONE)


def messy(households: object) -> bytes:
    """Titles merged over the table, odd headers, full-width digits, codes as numbers, four kinds of dates."""
    book = Workbook()
    sheet = book.active
    sheet.append(["共和镇 2026 年微网格员花名册（第二批）"])
    sheet.merge_cells("A1:L1")
    sheet.append([None])
    headers = (
        "序号 姓　名 性\n别 出生年份 电话 村（社区）代码 网格编码 网格名称 网格类型 户数 聘任日期 指导员姓名"
    )
    sheet.append([header.replace("\\n", "\n") for header in headers.split(" ")])
    rows = (
        (
            1,
            "普　学明",
            "男",
            "１９６８",
            "120 0000 1111",
            VILLAGE,
            901,
            "新村一网格",
            "农村网格",
            households,
            "2026年11月1日",
        ),
        (2, "罗桂芬", "女 ", 1974, 12000002222, str(VILLAGE), "902", "新村二网格", " 农村", "６户", 46327),
        (
            3,
            "杨　勇",
            "男",
            1980.0,
            "0878-5210001",
            float(VILLAGE),
            "903",
            "新村三网格",
            "城镇",
            5,
            date(2026, 11, 1),
        ),
    )
    for row in rows:
        sheet.append([*row, "马指导"])
    sheet.append(["合计", "3人"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def bring(page: Page, folder: Path, content: bytes) -> None:
    """Choose a file and try it out."""
    file = folder / "花名册.xlsx"
    file.write_bytes(content)
    page.goto(HERE)
    page.get_by_label("Excel").set_input_files(file)
    page.get_by_role("button", name="试一试").click()
    expect(page.get_by_role("heading", name=file.name)).to_be_visible()


def test_a_messy_workbook_is_tried_mended_and_taken_in(clerk: Page, tmp_path: Path) -> None:
    bring(clerk, tmp_path, messy("八户"))
    expect(clerk.get_by_role("alert")).to_contain_text("1")
    expect(clerk.get_by_role("row", name="J4")).to_contain_text("八户")
    with clerk.expect_download() as download:
        clerk.get_by_role("link", name="下载未通过的行").click()
    failed = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert [cell.value for cell in failed[2]][-1].startswith("J4")

    bring(clerk, tmp_path, messy(8))
    expect(clerk.get_by_text("普学明")).to_be_visible()
    with clerk.expect_response(lambda answer: answer.request.method == "POST") as told:
        clerk.get_by_role("button", name="导入").click()
    assert told.value.headers["content-type"].startswith("application/x-ndjson")
    expect(clerk.get_by_role("status")).to_contain_text("3")
    clerk.goto(f"/v/{VILLAGE}/grids")
    expect(clerk.get_by_role("row", name="新村三网格")).to_contain_text("杨勇")

    bring(clerk, tmp_path, messy(8))
    expect(clerk.get_by_role("status")).to_contain_text("不用")


def test_nothing_is_wider_than_the_phone(clerk: Page, tmp_path: Path) -> None:
    for households in ("八户", 7):
        bring(clerk, tmp_path, messy(households))
        assert clerk.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_list_goes_out_while_a_bar_moves(clerk: Page) -> None:
    bar, seen = clerk.get_by_role("progressbar"), []

    def look(route: Route) -> None:
        seen.append(bar.is_visible())
        route.continue_()

    clerk.goto(f"/v/{VILLAGE}/grids")
    clerk.route("**/*as=xlsx*", look)
    with clerk.expect_download() as taken:
        clerk.get_by_role("link", name="导出 Excel").click()
    assert taken.value.suggested_filename.endswith(".xlsx")
    expect(bar).to_be_hidden()
    assert seen == [True]
    assert next(load_workbook(io.BytesIO(Path(taken.value.path()).read_bytes())).active.values)
