"""How the tests about the wall tell their stories: a quarter on notice, objections, rows tampered with."""

from uuid import uuid4

import sqlalchemy as sa

from ground.clock import Quarter, today
from ground.db import db, transaction
from points.assessment import meeting, opening
from points.models import ObjectionChannel
from points.wall import objections, posting
from tests.cast import PRESENT
from tests.story import do

Q4 = Quarter(2026, 4)


def in_meeting(cast, points, quarter=Q4):
    """A quarter whose meeting gave these workers (by name) so many tenths."""
    with transaction():
        assessment = opening.open_quarter(cast.village, quarter, cast.clerk)
        meeting.deliberate(assessment, today(), PRESENT, ("未到的人",), "", cast.clerk)
        for name, tenths in points.items():
            meeting.adjust(assessment, cast.person(name), tenths, "雪天送药", uuid4().hex, cast.clerk)
    return assessment


def on_wall(cast, points, quarter=Q4):
    """The same, posted today by the clerk."""
    assessment = in_meeting(cast, points, quarter)
    do(posting.post_notice, assessment, cast.clerk)
    return assessment


def object_to(assessment, worker, actor, text="少记了两次走访", **more):
    """An objection by word of mouth, received by `actor`."""
    given = {"key": uuid4().hex, "channel": ObjectionChannel.ORAL, **more}
    key, channel = given.pop("key"), given.pop("channel")
    return do(objections.bring, key, assessment, worker, channel, text, actor, **given)


def tamper(statement):
    """Change a row as somebody with the database's password would: no triggers."""
    db.session.rollback()
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            found = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in found.scalars().all():
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        assert connection.execute(sa.text(statement)).rowcount == 1
        connection.execute(sa.text("COMMIT"))
