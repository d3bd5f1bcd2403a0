"""The audit trail: everything is in it, who may read what, and nobody rewrites it."""

import ast
import html
import inspect
import re
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import event, func, select

from ground import clock
from ground.contributions import packages
from ground.db import db, transaction
from people import areas, audit, cards, trail
from people.models import AuditEvent, Background, PoliticalStatus, Sex, Stage
from people.roster import changes, grids, growth, persons
from people.sight import Sight
from people.signin import accounts
from people.trail.words import HIDDEN_FIELDS, WORDS, all_words
from tests.cast import COUNTY, HASHED, NEXT_VILLAGE, TODAY, TOWNSHIP, VILLAGE
from tests.product import PACKAGES
from tests.story import do

ROOT = Path(__file__).parent.parent.parent
# The functions of people/audit.py that write a line: they take the action second.
WRITING = {
    f"audit.{name}"
    for name, function in inspect.getmembers(audit, inspect.isfunction)
    if "action" in inspect.signature(function).parameters
}
PAGE = f"/a/{VILLAGE}/audit"


def read(client, path=PAGE, **search):
    answer = client.get(f"{path}?{urlencode(search)}")
    assert answer.status_code == 200
    return answer.text


def lines(page):
    """The lines of the trail on a page, as bare text."""
    (found,) = re.findall(r'<ol class="trail">(.*?)</ol>', page, re.DOTALL) or [""]
    bare = [re.sub(r"<[^>]+>", " ", each) for each in found.split("<li>")[1:]]
    return [" ".join(html.unescape(each).split()) for each in bare]


def change(person, actor, **values):
    audit.set_origin(None)  # whatever a test's browser left behind
    with transaction():
        audit.change(actor, "person.correct", person, person.area, **values)


def written():
    """The calls that write the trail: the package of each, the call, and the function around it."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for function in ast.walk(ast.parse(file.read_text())):
                if isinstance(function, ast.FunctionDef):
                    for node in ast.walk(function):
                        if isinstance(node, ast.Call) and ast.unparse(node.func) in WRITING:
                            yield package, node, function


# What is done no more, and stands in the trail of villages that did it: lists had files of their own kind.
FORMER = {"assessment.export", "incidents.export"}


def actions_of(call, function):
    """The actions a call may write: the words in its argument, or those that a name there was given."""
    given = call.args[1]
    if isinstance(given, ast.Name):
        given = next(
            each.value
            for each in ast.walk(function)
            if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == given.id
        )
    return {each.value for each in ast.walk(given) if isinstance(each, ast.Constant)}


def test_every_package_has_the_words_for_the_actions_it_writes(app):
    """Actions are written as words where they are done, so that they can be found here: all of them, and no
    words for others. What several packages do, the lowest of them has words for."""
    used = {}
    for package, call, function in written():
        used.setdefault(package, set()).update(actions_of(call, function))
    assert sum(map(len, used.values())) > 70
    below = set()
    for package in packages():
        own = [words for filling in package.fillings if filling.slot is WORDS for words in filling.items]
        actions = {action for words in own for action in words.actions}
        assert actions - FORMER == used.get(package.name, set()) - below, package.name
        below |= actions


def test_every_field_has_its_word(cast):
    """Those written in the calls, and those that the making of a village wrote."""
    used = {
        keyword.arg for _package, call, _function in written() for keyword in call.keywords if keyword.arg
    }
    for event_ in db.session.scalars(select(AuditEvent)):
        used |= (event_.before or {}).keys() | event_.detail.keys()
    assert used - all_words().fields.keys() - HIDDEN_FIELDS - {"before"} == set()


def test_people_have_names_and_things_are_called(cast):
    """One field, two words: 姓名 of a person, 名称 of a grid."""
    change(cast.worker, cast.clerk, name="李秀英")
    do(changes.rename, grids.by_code(cast.village, "01"), "东头网格", TODAY, "改名", cast.clerk)
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(2)).all()
    grid, person = trail.trail_lines(events, Sight(masked=False))
    words = [{each.field for each in line.changes} for line in (grid, person)]
    assert ("名称" in words[0], "姓名" in words[0]) == (True, False)
    assert words[1] == {"姓名"}


def test_every_word_of_an_enumeration_is_said_in_words(cast):
    for field, enumeration in (("sex", Sex), ("standing", PoliticalStatus), ("background", Background)):
        for value in enumeration:
            change(cast.worker, cast.clerk, **{field: value})
            event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
            (line,) = trail.trail_lines([event], Sight(masked=False))
            assert line.changes[0].after == str(all_words().values[field][value])


def test_a_line_says_who_when_from_where_what_and_about_whom(cast, client_of):
    change(cast.worker, cast.clerk, phone="13900001111", standing=PoliticalStatus.MASSES)
    with clock.at(datetime(2026, 12, 28, 15, 59, 59, tzinfo=UTC)):
        client = client_of(cast.clerk)
        made = client.post(
            f"/v/{VILLAGE}/growth",
            data={"person": cast.worker.id, "stage": "applicant", "on": "2026-12-01"},
            environ_base={"REMOTE_ADDR": "10.1.2.3"},
        )
        assert made.status_code == 302
    newest, older, *_rest = lines(read(client_of(cast.supervisor)))
    for words in ("2026年12月28日 23:59", "10.1.2.3", cast.clerk.name, cast.worker.name, "2026年12月1日"):
        assert words in newest
    assert "系统" in older
    assert "12000005678 → 13900001111" in older
    assert str(all_words().values["standing"]["masses"]) in older


def test_readers_above_see_names_and_phones_masked(cast, client_of):
    change(cast.worker, cast.worker_user, phone="13900001111", name="李秀英")
    for user in (cast.township_user, cast.county_user):
        page = read(client_of(user))
        for secret in ("李秀明", "李秀英", "13900001111", "12000005678"):
            assert secret not in page
        newest = lines(page)[0]
        assert newest.count("李*英") == 2  # whom it is about, and what the name became
        assert "李*明 →" in newest
        assert "139****1111" in newest
        assert "张*" in page
        assert cast.clerk.name in page  # an official signs with their name
    assert "13900001111" in read(client_of(cast.clerk))


def test_values_that_name_a_row_are_told_by_its_name(cast, client_of):
    with transaction():
        said = {"kept": cast.neighbour.id, "users": [cast.clerk.id, cast.worker_user.id], "points": 125}
        audit.note(cast.clerk, "person.merge", cast.worker, cast.village, **said, services=[7, 8, 9])
        audit.note(cast.clerk, "user.link", cast.clerk, cast.village, {"person_id": 10**6}, person_id=None)
    linked, merged, *_rest = lines(read(client_of(cast.clerk)))
    for words in ("王芳", "刘文书、李秀明", "12.5", " 3"):
        assert words in merged
    assert "1000000 → –" in linked
    masked = lines(read(client_of(cast.township_user)))[1]
    assert "刘文书、李*明" in masked
    assert "王芳" not in masked


def test_what_the_trail_is_about_is_one_click_away(cast, client_of):
    """For readers who may open it; a page of another place than the reader's is not linked."""
    with transaction():
        audit.change(cast.clerk, "person.correct", cast.worker, cast.village, birth_year=1961)
    page = read(client_of(cast.clerk))
    assert f'href="/v/{VILLAGE}/people/{cast.worker.id}"' in page
    client = client_of(cast.clerk)
    for link in set(re.findall(r'href="(/v/[^"]+/(?:people|grids)/\d+)"', page)):
        assert client.get(link).status_code == 200, link


def test_a_grid_s_name_is_nobody_s(cast, client_of):
    with transaction():
        grid = grids.by_code(cast.village, "01")
        audit.change(cast.clerk, "grid.rename", grid, cast.village, name="水井边网格")
    assert "水井边网格" in lines(read(client_of(cast.county_user)))[0]


def test_everyone_reads_their_own_area_and_below(cast, client_of):
    with transaction():
        persons.add_person(cast.next_village, "邻居甲", cast.outsider)
        persons.add_person(cast.far_village, "远处乙", cast.county_user)
    mine = read(client_of(cast.clerk))
    assert "邻居甲" not in mine
    assert "远处乙" not in mine
    assert "邻居甲" in read(client_of(cast.outsider), f"/a/{NEXT_VILLAGE}/audit")
    township = read(client_of(cast.township_user), f"/a/{TOWNSHIP}/audit")
    assert "邻*甲" in township
    assert "远*乙" not in township
    assert "远*乙" in read(client_of(cast.county_user), f"/a/{COUNTY}/audit")
    assert client_of(cast.clerk).get(f"/a/{NEXT_VILLAGE}/audit").status_code == 404
    assert client_of(cast.clerk).get(f"/a/{TOWNSHIP}/audit").status_code == 404
    for user in (cast.instructor, cast.manager, cast.volunteer, cast.worker_user):
        assert client_of(user).get(PAGE).status_code == 403


OTHER_COUNTY = """code,level,name,parent_code
539901,county,云下县,5399
539901101,township,平川镇,539901
539901101201,village,平川村,539901101
"""


@pytest.mark.parametrize("counties", [1, 2])
def test_what_belongs_nowhere_is_a_county_s_to_read(cast, counties):
    """And a county alone in its database need not be told from another."""
    with transaction():
        audit.note(None, "user.add", cast.clerk, None, username="nowhere")
        if counties == 2:
            areas.import_areas(OTHER_COUNTY.encode())
            persons.add_person(cast.area("539901101201"), "外县人", None)

    def reads(area):
        found = db.session.scalars(trail.search_trail(area, trail.TrailSearch())).all()
        assert all("外县人" not in event.detail.values() for event in found)
        assert any(event.action == "grid.add" for event in found)
        return any(event.detail.get("username") == "nowhere" for event in found)

    assert reads(cast.county)
    assert not reads(cast.township)
    assert not reads(cast.village)


def test_search_by_text(cast, client_of):
    clerk = client_of(cast.clerk)
    with transaction():
        cards.issue(cast.worker, cast.chair)
        persons.add_person(cast.village, "新来的", cast.clerk)
    found = lines(read(clerk, q="陈主任"))
    assert all("陈主任" in line for line in found)
    assert cast.worker.name in found[0]
    assert lines(read(clerk, q="chair"))[0] == found[0]  # the sign-in name
    about = lines(read(clerk, q="秀明"))
    assert about
    assert all("李秀明" in line for line in about)
    assert any("卡" in line or "card" in line for line in about)
    assert all("新来的" in line for line in lines(read(clerk, q="新来的")))
    issued = lines(read(clerk, q=str(all_words().actions["card.issue"])))
    assert len(issued) == 9
    assert lines(read(clerk, q="100%")) == lines(read(clerk, q="_" * 9)) == []


def test_who_sees_masked_names_finds_nothing_by_them(cast, client_of):
    """Not by a part, and not by the whole: what is found would tell whose it is."""
    county = client_of(cast.county_user)
    assert lines(read(county, q="秀明")) == lines(read(county, q="李秀明")) == []
    assert lines(read(county, q="第01网")) != []
    assert lines(read(county, q=cast.clerk.name)) != []


def test_search_by_person_finds_cards_sign_ins_and_merged_entries(cast, client_of):
    with transaction():
        accounts.add_user("second", "李秀明", HASHED, None, cast.worker)
        growth.reach_stage(cast.worker, Stage.APPLICANT, date(2026, 1, 1), "", cast.clerk)
    found = lines(read(client_of(cast.clerk), subject=f"person:{cast.worker.id}"))
    assert len(found) == len(lines(read(client_of(cast.clerk), q="李秀明")))
    assert all("李秀明" in line for line in found)
    grid = grids.by_code(cast.village, "01")
    assert len(lines(read(client_of(cast.clerk), subject=f"grid:{grid.id}"))) == 1


@pytest.mark.parametrize("subject", ["person", "person:", "person:x", "Person:1", "a:" + "1" * 20, "':1"])
def test_an_odd_subject_is_not_there(cast, client_of, subject):
    assert client_of(cast.clerk).get(f"{PAGE}?{urlencode({'subject': subject})}").status_code == 404


def test_a_subject_of_another_village_shows_nothing(cast, client_of):
    assert lines(read(client_of(cast.clerk), subject=f"person:{cast.stranger.id}")) == []


def test_search_by_action_and_by_day(cast, client_of, clock):
    clerk = client_of(cast.clerk)
    change(cast.worker, cast.clerk, birth_year=1960)
    clock.turn_to(datetime(2026, 12, 28, 16, 0, tzinfo=UTC))  # midnight in Shanghai
    change(cast.worker, cast.clerk, birth_year=1961)
    first, last = "2026-12-28", "2026-12-29"
    only = {"action": "person.correct"}
    assert len(lines(read(clerk, **only))) == 2
    assert ["1960" in line for line in lines(read(clerk, **only, since=last))] == [True]
    assert [line.count("196") for line in lines(read(clerk, **only, until=first))] == [1]
    assert len(lines(read(clerk, **only, since=first, until=last))) == 2
    assert lines(read(clerk, **only, until="2026-12-27")) == []


@pytest.mark.parametrize(
    "search",
    [
        {"since": "yesterday"},
        {"until": "9999-12-31"},
        {"since": "0001-01-01"},
        {"q": "长" * 101},
        {"action": "x"},
    ],
)
def test_what_cannot_be_searched_is_said_beside_its_field(cast, client_of, search):
    answer = client_of(cast.clerk).get(f"{PAGE}?{urlencode(search)}")
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_nul_and_quotes_find_nothing_and_break_nothing(cast, client_of):
    for text in ("\0", "'; DROP TABLE audit_event; --", "\\", "%", "李\0秀明"):
        assert client_of(cast.clerk).get(f"{PAGE}?{urlencode({'q': text})}").status_code == 200


def test_pages_keep_the_search(cast, client_of):
    with transaction():
        for number in range(70):
            audit.note(cast.clerk, "group.add", f"group:{number}", cast.village, name=f"第{number}组")
    clerk = client_of(cast.clerk)
    page = read(clerk, action="group.add", page=2)
    assert len(lines(page)) == 30
    links = re.findall(r'rel="(?:prev|next)" href="([^"]+)"', page)
    assert len(links) == 2
    for link in links:
        again = clerk.get(link.replace("&amp;", "&")).text
        assert all(str(all_words().actions["group.add"]) in line for line in lines(again))
    assert client_of(cast.clerk).get(f"{PAGE}?action=group.add&page=4").status_code == 404


def test_the_newest_line_is_first(cast):
    found = db.session.scalars(trail.search_trail(cast.village, trail.TrailSearch())).all()
    assert [event.id for event in found] == sorted((event.id for event in found), reverse=True)
    assert len(found) > 20


def test_nobody_edits_it_by_a_page(app):
    """The trail is read by GET, and there is no other way in."""
    methods = {
        method
        for route in app.url_map.iter_rules()
        if "audit" in route.endpoint or "audit" in route.rule
        for method in route.methods
    }
    assert methods == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'x'",
        "UPDATE audit_event SET actor_id = NULL",
        "DELETE FROM audit_event",
    ],
)
def test_nobody_edits_it_in_the_database(cast, statement):
    def all_of_it():
        return db.session.execute(
            select(func.count(), func.max(AuditEvent.id), func.min(AuditEvent.action))
        ).one()

    before = all_of_it()
    db.session.rollback()
    with pytest.raises(Exception, match="append-only"), transaction() as session:
        session.connection().exec_driver_sql(statement)
    assert all_of_it() == before


def test_nor_is_the_whole_of_it_emptied(cast):
    if db.engine.dialect.name == "postgresql":
        with pytest.raises(Exception, match="append-only"), transaction() as session:
            session.connection().exec_driver_sql("TRUNCATE audit_event")
    assert db.session.scalar(select(func.count()).select_from(AuditEvent)) > 0


def test_a_page_takes_the_same_few_queries_however_long_it_is(cast, client_of):
    """30 lines about many people and grids: names are fetched kind by kind, not line by line."""
    with transaction():
        for worker in cast.workers:
            audit.change(cast.clerk, "person.correct", worker, worker.area, birth_year=1970)
    asked = []

    def count(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    client = client_of(cast.clerk)
    engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert len(lines(read(client))) == 30
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(asked) < 20, "\n".join(asked)
