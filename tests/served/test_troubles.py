"""The database is away, full, takes nothing or is slow: that is what is said, and reading goes on."""

import logging

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ground.db import LIMITS, db, transaction, troubles
from ground.db.troubles import SENTENCES, Trouble, trouble_of
from ground.server import serving
from people import access
from tests.cast import Cast, new_app
from tests.served.server import free_port

# How a database is made to take nothing.
CLOSED = {Trouble.FULL: "PRAGMA max_page_count = 1", Trouble.READ_ONLY: "PRAGMA query_only = ON"}


@pytest.fixture(autouse=True)
def _nothing_met_before():
    troubles._last_met.clear()


@pytest.fixture
def served(uri):
    """The application on a database, and two pages more: one writes much, one reads."""
    app = new_app(uri)

    @access.public
    def write():
        with transaction():
            db.session.execute(sa.text("CREATE TABLE much AS SELECT hex(zeroblob(100000)) AS x"))
        return "written"

    @access.public
    def read():
        limits = {name: db.session.scalar(sa.text(f"SHOW {name}")) for name in LIMITS}
        process = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        return limits | {"pool": db.engine.pool.size(), "process": process}

    app.add_url_rule("/write", view_func=write, methods=["POST"])
    app.add_url_rule("/limits", view_func=read)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("trouble", CLOSED)
@pytest.mark.only_on("sqlite")
def test_a_database_that_takes_nothing_is_read_all_the_same(served, trouble, caplog):
    client = served.test_client(user=Cast().clerk)
    db.session.remove()
    db.engine.dispose()
    close = sa.event.listens_for(db.engine, "connect")
    close(lambda connection, _record: connection.execute(CLOSED[trouble]).fetchall())
    for _time in range(3):
        assert client.get(f"/v/{Cast().village.code}/services").status_code == 200
        told = client.post("/write")
        assert (told.status_code, told.headers["Retry-After"]) == (503, "30")
        assert str(SENTENCES[trouble]) in told.text
    logged = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert [message.partition(":")[0] for message in logged] == [trouble.name]


@pytest.mark.only_on("postgresql")
def test_a_database_that_is_away_is_told_and_used_as_soon_as_it_is_back(served):
    """Asked where nobody listens, and then where it is."""
    nowhere = free_port()

    def astray(_dialect, _record, _arguments, parameters):
        parameters |= {"host": "127.0.0.1", "port": nowhere}

    client = served.test_client()
    sa.event.listen(db.engine, "do_connect", astray)
    page = client.get("/sign-in")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "30")
    assert str(SENTENCES[Trouble.AWAY]) in page.text
    program = client.get("/api/v1/goods", headers={"Authorization": "Bearer nobodys"})
    assert (program.status_code, program.headers["Retry-After"]) == (503, "30")
    assert (program.mimetype, program.json["code"]) == ("application/problem+json", "away")
    sa.event.remove(db.engine, "do_connect", astray)
    assert client.get("/sign-in").status_code == 200


def cut_off(process: int) -> None:
    """End the process of PostgreSQL that serves a connection; it is gone afterwards."""
    with psycopg.connect(db.engine.url.set(drivername="postgresql").render_as_string(False)) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (process,))


@pytest.mark.only_on("postgresql")
def test_a_connection_that_was_cut_is_not_used_again(served):
    client = served.test_client()
    process = client.get("/limits").json["process"]
    cut_off(process)
    assert client.get("/limits").json["process"] != process


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize("is_new", [True, False], ids=["a new connection", "a used one"])
@pytest.mark.parametrize("page", ["/limits", "/write"])
def test_a_connection_that_is_cut_before_its_first_statement_is_a_trouble(served, page, is_new):
    client = served.test_client()
    if not is_new:
        assert client.get("/limits").status_code == 200
    cut_processes: list[int] = []

    def cut(raw: psycopg.Connection, *_record: object) -> None:
        if not cut_processes:
            cut_processes.append(raw.info.backend_pid)
            cut_off(raw.info.backend_pid)

    sa.event.listen(db.engine, "checkout", cut)
    method = "POST" if page == "/write" else "GET"
    assert client.open(page, method=method, headers={"Accept": "application/json"}).status_code == 503
    sa.event.remove(db.engine, "checkout", cut)
    assert client.get("/limits").json["process"] not in cut_processes


@pytest.mark.only_on("postgresql")
def test_a_server_waits_no_longer_than_it_says_and_has_a_connection_for_each_thread(served):
    in_words = {"lock_timeout": "10s", "statement_timeout": "1min"}
    in_words["idle_in_transaction_session_timeout"] = "1min"
    assert served.test_client().get("/limits").json.items() >= (in_words | {"pool": serving.THREADS}).items()


class Said(Exception):
    """An error as a driver says it."""

    def __init__(self, **said):
        super().__init__()
        vars(self).update(said)


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        ({"sqlstate": "57P01"}, Trouble.AWAY),
        ({"sqlstate": "08006"}, Trouble.AWAY),
        ({"sqlstate": "53300"}, Trouble.AWAY),
        ({"sqlstate": "53100"}, Trouble.FULL),
        ({"sqlstate": "25006"}, Trouble.READ_ONLY),
        ({"sqlstate": "57014"}, Trouble.SLOW),
        ({"sqlstate": "25P03"}, Trouble.SLOW),
        ({"sqlite_errorname": "SQLITE_CANTOPEN"}, Trouble.AWAY),
        ({"sqlite_errorname": "SQLITE_READONLY_DBMOVED"}, Trouble.READ_ONLY),
        ({"sqlite_errorname": "SQLITE_BUSY"}, Trouble.SLOW),
        ({"sqlstate": "23505"}, None),
        ({"sqlite_errorname": "SQLITE_ERROR"}, None),
    ],
)
def test_troubles_are_told_from_mistakes_of_the_program(said, trouble):
    assert trouble_of(DBAPIError("SELECT", {}, Said(**said))) == trouble


def test_a_pool_that_is_used_up_is_slow_and_not_broken():
    assert trouble_of(PoolTimeoutError()) == Trouble.SLOW
    assert trouble_of(ValueError()) is None
