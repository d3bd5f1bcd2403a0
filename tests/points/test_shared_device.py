"""What a worker claims on a device where the committee signs in too says so to whoever confirms it."""

from uuid import uuid4

import pytest

from ground.db import db
from points.models import Service
from points.services import flags
from points.services.flags import Sign
from tests.cast import PASSWORD, VILLAGE
from tests.story import do

HERE = f"/v/{VILLAGE}"


@pytest.fixture
def browser(client_of):
    """A browser on which nobody was yet."""
    return client_of(None)


def claim(cast, browser):
    """The worker signs in there and claims a service; its signs."""
    browser.post("/sign-in", data={"username": "worker", "password": PASSWORD})
    item = cast.item("走访一户")
    data = {"item": item.id, "done_on": "2026-12-20", "count": "1", "note": "", "key": uuid4().hex}
    answer = browser.post(f"{HERE}/services/new", data=data | {"worker": cast.worker.id})
    assert answer.status_code == 302, answer.text
    browser.post("/sign-out")
    service = db.session.query(Service).order_by(Service.id.desc()).first()
    return flags.flags_of(cast.village, [service]).get(service.id, [])


def sign_in_and_out(browser, username):
    browser.post("/sign-in", data={"username": username, "password": PASSWORD})
    browser.post("/sign-out")


def test_the_office_s_computer_is_told(cast, browser, client_of):
    sign_in_and_out(browser, "chair")
    (flag,) = claim(cast, browser)
    assert flag.sign == Sign.SHARED_DEVICE
    assert cast.chair.name in str(flag.sentence)
    page = client_of(cast.clerk).get(f"{HERE}/services").text
    assert f"录入用的设备，{cast.chair.name}也在上面登录。" in page


def test_also_if_the_committee_comes_there_later(cast, browser):
    assert claim(cast, browser) == []
    sign_in_and_out(browser, "clerk")
    service = db.session.query(Service).one()
    (flag,) = flags.flags_of(cast.village, [service])[service.id]
    assert flag.sign == Sign.SHARED_DEVICE


def test_one_s_own_phone_and_others_of_the_village_are_nothing(cast, browser):
    for username in ("volunteer", "outsider", "township_user"):
        sign_in_and_out(browser, username)
    assert claim(cast, browser) == []


def test_who_serves_and_is_of_the_committee_has_one_phone(cast, browser):
    def be_one_human():
        cast.clerk.person_id = cast.worker.id

    do(be_one_human)
    sign_in_and_out(browser, "clerk")
    assert claim(cast, browser) == []
