"""Rows of one village under the address of another: who may do everything there does not find them."""

import pytest

from ground.db import db, transaction
from people.models import IN_A_COUNTY, Grant, Role
from tests.cast import NEXT_VILLAGE
from tests.test_rules import address, live_in, methods, rules

# What an address names beside its place: a row, by its id or number.
ROWS = {"ident", "number", "card", "slip", "objection", "transfer"}

# On its way it belongs to both villages; and the county's list is everybody's to read.
OF_BOTH = {
    *("stock.accept_consignment", "stock.send_back", "stock.consignment_note"),
    "conduct.end_negative_item",
}


@pytest.fixture
def lived_in(cast):
    return live_in(cast)


@pytest.fixture
def mighty(cast, client_of):
    """Somebody with every role in both villages, and a worker of the next one: only the address tells."""
    with transaction() as session:
        cast.township_user.person_id = cast.stranger.id
        for village in (cast.village, cast.next_village):
            for role in IN_A_COUNTY - {Role.COUNTY, Role.TOWNSHIP}:
                session.add(Grant(user_id=cast.township_user.id, area_id=village.id, role=role))
    db.session.expire_all()
    return client_of(cast.township_user)


def test_no_row_is_found_under_another_village(app, mighty, lived_in):
    """The same addresses open where the rows are: test_every_page_opens_and_keeps_the_policy."""
    elsewhere, found, asked = {"village": NEXT_VILLAGE, "area": NEXT_VILLAGE}, [], 0
    for route, rule in rules(app):
        if rule.roles is None or not ROWS & route.arguments or route.endpoint in OF_BOTH:
            continue
        there = lived_in.get(route.endpoint, {}) | elsewhere
        moved = {name: value for name, value in there.items() if name in route.arguments}
        path = address(app, route.endpoint, **lived_in | {route.endpoint: moved})
        assert NEXT_VILLAGE in path
        for method in methods(route):
            asked += 1
            if (status := mighty.open(path, method=method).status_code) != 404:
                found.append((method, path, status))
    assert found == []
    assert asked > 100
