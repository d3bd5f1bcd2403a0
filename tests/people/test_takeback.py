"""The clerk imported the wrong file: it is taken back as a whole, unless somebody used what it brought."""

import pytest

from ground.db import Base, db
from people import filing
from people.rosterfile.intake import ROSTER
from people.takeback import undoing
from tests.people.test_rosterfile import row, workbook
from tests.story import do, refusal

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
    """Each table's rows, but for what tells of the import and what a journal names."""
    db.session.rollback()
    told = {"audit_event", "import_file", "import_trace", "grid_change"}
    return {
        table.name: db.session.execute(
            table.select().where(table.c.closed_on.is_(None)) if table.name == "grid" else table.select()
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
