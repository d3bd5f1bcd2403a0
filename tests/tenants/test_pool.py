"""Connections that counties share: none of them keeps the county of the request before.

Here a county is a schema with two small tables, one of which says whose it is.
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ground import clock
from ground.db import db, read_snapshot, savepoint, stream, transaction
from ground.refusal import Refused
from tests.cast import TODAY, writing_connection
from tests.tenants.prefecture import Prefecture

pytestmark = pytest.mark.only_on("postgresql")

CLIENTS, COUNTIES = 16, 8
WHOSE = sa.text("SELECT code FROM whose")
NOTE = sa.text("INSERT INTO noted (code) VALUES (:code)")


@pytest.fixture(scope="module")
def counties(database, tmp_path_factory):
    name = "many_counties"
    database.create(name)
    prefecture = Prefecture(tmp_path_factory.mktemp("many"))
    codes = [f"c{number}" for number in range(COUNTIES)]
    prefecture.join(*codes, database=database.uri(name).replace("+psycopg", ""))
    for code in codes:
        with prefecture.inside(code), writing_connection() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA aixin_{code}")
            connection.exec_driver_sql("CREATE TABLE whose (code text)")
            connection.exec_driver_sql("CREATE TABLE noted (code text)")
            connection.exec_driver_sql("CREATE UNIQUE INDEX once ON noted (code) WHERE code = 'once'")
            connection.exec_driver_sql(f"INSERT INTO whose VALUES ('{code}')")
    yield prefecture
    prefecture.close()
    database.drop(name)


def whose():
    return db.session.scalar(WHOSE)


def note(code):
    db.session.execute(NOTE, {"code": code})


# What may happen in the middle of a request; each leaves its connection in another way.


def reads(code):
    assert (whose(), whose()) == (code, code)


def reads_a_snapshot(code):
    read_snapshot()
    assert whose() == code


def breaks_off_a_stream(code):
    rows = stream(sa.select(sa.text("code FROM whose, generate_series(1, 3000)")), 100)
    assert next(rows)[0] == code


def is_refused(code):
    with transaction():
        note("never")
        raise Refused("no", "")


def has_a_mistake(code):
    with transaction():
        note("never")
        raise LookupError(code)


def asks_for_what_is_not_there(code):
    with transaction():
        assert whose() == code
        db.session.execute(sa.text("SELECT * FROM nothing"))


def reads_what_is_not_there(code):
    db.session.execute(sa.text("SELECT * FROM nothing"))


def meets_somebody(code):
    with transaction():
        note("once")
        note("once")


def takes_too_long(code):
    with transaction():
        db.session.execute(sa.text("SET LOCAL statement_timeout = 1"))
        db.session.execute(sa.text("SELECT pg_sleep(5)"))


def loses_its_connection(code):
    with transaction():
        note("never")
        db.session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def loses_its_connection_reading(code):
    db.session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def gives_up_a_part(code):
    with transaction():
        with suppress(Refused), savepoint():
            note("never")
            raise Refused("no", "")
        assert whose() == code


MIDDLES = (
    *(reads, reads_a_snapshot, breaks_off_a_stream, is_refused, has_a_mistake, asks_for_what_is_not_there),
    *(reads_what_is_not_there, meets_somebody, takes_too_long, loses_its_connection, gives_up_a_part),
    loses_its_connection_reading,
)
MEANT = {
    is_refused: Refused,
    has_a_mistake: LookupError,
    asks_for_what_is_not_there: DBAPIError,
    reads_what_is_not_there: DBAPIError,
    meets_somebody: Refused,
    takes_too_long: DBAPIError,
    loses_its_connection: DBAPIError,
    loses_its_connection_reading: DBAPIError,
}


def ask(counties, client, rounds):
    """One client: each request in another county, with something in the middle; how often it wrote where."""
    chance, written = random.Random(client), Counter()
    codes = list(counties.register.tenants())
    with clock.at(TODAY):
        for _round in range(rounds):
            code, middle = chance.choice(codes), chance.choice(MIDDLES)
            with counties.inside(code):
                if meant := MEANT.get(middle):
                    with pytest.raises(meant):
                        middle(code)
                else:
                    middle(code)
            with counties.inside(code), transaction():
                assert whose() == code
                note(code)
            written[code] += 1
            with counties.inside(code):
                assert whose() == code
    return written


def test_sixteen_clients_in_eight_counties_whatever_happens_in_the_middle(counties, long):
    """On sixteen connections at the most, however many counties there are."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = [clients.submit(ask, counties, client, 200 if long else 12) for client in range(CLIENTS)]
        written = sum((one.result() for one in asked), Counter())
    found = Counter()
    for code in counties.register.tenants():
        with counties.inside(code):
            assert {*db.session.scalars(sa.text("SELECT DISTINCT code FROM noted"))} <= {code}
            found[code] = db.session.scalar(sa.text("SELECT count(*) FROM noted"))
    assert found == written
    assert len({counties.app(code).extensions["sqlalchemy"] for code in found}) == 1
    with counties.inside("c0"):
        pool = db.engine.pool
        connected = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        assert db.session.scalar(connected) <= CLIENTS
    with counties.inside("c1"):
        assert db.engine.pool is pool


def test_a_county_whose_turn_it_is_again_is_not_asked_for_again(counties):
    """A connection that was the same county's before is taken as it is."""
    said = []

    def hear(_connection, _cursor, statement, *_rest):
        said.append(statement)

    with counties.inside("c0"):
        db.engine.dispose()  # so there is one connection
    for code in ("c0", "c0", "c1", "c1", "c0"):
        with counties.inside(code):
            sa.event.listen(db.engine, "before_cursor_execute", hear)
            assert whose() == code
            sa.event.remove(db.engine, "before_cursor_execute", hear)
    assert len([each for each in said if "search_path" in each]) == 3


def test_a_connection_that_could_not_be_told_its_county_is_nobody_s(counties, monkeypatch):
    """The telling fails; the next one to take the connection tells it anew."""
    with counties.inside("c0"):
        db.engine.dispose()  # so there is one connection
        assert whose() == "c0"
    with counties.inside("c1"):
        engine = db.engine

        def fail(_connection, _cursor, statement, *_rest):
            if "search_path" in statement:
                raise LookupError

        sa.event.listen(engine, "before_cursor_execute", fail)
        with pytest.raises(LookupError):
            whose()
        sa.event.remove(engine, "before_cursor_execute", fail)
    for code in ("c1", "c0"):
        with counties.inside(code):
            assert whose() == code
