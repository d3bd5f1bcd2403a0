"""A week of a county: 89 villages with 70 workers each, all at work at once.

    .venv/bin/python -m tests.served.torture.week [seconds a day]

Each day the server is killed once; each evening what is due expires by `ledger settle`; at the end
`ledger verify` computes all of it again. Prints and writes a line for each database (docs/reliability.md).
"""

import random
import sys
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlalchemy import select

from bench import quarter
from ground import clock
from ground.db import db, transaction
from people import cards
from people.models import Person, Role, User
from people.signin import accounts
from points.assessment import opening
from points.wall import booking, posting
from shop.desk import devices
from shop.models import Source
from shop.shelf import goods as shelf
from shop.shelf import shops
from shop.stock import moves
from tests.cast import HASHED
from tests.served.house import House, begin_calendar
from tests.served.server import Nursery
from tests.served.torture import faults, report
from tests.served.torture.ground import POSTGRESQL, SQLITE, house_on
from tests.served.torture.load import Desk, Load, Seat, TillKey, item_of, signed_in
from tests.served.torture.reckoning import Reckoning, Standing, reckon

DAYS = 7
SERVICES_A_VILLAGE = 140
CARDS_A_VILLAGE = 40
HEADINGS = "database | what is done | kills | asked | acknowledged | lost | done twice | half done"


def county(house: House) -> Desk:
    """A county whose workers have points to spend, and a shop with a till in each of its villages."""
    quarter.SERVICES_A_VILLAGE = SERVICES_A_VILLAGE
    chance, seats = random.Random(1), []
    with clock.at(quarter.MET_ON):
        clerks = quarter.prepare(chance)
        for clerk in clerks:
            with transaction():
                quarter.meet(clerk.grants[0].area, clerk)
            with transaction():
                posting.post_notice(opening.open_quarter(clerk.grants[0].area, quarter.QUARTER, clerk), clerk)
    chair = db.session.scalars(select(User).where(User.username == "bench-chair")).one()
    with clock.at(quarter.MET_ON + timedelta(days=20)):
        for assessment in booking.bookable_assessments(chair, quarter.QUARTER, None):
            with transaction():
                booking.book(assessment, chair)
    with transaction():
        begin_calendar()
    for clerk in clerks:
        with transaction():
            made = _workplace(clerk, chance)
        browser = signed_in(clerk)
        seats += [Seat(*place, browser) for place in made]
    return Desk(house, seats)


def _workplace(clerk: User, chance: random.Random) -> list[tuple[str, int, str, int, TillKey]]:
    """The seats of a clerk's village but for the clerk: its shop, and the cards of its first workers."""
    village = clerk.grants[0].area
    shop = shops.open_shop(village)
    salt = shelf.add_goods(shop, "食盐", "袋", 1)
    moves.receive(f"salt-{village.id}", salt, 50_000, Source.ALLOCATION, None)
    manager = accounts.add_user(f"manager-{village.id}", f"店长{village.id}", HASHED, None, temporary=False)
    accounts.grant(manager, Role.MANAGER, village, None)
    device, key = devices.add_device(shop, "收银台", manager)
    devices.give_voids(device, manager)  # what was handed out may be undone days later
    till, item = TillKey(device.id, key, salt.id, 1), item_of(village)
    workers = select(Person).where(Person.area_id == village.id).order_by(Person.id).limit(CARDS_A_VILLAGE)
    return [
        (village.code, worker.id, cards.issue(worker, clerk, chance).number, item, till)
        for worker in db.session.scalars(workers).all()
    ]


def command(house: House, name: str, *words: str) -> bool:
    """Whether a command ends well."""
    done = house.instance / f"{name}.done"
    house.nursery.run(house.uri, house.instance, done, *words).has_ended(600)
    return done.exists()


def week(desk: Desk, seconds: float) -> Reckoning:
    """Seven days of so many seconds each."""
    house, before, found = desk.house, Standing.of(desk), Reckoning()
    db.session.remove()
    db.engine.dispose()
    asked, broken = [], found.broken
    for day in range(DAYS):
        with Load(desk, f"day{day}") as load:
            Event().wait(seconds / 2)
            faults.killed(house, random.Random(day))
            Event().wait(seconds / 2)
        asked += load.journal.asked
        broken += load.journal.broken
        assert command(house, f"settle{day}", "ledger", "settle")
        faults.turn_clock(1)
    load.journal.asked, load.journal.broken = asked, broken
    found = reckon(desk, before, load.journal, DAYS)
    if not command(house, "verify", "ledger", "verify"):
        found.half_done.append("ledger verify finds something")
    return found


def main(seconds: float) -> int:
    """A week on each database; returns 1 if anything was not as it must be."""
    began, lines, bad, nursery = datetime.now(UTC), [], [], Nursery()
    for kind in (SQLITE, POSTGRESQL):
        with house_on(kind, nursery, county) as desk:
            villages = len({seat.village for seat in desk.seats})
            found = week(desk, seconds)
            workers = villages * quarter.WORKERS_A_VILLAGE
            lines.append(report.line(kind, f"a week of {villages} villages with {workers:,} workers", found))
            report.say(lines[-1])
            if not found.is_good:
                bad.append(str(found))
                report.say(bad[-1])
    nursery.close()
    about = f"{began:%Y-%m-%d}, days of {seconds:g} seconds; {report.machine()}"
    report.write("week", f"`.venv/bin/python -m tests.served.torture.week`, {about}", HEADINGS, lines)
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(float((sys.argv[1:] or ["60"])[0])))
