"""Roles that check each other come from two hands: the second that one hand gives waits for somebody else."""

import pytest
import sqlalchemy as sa

from ground.db import db, transaction
from people.models import Grant, Role
from people.signin import accounts, keeping
from tests.cast import HASHED, OTHER_TOWNSHIP, PASSWORD, Cast
from tests.crowd import AT_ONCE
from tests.story import do, refused


def new_user(username, name="新人", unit="村委会"):
    return do(accounts.add_user, username, name, HASHED, None, unit=unit)


@pytest.fixture
def village(cast):
    """A village where nobody has a role yet but its chair, whom the township made."""
    with transaction():
        user = accounts.add_user("far_chair", "石主任", HASHED, None, unit="村委会", temporary=False)
        accounts.grant(user, Role.CHAIR, cast.far_village, cast.far_township_user)
    return cast.far_village


@pytest.fixture
def given(cast, village):
    """Clerk and manager, both given by the chair's hand; the second waits."""
    chair = cast.user("far_chair")
    first = do(accounts.grant, new_user("first", "甲"), Role.CLERK, village, chair)
    second = do(accounts.grant, new_user("second", "乙"), Role.MANAGER, village, chair)
    assert (first.waits, second.waits) == (False, True)
    return second


def test_a_role_that_waits_has_no_effect(cast, village, given):
    assert given.user.roles_in(village) == set()
    assert [each.id for each in keeping.waiting_grants(cast.county)] == [given.id]
    session = given.user.session
    do(accounts.confirm, given, cast.far_township_user)
    assert given.user.roles_in(village) == {Role.MANAGER}
    assert given.user.session == session + 1
    assert keeping.waiting_grants(cast.county) == []
    do(accounts.confirm, given, cast.far_township_user)  # once more is nothing more


def test_who_confirms_is_neither_the_hand_nor_below(cast, village, given):
    for other in ("far_chair", "township_user", "chair"):
        refused("not_yours_to_confirm", accounts.confirm, given, cast.user(other))
    again = new_user("again", "石主任", unit="")
    do(accounts.grant, again, Role.TOWNSHIP, cast.area(OTHER_TOWNSHIP), None)
    refused("not_yours_to_confirm", accounts.confirm, given, again)
    do(accounts.confirm, given, cast.county_user)


def test_what_the_township_gives_the_county_or_a_colleague_confirms(cast, village):
    township = cast.far_township_user
    do(accounts.grant, new_user("watching"), Role.SUPERVISOR, village, township)
    clerk = do(accounts.grant, new_user("writing", "丙"), Role.CLERK, village, township)
    assert clerk.waits
    refused("not_yours_to_confirm", accounts.confirm, clerk, township)
    do(accounts.confirm, clerk, cast.county_user)
    assert not clerk.waits


@pytest.mark.parametrize("way", ["taken back", "closed", "second sign-in"])
def test_no_way_round(cast, village, given, way):
    """The first role taken back and given anew, closed meanwhile, or given by the hand's second sign-in."""
    chair = cast.user("far_chair")
    first = db.session.scalars(sa.select(Grant).filter_by(area_id=village.id, role=Role.CLERK)).one()
    do(accounts.revoke, given, chair)
    if way == "taken back":
        user = first.user
        do(accounts.revoke, first, chair)
        assert not do(accounts.grant, given.user, Role.MANAGER, village, chair).waits
        assert do(accounts.grant, user, Role.CLERK, village, chair).waits
        return
    if way == "closed":
        do(keeping.close, first.user, chair)
    else:
        chair = new_user("again", "石 主任", unit="")
        do(accounts.grant, chair, Role.CHAIR, village, None)
    assert do(accounts.grant, new_user("third", "丁"), Role.MANAGER, village, chair).waits


def test_the_first_day_works_from_the_machine_alone(app, cast, village):
    """The command line gives with effect, and confirms where nobody above could."""
    run = app.test_cli_runner().invoke
    for username, role in (("a", "clerk"), ("b", "manager"), ("c", "supervisor")):
        made = ["accounts", "add", username, username * 3, "--role", role, "--area", village.code]
        assert run(args=[*made, "--unit", "村委会", "--password", PASSWORD]).exit_code == 0
        assert cast.user(username).roles_in(village) == {Role(role)}


def test_the_machine_confirms(app, cast, village, given):
    assert app.test_cli_runner().invoke(args=["accounts", "confirm", "second"]).exit_code == 0
    db.session.expire_all()
    assert cast.user("second").roles_in(village) == {Role.MANAGER}


def test_from_the_chair_s_page_to_the_township_s(cast, client_of, village):
    """It waits, which all who are concerned are told, and is confirmed with a press."""
    chair = client_of(cast.user("far_chair"))
    there, above = f"/a/{village.code}/accounts", f"/a/{OTHER_TOWNSHIP}"
    data = {"place": village.id, "person": 0, "unit": "村委会"}
    made = chair.post(f"{there}/new", data=data | {"name": "甲", "username": "one", "role": "clerk"})
    assert "还没有生效" not in made.text
    made = chair.post(f"{there}/new", data=data | {"name": "乙", "username": "two", "role": "manager"})
    assert "还没有生效" in made.text
    user = cast.user("two")
    assert "等待确认" in chair.get(there).text
    assert "roles/confirm" not in chair.get(f"{there}/{user.id}").text
    assert "1 项职责等上级其他人确认" in chair.get(f"/v/{village.code}/").text
    township = client_of(cast.far_township_user)
    assert "确认 1 项职责" in township.get(f"{above}/").text
    with transaction():
        user.temporary = False
    assert "职责等待确认" in client_of(user).get("/").text
    assert client_of(user).get(f"/v/{village.code}/goods").status_code == 404
    grant = user.grants[0].id
    address = f"{above}/accounts/{user.id}"
    assert f"{address}/roles/confirm" in township.get(address).text
    assert township.post(f"{address}/roles/confirm", data={"grant": grant}).location == address
    assert client_of(cast.user("two")).get(f"/v/{village.code}/goods").status_code == 200


def give(username, role):
    """In a process: the chair gives a role to somebody."""
    cast = Cast()
    grant = accounts.grant(cast.user(username), role, cast.far_village, cast.user("far_chair"))
    return grant.waits


def test_of_two_given_at_once_one_waits(cast, village, at_once):
    """Four clerks and four managers by one hand at one moment: the roles of one kind have effect."""
    for number in range(AT_ONCE):
        new_user(f"u{number}", f"新人{number}")
    calls = [(give, f"u{number}", Role.CLERK if number % 2 else Role.MANAGER) for number in range(AT_ONCE)]
    ends = at_once(calls)
    assert [kind for kind, _waits in ends] == ["done"] * AT_ONCE
    assert sorted(waits for _kind, waits in ends)[:1] == [False]
    in_effect = {
        grant.role
        for grant in db.session.scalars(sa.select(Grant).filter_by(area_id=village.id, waits=False))
        if grant.role != Role.CHAIR
    }
    assert len(in_effect) == 1


def test_nobody_is_two_of_clerk_manager_and_supervisor(cast):
    """Whoever gives the roles, and by whichever sign-in."""
    for role in (Role.CLERK, Role.MANAGER):
        refused("roles_conflict", accounts.grant, cast.supervisor, role, cast.village, cast.chair)
    again = do(accounts.add_user, "again", cast.supervisor.name, HASHED, None)
    refused("roles_conflict", accounts.grant, again, Role.MANAGER, cast.village, None)


def test_nobody_gives_roles_to_who_is_above_them(cast):
    """They would be signed out by it, and read the village's names."""
    for user in (cast.county_user, cast.township_user):
        refused("not_yours_to_give", accounts.grant, user, Role.VOLUNTEER, cast.village, cast.chair)
    do(accounts.grant, cast.township_user, Role.VOLUNTEER, cast.village, cast.county_user)
