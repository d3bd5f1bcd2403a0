"""Eight processes that do a verb each, all at the same moment.

The processes are real and are kept for all tests; each opens the database, loads what it needs, and then
waits at a barrier for the other seven.
"""

import multiprocessing
from contextlib import nullcontext
from functools import cache

import pytest
import sqlalchemy as sa

from ground import clock
from ground.db import db, transaction
from ground.refusal import Refused
from tests.cast import TODAY, new_app

AT_ONCE = 8
PATIENCE = 60  # seconds until a missing process breaks the barrier instead of hanging the tests

barrier = None
app_on = cache(new_app)  # in each process once for each kind of database: making it takes longer than a race
sa.orm.configure_mappers()  # here, before the fork, so that not each of the eight has to


def take_place(shared):
    """In each process, at its start: remember the barrier."""
    global barrier
    barrier = shared


def run(uri, day, verb, arguments):
    """In a process: prepare, wait for the others, do the verb in one transaction; how it ended.

    A verb that opens its transaction itself says so (`opens_itself`).
    """
    try:
        app = app_on(uri)
    except BaseException:
        barrier.abort()
        raise
    with app.app_context(), clock.at(day):
        db.session.execute(sa.text("SELECT 1"))
        db.session.rollback()
        barrier.wait(PATIENCE)
        try:
            with nullcontext() if hasattr(verb, "opens_itself") else transaction():
                return "done", verb(*arguments)
        except Refused as refusal:
            return "refused", refusal.code
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.fixture(scope="session")
def crowd():
    """Eight processes, each of which takes one place at the barrier; forked from one that loaded it all."""
    nursery = multiprocessing.get_context("forkserver")
    nursery.set_forkserver_preload([__name__, "tests.shop.test_races", "tests.shop.test_leases"])
    shared = nursery.Barrier(AT_ONCE)
    with nursery.Pool(AT_ONCE, take_place, (shared,)) as pool:
        yield pool, shared


@pytest.fixture
def at_once(crowd, app, uri):
    """Let eight processes do a verb each, all at the same moment; how each of them ended."""

    def at_once(calls, day=TODAY):
        assert len(calls) == AT_ONCE
        pool, shared = crowd
        if shared.broken:
            shared.reset()  # an earlier test failed at it
        db.session.rollback()
        db.engine.dispose()
        pending = [pool.apply_async(run, (uri, day, verb, arguments)) for verb, *arguments in calls]
        return [one.get(2 * PATIENCE) for one in pending]

    return at_once
