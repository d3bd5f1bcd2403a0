"""The commands of many counties, and what a running server makes of them."""

import http.client
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
import sqlalchemy as sa
from flask import Flask, current_app
from werkzeug.test import Client

import app as program
from ground import clock
from ground.db import db, transaction
from ground.server import backups
from ground.tenants import cli
from ground.tenants.host import Host
from ground.tenants.register import BadRegister, Register, Tenant
from people.models import Person, Role
from people.signin import accounts
from reports.prefecture import collecting
from shop.desk import devices
from tests.cast import PASSWORD, TODAY, Cast, new_app
from tests.product import ROOT
from tests.served.server import free_port
from tests.tenants.prefecture import TOOLS, Prefecture, found


@pytest.fixture
def host(tmp_path, monkeypatch):
    """An instance folder of several counties, and a shell in which commands are typed."""
    monkeypatch.setenv("AIXIN_INSTANCE", str(tmp_path))
    monkeypatch.delenv("AIXIN_COUNTY", raising=False)
    return Prefecture(tmp_path)


def typed(*words, county=""):
    """What a command says, and whether it went well."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIXIN_COUNTY", county)
        app = program.create_app()
        done = app.test_cli_runner().invoke(app.cli, words)
    return done.exit_code, done.output.strip()


@pytest.fixture
def migrated(database, empty_template, monkeypatch):
    """A new SQLite county begins with a copy of a database that was migrated: to migrate takes seconds."""
    empty = sa.make_url(database.uri(empty_template)).database

    def copy(app):
        shutil.copy(empty, Path(app.instance_path) / "aixin.sqlite")

    monkeypatch.setattr(cli, "migrate", copy)


only_on_sqlite = pytest.mark.only_on("sqlite")


def test_one_county_alone_knows_nothing_of_it(host):
    assert not isinstance(program.create_app(), Host)
    assert not host.register.file.exists()
    assert typed("counties", "list") == (0, "")


@only_on_sqlite
def test_counties_come_are_listed_closed_and_removed(host, migrated, database):
    """A server that runs answers for each from the next request on."""
    assert typed("counties", "add", "532323", "--host", "http://mouding.example", "--name", "牟定县")[0] == 0
    assert typed("counties", "add", "532324", "--host", "nanhua.example")[0] == 0
    server = Client(program.create_app())

    def status(host):
        return server.get("/setup/code", base_url=f"http://{host}.example").status_code

    assert [status(host) for host in ("mouding", "nanhua", "yaoan")] == [200, 200, 404]
    for words, said in {
        ("add", "532323", "--host", "yaoan.example"): "532323 is there already",
        ("add", "532325", "--host", "nanhua.example"): "nanhua.example is the host of 532324 already",
        ("add", "../etc", "--host", "yaoan.example"): "../etc is no code",
        ("add", "532325", "--host", "yaoan.example/path"): "yaoan.example/path is no address",
        ("close", "532399"): "there is no county 532399",
    }.items():
        code, output = typed("counties", *words)
        assert (code, said in output) == (1, True), output
    typed("counties", "close", "532324")
    answer = server.get("/", base_url="http://nanhua.example")
    assert (answer.status_code, "Retry-After" in answer.headers, "现在用不了" in answer.text) == (
        503,
        True,
        True,
    )
    assert status("mouding") == 200
    assert typed("counties", "list")[1].splitlines() == [
        f"532323\t牟定县\thttp://mouding.example\t{host.instance}/counties/532323/aixin.sqlite",
        f"532324\t–\thttps://nanhua.example\t{host.instance}/counties/532324/aixin.sqlite\tclosed",
    ]
    typed("counties", "open", "532324")
    assert status("nanhua") == 200
    assert typed("counties", "remove", "532324") == (0, "532324 is removed.")
    assert status("nanhua") == 404


@only_on_sqlite
def test_a_county_begins_by_its_page_with_the_code_that_add_says(host, migrated):
    """Its people are elsewhere: they are led to the code, and no other county's opens it."""
    printed = {}
    for code in ("532323", "532324"):
        said = typed("counties", "add", code, "--host", f"http://c{code}.example")[1]
        assert f"http://c{code}.example/" in said
        printed[code] = re.search("[0-9A-Z]{4}-[0-9A-Z]{4}", said)[0]
        assert printed[code] in typed("setup-code", county=code)[1]
    assert printed["532323"] != printed["532324"]
    server = program.create_app()
    for app in (server.applications.of(host.register.tenant(code)) for code in printed):
        app.config.update(WTF_CSRF_ENABLED=False)
    for code, opens in (("532323", "/setup"), ("532324", None)):
        client = Client(server)
        answer = client.post(
            "/setup/code", base_url=f"http://c{code}.example", data={"code": printed["532323"]}
        )
        assert answer.location == opens
    said = typed("counties", "add", "5323", "--prefecture", "--host", "http://p.example")[1]
    assert "prefecture begin" in said
    assert "code:" not in said


@only_on_sqlite
def test_a_county_in_which_something_is_stays(prefecture, monkeypatch):
    monkeypatch.setenv("AIXIN_INSTANCE", str(prefecture.instance))
    code, said = typed("counties", "remove", "east")
    assert (code, "east is not empty: area, " in said) == (1, True)
    assert "east" in prefecture.register.tenants()


@only_on_sqlite
def test_a_command_is_run_in_the_county_that_it_names(prefecture, monkeypatch):
    monkeypatch.setenv("AIXIN_INSTANCE", str(prefecture.instance))
    with clock.at(TODAY), prefecture.inside("east"), transaction():
        devices.add_device(Cast().shop, "东边的收银台", Cast().manager)
    for code in ("east", "west"):
        assert ("东边的收银台" in typed("devices", "list", county=code)[1]) == (code == "east")
    assert typed("ledger", "verify", county="west") == (0, "everything fits")
    for words in (("ledger", "verify"), ("db", "upgrade"), ("start",)):
        done = (
            program.command.main(["--county", "", *words], standalone_mode=False) if False else typed(*words)
        )
        assert (done[0], "--county CODE" in done[1]) == (1, True), words
    with pytest.raises(SystemExit, match="there is no county north"):
        typed("ledger", "verify", county="north")


def test_the_command_takes_the_county_before_its_words(monkeypatch):
    monkeypatch.setenv("AIXIN_COUNTY", "")  # and it is as before afterwards
    chosen = []
    monkeypatch.setattr(program.command, "create_app", lambda: chosen.append(os.environ["AIXIN_COUNTY"]))
    with pytest.raises(click.UsageError):
        program.command.main(["--county", "532323", "nothing"], standalone_mode=False)
    assert chosen == ["532323"]


@only_on_sqlite
def test_migrating_names_what_fails_and_does_the_others(host, database, empty_template):
    """One file is damaged; what is done already, is done again without harm."""
    host.join("good", "bad")
    empty = sa.make_url(database.uri(empty_template)).database
    for code in ("good", "bad"):
        (folder := host.instance / "counties" / code).mkdir(parents=True)
        shutil.copy(empty, folder / "aixin.sqlite")
    (host.instance / "counties/bad/aixin.sqlite").write_bytes(b"no database" * 1000)
    code, said = typed("counties", "migrate", "--at-once", "1")
    lines = sorted(said.splitlines())
    assert code == 1
    assert lines[0].startswith("Error: 1 failed")
    assert lines[1].startswith("bad: DatabaseError: ")
    assert lines[2:] == ["good: done"]
    shutil.copy(empty, host.instance / "counties/bad/aixin.sqlite")
    assert typed("counties", "migrate")[0] == 0


@only_on_sqlite
def test_a_county_whose_database_is_behind_is_not_answered_and_the_others_are(host, database, template):
    """Nobody is let into it, a monitor is told; once it is migrated, it is answered without a new start."""
    host.join("good", "behind")
    (host.instance / "counties/good").mkdir(parents=True)
    shutil.copy(sa.make_url(database.uri(template)).database, host.instance / "counties/good/aixin.sqlite")
    assert [host.ask(code, "/sign-in").status_code for code in ("good", "behind")] == [200, 503]
    assert host.ask("good", "/readyz").status_code == 200
    assert host.ask("behind", "/readyz").json["reasons"][0].startswith("migrations: ")
    assert Client(host.host).get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200
    with host.inside("behind"):
        db.engine.dispose()
    for file in host.instance.glob("counties/behind/aixin.sqlite*"):
        file.unlink()
    shutil.copy(sa.make_url(database.uri(template)).database, host.instance / "counties/behind/aixin.sqlite")
    assert host.ask("behind", "/sign-in").status_code == 200
    (host.instance / "counties.json").write_text('{"good": {"address": "good.example"}}')  # by hand
    assert host.ask("good", "/sign-in").status_code == 503
    assert Client(host.host).get("/readyz").json["reasons"] == ["register: it can't be read"]


def test_a_county_that_can_t_be_made_harms_no_other(host, monkeypatch):
    host.join("broken")
    (host.instance / "counties/broken").mkdir(parents=True)
    (host.instance / "counties/broken/settings.json").write_text("{")
    answer = host.ask("broken", "/sign-in")
    assert (answer.status_code, "再试" in answer.text) == (503, True)
    assert Client(host.host).get("/nothing", base_url="http://elsewhere.example").status_code == 404


def test_whatever_is_wrong_with_one_county_the_others_are_served_and_a_monitor_is_told(host):
    def make(tenant):
        if tenant.code == "odd":
            raise LookupError("nobody thought of it")
        return Flask(tenant.code)

    host.join("odd", "plain")
    door = Host("odd", host.register, make, program.MIGRATIONS, proxies=0)
    assert Client(door).get("/", base_url="http://odd.example").status_code == 503
    assert Client(door).get("/readyz", base_url="http://odd.example").status_code == 503
    assert [tenant.code for tenant, _app in door.applications.all()] == ["plain"]


def test_a_register_that_is_gone_is_told_to_a_monitor(host):
    """Not mounted any more, or removed by mistake: nobody is served, so it is not ready."""
    host.join("good")
    host.register.file.unlink()
    answer = Client(host.host).get("/readyz", base_url="http://127.0.0.1:8000")
    assert (answer.status_code, answer.json["reasons"]) == (
        503,
        ["register: nobody stands in it, or it is gone"],
    )


def test_at_a_host_of_nobody_s_a_monitor_hears_of_the_process_and_of_no_county(host):
    """Whoever finds the server by its number, or by a name that leads there, learns no code and no path."""
    host.join("broken")
    (host.instance / "counties/broken").mkdir(parents=True)
    (host.instance / "counties/broken/settings.json").write_text("{")
    for base_url in ("http://127.0.0.1:8000", "http://elsewhere.example"):
        answer = Client(host.host).get("/readyz", base_url=base_url)
        assert (answer.status_code, answer.json) == (200, {"status": "ok", "reasons": []})
    assert host.ask("broken", "/readyz").status_code == 503
    host.register.file.write_text('{"broken": {"address": "broken.example"}}')  # by hand
    answer = Client(host.host).get("/readyz", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 503
    assert not [word for word in ("broken", str(host.instance)) if word in answer.text]


def test_the_list_goes_on_behind_a_county_whose_settings_are_broken(host, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    host.join("broken", "good")
    (host.instance / "counties/broken").mkdir(parents=True)
    (host.instance / "counties/broken/settings.json").write_text("{")
    done, said = typed("counties", "list")
    assert (done, "settings.json can't be read" in said, "\ngood\t" in said) == (0, True, True)


def test_no_file_is_the_database_of_several_counties(host, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{host.instance}/one.sqlite")
    for code in ("east", "west"):
        done, said = typed("counties", "add", code, "--host", f"{code}.example")
        assert (done, "DATABASE_URL has to be a PostgreSQL database" in said) == (1, True)
    assert not host.register.file.exists()


@only_on_sqlite
def test_who_ran_alone_is_told_that_it_is_not_answered_any_more(host, migrated):
    (host.instance / "aixin.sqlite").touch()
    first, second = (
        typed("counties", "add", code, "--host", f"{code}.example")[1] for code in ("east", "west")
    )
    assert ("ran here alone" in first, "ran here alone" in second) == (True, False)


def test_the_passwords_in_the_register_are_its_owner_s(host):
    host.join("good")
    host.register.file.chmod(0o644)
    program.create_app()
    assert host.register.file.stat().st_mode & 0o777 == 0o600


def test_two_commands_change_the_register_one_after_the_other(host):
    host.join("good")
    with host.register.changing() as tenants:
        tenants["fine"] = Tenant("fine", "https://fine.example")
        with pytest.raises(BadRegister, match="another command"), Register(host.instance).changing():
            pass
    assert set(Register(host.instance).tenants()) == {"good", "fine"}


@only_on_sqlite
def test_sqlite_is_served_by_one_process_and_by_one_server(prefecture, monkeypatch):
    monkeypatch.setenv("AIXIN_INSTANCE", str(prefecture.instance))
    assert "one process" in typed("serve", "--processes", "2")[1]


@pytest.mark.at_length
def test_a_server_answers_for_all_of_them(database, template, tmp_path):
    """A real one, in processes as in earnest; it ends when it is told to, and a second one says so."""
    prefecture = found(database, template, tmp_path)
    prefecture.close()
    port, log = free_port(), tmp_path / "log"
    settings = {"AIXIN_INSTANCE": str(tmp_path), "AIXIN_LOG": str(log), "AIXIN_TRUST_CLOCK": "1"}
    settings |= {"AIXIN_METRICS": f"127.0.0.1:{free_port()}"}
    processes = "2" if database.keeps_connections else "1"
    command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--processes", processes], cwd=ROOT, env=os.environ | settings, stdout=subprocess.PIPE
    )
    try:
        assert "2 counties" in server.stdout.readline().decode()
        for code, status in (("east", 200), ("west", 200), ("north", 404)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/sign-in", headers={"Host": f"{code}.example"})
            assert connection.getresponse().status == status
            connection.close()
        figures = urlopen(f"http://{settings['AIXIN_METRICS']}/metrics").read().decode()
        assert 'aixin_entries{county="east"} 0.0' in figures
        second = subprocess.run(
            [*command, "--processes", "1"], cwd=ROOT, env=os.environ | settings, check=False
        )
        assert second.returncode == 1
    finally:
        server.terminate()
        assert server.wait(60) == 0


# --- On PostgreSQL, in schemas of one database ---


@pytest.fixture
def with_tools(monkeypatch):
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")


@pytest.fixture
def really_run(monkeypatch):
    """What the program runs of its own commands, runs in this process."""

    def run(uri, *words):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AIXIN_COUNTY", "")
            patch.setenv("AIXIN_INSTANCE", current_app.instance_path)
            other = new_app(uri.replace("postgresql:", "postgresql+psycopg:"))
        with other.app_context():
            done = other.test_cli_runner().invoke(args=words)
            db.session.remove()
            db.engine.dispose()
        assert done.exit_code == 0, done.output

    monkeypatch.setattr("ground.server.backups.run_ourselves", run)


def names(prefecture, code):
    with prefecture.inside(code):
        return set(db.session.scalars(sa.select(Person.name)))


@only_on_sqlite
def test_the_file_of_a_county_is_restored_in_no_other(host, migrated, monkeypatch):
    """It says itself whose it is; of one that was made before, or alone, nobody can tell."""
    monkeypatch.setattr(backups, "run_ourselves", lambda *_words: None)  # it verifies, which takes seconds
    for code in ("532323", "532324"):
        typed("counties", "add", code, "--host", f"c{code}.example")
    done, file = typed("backup", county="532323")
    assert done == 0, file
    done, said = typed("restore", file, county="532324")
    assert (done, "it is a backup of 532323, and this is 532324" in said) == (1, True), said
    done, said = typed("restore", file, county="532323")
    assert (done, "everything in it fits" in said) == (0, True), said
    with host.inside("532323"):
        assert not sa.inspect(db.engine).has_table(backups.WHOSE)
        db.engine.dispose()
    monkeypatch.setenv("AIXIN_INSTANCE", str(host.instance / "alone"))
    done, said = typed("restore", file)
    assert (done, "everything in it fits" in said) == (0, True), said
    done, file = typed("backup")
    monkeypatch.setenv("AIXIN_INSTANCE", str(host.instance))
    done, said = typed("restore", file, county="532324")
    assert (done, "everything in it fits" in said) == (0, True), said


@pytest.mark.at_length
def test_a_county_goes_out_and_comes_back_alone(
    database, template, tmp_path, monkeypatch, with_tools, really_run
):
    """Its backup holds it alone; restored, the neighbour goes on as it was; moved, it is verified there."""
    monkeypatch.setenv("AIXIN_INSTANCE", str(tmp_path))
    prefecture = found(database, template, tmp_path)
    was = names(prefecture, "east")
    done, file = typed("backup", county="east")
    assert done == 0, file
    for code in ("east", "west"):
        with clock.at(TODAY), prefecture.inside(code), transaction():
            Cast().worker.name = f"后来的{code}"
    prefecture.close()
    if is_postgresql := database.keeps_connections:
        assert "Close it first" in typed("restore", file, county="east")[1]
    typed("counties", "close", "east")
    done, said = typed("restore", file, county="east")
    assert (done, "everything in it fits" in said) == (0, True), said
    typed("counties", "open", "east")
    typed("counties", "close", "west")  # the neighbour's backup: an empty county would be the end
    done, said = typed("restore", file, county="west")
    why = "nothing of aixin_west is in it" if is_postgresql else "it is a backup of east, and this is west"
    assert (done, why in said) == (1, True), said
    typed("counties", "open", "west")
    assert names(prefecture, "east") == was
    assert "后来的west" in names(prefecture, "west")
    prefecture.close()
    if not is_postgresql:
        return
    database.create("another_machine")
    there = database.uri("another_machine").replace("+psycopg", "")
    done, said = typed("counties", "move", "east", "--to", there)
    assert (done, "everything in it fits" in said) == (0, True), said
    assert names(prefecture, "east") == was
    assert "后来的west" in names(prefecture, "west")
    assert "is in that database already" in typed("counties", "move", "east", "--to", there)[1]
    prefecture.close()


@only_on_sqlite
def test_a_prefecture_begins_and_collects_by_commands(host, migrated):
    code, said = typed("counties", "add", "5323", "--prefecture", "--host", "http://chuxiong.example")
    assert (code, said.endswith("aixin --county 5323 prefecture begin …")) == (0, True)
    code, said = typed("counties", "collect")
    assert (code, "5323: NotServed: it has not begun: prefecture begin" in said) == (1, True)
    begin = "prefecture", "begin", "5323", "楚雄州", "zhou", "周科长", "--lasting", "--password", PASSWORD
    assert typed(*begin, county="5323") == (0, "楚雄州 has begun, and zhou may sign in")
    assert typed("counties", "collect") == (0, "")
    with host.inside("5323"):
        (grant,) = accounts.sign_in("zhou", PASSWORD).grants
        assert (grant.role, grant.area.name) == (Role.PREFECTURE, "楚雄州")


def test_the_server_collects_beside_what_it_serves(host, monkeypatch):
    """One round of its thread; a register that can't be read is told, and it goes on."""
    rounds = [False, True]
    monkeypatch.setattr(collecting.threading.Event, "wait", lambda _event, _seconds: rounds.pop(0))
    host.register.file.write_text("{")
    collecting._keep(host.host.applications)
    assert rounds == []
