"""What villages have written stays, whatever version the tables are taken to."""

import flask_migrate
import pytest
import sqlalchemy as sa

from people.db import db
from tests.cast import new_app

MOMENT = "'2026-10-02 01:00:00+00:00'"

# A little of everything that 0002 takes into its hands, as version 0001 held it.
WRITTEN = (
    "INSERT INTO area (id, code, level, name) VALUES (1, '539900000000', 'county', '云上县')",
    "INSERT INTO person (id, village_id, name, phone) VALUES (1, 1, '李秀明', '12000005678')",
    "INSERT INTO user_account (id, username, name, password_hash) VALUES (1, 'clerk', '刘文书', 'x')",
    "INSERT INTO grid (id, village_id, code, name, kind) VALUES (1, 1, '01', '第一网格', 'rural')",
    "INSERT INTO appointment (id, grid_id, person_id, duty, starts_on, ends_on) "
    "VALUES (1, 1, 1, 'worker', '2026-01-01', '2028-12-31')",
    "INSERT INTO card (id, person_id, number, token, state, issued_at) "
    f"VALUES (1, 1, '402177309', 'T', 'active', {MOMENT})",
    "INSERT INTO account (id, kind, village_id, person_id, balance, transfers, head) "
    "VALUES (1, 'worker', 1, 1, 50, 1, 'h'), (2, 'issuing', 1, NULL, 0, 0, 'g')",
    "INSERT INTO transfer (id, key, kind, debit_id, credit_id, amount, reason, at, account_id, position, "
    f"balance_after, hash) VALUES (1, 'k', 'award', 2, 1, 50, '2026Q3', {MOMENT}, 1, 1, 50, 'h')",
    "INSERT INTO audit_event (id, at, action, subject, detail) "
    f"VALUES (1, {MOMENT}, 'person.add', 'person:1', '{{\"name\": \"李秀明\"}}')",
)
TABLES = (
    "area",
    "person",
    "user_account",
    "grid",
    "appointment",
    "card",
    "account",
    "transfer",
    "audit_event",
)


@pytest.fixture
def first_version(database):
    """A database of version 0001 in which somebody has worked."""
    database.create("first_version")
    app = new_app(database.uri("first_version"))
    with app.app_context():
        flask_migrate.upgrade(revision="0001")
        with db.engine.begin() as connection:
            for statement in WRITTEN:
                connection.execute(sa.text(statement))
        yield app
        db.session.remove()
        db.engine.dispose()
    database.drop("first_version")


def rows(connection, table):
    """Every row, by the columns that version 0001 knows too."""
    found = connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).mappings()
    renamed = {"area_id": "village_id"} if table == "person" else {}
    return [{renamed.get(name, name): value for name, value in row.items()} for row in found]


def test_an_upgrade_keeps_every_row(first_version):
    with db.engine.connect() as connection:
        before = {table: rows(connection, table) for table in TABLES}
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        after = {table: rows(connection, table) for table in TABLES}
    for table in TABLES:
        kept = [
            {name: row[name] for name in old} for old, row in zip(before[table], after[table], strict=True)
        ]
        assert kept == before[table], table
        assert kept, table


def test_an_upgrade_keeps_the_journals_shut_and_lets_new_words_in(first_version):
    flask_migrate.upgrade()
    for statement in ("UPDATE transfer SET amount = 1", "DELETE FROM transfer"):
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
    with db.engine.begin() as connection:
        for state in ("frozen", "retired"):
            connection.execute(sa.text("UPDATE card SET state = :state"), {"state": state})
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE card SET state = 'melted'"))


def test_foreign_keys_are_watched_again_after_an_upgrade(first_version):
    flask_migrate.upgrade()
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE grid SET village_id = 77"))
