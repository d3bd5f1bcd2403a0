"""A village, its shop's till and a real server, once for a module of tests, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.calendar import DemoCalendar
from ground import clock
from ground.db import db, transaction
from shop.desk import devices
from tests.cast import TODAY, Cast, new_app
from tests.databases import Databases
from tests.served.server import Nursery, Server, Till


@dataclass
class House:
    """A database with the cast in it, the key of a device of its shop, and servers on it."""

    nursery: Nursery
    uri: str
    instance: Path
    key: str
    cast: Cast = field(default_factory=Cast)
    servers: list[Server] = field(default_factory=list)

    def serve(self) -> Server:
        """One more server; it is still starting."""
        self.servers.append(self.nursery.serve(self.uri, self.instance))
        return self.servers[-1]

    def till(self) -> Till:
        """A till that speaks to the first server."""
        if not self.servers:
            self.serve()
        return Till(self.servers[0].answering(), self.key)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(scope="module")
def house(
    database: Databases, template: str, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The servers' calendar is the demo's, so that their day is the cast's, whenever the tests run."""
    name = database.copy(template)
    uri = database.uri(name)
    with new_app(uri).app_context(), clock.at(TODAY):
        ahead = clock.now() - datetime.now(UTC)
        with transaction() as session:
            session.add(DemoCalendar(seconds=int(ahead.total_seconds())))
            _device, key = devices.add_device(Cast().shop, "收银台", Cast().manager)
        house = House(nursery, uri, tmp_path_factory.mktemp("served"), key)
        yield house
        for server in house.servers:
            server.kill()
        db.session.remove()
        db.engine.dispose()
    database.drop(name)
