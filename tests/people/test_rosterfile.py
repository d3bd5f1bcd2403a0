"""The county's Excel file: tried out first, every bad cell named, then all of it or nothing."""

import io
import json
import re
from datetime import date, timedelta

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from ground.db import db, transaction
from ground.refusal import Refused
from people import areas, filing
from people.models import (
    Appointment,
    AuditEvent,
    Duty,
    Grid,
    GridChangeKind,
    GridKind,
    ImportFile,
    Person,
    PoliticalStatus,
    Sex,
)
from people.roster import changes, grids, holders
from people.rosterfile import columns, export, intake
from people.sight import Sight
from tests.cast import NEXT_VILLAGE, TODAY, TOWNSHIP, VILLAGE
from tests.story import do, told

pytestmark = pytest.mark.one_database

HEADERS = columns.NAMES
A_ROW = {
    "姓名": "普学明",
    "性别": "男",
    "出生年份": 1968,
    "电话": "12000001234",
    "政治面貌": "中共党员",
    "村(社区)代码": VILLAGE,
    "村民小组": "上村组",
    "网格编码": "G-101",
    "网格名称": "上村一网格",
    "网格类型": "农村",
    "户数": 8,
    "聘任日期": date(2026, 1, 1),
    "指导员姓名": "马指导",
    "指导员单位": "县司法局",
}


def row(**other):
    return A_ROW | other


def workbook(rows, headers=HEADERS, above=(), epoch=None):
    book = Workbook()
    if epoch:
        book.epoch = epoch
    sheet = book.active
    for line in above:
        sheet.append(line)
    sheet.append(list(headers))
    for given in rows:
        sheet.append([given.get(header) for header in headers])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # also what looks like a formula
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def planned(area, rows, **how):
    return intake.ROSTER.plan(workbook(rows, **how), "花名册.xlsx", area)


def take_in(area, rows, actor=None):
    """Do it, as the command line does; returns what was counted."""
    table = intake.ROSTER.read(workbook(rows), "花名册.xlsx", area)
    with transaction():
        made = intake.ROSTER.plan_table(table, area)
        assert told(made) == []
        done = list(intake.import_rows(made, area, actor))
        assert done[-1] == len(made.steps)
    return dict(made.counts)


@pytest.mark.parametrize("name", ["３幢", "3 幢", " 3幢"])
def test_the_history_of_a_grid_is_not_bent_by_how_a_file_writes_its_name(cast, name):
    """Told of the importing county: 登记为 said ３幢, and nobody had renamed anything."""
    take_in(cast.county, [row(**{"网格名称": "3幢"})])
    grid = grid_of(cast)
    assert take_in(cast.county, [row(**{"网格名称": name, "户数": 9})]) == {"changed": 1}
    assert (grid.name, grid.households) == ("3幢", 9)
    assert [(line.change.kind, line.name) for line in changes.history(grid)] == [
        (GridChangeKind.OPENED, "3幢")
    ]


def test_a_new_name_in_a_file_is_a_renaming_of_that_day(cast, clock):
    take_in(cast.county, [row(**{"网格名称": "3幢"})])
    opened_on = TODAY
    clock.days_on(2)
    assert take_in(cast.county, [row(**{"网格名称": "5幢"})], cast.county_user) == {"changed": 1}
    grid = grid_of(cast)
    assert [(line.change.kind, line.change.on, line.name) for line in changes.history(grid)] == [
        (GridChangeKind.RENAMED, opened_on + timedelta(days=2), "5幢"),
        (GridChangeKind.OPENED, opened_on, "3幢"),
    ]
    renaming = changes.history(grid)[0].change
    assert (renaming.was, renaming.actor_id) == ("3幢", cast.county_user.id)


def taken_out(area, kind, is_masked, actor):
    with transaction():
        rows = export.export_roster(area, kind, Sight(is_masked), actor)
    return columns.LAYOUT.write(rows, kind)


def grid_of(cast, code="G-101"):
    return grids.by_code(cast.village, code)


def serving(cast, code="G-101", duty=Duty.WORKER):
    return db.session.scalars(
        select(Appointment).where(
            Appointment.grid_id == grid_of(cast, code).id,
            Appointment.duty == duty,
            Appointment.ended_on.is_(None),
        )
    ).one()


def test_a_row_is_a_grid_with_its_worker_and_instructor(cast):
    assert take_in(cast.county, [row()]) == {"added": 1}
    grid = grid_of(cast)
    assert (grid.name, grid.kind, grid.households, grid.group.name) == (
        "上村一网格",
        GridKind.RURAL,
        8,
        "上村组",
    )
    worker, instructor = serving(cast), serving(cast, duty=Duty.INSTRUCTOR)
    assert (worker.starts_on, worker.ends_on) == (date(2026, 1, 1), date(2028, 12, 31))
    person = worker.person
    assert (person.name, person.sex, person.birth_year, person.phone, person.standing, person.area.code) == (
        "普学明",
        Sex.MALE,
        1968,
        "12000001234",
        PoliticalStatus.PARTY,
        VILLAGE,
    )
    assert (instructor.person.name, instructor.person.agency) == ("马指导", "县司法局")
    assert instructor.person.area.code == TOWNSHIP  # an agency serves several villages


def test_the_same_file_twice_changes_nothing(cast):
    rows = [row(), row(网格编码="G-102", 网格名称="二网格", 姓名="普学亮", 电话="12000001235")]
    take_in(cast.county, rows)
    events = db.session.scalar(select(func.count()).select_from(AuditEvent))
    assert take_in(cast.county, rows) == {"left": 2}
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == events + 1  # that it was tried


def test_the_dry_run_changes_nothing(cast):
    made = planned(cast.county, [row()])
    assert made.counts == {"added": 1}
    assert [(line.column, line.after) for line in made.steps[0].changes] == [
        ("网格名称", "上村一网格"),
        ("村民小组", "上村组"),
        ("姓名", "普学明"),
        ("指导员姓名", "马指导"),
    ]
    db.session.flush()
    assert grid_of(cast) is None
    assert not db.session.new


def test_what_the_file_says_otherwise_is_changed_with_before_and_after(cast):
    take_in(cast.county, [row()])
    made = planned(cast.county, [row(电话="12000009999", 户数=9, 网格名称="上村网格", 村民小组="下村组")])
    assert made.counts == {"changed": 1}
    assert {(line.column, line.before, line.after) for line in made.steps[0].changes} == {
        ("网格名称", "上村一网格", "上村网格"),
        ("户数", 8, 9),
        ("村民小组", "上村组", "下村组"),
        ("电话", "12000001234", "12000009999"),
    }
    take_in(cast.county, [row(电话="12000009999", 户数=9, 网格名称="上村网格", 村民小组="下村组")])
    assert (grid_of(cast).households, grid_of(cast).group.name) == (9, "下村组")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "person.correct")).one()
    assert (event.before, event.detail) == ({"phone": "12000001234"}, {"phone": "12000009999"})


def test_an_empty_cell_leaves_what_is_there(cast):
    take_in(cast.county, [row()])
    bare = {name: A_ROW[name] for name in ("村(社区)代码", "网格编码")}
    assert take_in(cast.county, [bare]) == {"left": 1}
    assert take_in(cast.county, [bare | {"姓名": "普学明"}]) == {"left": 1}


def test_a_grid_without_a_worker_is_only_a_grid(cast):
    given = {name: A_ROW[name] for name in ("村(社区)代码", "网格编码", "网格名称", "网格类型")}
    assert take_in(cast.county, [given]) == {"added": 1}
    assert grid_of(cast).households is None


def test_another_name_and_a_later_day_hand_the_grid_over(cast):
    take_in(cast.county, [row()])
    take_in(cast.county, [row(姓名="接任人", 电话="12000007777", 聘任日期=date(2026, 12, 1))])
    old, new = db.session.scalars(
        select(Appointment)
        .where(Appointment.grid_id == grid_of(cast).id, Appointment.duty == Duty.WORKER)
        .order_by(Appointment.starts_on)
    )
    assert (old.person.name, old.ended_on) == ("普学明", date(2026, 12, 1))
    assert (new.person.name, new.starts_on, new.follows_id) == ("接任人", date(2026, 12, 1), old.id)


@pytest.mark.parametrize("since", [date(2026, 1, 1), date(2025, 6, 1), date(2030, 1, 1)])
def test_another_name_without_a_day_of_its_own_is_bad(cast, since):
    """A slip of the pen is not a hand-over."""
    take_in(cast.county, [row()])
    assert told(planned(cast.county, [row(姓名="普雪明", 聘任日期=since)])) == [("A2", "姓名")]


def test_the_day_after_the_last_renews(cast):
    take_in(cast.county, [row(聘任日期=date(2024, 1, 1))])
    take_in(cast.county, [row(聘任日期=date(2027, 1, 1))])
    term = serving(cast)
    assert (term.starts_on, term.ends_on) == (date(2027, 1, 1), date(2029, 12, 31))
    assert term.follows.ended_on == date(2027, 1, 1)
    assert told(planned(cast.county, [row(聘任日期=date(2027, 5, 1))])) == [("L2", "聘任日期")]


def test_a_term_that_ran_out_does_not_stand_in_the_way(cast):
    take_in(cast.county, [row(聘任日期=date(2022, 1, 1))])
    take_in(cast.county, [row(姓名="接任人", 电话=None, 聘任日期=date(2026, 12, 1))])
    assert serving(cast).person.name == "接任人"


def test_one_person_may_serve_in_two_grids(cast):
    take_in(cast.county, [row(), row(网格编码="G-102", 网格名称="二网格")])
    assert serving(cast).person_id == serving(cast, "G-102").person_id
    assert db.session.scalar(select(func.count()).where(Person.name == "马指导")) == 1


def test_two_people_of_one_name_stay_two(cast):
    take_in(cast.county, [row(), row(网格编码="G-102", 网格名称="二网格", 电话="12000008888", 出生年份=1990)])
    assert serving(cast).person_id != serving(cast, "G-102").person_id


def test_somebody_known_is_found_again_by_phone(cast):
    worker = cast.worker
    take_in(cast.county, [row(姓名=worker.name, 电话=worker.phone, 出生年份=None)])
    assert serving(cast).person_id == worker.id


def test_two_rows_that_contradict_each_other(cast):
    take_in(cast.county, [row(), row(网格编码="G-102", 网格名称="二网格")])
    rows = [row(政治面貌="群众"), row(网格编码="G-102", 网格名称="二网格", 政治面貌="共青团员")]
    assert told(planned(cast.county, rows)) == [("A3", "姓名")]


@pytest.mark.parametrize(
    ("column", "value", "where"),
    [
        ("村(社区)代码", "539900101299", "F2"),
        ("村(社区)代码", None, "F2"),
        ("村(社区)代码", "5.32323E+11", "F2"),
        ("网格编码", None, "H2"),
        ("网格编码", 5399001012010012345, "H2"),
        ("网格名称", None, "I2"),
        ("网格类型", "山地", "J2"),
        ("户数", "八户", "K2"),
        ("户数", 8.5, "K2"),
        ("性别", "不详", "B2"),
        ("出生年份", 1868, "C2"),
        ("出生年份", "68", "C2"),
        ("电话", "1380", "D2"),
        ("政治面貌", "好人", "E2"),
        ("聘任日期", "2026年", "L2"),
        ("聘任日期", "0026-01-05", "L2"),
        ("聘任日期", date(1960, 1, 5), "L2"),
        ("聘任日期", date(2062, 1, 5), "L2"),
        ("聘任日期", "9999-12-31", "L2"),
        ("聘任日期", None, "L2"),
        ("姓名", None, "A2"),
        ("姓名", "普*明", "A2"),
        ("指导员姓名", None, "M2"),
    ],
)
def test_a_bad_cell_is_named_by_row_and_column(cast, column, value, where):
    made = planned(cast.county, [row(**{column: value})])
    assert told(made) == [(where, column)]
    assert str(made.bad_cells[0].reason)


def test_every_bad_cell_is_told_at_once_and_nothing_is_taken_in(cast):
    rows = [row(), row(网格编码="G-102", 户数="多", 电话="1"), row(网格编码="G-101")]
    made = planned(cast.county, rows)
    assert told(made) == [("D3", "电话"), ("K3", "户数"), ("H4", "网格编码")]
    brought = filing.bring(intake.ROSTER, cast.county, "a.xlsx", workbook(rows))
    file = do(filing.keep_file, brought, cast.county, cast.county_user)
    table = filing.read_file(intake.ROSTER, file)
    with pytest.raises(Refused) as refusal:
        list(filing.import_file(intake.ROSTER, file, table, made.fingerprint, cast.county_user))
    assert refusal.value.code == "bad_cells"
    assert grid_of(cast) is None


def test_another_village_s_rows_are_not_for_this_clerk(cast):
    assert told(planned(cast.village, [row(**{"村(社区)代码": NEXT_VILLAGE})])) == [("F2", "村(社区)代码")]


def test_a_closed_grid_stays_closed(cast):
    take_in(
        cast.county, [{name: A_ROW[name] for name in ("村(社区)代码", "网格编码", "网格名称", "网格类型")}]
    )
    with transaction():
        grid_of(cast).closed_on = date(2026, 12, 1)
        db.session.flush()
    assert told(planned(cast.county, [row()])) == [("H2", "网格编码")]


def test_zeros_that_excel_took_away_are_found_again(cast):
    take_in(cast.county, [row(网格编码="00017")])
    assert planned(cast.county, [row(网格编码=17)]).counts == {"left": 1}
    assert planned(cast.county, [row(网格编码="17")]).counts == {"added": 1}  # typed as text it is another


MESSY_HEADERS = (
    "序号",
    "网格 编码*",
    "村（社区）\n代码",
    "网格名称",
    "网格类型",
    " 姓　名 ",
    "性别",
    "出生年份",
    "电话",
    "政治面貌",
    "户数",
    "聘任日期",
    "指导员姓名",
    "指导员单位",
    "备注",
)


def test_a_village_s_own_file_needs_no_codes(cast):
    """所在网格 says which grid, where only one is called so; the village is the one it is brought for."""
    headers = ["所在网格", "姓名", "电话", "户数"]
    first, second, third = (
        {"所在网格": name, "姓名": worker, "电话": phone}
        for name, worker, phone in (
            ("第 01 网格", "李秀明", "13900000001"),
            ("02", "王芳", "13900000002"),
            (None, "赵国强", "13900000003"),
        )
    )
    made = planned(cast.village, [first, second, third], headers=headers)
    assert told(made) == []
    assert [(step.code, [change.column for change in step.changes]) for step in made.steps] == [
        ("01", ["电话"]),
        ("02", ["电话"]),
        ("03", ["电话"]),
    ]
    with transaction():
        grids.add_grid(cast.village, "77", "第01网格", GridKind.RURAL, 8, cast.clerk)
    made = planned(
        cast.village,
        [first, {"所在网格": "没有的网格", "姓名": "王芳"}, {"姓名": "没有的人"}, second, second],
        headers=headers,
    )
    assert told(made) == [("A2", "网格名称"), ("A3", "网格名称"), ("A4", "网格名称"), ("A6", "网格名称")]
    assert "01、77" in str(made.bad_cells[0].reason)


def test_above_the_village_a_file_names_villages_and_grids(cast):
    for headers in (["所在网格", "姓名"], ["网格编码", "姓名"]):
        with pytest.raises(Refused, match="columns_missing"):
            planned(cast.township, [], headers=headers)
    with pytest.raises(Refused, match="columns_missing"):
        planned(cast.village, [], headers=["姓名", "电话"])


def messy():
    """A workbook as an office sends it."""
    book = Workbook()
    sheet = book.active
    sheet.append(["溪水镇网格员花名册"])
    sheet.merge_cells("A1:O1")
    sheet.append(["填报单位：溪水镇", None, None, None, None, "填报时间：2026年12月"])
    sheet.append(list(MESSY_HEADERS))
    village = float(VILLAGE)
    lines = [
        (
            1,
            101,
            village,
            "一网格",
            "农村网格",
            "张　三",
            "男 ",
            "１９６８年",
            "138 0000 0001",
            "党员",
            "８户",
        ),
        (2, 102, None, "二网格", "农 村", "李四", "女", 1971.0, 13800000002.0, "群众", 6),
        (3, "103", VILLAGE, "三网格", "城镇", "王五", "男", "196505", "0878-5211234", "团员", "7"),
        (4, "１０４", VILLAGE, "四网格", "专属", "赵六", "女", date(1980, 5, 1), None, None, None),
    ]
    since = ("2026年1月5日", 46027, date(2026, 1, 5), "2026.1.5")
    for line, day in zip(lines, since, strict=True):
        sheet.append([*line, day, "马指导", "县司法局", "无"])
    sheet.merge_cells("C4:C5")
    sheet.append([None])
    sheet.append(["合计", None, None, None, None, "4人"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_messy_workbook(cast):
    made = intake.ROSTER.plan(messy(), "花名册.xlsx", cast.county)
    assert [(cell.where, str(cell.reason)) for cell in made.bad_cells] == []
    assert made.table.unknown_headings == ("序号", "备注")
    table = made.table
    with transaction():
        list(intake.import_rows(intake.ROSTER.plan_table(table, cast.county), cast.county, None))
    found = [
        (term.grid.code, term.person.name, term.person.birth_year, term.person.phone, term.starts_on)
        for term in holders.serving_terms(cast.village, date(2026, 12, 1), date(2026, 12, 1))
        if term.grid.name in ("一网格", "二网格", "三网格", "四网格")
    ]
    day = date(2026, 1, 5)
    assert found == [
        ("101", "张三", 1968, "13800000001", day),
        ("102", "李四", 1971, "13800000002", day),
        ("103", "王五", 1965, "08785211234", day),
        ("104", "赵六", 1980, None, day),
    ]
    assert intake.ROSTER.plan(messy(), "花名册.xlsx", cast.county).counts == {"left": 4}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file(cast, encoding):
    text = "\r\n".join([",".join(HEADERS), ",".join(str(A_ROW[name]) for name in HEADERS)])
    made = intake.ROSTER.plan(text.encode(encoding), "花名册.csv", cast.county)
    assert (told(made), made.counts) == ([], {"added": 1})


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_taken_out_comes_in_again_and_changes_nothing(cast, kind):
    take_in(cast.county, [row(姓名="=1+1", 村民小组="-组", 网格名称="@网格", 网格编码="0007")])
    data = taken_out(cast.county, kind, False, cast.county_user)
    made = intake.ROSTER.plan(data, f"花名册.{kind}", cast.county)
    assert (told(made), set(made.counts)) == ([], {"left"})
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "roster.export")).one()
    assert (event.actor_id, event.area_id, event.detail["rows"]) == (cast.county_user.id, cast.county.id, 10)


def test_nothing_taken_out_is_a_formula(cast):
    take_in(cast.county, [row(姓名='=HYPERLINK("http://a")', 村民小组="+1", 网格名称="@a")])
    data = taken_out(cast.village, "xlsx", False, cast.clerk)
    sheet = load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for line in sheet for cell in line} <= {"s", "n", "d"}
    text = taken_out(cast.village, "csv", False, cast.clerk).decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert ",'+1," in text


def test_outside_the_village_it_is_masked_and_does_not_come_in_again(cast):
    data = taken_out(cast.township, "csv", True, cast.township_user)
    text = data.decode("utf-8-sig")
    assert "李*明" in text
    assert "120****5678" in text
    assert cast.worker.name not in text
    made = intake.ROSTER.plan(data, "a.csv", cast.county)
    assert {cell.column for cell in made.bad_cells} == {"姓名", "电话"}


def test_the_rows_that_failed_come_back_with_their_reasons(cast):
    made = planned(cast.county, [row(), row(网格编码="G-102", 户数="=八户", 电话="1")])
    sheet = load_workbook(io.BytesIO(columns.LAYOUT.write_bad(made.table, made.bad_rows))).active
    assert [cell.value for cell in sheet[1]] == [*HEADERS, "原因"]
    assert sheet.max_row == 2
    assert (sheet["H2"].value, sheet["K2"].value, sheet["K2"].data_type) == ("G-102", "=八户", "s")
    assert "D3" in sheet["O2"].value
    assert "K3" in sheet["O2"].value
    failed = columns.LAYOUT.write_bad(made.table, made.bad_rows)
    mended = intake.ROSTER.plan(failed, "a.xlsx", cast.county)
    assert mended.table.unknown_headings == ("原因",)


def test_the_template_has_the_columns_and_takes_codes_as_text(cast):
    sheet = load_workbook(io.BytesIO(columns.LAYOUT.template())).active
    assert [cell.value for cell in sheet[1]] == list(HEADERS)
    assert {sheet.column_dimensions[letter].number_format for letter in "DFH"} == {"@"}


# On the pages


def upload(client, path, data, name="花名册.xlsx"):
    return client.post(path, data={"file": (io.BytesIO(data), name)})


def test_the_clerk_tries_a_file_out_and_takes_it_in(cast, client_of):
    clerk, here = client_of(cast.clerk), f"/a/{VILLAGE}/import"
    answer = upload(clerk, here, workbook([row()]))
    dry = clerk.get(answer.location)
    assert "普学明" in dry.text
    assert grid_of(cast) is None
    fingerprint = planned(cast.village, [row()]).fingerprint
    assert f'value="{fingerprint}"' in dry.text
    done = clerk.post(answer.location, data={"fingerprint": fingerprint})
    assert done.location == answer.location
    assert serving(cast).person.name == "普学明"
    file = db.session.scalars(select(ImportFile)).one()
    assert (file.content, file.added, file.changed, file.left) == (None, 1, 0, 0)
    assert clerk.get(answer.location).status_code == 200
    again = clerk.post(answer.location, data={"fingerprint": fingerprint})  # a second click
    assert again.status_code == 422
    assert db.session.scalar(select(func.count()).where(Grid.code == "G-101")) == 1


def with_hidden_row():
    """Two rows, of which a filter hides the second."""
    book = load_workbook(io.BytesIO(workbook([row(), row(**{"网格编码": "G-102", "姓名": "杨建国"})])))
    book.active.row_dimensions[3].hidden = True
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(("choice", "taken"), [("Leave", ["G-101"]), ("Take", ["G-101", "G-102"])])
def test_hidden_rows_are_left_out_or_taken_in_as_somebody_chooses(cast, client_of, choice, taken):
    clerk = client_of(cast.clerk)
    look = upload(clerk, f"/a/{VILLAGE}/import", with_hidden_row()).location
    dry = clerk.get(look).text
    assert "有 1 行被隐藏" in dry
    assert "杨建国" not in dry
    if choice == "Take":
        look += "?hidden=taken"
        dry = clerk.get(look).text
        assert "有 1 行被隐藏" in dry
        assert "杨建国" in dry
    hidden = dict(re.findall(r'<input type="hidden" name="(fingerprint|hidden)" value="(\w*)">', dry))
    assert clerk.post(look.partition("?")[0], data=hidden).status_code == 302
    assert sorted(db.session.scalars(select(Grid.code).where(Grid.code.startswith("G-")))) == taken


def test_a_fingerprint_holds_for_the_rows_that_were_looked_at(cast, client_of):
    clerk = client_of(cast.clerk)
    look = upload(clerk, f"/a/{VILLAGE}/import", with_hidden_row()).location
    fingerprint = re.search(r'name="fingerprint" value="(\w+)"', clerk.get(look).text)[1]
    answer = clerk.post(look, data={"fingerprint": fingerprint, "hidden": "taken"})
    assert answer.status_code == 422
    assert grid_of(cast) is None


def test_progress_comes_line_by_line(cast, client_of):
    clerk = client_of(cast.clerk)
    address = upload(clerk, f"/a/{VILLAGE}/import", workbook([row()])).location
    given = {"fingerprint": planned(cast.village, [row()]).fingerprint}
    answer = clerk.post(address, data=given, headers={"Accept": "application/x-ndjson"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == [{"done": 1}, {"done": 1}, {"go": address}]
    db.session.rollback()  # and look anew
    assert serving(cast).person.name == "普学明"


def test_a_reader_who_goes_away_leaves_nothing_half_done(cast, client_of):
    clerk = client_of(cast.clerk)
    address = upload(clerk, f"/a/{VILLAGE}/import", workbook([row()])).location
    given = {"fingerprint": planned(cast.village, [row()]).fingerprint}
    answer = clerk.post(address, data=given, headers={"Accept": "application/x-ndjson"}, buffered=False)
    next(iter(answer.response))
    answer.close()
    db.session.rollback()
    assert grid_of(cast) is None


def test_the_roster_changed_between_the_look_and_the_click(cast, client_of):
    clerk = client_of(cast.clerk)
    address = upload(clerk, f"/a/{VILLAGE}/import", workbook([row()])).location
    seen = planned(cast.village, [row()]).fingerprint
    take_in(cast.village, [row(户数=5)])
    answer = clerk.post(address, data={"fingerprint": seen})
    assert answer.status_code == 422
    assert grid_of(cast).households == 5


def test_bad_cells_are_on_the_page_and_in_a_file(cast, client_of):
    clerk = client_of(cast.clerk)
    address = upload(clerk, f"/a/{VILLAGE}/import", workbook([row(户数="八户")])).location
    page = clerk.get(address).text
    assert "K2" in page
    assert "八户" in page
    assert 'name="fingerprint"' not in page
    assert clerk.get(f"{address}/failed.xlsx").mimetype.endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "a.xlsx"), (b"PK\x03\x04broken", "a.xlsx"), (b"\xd0\xcf\x11\xe0", "a.xls")]
)
def test_what_is_no_roster_is_refused_at_once(cast, client_of, data, name):
    answer = upload(client_of(cast.clerk), f"/a/{VILLAGE}/import", data, name)
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(ImportFile)) == 0


def test_a_file_is_for_who_brought_it(cast, client_of):
    address = upload(client_of(cast.clerk), f"/a/{VILLAGE}/import", workbook([row()])).location
    assert client_of(cast.chair).get(address).status_code == 403
    assert client_of(cast.township_user).get(address).status_code == 404
    assert client_of(cast.outsider).get(address).status_code == 404


def test_a_file_is_not_kept_longer_than_it_is_needed(cast, client_of, clock):
    """It names people: the next file takes its place, and a day later anybody's does."""
    here, data = f"/a/{VILLAGE}/import", workbook([row()])
    first = upload(client_of(cast.clerk), here, data).location
    second = upload(client_of(cast.clerk), here, data).location
    county = f"/a/{cast.county.code}/import"
    clock.days_on(2)
    upload(client_of(cast.county_user), county, data)
    kept = {file.id for file in db.session.scalars(select(ImportFile).where(ImportFile.content.is_not(None)))}
    assert kept == {3}
    for address in (first, second):
        assert "fingerprint" not in client_of(cast.clerk).get(address).text


def test_the_county_sees_what_is_there_masked(cast, client_of):
    """What the file says they know; what the roster said before is the village's."""
    take_in(cast.county, [row()])
    county = client_of(cast.county_user)
    given = row(姓名="接任人", 聘任日期=date(2026, 12, 1))
    page = county.get(upload(county, f"/a/{cast.county.code}/import", workbook([given])).location).text
    assert "普*明" in page
    assert "普学明" not in page
    assert "接任人" in page


def test_the_roster_is_taken_out_by_a_button(cast, client_of):
    answer = client_of(cast.supervisor).post(f"/a/{VILLAGE}/roster.xlsx")
    assert cast.worker.name in {cell.value for cell in load_workbook(io.BytesIO(answer.data)).active["A"]}
    assert client_of(cast.volunteer).post(f"/a/{VILLAGE}/roster.csv").status_code == 403
    there = client_of(cast.supervisor).get(f"/a/{VILLAGE}/roster.csv")
    assert (there.status_code, there.location) == (302, f"/a/{VILLAGE}")  # to the page, and no file
    masked = client_of(cast.township_user).post(f"/a/{TOWNSHIP}/roster.csv").data.decode("utf-8-sig")
    assert cast.worker.name not in masked


# On the command line


def invoke(app, *args):
    return app.test_cli_runner().invoke(args=["people", "import", *map(str, args)])


def test_the_command_takes_a_county_s_roster_in(app, cast, tmp_path):
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(workbook([row()]))
    dry = invoke(app, file, "--dry-run")
    assert (dry.exit_code, dry.stdout) == (0, "dry run: 1 added, 0 changed, 0 left\n")
    assert grid_of(cast) is None
    done = invoke(app, file)
    assert (done.exit_code, done.stdout) == (0, "1 added, 0 changed, 0 left\n")
    assert serving(cast).person.name == "普学明"


def test_the_command_lists_the_bad_cells_and_fails(app, cast, tmp_path):
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(workbook([row(), row(网格编码="G-102", 户数="八户")]))
    for more in ((), ("--dry-run",)):
        result = invoke(app, file, *more)
        assert result.exit_code == 1
        assert "K3 户数" in result.stderr
    assert grid_of(cast) is None
    assert areas.county() is not None


def test_a_list_of_the_first_day_is_told_all_that_it_lacks_at_once(cast):
    """New grids without kind and day: one try tells of both; and what a new grid's code looks like."""
    first_day = [row(网格编码=f"00{n}", 网格名称=f"{n}组", 网格类型=None, 聘任日期=None) for n in (1, 2)]
    empty = row(网格编码="003", 网格名称="3组", 网格类型=None, 聘任日期=None, 姓名=None)
    for column in ("性别", "出生年份", "电话", "政治面貌"):
        empty[column] = None
    assert told(planned(cast.village, [*first_day, empty])) == [
        *(("J2", "网格类型"), ("L2", "聘任日期"), ("J3", "网格类型"), ("L3", "聘任日期")),
        ("J4", "网格类型"),
    ]
    without_codes = [header for header in HEADERS if header != "网格编码"]
    made = planned(cast.village, [row(网格名称="9组")], headers=without_codes)
    assert told(made) == [("H2", "网格名称")]
    assert "如 001" in str(made.bad_cells[0].reason)
