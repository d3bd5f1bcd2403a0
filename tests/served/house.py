"""A village with a till on a database, and the servers on it, one after the other or beside each other."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from demo.calendar import DemoCalendar
from ground import clock
from ground.db import db, transaction
from shop.desk import devices
from tests.cast import TODAY, Cast
from tests.served.server import Nursery, Server, Till
from tests.served.torture.disk import Disk
from tests.served.torture.postgres import Postgres


@dataclass
class House:
    """A database with the cast in it, the key of a device of its shop, and servers on it."""

    nursery: Nursery
    uri: str
    instance: Path
    key: str
    cast: Cast = field(default_factory=Cast)
    servers: list[Server] = field(default_factory=list)
    postgres: Postgres | None = None
    disk: Disk | None = None

    @property
    def name(self) -> str:
        """The name of its database."""
        return make_url(self.uri).database or ""

    @property
    def server(self) -> Server:
        """The server that was started last."""
        return self.servers[-1]

    def serve(self) -> Server:
        """One more server; it is still starting."""
        self.servers.append(self.nursery.serve(self.uri, self.instance))
        return self.servers[-1]

    def till(self) -> Till:
        """A till that speaks to the first server."""
        if not self.servers:
            self.serve()
        return Till(self.servers[0].answering(), self.key)

    def close(self) -> None:
        """End every server."""
        for server in self.servers:
            server.kill()


def begin_calendar() -> None:
    """Let the servers' day be the one that the clock is held at; inside a transaction."""
    ahead = clock.now() - datetime.now(UTC)
    db.session.add(DemoCalendar(seconds=int(ahead.total_seconds())))


def furnish() -> str:
    """Give the cast's shop a device, and the servers the cast's day, whenever they run; the device's key."""
    with clock.at(TODAY), transaction():
        begin_calendar()
        device, key = devices.add_device(Cast().shop, "收银台", Cast().manager)
        devices.give_voids(device, Cast().manager)  # what was handed out may be undone later
    return key
