"""What the tests of the shop share."""

import pytest

from ground.db import db
from tests.shop import till as tills
from tests.shop.till import SALT, SOAP, Till


@pytest.fixture
def manager(cast, client_of):
    """The manager of the shop, in their browser."""
    return client_of(cast.manager)


@pytest.fixture
def desk(cast, client_of):
    """A volunteer at the desk, and a worker with 10 points."""
    cast.earn(cast.worker, 100)
    return client_of(cast.volunteer)


@pytest.fixture
def till(cast, client_of) -> Till:
    """A till of the village's shop; the worker has 100 points."""
    cast.earn(cast.worker, 1000)
    till = tills.at(client_of(None), cast.shop)
    assert (cast.goods.id, cast.salt.id) == (SOAP, SALT)
    db.session.rollback()
    return till
