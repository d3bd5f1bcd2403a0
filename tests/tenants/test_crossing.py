"""Nothing crosses: what belongs to one county opens, finds and shows nothing in another.

West is a copy of east, so the same numbers and sign-ins are in both. Then east goes on: what happens there,
and the names of all its people, are east's alone.
"""

import json
import logging
from threading import Thread

import pytest
import sqlalchemy as sa

from ground import clock, formkey, web
from ground.db import db, transaction
from ground.server import backups
from ground.watch.events import JsonLines
from people import audit, cards
from people.models import IN_A_COUNTY, Grant, Person, Role, UserSession
from shop.desk import devices
from tests.cast import TODAY, VILLAGE, WORKERS, Cast, writing_connection
from tests.test_other_village import ROWS
from tests.test_rules import address, live_in, methods, rules

pytestmark = pytest.mark.one_database

OF_EAST = "东山"  # stands before every name in east, and nowhere else


@pytest.fixture(scope="module")
def east(prefecture):
    """What happened in east alone: its addresses, and what opens something there."""
    with clock.at(TODAY), prefecture.inside("east"):
        cast = Cast()
        lived_in = live_in(cast)
        with transaction() as session:
            cards.renew_secrets(cast.village, cast.clerk)
            lived_in["token"] = cast.card.token
            session.execute(sa.update(Person).values(name=sa.literal(OF_EAST) + Person.name))
            _device, key = devices.add_device(cast.shop, "东边的收银台", cast.manager)
        users = {user: prefecture.cookie("east", getattr(cast, user)) for user in ("clerk", "county_user")}
        columns = [column for column in UserSession.__table__.columns if column.name != "id"]
        sessions = db.session.execute(sa.select(*columns)).mappings().all()
    with prefecture.inside("west"), writing_connection() as connection:
        connection.execute(sa.insert(UserSession), [dict(row) for row in sessions])
    return {"lived_in": lived_in, "key": key, "cookies": users}


@pytest.fixture(scope="module")
def mighty(prefecture):
    """The cookie of somebody of west with every role there."""
    with clock.at(TODAY), prefecture.inside("west"):
        cast = Cast()
        with transaction() as session:
            cast.clerk.person_id = cast.person(WORKERS[1]).id
            for role in IN_A_COUNTY - {Role.COUNTY, Role.TOWNSHIP, Role.CLERK}:
                session.add(Grant(user_id=cast.clerk.id, area_id=cast.village.id, role=role))
        return prefecture.cookie("west", cast.clerk)


def routes(app, is_long):
    """The routes with what is asked of them: all, or one for each rule and method."""
    seen = set()
    for route, rule in rules(app):
        for method in methods(route):
            kind = rule.roles, rule.public, rule.device, method, bool(ROWS & route.arguments)
            if is_long or kind not in seen:
                seen.add(kind)
                yield route, rule, method


def told(answer):
    """What an answer says, but for keys that are new each time."""
    return answer.status_code, answer.location


def test_a_session_of_another_county_is_nobody_s(prefecture, east, long):
    """The sign-in and its session are in both, row by row: each county signs with its own secret."""
    west, asked = prefecture.app("west"), 0
    with prefecture.inside("west"):
        theirs = prefecture.cookie("west", Cast().county_user)
    assert told(prefecture.ask("west", f"/v/{VILLAGE}/people", cookie=theirs)) == (200, None)
    assert (
        told(prefecture.ask("east", f"/v/{VILLAGE}/people", cookie=east["cookies"]["county_user"]))[0] == 200
    )
    for cookie in east["cookies"].values():
        for route, _rule, method in routes(west, long):
            path = address(west, route.endpoint, **east["lived_in"])
            asked += 1
            as_nobody = told(prefecture.ask("west", path, method))
            assert told(prefecture.ask("west", path, method, cookie)) == as_nobody, (method, path)
    assert asked > 40


def test_what_another_county_has_is_not_found(prefecture, east, mighty, long):
    """Its rows, receipts, tickets and cards, by their addresses, for who may see all in their own."""
    west, missing, asked = prefecture.app("west"), 0, 0
    for route, rule, method in routes(west, long):
        if rule.device or not (long or ROWS & route.arguments):
            continue
        path = address(west, route.endpoint, **east["lived_in"])
        answer = prefecture.ask("west", path, method, mighty)
        assert OF_EAST.encode() not in answer.data, path
        asked, missing = asked + 1, missing + (answer.status_code == 404)
    assert (asked > 20, missing > 5) == (True, True)
    token, code = east["lived_in"]["token"], east["lived_in"]["code"]
    for path in (f"/c/{token}", f"/r/{code}"):
        assert prefecture.ask("east", path).status_code == 200, path
        assert prefecture.ask("west", path).status_code == 404, path


def test_a_till_s_key_is_known_where_it_was_given(prefecture, east):
    bearer = {"headers": {"Authorization": f"Bearer {east['key']}"}}
    assert prefecture.ask("east", "/api/v1/goods", **bearer).status_code == 200
    answer = prefecture.ask("west", "/api/v1/goods", **bearer)
    assert (answer.status_code, answer.json["code"]) == (401, "bad_key")


def test_what_one_county_signed_another_does_not_know(prefecture):
    with prefecture.inside("east") as app, app.test_request_context():
        key, signed = web.program_key("second factor"), formkey.new()
        assert formkey.read(signed) is not None
    with prefecture.inside("west") as app, app.test_request_context():
        assert formkey.read(signed) is None
        assert web.program_key("second factor") != key


def test_the_host_s_secret_gives_each_county_its_own(prefecture, monkeypatch, tmp_path):
    """For processes on several machines; a county that brought its own secret keeps that."""
    monkeypatch.setenv("SECRET_KEY", "of the host")
    prefecture.join("north", "south")
    (prefecture.instance / "counties/south").mkdir(parents=True)
    (prefecture.instance / "counties/south/secret_key").write_text("brought along")
    north, south = prefecture.app("north").secret_key, prefecture.app("south").secret_key
    assert ("of the host" in north, len(north), south) == (False, 64, "brought along")
    with prefecture.register.changing() as tenants:
        del tenants["north"], tenants["south"]


def test_the_host_alone_says_whose_a_request_is(prefecture):
    """No cookie, header, query or path does; and the computer's own names are nobody's."""
    for asked in ("http://east.example", "http://EAST.example:8000"):
        assert (
            prefecture.ask("west", "/sign-in", headers={"Host": asked.removeprefix("http://")}).status_code
            == 200
        )
    for host in ("127.0.0.1", "localhost", "east.example.evil.example", "", "west.example@elsewhere"):
        answer = prefecture.ask("west", "/sign-in?county=west", headers={"Host": host, "X-County": "west"})
        assert (answer.status_code, "Nothing is at this address" in answer.text) == (404, True), host


def test_what_a_request_left_in_its_thread_the_next_one_does_not_find(prefecture):
    """A demo's day, the origin of a line of the trail: both are kept beside the request."""
    prefecture.ask("east", "/sign-in", environ_overrides={"REMOTE_ADDR": "10.9.8.7"})
    assert audit._origin.get() != "10.9.8.7"


def test_a_line_of_the_log_names_its_county(prefecture):
    record = logging.LogRecord("ground", logging.INFO, "", 1, "something", (), None)
    with prefecture.inside("west"):
        assert json.loads(JsonLines().format(record))["county"] == "west"
    assert "county" not in json.loads(JsonLines().format(record))


@pytest.mark.only_on("sqlite")
def test_who_writes_in_one_county_waits_for_nobody_in_another(prefecture):
    written = []

    def write_in_west():
        with clock.at(TODAY), prefecture.inside("west"), transaction():
            written.append("west")

    with clock.at(TODAY), prefecture.inside("east"), transaction():
        thread = Thread(target=write_in_west)
        thread.start()
        thread.join(20)
        assert written == ["west"]


def test_each_county_has_its_own_backups(prefecture, monkeypatch, tmp_path):
    folders = {str(backups.folder(prefecture.app(code))) for code in ("east", "west")}
    assert len(folders) == 2
    monkeypatch.setenv("AIXIN_BACKUPS", str(tmp_path))
    prefecture.join("outer")
    assert backups.folder(prefecture.app("outer")) == tmp_path / "outer"
    with prefecture.register.changing() as tenants:
        del tenants["outer"]
