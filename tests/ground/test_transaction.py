"""The one place that writes: all or nothing, who meets whom, and whose turn it is."""

import threading

import pytest
import sqlalchemy as sa

from ground.db import _Queue, db, transaction
from ground.refusal import Refused
from people.models import Area, Level


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
    village = cast.village
    assert village.name
    with db.engine.begin() as connection:
        connection.execute(sa.update(Area).where(Area.id == village.id).values(name="新名"))
    with transaction():
        assert village.name == "新名"


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
