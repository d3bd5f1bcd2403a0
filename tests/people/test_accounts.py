"""Sign-ins and roles: who gives which, who keeps whose, and what the trail says of it."""

import re
from functools import partial

import pytest
import sqlalchemy as sa

from ground import names
from ground.db import db, transaction
from ground.refusal import Refused
from people import cards
from people.models import IN_A_COUNTY, AuditEvent, Role, User
from people.signin import accounts, keeping, passwords
from tests.cast import COUNTY, HASHED, NEXT_VILLAGE, PASSWORD, TOWNSHIP, VILLAGE
from tests.story import do, new_password, new_pin, refusal, refused

SECRET = re.compile(r'<p class="number">([^<]+)</p>')


def trail(action):
    """The latest line of the trail for this."""
    return db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id.desc())
    ).first()


def new_user(name="new", *grants):
    with transaction():
        user = accounts.add_user(name, "新人", HASHED, None)
        for role, area in grants:
            accounts.grant(user, role, area, None)
    return user


# --- Adding ---


@pytest.mark.parametrize(
    "username",
    [
        *(
            "",
            "  ",
            "a b",
            "x" * 41,
            "402177309",
            "１２３４５６",
            "worker-12",
            "4-02",
            "\u200b",
            "né",
            "a\u0301b",
        ),
        *(
            "\u0441lerk",
            "cl\u0435rk",
            "\u0501",
            "\u03bfk",
            "cler\U000e0100k",
            "\u0663\u0664",
            "〇一",
            "a/b",
            "\u3042",
        ),
    ],
)
def test_names_that_are_not_taken(cast, username):
    refused("bad_username", accounts.add_user, username, "新人", HASHED, None)


def test_a_name_is_taken_once(cast):
    refused("username_taken", accounts.add_user, " clerk ", "新人", HASHED, None)
    for code, new in (("password_too_short", "seven77"), ("password_is_name", "LongName")):
        with refusal(code):
            passwords.own_secret(new, "longname")


@pytest.mark.parametrize("username", ["wang", "Wang.Fang_2-b", "ｗａｎｇ", "王芳", "王芳2", "3zu"])
def test_names_that_are_taken(cast, username):
    assert new_user(username).username == names.folded(username)


@pytest.mark.parametrize(
    ("first", "alike"),
    [("wang1", "wangl"), ("loo", "l0o"), ("chenrn", "chenm"), ("vvu", "wu"), ("王一", "王-"), ("ao", "A0")],
)
def test_a_name_that_looks_like_another_is_not_given(cast, first, alike):
    new_user(first)
    refused("username_alike", accounts.add_user, alike, "新人", HASHED, None)


def test_every_letter_of_a_name_looks_like_itself_alone():
    """Of the signs that a name may have, none folds to another, and each pair alike is of them."""
    signs = [sign for sign in map(chr, range(0x20000)) if accounts.SIGN_IN_NAME.fullmatch(sign)]
    assert [sign for sign in signs if names.folded(sign) != sign] == []
    assert all(accounts.SIGN_IN_NAME.fullmatch(sign) for pair in accounts.ALIKE for sign in pair)


def test_a_given_password_is_temporary(cast):
    assert new_user().temporary
    assert not cast.clerk.temporary
    event = trail("user.add")
    assert event.detail == {"username": "new", "name": "新人", "person": None}


# --- Who gives what, where ---

ALL = set(IN_A_COUNTY)
OF_VILLAGE = ALL - {Role.COUNTY, Role.TOWNSHIP}
OF_CHAIR = {Role.CLERK, Role.INSTRUCTOR, Role.MANAGER, Role.VOLUNTEER, Role.WORKER}

# Who gives which roles in: their village, the next one, one of another township; written out by hand.
MAY_GIVE = {
    "county_user": (OF_VILLAGE, OF_VILLAGE, OF_VILLAGE),
    "township_user": (OF_VILLAGE, OF_VILLAGE, set()),
    "far_township_user": (set(), set(), OF_VILLAGE),
    "chair": (OF_CHAIR, set(), set()),
    "clerk": ({Role.WORKER}, set(), set()),
    "supervisor": (set(), set(), set()),
    "instructor": (set(), set(), set()),
    "manager": (set(), set(), set()),
    "volunteer": (set(), set(), set()),
    "worker": (set(), set(), set()),
}


def outcome(verb, *arguments):
    """How a verb ended, undone in any case."""
    try:
        with transaction() as session:
            verb(*arguments)
            session.flush()
            raise Refused("done", "")
    except Refused as refusal:
        return refusal.code


def test_a_name_of_blanks_is_no_name(cast, client_of):
    sent = {
        "name": " \u3000",
        "username": "nobody",
        "role": "clerk",
        "place": str(cast.village.id),
        "unit": "村委会",
    }
    answer = client_of(cast.chair).post(f"/a/{VILLAGE}/accounts/new", data=sent)
    assert (answer.status_code, "请填写" in answer.text) == (422, True)


@pytest.mark.parametrize("giver", sorted(MAY_GIVE))
def test_who_gives_which_role_in_which_village(cast, giver):
    somebody = new_user()
    for area, may in zip((cast.village, cast.next_village, cast.far_village), MAY_GIVE[giver], strict=True):
        given = {
            role
            for role in OF_VILLAGE
            if outcome(accounts.grant, somebody, role, area, cast.user(giver)) == "done"
        }
        assert given == may, area.name


def test_roles_above_the_village_come_from_the_county(cast):
    somebody = new_user()
    for giver in MAY_GIVE:
        expected = "done" if giver == "county_user" else "not_yours_to_give"
        for role, area in ((Role.TOWNSHIP, cast.township), (Role.COUNTY, cast.county)):
            assert outcome(accounts.grant, somebody, role, area, cast.user(giver)) == expected, giver


def test_a_role_is_held_where_it_exists(cast):
    somebody = new_user()
    for role, area in (
        (Role.COUNTY, cast.township),
        (Role.TOWNSHIP, cast.village),
        (Role.CLERK, cast.township),
        (Role.INSTRUCTOR, cast.county),
    ):
        refused("wrong_place", accounts.grant, somebody, role, area, cast.county_user)


def test_nobody_changes_their_own_roles(cast):
    refused("own_role", accounts.grant, cast.chair, Role.WORKER, cast.village, cast.chair)
    refused("own_role", accounts.revoke, cast.county_user.grants[0], cast.county_user)


def test_who_scores_does_not_redeem(cast):
    refused("roles_conflict", accounts.grant, cast.clerk, Role.VOLUNTEER, cast.village, cast.township_user)
    refused("roles_conflict", accounts.grant, cast.manager, Role.CHAIR, cast.village, cast.township_user)
    with transaction():
        accounts.grant(cast.clerk, Role.VOLUNTEER, cast.next_village, cast.township_user)


def test_a_role_is_given_once(cast):
    refused("role_held", accounts.grant, cast.clerk, Role.CLERK, cast.village, cast.township_user)


def test_giving_and_taking_back_are_in_the_trail(cast):
    somebody = new_user()
    with transaction():
        given = accounts.grant(somebody, Role.MANAGER, cast.village, cast.chair)
    event = trail("role.grant")
    assert (event.actor, event.area, event.subject) == (cast.chair, cast.village, f"user:{somebody.id}")
    assert event.detail == {"role": "manager", "place": VILLAGE}
    with transaction():
        accounts.revoke(given, cast.chair)
    assert somebody.roles_in(cast.village) == set()
    event = trail("role.revoke")
    assert (event.actor, event.area) == (cast.chair, cast.village)
    assert event.before == {"role": "manager", "place": VILLAGE}


@pytest.mark.parametrize(
    ("taker", "owner"), [("chair", "supervisor"), ("clerk", "volunteer"), ("chair", "second_chair")]
)
def test_only_who_gives_a_role_takes_it_back(cast, taker, owner):
    (held,) = cast.user(owner).grants
    refused("not_yours_to_give", accounts.revoke, held, cast.user(taker))
    with transaction():
        accounts.revoke(held, cast.township_user)


def test_the_county_is_never_left_without_a_keeper(cast):
    (last,) = cast.county_user.grants
    refused("last_of_county", accounts.revoke, last, None)
    refused("last_of_county", keeping.close, cast.county_user, None)
    second = new_user("second", (Role.COUNTY, cast.county))
    with transaction():
        keeping.close(cast.county_user, second)
    refused("last_of_county", accounts.revoke, second.grants[0], None)  # a closed sign-in keeps nothing
    with transaction():
        keeping.reopen(cast.county_user, second)
        accounts.revoke(second.grants[0], cast.county_user)


# --- Keeping ---

KEPT_BY = {
    "county_user": {"clerk", "chair", "supervisor", "manager", "worker", "outsider", "township_user"},
    "township_user": {"clerk", "chair", "supervisor", "manager", "worker", "outsider"},
    "far_township_user": set(),
    "chair": {"clerk", "manager", "worker"},
    "clerk": {"worker"},
    "supervisor": set(),
    "worker": set(),
}


@pytest.mark.parametrize("keeper", sorted(KEPT_BY))
def test_who_keeps_whose_sign_in(cast, keeper):
    """Whoever could give every role in it; never one's own."""
    owners = KEPT_BY["county_user"] | {"county_user"}
    verbs = (partial(keeping.give_password, secret=HASHED), keeping.sign_out, keeping.close, keeping.reopen)
    for owner in owners:
        expected = (
            {"done"} if owner in KEPT_BY[keeper] else {"own_account" if owner == keeper else "above_you"}
        )
        ends = {outcome(verb, cast.user(owner), cast.user(keeper)) for verb in verbs}
        ends.add(outcome(keeping.link, cast.user(owner), None, cast.user(keeper)))
        assert ends == expected, owner
        assert keeping.may_manage(cast.user(keeper), cast.user(owner)) == (expected == {"done"})


def test_a_role_elsewhere_protects_a_sign_in(cast):
    with transaction():
        accounts.grant(cast.clerk, Role.CLERK, cast.far_village, None)
    refused("above_you", keeping.give_password, cast.clerk, cast.chair, HASHED)
    refused("above_you", keeping.give_password, cast.clerk, cast.township_user, HASHED)
    new_password(cast.clerk, cast.county_user)


def test_a_new_password(cast):
    secret = new_password(cast.clerk, cast.chair)
    assert accounts.sign_in("clerk", secret) == cast.clerk
    assert cast.clerk.temporary
    with pytest.raises(Refused, match="wrong_sign_in"):
        accounts.sign_in("clerk", PASSWORD)
    assert trail("user.password").actor == cast.chair


def test_closed_and_open_again(cast, clock):
    with transaction():
        keeping.close(cast.clerk, cast.chair)
        keeping.close(cast.clerk, cast.chair)
    with pytest.raises(Refused, match="wrong_sign_in"):
        accounts.sign_in("clerk", PASSWORD)
    event = trail("user.close")
    assert (event.before["closed_at"], event.detail["closed_at"]) == (None, "2026-12-28T01:00:00+00:00")
    refused("account_closed", keeping.give_password, cast.clerk, cast.chair, HASHED)
    with transaction():
        keeping.reopen(cast.clerk, cast.chair)
        keeping.reopen(cast.clerk, cast.chair)
    assert accounts.sign_in("clerk", PASSWORD) == cast.clerk
    assert trail("user.reopen").detail["closed_at"] is None
    lines = sa.select(sa.func.count()).where(AuditEvent.action.in_(["user.close", "user.reopen"]))
    assert db.session.scalar(lines) == 2


def test_who_somebody_is_on_the_roster(cast):
    with transaction():
        keeping.link(cast.volunteer, cast.neighbour, cast.chair)
    assert cast.volunteer.person == cast.neighbour
    event = trail("user.link")
    assert (event.before, event.detail) == ({"person_id": None}, {"person_id": cast.neighbour.id})


# --- Cards and PINs ---


def test_a_worker_s_first_pin_makes_the_sign_in(cast):
    pin = new_pin(cast.neighbour, cast.clerk)
    user = keeping.user_of_card(cast.neighbour)
    assert accounts.sign_in(cast.card_of(cast.neighbour).number, pin) == user
    assert (user.name, user.temporary, user.person) == (cast.neighbour.name, True, cast.neighbour)
    assert [(held.role, held.area) for held in user.grants] == [(Role.WORKER, cast.village)]
    again = new_pin(cast.neighbour, cast.clerk)
    assert keeping.user_of_card(cast.neighbour) == user
    assert accounts.sign_in(cast.card_of(cast.neighbour).number, again) == user
    assert db.session.scalar(sa.select(sa.func.count()).where(User.person_id == cast.neighbour.id)) == 1


def test_a_pin_that_fits_its_holder_by_now_is_not_given(cast):
    """It was made before somebody wrote down what makes it easy to guess."""
    simple = HASHED._replace(plain=cast.card_of(cast.neighbour).number[:6])
    refused("pin_too_simple", keeping.give_pin, cast.neighbour, cast.clerk, simple)


def test_a_pin_needs_a_card(cast):
    with transaction():
        cards.report_lost(cast.card, cast.clerk)
    refused("no_card", keeping.give_pin, cast.worker, cast.clerk, HASHED)


@pytest.mark.parametrize("actor", ["outsider", "volunteer", "supervisor", "far_township_user"])
def test_who_gives_no_pins(cast, actor):
    refused("not_yours_to_give", keeping.give_pin, cast.neighbour, cast.user(actor), HASHED)
    new_pin(cast.neighbour, cast.clerk)
    refused("above_you", keeping.give_pin, cast.neighbour, cast.user(actor), HASHED)


def test_behind_a_pin_is_a_worker_and_nothing_more(cast):
    new_pin(cast.neighbour, cast.clerk)
    user = keeping.user_of_card(cast.neighbour)
    refused("card_sign_in", accounts.grant, user, Role.VOLUNTEER, cast.village, cast.chair)
    refused("card_sign_in", keeping.link, user, cast.worker, cast.chair)
    refused("no_such_user", keeping.find_by_name, user.username)


def test_a_pin_gives_back_the_role_that_was_taken(cast):
    new_pin(cast.neighbour, cast.clerk)
    user = keeping.user_of_card(cast.neighbour)
    with transaction():
        accounts.revoke(user.grants[0], cast.clerk)
    assert accounts.find_signing_in(cast.card_of(cast.neighbour).number) is None
    new_pin(cast.neighbour, cast.clerk)
    assert accounts.find_signing_in(cast.card_of(cast.neighbour).number) == user


# --- The pages ---


def english(client):
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def chair(cast, client_of):
    return english(client_of(cast.chair))


def test_the_list_shows_who_has_a_role_here_or_below(cast, client_of):
    village = english(client_of(cast.chair)).get(f"/a/{VILLAGE}/accounts").text
    assert cast.supervisor.name in village
    assert cast.outsider.name not in village
    assert cast.township_user.name not in village
    township = english(client_of(cast.township_user)).get(f"/a/{TOWNSHIP}/accounts").text
    for user in (cast.supervisor, cast.outsider, cast.township_user):
        assert user.name in township
    assert cast.far_township_user.name not in township
    assert cast.worker.name not in township  # masked outside the village
    assert cast.worker.masked in township
    assert "石板镇的人" in client_of(cast.county_user).get(f"/a/{COUNTY}/accounts").text


def test_the_list_is_searched_by_role_and_name(cast, chair):
    shops = chair.get(f"/a/{VILLAGE}/accounts?role=manager").text
    assert cast.manager.name in shops
    assert cast.supervisor.name not in shops
    found = chair.get(f"/a/{VILLAGE}/accounts?words=superv").text
    assert cast.supervisor.name in found
    assert cast.manager.name not in found
    assert "Nothing here" in chair.get(f"/a/{VILLAGE}/accounts?words=%25").text
    assert chair.get(f"/a/{VILLAGE}/accounts?role=king").status_code == 404


def test_a_new_sign_in_through_the_page(cast, chair):
    form = chair.get(f"/a/{VILLAGE}/accounts/new").text
    assert f'name="place" value="{cast.village.id}"' in form  # the only place is no question
    data = {"name": "新店长", "username": "shop2", "role": "manager", "place": cast.village.id, "person": 0}
    nobody = chair.post(f"/a/{VILLAGE}/accounts/new", data=data)
    assert nobody.status_code == 422
    assert "Write down the office or agency" in nobody.text
    data |= {"unit": "村委会", "phone": "１３９ 0000-2222"}
    page = chair.post(f"/a/{VILLAGE}/accounts/new", data=data)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    secret = SECRET.search(page.text)[1]
    user = accounts.sign_in("shop2", secret)
    assert user.temporary
    assert user.roles_in(cast.village) == {Role.MANAGER}
    assert (user.unit, user.phone) == ("村委会", "13900002222")
    assert trail("user.add").area == cast.village
    assert "村委会" in chair.get(f"/a/{VILLAGE}/accounts").text
    alike = chair.post(f"/a/{VILLAGE}/accounts/new", data=data | {"name": "老店长"})
    assert alike.status_code == 422
    assert "新店长：shop manager（柳树村） may be the same person" in alike.text
    assert f'href="/a/{VILLAGE}/accounts/further"' in alike.text
    again = chair.post(f"/a/{VILLAGE}/accounts/new", data=data | {"is_another": "y"})
    assert again.status_code == 422
    assert "is taken" in again.text
    assert 'value="新店长"' in again.text


def test_a_sign_in_that_is_refused_leaves_nothing_behind(cast, client_of):
    township = english(client_of(cast.township_user))
    data = {"name": "新人", "username": "new", "role": "clerk", "place": cast.village.id, "person": 0}
    data |= {"unit": "村委会"}
    for wrong in ({"role": "township"}, {"place": cast.far_village.id}, {"place": 0}, {"person": 1}):
        assert township.post(f"/a/{TOWNSHIP}/accounts/new", data=data | wrong).status_code == 422
    assert db.session.scalar(sa.select(User.id).where(User.username == "new")) is None
    assert township.post(f"/a/{TOWNSHIP}/accounts/new", data=data).status_code == 200


def test_the_chair_is_offered_what_a_chair_gives(cast, chair):
    page = chair.get(f"/a/{VILLAGE}/accounts/new").text
    offered = set(re.findall(r'<option value="([a-z]+)"', page))
    assert offered == {"clerk", "instructor", "manager", "volunteer"}
    data = {"name": "新人", "username": "new", "role": "supervisor", "place": cast.village.id, "person": 0}
    assert chair.post(f"/a/{VILLAGE}/accounts/new", data=data).status_code == 422


def test_a_role_for_somebody_from_elsewhere(cast, chair):
    data = {"username": "outside_volunteer", "role": "instructor", "place": cast.village.id}
    answer = chair.post(f"/a/{VILLAGE}/accounts/further", data=data | {"username": "outside_volunteers"})
    assert "no sign-in with exactly this name" in answer.text
    ident = cast.outside_volunteer.id
    assert chair.get(f"/a/{VILLAGE}/accounts/{ident}").status_code == 404
    answer = chair.post(f"/a/{VILLAGE}/accounts/further", data=data)
    assert answer.location == f"/a/{VILLAGE}/accounts/{ident}"
    page = chair.get(answer.location).text
    assert "holds a role that you do not give" in page  # they are the next village's to keep
    (held,) = (held for held in cast.outside_volunteer.grants if held.area == cast.village)
    assert (
        chair.post(f"{answer.location}/roles/take", data={"grant": held.id}).location
        == f"/a/{VILLAGE}/accounts"
    )
    assert cast.outside_volunteer.roles_in(cast.village) == set()


def test_a_role_of_another_is_not_taken_by_its_number(cast, chair):
    """The role must be the account's that stands in the address."""
    (foreign,) = cast.outsider.grants
    path = f"/a/{VILLAGE}/accounts/{cast.clerk.id}/roles/take"
    assert chair.post(path, data={"grant": foreign.id}).status_code == 404


def test_the_buttons_of_a_sign_in(cast, chair):
    path = f"/a/{VILLAGE}/accounts/{cast.clerk.id}"
    secret = SECRET.search(chair.post(f"{path}/password").text)[1]
    assert accounts.sign_in("clerk", secret) == cast.clerk
    assert "has a temporary password" in chair.get(path).text
    session = cast.clerk.session
    assert chair.post(f"{path}/sign-out").location == path
    assert cast.clerk.session == session + 1
    assert chair.post(f"{path}/close").location == path
    assert "closed since" in chair.get(path).text
    assert chair.post(f"{path}/password").status_code == 422
    assert chair.post(f"{path}/reopen").location == path
    assert cast.clerk.closed_at is None
    given = {"role": "instructor", "place": cast.village.id}
    assert chair.post(f"{path}/roles", data=given).location == path
    assert cast.clerk.roles_in(cast.village) == {Role.CLERK, Role.INSTRUCTOR}
    twice = chair.post(f"{path}/roles", data=given)
    assert twice.status_code == 422
    assert "They hold this role already." in twice.text
    assert chair.post(f"{path}/person", data={"person": cast.neighbour.id}).location == path
    assert cast.clerk.person == cast.neighbour
    wrong = {"person": 0, "unit": "村委会", "phone": "5212345"}
    unclear = chair.post(f"{path}/person", data=wrong)
    assert unclear.status_code == 422
    assert "eleven digits" in unclear.text
    assert 'value="5212345"' in unclear.text
    assert chair.post(f"{path}/person", data=wrong | {"phone": "13900002222"}).location == path
    assert (cast.clerk.person, cast.clerk.unit, cast.clerk.phone) == (None, "村委会", "13900002222")


def test_above_the_village_a_telephone_is_typed_anew_or_stays(cast, client_of):
    path, sent = f"accounts/{cast.clerk.id}", {"person": 0, "unit": "村委会", "phone": ""}
    do(keeping.link, cast.clerk, None, cast.chair, unit="村委会", phone="13900002222")
    township = english(client_of(cast.township_user))
    page = township.get(f"/a/{VILLAGE}/{path}").text
    assert ["139****2222 is kept" in page, "13900002222" in page] == [True, False]
    for typed, kept in (("", "13900002222"), ("13900003333", "13900003333")):
        assert township.post(f"/a/{VILLAGE}/{path}/person", data=sent | {"phone": typed}).status_code == 302
        assert cast.clerk.phone == kept
    client_of(cast.chair).post(f"/a/{VILLAGE}/{path}/person", data=sent)
    assert cast.clerk.phone == ""


@pytest.mark.parametrize("what", ["password", "sign-out", "close", "reopen"])
def test_a_sign_in_above_one_s_own_is_refused_on_its_page(cast, chair, what):
    answer = chair.post(f"/a/{VILLAGE}/accounts/{cast.supervisor.id}/{what}")
    assert answer.status_code == 422
    assert "holds a role that you do not give" in answer.text
    assert chair.post(f"/a/{VILLAGE}/accounts/{cast.outsider.id}/{what}").status_code == 404


def test_the_pins_of_a_village(cast, client_of):
    clerk = english(client_of(cast.clerk))
    page = clerk.get(f"/v/{VILLAGE}/pins").text
    assert page.count("Give a PIN") == 8
    answer = clerk.post(f"/v/{VILLAGE}/pins/{cast.neighbour.id}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    card = cast.card_of(cast.neighbour)
    assert card.grouped in answer.text
    pin = SECRET.search(answer.text)[1]
    assert accounts.sign_in(card.number, pin) == keeping.user_of_card(cast.neighbour)
    assert "given, not used yet" in clerk.get(f"/v/{VILLAGE}/pins").text
    with transaction():
        cards.report_lost(card, cast.clerk)
    assert clerk.post(f"/v/{VILLAGE}/pins/{cast.neighbour.id}").status_code == 422
    assert clerk.post(f"/v/{VILLAGE}/pins/{cast.stranger.id}").status_code == 404


def test_pins_for_many_at_once(cast, client_of):
    clerk = english(client_of(cast.clerk))
    without, closed, *others = cast.workers[1:]
    with transaction():
        cards.report_lost(cast.card_of(without), cast.clerk)
    new_pin(closed, cast.clerk)
    with transaction():
        keeping.close(keeping.user_of_card(closed), cast.chair)
    page = clerk.get(f"/v/{VILLAGE}/pins").text
    assert [int(ident) for ident in re.findall(r'name="person" value="(\d+)" checked', page)] == [
        person.id for person in (cast.worker, *others)
    ]
    ticked = [person.id for person in (without, closed, *others, cast.stranger)]
    answer = clerk.post(f"/v/{VILLAGE}/pins", data={"person": ticked})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    pins = re.findall(r'<dd class="number">(\d{6})</dd>', answer.text)
    assert len(pins) == len(others)
    for person, pin in zip(sorted(others, key=lambda person: person.id), pins, strict=True):
        assert accounts.sign_in(cast.card_of(person).number, pin) == keeping.user_of_card(person)
    assert f"({without.name})" in answer.text
    assert f"({closed.name})" in answer.text
    assert keeping.user_of_card(cast.stranger) is None
    assert keeping.user_of_card(cast.worker) is None
    nothing = clerk.post(f"/v/{VILLAGE}/pins")
    assert nothing.status_code == 422
    assert "Tick at least one" in nothing.text


def test_the_next_village_s_committee_keeps_nothing_here(cast, client_of):
    outsider = client_of(cast.outsider)
    assert outsider.get(f"/a/{VILLAGE}/accounts").status_code == 404
    assert outsider.get(f"/a/{NEXT_VILLAGE}/accounts/{cast.clerk.id}").status_code == 404


# --- The command line ---


def test_the_first_sign_in_is_made_at_the_machine(app, cast):
    run = app.test_cli_runner().invoke
    common = ["accounts", "add", "wang", "王主任", "--area", VILLAGE, "--password", "eight-or-more"]
    result = run(args=[*common, "--role", "chair"])
    assert (result.exit_code, result.output) == (0, "wang may sign in as chair of 柳树村\n")
    user = accounts.sign_in("wang", "eight-or-more")
    assert user.temporary
    assert user.roles_in(cast.village) == {Role.CHAIR}
    assert trail("user.add").actor is None
    assert run(args=[*common, "--role", "chair"]).exit_code == 1
    assert (
        run(
            args=[
                "accounts",
                "add",
                "li",
                "李",
                "--area",
                "110000000000",
                "--password",
                "eight-or-more",
                "--role",
                "chair",
            ]
        ).exit_code
        == 1
    )
    assert (
        run(
            args=[
                "accounts",
                "add",
                "li",
                "李",
                "--area",
                VILLAGE,
                "--password",
                "eight-or-more",
                "--role",
                "clerk",
                "--lasting",
            ]
        ).exit_code
        == 0
    )
    assert not accounts.sign_in("li", "eight-or-more").temporary


def test_nobody_left_who_could_help(app, cast):
    result = app.test_cli_runner().invoke(args=["accounts", "password", "county_user"])
    assert result.exit_code == 0
    assert accounts.sign_in("county_user", result.output.strip()) == cast.county_user
    assert app.test_cli_runner().invoke(args=["accounts", "password", "nobody"]).exit_code == 1
