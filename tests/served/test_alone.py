"""One server for one SQLite file and one port: whoever comes second says who is there, and stops."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ground.db import database_file
from ground.server import claims, serving
from ground.server.claims import AlreadyClaimed, claim, place_of_file, place_of_port
from tests.cast import new_app
from tests.served.server import ROOT

HOLD = """
import sys
from pathlib import Path
from ground.server.claims import claim
claim(Path(sys.argv[1]), "http://127.0.0.1:8000/")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another(place: Path) -> Iterator[subprocess.Popen]:
    """Another process holds the claim of a place; at the end it is killed."""
    if (ours := claims._held.pop(place.absolute(), None)) is not None:
        os.close(ours)
    arguments = [sys.executable, "-c", HOLD, str(place)]
    with subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def said_by(uri: str, *command: str) -> tuple[int, str]:
    """How a command on a database ends, and what it says."""
    app = new_app(uri)
    with app.app_context():
        done = app.test_cli_runner().invoke(args=command)
    return done.exit_code, done.output


@pytest.fixture
def place(tmp_path):
    return tmp_path / "aixin.sqlite-server"


def test_a_claim_says_who_holds_it_and_ends_when_its_process_is_killed(place):
    with held_by_another(place) as process:
        with pytest.raises(AlreadyClaimed) as taken:
            claim(place, "http://127.0.0.1:8001/")
        holder = taken.value.holder
        assert (holder.address, holder.process) == ("http://127.0.0.1:8000/", process.pid)
        assert f"{holder.since:%Y-%m-%d %H:%M}" in str(taken.value.message)
    claim(place, "http://127.0.0.1:8001/")
    assert claims.holder_of(place).process == os.getpid()


def test_a_claim_holds_also_while_its_file_says_nothing(place):
    with held_by_another(place):
        place.write_text("")
        with pytest.raises(AlreadyClaimed) as taken:
            claim(place, "http://127.0.0.1:8001/")
    assert taken.value.holder is None
    assert taken.value.message


def test_where_nothing_can_be_written_nothing_is_claimed(place):
    claim(place / "of no folder", "http://127.0.0.1:8001/")


def test_a_second_start_on_one_file_says_what_runs_and_stops(place):
    with held_by_another(place) as process:
        for command in ("start", "serve"):
            status, said = said_by(f"sqlite:///{place.parent / 'aixin.sqlite'}", command)
            assert status == 1
            named = rf"http://127.0.0.1:8000/.*{process.pid}.*20\d\d-\d\d-\d\d \d\d:\d\d"
            assert re.search(named, said)
    assert not (place.parent / "aixin.sqlite").exists()


@pytest.mark.only_on("sqlite")
def test_any_other_server_that_comes_second_answers_nothing_else(app, uri):
    """gunicorn, `flask run` and all the others: they hear of it at the first request."""
    client = new_app(uri).test_client()
    with held_by_another(place_of_file(database_file())) as process:
        page = client.get("/sign-in")
        assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
        assert str(process.pid) in page.text
        assert client.get("/api/v1/goods").json["code"] == "other_server"
    assert client.get("/sign-in").status_code == 200


def test_a_port_that_is_taken_is_named_with_who_has_it(monkeypatch, tmp_path):
    monkeypatch.setattr(claims.tempfile, "gettempdir", lambda: str(tmp_path))
    with serving.listen("127.0.0.1", 0) as listening:
        port = listening.getsockname()[1]
        serve = ["serve", "--port", str(port)]
        status, said = said_by("sqlite://", *serve)
        assert (status, "in use" in said) == (1, True)
        with held_by_another(place_of_port(port)) as process:
            status, said = said_by("sqlite://", *serve)
        assert (status, f"http://127.0.0.1:8000/, process {process.pid}, since 20" in said) == (1, True)


@pytest.mark.only_on("sqlite")
def test_commands_work_beside_a_server(house):
    house.serve().answering()
    status, said = said_by(house.uri, "ledger", "verify")
    assert status == 0, said
