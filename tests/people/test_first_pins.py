"""A PIN that somebody else gave is chosen anew before anything else, whichever way it was given."""

import re

import pytest

from people.signin import accounts, keeping
from tests.cast import VILLAGE

PINS = f"/v/{VILLAGE}/pins"
SECRET = re.compile(r'class="number">([^<]+)<')


def single(cast, clerk):
    return clerk.post(f"{PINS}/{cast.worker.id}")


def slips(cast, clerk):
    return clerk.post(PINS, data={"person": [cast.worker.id]})


def reset(cast, clerk):
    """The sign-in's own page, after the worker had chosen one."""
    single(cast, clerk)
    user = keeping.user_of_card(cast.worker)
    return clerk.post(f"/a/{VILLAGE}/accounts/{user.id}/password")


@pytest.mark.parametrize("way", [single, slips, reset], ids=lambda way: way.__name__)
def test_a_given_pin_is_chosen_anew(cast, client_of, way):
    pin = SECRET.search(way(cast, client_of(cast.clerk)).text)[1]
    assert accounts.sign_in(cast.card.number, pin).temporary
    phone = client_of(None)
    phone.post("/sign-in", data={"username": cast.card.number, "password": pin})
    for page in (f"/v/{VILLAGE}/services/new", f"/v/{VILLAGE}/mine", "/"):
        assert phone.get(page).location == "/password"
    assert phone.post(f"/v/{VILLAGE}/services/new", data={}).location == "/password"
    assert phone.post("/password", data={"new": pin, "again": pin}).status_code == 422
    assert phone.post("/password", data={"new": "850316", "again": "850316"}).status_code == 302
    assert phone.get(f"/v/{VILLAGE}/mine").status_code == 200
