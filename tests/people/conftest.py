"""What the tests of the people share."""

import pytest


@pytest.fixture
def clerk(cast, client_of):
    """The clerk, in their browser."""
    return client_of(cast.clerk)
