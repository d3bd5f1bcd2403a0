"""A village's households from an office's file: tried out first, bad cells named, then all or nothing."""

from datetime import date
from functools import partial
from io import BytesIO

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sqlalchemy import select

from duties.householdfile import columns, export
from duties.householdfile.intake import HOUSEHOLDS
from duties.households import files, ledger
from ground.db import db, transaction
from people.models import Attention, AuditEvent, GridKind, Household
from people.roster import changes, grids
from tests.cast import TODAY, VILLAGE
from tests.people.test_rosterfile import workbook as roster_workbook
from tests.story import do, told

pytestmark = pytest.mark.one_database

PRIORITY, WATCHED, ORDINARY = Attention
HEADERS = tuple(column.name for column in columns.COLUMNS)
IMPORT = f"/v/{VILLAGE}/households/import"
workbook = partial(roster_workbook, headers=HEADERS)
HOME = {
    "网格编码": "01",
    "户主": "张大山",
    "住址": "3组12号",
    "联系电话": "13987651234",
    "人口数": 4,
    "家庭成员": "夫妻二人，一儿一女",
    "政治面貌": "群众",
    "家庭情况": "务农，种烤烟",
    "问题和需求": "无",
    "类别": "一般户",
}


def home(**other):
    return HOME | other


def planned(cast, rows, **how):
    return HOUSEHOLDS.plan(workbook(rows, **how), "住户.xlsx", cast.village)


def take_in(cast, rows):
    """Take rows in, or a file that is there; returns what was counted."""
    content = rows if isinstance(rows, bytes) else workbook(rows)
    table = HOUSEHOLDS.read(content, "住户.xlsx", cast.village)
    with transaction():
        made = HOUSEHOLDS.plan_table(table, cast.village)
        assert told(made) == []
        assert list(HOUSEHOLDS.carry_out(made, cast.village, cast.clerk))[-1] == len(made.steps)
    return dict(made.counts)


def kept(cast, grid="01"):
    """The households that live in a grid: number, head, house."""
    db.session.rollback()
    living = db.session.scalars(
        select(Household).join(Household.grid).where(Household.left_on.is_(None)).order_by(Household.number)
    )
    return [(one.number, one.head, one.house) for one in living if one.grid.code == grid]


def the_one(head="张大山"):
    return db.session.scalars(select(Household).where(Household.head == head)).one()


def lines(made):
    """What the only row of a plan would change."""
    (step,) = made.steps
    return {line.column: (line.before, line.after) for line in step.changes}


# --- What a row does ---


def test_a_new_household_with_everything(cast):
    reason = {"类别": "重点户", "定类日期": date(2026, 3, 1), "定类原因": "独居老人"}
    assert take_in(cast, [home(**reason)]) == {"added": 1}
    household = the_one()
    assert (household.phone, household.residents, household.situation) == ("13987651234", 4, "务农，种烤烟")
    (first,) = household.classes
    assert (first.attention, first.on, first.reason) == (PRIORITY, date(2026, 3, 1), "独居老人")
    actions = [event.action for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    assert actions[-2:] == ["household.add", "households.import"]


def test_the_same_file_twice_changes_nothing(cast):
    rows = [home(), home(户主="李四", 类别=None), home(网格编码="02"), home(户主="王五", 类别="监测户")]
    assert take_in(cast, rows) == {"added": 4}
    assert take_in(cast, rows) == {"left": 4}
    assert kept(cast) == [(1, "张大山", "3组12号"), (2, "李四", "3组12号"), (3, "王五", "3组12号")]


def test_what_was_written_out_comes_in_again_without_changing_anything(cast):
    rows = [home(), home(户主="李四", 类别="重点户", 定类原因="残疾"), home(网格编码="02", 联系电话=None)]
    take_in(cast, rows)
    household = the_one("李四")
    do(files.reclassify, household, WATCHED, TODAY, "好转", cast.clerk)
    village_ledger = ledger.village_ledger(cast.village, grids.of_village(cast.village))
    for kind in ("xlsx", "csv"):
        out = do(export.export_households, village_ledger, cast.village, kind, cast.clerk)
        made = HOUSEHOLDS.plan(columns.LAYOUT.write(out, kind), f"台账.{kind}", cast.village)
        assert (told(made), dict(made.counts)) == ([], {"left": 3})


def test_an_empty_cell_says_nothing_and_a_changed_one_corrects(cast):
    take_in(cast, [home()])
    sparse = {"网格编码": "01", "户主": "张 大山", "人口数": 5}
    assert lines(planned(cast, [sparse])) == {"人口数": (4, 5)}
    assert take_in(cast, [sparse]) == {"changed": 1}
    household = the_one()
    assert (household.residents, household.phone, household.needs) == (5, "13987651234", "无")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "household.correct")).one()
    assert event.detail == {"fields": ["residents"]}  # which fields, never what


def test_another_class_is_a_reclassification(cast):
    take_in(cast, [home(类别="监测户", 定类日期=date(2026, 3, 1), 定类原因="无劳力")])
    take_in(cast, [home(类别="重点户", 定类日期=date(2026, 3, 1), 定类原因="无劳力")])
    household = the_one()
    assert [(line.attention, line.on) for line in household.classes] == [
        (WATCHED, date(2026, 3, 1)),
        (PRIORITY, TODAY),
    ]
    assert household.classes[-1].reason not in ("", "无劳力")  # that one is of the class before
    take_in(cast, [home(类别="一般户", 定类日期=TODAY, 定类原因="子女回来了")])
    db.session.rollback()
    assert the_one().classes[-1].reason == "子女回来了"


def test_what_was_decided_of_a_class_is_not_rewritten(cast):
    take_in(cast, [home(类别="监测户", 定类日期=date(2026, 3, 1), 定类原因="无劳力")])
    again = home(类别="监测户", 定类日期=date(2026, 4, 1), 定类原因="别的")
    assert told(planned(cast, [again])) == [("M2", "定类日期"), ("N2", "定类原因")]
    earlier = home(类别="重点户", 定类日期=date(2026, 2, 1))
    assert told(planned(cast, [earlier])) == [("M2", "定类日期")]


# --- Which household it is ---


def test_one_head_twice_in_a_grid_is_two_households_by_their_houses(cast):
    rows = [home(住址="3组12号"), home(住址="5组1号")]
    assert take_in(cast, rows) == {"added": 2}
    assert take_in(cast, rows[::-1]) == {"left": 2}
    which = {"网格编码": "01", "户主": "张大山", "人口数": 2}
    made = planned(cast, [which])
    assert told(made) == [("D2", "户主")]
    assert "1、2" in str(made.bad_cells[0].reason)
    assert lines(planned(cast, [which | {"户号": 2}])) == {"人口数": (4, 2)}


def test_the_only_one_of_its_head_may_have_its_house_written_otherwise(cast):
    take_in(cast, [home()])
    assert lines(planned(cast, [home(住址="三组12号")])) == {"住址": ("3组12号", "三组12号")}
    made = planned(cast, [home(), home(住址="三组12号")])
    assert dict(made.counts) == {"left": 1, "added": 1}


def test_a_number_says_whose_head_is_another_one_now(cast):
    take_in(cast, [home(), home(户主="李四")])
    assert lines(planned(cast, [home(户主="张小山", 户号=1)])) == {"户主": ("张大山", "张小山")}
    own_numbers = [home(户号=2), home(户主="李四", 户号=1), home(户主="王五", 户号=1)]
    assert dict(planned(cast, own_numbers).counts) == {"left": 2, "added": 1}


def test_a_number_alone_makes_no_other_family_of_a_household(cast):
    take_in(cast, [home()])
    made = planned(cast, [home(户主="新户主", 住址="8组1号", 户号=1)])
    assert told(made) == [("C2", "户号")]
    assert "户号1是张大山家，住3组12号" in str(made.bad_cells[0].reason)
    assert dict(planned(cast, [home(户主="新户主", 住址="8组1号")]).counts) == {"added": 1}
    assert lines(planned(cast, [home(户主="张小山", 住址=None, 户号=1)])) == {"户主": ("张大山", "张小山")}


def test_no_household_is_there_twice(cast):
    take_in(cast, [home(), home(户主="李四")])
    assert told(planned(cast, [home(), home(人口数=5)])) == [("D3", "户主")]
    assert told(planned(cast, [home(户主="王五"), home(户主="王 五")])) == [("D3", "户主")]
    assert told(planned(cast, [home(网格编码="02")])) == [("D2", "户主")]  # its file is in another grid
    do(files.leave, the_one("李四"), TODAY, "搬到县城", cast.clerk)
    assert told(planned(cast, [home(户主="李四")])) == [("D2", "户主")]
    assert dict(planned(cast, [home(户主="赵六", 户号=2)]).counts) == {
        "added": 1
    }  # that number was another's


def test_the_grid_is_known_by_its_code_or_its_name(cast):
    do(grids.add_grid, cast.village, "90", "第02网格", GridKind.RURAL, 8, cast.clerk)
    by_name = home(网格编码=None, 网格名称="第 01 网格")
    assert take_in(cast, [by_name, home(网格编码=3, 户主="零掉了")]) == {"added": 2}
    assert (kept(cast), kept(cast, "03")) == ([(1, "张大山", "3组12号")], [(1, "零掉了", "3组12号")])
    made = planned(cast, [home(网格编码=None, 网格名称="第02网格"), home(网格编码="77")])
    assert told(made) == [("B2", "网格名称"), ("A3", "网格编码")]
    assert "02、90" in str(made.bad_cells[0].reason)
    assert told(planned(cast, [home(网格编码=None)])) == [("A2", "网格编码")]
    closed = do(grids.add_grid, cast.village, "91", "要关的网格", GridKind.RURAL, 8, cast.clerk)
    do(changes.close, closed, TODAY, "撤并", cast.clerk)
    assert told(planned(cast, [home(网格编码="91")])) == [("A2", "网格编码")]


def test_a_head_written_otherwise_is_the_same_head(cast):
    take_in(cast, [home(户主="Li Ming")])
    assert dict(planned(cast, [home(户主="LI MING")]).counts) == {"left": 1}


# --- How offices write ---


def test_a_table_as_offices_keep_it(cast):
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(["柳树村六清台账（2026年）"])
    sheet.merge_cells("A1:H1")
    sheet.append(["填报单位：柳树村委会"])
    sheet.append(["所在网格", "户主信息", None, None, "家庭人口", "关注等级", "认定日期", "备注"])
    sheet.append([None, "户主姓名", "家庭住址", "联系方式", None, None, None, None])
    for merged in ("A3:A4", "B3:D3", "E3:E4", "F3:F4", "G3:G4", "H3:H4"):
        sheet.merge_cells(merged)
    sheet.append(["第01网格", "张　大山", "3组 12号", "139 8765 4321", "4人", "重点", date(2026, 3, 1), "x"])
    sheet.append(["第01网格", "李四", "3组13号", None, "３", "普通户", None, None])
    sheet.append(["第01网格", "藏起来的", "3组14号", None, 2, None, None, None])
    sheet.row_dimensions[7].hidden = True
    sheet.append(["合计", None, None, None, 9])
    sheet.append(["填表人：刘文书"])
    file = BytesIO()
    book.save(file)
    made = HOUSEHOLDS.plan(file.getvalue(), "六清.xlsx", cast.village)
    assert (told(made), dict(made.counts), made.hidden_rows) == ([], {"added": 2}, (7,))
    assert take_in(cast, file.getvalue()) == {"added": 2}
    household = the_one()
    assert (household.phone, household.residents) == ("13987654321", 4)
    assert (household.attention, household.classes[0].on) == (PRIORITY, date(2026, 3, 1))
    assert the_one("李四").attention is ORDINARY


def test_every_bad_cell_is_named(cast):
    bad = {
        "户号": "甲",
        "户主": "张*山",
        "住址": "x" * 101,
        "联系电话": "139****1234",
        "人口数": 100,
        "类别": "富裕户",
        "定类日期": "2027-01-01",
    }
    made = planned(cast, [home(**bad), home(户主=None), home(户主="没说几口人", 人口数=None)])
    assert told(made) == [
        *(("C2", "户号"), ("D2", "户主"), ("E2", "住址"), ("F2", "联系电话"), ("G2", "人口数")),
        *(("L2", "类别"), ("M2", "定类日期"), ("D3", "户主"), ("G4", "人口数")),
    ]


# --- On the page ---


def test_the_committee_tries_a_file_out_and_takes_it_in(cast, client_of):
    clerk = client_of(cast.clerk)
    assert IMPORT in clerk.get(f"/v/{VILLAGE}/households").text
    assert clerk.get(f"{IMPORT}/template.xlsx").status_code == 200
    file = (BytesIO(workbook([home(), home(户主="李四", 类别="重点户")])), "住户.xlsx")
    look = clerk.post(IMPORT, data={"file": file}).location
    page = clerk.get(look).text
    assert "重点户（2026年12月28日起）" in page
    fingerprint = page.partition('name="fingerprint" value="')[2].partition('"')[0]
    for _double_click in range(2):
        clerk.post(look, data={"fingerprint": fingerprint, "hidden": ""})
    assert [head for _number, head, _house in kept(cast)] == ["张大山", "李四"]
    assert client_of(cast.chair).get(look).status_code == 404  # what is in it sees who brought it
    for user in (cast.worker_user, cast.instructor, cast.supervisor, cast.township_user):
        assert client_of(user).get(IMPORT).status_code == 403


def test_with_a_bad_cell_nothing_is_done(cast, client_of):
    clerk = client_of(cast.clerk)
    file = (BytesIO(workbook([home(), home(户主="李四", 人口数="很多")])), "住户.xlsx")
    look = clerk.post(IMPORT, data={"file": file}).location
    page = clerk.get(look).text
    assert "G3" in page
    assert clerk.get(f"{look}/failed.xlsx").status_code == 200
    clerk.post(look, data={"fingerprint": "x", "hidden": ""})
    assert kept(cast) == []
