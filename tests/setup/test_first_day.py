"""The first day: an empty database leads to its set-up page, and a place begins with its people."""

import json
import re
import sqlite3
from base64 import b64encode
from io import BytesIO

import pytest
from sqlalchemy import select

from demo import calendar, making
from demo.story import ROLES, SECRET
from ground.computer import settings
from ground.db import db, transaction
from ground.server import nearby, serving
from people import areas
from people.models import Area, Grant, Role
from people.signin import accounts
from setup import beginning, gate
from setup.beginning import NewSignIn
from setup.forms import FURTHER_ROWS, MOST_FURTHER
from shop.shelf import shops
from tests.cast import AREAS, COUNTY, HASHED, TOWNSHIP, VILLAGE, new_app
from tests.crowd import AT_ONCE

FROM_ELSEWHERE = {
    "environ_overrides": {"REMOTE_ADDR": "192.168.1.7"},
    "headers": {"Host": "192.168.1.2:8000"},
}

BEGUN_BY = {
    "name": "李主任",
    "username": "li",
    "new": "shan-shui-2026",
    "again": "shan-shui-2026",
    "printed": "here",
}
NOBODY_BESIDE = {f"beside-{row}-{field}": "" for row in range(4) for field in ("name", "username")}
BESIDE = {
    "beside-0-name": "王文书",
    "beside-0-username": "wang",
    "beside-1-name": "张监督",
    "beside-1-username": "zhang",
    "beside-2-name": "赵店长",
    "beside-2-username": "zhao",
}


@pytest.fixture
def uri(database, empty_template):
    """Nothing is in the database."""
    with database.lent(empty_template) as name:
        yield database.uri(name)


@pytest.fixture(autouse=True)
def fresh(app, tmp_path, monkeypatch):
    """A program that has found nothing out yet, in a folder of its own and in no network."""
    app.config.pop("IN_EARNEST", None)
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    monkeypatch.setattr(nearby, "network_address", lambda: None)
    yield
    app.config.pop("IN_EARNEST", None)


def form_with(place=VILLAGE, listed=AREAS, **fields):
    """What the form sends, about a place of the cast's county."""
    return BEGUN_BY | NOBODY_BESIDE | {"place": place, "listed": in_form(listed)} | fields


def in_form(listed):
    """A list as it goes through the page."""
    return b64encode(listed.encode()).decode()


def said_in(answer):
    """What a page says is not right."""
    return re.findall('(?:class="error"|role="alert")[^>]*>([^<]+)', answer.text)


def roles():
    db.session.rollback()
    return {(grant.user.username, grant.role, grant.area.code) for grant in db.session.scalars(select(Grant))}


# --- Who finds it ---


@pytest.mark.parametrize("address", ["/", "/sign-in", f"/v/{VILLAGE}/", "/c/ABC", "/accounts"])
def test_every_page_leads_to_the_set_up_page_while_nothing_is_there(client_of, address):
    assert client_of(None).get(address).location == "/setup"


def test_the_program_s_own_files_are_there_and_so_is_the_language(client_of):
    client = client_of(None)
    assert client.get("/static/aixin.css").status_code == 200
    assert "第一天" in client.get("/setup").text
    client.post("/language", data={"language": "en", "next": "/setup"})
    assert "The first day" in client.get("/setup").text


SET_UP_PAGES = [("GET", "/setup"), ("POST", "/setup"), ("GET", "/setup/begin"), ("POST", "/setup/begin")]


@pytest.mark.parametrize(("method", "address"), SET_UP_PAGES)
def test_from_elsewhere_it_asks_for_the_code_of_the_set_up_page(app, client_of, method, address):
    client, form = client_of(None), form_with(**BESIDE)
    printed = gate.code()
    assert client.open(address, method=method, data=form, **FROM_ELSEWHERE).location == "/setup/code"
    wrong = client.post("/setup/code", data={"code": "AAAA-AAAA"}, **FROM_ELSEWHERE)
    assert "启动码不对" in wrong.text
    assert client.open(address, method=method, data=form, **FROM_ELSEWHERE).location == "/setup/code"
    assert calendar.is_empty()
    typed = {"code": f" {printed.lower().replace('-', ' ')} "}
    assert client.post("/setup/code", data=typed, **FROM_ELSEWHERE).location == "/setup"
    assert client.get(address if method == "GET" else "/setup", **FROM_ELSEWHERE).status_code == 200
    assert (
        client_of(None).open(address, method=method, **FROM_ELSEWHERE).location == "/setup/code"
    )  # another phone


@pytest.mark.parametrize("typed", ["", "0000-0000"])
def test_nobody_guesses_the_code(client_of, typed):
    answer = client_of(None).post("/setup/code", data={"code": typed}, **FROM_ELSEWHERE)
    assert answer.status_code == 422
    assert client_of(None).get("/setup", **FROM_ELSEWHERE).location == "/setup/code"


def test_once_something_is_there_the_pages_are_gone(app, client_of):
    with transaction():
        areas.import_areas(AREAS.encode())
    for method, address in SET_UP_PAGES:
        assert client_of(None).open(address, method=method, data=form_with(**BESIDE)).status_code == 404
    assert client_of(None).get("/").location.startswith("/sign-in")
    assert client_of(None).get("/setup/code").location == "/"


# --- Beginning in earnest ---


def test_a_village_begins_with_its_people_its_hours_and_what_is_to_be_done(app, client_of):
    client = client_of(None)
    opened = {"weekdays": ["1", "4"], "opens": "08:00", "closes": "17:30"}
    page = client.post("/setup/begin", data=form_with(**BESIDE, **opened)).text
    given = re.findall(r'class="number">([^<]+)<', page)
    assert len(set(given)) == 3
    assert roles() == {
        ("li", Role.CHAIR, VILLAGE),
        ("wang", Role.CLERK, VILLAGE),
        ("zhang", Role.SUPERVISOR, VILLAGE),
        ("zhao", Role.MANAGER, VILLAGE),
    }
    village = areas.by_code(VILLAGE)
    assert [area.name for area in db.session.scalars(select(Area).order_by(Area.code))] == [
        "云上县",
        "溪水镇",
        "柳树村",
    ]
    assert sorted(shops.hours_of(shops.of_village(village)).weekly) == [1, 4]
    front = client.get(f"/v/{VILLAGE}/").text  # signed in already
    assert "第一天" in front
    assert "导入花名册" in front
    assert accounts.sign_in("li", "shan-shui-2026").temporary is False
    assert accounts.sign_in("wang", given[0]).temporary is True


@pytest.mark.one_database
def test_a_village_begins_with_as_many_as_it_has(client_of):
    further = {"": "", "volunteer": "sun", "instructor": "qian", "clerk": "zhou"}
    more = {
        f"further-{row}-{field}": value
        for row, (role, name) in enumerate(further.items())
        for field, value in (("role", role), ("name", name), ("username", name))
    }
    page = client_of(None).post("/setup/begin", data=form_with(**BESIDE, **more)).text
    assert len(re.findall(r'class="number">([^<]+)<', page)) == 6
    named = {(name, Role(role), VILLAGE) for role, name in further.items() if role}
    assert named < roles()
    assert len(roles()) == 7


@pytest.mark.one_database
def test_more_rows_come_at_a_press_and_nothing_that_was_typed_is_lost(client_of):
    client, typed = client_of(None), {"further-3-name": "孙", "name": "", "more": "1"}
    page = client.post("/setup/begin", data=form_with(**BESIDE, **typed))
    assert page.status_code == 200, said_in(page)
    assert page.text.count('name="further-') == 3 * 2 * FURTHER_ROWS
    assert all(f'value="{typed}"' in page.text for typed in ("li", "王文书", "孙"))
    assert "密码没有留下" in page.text
    full = {f"further-{MOST_FURTHER - 1}-name": "孙", "more": "1"} | {
        f"further-{row}-name": "" for row in range(MOST_FURTHER)
    }
    page = client.post("/setup/begin", data=form_with(**full))
    assert (page.status_code, page.text.count('name="further-')) == (200, 3 * MOST_FURTHER)


@pytest.mark.one_database
def test_who_was_named_besides_stands_there_when_something_is_not_right(client_of):
    more = {"further-0-role": "volunteer", "further-0-name": "孙", "further-0-username": "sun"}
    page = client_of(None).post("/setup/begin", data=form_with(**BESIDE, **more, again="no")).text
    assert re.search(r"<details open>\s*<summary>还有别的人", page)
    assert all(f'value="{typed}"' in page for typed in ("孙", "sun"))
    assert '<option selected value="volunteer">' in page


@pytest.mark.parametrize(
    ("place", "more", "role"),
    [
        (COUNTY, {}, Role.COUNTY),
        (
            TOWNSHIP,
            {"beside-3-name": "陈同事", "beside-3-username": "chen"}
            | {"further-0-name": "孙同事", "further-0-username": "sun", "further-0-role": "township"},
            Role.TOWNSHIP,
        ),
    ],
)
def test_a_county_or_a_township_begins_with_all_its_villages(client_of, place, more, role):
    answer = client_of(None).post("/setup/begin", data=form_with(place, **more))
    assert answer.status_code in (200, 302), said_in(answer)
    assert ("li", role, place) in roles()
    assert len(areas.villages_in(areas.by_code(place))) == {COUNTY: 3, TOWNSHIP: 2}[place]


@pytest.mark.one_database
def test_the_program_brings_the_list_of_its_county(client_of):
    page = client_of(None).get("/setup/begin").text
    assert "牟定县：共 89 个村" in page
    answer = client_of(None).post("/setup/begin", data=form_with("532323000000", listed=""))
    assert answer.location == "/a/532323000000/enter"
    assert len(areas.villages_in(areas.county())) == 89


@pytest.mark.one_database
def test_another_county_s_list_is_chosen_first_and_what_was_typed_stays(client_of):
    client = client_of(None)
    sent = form_with("532323000000", listed="") | {"file": (BytesIO(AREAS.encode("gb18030")), "区划.csv")}
    page = client.post("/setup/begin", data=sent).text
    assert "溪水镇 · 柳树村" in page
    assert "下面可以选您这份区划表里的地方" in page
    assert "牟定" not in page
    assert 'value="李主任"' in page
    assert calendar.is_empty()
    listed = re.search(r'name="listed"[^>]*value="([^"]+)"', page)[1]
    answer = client.post("/setup/begin", data=BEGUN_BY | {"place": COUNTY, "listed": listed})
    assert answer.location == f"/a/{COUNTY}/enter"


BAD_LISTS = {
    "no list": (b"\x89PNG\r\n", "第一行"),
    "another header": ("代码,名称\n".encode(), "第一行"),
    "an Excel file": (b"PK\x03\x04", "另存为 CSV"),
    "a header alone": (b"code,level,name,parent_code\n", "一个地方也没有"),
    "a village without its township": (
        b"code,level,name,parent_code\n539900101201,village,x,539900101\n",
        "第 2 行",
    ),
}


@pytest.mark.one_database
@pytest.mark.parametrize(("content", "said"), BAD_LISTS.values(), ids=BAD_LISTS)
def test_a_list_that_can_t_be_read_is_said_at_its_field(client_of, content, said):
    sent = form_with("532323000000", listed="") | {"file": (BytesIO(content), "区划.csv")}
    answer = client_of(None).post("/setup/begin", data=sent)
    assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert "牟定县：共 89 个村" in answer.text
    assert calendar.is_empty()


BAD_FORMS = {
    "no name": ({"name": ""}, "请填写"),
    "a name of blanks": ({"name": " \u3000 "}, "请填写"),
    "a password of blanks": ({"new": " " * 12, "again": " " * 12}, "请填写"),
    "the demo's password": ({"new": SECRET.plain, "again": SECRET.plain}, "用的人多"),
    "no place": ({"place": ""}, "请填写"),
    "one name for two": ({"beside-1-name": "王文书"}, "写了两次"),
    "two passwords": ({"again": "another"}, "两次输入的不一样"),
    "an easy password": ({"new": "12345678", "again": "12345678"}, "密码"),
    "half a person": ({"beside-0-username": ""}, "请把姓名和登录名都填上"),
    "a person too few": ({"beside-1-name": "", "beside-1-username": ""}, "还缺：村务监督。"),
    "somebody of the township": ({"beside-3-name": "陈", "beside-3-username": "chen"}, "以后再开"),
    "somebody without a role": ({"further-0-name": "陈", "further-0-username": "chen"}, "请选择职责"),
    "a role that none here has": (
        {"further-0-name": "陈", "further-0-username": "chen", "further-0-role": "supervisor"},
        "选一项",
    ),
    "one sign-in for two": ({"beside-1-username": "wang"}, "登录名"),
    "days without times": ({"weekdays": ["1"]}, "几点到几点"),
    "times without days": ({"opens": "08:00", "closes": "17:00"}, "几点到几点"),
    "times the wrong way round": ({"weekdays": ["1"], "opens": "18:00", "closes": "08:00"}, "关门"),
    "an address that is none": ({"printed": "address", "address": "aixin"}, "https://aixin.example"),
    "an address that is not chosen": ({"address": "https://aixin.example"}, "留空"),
    "a place of no list": ({"place": "110000000000"}, "选一项"),
    "a list that was touched": ({"listed": "???"}, "重新选择"),
}


@pytest.mark.one_database
@pytest.mark.parametrize(("fields", "said"), BAD_FORMS.values(), ids=BAD_FORMS)
def test_what_is_not_right_is_said_and_nothing_is_begun(client_of, fields, said):
    answer = client_of(None).post("/setup/begin", data=form_with(**BESIDE) | fields)
    assert (answer.status_code, said in answer.text) == (422, True), re.findall(
        'class="error"[^>]*>([^<]+)', answer.text
    )
    assert calendar.is_empty()


def began(n):
    """In a process of its own: somebody begins."""
    listed = areas.read_list(AREAS.encode())
    beginning.begin(listed, COUNTY, NewSignIn(Role.COUNTY, "县", f"county{n}", HASHED))


def test_of_eight_who_begin_at_once_one_does(at_once):
    outcomes = at_once([(began, n) for n in range(AT_ONCE)])
    assert sorted(outcomes, key=str) == [("done", None)] + [("refused", "not_empty")] * (AT_ONCE - 1)
    assert len(roles()) == 1


# --- The printed address ---


@pytest.mark.one_database
def test_the_address_is_printed_from_the_next_start_on(app, client_of, tmp_path, monkeypatch):
    page = (
        client_of(None)
        .post("/setup/begin", data=form_with(COUNTY, printed="address", address="https://aixin.example/"))
        .text
    )
    assert "再启动一次" in page
    monkeypatch.setenv("AIXIN_INSTANCE", str(tmp_path))
    assert new_app("sqlite://").config["PUBLIC_URL"] == "https://aixin.example"
    monkeypatch.setenv("PUBLIC_URL", "https://other.example")
    assert new_app("sqlite://").config["PUBLIC_URL"] == "https://other.example"


@pytest.mark.one_database
def test_who_chooses_the_network_is_let_in_by_it_at_the_next_start(client_of, tmp_path, monkeypatch):
    monkeypatch.setattr(nearby, "network_address", lambda: "192.168.1.5")
    assert "http://192.168.1.5:8000" in client_of(None).get("/setup/begin").text
    assert (
        "再启动一次" in client_of(None).post("/setup/begin", data=form_with(COUNTY, printed="network")).text
    )
    assert settings.read(tmp_path) == settings.Settings(lan=True)


@pytest.mark.one_database
def test_nobody_locks_themselves_out_by_an_address(client_of):
    client = client_of(None)
    client.post("/setup/code", data={"code": gate.code()}, **FROM_ELSEWHERE)
    sent = form_with(COUNTY, printed="address", address="https://aixin.example")
    assert "您就进不来了" in client.post("/setup/begin", data=sent, **FROM_ELSEWHERE).text
    assert calendar.is_empty()
    sent["address"] = "http://192.168.1.2:8000"
    assert client.post("/setup/begin", data=sent, **FROM_ELSEWHERE).status_code == 200
    assert not calendar.is_empty()


@pytest.mark.one_database
def test_where_the_address_is_set_nobody_is_asked(app, client_of, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "http://localhost")
    assert 'name="printed"' not in client_of(None).get("/setup/begin").text
    assert client_of(None).post("/setup/begin", data=form_with(COUNTY)).location == f"/a/{COUNTY}/enter"
    assert not (tmp_path / settings.FILE).exists()


@pytest.mark.parametrize("content", ["", "{", '{"more": 1}', "[]"])
def test_settings_that_are_damaged_are_named(content, tmp_path, monkeypatch):
    (tmp_path / settings.FILE).write_text(content)
    monkeypatch.setenv("AIXIN_INSTANCE", str(tmp_path))
    with pytest.raises(SystemExit, match=re.escape(settings.FILE)):
        new_app("sqlite://")


# --- The demo ---


def a_short_demo():
    """Of a demo what says that it is one, as quickly."""
    areas.import_areas(AREAS.encode())
    calendar.start_calendar()
    yield 1


@pytest.mark.one_database
@pytest.mark.parametrize("accept", ["text/html", "application/x-ndjson"])
def test_the_demo_is_made_by_a_button_that_says_how_far_it_is(client_of, accept, monkeypatch):
    monkeypatch.setattr(making, "make", a_short_demo)
    client = client_of(None)
    answer = client.post("/setup", headers={"Accept": accept})
    if accept == "text/html":
        assert answer.location == "/sign-in"
    else:
        assert [json.loads(line) for line in answer.text.splitlines()] == [{"done": 1}, {"go": "/sign-in"}]
    page = client.get("/sign-in").text
    assert 'class="demo"' in page
    assert SECRET.plain in page  # who is at a browser sees no terminal
    assert all(f"<dt>{role}</dt>" in page for role in ROLES)
    assert client.get("/setup").status_code == 404


@pytest.mark.only_on("sqlite")
def test_who_has_seen_the_demo_leaves_it_at_the_next_start(app, client_of, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "make", a_short_demo)
    client = client_of(None)
    client.post("/setup")
    assert "/setup/end-demo" in client.get("/sign-in").text
    assert client.get("/setup/end-demo", **FROM_ELSEWHERE).status_code == 403
    assert settings.read(tmp_path) == settings.Settings()
    assert "再启动一次" in client.post("/setup/end-demo").text
    assert not calendar.is_empty()  # as long as it runs
    monkeypatch.setattr(serving, "serve", lambda *_rest: None)
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setitem(app.config, "ENDS_DEMO", settings.read(tmp_path).ends_demo)
    done = app.test_cli_runner().invoke(args=["start"])
    assert (done.exit_code, "put aside" in done.output) == (0, True), done.output
    assert calendar.is_empty()
    assert settings.read(tmp_path) == settings.Settings()
    kept = re.search("put aside: (.+)", done.output)[1]
    with sqlite3.connect(kept) as demo:
        assert demo.execute("SELECT count(*) FROM area").fetchone() == (6,)


@pytest.mark.only_on("sqlite")
def test_what_is_no_demo_is_never_put_aside(app, client_of, tmp_path, monkeypatch):
    with transaction():
        areas.import_areas(AREAS.encode())
    assert client_of(None).get("/setup/end-demo").status_code == 404
    assert client_of(None).post("/setup/end-demo").status_code == 404
    monkeypatch.setattr(serving, "serve", lambda *_rest: None)
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setitem(app.config, "ENDS_DEMO", True)
    assert "put aside" not in app.test_cli_runner().invoke(args=["start"]).output
    assert not calendar.is_empty()


@pytest.mark.one_database
def test_a_demo_is_made_at_its_own_computer_only(app, client_of, monkeypatch):
    monkeypatch.setattr(making, "make", a_short_demo)
    client = client_of(None)
    client.post("/setup/code", data={"code": gate.code()}, **FROM_ELSEWHERE)
    assert "制作演示" not in client.get("/setup", **FROM_ELSEWHERE).text
    client.post("/setup", **FROM_ELSEWHERE)
    assert calendar.is_empty()
    monkeypatch.setitem(app.config, "PUBLIC_URL", "http://localhost")
    client.post("/setup")
    assert calendar.is_empty()
