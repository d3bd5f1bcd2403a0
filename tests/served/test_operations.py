"""What a monitor is told, backups, and the commands and files of docs/operations.md."""

import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from urllib.request import urlopen

import click
import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from ground.db import database_file, db
from ground.server import backups, health, metrics, restoring
from ground.server.claims import place_of_file
from ground.watch.counters import REGISTRY
from people.models import Person
from tests.cast import COUNTY, VILLAGE, new_app
from tests.served.test_alone import held_by_another
from tests.tenants.prefecture import TOOLS

ROOT = Path(__file__).parents[2]

# --- Whether it answers, and whether it can work ---


def readiness(app):
    answer = app.test_client().get("/readyz")
    assert (answer.status_code == 200) == (answer.json["reasons"] == [])
    return answer.json["reasons"]


@pytest.mark.both_databases
def test_a_program_that_can_work(app):
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json, answer.headers["Cache-Control"]) == (
        200,
        {"status": "ok", "reasons": []},
        "no-store",
    )
    assert readiness(app) == []


def test_what_keeps_it_from_its_work_is_named(app, tmp_path, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 2**60)
    monkeypatch.setitem(app.config, "BACKUPS", str(tmp_path))
    version = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    migrations, disk, backup = readiness(app)
    assert migrations == f"migrations: the database is at 0001, the program at {version}: run db upgrade"
    assert re.fullmatch(r"disk: \d+ MB are free, \d+ MB are needed", disk)
    assert backup == "backup: there is none"
    monkeypatch.undo()
    assert readiness(app) == [migrations]


def test_a_backup_that_is_too_old(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "BACKUPS", str(tmp_path))
    file = tmp_path / "aixin-20261228-010000.backup"
    file.touch()
    assert readiness(app) == []
    then = time.time() - 30 * 3600
    os.utime(file, (then, then))
    assert readiness(app) == ["backup: the newest is 30 hours old"]


def test_whatever_is_broken_behind_it_a_monitor_is_answered(app, monkeypatch):
    """The database away, another server on its file, another host: the process answers and says what is."""
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://aixin.example")
    if (file := database_file()) is not None:
        with held_by_another(place_of_file(file)):
            assert readiness(app) == []
    elsewhere = {"headers": {"Host": "10.0.0.9"}}
    assert app.test_client().get("/healthz", **elsewhere).status_code == 200

    def away(*_arguments):
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("李秀明"))

    monkeypatch.setattr(health.MigrationContext, "configure", away)
    assert readiness(app) == ["database: it does not answer"]
    assert app.test_client().get("/healthz").status_code == 200


# --- Figures ---


def figures():
    """The figures as the monitor reads them, by name and labels."""
    return {
        (sample.name, tuple(sample.labels.items())): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
    }


def test_figures_of_requests_refusals_waits_and_of_the_database(app, cast, client_of, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    before = figures()
    collector = metrics.DatabaseFigures(lambda: [app])
    monkeypatch.setattr(metrics, "DatabaseFigures", lambda _apps: collector)
    server, _thread = metrics.serve(lambda: [app], f"127.0.0.1:{port}")
    try:
        cast.earn(cast.worker, 100)
        client = client_of(cast.clerk)
        client.get(f"/v/{VILLAGE}/people")
        client.get("/nothing")
        client_of(None).post("/sign-in", data={"username": "clerk", "password": "guess"})
        told = urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        after = figures()
    finally:
        server.shutdown()
        server.server_close()
        REGISTRY.unregister(collector)

    def more(name, **labels):
        key = (name, tuple(labels.items()))
        return after[key] - before.get(key, 0)

    assert more("aixin_requests_total", endpoint="roster.persons", status="200") == 1
    assert more("aixin_requests_total", endpoint="none", status="404") == 1
    assert more("aixin_request_seconds_count", endpoint="roster.persons") == 1
    assert more("aixin_refusals_total", code="wrong_sign_in") == 1
    assert more("aixin_database_wait_seconds_count", what="begin") >= 3
    assert (after["aixin_entries", ()], after["aixin_sessions", ()], after["aixin_redemptions", ()]) == (
        1,
        1,
        0,
    )
    assert 'aixin_refusals_total{code="wrong_sign_in"}' in told
    names = db.session.scalars(sa.select(Person.name)).all()
    assert [name for name in (*names, cast.card.number, VILLAGE, "clerk") if name in told] == []


def test_figures_stay_on_this_computer(plain_app, monkeypatch):
    assert metrics.place("127.0.0.1:9100") == ("127.0.0.1", 9100)
    assert metrics.place("[::1]:9100") == ("::1", 9100)
    assert metrics.serve(lambda: [plain_app], "") is None
    for setting in ("0.0.0.0:9100", "9100", "127.0.0.1", "aixin.example:9100", ":9100"):
        monkeypatch.setitem(plain_app.config, "METRICS", setting)
        done = plain_app.test_cli_runner().invoke(args=["serve"])
        assert (done.exit_code, "AIXIN_METRICS" in done.output) == (1, True), setting


def test_each_process_has_a_port_of_its_own(plain_app, monkeypatch):
    asked = []
    monkeypatch.setattr(metrics, "REGISTRY", CollectorRegistry())
    monkeypatch.setattr(
        metrics, "start_http_server", lambda port, host, _registry: asked.append((host, port))
    )
    for process in range(2):
        metrics.serve(lambda: [plain_app], "127.0.0.1:9100", process)
    assert asked == [("127.0.0.1", 9100), ("127.0.0.1", 9101)]


# --- Backups ---


@pytest.fixture
def ourselves_here(monkeypatch):
    """What the program runs of its own commands on a copy, runs in this process: as true, and at once."""

    def run(uri, *words):
        other = new_app(uri.replace("postgresql:", "postgresql+psycopg:"))
        with other.app_context():  # else it asks the database of the context that is there
            done = other.test_cli_runner().invoke(args=words)
            db.session.remove()
            db.engine.dispose()
        if done.exit_code:
            raise backups.BackupFailed(done.output)

    monkeypatch.setattr(backups, "run_ourselves", run)


@pytest.mark.both_databases
def test_a_backup_is_whole_and_its_owner_s_and_old_ones_go(app, cast, tmp_path, monkeypatch, ourselves_here):
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    for number in range(1, 4):
        (tmp_path / f"aixin-2026010{number}-010000.backup").touch()
    (tmp_path / "notes.txt").touch()
    killed = tmp_path / "aixin-20260104-010000.backup.unfinished"
    killed.touch()
    os.utime(killed, (0, 0))
    done = app.test_cli_runner().invoke(args=["backup", "--to", str(tmp_path), "--keep", "2"])
    assert done.exit_code == 0, done.output
    file = Path(done.stdout.strip())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "aixin-20260103-010000.backup",
        file.name,
        "notes.txt",
    ]
    assert file.stat().st_mode & 0o777 == 0o600
    assert backups.newest(tmp_path) == file
    if database_file() is None:
        listed = subprocess.run(["pg_restore", "--list", file], capture_output=True, text=True, check=True)
        assert "TABLE DATA public person" in listed.stdout
    else:
        restored = new_app(f"sqlite:///{file}")
        with restored.app_context():
            verified = restored.test_cli_runner().invoke(args=["ledger", "verify"])
        assert verified.exit_code == 0, verified.output
        with sqlite3.connect(file) as copy:
            assert copy.execute("SELECT count(*) FROM person").fetchone()[0] == len(cast.workers) + 1


def test_a_backup_that_fails_says_so_and_leaves_nothing(app, tmp_path, monkeypatch):
    def full(*_arguments, **_named):
        raise OSError("the disk is full")

    monkeypatch.setattr(backups, "copy_sqlite", full)
    monkeypatch.setattr(backups, "_dump", full)
    done = app.test_cli_runner().invoke(args=["backup", "--to", str(tmp_path)])
    assert (done.exit_code, "the disk is full" in done.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def damaged(file):
    """The file with some of its bytes in the middle turned round."""
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(255 - byte for byte in content[middle : middle + 3000])
    file.write_bytes(content)
    return file


def entries():
    db.session.rollback()
    return db.session.execute(sa.text("SELECT id, amount FROM transfer ORDER BY id")).all()


@pytest.mark.both_databases
def test_what_was_there_is_kept_when_a_backup_is_restored(
    app, cast, database, template, tmp_path, monkeypatch, ourselves_here
):
    """Into another database than it came from, in use too."""
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    cast.earn(cast.worker, 100)
    file = tmp_path / "kept.backup"
    backups.write(file)
    there = database.copy(template)
    other = new_app(database.uri(there))
    with other.app_context():
        kept = restoring.restore(file)
        assert len(entries()) == 1
        if database_file() is None:
            assert db.session.scalar(sa.text(f"SELECT count(*) FROM {kept}.transfer")) == 0
            backups.write(tmp_path / "again.backup")
            assert restoring.restore(tmp_path / "again.backup") != kept  # which is not in it
            assert len(entries()) == 1
        else:
            with sqlite3.connect(kept) as before:
                assert before.execute("SELECT count(*) FROM transfer").fetchone()[0] == 0
            assert {Path(kept).stat().st_mode & 0o777, database_file().stat().st_mode & 0o777} == {0o600}
        db.session.remove()
        db.engine.dispose()
    database.drop(there)


@pytest.mark.both_databases
def test_a_damaged_backup_is_not_restored(app, cast, tmp_path, monkeypatch, ourselves_here):
    """Nor an empty file, as a stick leaves that was pulled out, nor another program's: all stays."""
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    cast.earn(cast.worker, 100)
    before = entries()
    file = tmp_path / "aixin.backup"
    backups.write(file)
    (tmp_path / "notes.txt").write_text("no backup")
    (tmp_path / "empty.backup").touch()
    with closing(sqlite3.connect(tmp_path / "others.backup")) as database:
        database.execute("CREATE TABLE customer (name TEXT)")
    for wrong in (
        damaged(file),
        *(tmp_path / name for name in ("notes.txt", "empty.backup", "others.backup")),
    ):
        done = app.test_cli_runner().invoke(args=["restore", str(wrong)])
        assert (done.exit_code, "nothing was restored" in done.output) == (1, True), done.output
        assert entries() == before


@pytest.mark.only_on("sqlite")
def test_a_backup_that_does_not_verify_is_not_restored(app, cast, tmp_path, ourselves_here):
    """Somebody wrote into the file behind the program's back: SQLite finds nothing wrong with that."""
    cast.earn(cast.worker, 100)
    file, there = tmp_path / "aixin.backup", database_file()
    backups.copy_sqlite(there, file)
    with sqlite3.connect(file) as copy:
        copy.execute("UPDATE account SET balance = balance + 1 WHERE balance > 0")
    before = entries()
    refused = app.test_cli_runner().invoke(args=["restore", str(file)])
    assert (refused.exit_code, "1 rows do not fit" in refused.output) == (1, True), refused.output
    assert entries() == before
    assert [each.name for each in there.parent.glob("*.unfinished*")] == []


@pytest.mark.only_on("sqlite")
def test_nothing_is_restored_under_a_server_that_runs(app, tmp_path):
    file = tmp_path / "aixin.backup"
    file.touch()
    with held_by_another(place_of_file(database_file())) as process:
        done = app.test_cli_runner().invoke(args=["restore", str(file)])
    assert (done.exit_code, str(process.pid) in done.output) == (1, True)


def test_a_folder_of_backups_that_cant_be_read_is_not_an_empty_one(app, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setitem(app.config, "BACKUPS", str(tmp_path / "file"))
    assert readiness(app) == ["backup: its folder can't be read: Not a directory"]
    assert list(backups.all_in(tmp_path / "nowhere")) == []


# --- Paths ---


def commands(group, *names):
    """The commands of the program's own, each with the words that call it."""
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands(command, *names, name) if name != "db" else ()
        else:
            yield (*names, name), command


def paths_that_cant_be_used(kind, folder):
    """For a parameter that takes a path: not there, something else, or something in the way."""
    below = folder / "plain/below"
    if kind.exists:
        return [folder / "nowhere", folder, folder / "plain", below]
    return [folder if kind.file_okay else folder / "plain", below, Path("/dev/null/here")]


def test_a_path_that_cant_be_used_is_said_in_a_sentence(app, cast, tmp_path, monkeypatch):
    """By every command that takes one; the file that is there can't be read."""
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://aixin.example")
    (tmp_path / "plain").touch()

    def cant_be_read(_path):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "read_bytes", cant_be_read)
    asked = set()
    for names, command in commands(app.cli):
        needed = {each: [each.opts[0], VILLAGE] for each in command.params if each.required}
        for each in command.params:
            if not isinstance(each.type, click.Path):
                continue
            rest = [word for other in needed.keys() - {each} for word in needed[other]]
            option = each.opts if isinstance(each, click.Option) else []
            for path in paths_that_cant_be_used(each.type, tmp_path):
                done = app.test_cli_runner().invoke(args=[*names, *option, str(path), *rest])
                asked.add((*names, each.name))
                assert isinstance(done.exception, SystemExit), (names, path, done.exception)
                assert done.exit_code in (1, 2), (names, path, done.output)
    assert len(asked) == 7


@pytest.mark.parametrize("setting", ["AIXIN_INSTANCE", "AIXIN_LOG"])
def test_a_setting_with_a_path_that_cant_be_used_is_said_in_a_sentence(setting, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(setting, str(tmp_path / "file/below"))
    with pytest.raises(SystemExit, match=f"{setting}=.* can't be used: Not a directory"):
        new_app("sqlite://")


# --- docs/operations.md ---

DOCS = "".join((ROOT / "docs" / name).read_text() for name in ("operations.md", "first-day.md"))
COMMAND = re.compile(r"^(?:\w+=\S+ )*(?:\.venv/bin/flask --app app|aixin/bin/aixin) ([^>\n]+)", re.MULTILINE)

# What the document's example says, and what there is of it here.
HERE = {
    "532323101201": VILLAGE,
    "532323101001": VILLAGE,
    "532323": COUNTY,
    "USERNAME": "chair",
    "NAME": "chair",
    "2026Q3": "2025Q1",
    "2026Q4": "2025Q1",
    "data/areas-532323.csv": str(ROOT / "data/areas-532323.csv"),
}
# What is only looked at for its options here, and where it is run.
RUN_ELSEWHERE = {
    "counties": "tests/tenants/test_commands.py, in an instance of several",
    "prefecture": "tests/tenants/test_commands.py, in an empty one",
    "start": "tests/setup/test_start.py",
    "restore": "below, into another database",
    "serve": "tests/served",
    "areas import": "tests/people/test_areas.py, on an empty database",
    "people import": "tests/people/test_rosterfile.py, with its file",
    "goods import": "tests/shop/test_goodsfile.py, with its file",
}


def test_every_command_of_the_document_is_one(app, cast, tmp_path, monkeypatch, ourselves_here):
    """Each is run in the document's order; those that need more are read by the command line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://aixin.example")
    monkeypatch.setitem(app.config, "BACKUPS", str(tmp_path))
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    cast.earn(cast.worker, 100)
    run = set()
    for line in COMMAND.findall(DOCS):
        arguments = [
            HERE.get(word, word).replace("/media/stick", str(tmp_path)) for word in shlex.split(line)
        ]
        name = next((name for name in RUN_ELSEWHERE if line.startswith(name)), None)
        if name:
            command, rest = app.cli, arguments
            while isinstance(command, click.Group):
                command, rest = command.get_command(click.Context(command), rest[0]), rest[1:]
            command.make_context(name, rest, resilient_parsing=True)
        else:
            done = app.test_cli_runner().invoke(args=arguments, input="three short words\n" * 2)
            assert done.exit_code == 0, (line, done.output)
        run.add(name or line)
    assert len(run) >= 18
    assert run >= RUN_ELSEWHERE.keys()


def block(*words):
    """The one block of the document with these words in it."""
    (found,) = (
        text for text in re.findall(r"```\w*\n(.*?)```", DOCS, re.DOTALL) if all(w in text for w in words)
    )
    return found


@pytest.mark.at_length
@pytest.mark.at_length
def test_a_backup_is_restored_by_the_lines_of_the_document(
    app, cast, database, template, tmp_path, monkeypatch
):
    """In a shell, as somebody does it after a disaster; then the entries are there, and verify."""
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    cast.earn(cast.worker, 100)
    file = tmp_path / "kept.backup"
    backups.write(file)
    db.session.rollback()
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    there = database.copy(template)
    address = database.uri(there)
    environment = os.environ | {"DATABASE_URL": address.replace("+psycopg", ""), "PYTHONPATH": str(ROOT)}
    told = {"env": environment, "capture_output": True, "text": True, "check": False, "cwd": tmp_path}
    lines = block("restore BACKUP").replace("BACKUP", shlex.quote(str(file)))
    done = subprocess.run(["bash", "-e", "-c", lines], **told)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything fits" in done.stdout
    assert "is kept: " in done.stdout
    engine = sa.create_engine(address)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM transfer")) == 1
    engine.dispose()
    database.drop(there)


def test_the_unit_for_systemd_is_one(tmp_path):
    unit = block("[Service]")
    assert "UMask=0077" in unit
    settings = set(re.findall(r"\b([A-Z][A-Z_]+)=", unit.replace("Environment=", " ")))
    assert settings <= set(re.findall(r"^\| `(\w+)` \|", DOCS, re.MULTILINE))
    if shutil.which("systemd-analyze"):
        file = tmp_path / "aixin.service"
        file.write_text(
            unit.replace("/srv/aixin/.venv", str(ROOT / ".venv")).replace("/srv/aixin", str(ROOT))
        )
        done = subprocess.run(
            ["systemd-analyze", "verify", file], capture_output=True, text=True, check=False
        )
        assert (done.returncode, str(file) in done.stderr) == (0, False), done.stderr


def test_the_configuration_of_nginx_is_one(tmp_path):
    """What the program asks of a proxy is in it; nginx itself is asked where it is installed."""
    site = block("upstream aixin")
    for header in ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-ID"):
        assert f"proxy_set_header {header} " in site
    assert "gzip off;" in site  # the program compresses, and knows what must not be
    if shutil.which("nginx"):
        plain = re.sub(r"\n *ssl_certificate.*", "", site.replace("listen 443 ssl", "listen 8443"))
        temporary = " ".join(
            f"{kind}_temp_path {tmp_path / kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        file = tmp_path / "nginx.conf"
        file.write_text(
            f"pid {tmp_path / 'pid'}; error_log {tmp_path / 'log'}; events {{}}\n"
            f"http {{ access_log off; {temporary}\n{plain} }}"
        )
        done = subprocess.run(["nginx", "-t", "-c", file], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
