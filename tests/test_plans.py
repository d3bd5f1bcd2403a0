"""What is asked most looks into an index of whatever grows with the years, and reads nothing of it whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import url_for

from ground.db import db, transaction
from points import ledger
from shop.desk import redemptions
from shop.stock import lots
from tests.cast import TODAY

GROWING = (
    "audit_event",
    "award",
    "evidence",
    "notice_line",
    "redemption",
    "redemption_line",
    "service",
    "stock_move",
    "transfer",
    "visit",
)

# PostgreSQL plans by how many rows it believes to be in a page of a table; here are too few to need an index.
AS_AFTER_YEARS = sa.text(
    "UPDATE pg_class SET relpages = 1, reltuples = 1000000 WHERE relkind = 'r' AND relname = ANY(:names)"
)
# It cannot know here how often a value comes, so it shall take an index where there is one: what it reads
# whole even so has none.
BY_INDEX = [f"SET LOCAL enable_{way} = off" for way in ("seqscan", "hashjoin", "mergejoin")]


@contextmanager
def heard() -> Iterator[dict[str, Any]]:
    """The statements that are sent meanwhile, each with the parameters it had last."""
    sent: dict[str, Any] = {}

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if not statement.startswith("INSERT"):
            sent[statement] = parameters

    sa.event.listen(db.engine, "before_cursor_execute", hear)
    yield sent
    sa.event.remove(db.engine, "before_cursor_execute", hear)


def whole_reads(plan: dict[str, Any], is_limited: bool = False) -> Iterator[str]:
    """The tables that grow and are read in a plan without a condition on an index.

    The newest row of all is none of them: the end of an index, below a limit.
    """
    by_index = "Index Cond" in plan or "Recheck Cond" in plan
    is_end = is_limited and "Index" in plan["Node Type"] and "Filter" not in plan
    if plan.get("Relation Name") in GROWING and not by_index and not is_end:
        yield f"{plan['Node Type']} on {plan['Relation Name']}"
    for part in plan.get("Plans", ()):
        yield from whole_reads(part, plan["Node Type"] == "Limit")


def whole_reads_of(sent: dict[str, Any]) -> list[tuple[str, str]]:
    """What is read whole by these statements once a million rows are in each table that grows."""
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin() as belief:
        connection.execute(AS_AFTER_YEARS, {"names": list(GROWING)})
        for setting in BY_INDEX:
            connection.exec_driver_sql(setting)
        plans = [
            (
                statement,
                connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one(),
            )
            for statement, parameters in sent.items()
            if any(table in statement for table in GROWING)
        ]
        belief.rollback()
    assert plans
    return [(read, statement) for statement, [plan] in plans for read in whole_reads(plan["Plan"])]


@pytest.fixture
def lived(cast):
    """A worker has earned points, redeemed some, and served again."""
    cast.earn(cast.worker, 100)
    with transaction():
        cast.serve(cast.worker, "入户发放", TODAY, cast.clerk, cast.chair)
    buy(cast)


def buy(cast):
    with transaction():
        redemptions.redeem(uuid4().hex, cast.shop, cast.card, {cast.salt.id: 1}, cast.volunteer)


@pytest.mark.only_on("postgresql")
def test_a_redemption_looks_into_indexes(cast, lived):
    with heard() as sent:
        buy(cast)
    assert whole_reads_of(sent) == []


@pytest.mark.only_on("postgresql")
def test_a_balance_and_a_village_s_totals_look_into_indexes(cast, lived):
    with heard() as sent:
        ledger.balance_of(cast.worker)
        ledger.totals(cast.village)
        ledger.digest(cast.village, 10**6)
    assert whole_reads_of(sent) == []


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(
    ("username", "endpoint"),
    [
        ("volunteer", "desk.desk_card"),
        ("chair", "home.front"),
        ("worker", "ledger.mine"),
        ("manager", "desk.redemptions"),
        ("manager", "stock.goods_stock"),
        ("manager", "stock.deliveries"),
        ("manager", "stock.vouchers"),
        ("manager", "purchases.suggestions"),
        ("chair", "books.points"),
        ("chair", "books.redemptions"),
        ("chair", "books.stock"),
        ("chair", "books.services"),
        ("chair", "boards.board"),
        ("chair", "stock.trace_lot"),
    ],
)
def test_pages_look_into_indexes(app, cast, client_of, lived, username, endpoint):
    client = client_of(cast.user(username))
    with app.test_request_context():
        rule = next(app.url_map.iter_rules(endpoint))
        known = {"number": cast.card.number, "ident": cast.salt.id}
        known |= dict.fromkeys(("area", "village"), cast.village.code)
        if endpoint == "stock.trace_lot":
            known["ident"] = lots.of_goods(cast.salt)[0].id
        address = url_for(endpoint, **{name: known[name] for name in rule.arguments})
    with heard() as sent:
        assert client.get(address).status_code == 200
    assert whole_reads_of(sent) == []
