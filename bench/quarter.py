"""How long a county's quarter takes to book, and how fast the meeting's screen is.

    .venv/bin/python bench/quarter.py

Makes 89 villages of 70 workers on a SQLite file of its own, or in the empty database of DATABASE_URL, with
3,000 confirmed services in each; holds the meetings and posts the notices by the verbs, books them all by
the command that people use, start of the program included, and asks for the screen of one meeting.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("AIXIN_INSTANCE", tempfile.mkdtemp(prefix="aixin-bench"))

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Table, event, insert, select

from app import create_app
from demo import roll
from demo.cli import COUNTY_FILE
from demo.story import SECRET
from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from people import areas
from people.models import Appointment, Area, Duty, Grid, GridKind, Level, Person, Role, User
from people.signin import accounts, sessions
from points import ledger
from points.assessment import meeting, opening
from points.models import FedBy, Service, ServiceState
from points.rubrics import template, versions
from points.wall import posting

WORKERS_A_VILLAGE, SERVICES_A_VILLAGE, RUNS = 70, 3_000, 30
QUARTER = Quarter(2026, 3)
MET_ON = QUARTER.last_day
PRESENT = ("文书", "主任", "村民代表一", "村民代表二", "村民代表三")


def main() -> None:
    app = create_app(TESTING=True)
    with app.app_context(), clock.at(MET_ON):
        upgrade()
        chance = random.Random(1)
        clerks = prepare(chance)
        began = time.perf_counter()
        for clerk in clerks:
            with transaction():
                meet(clerk.grants[0].area, clerk)
        print(f"{time.perf_counter() - began:6.1f} s  {len(clerks)} meetings opened and begun")
        place = f"/v/{clerks[0].grants[0].area.code}/quarters/{QUARTER}"
        for name, path in (("the meeting's screen", place), ("without rows", f"/v/{place[3:15]}/rubric")):
            ask(app, name, clerks[0], path)
        began = time.perf_counter()
        for clerk in clerks:
            with transaction():
                posting.post_notice(opening.open_quarter(clerk.grants[0].area, QUARTER, clerk), clerk)
        print(f"{time.perf_counter() - began:6.1f} s  {len(clerks)} notices posted")
        db.session.remove()
        db.engine.dispose()
    for _time in range(2):
        run("assessments", "book", "--quarter", str(QUARTER), "--by", "bench-chair")
    run("ledger", "verify")


def prepare(chance: random.Random) -> list[User]:
    """The county, its people and their records, straight into the tables; a clerk for each village."""
    with transaction():
        areas.import_areas(COUNTY_FILE.read_bytes())
    with transaction():
        county = db.session.scalars(select(Area).where(Area.level == Level.COUNTY)).one()
        villages = opening.villages(county)
        since = QUARTER.first_day - timedelta(days=1)
        with clock.at(since):
            versions.publish(
                county, QUARTER.first_day, "县委政法委", template.TEMPLATE, template.USUAL_LIMITS, None
            )
        chair = accounts.add_user("bench-chair", "主任", SECRET, None, temporary=False)
        clerks = []
        for number, village in enumerate(villages):
            with clock.at(since):
                versions.adopt(village, QUARTER.first_day, "村民代表会议", (), chair)
            clerk = accounts.add_user(f"bench-{number}", "文书", SECRET, None, temporary=False)
            accounts.grant(clerk, Role.CLERK, village, None)
            accounts.grant(chair, Role.CHAIR, village, None)
            clerks.append(clerk)
            fill(village, clerk, chair, chance)
    return clerks


def fill(village: Area, clerk: User, chair: User, chance: random.Random) -> None:
    """Grids, workers, terms and confirmed services of one village."""
    people = [Person(area_id=village.id, name=roll.name(chance)) for _number in range(WORKERS_A_VILLAGE)]
    grids = [
        Grid(
            village_id=village.id, code=f"{village.code}{n:03d}", name=f"第{n:02d}微网格", kind=GridKind.RURAL
        )
        for n in range(1, WORKERS_A_VILLAGE + 1)
    ]
    db.session.add_all([*people, *grids])
    db.session.flush()
    last = date(2028, 12, 31)
    db.session.add_all(
        Appointment(grid_id=g.id, person_id=p.id, duty=Duty.WORKER, starts_on=date(2026, 1, 1), ends_on=last)
        for g, p in zip(grids, people, strict=True)
    )
    for person in people:
        ledger.account_of(person)
    rubric = versions.in_force(village, QUARTER)
    items = (
        [item for item in rubric.items if item.points > 0 and item.source == FedBy.CLAIM] if rubric else []
    )
    moment = clock.now()
    rows: list[dict[str, Any]] = []
    for number in range(SERVICES_A_VILLAGE):
        seat = number % WORKERS_A_VILLAGE
        rows.append(
            {
                "key": f"bench-{village.id}-{number}",
                "village_id": village.id,
                "worker_id": people[seat].id,
                "grid_id": grids[seat].id,
                "item_id": chance.choice(items).id,
                "done_on": QUARTER.first_day + timedelta(days=number % 90),
                "count": 1,
                "note": "上门看望独居老人，一切都好",
                "recorded_by_id": clerk.id,
                "recorded_at": moment,
                "state": ServiceState.CONFIRMED,
                "decided_by_id": chair.id,
                "decided_at": moment,
            }
        )
    db.session.connection().execute(insert(cast(Table, Service.__table__)), rows)


def meet(village: Area, clerk: User) -> None:
    assessment = opening.open_quarter(village, QUARTER, clerk)
    meeting.deliberate(assessment, MET_ON, PRESENT, (), "", clerk)


def signed_in(app: Flask, user: User) -> FlaskClient:
    """A browser in which somebody is signed in."""
    with transaction():
        token = sessions.begin(user, user.session, "")
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client


def ask(app: Flask, name: str, user: User, path: str) -> None:
    """The median time of a page through the whole program, and how many statements it sends."""
    statements: list[str] = []
    client, times = signed_in(app, user), []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    for _time in range(RUNS):
        statements.clear()
        began = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.status
    print(
        f"{statistics.median(times):6.1f} ms {name}: median of {RUNS} (slowest {max(times):.1f}), "
        f"{len(statements)} statements, {len(answer.data) // 1024} KiB"
    )


def run(*command: str) -> None:
    began = time.perf_counter()
    flask = [sys.executable, "-m", "flask", "--app", "app", *command]
    done = subprocess.run(flask, check=True, capture_output=True, text=True)
    print(f"{time.perf_counter() - began:6.1f} s  {' '.join(command[:2])}: {done.stdout.strip()}")


if __name__ == "__main__":
    main()
