"""The log: a line of JSON for what the operator has to know, with a number to ask by and nobody's data."""

import json
import logging
import re

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ground.db import db, troubles
from ground.db.troubles import Trouble, tell
from ground.watch import events
from people import access
from people.models import Card, Household, Person, User
from tests import test_rules
from tests.cast import NEXT_VILLAGE, PASSWORD, VILLAGE, writing_connection

lived_in = test_rules.lived_in


@pytest.fixture
def lines(tmp_path):
    """The lines of the log so far."""
    file = tmp_path / "log"
    before = list(events._handlers)
    events.log_to(str(file), None)

    def lines(event=None):
        found = [json.loads(line) for line in file.read_text().splitlines()]
        return [line for line in found if event in (None, line["event"])]

    lines.file = file
    yield lines
    logging.getLogger().removeHandler(events._handlers[0])
    events._handlers[0].close()
    events._handlers[:] = before
    for handler in before:
        logging.getLogger().addHandler(handler)


def sign_in(client, password, name="clerk"):
    return client.post("/sign-in", data={"username": name, "password": password})


def test_signing_in_failing_and_being_locked_out(cast, client_of, lines):
    client, clerk = client_of(None), cast.clerk.id
    for _each in range(5):
        sign_in(client, "guess")
    sign_in(client, PASSWORD)
    sign_in(client_of(None), PASSWORD, "nobody")
    assert [(line["code"], line.get("whose")) for line in lines("refused")] == [
        *[("wrong_sign_in", clerk)] * 5,
        ("too_many_tries", clerk),
        ("wrong_sign_in", None),
    ]
    sign_in(client, PASSWORD, "chair")
    (line,) = lines("signed_in")
    assert (line["user"], line["endpoint"], line["level"]) == (cast.chair.id, "signin.sign_in", "info")
    assert re.fullmatch(r"20..-..-..T..:..:..\.\d{3}\+00:00", line["at"])


def test_refusals_on_pages_and_to_programs_and_exports(cast, client_of, lines):
    clerk = client_of(cast.clerk)
    clerk.post(f"/a/{VILLAGE}/trainings/law-mark/{cast.worker.id}", data={"marked_on": "2030-01-01"})
    client_of(None).get("/api/v1/goods")
    clerk.get(f"/v/{VILLAGE}/people?as=xlsx")
    assert [(line["endpoint"], line["code"]) for line in lines("refused")][-1] == ("api.goods", "no_key")
    (line,) = lines("exported")
    assert (line["endpoint"], line["user"], line["kind"]) == ("roster.persons", cast.clerk.id, "xlsx")


def test_what_somebody_may_not_see_is_told_of_those_who_are_known(cast, client_of, lines):
    """Without the right always; what is not there, as another village's rows are, of who is signed in."""
    clerk, number = client_of(cast.clerk), cast.clerk.id
    for path in (f"/v/{VILLAGE}/supervision", f"/v/{NEXT_VILLAGE}/people", f"/v/{VILLAGE}/people/999"):
        clerk.get(path)
    clerk.get("/nothing")
    client_of(None).get("/o/NOTICKET")
    said = [(line["event"], line["level"], line["endpoint"], line["user"]) for line in lines()]
    assert said == [
        ("denied", "warning", "home.supervision", number),
        ("not_found", "info", "roster.persons", number),
        ("not_found", "info", "roster.person", number),
    ]
    assert lines("denied")[0]["needs"] == "county supervisor township"


def test_each_request_has_a_number_that_its_answer_and_its_error_page_show(
    app, cast, client_of, lines, monkeypatch
):
    client, given = client_of(None), "0af7651916cd43dd8448eb211c80319c"
    made = client.get("/nothing")
    number = made.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", number)
    assert f"{number[:4]} {number[4:8]}" in made.text
    assert client.get("/nothing").headers["X-Request-ID"] != number
    assert client.get("/nothing", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given
    monkeypatch.setitem(app.config, "TRUSTED_PROXIES", 1)  # somebody of ours gave it
    assert client.get("/nothing", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    for odd in ("x", "a" * 65, "李秀明李秀明", 'a"b{}c d e f'):
        answer = client.get("/nothing", headers={"X-Request-ID": odd.encode().decode("latin-1")})
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


@pytest.fixture
def broken(lasting_app, app, monkeypatch):
    """The application in earnest, where a page breaks over a name."""
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def breaks(ticket):
        raise ValueError("李秀明 12000005678")

    breaks.access = access.AccessRule(public=True)
    monkeypatch.setitem(app.view_functions, "wall.followed", breaks)
    return app


def test_what_breaks_is_told_by_its_kind_and_place(broken, client_of, lines):
    answer = client_of(None).get("/o/SECRETTICKET")
    assert answer.status_code == 500
    error, failed = lines()
    assert (error["level"], error["error"], error["where"][-1].split()[1]) == (
        "error",
        ["ValueError"],
        "breaks",
    )
    assert (failed["event"], failed["status"]) == ("failed", 500)
    assert error["request"] == failed["request"] == answer.headers["X-Request-ID"]
    text = lines.file.read_text()
    assert "SECRET" not in text
    assert ascii("李秀明")[1:-1] not in text


def test_what_a_database_says_of_rows_is_left_out(cast, lines, monkeypatch):
    monkeypatch.setattr(troubles, "_last_met", {})  # else it is told once a minute
    with pytest.raises(IntegrityError) as met, writing_connection() as connection:
        connection.execute(sa.insert(User).values(username="clerk", name="李秀明", password_hash="x"))
    tell(Trouble.AWAY, met.value)
    logging.getLogger("another.library").warning("%s has %d of %s", "李秀明", 3, "12000005678")
    trouble, other = lines()
    assert trouble["error"][0].startswith("IntegrityError ")
    assert (other["event"], other["from"]) == ("… has 3 of …", "another.library")


def personal_data():
    """Names, numbers, telephones and secrets of everybody in the database."""
    columns = (Person.name, Person.phone, User.name, User.username, Card.number, Card.token, Household.head)
    found = {str(value) for column in columns for value in db.session.scalars(sa.select(column)) if value}
    return found - {"worker", "clerk", "chair"}  # words of the program too


@pytest.mark.at_length
def test_nobody_s_data_is_in_it_whatever_is_opened_and_taken_out(app, cast, client_of, lived_in, lines):
    """Every page of the clerk, each list as a file, and every button with nothing filled in."""
    client, held = client_of(cast.clerk), cast.clerk.roles_in(cast.village)
    sign_in(client_of(None), "李秀明", cast.card.number)
    sign_in(client_of(None), "guess", "李秀明")
    for route, rule in test_rules.rules(app):
        if rule.roles and held & rule.roles:
            path = test_rules.address(app, route.endpoint, **lived_in)
            for method in test_rules.methods(route):
                asked = (
                    f"{path}{'&' if '?' in path else '?'}as=xlsx&words=李秀明" if method == "GET" else path
                )
                client.open(asked, method=method)
    said = [line | {"needs": None} for line in lines()]  # roles, whose names are sign-in names here too
    text = json.dumps(said, ensure_ascii=False)
    assert {line["event"] for line in lines()} >= {"refused", "exported"}
    assert len(lines()) > 40
    assert {value for value in personal_data() if value in text} == set()


def test_a_log_that_was_moved_away_begins_anew(lines, tmp_path):
    events.tell("first")
    lines.file.rename(tmp_path / "log.1")
    events.tell("second", number=2)
    assert [line["event"] for line in lines()] == ["second"]
