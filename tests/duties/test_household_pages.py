"""The pages about households: who sees which files, what the forms keep, and the ledgers read back."""

import csv
import io
import re
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from duties.households import files, listing
from duties.households.files import Particulars
from ground.db import db, transaction
from people.models import Attention, AuditEvent, Duty, GridKind, Household, Role
from people.roster import grids, persons, terms
from people.signin import accounts
from tests.cast import BEGAN_ON, HASHED, NEXT_VILLAGE, TODAY, VILLAGE
from tests.duties.test_households import SECRET
from tests.printed import RARE, texts
from tests.test_rules import address, rules

HERE = f"/v/{VILLAGE}/households"
SIGNS = ("密户主", "密住址", "13711112222", "密成员", "密面貌", "密情况", "密需求", "密原因")


@pytest.fixture
def household(cast, grid):
    """A file in it."""
    with transaction():
        return files.add_household(grid, SECRET, Attention.PRIORITY, "密原因", TODAY, cast.clerk)


@pytest.fixture
def neighbour_user(cast):
    """The sign-in of the worker of another grid of the village."""
    with transaction():
        user = accounts.add_user("neighbour", "王芳", HASHED, None, cast.neighbour, temporary=False)
        accounts.grant(user, Role.WORKER, cast.village, None)
    return user


@pytest.fixture
def instructor(cast, grid):
    """The instructor's sign-in, who instructs in the worker's grid and in the neighbour's."""
    with transaction():
        person = persons.add_person(cast.township, "何指导", cast.clerk)
        for each in (grid, cast.term_of(cast.neighbour).grid):
            terms.appoint(person, each, Duty.INSTRUCTOR, BEGAN_ON, cast.clerk)
        cast.instructor.person = person
        db.session.flush()
    return cast.instructor


def a_file(**changed):
    return {
        "head": "张大山",
        "house": "上村3号",
        "phone": "138 0000 1111",
        "residents": "4",
        "composition": "夫妻二人、一个儿子",
        "standing": "户主中共党员",
        "situation": "种烤烟四亩",
        "needs": "想装扶手",
        "attention": "ordinary",
        "reason": "",
        "on": "2026-12-28",
    } | changed


def all_files():
    return db.session.scalars(select(Household).order_by(Household.id)).all()


# --- Who sees what ---


def own_pages(household):
    """Every address about this file or its grid alone, with its method."""
    at, grid = f"{HERE}/{household.id}", f"{HERE}/grids/{household.grid_id}"
    reading = (at, f"{at}/correct", f"{at}/class", f"{at}/leave", grid, f"{grid}/ledger.pdf")
    sending = (f"{at}/back", f"{grid}/ledger.xlsx", f"{grid}/ledger.csv")
    return [*(("GET", path) for path in reading), *(("POST", path) for path in sending)]


def answers(client, household):
    return {client.open(path, method=method).status_code for method, path in own_pages(household)}


def test_the_worker_the_instructor_and_the_committee_see_the_file(cast, client_of, household, instructor):
    for user in (cast.worker_user, instructor, cast.clerk, cast.chair):
        client = client_of(user)
        assert answers(client, household) <= {200, 302}, user.username
        page = client.get(f"{HERE}/{household.id}").text
        assert [sign for sign in SIGNS if sign not in page] == []
    assert "13711112222" in page  # not masked


def test_for_everybody_else_there_is_no_such_file(cast, client_of, household, neighbour_user):
    for user in (neighbour_user, cast.outsider, cast.stranger_user, cast.far_township_user):
        assert answers(client_of(user), household) == {404}, user.username
    for user in (cast.instructor, cast.supervisor, cast.manager, cast.volunteer, cast.township_user):
        assert answers(client_of(user), household) <= {403, 404}, user.username
    theirs = {path.replace(VILLAGE, NEXT_VILLAGE) for _method, path in own_pages(household)}
    outsider = client_of(cast.outsider)  # what is only sent to leads to its page
    assert {outsider.get(path, follow_redirects=True).status_code for path in theirs} == {404}


def test_nothing_of_it_is_on_any_page_of_theirs(app, cast, client_of, household, neighbour_user):
    """The supervisor, the township and another grid's worker look at all there is for them."""
    with transaction():
        files.correct(household, Particulars("密户主", "密住址", "13711112222", 5, "密成员"), cast.clerk)
        files.leave(household, TODAY, "密原因", cast.clerk)
        files.come_back(household, cast.clerk)
    given = {"ident": household.grid_id, "filename": "aixin.css"}
    pages = [
        (rule, address(app, route.endpoint, **given))
        for route, rule in rules(app)
        if "GET" in route.methods and rule.roles and not route.rule.endswith((".pdf", ".xlsx"))
    ]
    looked_at = set()  # whom the village's supervisor sees whole, the township sees masked
    for user in (cast.supervisor, cast.township_user, neighbour_user):
        client, held, seen = client_of(user), user.roles_in(cast.village), 0
        for rule, path in pages:
            if held & rule.roles and path not in looked_at:
                looked_at.add(path)
                answer = client.get(path)
                seen += answer.status_code == 200
                assert [sign for sign in SIGNS if sign.encode() in answer.data] == [], path
        assert seen > 1, user.username
    trail = client_of(cast.township_user).get(f"/a/{VILLAGE}/audit").text
    assert "更正了住户档案" in trail  # the trail was looked at, and speaks of it


def test_a_worker_s_files_are_of_their_own_grid_while_their_term_runs(cast, client_of, household, clock):
    other = cast.term_of(cast.neighbour).grid
    with transaction():
        files.add_household(other, Particulars("别家"), Attention.ORDINARY, "", TODAY, cast.clerk)
    worker = client_of(cast.worker_user)
    assert f'href="{HERE}"' in worker.get(f"/v/{VILLAGE}/mine", follow_redirects=True).text
    page = worker.get(HERE, follow_redirects=True)
    assert page.status_code == 200
    assert "密户主" in page.text
    assert "别家" not in page.text
    assert worker.get(f"{HERE}/grids/{other.id}").status_code == 404
    assert worker.get(f"{HERE}/new?grid={other.id}").text.count("<option") == 1 + len(Attention)
    assert worker.get(f"{HERE}/ledger.pdf").status_code == 403
    clock.turn_to(cast.term_of(cast.worker).ends_on)
    assert worker.get(f"{HERE}/{household.id}").status_code == 200
    clock.days_on()
    assert answers(worker, household) == {404}
    assert worker.get(f"{HERE}/new").status_code == 404
    assert "没有您负责的网格" in worker.get(HERE).text


def test_an_instructor_sees_the_grids_they_instruct_in(cast, client_of, household, instructor):
    third = cast.term_of(cast.workers[2]).grid
    with transaction():
        elsewhere = files.add_household(third, Particulars("别家"), Attention.ORDINARY, "", TODAY, cast.clerk)
    client = client_of(instructor)
    page = client.get(HERE).text
    assert "密户主" in page
    assert "别家" not in page
    assert third.name not in page
    assert client.get(f"{HERE}/{elsewhere.id}").status_code == 404
    assert client.get(f"{HERE}?grid={third.id}").status_code == 404
    for shown, ident in ((True, household.grid_id), (False, third.id)):
        roster = client.get(f"/v/{VILLAGE}/grids/{ident}").text
        assert (f"{HERE}/grids/{ident}" in roster) == shown


def test_the_committee_finds_households_in_the_whole_village(cast, client_of, household):
    with transaction():
        for person, head in ((cast.neighbour, "李秀英"), (cast.workers[2], "李大爷")):
            told = Particulars(head, house="后街", residents=2)
            files.add_household(cast.term_of(person).grid, told, Attention.ORDINARY, "", TODAY, cast.clerk)
    clerk = client_of(cast.clerk)

    def shown(query):
        page = clerk.get(f"{HERE}?{query}")
        assert page.status_code == 200
        return [head for head in ("密户主", "李秀英", "李大爷") if head in page.text]

    assert shown("") == ["密户主", "李秀英", "李大爷"]
    assert shown("class=priority") == ["密户主"]
    assert shown("q=后街") == ["李秀英", "李大爷"]
    assert shown(f"q=后街&grid={cast.term_of(cast.neighbour).grid_id}") == ["李秀英"]
    assert shown("q=%00&show=left") == []
    assert "3 户、8 人、重点户 1、一般户 2" in clerk.get(HERE).text
    for wrong in ("class=rich", "grid=x", f"grid={cast.term_of(cast.stranger).grid_id}", "page=99"):
        assert clerk.get(f"{HERE}?{wrong}").status_code == 404, wrong


def test_the_committee_still_finds_who_moved_away_from_a_grid_that_closed(cast, client_of):
    with transaction():
        closing = grids.add_grid(cast.village, "90", "河边网格", GridKind.RURAL, 8, cast.clerk)
        gone = files.add_household(closing, SECRET, Attention.ORDINARY, "", TODAY, cast.clerk)
        files.leave(gone, TODAY, "搬到县城", cast.clerk)
    clerk = client_of(cast.clerk)
    done = clerk.post(f"/v/{VILLAGE}/grids/{closing.id}/close", data={"on": "2026-12-28", "reason": "撤并"})
    assert done.status_code == 302
    assert "密户主" in clerk.get(f"{HERE}?show=left").text
    assert "搬到县城" in clerk.get(f"{HERE}/{gone.id}").text
    assert clerk.get(f"{HERE}/grids/{closing.id}").status_code == 200
    back = clerk.post(f"{HERE}/{gone.id}/back")
    assert back.status_code == 422
    assert "note-refused" in back.text


def test_the_committee_is_led_to_the_file_with_one_grid_and_with_many(cast, client_of):
    """Of a single grid its page stands in the place of the list."""
    single = client_of(cast.outsider).get(f"/v/{NEXT_VILLAGE}/households", follow_redirects=True)
    assert "/households/grids/" in single.request.path
    assert f"/v/{NEXT_VILLAGE}/households/import" in single.text
    assert f"{HERE}/import" in client_of(cast.clerk).get(HERE).text
    assert f"{HERE}/import" not in client_of(cast.worker_user).get(HERE, follow_redirects=True).text


# --- What is written down ---


def test_the_worker_opens_a_file_once_however_often_it_is_sent(cast, client_of, grid):
    worker = client_of(cast.worker_user)
    assert "还没有住户" in worker.get(f"{HERE}/grids/{grid.id}").text
    sent = a_file(grid=grid.id)
    done = worker.post(f"{HERE}/new", data=sent)
    (made,) = all_files()
    assert done.location.endswith(f"{HERE}/{made.id}")
    assert (made.head, made.phone, made.residents, made.attention) == (
        "张大山",
        "13800001111",
        4,
        Attention.ORDINARY,
    )
    again = worker.post(f"{HERE}/new", data=sent)
    assert again.status_code == 422
    assert "户号是 1" in again.text
    assert len(all_files()) == 1


def test_what_was_typed_is_kept_when_it_is_refused(cast, client_of, grid):
    worker = client_of(cast.worker_user)
    other = cast.term_of(cast.neighbour).grid
    for wrong in (
        {"head": " "},
        {"head": "户" * 201},
        {"phone": "123"},
        {"residents": "100"},
        {"residents": "9" * 30},
        {"residents": ""},
        {"situation": "情" * 501},
        {"attention": "priority"},
        {"attention": "rich"},
        {"on": "2026-12-29"},
        {"on": "昨天"},
        {"reason": "因" * 201},
        {"grid": other.id},
        {"grid": ""},
    ):
        answer = worker.post(f"{HERE}/new", data=a_file(grid=grid.id) | wrong)
        assert answer.status_code == 422, wrong
        assert 'class="error"' in answer.text, wrong
        assert "想装扶手" in answer.text
    assert all_files() == []


def test_a_file_is_corrected_reclassified_left_and_taken_up_again(cast, client_of, household):
    worker, at = client_of(cast.worker_user), f"{HERE}/{household.id}"
    form = worker.get(f"{at}/correct").text
    assert [sign for sign in SIGNS[:-1] if sign not in form] == []
    assert worker.post(f"{at}/correct", data=a_file(needs="")).status_code == 302
    assert (household.head, household.needs) == ("张大山", "")
    assert worker.post(f"{at}/correct", data=a_file(head="", needs="新需求")).status_code == 422

    assert 'value="priority"' not in worker.get(f"{at}/class").text  # its class is no choice
    change = {"attention": "watched", "on": "2026-12-28", "reason": "好转"}
    for wrong in ({"reason": ""}, {"on": "2026-12-27"}, {"attention": "priority"}):
        answer = worker.post(f"{at}/class", data=change | wrong)
        assert answer.status_code == 422, wrong
    assert worker.post(f"{at}/class", data=change).status_code == 302
    page = worker.get(at).text
    assert page.index("好转") < page.index("密原因")

    assert worker.post(f"{at}/leave", data={"on": "2026-12-28", "reason": ""}).status_code == 422
    assert worker.post(f"{at}/leave", data={"on": "2026-12-28", "reason": "搬到县城"}).status_code == 302
    assert "搬到县城" in worker.get(at).text
    refused = worker.post(f"{at}/leave", data={"on": "2026-12-28", "reason": "再搬"})
    assert refused.status_code == 422
    assert "note-refused" in refused.text
    assert worker.post(f"{at}/back").status_code == 302
    assert household.left_on is None


def test_after_a_split_the_ticked_households_move(cast, client_of, grid, household, instructor):
    with transaction():
        stays = files.add_household(grid, Particulars("李秀英"), Attention.ORDINARY, "", TODAY, cast.clerk)
    assert client_of(cast.worker_user).get(f"{HERE}/grids/{grid.id}/move").status_code == 404
    clerk = client_of(cast.clerk)
    split = {"code": "01-2", "name": "新网格", "households": "3", "on": "2026-12-28", "reason": "户数多"}
    assert clerk.post(f"/v/{VILLAGE}/grids/{grid.id}/split", data=split).status_code == 302
    new = grids.by_code(cast.village, "01-2")
    path = f"{HERE}/grids/{grid.id}/move"
    assert "checked" in clerk.get(f"{path}?household={household.id}").text
    assert clerk.post(path, data={"into": new.id}).status_code == 422
    wrong = {"household": household.id, "into": cast.term_of(cast.stranger).grid_id}
    assert clerk.post(path, data=wrong).status_code == 422
    assert client_of(instructor).post(path, data=wrong | {"into": new.id}).status_code == 422
    assert clerk.post(path, data={"household": [household.id], "into": new.id}).status_code == 302
    assert [each.head for each in listing.households_of_grid(new)] == ["密户主"]
    assert [each.id for each in listing.households_of_grid(grid)] == [stays.id]
    page = clerk.get(f"{HERE}/grids/{new.id}").text
    assert "花名册上写的是 3 户，这里有 1 户的档案。" in page


def test_the_township_is_told_that_households_live_there_and_nothing_else(cast, client_of):
    with transaction():
        grid = grids.add_grid(cast.village, "90", "河边网格", GridKind.RURAL, 8, cast.clerk)
        files.add_household(grid, SECRET, Attention.PRIORITY, "密原因", TODAY, cast.clerk)
    answer = client_of(cast.township_user).post(
        f"/v/{VILLAGE}/grids/{grid.id}/close", data={"on": "2026-12-28", "reason": "撤并"}
    )
    assert answer.status_code == 422
    assert "还有 1 户的档案" in answer.text
    assert [sign for sign in SIGNS if sign in answer.text] == []
    assert HERE not in answer.text


# --- The ledgers ---


@pytest.fixture
def full_village(cast, grid, household):
    """Files of every kind: rare, as long as can be, formulas, and one who moved away."""
    longest = Particulars(
        "名" * 200, "楼" * 100, "1" * 12, 99, "家" * 200, "党" * 100, "情" * 500, "需" * 500
    )
    formula = Particulars("=1+1", "-2号", None, 1, "@SUM(A1)", "+86", '=HYPERLINK("http://x")', "\t=1")
    with transaction():
        for told in (longest, formula, Particulars(f"王{RARE}")):
            files.add_household(grid, told, Attention.WATCHED, "=原因", TODAY, cast.clerk)
        gone = files.add_household(grid, Particulars("搬走的人"), Attention.ORDINARY, "", TODAY, cast.clerk)
        files.leave(gone, TODAY, "搬到县城", cast.clerk)
        for number in range(30):
            told = Particulars(f"第{number}家", situation="务农" * 20)
            where = cast.term_of(cast.neighbour).grid
            files.add_household(where, told, Attention.ORDINARY, "", TODAY - timedelta(days=1), cast.clerk)


def test_the_village_s_ledger_on_paper(cast, client_of, full_village):
    answer = client_of(cast.chair).get(f"{HERE}/ledger.pdf")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("application/pdf", "no-store")
    pages = texts(answer.data)
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{len(pages)}页" in page
        assert "柳树村住户总台账" in page
    assert "8个网格34户" in pages[0]
    assert "重点户(每周走访)1监测户(每月走访)3一般户(按需走访)30" in pages[0]
    assert "填表人" in pages[-1]
    assert "柳树村（盖章）" in pages[-1]
    with_rows = [page for page in pages if "务农" in page]
    assert len(with_rows) > 1
    assert all("第02网格02网格员：王芳" in page and "问题和需求" in page for page in with_rows)
    whole = "".join(pages)
    assert [sign for sign in SIGNS if sign not in whole] == []
    assert [
        whole.count(sign) >= most for sign, most in (("名", 200), ("情", 500), ("需", 500), ("党", 100))
    ] == [True] * 4  # nothing is cut off
    assert "自2026年12月27日起" in whole
    assert "搬走的人" not in whole
    assert whole.count("还没有登记住户。") == 6


def test_a_grid_s_ledger_is_of_that_grid(cast, client_of, full_village, grid):
    pages = texts(client_of(cast.worker_user).get(f"{HERE}/grids/{grid.id}/ledger.pdf").data)
    assert "柳树村第01网格住户台账" in pages[0]
    assert "密户主" in "".join(pages)
    assert "第0家" not in "".join(pages)
    assert "网格员" in pages[-1]


def test_a_character_that_no_typeface_has_is_told(cast, client_of, full_village, grid, without_hanazono):
    pages = texts(client_of(cast.clerk).get(f"{HERE}/grids/{grid.id}/ledger.pdf").data)
    assert "U+212FE" in "".join(pages)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_ledger_leaves_as_a_file_in_full_and_that_is_written_down(
    cast, client_of, full_village, grid, kind
):
    whole = client_of(cast.clerk).post(f"{HERE}/ledger.{kind}")
    own = client_of(cast.worker_user).post(f"{HERE}/grids/{grid.id}/ledger.{kind}")
    head, *rows = read_back(whole.data, kind)
    assert head[:7] == ["网格编码", "网格名称", "户号", "户主", "住址", "联系电话", "人口数"]
    assert len(rows) == 34
    secret, longest, formula, rare = read_back(own.data, kind)[1:]
    assert secret[:7] == ["01", "第01网格", "1", "密户主", "密住址", "13711112222", "4"]
    assert secret[7:14] == ["密成员", "密面貌", "密情况", "密需求", "重点户", "2026-12-28", "密原因"]
    assert secret[14:] == ["李秀明", ""]
    assert (longest[3], longest[9]) == ("名" * 200, "情" * 500)
    assert rare[3] == f"王{RARE}"
    quoted = "'" if kind == "csv" else ""
    assert [formula[3], formula[4], formula[13]] == [f"{quoted}=1+1", f"{quoted}-2号", f"{quoted}=原因"]
    lines = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "households.export").order_by(AuditEvent.id)
    ).all()
    assert [(line.subject, line.detail, line.area_id) for line in lines] == [
        (f"area:{cast.village.id}", {"kind": kind, "rows": 34}, cast.village.id),
        (f"grid:{grid.id}", {"kind": kind, "rows": 4}, cast.village.id),
    ]
    assert client_of(cast.clerk).get(f"{HERE}/ledger.{kind}").location == HERE  # the page, and no file


def read_back(data, kind):
    """The rows of a file, every cell as text; in a workbook none is a formula."""
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    sheet = load_workbook(BytesIO(data)).active
    assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)
    return [
        [re.sub(r" 00:00:00$", "", str(cell.value)) if cell.value is not None else "" for cell in row]
        for row in sheet.iter_rows()
    ]
