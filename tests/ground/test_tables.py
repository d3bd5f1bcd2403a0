"""Office tables: whatever a file looks like, its rows are found, or why not; what we write stays text."""

import io
import re
import struct
import zipfile
from datetime import date, datetime
from time import process_time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Alignment

from ground import tables
from ground.refusal import Refused
from ground.tables import Column

NAME = Column("姓名", required=True)
VILLAGE = Column("村(社区)代码", required=True, aliases=("行政区划代码",), fills_down=True)
PHONE = Column("电话", aliases=("手机号", "联系电话"))
HOUSEHOLDS = Column("户数")
SINCE = Column("聘任日期")
COLUMNS = [NAME, VILLAGE, PHONE, HOUSEHOLDS, SINCE]
moment = datetime.fromisoformat
SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(*lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    return saved(book)


def patched(data, part, old, new, **zipped):
    """The workbook with something replaced in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(file, "w", **zipped) as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new, 1)
            copy.writestr(name, content)
    return file.getvalue()


def read(data, columns=COLUMNS):
    return tables.read(data, "花名册", columns)


def refusal(data, columns=COLUMNS):
    with pytest.raises(Refused) as caught:
        read(data, columns)
    return caught.value


@pytest.fixture(scope="module")
def messy():
    """What an office sends: titles, notes, merges, pages, a total, dates in five forms."""
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "封面"
    cover["A1"] = "牟定县微网格员花名册"
    hidden = book.create_sheet("旧表")
    hidden.append([column.name for column in COLUMNS])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("花名册")
    sheet["A1"] = "2026年微网格员花名册"
    sheet.merge_cells("A1:G1")
    sheet["A3"] = "填表单位：共和镇"
    sheet.merge_cells("A3:C3")
    header = ["序号", "村（社区）\n代 码", " ＊姓　名", "联系电话（必填）", "户数:", "聘任日期", "备注"]
    for column, heading in enumerate(header, 1):
        sheet.cell(5, column, heading).alignment = Alignment(wrap_text=True)
    lines = {
        6: [1, 532323101001, "张　三", "１３９００００００００", "８户", date(2026, 1, 5), "党员"],
        7: [2, None, "李\u200b四 ", 13900000001, 8.0, "2026.1.5", None],
        8: [3, None, "王五", "0878-5211234", "9", "2026年1月5日", None],
        9: [None] * 7,
        10: header,
        11: [4, "532323101002", "赵六", None, 10, 46027, None],
        12: [5, None, "阿依 • 木", "+86 139 0000 0002", "=6+5", "20260105", None],
        13: [6, None, None, None, None, None, None],
        14: ["合　计", None, None, None, 46, None, None],
        15: ["填表人：李四", None, None, None, None, None, None],
    }
    for number, line in lines.items():
        for column, value in enumerate(line, 1):
            sheet.cell(number, column, value)
    sheet.merge_cells("B6:B8")
    sheet.merge_cells("B11:C11")
    sheet.merge_cells("A14:D14")
    return read(saved(book))


def test_a_messy_workbook(messy):
    assert [column.name for column in messy.columns] == ["村(社区)代码", "姓名", "电话", "户数", "聘任日期"]
    assert (messy.header, messy.unknown_headings, messy.total_rows) == (5, ("序号", "备注"), (14,))
    assert messy.note_rows == ()
    assert [row.number for row in messy.rows] == [6, 7, 8, 11, 12]
    assert messy.where(messy.rows[0], "姓名") == "C6"
    assert messy.where(messy.rows[0], "性别") == "6"


def test_the_cells_of_a_messy_workbook(messy):
    assert [tables.digits(row.cells[VILLAGE.name], 12) for row in messy.rows] == [
        "532323101001",
        "532323101001",
        "532323101001",
        "532323101002",
        None,
    ]
    names = [tables.name(row.cells[NAME.name], 50) for row in messy.rows]
    assert names == ["张三", "李四", "王五", None, "阿依·木"]
    assert [tables.phone(row.cells[PHONE.name]) for row in messy.rows] == [
        "13900000000",
        "13900000001",
        "08785211234",
        None,
        "13900000002",
    ]
    assert [tables.whole(row.cells[HOUSEHOLDS.name], 1, 99) for row in messy.rows[:4]] == [8, 8, 9, 10]
    days = [tables.day(row.cells[SINCE.name], messy.epoch) for row in messy.rows]
    assert days == [date(2026, 1, 5)] * 5


def test_a_formula_without_a_value_is_not_empty(messy):
    with pytest.raises(Refused, match="bad_cell"):
        tables.whole(messy.rows[4].cells[HOUSEHOLDS.name], 1, 99)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (b"<c><f>6+5</f><v>11</v></c>", 11),
        (b'<c t="str"><f>""</f><v></v></c>', None),
        (b'<c t="str"><f>A1</f></c>', None),
        (b'<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        (b'<c t="b"><v>1</v></c>', True),
        (b'<c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', "ab"),
        (b'<c t="str"><v>a_x000D_b</v></c>', "a\nb"),
        (b'<c t="str"><v>\xe3\x80\x80 </v></c>', None),
    ],
)
def test_what_a_cell_holds(cell, value):
    data = workbook(["姓名", "村(社区)代码"], ["x", "CELL"])
    cells = re.search(rb'<c r="B2".*?</c>', zipfile.ZipFile(io.BytesIO(data)).read(SHEET))[0]
    data = patched(data, SHEET, cells, cell.replace(b"<c", b'<c r="B2"', 1))
    assert read(data).rows[0].cells[VILLAGE.name] == value


def test_merged_cells_count_for_their_rows_and_no_others():
    book = openpyxl.Workbook()
    for line in (
        ["姓名", "村(社区)代码", "户数"],
        [None, None, None],
        ["a", 1, 8],
        ["b", None, None],
        ["c", 2, None],
        ["d", None, None],
        ["e", None, None],
        ["f", 3, None],
    ):
        book.active.append(line)
    for cells in ("A1:A2", "B3:B4", "B5:B7"):
        book.active.merge_cells(cells)
    data = patched(saved(book), SHEET, b"B3:B4", b"B3:C4")
    data = patched(data, SHEET, b"B5:B7", b"B5:B1048576")
    rows = read(data).rows
    assert [(row.cells["村(社区)代码"], row.cells["户数"]) for row in rows] == [
        (1, 8),
        (1, None),
        (2, None),
        (2, None),
        (2, None),
        (3, None),
    ]


def test_a_file_that_counts_from_1904():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["姓名", "村(社区)代码", "聘任日期"])
    book.active.append(["a", 1, 44565])
    book.active.append(["b", 1, date(2026, 1, 5)])
    table = read(saved(book))
    assert table.epoch == date(1904, 1, 1)
    assert [tables.day(row.cells["聘任日期"], table.epoch) for row in table.rows] == [date(2026, 1, 5)] * 2


def test_excel_s_own_chinese_date_formats():
    """Format 31 (yyyy年m月d日) is in no list of openpyxl's; the number is understood nevertheless."""
    book = openpyxl.Workbook()
    book.active.append(["姓名", "村(社区)代码", "聘任日期"])
    book.active.append(["a", 1, 46027])
    book.active["C2"].number_format = "0.00"
    data = patched(saved(book), STYLES, b'numFmtId="2"', b'numFmtId="31"')
    assert tables.day(read(data).rows[0].cells["聘任日期"], tables.cells.EPOCH) == date(2026, 1, 5)


def test_what_stands_below_the_rows_cannot_break_them():
    data = workbook(["姓名", "村(社区)代码"], ["a", 1])
    filters = b'</sheetData><autoFilter ref="x"><filterColumn colId="x"/></autoFilter>'
    data = patched(data, SHEET, b"</sheetData>", filters)
    assert len(read(data).rows) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_text_tables(encoding, delimiter, ends):
    lines = [
        ["花名册，2026", "", ""],
        ["姓名", "手机号", "村（社区）代码"],
        ['"张\n三"', "'+8613900000000", '="0532323101001"'],
        [],
        ["𡋾四", "1\u30003900000000", "5.32323E+11"],
    ]
    data = (ends.join(delimiter.join(line) for line in lines) + ends).encode(encoding)
    table = read(data)
    assert table.header == 2
    assert [row.number for row in table.rows] == [3, 5]
    first, second = (row.cells for row in table.rows)
    assert (first["姓名"], second["姓名"]) == ("张\n三", "𡋾四")
    assert [tables.phone(row["电话"]) for row in (first, second)] == ["13900000000", "13900000000"]
    assert first[VILLAGE.name] == "0532323101001"
    with pytest.raises(Refused, match="bad_cell"):
        tables.code(second[VILLAGE.name], 12)


def test_a_quotation_mark_left_open_swallows_nothing():
    refused = refusal('姓名,村(社区)代码\n"张三,1\n李四,2\n'.encode())
    assert refused.code == "unreadable_file"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (["姓名", "村（社区）代码"], None),
        (["姓名:", "村［社区］代码"], None),
        ([" 姓\n名* ", "村 〔社区〕 代码（必填项）"], None),
        (["姓名", "行政区划代码", "电话"], None),
        (["姓名", "电话", "户数"], "columns_missing"),
        (["姓名", "村(社区)代码", "行政区划代码"], "column_twice"),
        (["姓名", "村(社区)代码", "电话", "联系电话"], "column_twice"),
        (["姓名", "x", "y"], "no_header"),
        (["张三", "532323101001"], "no_header"),
        ([], "no_header"),
    ],
)
def test_headers(header, code):
    for data in (workbook(header), ",".join(f'"{heading}"' for heading in header).encode()):
        if code:
            assert refusal(data).code == code
        else:
            assert read(data).rows == []


def test_a_refused_header_says_what_is_wrong():
    assert "村(社区)代码" in str(refusal(workbook(["姓名", "电话"])).message)
    assert all(column.name in str(refusal(workbook(["x"])).message) for column in COLUMNS)
    twice = str(refusal(workbook([], ["姓名", "村(社区)代码", None, "姓 名"])).message)
    assert "A2" in twice
    assert "D2" in twice


def test_the_header_is_looked_for_in_twenty_lines():
    header = ["姓名", "村(社区)代码"]
    assert read(workbook(*[["x"]] * 19, header, ["a", 1])).header == 20
    assert refusal(workbook(*[["x"]] * 20, header)).code == "no_header"


def old_excel():
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


def web_page():
    return "\n<html><table><tr><td>姓名</td></tr></table>".encode("gb18030")


def document():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    return file.getvalue()


def sheet_with(tail, **zipped):
    return patched(
        workbook(["姓名", "村(社区)代码"]), SHEET, b"</sheetData>", tail + b"</sheetData>", **zipped
    )


def with_entities():
    data = workbook(["姓名", "村(社区)代码"])
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    return patched(data, SHEET, b"<worksheet", bomb)


def with_entities_in(encoding):
    """The same in an encoding in which its bytes look like none."""
    with zipfile.ZipFile(io.BytesIO(with_entities())) as archive:
        content = archive.read(SHEET)
    text = content[content.index(b"<!DOCTYPE") :].decode()
    coded = f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode(encoding)
    return patched(with_entities(), SHEET, content, coded)


def with_size(size):
    """A workbook whose directory says of the sheet that it has another size than it has."""
    data = bytearray(workbook(["姓名", "村(社区)代码"]))
    entry = data.rindex(SHEET.encode()) - 46
    assert data[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, entry + 24, size)
    return bytes(data)


def strict():
    old = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    new = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    data = workbook(["姓名", "村(社区)代码"])
    for part in ("xl/workbook.xml", SHEET):
        data = patched(data, part, old, new)
    old, new = b"schemas.openxmlformats.org/officeDocument/2006", b"purl.oclc.org/ooxml/officeDocument"
    return patched(data, "xl/workbook.xml", old, new)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (old_excel, "locked_file"),
        (web_page, "web_page"),
        (document, "unreadable_file"),
        (lambda: b"PK\x03\x04 and no more", "unreadable_file"),
        (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)), "unreadable_file"),
        (lambda: b"\xff\xfe\x00", "unreadable_file"),
        (lambda: b"", "no_header"),
        (lambda: workbook(["姓名", "村(社区)代码"])[:-30], "unreadable_file"),
        (lambda: sheet_with(b"<row><c"), "unreadable_file"),
        (lambda: sheet_with(b'<row r="x"/>'), "unreadable_file"),
        (lambda: sheet_with(b'<row r="99999999999"/>'), "unreadable_file"),
        (lambda: sheet_with(b'<row><c t="s"><v>7</v></c></row>'), "unreadable_file"),
        (lambda: sheet_with(b"", compression=zipfile.ZIP_LZMA), "unreadable_file"),
        (with_entities, "unreadable_file"),
        (lambda: with_entities_in("utf-16"), "unreadable_file"),
        (lambda: with_entities_in("utf-16-be"), "unreadable_file"),
        (lambda: with_size(10), "unreadable_file"),
        (lambda: with_size(2**31), "file_too_large"),
        (lambda: sheet_with(b"<c/>" * 2_000_000, compression=zipfile.ZIP_DEFLATED), "file_too_large"),
        (lambda: sheet_with(b'<c a="="/>' * 1_000_000, compression=zipfile.ZIP_DEFLATED), "file_too_large"),
        (lambda: workbook(["姓名", "村(社区)代码"], [None] * 200 + ["x"]), "file_too_large"),
        (lambda: ("姓名,村(社区)代码" + "," * 200 + "x").encode(), "file_too_large"),
        (lambda: "姓名,村(社区)代码\n".encode() + b"a,1\n" * 20_001, "file_too_large"),
    ],
)
def test_files_that_are_not_read(make, code):
    assert refusal(make()).code == code


def test_a_file_at_the_limits_is_read():
    header = ["姓名", "村(社区)代码", *[None] * 197, "电话"]
    assert read(workbook(header)).where(tables.Row(2, {}), "电话") == "GR2"
    assert len(read("姓名,村(社区)代码\n".encode() + b"a,1\n" * 20_000).rows) == 20_000
    last = sheet_with(b'<row r="1048576"><c t="str"><v>a</v></c></row>')
    assert [row.number for row in read(last).rows] == [1_048_576]


@pytest.mark.parametrize("tag", [b'<c a="%s"/>', b"<!--%s-->"], ids=["a value", "a comment"])
def test_a_tag_of_many_megabytes_is_read_once(tag):
    """Looked at anew with every few KB, it took minutes."""
    data = sheet_with(b"<row>" + tag % (b"x" * 2**24) + b"</row>", compression=zipfile.ZIP_DEFLATED)
    began = process_time()
    assert read(data).rows == []
    assert process_time() - began < 2


def test_a_line_of_millions_of_cells_is_looked_at_once():
    began = process_time()
    assert refusal(b"\t;," * 1_000_000).code == "file_too_large"
    header = "姓名,村(社区)代码"
    assert refusal(f"{header}{',' * 1_000_000}x".encode()).code == "file_too_large"
    assert read(f"{header}{',' * 1_000_000}".encode()).rows == []
    assert process_time() - began < 3


def outcome(data):
    try:
        read(data)
    except Refused as refused:
        return refused.code
    return "read"


def test_any_damage_is_refused_or_read_over():
    """Whatever openpyxl makes of a broken file, it is not an error of ours."""
    data = workbook(["姓名", "村(社区)代码", "聘任日期"], ["a", 1, date(2026, 1, 5)], ["b", 2.5, True])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    @settings(max_examples=150)
    @given(st.data())
    def damage(choose):
        name = choose.draw(st.sampled_from(sorted(parts)))
        content = parts[name]
        begin = choose.draw(st.integers(0, len(content)))
        end = choose.draw(st.integers(begin, min(begin + 20, len(content))))
        new = choose.draw(
            st.binary(max_size=3) | st.sampled_from([b"x", b"<", b"1e999", b"-1", b"<a/>", b'"'])
        )
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as copy:
            for other, whole in parts.items():
                copy.writestr(other, content[:begin] + new + content[end:] if other == name else whole)
        assert outcome(file.getvalue()) in {"read", "unreadable_file", "no_header", "columns_missing"}

    damage()
