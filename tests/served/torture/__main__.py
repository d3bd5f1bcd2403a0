"""Minutes of everything that can go wrong, on both databases, and what was lost by it: nothing.

    make torture                                   about half an hour on two cores: a thousand kills
    .venv/bin/python -m tests.served.torture 0.1   a tenth of it

Prints a table and writes it into docs/reliability.md. Exits 1 if anything was lost, done twice or half done.
"""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from ground.db import db
from tests.served.server import Nursery
from tests.served.torture import faults, report
from tests.served.torture.ground import POSTGRESQL, SQLITE, house_on, village
from tests.served.torture.load import Desk, Load
from tests.served.torture.reckoning import Reckoning, Standing, reckon


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
        with house_on(kind, nursery, village) as desk:
            house = desk.house
            for part in PARTS:
                if part.where not in (None, kind):
                    continue
                if part.needs_disk and not house.disk.is_own:
                    lines.append(f"{kind} | {part.words} | not tried, as no disk could be mounted | | | | |")
                    continue
                chance, times = Random(f"{kind}{part.fault}"), max(1, round(part.times * share))
                found = tortured(desk, part, times, chance)
                lines.append(report.line(kind, part.words, found))
                report.say(lines[-1])
                if not found.is_good:
                    bad.append(f"{kind}, {part.words}: {found}")
                    report.say(bad[-1])
                totals.add(found)
    nursery.close()
    lines.append(report.line("", "**all**", totals))
    minutes = round((datetime.now(UTC) - began).total_seconds() / 60)
    about = f"`make torture`, {began:%Y-%m-%d}, {minutes} minutes, {share:g} of the whole; {report.machine()}"
    report.write("table", about, HEADINGS, lines)
    report.say("\n".join(bad) or "nothing was lost, done twice or half done")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main(float((sys.argv[1:] or ["1"])[0])))
