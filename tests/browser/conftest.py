"""One demo for all tests in a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.house import serving


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the demo's database."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def address(instance: Path) -> Iterator[str]:
    """Where the demo answers."""
    with serving(instance) as address:
        yield address
