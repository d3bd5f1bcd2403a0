"""Office tables on their way out: what was typed stays text, and comes back as it was."""

import csv
import io
import re
import tempfile
import zipfile
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ground import tables
from ground.tables import Column, opening
from ground.tables.cells import EPOCH

moment = datetime.fromisoformat
FIFTH = date(2026, 1, 5)
NAME, VILLAGE, PHONE = Column("姓名"), Column("村(社区)代码"), Column("电话")
HOUSEHOLDS, SINCE = Column("户数"), Column("聘任日期")
COLUMNS = [NAME, VILLAGE, PHONE, HOUSEHOLDS, SINCE]
SHEET = "xl/worksheets/sheet1.xml"


def read(data, columns):
    return tables.read(data, "表", columns)


FORMULAS = [
    "=1+1",
    "+1",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝cmd",
    "－1",
    "'=1",
    "''=1",
    "=HYPERLINK(1)",
]
FREE = Column("备注")
MARK = Column("序号", required=True)


def written_xlsx(values, **options):
    rows = [{MARK.name: "x", FREE.name: value} for value in values]
    return tables.write_xlsx([MARK, FREE], rows, title="表", **options)


def sheet_of(data):
    return openpyxl.load_workbook(io.BytesIO(data)).active


def test_nothing_written_is_a_formula():
    data = written_xlsx([*FORMULAS, "#N/A", "一"])
    cells = [cell for (cell,) in sheet_of(data)["B2:B13"]]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix and cell.number_format == "@" for cell in cells)
    plain = [cell for (cell,) in sheet_of(data)["B14:B15"]]
    assert [(cell.data_type, cell.quotePrefix) for cell in plain] == [("s", False)] * 2
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(data)).read(SHEET)


def test_nothing_in_a_text_table_is_a_formula():
    rows = [{FREE.name: value} for value in FORMULAS]
    data = tables.write_csv([FREE], rows)
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    cells = [line[0] for line in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))]
    assert all(cell.startswith("'") for cell in cells[1:])


def test_a_header_is_never_a_formula():
    odd = Column("=1+1")
    assert sheet_of(tables.write_xlsx([odd], [], title="x"))["A1"].data_type == "s"
    assert tables.write_csv([odd], []).decode("utf-8-sig") == "'=1+1\r\n"


def test_a_workbook_that_opens_well():
    rows = [
        {
            "姓名": "阿依古丽·买买提江",
            "电话": "0878",
            "户数": 8,
            "聘任日期": FIFTH,
            "村(社区)代码": 532323101001,
        }
    ]
    data = tables.write_xlsx(
        COLUMNS,
        rows,
        title="花名册[2026]/牟定: 很长很长很长很长很长很长很长很长很长很长的名字",
        text_columns={"电话", "村(社区)代码"},
        choices={"姓名": ["张三", '李"四']},
        widths={"户数": 30},
    )
    sheet = sheet_of(data)
    assert sheet.title.startswith("花名册")
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E2")
    assert all(cell.font.bold for cell in sheet[1])
    line = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert (line["电话"].value, line["电话"].number_format) == ("0878", "@")
    assert (line["村(社区)代码"].value, line["村(社区)代码"].data_type) == ("532323101001", "s")
    assert (line["户数"].value, line["户数"].data_type) == (8, "n")
    assert line["聘任日期"].value == moment("2026-01-05")
    assert line["聘任日期"].number_format == "yyyy-mm-dd"
    assert sheet.column_dimensions["C"].number_format == "@"
    assert int(sheet.column_dimensions["D"].width) == 30
    assert int(sheet.column_dimensions["A"].width) == 19
    (offered,) = sheet.data_validations.dataValidation
    assert (offered.formula1, str(offered.sqref)) == ('"张三,李""四"', "A2:A20001")


@pytest.mark.parametrize("words", [["a,b"], ["一" * 300], []])
def test_a_list_that_excel_cannot_offer(words):
    with pytest.raises(ValueError, match="cannot offer"):
        written_xlsx([], choices={FREE.name: words})


def test_odd_values_are_written():
    values = [
        "a\0b\x0b\ufffe\ud800",
        float("nan"),
        10**20,
        True,
        8.0,
        2.5,
        moment("2026-01-05T08:30+08:00"),
        "",
    ]
    rows = [{MARK.name: "x", FREE.name: value} for value in values]
    cells = read(written_xlsx(values), [MARK, FREE]).rows
    expected = ["ab", "nan", str(10**20), True, 8, 2.5, moment("2026-01-05T08:30"), None]
    assert [row.cells[FREE.name] for row in cells] == expected
    cells = read(tables.write_csv([MARK, FREE], rows), [MARK, FREE]).rows
    expected = ["ab", "nan", str(10**20), "TRUE", "8", "2.5", "2026-01-05 08:30", None]
    assert [row.cells[FREE.name] for row in cells] == expected


UGLY = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("'=+-@＝＋－＠\t\r\n \u3000\",;0１a张𡋾😀\0\ufeff"), max_size=8),
)


@settings(max_examples=12)
@given(st.lists(UGLY, min_size=10, max_size=40))
@example(["=1+1", "-5", "00123", "＝cmd", "😀", "𡋾", "'=1", "''-1", '="00123"', ";;;;\t\t\t", "\n=1", "'\t"])
def test_texts_come_back_as_they_were(values):
    """But for what no workbook can hold, the kind of line ends, and texts with nothing to see."""
    expected = []
    for value in values:
        legal = re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", value)
        legal = legal.replace("\r\n", "\n").replace("\r", "\n")
        expected.append(
            legal
            if re.sub("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", legal).strip()
            else None
        )
    rows = [{MARK.name: "x", FREE.name: value} for value in values]
    for data in (written_xlsx(values, text_columns={FREE.name}), tables.write_csv([MARK, FREE], rows)):
        found = read(data, [MARK, FREE]).rows
        assert [row.cells[FREE.name] for row in found] == expected


@settings(max_examples=30)
@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=5),
    st.lists(st.dates(date(1950, 1, 1), date(2100, 12, 31)), min_size=5, max_size=5),
)
def test_numbers_and_days_come_back_as_they_were(numbers, days):
    rows = [{"户数": number, "聘任日期": day} for number, day in zip(numbers, days, strict=False)]
    columns = [HOUSEHOLDS, SINCE]
    for data in (tables.write_xlsx(columns, rows, title="x"), tables.write_csv(columns, rows)):
        found = read(data, columns).rows
        whole = [tables.whole(row.cells["户数"], -(10**12), 10**12) for row in found]
        assert whole == numbers
        assert [tables.day(row.cells["聘任日期"], EPOCH) for row in found] == days[: len(numbers)]


def test_the_limits_are_the_ones_we_say():
    assert (tables.MOST_ROWS, opening.MOST_COLUMNS, opening.MOST_UNPACKED_BYTES) == (
        20_000,
        200,
        100 * 1024 * 1024,
    )


def test_a_book_holds_several_sheets_that_are_written_row_by_row():
    """More rows than tell the widths; numbers keep their decimals, and nothing becomes a formula."""
    book = tables.BookWriter()
    first, second = book.add_sheet("一/览", ["事项", "分值"]), book.add_sheet("空表", ["事项"])
    for number in range(450):
        first.add(["=1+1" if number % 2 else "一" * 30, Decimal(number).scaleb(-1)])
    assert (first.end(), second.end()) == (450, 0)
    written = openpyxl.load_workbook(io.BytesIO(book.content()))
    assert written.sheetnames == ["一 览", "空表"]
    full, empty = written
    assert (full.freeze_panes, full.auto_filter.ref, full.max_row) == ("A2", "A1:B451", 451)
    assert (full["A451"].value, full["A451"].data_type) == ("=1+1", "s")
    assert (full["B451"].value, full["B451"].number_format) == (44.9, "0.0")
    assert int(full.column_dimensions["A"].width) == 40
    assert [cell.value for cell in empty[1]] == ["事项"]
    assert empty.max_row == 1


def test_nothing_of_a_book_is_left_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with tables.BookWriter() as book:
        book.add_sheet("一览", ["事项"]).add(["李明"])
        assert any(tmp_path.iterdir())
    assert not any(tmp_path.iterdir())
