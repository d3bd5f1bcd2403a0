"""A village, its shop's till and a real server, once for a module of tests, on both databases."""

from collections.abc import Iterator

import pytest

from ground import clock
from ground.db import db
from tests.cast import TODAY, new_app
from tests.databases import Databases
from tests.served.house import House, furnish
from tests.served.server import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    nursery = Nursery()
    yield nursery
    nursery.close()


@pytest.fixture(scope="module")
def house(
    database: Databases, template: str, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The cast's house on a database of its own."""
    name = database.copy(template)
    uri = database.uri(name)
    with new_app(uri).app_context(), clock.at(TODAY):
        house = House(nursery, uri, tmp_path_factory.mktemp("served"), furnish())
        yield house
        house.close()
        db.session.remove()
        db.engine.dispose()
    database.drop(name)
