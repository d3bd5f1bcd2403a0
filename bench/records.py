"""How long the worker's due list and the confirmer's list take when the county has a million records.

    .venv/bin/python bench/records.py [services]

Makes the demo's county in a database of its own in a temporary folder (SQLite), or fills the empty one of
DATABASE_URL: 8 households in each grid, 1,000,000 services over three years, 600,000 of them visits. Then
it asks for both pages through the whole program, prints the median time, the number of statements, and the
query plan of every statement that reads a table of records.
"""

import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("AIXIN_INSTANCE", tempfile.mkdtemp(prefix="aixin-bench"))

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Table, event, func, insert, select, text

from app import create_app
from demo.calendar import STARTS_ON
from demo.cli import load
from duties.models import Visit
from ground import clock
from ground.db import db, transaction
from people.models import Appointment, Area, Attention, Duty, Grid, Household, HouseholdClass, Role, User
from people.signin import sessions
from points.models import Evidence, EvidenceKind, FedBy, Service, ServiceState
from points.rubrics import versions
from points.services import taking

SERVICES = 1_000_000
VISIT_SHARE = 0.6
HOUSEHOLDS_A_GRID = 8
DAYS = 3 * 365
RUNS = 30
BATCH_ROWS = 20_000
SINCE = date(2024, 1, 1)
# Plain tables: a million objects would take longer than a million rows.
EVIDENCE, VISIT, SERVICE = (cast(Table, each.__table__) for each in (Evidence, Visit, Service))
RECORD_TABLES = re.compile(r"\b(FROM|JOIN) (service|evidence|visit|household)\b")


def main(services: int) -> None:
    app = create_app(TESTING=True)
    with app.app_context(), clock.at(STARTS_ON):
        upgrade()
        with transaction():
            load(county=True)
        with transaction():
            fill(services)
        with transaction():
            db.session.execute(text("ANALYZE"))
        worker, clerk = (_user(role) for role in (Role.WORKER, Role.CLERK))
        with transaction():
            taking.import_waiting(clerk.grants[0].area, clerk)  # as clerks do: nothing is left to take in
        place = f"/v/{clerk.grants[0].area.code}"
        kind = db.engine.dialect.name
        for name, user, path in (
            ("worker's due list", worker, f"{place}/due"),
            ("confirmer's list", clerk, f"{place}/services"),
        ):
            ask(app, f"{kind}, {name}", user, path)


def _user(role: Role) -> User:
    return db.session.scalars(select(User).where(User.username == str(role))).one()


def fill(services: int) -> None:
    """Households, visits and services, straight into the tables: a million verbs would take hours."""
    chance = random.Random(1)
    recorder = _user(Role.CLERK).id
    seats = db.session.execute(
        select(Appointment.grid_id, Appointment.person_id, Grid.village_id)
        .join(Appointment.grid)
        .where(Appointment.duty == Duty.WORKER)
    ).all()
    homes = _households(seats, recorder, chance)
    villages = {village for _grid, _person, village in seats}
    items = {village: _items(village) for village in villages}
    clerks = {village: _clerk(village) for village in villages}
    first = (db.session.scalar(select(func.max(Evidence.id))) or 0) + 1
    for begin in range(0, services, BATCH_ROWS):
        visits: list[dict[str, Any]] = []
        rows: list[dict[str, Any]] = []
        for number in range(begin, min(begin + BATCH_ROWS, services)):
            grid, person, village = seats[number % len(seats)]
            done_on = STARTS_ON - timedelta(days=1 + int(DAYS * number / services))
            row = {
                "key": f"bench-{number}",
                "village_id": village,
                "grid_id": grid,
                "worker_id": person,
                "recorded_by_id": clerks[village],
                "recorded_at": clock.day_span(done_on, done_on)[0] + timedelta(minutes=chance.randrange(900)),
            }
            home = chance.choice(homes[grid]) if chance.random() < VISIT_SHARE else None
            if home:
                visits.append(row | _visit(first + len(visits), home, done_on, chance))
            rows.append(row | _service(items[village][bool(home)], home, done_on, recorder, chance))
            if home:
                rows[-1]["evidence_id"] = visits[-1]["id"]
        first += len(visits)
        kinds = [{"id": visit["id"], "kind": EvidenceKind.VISIT} for visit in visits]
        db.session.connection().execute(insert(EVIDENCE), kinds)
        db.session.connection().execute(insert(VISIT), visits)
        db.session.connection().execute(insert(SERVICE), rows)
    if db.engine.dialect.name == "postgresql":  # which counts on behind the ids that were given above
        db.session.execute(text("SELECT setval('evidence_id_seq', max(id)) FROM evidence"))


def _clerk(village: int) -> int:
    """Who keys a village's records in: each has its own."""
    user = User(username=f"bench{village}", name=f"文书{village}", password_hash="")
    db.session.add(user)
    db.session.flush()
    return user.id


def _visit(ident: int, home: int, day: date, chance: random.Random) -> dict[str, Any]:
    return {
        "id": ident,
        "household_id": home,
        "visited_on": day,
        "steps": ["meet", "ask"],
        "seen": f"第{ident}次走访，一切都好",
        "needs": "",
        "follow_up": "问一下医保" if chance.random() < 0.02 else None,
    }


def _service(item: int, home: int | None, day: date, recorder: int, chance: random.Random) -> dict[str, Any]:
    """A service's row; in the last fortnight it may wait for a decision, and some texts are copied."""
    waits = day > STARTS_ON - timedelta(days=14) and chance.random() < 0.3
    return {
        "item_id": item,
        "done_on": day,
        "count": 1,
        "note": "" if home else "帮忙代买药品",
        "state": ServiceState.RECORDED if waits else ServiceState.CONFIRMED,
        "decided_by_id": None if waits else recorder,
        "decided_at": None if waits else clock.now(),
        "evidence_id": None,
        "household_id": home,
        "likeness": f"{chance.randrange(500_000):016x}",
    }


def _households(seats: Sequence[Any], actor: int, chance: random.Random) -> dict[int, list[int]]:
    """Eight households in each grid: one visited weekly, two monthly."""
    last_id = db.session.scalar(select(func.max(Household.id))) or 0
    highest_number = db.session.scalar(select(func.max(Household.number))) or 0
    homes: dict[int, list[int]] = {}
    rows: list[dict[str, Any]] = []
    classes = [Attention.PRIORITY, Attention.WATCHED, Attention.WATCHED] + [Attention.ORDINARY] * 5
    for grid, _person, _village in seats:
        for number in range(1, HOUSEHOLDS_A_GRID + 1) if grid not in homes else ():
            last_id += 1
            homes.setdefault(grid, []).append(last_id)
            rows.append({"id": last_id, "grid_id": grid, "number": highest_number + number})
    blank = dict.fromkeys(("house", "composition", "standing", "situation", "needs"), "")
    db.session.execute(
        insert(Household), [row | blank | {"head": f"户主{row['id']}", "residents": 3} for row in rows]
    )
    since = {"on": date(2026, 1, 1), "reason": "建档", "actor_id": actor, "at": clock.now()}
    db.session.execute(
        insert(HouseholdClass),
        [
            {"household_id": row["id"], "attention": classes[place % HOUSEHOLDS_A_GRID], **since}
            for place, row in enumerate(rows)
        ],
    )
    return homes


def _items(village: int) -> tuple[int, int]:
    """The claimed item and the visits' item of a village's rubric.

    A village without a rubric adopts one.
    """
    area = db.session.get_one(Area, village)
    rubric = versions.latest(area) or versions.adopt(area, SINCE, "bench", (), None)
    item_ids = {item.source: item.id for item in reversed(rubric.items)}
    return item_ids[FedBy.CLAIM], item_ids[FedBy.VISIT]


def signed_in(app: Flask, user: User) -> FlaskClient:
    """A browser in which somebody is signed in."""
    with transaction():
        token = sessions.begin(user, user.session, "")
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def ask(app: Flask, name: str, user: User, path: str) -> None:
    """Ask for a page, and say how long it took and how the database found it."""
    client = signed_in(app, user)
    statements: list[tuple[str, Any]] = []

    def look(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    def get() -> float:
        began = time.perf_counter()
        with app.app_context():  # of its own, as in a server
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status)
        return time.perf_counter() - began

    get()
    times = sorted(get() for _run in range(RUNS))
    event.listen(db.engine, "before_cursor_execute", look)
    get()
    event.remove(db.engine, "before_cursor_execute", look)
    print(
        f"{name}: median {statistics.median(times) * 1000:.1f} ms, "
        f"slowest of {RUNS} {times[-1] * 1000:.1f} ms, {len(statements)} statements"
    )
    for statement, parameters in statements:
        if RECORD_TABLES.search(statement.replace("\n", " ")):
            print("   ", " ".join(statement.split())[:150])
            for line in query_plan(statement, parameters):
                print("       ", line)


def query_plan(statement: str, parameters: Any) -> Iterator[str]:
    """The database's plan for a statement, line by line."""
    explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
    with db.engine.connect() as connection:
        for row in connection.exec_driver_sql(explain + statement, parameters):
            yield str(row[-1])


if __name__ == "__main__":
    main(int((sys.argv[1:] or [str(SERVICES)])[0]))
