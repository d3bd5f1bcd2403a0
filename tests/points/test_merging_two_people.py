"""Two entries that differ are merged by two people; two that are alike by the chair alone."""

import re

import pytest

from ground.db import transaction
from people.models import Merge, Person, Proposal
from people.proposals import proposing
from people.roster import duplicates, persons
from people.signin import keeping
from points import ledger, merging
from tests.cast import VILLAGE
from tests.points.twins import REASON, enter_twins
from tests.story import count, do, give, refused

HERE = f"/v/{VILLAGE}"


@pytest.fixture
def twins(cast):
    """Two entries of one name and telephone; only one of them has a year of birth."""
    return enter_twins(cast)


def correct(person: Person, actor, **changed):
    kept = ("name", "phone", "agency", "sex", "birth_year", "standing", "background", "law_mark_on")
    values = {name: getattr(person, name) for name in kept} | changed
    return do(persons.correct, person, values.pop("name"), actor, **values)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"phone": "１２000005678"}, []),  # in another width
        ({"phone": None}, []),
        ({"phone": "13912345678"}, ["phone"]),
        ({"name": "别人"}, ["name"]),
    ],
)
def test_what_tells_two_entries_apart(cast, twins, change, told):
    kept, twin = twins
    with transaction():
        for name, value in change.items():
            setattr(twin, name, value)
    assert duplicates.differences(kept, twin) == told
    if told:
        refused("second_person", merging.merge, kept, twin, REASON, cast.chair)
        refused("same_person", merging.merge, kept, twin, REASON, cast.chair, cast.chair)
    else:
        do(merging.merge, kept, twin, REASON, cast.chair)


def test_who_is_first_made_like_the_other_differs_still(cast, twins):
    """Neither a corrected telephone nor a year that is taken away gets a chair round the second person."""
    kept, twin = twins
    correct(twin, cast.clerk, phone="13912345678")
    correct(twin, cast.clerk, phone=kept.phone)
    correct(kept, cast.clerk, birth_year=1990)
    correct(kept, cast.clerk, birth_year=None)
    assert duplicates.differences(kept, twin) == ["phone", "birth_year"]


def test_a_second_person_reads_what_differs_and_agrees(cast, twins, client_of):
    kept, twin = twins
    do(give, twin, 70)
    correct(twin, cast.clerk, phone="13912345678")
    chair, page = client_of(cast.chair), f"{HERE}/people/{twin.id}/merge?into={kept.id}"
    assert "手机" in chair.get(page).text or "电话" in chair.get(page).text
    led_to = chair.post(page, data={"reason": REASON})
    assert (led_to.status_code, count(Merge), count(Proposal)) == (302, 0, 1)
    assert "13912345678" in client_of(cast.second_chair).get(led_to.location).text
    assert "13912345678" not in client_of(cast.township_user).get(led_to.location).text
    with transaction():
        keeping.link(cast.second_chair, kept, None)
    own = client_of(cast.second_chair).post(f"{led_to.location}/agree")
    assert (own.status_code, count(Merge)) == (422, 0)
    supervisor = client_of(cast.supervisor)
    about = re.search(r'<p><a href="([^"]+)">查看相关页面', supervisor.get(led_to.location).text)[1]
    assert supervisor.get(about.replace("&amp;", "&")).status_code == 200
    assert supervisor.post(f"{led_to.location}/agree").status_code == 302
    assert (ledger.balance_of(kept), ledger.balance_of(twin)) == (70, 0)


def test_what_was_merged_meanwhile_is_refused(cast, twins):
    kept, twin = twins
    correct(twin, cast.clerk, phone="13912345678")
    told = refused("second_person", merging.merge, kept, twin, REASON, cast.chair)
    proposal = do(proposing.propose, told, cast.chair)
    do(merging.merge, kept, twin, REASON, None)
    refused("already_merged", proposing.agree, proposal, cast.supervisor)
