"""What villages have written stays, whatever version the tables are taken to.

`tests/releases/` keeps a village as each release left it, a row of a table on each line. A new release
adds its file; nobody changes one that is there.
"""

import json
from collections import defaultdict
from pathlib import Path

import flask_migrate
import pytest
import sqlalchemy as sa

from ground.db import db
from points import verify as points_verify
from points.models import Deduction
from shop import verify as shop_verify
from tests.cast import new_app, writing_connection

pytestmark = pytest.mark.both_databases

RELEASES = {"0.2.0": "0001"}  # the last migration of each
# What a later migration called otherwise: by table, the name in the file and the name now.
RENAMED = {
    "assessment_terms": {"book_within": "book_within_days"},
    "correction": {"right": "right_tenths"},
    "finding": {"found": "result"},
    "notice": {"upto": "last_transfer_id", "adjusted_upto": "last_adjustment_id"},
    "objection": {"how": "channel"},
    "sample": {"upto": "last_service_id"},
}
FOLDER = Path(__file__).parent / "releases"


def kept_rows(release):
    """The rows of a release by table, in an order in which each finds those it names."""
    tables = defaultdict(list)
    for line in (FOLDER / f"{release}.jsonl").read_text().splitlines():
        table, row = json.loads(line)
        tables[table].append({name: _bytes(value) for name, value in row.items()})
    return tables


def _bytes(value):
    return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value


@pytest.fixture(params=RELEASES)
def released(request, database):
    """A database of a release in which somebody has worked: the application on it, and its rows."""
    database.create("released")
    app, tables = new_app(database.uri("released")), kept_rows(request.param)
    with app.app_context():
        flask_migrate.upgrade(revision=RELEASES[request.param])
        with writing_connection() as connection:
            for table, rows in tables.items():
                columns = ", ".join(f'"{name}"' for name in rows[0])
                values = ", ".join(f":{name}" for name in rows[0])
                connection.execute(sa.text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), rows)
        yield app, tables
        db.session.remove()
        db.engine.dispose()
    database.drop("released")


def rows_of(table):
    """Every row of a table as texts, which both databases write alike enough to compare with themselves."""
    with db.engine.connect() as connection:
        found = connection.execute(sa.text(f'SELECT * FROM "{table}" ORDER BY 1')).mappings()
        return [{name: str(value) for name, value in row.items()} for row in found]


def test_an_upgrade_keeps_every_row(released):
    _app, tables = released
    before = {table: rows_of(table) for table in tables}
    assert {table: len(rows) for table, rows in before.items()} == {
        table: len(rows) for table, rows in tables.items()
    }
    flask_migrate.upgrade()
    for table, rows in before.items():
        after, new_names = rows_of(table), RENAMED.get(table, {})
        kept = [
            {name: row[new_names.get(name, name)] for name in old}
            for old, row in zip(rows, after, strict=True)
        ]
        assert kept == rows, table


def test_what_was_booked_before_an_upgrade_still_fits(released):
    flask_migrate.upgrade()
    assert [*points_verify.problems(), *shop_verify.problems()] == []


def test_an_upgrade_leaves_the_tables_of_the_models(released):
    app, _tables = released
    flask_migrate.upgrade()
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_an_upgrade_keeps_the_journals_shut(released):
    flask_migrate.upgrade()
    for journal in ("transfer", "award", "stock_move", "redemption", "void", "price", "notice", "adjustment"):
        key = next(iter(rows_of(journal)[0]))
        for statement in (f"UPDATE {journal} SET {key} = {key}", f"DELETE FROM {journal}"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), writing_connection() as connection:
                connection.execute(sa.text(statement))


def test_an_upgrade_makes_one_name_of_sign_in_names_that_are_one(released):
    written = ["Ｂ oss", "boss", "BOSS", "ＳＵＥ", "Sue"]
    with writing_connection() as connection:
        for ident, username in enumerate(written, 9001):
            values = {"id": ident, "username": username}
            connection.execute(
                sa.text(
                    "INSERT INTO user_account (id, username, name, password_hash, temporary, session) "
                    "VALUES (:id, :username, 'x', 'x', false, 0)"
                ),
                values,
            )
    flask_migrate.upgrade()
    names = {int(row["id"]): row["username"] for row in rows_of("user_account")}
    assert [names[ident] for ident in range(9001, 9006)] == ["boss-2", "boss", "boss-3", "sue", "sue-2"]


def test_moves_before_an_upgrade_are_called_as_their_article_is(released):
    """But for redemptions and voids, whose receipts say it."""
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        rows = connection.execute(
            sa.text(
                "SELECT move.kind, move.name, move.spec, move.unit, goods.name, goods.spec, goods.unit "
                "FROM stock_move AS move JOIN lot ON lot.id = move.lot_id "
                "JOIN goods ON goods.id = lot.goods_id"
            )
        ).all()
    at_desk = [(kind, *said) for kind, *said in rows if kind in ("redemption", "void")]
    assert {kind for kind, *_said in rows} > {kind for kind, *_said in at_desk} > set()
    assert {tuple(said[:3]) for _kind, *said in at_desk} == {(None, None, None)}
    assert all(said[:3] == said[3:] for kind, *said in rows if kind not in ("redemption", "void"))


def test_foreign_keys_are_watched_again_after_an_upgrade(released):
    flask_migrate.upgrade()
    with pytest.raises(sa.exc.IntegrityError), writing_connection() as connection:
        connection.execute(sa.text("UPDATE grid SET village_id = 77"))


def test_what_took_points_before_an_upgrade_is_a_deduction_told_on_its_day(released):
    """Whoever it is about reads it from the upgrade on, and has the days to say something."""
    with writing_connection() as connection:
        minus = connection.scalar(sa.text("SELECT min(id) FROM rubric_item WHERE points < 0"))
        row = connection.execute(sa.text("SELECT * FROM service ORDER BY id LIMIT 1")).mappings().one()
        undecided = {"state": "recorded", "decided_by_id": None, "decided_at": None, "assessment_id": None}
        new = dict(row) | undecided | {"id": 9001, "key": "minus", "item_id": minus, "evidence_id": None}
        new |= {"voucher": None, "voucher_name": None, "resubmits_id": None, "decision": None}
        columns = ", ".join(f'"{name}"' for name in new)
        values = ", ".join(f":{name}" for name in new)
        connection.execute(sa.text(f"INSERT INTO service ({columns}) VALUES ({values})"), new)
    flask_migrate.upgrade()
    deduction = db.session.scalars(sa.select(Deduction)).one()
    assert (deduction.service_id, deduction.shown_by) == (9001, "")
    assert deduction.told_on >= deduction.service.done_on
    assert [*points_verify.problems()] == []
