"""Minutes of everything that can go wrong, on both databases, and what was lost by it: nothing.

    make torture                                   about an hour on two cores: a thousand kills
    .venv/bin/python -m tests.served.torture 0.1   a tenth of it

Prints a table and writes it into docs/reliability.md. Exits 1 if anything was lost, done twice or half done.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import flask_migrate

from ground import clock
from ground.db import db, transaction
from tests import cast as cast_list
from tests.cast import BEGAN_ON, TODAY, new_app
from tests.served.house import House, furnish
from tests.served.server import ROOT, Nursery
from tests.served.torture import faults
from tests.served.torture.disk import Disk
from tests.served.torture.load import Desk, Load, desk_of
from tests.served.torture.postgres import Postgres
from tests.served.torture.reckoning import Reckoning, Standing, reckon

DOCUMENT = ROOT / "docs" / "reliability.md"
BEGINS, ENDS = "<!-- the table begins -->\n", "<!-- the table ends -->\n"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
DISK_MEGABYTES = {SQLITE: 200, POSTGRESQL: 500}


@dataclass(frozen=True)
class Part:
    """A fault with how often it is injected, and on which databases; `where` None: on both."""

    fault: str
    words: str
    times: int
    where: str | None = None
    needs_disk: bool = False


PARTS = (
    Part("killed", "the server is killed (SIGKILL)", 350),
    Part("one_process_killed", "one of its two processes is killed", 100, POSTGRESQL),
    Part("postgresql_killed", "PostgreSQL is killed (its first process)", 50, POSTGRESQL),
    Part("backend_killed", "PostgreSQL: the process of one connection is killed", 50, POSTGRESQL),
    Part("import_killed", "an import of 200 rows beside the open desk is killed", 50),
    Part("ended", "the server is told to end (SIGTERM)", 50),
    Part("second_server", "a second server is started on the same file", 20, SQLITE),
    Part("disk_full", "the disk is full for a moment", 20, needs_disk=True),
    Part("read_only", "the database can only be read for a moment", 20, needs_disk=True),
    Part("clock_back", "the clock goes back 40 days, and is set right", 20),
    Part("clock_ahead", "the clock runs a day ahead, and stays there", 1),
)
HEADINGS = "database | what goes wrong | times | asked | acknowledged | lost | done twice | half done"


@contextmanager
def house_on(kind: str, nursery: Nursery) -> Iterator[House]:
    """The cast's house on a database of this kind, on a small disk of its own."""
    with ExitStack() as stack:
        disk = Disk(DISK_MEGABYTES[kind])
        stack.callback(disk.close)
        postgres = None
        uri = f"sqlite:///{disk.folder / 'aixin.sqlite'}"
        if kind == POSTGRESQL:
            postgres = Postgres(disk.folder)
            stack.callback(postgres.close)
            postgres.execute("CREATE DATABASE torture")
            uri = postgres.address("torture", "postgresql+psycopg")
        with new_app(uri).app_context():
            with clock.at(BEGAN_ON):
                flask_migrate.upgrade()
                with transaction():
                    cast_list.make()
            stack.enter_context(clock.at(TODAY))
            instance = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            house = House(nursery, uri, instance, furnish(), postgres=postgres, disk=disk)
            stack.callback(house.close)
            faults.stock_up(house)
            house.serve().answering()
            yield house
            house.close()
            db.session.remove()
            db.engine.dispose()


def tortured(desk: Desk, part: Part, times: int, chance: Random) -> Reckoning:
    """Inject a fault so often while clients are at work, and compare the journals with the database."""
    house, before = desk.house, Standing.of(desk)
    db.session.remove()
    db.engine.dispose()
    with Load(desk, part.fault) as load:
        for _time in range(times):
            load.wait_for(chance.randrange(1, 12))
            faults.pause(chance, 0.05)
            faults.FAULTS[part.fault](house, chance)
        load.wait_for(1)
    db.engine.dispose()
    found = reckon(desk, before, load.journal, times)
    found.half_done += faults.half_imported(house)
    return found


def main(share: float) -> int:
    """Torture both; returns 1 if anything was not as it must be."""
    began, lines, bad, totals = datetime.now(UTC), [], [], Reckoning()
    nursery = Nursery()
    for kind in (SQLITE, POSTGRESQL):
        with house_on(kind, nursery) as house:
            desk = desk_of(house)
            for part in PARTS:
                if part.where not in (None, kind):
                    continue
                if part.needs_disk and not house.disk.is_own:
                    lines.append(f"{kind} | {part.words} | not tried, as no disk could be mounted | | | | |")
                    continue
                chance, times = Random(f"{kind}{part.fault}"), max(1, round(part.times * share))
                found = tortured(desk, part, times, chance)
                lines.append(_line(kind, part.words, found))
                say(lines[-1])
                if not found.is_good:
                    bad.append(f"{kind}, {part.words}: {found}")
                    say(bad[-1])
                totals.add(found)
    nursery.close()
    lines.append(_line("", "**all**", totals))
    minutes = round((datetime.now(UTC) - began).total_seconds() / 60)
    _write(lines, f"{began:%Y-%m-%d}, {minutes} minutes, {share:g} of the whole; {_machine()}")
    say("\n".join(bad) or "nothing was lost, done twice or half done")
    return bool(bad)


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _line(kind: str, words: str, found: Reckoning) -> str:
    figures = (found.faults, found.asked, found.acknowledged, found.lost, found.twice, len(found.half_done))
    return " | ".join((kind, words, *(f"{figure:,}" for figure in figures)))


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, Python {platform.python_version()}"


def _write(lines: list[str], about: str) -> None:
    before, _begins, rest = DOCUMENT.read_text().partition(BEGINS)
    _old, _ends, after = rest.partition(ENDS)
    rule = " | ".join(["---", "---", *["---:"] * 6])
    table = "\n".join(f"| {line} |" for line in (HEADINGS, rule, *lines))
    DOCUMENT.write_text(f"{before}{BEGINS}\n`make torture`, {about}.\n\n{table}\n\n{ENDS}{after}")


if __name__ == "__main__":
    os.environ["AIXIN_INSTANCE"] = tempfile.mkdtemp(prefix="aixin-torture-")
    os.environ.pop("DATABASE_URL", None)
    sys.exit(main(float((sys.argv[1:] or ["1"])[0])))
