"""The file of opening balances: every row finds its one worker, or says in its cell why it does not."""

import io
from datetime import date, timedelta

import pytest
from openpyxl import Workbook

from people.models import DepartureKind, Duty, GridKind
from people.roster import grids, persons, terms
from points import leaving, merging
from points.openings import booking, columns, reversing, sheets
from points.openings.intake import OPENINGS
from tests.cast import TODAY
from tests.points.openings import BASIS, brought, ended, line_of, row, take_in, workbook
from tests.story import do, refusal, refused, told

pytestmark = pytest.mark.one_database

NAME, CODE, PHONE, BALANCE, BASIS_AT = "A2", "B2", "C2", "D2", "E2"
LI = "李秀明"


def planned(cast, *rows):
    return OPENINGS.plan(workbook(rows), "期初.xlsx", cast.village)


def reasons(made):
    return [str(cell.reason) for cell in made.bad_cells]


@pytest.mark.parametrize(
    ("written", "tenths"),
    [
        (12.5, 125),
        ("12.5", 125),
        ("１２．５", 125),
        ("30分", 300),
        ("30 积分", 300),
        ("1,000", 10_000),
        ("12.50", 125),
        (100_000, 1_000_000),
    ],
)
def test_a_balance_is_read_as_people_write_it(cast, written, tenths):
    (step,) = planned(cast, row(LI, written)).steps
    assert (step.worker.id, step.entry.tenths) == (cast.worker.id, tenths)


# What one cell of the only row says, where it is named, and what is said of it.
BAD_CELLS = [
    ({BALANCE: -3}, BALANCE, "大于0分"),
    ({BALANCE: 0}, BALANCE, "大于0分"),
    ({BALANCE: 1_000_000}, BALANCE, "分数太大"),
    ({BALANCE: "1,000,000"}, BALANCE, "分数太大"),
    ({BALANCE: "1,00"}, BALANCE, "一位小数"),
    ({BALANCE: "12,5"}, BALANCE, "一位小数"),
    ({BALANCE: "十二"}, BALANCE, "一位小数"),
    ({BALANCE: 12.55}, BALANCE, "一位小数"),
    ({BALANCE: date(2026, 5, 12)}, BALANCE, "变成了日期"),
    ({BALANCE: None}, BALANCE, "不能空着"),
    ({BASIS_AT: None}, BASIS_AT, "不能空着"),
    ({BASIS_AT: "无"}, BASIS_AT, "依据"),
    ({BASIS_AT: "——"}, BASIS_AT, "依据"),
    ({NAME: None}, NAME, "不能空着"),
    ({NAME: "李*明"}, NAME, "打码"),
    ({NAME: "查无此人"}, NAME, "没有叫查无此人的人"),
    ({NAME: "邻村人"}, NAME, "没有叫邻村人的人"),
    ({CODE: "02"}, CODE, "网格员是王芳，不是李秀明"),
    ({CODE: "99"}, CODE, "没有在任的网格员"),
    ({PHONE: "13900000000"}, PHONE, "电话"),
]
HEADING = {
    NAME: columns.NAME,
    CODE: columns.CODE,
    PHONE: columns.PHONE,
    BALANCE: columns.BALANCE,
    BASIS_AT: columns.BASIS,
}


@pytest.mark.parametrize(("cells", "where", "reason"), BAD_CELLS)
def test_a_bad_cell_is_named_with_its_reason(cast, cells, where, reason):
    given = row(LI, 10) | {HEADING[cell]: value for cell, value in cells.items()}
    made = planned(cast, given, row("王芳", 20))
    assert told(made) == [(where, HEADING[where])]
    assert reason in reasons(made)[0]


@pytest.mark.parametrize("code", ["01", "０１", 1, " 01 ", "1.0", "01.0"])
def test_the_grid_s_code_finds_the_worker_also_without_its_zeros(cast, code):
    (step,) = planned(cast, row(LI, 10, **{columns.CODE: code})).steps
    assert step.grid.code == "01"


def test_a_text_without_its_zeros_is_another_code(cast):
    assert told(planned(cast, row(LI, 10, **{columns.CODE: "1"}))) == [(CODE, columns.CODE)]


def namesake(cast):
    """A second 李秀明, in a grid of their own."""
    grid = grids.add_grid(cast.village, "20", "第20网格", GridKind.RURAL, 8, cast.clerk)
    person = persons.add_person(cast.village, LI, cast.clerk, "13800001111")
    terms.appoint(person, grid, Duty.WORKER, date(2026, 1, 1), cast.clerk)
    return person


def test_a_name_of_two_workers_needs_the_code_or_the_telephone(cast):
    second = do(namesake, cast)
    (reason,) = reasons(planned(cast, row(LI, 10)))
    assert "网格编码或电话" in reason
    assert "01、20" in reason
    for more in ({columns.CODE: 20}, {columns.PHONE: "138 0000 1111"}):
        (step,) = planned(cast, row(LI, 10, **more)).steps
        assert step.worker.id == second.id
    made = planned(cast, row(LI, 10, **{columns.CODE: 20}), row(LI, 20, **{columns.CODE: "01"}))
    assert [step.worker.id for step in made.steps] == [second.id, cast.worker.id]


def test_a_worker_stands_there_once(cast):
    made = planned(cast, row(LI, 10), row("李 秀明", 20))
    assert told(made) == [("A3", columns.NAME)]
    assert reasons(made) == ["李秀明在第 2 行已经有了。"]
    brought(cast, 100)
    assert reasons(planned(cast, row(LI, 10))) == ["李秀明已经有期初积分，在第 1 号表上。"]
    do(sheets.withdraw, sheets.find(cast.village, 1), "拿错了表", cast.clerk)
    assert reasons(planned(cast, row(LI, 10))) == []


def test_who_left_or_was_merged_gets_nothing(cast, clock):
    left = (cast.neighbour, DepartureKind.EXIT, "搬走", "村委会", TODAY, cast.chair)
    do(leaving.leave, *left)
    clock.turn_to(TODAY + timedelta(days=1))
    assert "已于2026年12月28日退出" in reasons(planned(cast, row(cast.neighbour.name, 10)))[0]
    second = do(persons.add_person, cast.village, "李秀铭", cast.clerk, cast.worker.phone)
    assert "不是本村在任的网格员" in reasons(planned(cast, row("李秀铭", 10)))[0]
    do(merging.merge, cast.worker, second, "同一人", cast.chair, cast.supervisor)
    assert reasons(planned(cast, row("李秀铭", 10))) == ["这条登记已并入本人的另一条，请写李秀明。"]


def test_once_a_quarter_is_booked_only_a_wrong_one_comes_anew(cast, clock):
    do(booking.book, ended(cast, clock, 1000), cast.chair)
    cast.earn(cast.neighbour, 20)
    both = [row(LI, 10), row("王芳", 20)]
    there, late = reasons(planned(cast, *both))
    assert ("已经有期初积分" in there, "已有季度入账" in late) == (True, True)
    line = line_of(sheets.sheets_of(cast.village)[0], 1)
    do(reversing.reverse, line, "多写了一个零", cast.chair, cast.supervisor)
    made = planned(cast, *both)
    assert told(made) == [("A3", columns.NAME)]
    assert "已有季度入账" in reasons(made)[0]


def test_a_merged_entry_s_opening_balance_is_the_person_s(cast):
    second = do(namesake, cast)
    take_in(cast.village, [row(LI, 10, **{columns.CODE: "20"})], cast.clerk)
    do(merging.merge, cast.worker, second, "同一人", cast.chair, cast.supervisor)
    assert "已经有期初积分" in reasons(planned(cast, row(LI, 10, **{columns.CODE: "01"})))[0]


def messy():
    """Titles, a header of two rows, a hidden row, a sum and notes below."""
    book = Workbook()
    sheet = book.active
    sheet.append(["柳树村网格员积分结余表（截至2026年11月）"])
    sheet.merge_cells("A1:F1")
    sheet.append(["网格员信息", None, None, "积 分", None, "备注"])
    sheet.merge_cells("A2:C2")
    sheet.merge_cells("D2:E2")
    sheet.append(["姓　名", "网格编码", "联系电话", "余 额", "依据", None])
    sheet.append(["李秀明", 1.0, "120-0000-5678", 12.5, "2025年积分存折", None])
    sheet.append(["王 芳", "02", None, "３０分", "超市记账本第3页", "已核"])
    sheet.append(["赵国强", None, None, 8, "存折", None])
    sheet.row_dimensions[6].hidden = True
    sheet.append([None])
    sheet.append(["合计", None, None, 50.5])
    sheet.append(["注：以上结余经村委会核对，制表人刘文书。"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_messy_workbook(cast):
    made = OPENINGS.plan(messy(), "结余.xlsx", cast.village)
    assert reasons(made) == []
    assert [(step.worker.name, step.entry.tenths) for step in made.steps] == [("李秀明", 125), ("王芳", 300)]
    assert made.hidden_rows == (6,)
    assert len(made.table.total_rows) == len(made.table.note_rows) == 1
    shown = OPENINGS.plan(messy(), "结余.xlsx", cast.village, with_hidden=True)
    assert shown.steps[2].worker.name == "赵国强"


@pytest.mark.parametrize("heading", ["余额(分)", "余额（分）", "可兑换积分", "剩余积分"])
def test_a_balance_stands_under_the_headings_that_offices_use(cast, heading):
    given = workbook([{**row(LI, 10), heading: 10}], (columns.NAME, heading, columns.BASIS))
    assert [step.entry.tenths for step in OPENINGS.plan(given, "期初.xlsx", cast.village).steps] == [100]


@pytest.mark.parametrize("missing", [columns.NAME, columns.BALANCE, columns.BASIS])
def test_a_file_without_a_column_is_refused(cast, missing):
    heads = [each for each in (columns.NAME, columns.BALANCE, columns.BASIS) if each != missing]
    with refusal("columns_missing"):
        OPENINGS.plan(workbook([row(LI, 10)], heads), "期初.xlsx", cast.village)


def test_an_empty_template_makes_no_sheet(cast):
    made = OPENINGS.plan(OPENINGS.layout.template(), "期初.xlsx", cast.village)
    assert do(lambda: list(OPENINGS.carry_out(made, cast.village, cast.clerk))) == [0]
    assert sheets.sheets_of(cast.village) == []


def test_what_somebody_else_took_in_meanwhile_is_not_taken_twice(cast):
    made = planned(cast, row(LI, 10))
    brought(cast, 100)
    refused("plan_changed", lambda: list(OPENINGS.carry_out(made, cast.village, cast.clerk)))
    assert BASIS in sheets.state_of(sheets.find(cast.village, 1)).lines[0].line.basis
