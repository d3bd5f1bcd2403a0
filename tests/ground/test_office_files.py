"""Files as offices have them: two rows of headings, notes, hidden rows, old calendars, old Excel, damage."""

import zlib
from base64 import b64decode
from datetime import date, datetime

import openpyxl
import pytest

from duties.householdfile import columns as households
from ground import tables
from ground.refusal import Refused
from people.rosterfile import columns as roster
from points.openings import columns as openings
from points.rubrics import rubricfile
from shop.goodsfile import columns as goods
from tests.ground.test_tables import SHEET, STYLES, outcome, patched, read, saved, strict, workbook

# As Excel 2003 wrote: a hidden sheet; a sheet that counts from 1904, with a code merged over two rows, and a
# hidden row. xlwt wrote it, and zlib packed it.
OLD_BOOK = zlib.decompress(
    b64decode(
        "eNrtWE1IVFEU/u57M86MjDqaBhrYIGRqCv4QRaFjQrlqcEzMIjJtBgvzh6lFusm0gaCCoDZFG8EWbSw3ZZRRuxaBkYugCDSRFq2C"
        "giD1dc6ZNzbaCA6YYLzvcc+997x7v3veuefed997O5k5PTyWN4MVqIGORcOFlDidouSKVTyg+4bBxVjupGRY2FRwOWkiU+x4lvbG"
        "wXPI8z0DDY9sr0gCnymdQC/8Pd0h7waiTmxoU2xDtbJR7Gm4RykduWJXlsjTIreIfChtn4usFc0NkdXUdlodx6TPX7LXjOMWrYDu"
        "KWJj+UT6fJDWFcjBa47jSzdVtK0dB8Jn285tshv5NjdGQFNaH+oOhbmegftIBfoIZV1dZcHgNLJpukfww/AC32Pr+qXX0m+sXoH0"
        "P5frHavonTSJK/W3NBswAOOU4mCOwI2AjSNBU19CZ65GKMgjdm6pq7HBtKbrgXk0y1bNiXpMHUtrckAFOopQ07fvSDFm/eoiLbiW"
        "gV/+udD2Dmqyp703RJm31eWnzN/xsZmya+dv+93A7qpKuirKK8rLK1P5BSEbimfZhpImy8xNMogMKWfKYvOQDfMPvr073N7gaxXN"
        "gFgVxQ5+Lhi4zD2oc/qKV1SJ9NglclBYt0k5T2Q2rQTKCxtyzMKhIWlzRe4W0jhVginfzrhyEZUjXwPj+ZFZXzGVR+tn+rNH3/uG"
        "UUCvviD152sIpapU3b3DeOqL5crclD6JzP1rg6rRsvCYC7Q9/cH6+Uyt6jPbktxsPnNqHtN2wzyDZGBBfAbyByNaY++opZpm+ipa"
        "06mmm1wqAZcSLvaOTv5SwoXaxv798yfrJsg+fvVkoXmcWQuEj5m0BEyaMPFie0F+0EyrJuQZuXeUo3CJQ4/j8JocunCkmNbrwsFB"
        "YdecVNOFcU6sVjKCisYVEsWVBQsWLFiwYMFCAig5LsE8ikAOL3z4cJj/dRYoLVq/Sf5bNKKHrgv0SXkQ3ZSH0ZdU/GyFXcW41Br7"
        "xP4XMo7S6GF0ol3s6Ew6fuloreKfZ80dPeu3hJIdfzEZO//x+L8B590YMw=="
    )
)


# --- Two rows of headings ---


def cells_of(data):
    rows = read(data, roster.COLUMNS).rows
    return [{name: cell for name, cell in row.cells.items() if cell is not None} for row in rows]


def grouped(*groups):
    """A header of two rows, merged as people merge it: each group a heading and those below it."""
    upper, lower = [], []
    for heading, below in groups:
        upper += [heading, *[None] * (max(len(below), 1) - 1)]
        lower += below or [None]
    return upper, lower


WHERE = (("村代码", []), ("网格编码", []))


def test_a_header_of_two_rows_is_read_over_both():
    header = grouped(*WHERE, ("网格员信息", ["姓名", "电话"]), ("备注", []))
    line = ["539900101201", "01", "李秀明", "13900000000", "党员"]
    for titles in ([], [["花名册"]], [["单位：", "柳树村"], []]):
        data = workbook(*titles, *header, line)
        assert cells_of(data) == [
            {roster.VILLAGE: line[0], roster.CODE: "01", roster.NAME: "李秀明", roster.PHONE: "13900000000"}
        ]
        table = read(data, roster.COLUMNS)
        assert (table.header, table.unknown_headings) == (len(titles) + 2, ("备注",))
        assert table.where(table.rows[0], roster.PHONE) == f"D{len(titles) + 3}"


def test_the_upper_row_says_whose_the_lower_ones_are():
    worker, instructor = (
        ("网格员信息", ["姓名", "性别", "电话"]),
        ("指导员基本情况", ["姓名", "单位", "电话"]),
    )
    header = grouped(("网格信息", ["编码", "名称"]), WHERE[0], worker, instructor)
    line = ["01", "一组", "539900101201", "李秀明", "女", "13900000000", "何指导", "司法所", "13900000009"]
    assert cells_of(workbook(*header, line)) == [
        {
            roster.CODE: "01",
            roster.GRID: "一组",
            roster.VILLAGE: "539900101201",
            roster.NAME: "李秀明",
            roster.SEX: "女",
            roster.PHONE: "13900000000",
            roster.INSTRUCTOR: "何指导",
            roster.AGENCY: "司法所",
        }
    ]
    alone = grouped(*WHERE, ("网格员", ["姓名"]), ("指导员", ["姓名", "电话"]))
    assert (
        roster.PHONE not in cells_of(workbook(*alone, ["539900101201", "01", "甲", "乙", "13900000009"]))[0]
    )


def test_a_row_below_a_header_is_not_taken_for_a_second_one():
    header = [roster.VILLAGE, roster.CODE, roster.NAME, "岗位"]
    for line in ([1, "01", "李秀明", "网格员"], [None, "02", None, "单位"], header):
        assert read(workbook(header, line, [1, "03", "王芳"]), roster.COLUMNS).header == 1


# --- What is no row of the table ---


@pytest.mark.parametrize(
    "note",
    [
        "填表人：李四",
        "填表人:李四　　审核人：王五",
        "备注：外出务工的不填",
        "备 注 : 无",
        "注：1.户数以年底为准",
        "填报单位（盖章）：柳树村",
        "柳树村村委会（公章）",
        "审核人（签字）：",
        "联系电话：0878-5211234",
        "制表日期：2026年1月5日",
    ],
)
def test_notes_below_a_table_are_no_rows(note):
    data = workbook(["姓名", "村(社区)代码"], ["张三", 1], [], [note, "2"])
    table = read(data)
    assert [row.number for row in table.rows] == [2]
    assert table.note_rows == (4,)


@pytest.mark.parametrize("name", ["备注", "注册表", "说明书", "印章(大)", "负责人", "联系本"])
def test_what_looks_like_a_note_is_a_row(name):
    assert read(workbook(["姓名", "村(社区)代码"], [name, 1])).note_rows == ()


def test_hidden_rows_are_known():
    book = openpyxl.Workbook()
    for line in (["姓名", "村(社区)代码"], ["a", 1], ["b", None], ["c", 2], ["d", 3]):
        book.active.append(line)
    book.active.merge_cells("B2:B3")
    for number in (3, 4):
        book.active.row_dimensions[number].hidden = True
    table = read(saved(book))
    assert table.hidden_rows == (3, 4)
    shown = table.without_hidden()
    assert [(row.number, row.cells["村(社区)代码"]) for row in shown.rows] == [(2, 1), (5, 3)]
    assert [row.cells["村(社区)代码"] for row in table.rows] == [1, 1, 2, 3]


# --- Merged cells ---

LAYOUTS = [roster.LAYOUT, goods.LAYOUT, households.LAYOUT, openings.LAYOUT, rubricfile.LAYOUT]
FIGURES = {
    *(roster.HOUSEHOLDS, roster.PHONE, roster.BIRTH_YEAR),
    *(goods.PRICE, goods.QUOTA, goods.LOW_AT, goods.ON_HAND, goods.COST, goods.CODES),
    *(households.RESIDENTS, households.NUMBER, openings.BALANCE, rubricfile.POINTS, rubricfile.CAP),
}


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.title)
def test_a_figure_that_is_merged_over_rows_is_none_of_them_s(layout):
    """A village or a category counts for each of its rows, 12.5 points over two people for neither."""
    names = [column.name for column in layout.columns]
    book = openpyxl.Workbook()
    book.active.append(names)
    for line in (["a", *["12.5"] * (len(names) - 1)], ["b"], ["c", *["8"] * (len(names) - 1)]):
        book.active.append(line)
    for place in range(2, len(names) + 1):
        book.active.merge_cells(start_row=2, end_row=3, start_column=place, end_column=place)
    table = layout.read(saved(book), "表.xlsx")
    for row in table.rows:
        reader = tables.RowReader(table, row)
        taken = {name: reader.get(name, lambda cell: tables.text(cell, 9)) for name in names[1:]}
        refused = {bad.column for bad in reader.bad}
        if row.number == 4:
            assert (set(taken.values()), refused) == ({"8"}, set())
        else:
            assert {name for name, value in taken.items() if value != "12.5"} == refused
            assert refused >= FIGURES & set(names[1:])
            assert refused == {column.name for column in layout.columns[1:] if not column.fills_down}


# --- Several sheets ---


def several(sheets):
    """A workbook with these sheets, by their titles."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    return saved(book)


HEADER = ["姓名", "村(社区)代码"]


def test_no_sheet_with_rows_is_left_out_without_a_word():
    data = several({"说明": [["每组一张"]], "一组": [HEADER, ["a", 1]], "二组": [HEADER, ["b", 1]]})
    with pytest.raises(Refused, match="several_tables") as caught:
        read(data)
    assert "一组、二组" in str(caught.value.message)


@pytest.mark.parametrize("empty", [[HEADER], [HEADER, ["合计"]], [["备注"], ["b", 1]], []])
@pytest.mark.parametrize("place", [0, 1])
def test_a_sheet_without_rows_or_without_the_header_is_no_harm(empty, place):
    sheets = [("花名册", [HEADER, ["a", 1]])]
    sheets.insert(place, ("空表", empty))
    assert [row.cells["姓名"] for row in read(several(dict(sheets))).rows] == ["a"]


# --- Calendars ---


def days_and_years():
    """Every column of every kind of file that is read as a day or a year: its reader, and how to ask it."""
    layouts = {roster: lambda table: roster.clean(table, {}), goods: goods.clean}
    for module, clean in layouts.items():
        for column in module.COLUMNS:
            if any(word in column.name for word in ("日期", "日", "年")):
                yield pytest.param(module, clean, column.name, id=column.name)


@pytest.mark.parametrize("serial", ["a date", "a bare number", "a number that shows as a year"])
@pytest.mark.parametrize(("module", "clean", "name"), [*days_and_years()])
def test_a_file_that_counts_from_1904_says_the_same(module, clean, name, serial, monkeypatch):
    """The same day, written by Excel with each of its two calendars."""
    day = {"聘任日期": date(2026, 3, 9), "价格起始日": date(2027, 1, 4)}.get(name, date(1957, 3, 8))
    found = []
    monkeypatch.setattr(tables, "clean", lambda table, entry_of: (table, entry_of))
    for epoch in (openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, openpyxl.utils.datetime.CALENDAR_MAC_1904):
        book = openpyxl.Workbook()
        book.epoch = epoch
        book.active.append([column.name for column in module.COLUMNS])
        number = (day - epoch.date()).days
        book.active.append([number if column.name == name else "x" for column in module.COLUMNS])
        cell = book.active.cell(2, [column.name for column in module.COLUMNS].index(name) + 1)
        cell.number_format = {"a date": "yyyy-mm-dd", "a bare number": "0"}.get(serial, "yyyy")
        table, entry_of = clean(read(saved(book), module.COLUMNS))
        reader = tables.RowReader(table, table.rows[0])
        read_values = {
            key: value for key, value in vars(entry_of(reader)).items() if value in (day, day.year)
        }
        found.append(read_values)
        assert name not in {bad.column for bad in reader.bad}
    assert found[0] == found[1] != {}


def test_a_number_with_the_word_for_year_behind_it_is_that_year():
    for epoch in (openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, openpyxl.utils.datetime.CALENDAR_MAC_1904):
        for look in ('0"年"', "0", "General", "@"):
            book = openpyxl.Workbook()
            book.epoch = epoch
            book.active.append(["姓名", "村(社区)代码", "聘任日期"])
            book.active.append(["a", 1, 1957])
            book.active["C2"].number_format = look
            table = read(saved(book))
            assert tables.year(table.rows[0].cells["聘任日期"], table.epoch) == 1957


def test_a_year_that_excel_shows_as_another_is_refused():
    """1957 typed where a year is expected is the 1957th day of a calendar: Excel shows 1905, or 1909."""
    for epoch in (openpyxl.utils.datetime.CALENDAR_WINDOWS_1900, openpyxl.utils.datetime.CALENDAR_MAC_1904):
        book = openpyxl.Workbook()
        book.epoch = epoch
        book.active.append(["姓名", "村(社区)代码", "聘任日期"])
        book.active.append(["a", 1, 1957])
        book.active["C2"].number_format = "yyyy"
        table = read(saved(book))
        with pytest.raises(Refused, match="bad_cell"):
            tables.year(table.rows[0].cells["聘任日期"], table.epoch)


# --- Old Excel, and damage that Excel and WPS read over ---


def test_old_excel_is_read():
    table = read(OLD_BOOK)
    assert [row.cells["姓名"] for row in table.rows] == ["张三", "李四", "王五"]
    assert [row.cells["村(社区)代码"] for row in table.rows] == [532323101001, 532323101001, "532323101002"]
    days = [tables.day(row.cells["聘任日期"], table.epoch) for row in table.rows]
    assert days == [date(2026, 1, 5), date(2026, 1, 5), None]
    assert table.hidden_rows == (4,)


@pytest.mark.parametrize("at", range(0, len(OLD_BOOK), 293))
def test_damage_of_old_excel_is_refused_or_read_over(at):
    for new in (b"\xff\xff\xff\x7f", bytes(8)):
        data = OLD_BOOK[:at] + new + OLD_BOOK[at + len(new) :]
        assert outcome(data) in {"read", "locked_file", "unreadable_file", "no_header", "columns_missing"}


BOOK = "xl/workbook.xml"
DAMAGE = {
    "an empty fill": (STYLES, b"<fill>", b"<fill/><fill>"),
    "a font of no size": (STYLES, b"<sz val=", b"<sz val='x'/><sz val="),
    "a colour that is none": (
        STYLES,
        b"</cellXfs>",
        b"</cellXfs><colors><color rgb='x'/></colors>",
    ),
    "a style without a name": (STYLES, b'<cellStyle name="Normal"', b"<cellStyle"),
    "a day that is none": (
        "docProps/core.xml",
        b"<dcterms:created",
        b"<dcterms:modified>x</dcterms:modified><dcterms:created",
    ),
    "properties that are none": ("docProps/app.xml", b"<Properties", b"<Nothing"),
    "a name that means nothing": (
        BOOK,
        b"</sheets>",
        b"</sheets><definedNames><definedName/></definedNames>",
    ),
    "a view that is none": (BOOK, b"<bookViews>", b"<bookViews><workbookView activeTab='x'/>"),
    "a filter that is none": (SHEET, b"</sheetData>", b"</sheetData><autoFilter ref='x'/>"),
    "a format that is none": (
        SHEET,
        b"</sheetData>",
        b"</sheetData><conditionalFormatting/>",
    ),
    "a size that is none": (SHEET, b"<sheetFormatPr", b"<sheetFormatPr defaultRowHeight='x'/><sheetFormatPr"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damage_that_excel_reads_over_is_read_over(what):
    data = patched(workbook(["姓名", "村(社区)代码"], ["a", 1]), *DAMAGE[what])
    assert [row.cells["姓名"] for row in read(data).rows] == ["a"]


def test_strict_files_are_read():
    assert read(strict()).header == 1


def test_excel_s_own_chinese_formats_are_days():
    book = openpyxl.Workbook()
    book.active.append(["姓名", "村(社区)代码", "聘任日期"])
    book.active.append(["a", 1, 46027])
    book.active["C2"].number_format = "0.00"
    data = patched(saved(book), STYLES, b'numFmtId="2"', b'numFmtId="31"')
    assert read(data).rows[0].cells["聘任日期"] == datetime.fromisoformat("2026-01-05")
