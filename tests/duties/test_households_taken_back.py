"""A wrong file of households is taken back: nobody finds its files any more, the others are as before."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from duties import visits
from duties.householdfile.intake import HOUSEHOLDS
from duties.households import files, listing
from duties.models import VisitStep
from ground.db import db
from people import filing
from people.models import Attention, AuditEvent, Household, HouseholdClass
from people.roster import grids
from people.rosterfile.intake import ROSTER
from people.takeback import undoing
from tests.cast import TODAY, VILLAGE
from tests.duties.test_householdfile import home, kept, the_one, workbook
from tests.formpages import data_of, forms_of
from tests.people import test_takeback as rosters
from tests.people.test_takeback import all_ids, traces
from tests.story import do, refusal

WRONG_ROWS = [home(), home(户主="李四", 类别="监测户", 定类原因="独居老人")]
SAID = ([VisitStep.MEET], "一切都好", "", "")
IMPORTS = f"/v/{VILLAGE}/households/imports"


def import_file(cast, rows=WRONG_ROWS):
    """Bring a file, try it out and import it, as the page does."""
    brought = filing.bring(HOUSEHOLDS, cast.village, "邻村的住户.xlsx", workbook(rows))
    file = do(filing.keep_file, brought, cast.village, cast.clerk)
    table, plan = filing.read_file(HOUSEHOLDS, file), filing.plan_file(HOUSEHOLDS, file)
    assert plan.bad_cells == []
    list(filing.import_file(HOUSEHOLDS, file, table, plan.fingerprint, cast.clerk))
    return file


def take_back(file):
    undoing.take_back(HOUSEHOLDS, file, "拿成了邻村的", file.actor)


def in_the_way(file):
    """What stands in the way, in words, once it was refused."""
    with refusal("in_the_way"):
        take_back(file)
    return {str(found.words) for found in undoing.findings_of(HOUSEHOLDS, file)[1].obstacles}


def own_household(cast, head="张大山", house="3组12号"):
    """A household that was there before the file."""
    grid, particulars = grids.by_code(cast.village, "01"), files.Particulars(head, house, "13800000000", 2)
    return do(files.add_household, grid, particulars, Attention.WATCHED, "慢性病", TODAY, cast.clerk)


@pytest.mark.both_databases
def test_a_wrong_file_is_gone_and_the_right_one_begins_with_number_one(cast):
    file = import_file(cast)
    take_back(file)
    assert kept(cast) == []
    right = import_file(cast, [home(户主="王五"), *WRONG_ROWS])
    assert (right.added, right.left) == (3, 0)
    assert [number for number, _head, _house in kept(cast)] == [1, 2, 3]
    take_back(right)
    assert kept(cast) == []


def test_what_stood_in_the_files_is_kept_nowhere(cast):
    """The history of the classes names them, so the rows stay: empty, and on no list."""
    take_back(import_file(cast))
    gone = db.session.scalars(select(Household).order_by(Household.id)).all()
    assert {one.head for one in gone} == {f"（撤回{1}）"}
    assert {(one.house, one.phone, one.situation, one.residents) for one in gone} == {("", None, "", 0)}
    assert listing.households_of_grid(gone[0].grid, moved_away=True) == []
    with refusal("taken_back"):
        do(files.come_back, gone[0], cast.clerk)


def test_who_was_there_gets_back_what_the_file_changed(cast):
    """The trail says which fields were set back, and not what stands in them."""
    household = own_household(cast)
    file = import_file(cast, [home(类别="一般户", 定类原因="好转"), home(户主="李四")])
    assert (household.phone, household.attention) == ("13987651234", Attention.ORDINARY)
    take_back(file)
    db.session.expire_all()
    assert (household.phone, household.residents, household.situation) == ("13800000000", 2, "")
    last = household.classes[-1]
    assert (last.attention, last.reason) == (Attention.WATCHED, "慢性病")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "import.set_back")).one()
    assert (event.before, "phone" in event.detail["fields"]) == (None, True)
    assert not any("13800000000" in str(each.detail) for each in db.session.scalars(select(AuditEvent)))


def test_what_was_done_in_its_households_stands_in_the_way(cast):
    mine = own_household(cast)
    file = import_file(cast, [home(类别="一般户", 定类原因="好转"), home(户主="李四")])
    new = the_one("李四")
    do(visits.record_visit, "v" * 32, new, cast.worker, TODAY, *SAID, cast.worker_user)
    do(files.reclassify, mine, Attention.PRIORITY, TODAY, "住院", cast.clerk)
    assert in_the_way(file) == {"已有走访", "已有服务记录", "后来又改了类别"}


def test_a_visit_that_waited_for_the_taking_back_is_refused(cast):
    file = import_file(cast)
    new = the_one("李四")
    take_back(file)
    with refusal("moved_away"):
        do(visits.record_visit, "v" * 32, new, cast.worker, TODAY.replace(day=1), *SAID, cast.worker_user)


def test_a_file_of_households_adds_no_row_that_is_not_traced(cast):
    own_household(cast)
    before = all_ids()
    import_file(cast, [*WRONG_ROWS, home(类别="重点户", 定类原因="住院")][1:])
    added = all_ids() - before
    assert {table for table, _ident in added} == {"household", "household_class"}
    assert added <= traces()


def test_the_committee_takes_it_back_from_its_page_and_nobody_else(cast, client_of):
    own_household(cast)
    file, clerk = import_file(cast), client_of(cast.clerk)
    address = f"{IMPORTS}/{file.id}"
    page = clerk.get(address)
    for shown in ("13987651234", "13800000000", "将撤掉 1 个"):
        assert shown in page.text
    (form,) = [form for form in forms_of(page) if "reason" in dict(form.filled())]
    sent = data_of(form.filled({"reason": "拿成了邻村的"}))
    ends = [clerk.post(address, data=sent) for _twice in range(2)]
    assert [end.location for end in ends] == [IMPORTS] * 2
    assert "拿成了邻村的" in clerk.get(IMPORTS).text
    sheet = load_workbook(BytesIO(clerk.get(f"{IMPORTS}?as=xlsx").data)).active
    assert [cell.value for cell in sheet[sheet.max_row]][-1] == "拿成了邻村的"
    retired = db.session.scalar(select(func.max(Household.id)).where(Household.is_retired))
    assert clerk.get(f"/v/{VILLAGE}/households/{retired}").status_code == 404
    assert clerk.get(f"/a/{VILLAGE}/audit").status_code == 200
    for other in (cast.worker_user, cast.supervisor, cast.manager):
        assert client_of(other).get(address).status_code == 403
    assert client_of(cast.outsider).get(address).status_code == 404


def test_a_roster_is_taken_back_once_the_households_of_its_grid_are(cast):
    """A household that is out of use stays with its grid, which the history keeps too."""
    roster = rosters.import_file(cast)
    households = import_file(cast, [home(网格编码="G-101")])
    assert ("grid", "被后来导入的文件改过：邻村的住户.xlsx") in rosters.in_the_way(roster)
    take_back(households)
    undoing.take_back(ROSTER, roster, "拿错了去年的花名册", cast.clerk)
    assert db.session.scalar(select(func.count()).select_from(HouseholdClass)) == 1
