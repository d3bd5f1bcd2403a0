"""What goes wrong, one function each: it injects a fault into a house under load and sees that it ends."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Event

import psutil
import sqlalchemy as sa

from ground.db import db, transaction
from ground.server import serving
from people.models import Grid
from people.rosterfile import columns
from shop.models import Source
from shop.stock import moves
from tests.cast import FAR_VILLAGE
from tests.served.house import House
from tests.served.server import Till

PLENTY = 1_000_000  # tenths for each worker
DAY_SECONDS = 86_400
IMPORTED = 200  # rows of each import


def stock_up(house: House) -> None:
    """Points for every worker and salt for all of them."""
    cast = house.cast
    cast.earn_each({worker.id: PLENTY for worker in cast.workers})
    with transaction():
        moves.receive("plenty", cast.salt, 100_000, Source.ALLOCATION, None)


def pause(chance: Random, longest: float) -> None:
    """Let the clients work for a while, up to so many seconds."""
    Event().wait(chance.uniform(0, longest))


def killed(house: House, chance: Random) -> None:
    """SIGKILL to the server and all its processes, and another start."""
    house.server.kill()
    house.serve().answering()


def ended(house: House, chance: Random) -> None:
    """SIGTERM to the server; requests that run are finished, and it is gone within its time."""
    server = house.server
    server.tell_to_end(signal.SIGTERM)
    if not server.has_ended(serving.FINISH_SECONDS + 5):
        server.kill()
        raise AssertionError("the server does not end")
    house.serve().answering()


def one_process_killed(house: House, chance: Random) -> None:
    """SIGKILL to one of the server's two processes: the other one ends too, and both are started anew."""
    server = house.server
    psutil.Process(chance.choice(psutil.Process(server.group).children()).pid).kill()
    assert server.has_ended(serving.FINISH_SECONDS + 5), "the other process goes on"
    house.serve().answering()


def second_server(house: House, chance: Random) -> None:
    """A second server on the same file: it answers nobody."""
    other = house.nursery.serve(house.uri, house.instance)
    try:
        for _try in range(200):
            with suppress(OSError):
                status, body = Till(other, house.key).redeem("never", "1", {1: 1})
                assert (status, body["code"]) == (503, "other_server"), body
                return
            Event().wait(0.02)
        raise AssertionError("the second server says nothing")
    finally:
        other.kill()


def turn_clock(days: int) -> None:
    """Turn the calendar that the servers follow."""
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(
            sa.text("UPDATE demo_calendar SET seconds = seconds + :more"), {"more": days * DAY_SECONDS}
        )


def clock_back(house: House, chance: Random) -> None:
    """The clock comes up 40 days back, as with an empty battery; then it is set right."""
    turn_clock(-40)
    pause(chance, 0.5)
    turn_clock(40)


def clock_ahead(house: House, chance: Random) -> None:
    """The clock runs a day ahead, and nobody puts it back."""
    turn_clock(1)
    pause(chance, 0.5)


def _imports(house: House) -> list[Path]:
    return sorted(house.instance.glob("import-*.csv"))


def import_killed(house: House, chance: Random) -> None:
    """A roster comes in beside the open desk, and is killed at any moment."""
    name = f"import-{len(_imports(house)):04}"
    file = house.instance / f"{name}.csv"
    rows = [
        {
            columns.VILLAGE: FAR_VILLAGE,
            columns.CODE: f"{name}-{number}",
            columns.GRID: f"{name}第{number}",
            columns.HOUSEHOLDS: 8,
        }
        for number in range(IMPORTED)
    ]
    file.write_bytes(columns.LAYOUT.write(rows, "csv"))
    command = ("people", "import", str(file), "--area", FAR_VILLAGE)
    importing = house.nursery.run(house.uri, house.instance, file.with_suffix(".done"), *command)
    importing.has_ended(chance.uniform(0, 4))
    importing.kill()
    importing.has_ended(5)


def half_imported(house: House) -> list[str]:
    """Imports of which some rows are there and others are not, or that said they were done and are not."""
    db.session.rollback()
    wrong = []
    for file in _imports(house):
        rows = sa.select(sa.func.count()).where(Grid.code.startswith(f"{file.stem}-"))
        found = db.session.scalar(rows)
        if found not in ((IMPORTED,) if file.with_suffix(".done").exists() else (0, IMPORTED)):
            wrong.append(f"{file.stem}: {found} of {IMPORTED} rows")
    return wrong


# --- What befalls the database itself; a house of `make torture` has a PostgreSQL and a disk of its own. ---


def postgresql_killed(house: House, chance: Random) -> None:
    """SIGKILL to PostgreSQL's first process; it is started again, and no server has to be."""
    house.postgres.kill()
    house.postgres.start()


def backend_killed(house: House, chance: Random) -> None:
    """SIGKILL to the process of one connection: PostgreSQL starts all of them anew by itself."""
    backends = house.postgres.backends(house.name)
    with suppress(ProcessLookupError, IndexError):
        os.kill(chance.choice(backends), signal.SIGKILL)


def disk_full(house: House, chance: Random) -> None:
    """The disk is full for a moment."""
    house.disk.fill()
    pause(chance, 0.5)
    house.disk.free()
    if house.postgres and not house.postgres.is_running:
        house.postgres.start()


def read_only(house: House, chance: Random) -> None:
    """The database takes nothing for a moment; on SQLite the server starts on a read-only disk."""
    if house.postgres:
        setting = "default_transaction_read_only"
        house.postgres.execute(f"ALTER SYSTEM SET {setting} = on", "SELECT pg_reload_conf()")
        pause(chance, 0.5)
        house.postgres.execute(f"ALTER SYSTEM RESET {setting}", "SELECT pg_reload_conf()")
        return
    house.server.kill()
    house.server.has_ended(5)
    assert house.disk.set_read_only(True)
    house.serve()
    pause(chance, 0.5)
    house.server.kill()
    house.server.has_ended(5)
    assert house.disk.set_read_only(False)
    house.serve().answering()


Fault = Callable[[House, Random], None]

FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        *(killed, ended, one_process_killed, second_server, clock_back, clock_ahead, import_killed),
        *(postgresql_killed, backend_killed, disk_full, read_only),
    )
}
