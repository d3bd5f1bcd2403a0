"""What the tests of several counties share."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ground import clock
from tests.cast import TODAY
from tests.conftest import roomy_memory
from tests.databases import Databases
from tests.tenants.prefecture import Prefecture, found


@pytest.fixture(scope="session")
def prefecture(database: Databases, template: str) -> Iterator[Prefecture]:
    """East and west, once for all tests."""
    with tempfile.TemporaryDirectory(prefix="aixin-", dir=roomy_memory()) as folder:
        with clock.at(TODAY):
            prefecture = found(database, template, Path(folder))
        yield prefecture
        prefecture.close()
