"""What villages have written stays, whatever version the tables are taken to."""

import json

import flask_migrate
import pytest
import sqlalchemy as sa

from people.db import db
from tests.cast import new_app

MOMENT = "'2026-10-02 01:00:00+00:00'"

# A little of everything that later versions take into their hands, as version 0001 held it.
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
    "VALUES (1, 'worker', 1, 1, 50, 3, 'h'), (2, 'issuing', 1, NULL, 0, 0, 'g'), "
    "(3, 'redeemed', 1, NULL, 0, 0, 'g')",
    "INSERT INTO transfer (id, key, kind, debit_id, credit_id, amount, reason, at, account_id, position, "
    f"balance_after, hash) VALUES (1, 'k', 'award', 2, 1, 50, '2026Q3', {MOMENT}, 1, 1, 50, 'h'), "
    f"(2, 'r', 'redemption', 1, 3, 30, '20261002-0001', {MOMENT}, 1, 2, 20, 'h')",
    "INSERT INTO transfer (id, key, kind, debit_id, credit_id, amount, reason, at, reverses_id, account_id, "
    "position, balance_after, hash) "
    f"VALUES (3, 'v', 'reversal', 3, 1, 30, '20261002-0001', {MOMENT}, 2, 1, 3, 50, 'h')",
    "INSERT INTO rubric (id, village_id, version, in_force_from, approved_by) "
    "VALUES (1, 1, 1, '2026-01-01', '村民代表会议')",
    "INSERT INTO rubric_item (id, rubric_id, category, name, unit, points, cap) VALUES "
    "(1, 1, 'service', '走访一户', '户', 2, 12), (2, 1, 'service', '虚报', '次', -5, NULL), "
    "(3, 1, 'dispute', '化解一起', '件', 30, NULL)",
    "INSERT INTO assessment (id, village_id, quarter, rubric_id, state, opened_by_id, met_on, attendance, "
    "minutes) VALUES (1, 1, '2026Q3', 1, 'on_notice', 1, '2026-09-28', '刘文书、陈主任，陈主任', '通过')",
    "INSERT INTO service (id, key, village_id, worker_id, grid_id, item_id, done_on, count, note, "
    "recorded_by_id, recorded_at, state, decided_by_id, decided_at, assessment_id) VALUES "
    f"(1, 's1', 1, 1, 1, 1, '2026-09-01', 4, '', 1, {MOMENT}, 'confirmed', 1, {MOMENT}, 1), "
    f"(2, 's2', 1, 1, 1, 1, '2026-09-02', 5, '', 1, {MOMENT}, 'confirmed', 1, {MOMENT}, 1), "
    f"(3, 's3', 1, 1, 1, 2, '2026-09-03', 1, '', 1, {MOMENT}, 'confirmed', 1, {MOMENT}, 1), "
    f"(4, 's4', 1, 1, 1, 3, '2026-09-04', 1, '', 1, {MOMENT}, 'recorded', NULL, NULL, NULL)",
    "INSERT INTO adjustment (id, key, assessment_id, worker_id, amount, reason, actor_id, at) "
    f"VALUES (7, 'a', 1, 1, 15, '雪天送药', 1, {MOMENT})",
    "INSERT INTO notice (id, assessment_id, posted_on, ends_on, posted_by_id, digest, upto) "
    "VALUES (1, 1, '2026-09-28', '2026-10-01', 1, 'd', 3)",
    "INSERT INTO audit_event (id, at, action, subject, detail) "
    f"VALUES (1, {MOMENT}, 'person.add', 'person:1', '{{\"name\": \"李秀明\"}}')",
    "INSERT INTO shop (id, village_id, name) VALUES (1, 1, '爱心超市')",
    "INSERT INTO goods (id, shop_id, name, unit, price, barcode) VALUES "
    "(1, 1, '肥皂', '块', 30, '6901028075831'), (2, 1, '可乐', '瓶', 25, '036000291452'), "
    "(3, 1, '白菜', '斤', 5, NULL)",
    "INSERT INTO lot (id, goods_id, source, donor, best_before, received_on, on_hand) VALUES "
    "(1, 1, 'donation', '供销社', '2027-06-30', '2026-10-01', 20), "
    "(2, 2, 'donation', '供销社', NULL, '2026-10-01', 5), "
    "(3, 2, 'donation', '供销社', NULL, '2026-10-02', 5), "
    "(4, 3, 'purchase', NULL, NULL, '2026-10-01', 8), "
    "(5, 3, 'donation', NULL, NULL, '2026-10-01', 2)",
    "INSERT INTO redemption (id, key, shop_id, card_id, day, serial, code, total, transfer_id, clerk_id, at) "
    f"VALUES (1, 'r', 1, 1, '2026-10-02', 1, 'C', 30, 2, 1, {MOMENT})",
    "INSERT INTO redemption_line (id, redemption_id, goods_id, name, unit, price, quantity) "
    "VALUES (1, 1, 1, '肥皂', '块', 30, 1)",
    "INSERT INTO void (id, redemption_id, transfer_id, reason, actor_id, at) "
    f"VALUES (1, 1, 3, '拿错了', 1, {MOMENT})",
    "INSERT INTO stock_move (id, key, lot_id, kind, quantity, redemption_id, actor_id, at) VALUES "
    f"(1, 'a', 1, 'receipt', 20, NULL, 1, {MOMENT}), (2, 'b', 2, 'receipt', 5, NULL, 1, {MOMENT}), "
    f"(3, 'c', 3, 'receipt', 5, NULL, 1, {MOMENT}), (4, 'd', 4, 'receipt', 8, NULL, NULL, {MOMENT}), "
    f"(5, 'e', 5, 'receipt', 2, NULL, NULL, {MOMENT}), (6, 'f', 1, 'redemption', -1, 1, 1, {MOMENT}), "
    f"(7, 'g', 1, 'void', 1, 1, 1, {MOMENT})",
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
    "rubric_item",
    "assessment",
    "service",
    "adjustment",
    "notice",
    "shop",
    "goods",
    "lot",
    "redemption",
    "redemption_line",
    "void",
    "stock_move",
)
JOURNALS = ("transfer", "stock_move", "redemption", "void", "price", "donation", "notice", "adjustment")
# Columns that became rows of their own; what they said is asked for below.
BECAME_ROWS = {"goods": {"price", "barcode"}, "lot": {"donor"}, "assessment": {"attendance"}}


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
        gone = BECAME_ROWS.get(table, set())
        assert gone & after[table][0].keys() == set()
        written = [{name: row[name] for name in row.keys() - gone} for row in before[table]]
        kept = [{name: row[name] for name in old} for old, row in zip(written, after[table], strict=True)]
        assert kept == written, table
        assert kept, table


def found(statement):
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_what_was_a_column_becomes_rows(first_version):
    """Prices that always held, barcodes with a UPC's zero, and one receipt for a donor's day."""
    flask_migrate.upgrade()
    assert found("SELECT goods_id, points, CAST(holds_from AS VARCHAR), actor_id FROM price ORDER BY id") == [
        (1, 30, "2000-01-01", None),
        (2, 25, "2000-01-01", None),
        (3, 5, "2000-01-01", None),
    ]
    assert found("SELECT shop_id, goods_id, code FROM barcode ORDER BY id") == [
        (1, 1, "6901028075831"),
        (1, 2, "0036000291452"),
    ]
    given = (
        "SELECT lot.id, donor, CAST(given_on AS VARCHAR), serial FROM lot "
        "LEFT JOIN donation ON donation.id = donation_id ORDER BY lot.id"
    )
    assert found(given) == [
        (1, "供销社", "2026-10-01", 1),
        (2, "供销社", "2026-10-01", 1),
        (3, "供销社", "2026-10-02", 2),
        (4, None, None, None),
        (5, "–", "2026-10-01", 3),
    ]
    codes = {code for (code,) in found("SELECT code FROM donation")}
    assert [len(code) for code in codes] == [16] * 3


def test_what_hung_on_a_wall_is_written_down_line_by_line(first_version):
    """Nine visits at 0.2 up to a cap of 1.2, half a point off, one and a half on top; and who was there."""
    flask_migrate.upgrade()
    shown = "SELECT number, worker_id, name, grid, deductions, adjustments, total FROM notice_line"
    assert found(shown) == [(1, 1, "李*明", "第一网格", -5, 15, 22)]
    ((cells,),) = found("SELECT cells FROM notice_line")
    cells = json.loads(cells) if isinstance(cells, str) else cells
    assert (cells["service"], cells["dispute"]) == ([9, 18, 12], [0, 0, 0])
    posted = "SELECT number, adjusted_upto, CAST(posted_at AS VARCHAR) FROM notice WHERE whole"
    ((number, upto, moment),) = found(posted)
    assert (number, upto, moment[:16]) == (1, 7, "2026-09-28 01:00")
    assert found("SELECT name, present FROM member ORDER BY id") == [("刘文书", True), ("陈主任", True)]


def test_an_upgrade_keeps_the_journals_shut(first_version):
    flask_migrate.upgrade()
    for journal in JOURNALS:
        for statement in (f"UPDATE {journal} SET id = id", f"DELETE FROM {journal}"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.engine.begin() as connection:
                connection.execute(sa.text(statement))


def test_an_upgrade_lets_new_words_in(first_version):
    flask_migrate.upgrade()
    with db.engine.begin() as connection:
        for state in ("frozen", "retired"):
            connection.execute(sa.text("UPDATE card SET state = :state"), {"state": state})
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE card SET state = 'melted'"))
    lost = (
        "INSERT INTO stock_move (id, key, lot_id, kind, quantity, reason, at) "
        f"VALUES (8, 'h', 4, :kind, :units, '受潮', {MOMENT})"
    )
    for kind, units in (("melted", -1), ("write_off", 1), ("receipt", 1)):
        with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
            connection.execute(sa.text(lost), {"kind": kind, "units": units})
    with db.engine.begin() as connection:
        connection.execute(sa.text(lost), {"kind": "write_off", "units": -1})


def test_foreign_keys_are_watched_again_after_an_upgrade(first_version):
    flask_migrate.upgrade()
    with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
        connection.execute(sa.text("UPDATE grid SET village_id = 77"))
