"""What the tests of the duties share."""

import pytest

from ground.db import transaction
from tests.duties.quarrel import settle_in


@pytest.fixture
def grid(cast):
    """The grid in which the worker serves."""
    return cast.term_of(cast.worker).grid


@pytest.fixture
def settled_in(cast):
    """Who quarrels and who settles it are there."""
    with transaction():
        settle_in()
    return cast
