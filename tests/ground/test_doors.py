"""From where the program is asked, what its answers leave behind, and who else can read its files."""

import os
import stat

import flask_migrate
import pytest

from app import KEY_FILE, create_app
from ground import web
from ground.computer import private
from ground.db import database_file, db
from ground.refusal import Refused
from ground.server import serving
from ground.web import addresses
from tests.cast import VILLAGE, new_app
from tests.shop import till as tills

PUBLIC_URL = "https://aixin.example"
NO_ADDRESSES = (
    "aixin.example",
    "https://",
    "https://aixin.example/shop",
    "https://aixin.example:99999",
    "ftp://x",
)

# --- To which address it was sent ---


@pytest.fixture
def public(app, monkeypatch):
    """The application once its address is known."""
    monkeypatch.setitem(app.config, "PUBLIC_URL", PUBLIC_URL)
    return app


@pytest.mark.parametrize(
    "host", ["aixin.example", "AIXIN.example:443", "127.0.0.1:8000", "localhost", "[::1]"]
)
def test_its_own_address_and_this_computer_are_answered(public, client_of, host):
    assert client_of(None).get("/sign-in", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "aixin.example.evil", "192.168.1.5", "127.0.0.1.nip.io", "["]
)
def test_any_other_is_refused_in_plain_words_and_printed_nowhere(public, client_of, host):
    client, headers = client_of(None), {"Host": host}
    for path in ("/sign-in", "/", "/nothing", "/static/aixin.css", f"/n/{VILLAGE}/"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, PUBLIC_URL in answer.text) == (400, True), path
        assert host not in answer.text
    assert client.get("/api/v1/goods", headers=headers).json["code"] == "unknown_host"


def test_without_its_address_nothing_is_printed_but_for_this_computer(app, monkeypatch):
    for host, known in (("localhost:8000", "http://localhost:8000/x"), ("192.168.1.5", None)):
        with app.test_request_context("/", headers={"Host": host}):
            assert web.known_url("/x") == known
            if known is None:
                with pytest.raises(Refused, match="no_address"):
                    web.printed_url("/x")
    monkeypatch.setitem(app.config, "PUBLIC_URL", PUBLIC_URL)
    with app.test_request_context("/", headers={"Host": "localhost"}):
        assert web.printed_url("/x") == "HTTPS://AIXIN.EXAMPLE/X"


def test_papers_are_refused_and_a_till_hands_out_all_the_same(cast, client_of, monkeypatch):
    """A till is told after the points are spent: it gets no address, and no refusal."""
    cast.earn(cast.worker, 100)
    monkeypatch.setattr(addresses, "is_loopback", lambda _host: False)
    page = client_of(cast.clerk).get("/guides/clerk.pdf")
    assert (page.status_code, "PUBLIC_URL" in page.text) == (422, True)
    till = tills.at(client_of(None), cast.shop)
    done = till.order(cast.card.number, {cast.goods.id: 1})
    assert (done.status_code, done.json["check_url"]) == (201, None)


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [(["--host", "0.0.0.0"], {}), ([], {"TRUSTED_PROXIES": 1})],
    ids=["lan", "proxy"],
)
def test_a_server_that_others_reach_starts_with_its_address_only(plain_app, arguments, settings, monkeypatch):
    monkeypatch.setattr(serving, "listen", lambda *_where: pytest.fail("it serves"))
    for name, value in settings.items():
        monkeypatch.setitem(plain_app.config, name, value)
    done = plain_app.test_cli_runner().invoke(args=["serve", *arguments])
    assert (done.exit_code, "PUBLIC_URL" in done.output) == (1, True)


# --- What an answer leaves behind ---


def test_what_somebody_saw_is_not_kept(app, cast, client_of):
    """The generated check over all pages is in test_rules.py; here are those who ask."""
    for client, path, kept in (
        (client_of(cast.clerk), f"/v/{VILLAGE}/people", "no-store"),
        (client_of(cast.clerk), "/sign-in", "no-store"),
        (client_of(cast.clerk), "/nothing", "no-store"),
        (client_of(None), "/sign-in", "no-cache, private"),
        (client_of(cast.clerk), "/static/aixin.css", "public, no-cache"),
    ):
        assert client.get(path).headers["Cache-Control"] == kept, path
    till = tills.at(client_of(None), cast.shop)
    assert till.ask("GET", "/goods").headers["Cache-Control"] == "no-store"


def test_over_https_browsers_are_told_to_stay_there(app, client_of, monkeypatch):
    client = client_of(None)
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    secure = client.get("/sign-in", base_url="https://localhost").headers
    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    monkeypatch.setitem(app.config, "PUBLIC_URL", PUBLIC_URL)
    assert "Strict-Transport-Security" in client.get("/sign-in").headers


# --- Who else can read its files ---


@pytest.fixture
def open_umask():
    """A shell in which new files are everybody's to read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def others_may(file):
    return stat.S_IMODE(file.stat().st_mode) & 0o077


def test_what_it_makes_is_its_owner_s_alone(tmp_path, monkeypatch, open_umask):
    monkeypatch.setenv("AIXIN_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("AIXIN_LOG", str(tmp_path / "instance" / "log"))
    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        app.test_client().get("/sign-in")
        file = database_file()
        db.session.connection()
        made = {path.name: others_may(path) for path in file.parent.iterdir()}
        db.session.remove()
        db.engine.dispose()
    assert others_may(file.parent) == 0
    assert made.keys() >= {
        "aixin.sqlite",
        "aixin.sqlite-wal",
        "aixin.sqlite-shm",
        "aixin.sqlite-server",
        KEY_FILE,
    }
    assert set(made.values()) == {0}


def test_what_was_open_is_closed_and_said(tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("AIXIN_INSTANCE", str(tmp_path))
    monkeypatch.setenv("AIXIN_LOG", str(tmp_path / "log"))
    (tmp_path / "backups").mkdir()
    names = ("aixin.sqlite", "aixin.sqlite-wal", KEY_FILE, "log", "backups/aixin-20261228-010000.backup")
    for name in names:
        (tmp_path / name).touch()
        (tmp_path / name).chmod(0o644)
    (tmp_path / KEY_FILE).write_text("secret")
    new_app(f"sqlite:///{tmp_path / 'aixin.sqlite'}")
    assert [others_may(tmp_path / name) for name in names] == [0] * len(names)
    assert sum("others could read" in record.getMessage() for record in caplog.records) == len(names)


def test_what_is_no_file_stays_open(tmp_path):
    """The log of a machine may go to /dev/null, which all its programs use."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        path.chmod(0o755)
        assert private.close_to_others([path]) == []
        assert others_may(path) == 0o55


def test_what_is_another_s_is_said(tmp_path, monkeypatch, caplog):
    (tmp_path / "aixin.sqlite").touch()
    (tmp_path / "aixin.sqlite").chmod(0o640)

    def not_ours(*_arguments):
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.chmod", not_ours)
    new_app(f"sqlite:///{tmp_path / 'aixin.sqlite'}")
    assert "chmod 600" in caplog.text


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_an_address_that_leads_nobody_anywhere_stops_the_start(url):
    with pytest.raises(SystemExit, match="PUBLIC_URL must be like"):
        create_app(SQLALCHEMY_DATABASE_URI="sqlite://", SECRET_KEY="only for tests", PUBLIC_URL=url)


def test_an_address_in_capitals_is_as_safe_as_in_small_letters():
    app = create_app(
        SQLALCHEMY_DATABASE_URI="sqlite://", SECRET_KEY="only for tests", PUBLIC_URL="HTTPS://Aixin.Example"
    )
    assert (app.config["PUBLIC_URL"], app.config["SESSION_COOKIE_SECURE"]) == ("https://aixin.example", True)
