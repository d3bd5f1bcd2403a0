"""A dispute in the worker's grid, for the tests: who opens it, who tries, and how it climbs."""

from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa

from duties.disputes import disputes, ladder
from duties.models import AttemptResult, Dispute, DisputeKind, Rung
from ground.db import db
from people.models import Duty, Role, User
from people.roster import persons, terms
from people.signin import accounts, keeping
from tests.cast import HASHED, TODAY, Cast

GRID, GROUP, IN_VILLAGE, IN_TOWNSHIP, IN_COUNTY = Rung
SETTLED, FAILED, WITHDRAWN = AttemptResult
SECRET = {"parties": "霁甲和霁乙", "matter": "霁地界"}
OPENED = TODAY - timedelta(days=20)


def key():
    return uuid4().hex


def settle_in():
    """The instructor serves in the worker's grid; the neighbour has a sign-in of their own."""
    cast = Cast()
    guide = persons.add_person(cast.county, "何指导", cast.clerk)
    keeping.link(cast.instructor, guide, cast.chair)
    terms.appoint(
        guide, cast.term_of(cast.worker).grid, Duty.INSTRUCTOR, TODAY - timedelta(days=90), cast.clerk
    )
    user = accounts.add_user("neighbour", cast.neighbour.name, HASHED, None, cast.neighbour, temporary=False)
    accounts.grant(user, Role.WORKER, cast.village, None)


def neighbour_user():
    return db.session.scalars(sa.select(User).where(User.username == "neighbour")).one()


def opened(cast, by=None, on=OPENED):
    """A dispute in the worker's grid; inside a transaction."""
    worker = cast.worker
    grid = cast.term_of(worker).grid
    return disputes.open_dispute(
        key(), grid, worker, on, DisputeKind.LAND, SECRET["parties"], SECRET["matter"], by or cast.worker_user
    )


def tried(dispute, actor, result=FAILED, on=None, rung=None, named=()):
    """One attempt where the dispute stands; inside a transaction."""
    dispute = db.session.get(Dispute, dispute.id)
    rung = rung or ladder.current_rung(dispute.attempts)
    return disputes.record_attempt(
        key(), dispute, rung, on or TODAY, "霁调解人", result, "霁经过", named, actor
    )


def climb(cast, dispute, to):
    """Two failed attempts on each rung below; inside a transaction."""
    for rung in ladder.RUNGS[: ladder.RUNGS.index(to)]:
        for _try in range(2):
            tried(dispute, ACTS_ON[rung](cast))


ACTS_ON = {
    GRID: lambda cast: cast.worker_user,
    GROUP: lambda cast: cast.worker_user,
    IN_VILLAGE: lambda cast: cast.chair,
    IN_TOWNSHIP: lambda cast: cast.township_user,
    IN_COUNTY: lambda cast: cast.county_user,
}
