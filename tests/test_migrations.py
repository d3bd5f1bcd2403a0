"""What villages have written stays, whatever version the tables are taken to."""

import flask_migrate
import pytest
import sqlalchemy as sa

from ground.db import db


@pytest.mark.parametrize("journal", ["transfer", "stock_move", "redemption", "notice", "adjustment"])
def test_an_upgrade_keeps_the_journals_shut(cast, journal):
    cast.earn(cast.worker, 100)
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        rows = connection.scalar(sa.text(f"SELECT count(*) FROM {journal}"))
    for statement in (f"UPDATE {journal} SET id = id", f"DELETE FROM {journal}") if rows else ():
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_foreign_keys_are_watched_again_after_an_upgrade(cast):
    flask_migrate.upgrade()
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE grid SET village_id = 77"))
