"""What the tests of the shop share."""

import pytest


@pytest.fixture
def manager(cast, client_of):
    """The manager of the shop, in their browser."""
    return client_of(cast.manager)


@pytest.fixture
def desk(cast, client_of):
    """A volunteer at the desk, and a worker with 10 points."""
    cast.earn(cast.worker, 100)
    return client_of(cast.volunteer)
