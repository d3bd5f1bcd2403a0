"""The one place that writes: all or nothing, who meets whom, and whose turn it is."""

import threading
from contextlib import suppress

import pytest
import sqlalchemy as sa
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from ground.db import db, fetch, lock, lock_all, savepoint, transaction
from ground.db.writing import _Queue
from ground.refusal import Refused
from people.models import Area, Grant, Level, Person, User
from tests.cast import counted, writing_connection

pytestmark = pytest.mark.both_databases


def an_area(code, name="牛街"):
    return Area(code=code, level=Level.COUNTY, name=name)


def names():
    return db.session.scalars(sa.select(Area.name).where(Area.code.startswith("11"))).all()


def test_a_refusal_undoes_what_was_done_before_it(app):
    def write_and_refuse():
        with transaction() as session:
            session.add(an_area("110000000000"))
            session.flush()
            raise Refused("no", "")

    with pytest.raises(Refused, match="no"):
        write_and_refuse()
    assert names() == []


def test_who_meets_somebody_on_a_unique_key_is_told_so(app):
    with transaction() as session:
        session.add(an_area("110000000000"))
    with pytest.raises(Refused, match="conflict"), transaction() as session:
        session.add(an_area("110000000000", "羊街"))
    assert names() == ["牛街"]


def test_a_mistake_of_the_program_is_not_taken_for_somebody_else(app):
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.add(an_area("11"))


def test_a_transaction_is_opened_once(app):
    with transaction(), pytest.raises(RuntimeError, match="opened once"), transaction():
        pass


def test_nothing_is_changed_outside(cast):
    cast.village.name = "别村"
    with pytest.raises(RuntimeError, match="outside"), transaction():
        pass
    db.session.rollback()


def test_what_was_read_before_is_read_again_inside(cast):
    worker = cast.worker
    assert worker.phone
    with writing_connection() as connection:
        connection.execute(sa.update(Person).where(Person.id == worker.id).values(phone="110"))
    with transaction():
        assert worker.phone == "110"


def test_what_never_changes_is_still_known_inside_and_after(cast):
    clerk, village = cast.clerk, cast.village
    known = clerk.id, clerk.name, village.code, village.level
    with counted() as sent:
        with transaction():
            assert (clerk.id, clerk.name, village.code, village.level) == known
        assert (clerk.id, clerk.name, village.code, village.level) == known
        with pytest.raises(LookupError), transaction():
            raise LookupError
        assert (clerk.id, clerk.name, village.code, village.level) == known
    assert [statement for statement in sent if statement.startswith("SELECT")] == []


def test_what_may_change_is_asked_under_the_lock(cast):
    clerk = cast.clerk
    assert clerk.grants
    with writing_connection() as connection:
        connection.execute(sa.delete(Grant).where(Grant.user_id == clerk.id))
        connection.execute(sa.update(User).where(User.id == clerk.id).values(temporary=True))
    with transaction():
        assert (clerk.grants, clerk.temporary) == ([], True)


def test_what_is_said_never_to_change_does_not(cast):
    village = cast.village
    with pytest.raises(RuntimeError, match=r"Area\.name never changes"), transaction():
        village.name = "新名"
    assert village.name == "柳树村"
    with suppress(LookupError), transaction():
        village.name = "新名"
        raise LookupError
    assert village.name == "柳树村"


def test_a_row_is_locked_and_read_once(cast):
    worker = cast.worker
    with transaction(), counted() as sent:
        assert fetch(Person, worker.id, lock=True, area_id=0) is None
        found = fetch(Person, inspect(worker).identity, lock=True)
        del sent[:]
        lock(found)
        lock(worker)
        assert (found, worker.phone, sent) == (worker, "12000005678", [])
    with transaction(), counted() as sent:
        lock(worker)
    assert len(sent) == 1


def test_a_number_too_large_is_no_row_s(cast):
    worker = cast.worker
    with transaction():
        for number in (2**31, 2**63, 10**30):
            assert fetch(Person, number) is None
            assert fetch(Person, number, lock=True) is None
            assert lock_all(Person, [number, worker.id]) == [worker]


def test_a_row_that_was_read_is_read_again_when_it_is_locked(cast):
    worker = cast.worker
    with transaction():
        assert worker.phone
        worker.phone = "110"
        db.session.flush()
        db.session.connection().execute(sa.update(Person).values(phone="120"))
        lock(worker)
        assert worker.phone == "120"


def test_the_queue_serves_in_the_order_people_came():
    queue, served, people = _Queue(), [], []

    def come(number):
        with queue:
            served.append(number)

    with queue:
        for number in range(8):
            people.append(threading.Thread(target=come, args=(number,)))
            people[-1].start()
            while len(queue._waiting) <= number:
                assert people[-1].is_alive()
    for person in people:
        person.join()
    assert served == list(range(8))


def test_a_part_that_is_refused_is_undone_alone_with_its_locks(cast):
    with transaction() as session:
        lock(cast.worker)
        cast.worker.phone = "13800001111"
        session.flush()
        with suppress(Refused), savepoint():
            lock(cast.neighbour)
            cast.neighbour.phone = "13800002222"
            session.flush()
            raise Refused("no", "no")
        assert {key[1] for key in session.info["locked"]} == {(cast.worker.id,)}
    assert (cast.worker.phone, cast.neighbour.phone) == ("13800001111", "12000005678")


def test_many_rows_are_locked_at_once_by_their_ids(cast):
    ids = [person.id for person in cast.workers][::-1]
    with transaction() as session, counted() as sent:
        found = lock_all(Person, [*ids, 10**6], area_id=cast.village.id)
        assert [row.id for row in found] == sorted(ids)
        for row in found:
            lock(row)  # locked already
        assert {key[1][0] for key in session.info["locked"]} == set(ids)
        assert lock_all(Person, ids, area_id=cast.next_village.id) == []
    assert sum("FROM person" in statement for statement in sent) == 2


@pytest.mark.only_on("postgresql")
def test_what_only_reads_writes_nothing_and_forgets_no_statement(cast):
    """psycopg would forget what it has prepared at each rollback."""
    with pytest.raises(DBAPIError, match="read-only"):
        db.session.connection().execute(sa.update(Person).values(phone="120"))
    db.session.rollback()
    for _time in range(8):
        prepared = db.session.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements"))
        db.session.rollback()
    assert prepared
