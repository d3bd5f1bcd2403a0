"""The command `start`: in the house's network, with a browser, and what it says of an empty database."""

import re

import pytest

from demo import calendar
from ground.db import db, transaction
from ground.server import nearby, serving
from people import areas


@pytest.fixture
def opened(monkeypatch):
    """The addresses at which the server listens and the browser opens; it serves nobody."""
    happened = []
    monkeypatch.setattr(nearby, "network_address", lambda: "192.168.1.5")
    monkeypatch.setattr(nearby.webbrowser, "open", lambda address: happened.append(("browser", address)))
    monkeypatch.setattr(serving, "listen", lambda host, port: happened.append(("server", host)))
    monkeypatch.setattr(serving, "serve", lambda *_rest: None)
    monkeypatch.setenv("PORT", "8123")
    return happened


@pytest.mark.one_database
def test_it_is_let_into_the_network_with_its_address_and_what_that_lacks(app, opened, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "")
    done = app.test_cli_runner().invoke(args=["start", "--lan"])
    assert done.exit_code == 0, done.output
    assert opened == [("server", "0.0.0.0")]  # there is no screen in a test
    for said in ("http://192.168.1.5:8123/", "HTTPS", nearby.qr_for_terminal("http://192.168.1.5:8123/")):
        assert said in done.output
    assert app.config["PUBLIC_URL"] == "http://192.168.1.5:8123"  # and so it stands on papers


@pytest.mark.one_database
def test_without_being_asked_it_stays_on_its_computer_and_opens_the_browser_there(app, opened, monkeypatch):
    monkeypatch.setattr(nearby, "has_browser", lambda: True)
    for more, browser in (([], [("browser", "http://127.0.0.1:8123/")]), (["--no-browser"], [])):
        opened.clear()
        done = app.test_cli_runner().invoke(args=["start", *more])
        assert (done.exit_code, opened) == (0, [("server", "127.0.0.1"), *browser])
        assert "HTTPS" not in done.output


@pytest.mark.one_database
def test_a_demo_is_let_into_no_network_unasked(empty, opened, monkeypatch):
    """One that is there, and one that would be made."""
    for said in ("--lan", "PUBLIC_DEMO=yes"):
        monkeypatch.setitem(empty.config, "PUBLIC_URL", "")
        done = empty.test_cli_runner().invoke(args=["start", "--lan", "--demo"])
        assert (done.exit_code, said in done.output, opened) == (1, True, [])
        with transaction() as session:
            session.add(calendar.DemoCalendar(seconds=0))
            areas.import_areas(areas.COUNTY_FILE.read_bytes())


@pytest.mark.parametrize(
    ("setting", "is_there"), [("DISPLAY", True), ("WAYLAND_DISPLAY", True), ("SSH_TTY", False)]
)
def test_a_browser_is_where_there_is_a_screen_and_somebody_before_it(setting, is_there, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(setting, ":0")
    monkeypatch.setattr(nearby.sys, "platform", "linux")
    assert not nearby.has_browser()  # a pipe is no terminal
    monkeypatch.setattr(nearby.sys.stdout, "isatty", lambda: True, raising=False)
    assert nearby.has_browser() is is_there


# --- An empty database ---


@pytest.mark.one_database
def test_an_empty_database_is_served_with_the_code_of_its_set_up_page(empty, opened, monkeypatch):
    done = empty.test_cli_runner().invoke(args=["start"])
    assert done.exit_code == 0, done.output
    assert calendar.is_empty()
    assert opened == [("server", "127.0.0.1")]
    printed = re.search("[0-9A-Z]{4}-[0-9A-Z]{4}", done.output)[0]
    said = empty.test_cli_runner().invoke(args=["setup-code"])  # in another process, for who forgot it
    assert (said.exit_code, printed in said.output, "http://" in said.output) == (0, True, True), said.output
    monkeypatch.setitem(empty.config, "SECRET_KEY", "of another county")
    assert printed not in empty.test_cli_runner().invoke(args=["setup-code"]).output


@pytest.mark.one_database
def test_a_database_in_use_has_no_such_code(cast, app, opened):
    assert "code" not in app.test_cli_runner().invoke(args=["start"]).output
    said = app.test_cli_runner().invoke(args=["setup-code"])
    assert (said.exit_code, "begun already" in said.output) == (1, True)


@pytest.mark.one_database
def test_a_demo_that_is_let_into_the_network_is_warned_of(empty, opened, monkeypatch):
    monkeypatch.setitem(empty.config, "PUBLIC_URL", "")
    monkeypatch.setitem(empty.config, "PUBLIC_DEMO", True)
    with transaction() as session:
        session.add(calendar.DemoCalendar(seconds=0))
        areas.import_areas(areas.COUNTY_FILE.read_bytes())
    done = empty.test_cli_runner().invoke(args=["start", "--lan"])
    assert "everybody knows its passwords" in done.output
    db.session.rollback()
