"""The steps of the first day on the front pages: what is left, who does it, and what is not needed."""

import re
from datetime import date

import pytest

from ground.clock import Quarter
from ground.db import transaction
from people import cards
from people.models import Duty, GridKind, Role
from people.roster import grids, persons, terms
from people.signin import accounts
from points.assessment import opening
from points.rubrics import versions
from setup import steps
from setup.models import SkippedStep
from shop.desk import redemptions
from shop.models import Source
from shop.shelf import goods as shelf
from shop.shelf import shops
from shop.stock import moves
from tests.cast import FAR_VILLAGE, HASHED, VILLAGE
from tests.story import count, do, give, refused

pytestmark = pytest.mark.one_database


@pytest.fixture
def village(cast):
    """A village in which nobody has begun, with a chair."""
    village = cast.area(FAR_VILLAGE)
    with transaction():
        chair = accounts.add_user("far-chair", "石主任", HASHED, None, temporary=False, unit="石板村")
        accounts.grant(chair, Role.CHAIR, village, None)
    return village


def left(area):
    return [state.step.name for state in steps.states(area) if not state.is_over]


def named(role, area, name):
    user = accounts.add_user(name, name, HASHED, None, temporary=False, unit=area.name)
    accounts.grant(user, role, area, None)
    return user


def test_each_step_goes_when_it_is_done_by_the_verbs_that_do_it(cast, village):
    assert left(village) == [
        "sign_ins",
        "supervisor",
        "roster",
        "rubric",
        "cards",
        "openings",
        "hours",
        "goods",
        "quarter",
    ]
    with transaction():
        clerk, _supervisor, manager = (
            named(role, village, f"far-{role}") for role in (Role.CLERK, Role.SUPERVISOR, Role.MANAGER)
        )
    assert left(village)[0] == "roster"
    with transaction():
        worker = persons.add_person(village, "石大山", clerk)
        grid = grids.add_grid(village, "001", "一组", GridKind.RURAL, 8, clerk)
        terms.appoint(worker, grid, Duty.WORKER, date(2026, 12, 1), clerk)
    assert left(village)[0] == "rubric"
    with transaction():
        versions.adopt(village, date(2026, 10, 1), "村民会议", (), cast.chair)
    assert left(village)[0] == "cards"
    with transaction():
        cards.issue(worker, clerk)
    assert left(village) == ["openings", "hours", "goods", "quarter"]
    refused("not_your_step", steps.skip, village, "openings", manager)
    do(steps.skip, village, "openings", clerk)
    assert left(village) == ["hours", "goods", "quarter"]
    with transaction():
        rice = shelf.add_goods(shops.open_shop(village), "大米", "袋", 100, actor=manager)
        moves.receive("first", rice, 5, Source.PURCHASE, manager)
    assert left(village) == ["hours", "quarter"]
    do(steps.skip, village, "hours", manager)
    do(steps.skip, village, "hours", manager)
    assert left(village) == ["quarter"]
    with transaction():
        opening.open_quarter(village, Quarter(2026, 4), clerk)
    assert steps.states(village) == []


def test_a_role_that_waits_to_be_confirmed_is_none_yet(cast, village):
    with transaction():
        named(Role.CLERK, village, "far-clerk")
        named(Role.SUPERVISOR, village, "far-supervisor")
        manager = named(Role.MANAGER, village, "far-manager")
    assert left(village)[0] == "roster"
    with transaction():
        manager.grants[0].waits = True
    assert left(village)[0] == "sign_ins"


def test_where_not_every_village_takes_part_the_step_is_skipped(cast, client_of):
    client_of(cast.county_user).post(f"/a/{cast.county.code}/first-day/skip", data={"step": "chairs"})
    assert "chairs" not in left(cast.county)


def test_a_village_that_hands_out_already_has_no_first_day(cast):
    assert left(cast.village) == ["openings", "hours", "quarter"]
    do(give, cast.worker, 100)
    do(redemptions.redeem, "first", cast.shop, cast.card, {cast.goods.id: 1}, cast.volunteer)
    assert left(cast.village) == ["openings", "quarter"]


def test_a_step_that_is_needed_is_not_skipped(cast, village):
    refused("no_such_step", steps.skip, village, "roster", cast.chair)
    refused("no_such_step", steps.skip, village, "tea", cast.chair)


def test_the_front_page_links_what_its_reader_does_and_names_who_does_the_rest(cast, village, client_of):
    chair = accounts.find_signing_in("far-chair")
    page = client_of(chair).get(f"/v/{FAR_VILLAGE}/").text
    part = page[page.index("first-steps") : page.index("</section>", page.index("first-steps"))]
    assert f'href="/a/{FAR_VILLAGE}/accounts"' in part
    assert f'href="/a/{FAR_VILLAGE}/import"' not in part
    assert "由文书、乡镇、县级办理" in part
    for address in re.findall('href="([^"]+)"', part):
        assert client_of(chair).get(address).status_code == 200, address


def test_the_manager_says_that_no_hours_are_needed(cast, village, client_of):
    with transaction():
        manager = named(Role.MANAGER, village, "far-manager")
    client = client_of(manager)
    assert "不需要" in client.get(f"/v/{FAR_VILLAGE}/").text
    for _double_click in range(2):
        answer = client.post(f"/a/{FAR_VILLAGE}/first-day/skip", data={"step": "hours"})
        assert answer.location == f"/a/{FAR_VILLAGE}/"
    assert count(SkippedStep) == 1
    assert "本地不需要" in client.get(f"/v/{FAR_VILLAGE}/").text
    client.post(f"/a/{FAR_VILLAGE}/first-day/skip", data={"step": "roster"})
    assert "这一步不能省" in client.get(f"/v/{FAR_VILLAGE}/").text


def test_a_manager_comes_to_the_steps_first_and_then_to_the_desk(cast, client_of):
    """Of the cast's village one is left that is the manager's: the hours."""
    client, enter = client_of(cast.manager), f"/a/{VILLAGE}/enter"
    assert client.get(enter).location == f"/a/{VILLAGE}/"
    client.post(f"/a/{VILLAGE}/first-day/skip", data={"step": "hours"})
    assert client.get(enter).location == f"/v/{VILLAGE}/desk"
    assert client_of(cast.volunteer).get(enter).location == f"/v/{VILLAGE}/desk"


@pytest.mark.parametrize("role", ["worker", "volunteer", "supervisor"])
def test_whose_work_it_is_not_reads_nothing_of_it(cast, client_of, role):
    assert (
        "first-steps"
        not in client_of(getattr(cast, f"{role}_user", None) or getattr(cast, role))
        .get(f"/v/{VILLAGE}/")
        .text
    )


def test_a_county_sees_that_a_village_has_no_chair(cast, client_of):
    assert "chairs" in left(cast.county)
    page = client_of(cast.county_user).get(f"/a/{cast.county.code}/").text
    assert "给每个村的主任和监督员开通账号" in page
