"""A county whose quarter is to be assessed: 89 villages of 70 workers, 3,000 confirmed services in each."""

import random
from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, select

from demo import roll
from demo.story import SECRET
from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from people import areas
from people.areas import COUNTY_FILE
from people.models import Appointment, Area, Duty, Grid, GridKind, Level, Person, Role, User
from people.signin import accounts
from points import ledger
from points.assessment import meeting, opening
from points.models import FedBy, Service, ServiceState
from points.rubrics import template, versions

WORKERS_A_VILLAGE, SERVICES_A_VILLAGE = 70, 3_000
QUARTER = Quarter(2026, 3)
MET_ON = QUARTER.last_day
PRESENT = ("文书", "主任", "村民代表一", "村民代表二", "村民代表三")


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
    """Open a village's quarter and begin its meeting."""
    assessment = opening.open_quarter(village, QUARTER, clerk)
    meeting.deliberate(assessment, MET_ON, PRESENT, (), "", clerk)
