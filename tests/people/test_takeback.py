"""The clerk imported the wrong file: it is taken back as a whole, unless somebody used what it brought."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from ground.clock import Quarter
from ground.db import Base, db, transaction
from people import cards, filing
from people.models import Appointment, AuditEvent, ImportFile, ImportTrace, Person, Role, User
from people.roster import changes, grids, persons
from people.rosterfile.intake import ROSTER
from people.signin import accounts
from people.takeback import dependents, trace, undoing
from points import ledger
from points.models import Service
from points.openings import sheets
from points.rubrics import versions
from points.services import recording
from tests.cast import HASHED, NEXT_VILLAGE, TODAY, VILLAGE
from tests.crowd import AT_ONCE
from tests.formpages import data_of, forms_of
from tests.people.test_rosterfile import row, workbook
from tests.points import openings
from tests.story import do, give, refusal

# Two rows of last year's roster: a grid with a new worker and instructor each, in a group of their own.
WRONG_ROWS = [
    row(),
    row(网格编码="G-102", 网格名称="上村二网格", 姓名="李桂芳", 电话="12000004321", 出生年份=1971),
]


def import_file(cast, rows=WRONG_ROWS, area=None, actor=None):
    """Bring a file, try it out and import it, as the page does."""
    area, actor = area or cast.village, actor or cast.clerk
    brought = filing.bring(ROSTER, area, "去年的花名册.xlsx", workbook(rows))
    file = do(filing.keep_file, brought, area, actor)
    table = filing.read_file(ROSTER, file)
    plan = filing.plan_file(ROSTER, file)
    assert plan.bad_cells == []
    list(filing.import_file(ROSTER, file, table, plan.fingerprint, actor))
    return file


def take_back(file, actor, reason="拿错了去年的花名册"):
    undoing.take_back(ROSTER, file, reason, actor)


def what_there_is():
    """Each table's rows in one order, but for what tells of the import and what a journal names."""
    db.session.rollback()
    told = {"audit_event", "import_file", "import_trace", "grid_change"}
    return {
        table.name: db.session.execute(
            (
                table.select().where(table.c.closed_on.is_(None)) if table.name == "grid" else table.select()
            ).order_by(*table.primary_key)
        ).all()
        for table in Base.metadata.sorted_tables
        if table.name not in told
    }


def in_the_way(file):
    """What stands in the way: about whom or what, and in words."""
    with refusal("in_the_way"):
        take_back(file, file.actor)
    _traced, findings = undoing.findings_of(ROSTER, file)
    return {(obstacle.subject.partition(":")[0], str(obstacle.words)) for obstacle in findings.obstacles}


@pytest.mark.both_databases
def test_a_wrong_roster_is_gone_and_the_right_one_comes_in(cast):
    before = what_there_is()
    file = import_file(cast)
    assert len(what_there_is()["person"]) == len(before["person"]) + 3
    take_back(file, cast.clerk)
    assert what_there_is() == before
    assert (file.taken_back_by, file.taken_back_for) == (cast.clerk, "拿错了去年的花名册")
    with refusal("taken_back"):
        take_back(file, cast.clerk)
    again = import_file(cast)
    assert (again.added, again.changed, again.left) == (2, 0, 0)
    take_back(again, cast.clerk)
    assert what_there_is() == before


def test_who_was_there_gets_back_what_the_file_changed(cast):
    """A grid of another name and a new worker in it: the old term runs on, the history keeps both names."""
    grid, term = grids.by_code(cast.village, "01"), cast.term_of(cast.worker)
    before = what_there_is()
    changed = row(网格编码="01", 网格名称="错名", 户数=5, 聘任日期=date(2026, 12, 1))
    file = import_file(cast, [changed])
    assert (grid.name, term.ended_on) == ("错名", date(2026, 12, 1))
    do(grids.correct, grid, grid.kind, 5, cast.clerk, group=grid.group)  # nothing differs
    take_back(file, cast.clerk)
    assert what_there_is() == before
    assert [(line.change.was, line.name) for line in changes.history(grid)] == [
        ("错名", "第01网格"),
        ("第01网格", "错名"),
        (None, "第01网格"),
    ]
    audited = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(3)).all()
    assert audited == ["import.take_back", "import.set_back", "grid.rename"]


def test_what_nobody_used_goes_along(cast):
    """A card that was issued and never used, a sign-in that nobody opened, an account without points."""
    before = what_there_is()
    file = import_file(cast)
    person = cast.person("普学明")
    do(cards.issue, person, cast.clerk)
    user = do(accounts.add_user, "newcomer", person.name, HASHED, cast.clerk, person, temporary=True)
    do(accounts.grant, user, Role.WORKER, cast.village, cast.clerk)
    do(ledger.account_of, person)
    take_back(file, cast.clerk)
    assert what_there_is() == before


def test_no_id_is_given_twice(cast):
    """What the trail says of who went is never said of somebody else."""
    file = import_file(cast)
    person = cast.person("普学明")
    card = do(cards.issue, person, cast.clerk)
    gone = card.id, max(db.session.scalars(select(Person.id)))
    take_back(file, cast.clerk)
    card = do(cards.issue, cast.neighbour, cast.clerk)
    someone = do(persons.add_person, cast.village, "后来人", cast.clerk)
    assert card.id > gone[0]
    assert someone.id > gone[1]


def test_an_area_s_group_stays_while_another_grid_lies_in_it(cast):
    file = import_file(cast)
    group = grids.by_code(cast.village, "G-101").group
    own = grids.by_code(cast.village, "02")
    do(grids.correct, own, own.kind, own.households, cast.clerk, group=group)
    take_back(file, cast.clerk)
    assert [found.name for found in grids.groups(cast.village)] == ["上村组"]
    assert own.group.name == "上村组"


def test_whatever_somebody_did_since_stands_in_the_way_by_name(cast):
    """A service, a lost card, a sign-in in use, points, a new name: each is told, and nothing goes."""
    file = import_file(cast)
    person, grid = cast.person("普学明"), grids.by_code(cast.village, "G-102")
    with transaction():
        cast.serve(person, "走访", TODAY, cast.clerk, cast.chair)
        give(person, 10)
        cards.report_lost(cards.issue(person, cast.clerk), cast.clerk)
        user = accounts.add_user("newcomer", person.name, HASHED, cast.clerk, person, temporary=False)
        accounts.grant(user, Role.WORKER, cast.village, cast.clerk)
    do(changes.rename, grid, "上村二组", TODAY, "写错了", cast.clerk)
    before = what_there_is()
    assert in_the_way(file) == {
        ("person", "已有服务记录"),
        ("grid", "已有服务记录"),
        ("person", "账户里有积分"),
        ("person", "爱心卡已挂失、更换或停用"),
        ("person", "账号已在使用"),
        ("grid", "网格有过变更"),
        ("grid", "导入以后又改过"),
    }
    assert what_there_is() == before
    assert file.taken_back_at is None


def test_a_sheet_of_opening_balances_stands_in_the_way_also_when_it_is_taken_back(cast):
    """What hung on the wall under somebody's name is kept, so they can't go; the page says so."""
    file = import_file(cast)
    sheet = openings.take_in(cast.village, [openings.row("普学明", 5)], cast.clerk)
    kept = {("person", "列在期初积分表上（表撤回了也要留底）")}
    assert in_the_way(file) == kept
    do(sheets.withdraw, sheet, "拿错了表", cast.clerk)
    assert in_the_way(file) == kept


def test_a_service_in_a_term_that_the_file_began_stands_in_the_way(cast):
    """Neither the worker nor the grid came with the file, only that the one serves in the other."""
    other = do(grids.add_grid, cast.village, "09", "第09网格", "rural", 8, cast.clerk)
    file = import_file(
        cast,
        [
            {
                **row(),
                "网格编码": "09",
                "姓名": "王芳",
                "电话": "12000005678",
                "指导员姓名": None,
                "指导员单位": None,
                "出生年份": None,
                "村民小组": None,
                "网格名称": None,
            }
        ],
    )
    neighbour = cast.neighbour
    assert db.session.scalar(select(func.count()).where(Appointment.person_id == neighbour.id)) == 2
    with transaction():
        cast.serve(neighbour, "走访", TODAY, cast.clerk, cast.chair)
        service = db.session.scalars(select(Service).order_by(Service.id.desc()).limit(1)).one()
        service.grid_id = other.id
        db.session.flush()
    assert in_the_way(file) == {("person", "已有服务记录")}


def test_a_later_file_that_changed_the_same_rows_is_taken_back_first(cast):
    before = what_there_is()
    first = import_file(cast)
    later = import_file(cast, [row(户数=9)])
    assert in_the_way(first) == {("grid", "被后来导入的文件改过：去年的花名册.xlsx")}
    take_back(later, cast.clerk)
    take_back(first, cast.clerk)
    assert what_there_is() == before


def test_what_the_file_changed_and_somebody_changed_again_stays(cast):
    """The clerk corrected by hand what the file had set: nobody's correction is lost."""
    file = import_file(cast, [row(网格编码="01", 网格名称="第01网格", 姓名="李秀明", 户数=5, 聘任日期=None)])
    grid = grids.by_code(cast.village, "01")
    do(grids.correct, grid, grid.kind, 7, cast.clerk, group=grid.group)
    assert in_the_way(file) == {("grid", "导入以后又改过")}
    assert grid.households == 7


def test_once_a_quarter_is_booked_nothing_is_taken_back(cast):
    of_village = import_file(cast)
    of_county = import_file(
        cast, [row(网格编码="G-103", 姓名="段学英", 电话="12000002222")], cast.county, cast.county_user
    )
    of_next = import_file(
        cast, [row(**{"村(社区)代码": NEXT_VILLAGE, "网格编码": "N-1"})], cast.next_village, cast.outsider
    )
    cast.earn(cast.worker, 30)
    for file in (of_village, of_county):
        with refusal("too_late"):
            take_back(file, file.actor)
    take_back(of_next, cast.outsider)


def test_an_import_of_before_it_was_written_down_stays(cast, monkeypatch):
    monkeypatch.setattr("people.takeback.trace.Recorder.write", lambda *_given: None)
    file = import_file(cast)
    with refusal("not_traced"):
        take_back(file, cast.clerk)


def test_without_a_reason_nothing_goes(cast):
    file = import_file(cast)
    with refusal("reason_missing"):
        take_back(file, cast.clerk, " ")


def test_each_column_that_names_such_a_row_is_said_to_go_along_or_to_stand_in_the_way(app):
    """A new table that names people, grids, goods … is told in its package's models/dependents.py."""
    may_go = {
        "person",
        "grid",
        "village_group",
        "appointment",
        "goods",
        "barcode",
        "card",
        "account",
        "role_grant",
        "household",
    }
    assert {
        f"{column.class_.__tablename__}.{column.key}"
        for target in may_go
        for column in dependents.unsaid_columns(target)
    } == set()
    assert {dependent.target for dependent in dependents.DEPENDENTS.items()} <= {*may_go, "user_account"}


def traces():
    """The rows of which is written down what an import did, by table and id."""
    lines = select(ImportTrace.table_name, ImportTrace.row_id)
    return {tuple(line) for line in db.session.execute(lines)}


def all_ids():
    """The id of every row there is, but for what tells of the import itself."""
    db.session.rollback()
    return {
        (table.name, ident)
        for table in Base.metadata.sorted_tables
        if "id" in table.columns and table.name not in trace.NOT_TRACED
        for ident in db.session.scalars(select(table.c.id))
    }


def test_a_roster_adds_no_row_that_is_not_traced(cast):
    before = all_ids()
    import_file(cast, [*WRONG_ROWS, row(网格编码="01", 网格名称="错名", 聘任日期=date(2026, 12, 1))])
    added = all_ids() - before
    tables = {"village_group", "grid", "grid_change", "person", "appointment"}
    assert {table for table, _ident in added} == tables
    assert added <= traces()


# --- At the same moment ---


def record_service(number, worker_id, actor_id):
    """Somebody records what the newcomer did."""
    worker, actor = db.session.get_one(Person, worker_id), db.session.get_one(User, actor_id)
    items = versions.in_force(worker.area, Quarter.of(TODAY)).items
    item = next(item for item in items if "走访" in item.name)
    return recording.record(f"race-{number}", worker, item, TODAY, 1, "", actor).id


def take_back_alone(file_id, actor_id):
    """Take it back, in transactions of its own."""
    file, actor = db.session.get_one(ImportFile, file_id), db.session.get_one(User, actor_id)
    undoing.take_back(ROSTER, file, "拿错了去年的花名册", actor)
    return "taken back"


take_back_alone.opens_itself = True


def test_taken_back_while_others_record_what_a_newcomer_did(cast, at_once):
    """Either the term is gone, and no record is of it, or a record was first, and all of the file stays.

    The newcomer was there before the file, which only says where they serve: no foreign key keeps them apart.
    """
    person = do(persons.add_person, cast.village, "普学明", cast.clerk, "12000001234", birth_year=1968)
    file = import_file(cast)
    ends = at_once(
        [
            (take_back_alone, file.id, cast.clerk.id),
            *((record_service, number, person.id, cast.clerk.id) for number in range(AT_ONCE - 2)),
            (take_back_alone, file.id, cast.clerk.id),
        ]
    )
    db.session.rollback()
    backs, records = [ends[0], ends[-1]], ends[1:-1]
    count = db.session.scalar(select(func.count()).select_from(Service))
    if file.taken_back_at:
        assert count == 0
        assert backs.count(("done", "taken back")) == 1
        assert {end[1] for end in records} <= {"not_serving", "conflict"}
    else:
        assert count == [end[0] for end in records].count("done") > 0
    told = {end[1] for end in backs if end[0] == "refused"}
    assert told <= {"taken_back", "in_the_way", "plan_changed", "conflict"}


# --- Its pages ---

IMPORTS = f"/a/{VILLAGE}/imports"


def test_the_clerk_finds_the_file_sees_what_would_go_and_takes_it_back(cast, client_of):
    changed = row(网格编码="01", 网格名称="错名", 聘任日期=date(2026, 12, 1))
    file, clerk = import_file(cast, [*WRONG_ROWS, changed]), client_of(cast.clerk)
    page, address = clerk.get(IMPORTS).text, f"{IMPORTS}/{file.id}"
    assert "去年的花名册.xlsx" in page
    assert address in page
    page = clerk.get(address).text
    for shown in ("普学明", "上村二网格", "错名", "第01网格", "将撤掉 2 个"):
        assert shown in page
    (form,) = [form for form in forms_of(clerk.get(address)) if "reason" in dict(form.filled())]
    sent = data_of(form.filled({"reason": "拿错了去年的花名册"}))
    done = clerk.post(address, data=sent)
    assert (done.status_code, done.location) == (302, IMPORTS)
    assert clerk.post(address, data=sent).location == IMPORTS  # twice is once
    assert "已经撤回" in clerk.post(address, data={"reason": "再撤一次看看"}).text
    assert clerk.get(address).status_code == 200
    assert "普学明" in clerk.get(f"/a/{VILLAGE}/audit").text  # the trail can still be read
    sheet = load_workbook(BytesIO(clerk.get(f"{IMPORTS}?as=xlsx").data)).active
    assert [cell.value for cell in sheet[sheet.max_row]][-1] == "拿错了去年的花名册"


def test_the_page_names_what_stands_in_the_way_with_its_page(cast, client_of):
    file, person = import_file(cast), cast.person("普学明")
    with transaction():
        cast.serve(person, "走访", TODAY, cast.clerk, cast.chair)
    clerk, address = client_of(cast.clerk), f"{IMPORTS}/{file.id}"
    page = clerk.get(address).text
    assert "已有服务记录" in page
    assert f"/v/{VILLAGE}/people/{person.id}" in page or f"/persons/{person.id}" in page
    assert 'name="reason"' not in page
    assert clerk.post(address, data={"reason": "拿错了去年的花名册"}).status_code == 422


def test_who_may_import_there_may_take_back_and_nobody_else(cast, client_of):
    file = import_file(cast)
    for other in (cast.chair, cast.supervisor):
        assert client_of(other).get(f"{IMPORTS}/{file.id}").status_code == 403
    assert client_of(cast.outsider).get(f"{IMPORTS}/{file.id}").status_code == 404
    assert client_of(cast.outsider).get(f"/a/{NEXT_VILLAGE}/imports/{file.id}").status_code == 404
    above = client_of(cast.township_user).get(f"{IMPORTS}/{file.id}")
    assert above.status_code == 200
    assert "普学明" not in above.text
