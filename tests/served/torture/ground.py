"""Where the torture takes place: a database of each kind on a small disk of its own, with servers on it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import flask_migrate

from ground import clock
from ground.db import db, transaction
from tests import cast as cast_list
from tests.cast import BEGAN_ON, TODAY, new_app
from tests.served.house import House, furnish
from tests.served.server import Nursery
from tests.served.torture import faults
from tests.served.torture.disk import Disk
from tests.served.torture.load import Desk, desk_of
from tests.served.torture.postgres import Postgres

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
DISK_MEGABYTES = {SQLITE: 300, POSTGRESQL: 700}


@contextmanager
def house_on(kind: str, nursery: Nursery, settle: Callable[[House], Desk]) -> Iterator[Desk]:
    """A house on a new database of this kind, with who settles there; its server answers."""
    with ExitStack() as stack:
        os.environ["AIXIN_INSTANCE"] = stack.enter_context(tempfile.TemporaryDirectory(prefix="aixin-"))
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
            flask_migrate.upgrade()
            house = House(nursery, uri, Path(os.environ["AIXIN_INSTANCE"]), "", postgres=postgres, disk=disk)
            stack.callback(house.close)
            stack.enter_context(clock.at(TODAY))
            desk = settle(house)
            db.session.remove()
            db.engine.dispose()
            house.serve().answering()
            yield desk
            house.close()
            db.session.remove()
            db.engine.dispose()


def village(house: House) -> Desk:
    """The cast's village, with much to spend and to hand out."""
    with clock.at(BEGAN_ON), transaction():
        cast_list.make()
    house.key = furnish()
    faults.stock_up(house)
    return desk_of(house)
