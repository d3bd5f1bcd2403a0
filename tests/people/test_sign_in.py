"""At the door: names, cards and PINs, first passwords, guessing, known devices, and when a session ends."""

import re
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import request

from app import create_app
from ground import clock as calendar
from ground.clock import SHANGHAI
from ground.db import db, transaction
from ground.figures import narrow
from ground.names import folded
from ground.refusal import Refused
from people import cards
from people.models import AuditEvent, Role, SignInFailure, UserSession
from people.signin import accounts, guard, keeping, passwords
from people.views.signin import sign_in
from tests.cast import HASHED, PASSWORD, TODAY, VILLAGE
from tests.cast import counted as statements
from tests.story import do, new_password, new_pin, own_password, refusal, refused
from tests.test_rules import address, methods, rules

HOME, ELSEWHERE, FAR_OFF = "10.0.0.1", "203.0.113.7", "203.0.113.8"
OWN_PIN = "850316"


def knock(client, name, password, address=HOME, **more):
    """Try to sign in: "in", or what the page says about it."""
    sent = {"username": name, "password": password}
    answer = client.post("/sign-in", data=sent, environ_base={"REMOTE_ADDR": address}, **more)
    if answer.status_code == 302:
        return "in"
    assert answer.status_code == 422
    if "Too many wrong tries" in answer.text:
        return "wait"
    assert "The name or the password is not right." in answer.text
    return "wrong"


@pytest.fixture
def browser_of(app, client_of):
    """A browser nobody is signed in with, in English."""

    def browser_of():
        client = client_of(None)
        client.set_cookie("language", "en")
        return client

    return browser_of


@pytest.fixture
def browser(browser_of):
    return browser_of()


def is_in(client):
    return client.get(f"/v/{VILLAGE}/grids").status_code == 200


def fail(client, name="clerk", times=5, **more):
    """Guess wrong so often; every one of them was taken as a try."""
    assert [knock(client, name, "guess", **more) for _each in range(times)] == ["wrong"] * times


def given_pin(cast):
    pin = new_pin(cast.worker, cast.clerk)
    number = cast.card.number
    db.session.rollback()
    return number, pin


def own_pin(cast):
    """Let the worker have a PIN that they chose."""
    number, _pin = given_pin(cast)
    own_password(keeping.user_of_card(cast.worker), OWN_PIN)
    db.session.rollback()
    return number


# --- Name and password ---


def test_in_by_name_and_password(cast, browser):
    for typed in ("clerk", " clerk ", "Clerk", "ｃｌｅｒｋ", "ＣＬＥ ＲＫ"):
        assert knock(browser, typed, PASSWORD) == "in"
        assert is_in(browser)
        browser.post("/sign-out")
        assert not is_in(browser)


def test_the_page_does_not_tell_a_wrong_name_from_a_wrong_password(cast, browser):
    assert knock(browser, "clerk", "guess") == "wrong"
    assert knock(browser, "nobody", PASSWORD) == "wrong"
    assert knock(browser, "nobody", "nobody") == "wrong"


def test_a_hash_is_computed_for_a_name_that_does_not_exist(cast, browser, monkeypatch):
    looked_at = []
    check = passwords.check_password_hash
    monkeypatch.setattr(
        passwords, "check_password_hash", lambda held, given: looked_at.append(held) or check(held, given)
    )
    knock(browser, "clerk", "guess")
    knock(browser, "nobody", "guess")
    assert len(looked_at) == 2
    assert looked_at[0].split("$")[0] == looked_at[1].split("$")[0]


def test_what_is_kept_is_slow_to_guess(slow_method, monkeypatch):
    monkeypatch.setattr(passwords, "HASH_METHOD", slow_method)
    kept = passwords.secret_of(PASSWORD).hash
    assert kept.startswith("scrypt:32768:8:3$")
    assert passwords.matches(kept, PASSWORD)
    assert not passwords.matches(kept, "guess")


def test_what_was_in_the_session_before_is_not_taken_over(cast, browser):
    with browser.session_transaction() as session:
        session["planted"] = "by somebody else"
    assert knock(browser, "clerk", PASSWORD) == "in"
    with browser.session_transaction() as session:
        assert "planted" not in session


# --- Guessing ---


def test_after_five_wrong_tries_the_right_password_waits_too(cast, browser, clock):
    fail(browser)
    assert knock(browser, "clerk", PASSWORD) == "wait"
    clock.turn_to(datetime(2026, 12, 28, 9, 14, tzinfo=SHANGHAI))
    assert knock(browser, "clerk", PASSWORD) == "wait"
    clock.turn_to(datetime(2026, 12, 28, 9, 15, tzinfo=SHANGHAI))
    assert knock(browser, "clerk", PASSWORD) == "in"


def test_the_page_says_how_long_to_wait(cast, browser, clock):
    fail(browser)
    page = browser.post(
        "/sign-in", data={"username": "clerk", "password": PASSWORD}, environ_base={"REMOTE_ADDR": HOME}
    )
    assert "Wait 15 minutes" in page.text
    clock.turn_to(datetime(2026, 12, 28, 9, 14, 1, tzinfo=SHANGHAI))
    page = browser.post(
        "/sign-in", data={"username": "clerk", "password": PASSWORD}, environ_base={"REMOTE_ADDR": HOME}
    )
    assert "Wait 1 minute," in page.text


def test_knocking_while_it_waits_does_not_prolong_it(cast, browser, clock):
    fail(browser)
    clock.turn_to(datetime(2026, 12, 28, 9, 14, tzinfo=SHANGHAI))
    assert {knock(browser, "clerk", "guess") for _each in range(9)} == {"wait"}
    clock.turn_to(datetime(2026, 12, 28, 9, 15, tzinfo=SHANGHAI))
    assert knock(browser, "clerk", PASSWORD) == "in"


def test_a_name_that_does_not_exist_waits_just_so(cast, browser):
    fail(browser, "nobody")
    assert knock(browser, "nobody", "guess") == "wait"


def test_one_name_however_it_is_written(cast, browser):
    for name in ("clerk", "CLERK", " clerk", "ｃｌｅｒｋ", "cl erk"):
        assert knock(browser, name, "guess") == "wrong"
    assert knock(browser, "clerk", PASSWORD) == "wait"


def spelled(plain):
    """A name in every sign of Unicode that is read as one of its own, and with what is not read."""
    by_sign = defaultdict(list)
    for point in range(0x20000):
        sign = chr(point)
        by_sign[folded(sign)].append(sign)
        by_sign[narrow(sign)].append(sign)
    for at, sign in enumerate(plain):
        for alike in by_sign[sign]:
            yield plain[:at] + alike + plain[at + 1 :]
    for extra in [*by_sign[""], *by_sign["-"], " ", "٠", "\U000e0100"]:
        for at in range(len(plain) + 1):
            yield plain[:at] + extra + plain[at:]


@pytest.mark.at_length
@pytest.mark.one_database
def test_however_it_is_spelled_it_is_one_count(app, cast):
    """What finds somebody's sign-in fills their count, and nothing else does."""
    number, seen = own_pin(cast), 0
    clerk, card = cast.clerk, keeping.user_of_card(cast.worker)
    for plain, owner in (("clerk", clerk), (number, card)):
        for typed in dict.fromkeys(spelled(plain)):
            with app.test_request_context("/sign-in"):
                found = accounts.find_signing_in(typed)
                assert found in (owner, None), ascii(typed)
                counts = sign_in._counts(typed, found)
            of_owner = [bucket for bucket in counts if bucket.split("|")[0] == f"user:{owner.id}"]
            assert len(of_owner) == (3 if found else 0), ascii(typed)
            seen += bool(found)
    assert seen > 300


def test_a_name_and_a_card_of_one_sign_in_are_one_count(cast, browser):
    """The worker's sign-in by name also opens by card."""
    number = cast.card.number
    assert [knock(browser, typed, "guess") for typed in (number, "worker", number, "worker", number)] == [
        "wrong"
    ] * 5
    assert knock(browser, "worker", PASSWORD) == "wait"


def test_four_wrong_tries_are_forgiven_by_the_right_one(cast, browser_of):
    for _round in range(3):
        stranger = browser_of()
        fail(stranger, times=4)
        assert knock(stranger, "clerk", PASSWORD) == "in"


def test_wrong_tries_over_a_long_time_are_no_guessing(cast, browser, clock):
    for minute in range(0, 60, 5):
        clock.turn_to(datetime(2026, 12, 28, 9, minute, tzinfo=SHANGHAI))
        assert knock(browser, "clerk", "guess") == "wrong"


def test_an_attacker_does_not_lock_the_owner_out(cast, browser_of):
    """Neither the owner's known device, wherever it is, nor another device at the owner's address."""
    device = browser_of()
    assert knock(device, "clerk", PASSWORD) == "in"
    device.post("/sign-out")
    attacker = browser_of()
    fail(attacker, address=ELSEWHERE)
    assert knock(attacker, "clerk", PASSWORD, ELSEWHERE) == "wait"
    assert knock(browser_of(), "clerk", PASSWORD, HOME) == "in"
    assert knock(device, "clerk", PASSWORD, ELSEWHERE) == "in"


def test_a_known_device_is_counted_by_itself(cast, browser_of):
    device = browser_of()
    assert knock(device, "clerk", PASSWORD) == "in"
    device.post("/sign-out")
    fail(device)
    assert knock(device, "clerk", PASSWORD) == "wait"
    assert knock(browser_of(), "clerk", PASSWORD) == "in"


def test_a_device_is_known_for_who_signed_in_there(cast, browser_of):
    """For another's sign-in it is like a new one: counted by itself, and in the wider counts."""
    device = browser_of()
    assert knock(device, "volunteer", PASSWORD) == "in"
    fail(device, "clerk")
    assert knock(device, "clerk", PASSWORD) == "wait"
    assert knock(browser_of(), "clerk", PASSWORD) == "in"
    counts = guard.sign_in_counts(cast.clerk, "clerk", HOME, guard.DeviceMarks())
    assert set(db.session.scalars(sa.select(SignInFailure.bucket))) > {*list(counts)[1:]}


def new_device(browser_of):
    """A browser that has opened the page and never signed in."""
    browser = browser_of()
    browser.get("/sign-in")
    return browser


def test_a_new_device_is_not_locked_out_with_a_guesser_at_its_address(cast, browser_of):
    """An office has one address. Whoever guesses there waits; who comes with a new phone does not."""
    guesser, phone = new_device(browser_of), new_device(browser_of)
    fail(guesser)
    assert knock(guesser, "clerk", PASSWORD) == "wait"
    assert knock(phone, "clerk", PASSWORD) == "in"


def test_a_guesser_who_comes_as_ever_new_devices_waits_too(cast, browser_of):
    for _each in range(guard.PERSON_AT_ADDRESS_LIMIT.tries // 5):
        fail(new_device(browser_of))
    assert knock(new_device(browser_of), "clerk", PASSWORD) == "wait"
    assert knock(new_device(browser_of), "chair", PASSWORD) == "in"
    assert knock(new_device(browser_of), "clerk", PASSWORD, ELSEWHERE) == "in"


def test_a_new_password_opens_at_once_where_the_old_one_was_guessed(cast, browser_of):
    fail(browser_of(), times=5)
    for name in ("chair", "nobody"):
        fail(browser_of(), name)
    secret = temporary(cast)
    assert knock(browser_of(), "clerk", secret) == "in"
    assert knock(browser_of(), "chair", PASSWORD) == "wait"


def test_an_office_pc_knows_each_of_its_people(cast, browser_of):
    device = browser_of()
    for name in ("clerk", "chair"):
        assert knock(device, name, PASSWORD) == "in"
        device.post("/sign-out")
    for name in ("clerk", "chair"):
        fail(browser_of(), name)
        assert knock(device, name, PASSWORD) == "in"


def test_a_forged_device_is_none(cast, browser_of):
    fail(browser_of())
    forger = browser_of()
    forger.set_cookie("device", '[["1", "abc"]].x')
    assert knock(forger, "clerk", PASSWORD) == "wait"


def test_the_device_cookie_is_kept_from_scripts(cast, browser):
    answer = browser.post("/sign-in", data={"username": "clerk", "password": PASSWORD})
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("device=")]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_one_address_does_not_try_thousands_of_names(cast, browser_of, clock):
    attacker = browser_of()
    counted(**{f"address:{ELSEWHERE}": guard.ADDRESS_LIMIT.tries - 2})
    for number in range(2):
        assert knock(attacker, f"name{number}", "12345678", ELSEWHERE) == "wrong"
    assert knock(attacker, "clerk", PASSWORD, ELSEWHERE) == "wait"
    assert knock(browser_of(), "clerk", PASSWORD, HOME) == "in"


def counted(**counts):
    """Write down wrong tries as if they had been made: by a count's name, how many."""
    with transaction() as session:
        session.add_all(
            SignInFailure(bucket=bucket, at=calendar.now())
            for bucket, number in counts.items()
            for _ in range(number)
        )


def test_many_addresses_do_not_try_one_name_all_day(cast, browser_of, clock):
    device = browser_of()
    assert knock(device, "clerk", PASSWORD) == "in"
    device.post("/sign-out")

    def counts(address):
        return guard.sign_in_counts(cast.clerk, "clerk", address, guard.DeviceMarks())

    *_narrow, wide = counts(ELSEWHERE)
    for number in range(0, 45, 5):  # five from each of nine addresses
        for _each in range(5):
            with transaction():
                guard.count_try(counts(f"198.51.100.{number}"), cast.clerk)
    counted(**{wide: 4})
    assert knock(browser_of(), "clerk", "guess", FAR_OFF) == "wrong"
    assert knock(browser_of(), "clerk", PASSWORD, ELSEWHERE) == "wait"
    assert knock(device, "clerk", PASSWORD, ELSEWHERE) == "in"
    clock.turn_to(datetime(2026, 12, 28, 10, 0, tzinfo=SHANGHAI))
    assert knock(browser_of(), "clerk", "guess", ELSEWHERE) == "wrong"  # one more each hour
    assert knock(browser_of(), "clerk", PASSWORD, FAR_OFF) == "wait"
    clock.days_on(1)
    assert knock(browser_of(), "clerk", PASSWORD, FAR_OFF) == "in"


def test_an_ipv6_customer_is_one_address(cast, browser_of):
    for number in range(5):
        assert knock(browser_of(), "clerk", "guess", f"2001:db8:1:2::{number}") == "wrong"
    assert knock(browser_of(), "clerk", PASSWORD, "2001:db8:1:2:ffff::1") == "wait"
    assert knock(browser_of(), "clerk", PASSWORD, "2001:db8:1:3::1") == "in"


def test_no_name_that_was_typed_is_kept(cast, browser):
    knock(browser, "my-secret-password", "clerk")
    kept = db.session.scalars(sa.select(SignInFailure.bucket)).all()
    assert len(kept) == 4
    assert not any("secret" in bucket for bucket in kept)


def test_old_tries_are_forgotten(cast, browser, clock):
    fail(browser)
    clock.days_on(2)
    fail(browser, "chair", times=1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInFailure)) == 4


def test_the_right_password_is_no_try(cast, browser):
    assert knock(browser, "clerk", PASSWORD) == "in"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInFailure)) == 0


def test_eight_at_once_are_eight_tries(app, cast):
    """Eight threads come to the door together: five are let try, three wait."""
    together = threading.Barrier(8)
    db.session.rollback()

    def guess(number):
        client = app.test_client()
        client.set_cookie("language", "en")
        with calendar.at(TODAY):
            together.wait(30)
            return knock(client, "clerk", f"guess {number}")

    with ThreadPoolExecutor(8) as threads:
        ends = sorted(threads.map(guess, range(8)))
    assert ends == ["wait"] * 3 + ["wrong"] * 5


def test_behind_a_proxy_the_address_is_the_visitor_s_only_where_it_is_said_so():
    def seen(**settings):
        app = create_app(SQLALCHEMY_DATABASE_URI="sqlite://", SECRET_KEY="only for tests", **settings)
        forwarded = {"X-Forwarded-For": f"{FAR_OFF}, {ELSEWHERE}", "X-Forwarded-Proto": "https"}
        found = {}
        app.before_request_funcs[None].insert(0, lambda: found.update(request.environ) or ("", 204))
        app.test_client().get("/sign-in", headers=forwarded, environ_base={"REMOTE_ADDR": HOME})
        return found["REMOTE_ADDR"], found["wsgi.url_scheme"]

    assert seen() == (HOME, "http")
    assert seen(TRUSTED_PROXIES=1) == (ELSEWHERE, "https")


def test_a_proxy_that_was_not_declared_is_told_once_in_the_log(caplog):
    def told(headers, **settings):
        caplog.clear()
        app = create_app(SQLALCHEMY_DATABASE_URI="sqlite://", SECRET_KEY="only for tests", **settings)
        for _each in range(2):
            app.test_client().get("/sign-in", headers=headers)
        return [record.levelname for record in caplog.records if "TRUSTED_PROXIES" in record.message]

    forwarded = {"X-Forwarded-For": FAR_OFF}
    assert told(forwarded) == ["WARNING"]
    assert told({}) == []
    assert told(forwarded, TRUSTED_PROXIES=1) == []


# --- Card and PIN ---


def test_a_worker_comes_in_by_card_and_pin(cast, browser):
    number = own_pin(cast)
    for typed in (
        f"{number[:4]} {number[4:8]} {number[8:]}",
        f" {number[:3]}-{number[3:6]}－{number[6:]} ",
        f"{number[:3]}—{number[3:6]}　{number[6:]}",
        "".join(chr(ord(digit) + 0xFEE0) for digit in number),
    ):
        assert knock(browser, typed, OWN_PIN) == "in"
        assert browser.get("/").location == f"/a/{VILLAGE}/enter"
        browser.post("/sign-out")


def test_a_pin_typed_in_full_width(cast, browser):
    number = own_pin(cast)
    assert knock(browser, number, "".join(chr(ord(digit) + 0xFEE0) for digit in OWN_PIN)) == "in"


def test_a_lost_card_opens_nothing_and_the_new_one_does(cast, browser):
    old = own_pin(cast)
    with transaction():
        cards.report_lost(cast.card, cast.clerk)
    assert knock(browser, old, OWN_PIN) == "wrong"
    with transaction():
        new = cards.issue(cast.worker, cast.clerk).number
    assert knock(browser, old, OWN_PIN) == "wrong"
    assert knock(browser, new, OWN_PIN) == "in"


def test_the_sign_in_of_a_card_has_no_name_to_guess(cast, browser):
    own_pin(cast)
    assert knock(browser, keeping.user_of_card(cast.worker).username, OWN_PIN) == "wrong"


def test_another_s_card_is_not_mine(cast, browser):
    own_pin(cast)
    assert knock(browser, cast.card_of(cast.neighbour).number, OWN_PIN) == "wrong"


def test_a_card_number_is_one_name_to_guess_by_however_it_is_written(cast, browser):
    number = own_pin(cast)
    first, last = number[:3], number[3:]
    written = [number, f"{first} {last}", f"{first}-{last}", f"{number}-", f"－{number}"]
    assert [knock(browser, typed, "111119") for typed in written] == ["wrong"] * 5
    assert knock(browser, f"{first}—{last}", OWN_PIN) != "in"


def test_guessing_a_pin_stops(cast, browser):
    number = own_pin(cast)
    for guess in range(5):
        assert knock(browser, number, f"11{guess}834") == "wrong"
    assert knock(browser, number, OWN_PIN) == "wait"


def test_a_card_opens_no_sign_in_with_other_roles(cast, browser):
    """The worker's sign-in by name also opens by card, unless it does more than a worker."""
    number = cast.card.number
    assert knock(browser, number, PASSWORD) == "in"
    browser.post("/sign-out")
    with transaction():
        accounts.grant(cast.worker_user, Role.INSTRUCTOR, cast.next_village, None)
    assert knock(browser, number, PASSWORD) == "wrong"
    assert knock(browser, "worker", PASSWORD) == "in"


def test_number_keys_for_who_has_a_card(cast, browser):
    assert 'inputmode="numeric"' not in browser.get("/sign-in?next=/v/1").text
    page = browser.get("/sign-in?by=card&next=/v/1").text
    assert page.count('inputmode="numeric"') == 2


# --- The first password, and changing it ---


def temporary(cast):
    return new_password(cast.clerk, cast.township_user)


def test_a_password_that_was_given_opens_nothing_but_the_choice(app, cast, browser):
    secret = temporary(cast)
    assert knock(browser, "clerk", secret) == "in"
    asked = 0
    for route, rule in rules(app):
        if rule.public or rule.device or route.endpoint == "signin.password":
            continue
        for method in methods(route):
            answer = browser.open(address(app, route.endpoint), method=method)
            assert (answer.status_code, answer.location) == (302, "/password"), (method, route)
            asked += 1
    assert asked > 40
    assert browser.get("/password").status_code == 200
    answer = browser.post("/password", data={"new": "my own words", "again": "my own words"})
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_in(browser)
    browser.post("/sign-out")
    assert knock(browser, "clerk", secret) == "wrong"
    assert knock(browser, "clerk", "my own words") == "in"
    assert is_in(browser)


def test_who_was_given_a_password_may_leave(cast, browser):
    knock(browser, "clerk", temporary(cast))
    assert browser.post("/sign-out").location == "/sign-in"


def test_a_worker_s_first_visit(cast, browser):
    number, pin = given_pin(cast)
    assert knock(browser, number, pin) == "in"
    assert browser.get("/").location == "/password"
    page = browser.get("/password").text
    assert "Your PIN" in page
    assert page.count('inputmode="numeric"') == 2
    answer = browser.post("/password", data={"new": "123456", "again": "123456"})
    assert answer.status_code == 422
    assert "too easy to guess" in answer.text
    browser.post("/password", data={"new": OWN_PIN, "again": OWN_PIN})
    assert browser.get("/").location == f"/a/{VILLAGE}/enter"
    browser.post("/sign-out")
    assert knock(browser, number, OWN_PIN) == "in"


def test_changing_it_ends_the_other_sessions(cast, browser_of):
    here, there = browser_of(), browser_of()
    for client in (here, there):
        knock(client, "clerk", PASSWORD)
    answer = here.post("/password", data={"password": PASSWORD, "new": "other words", "again": "other words"})
    assert answer.status_code == 302
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"password": "guess"}, "The present password is not right."),
        ({"again": "something else"}, "The two are not the same."),
        ({"new": "short", "again": "short"}, "at least 8 characters"),
        ({"new": PASSWORD, "again": PASSWORD}, "Take another one than before."),
    ],
)
def test_a_change_that_is_refused(cast, client_of, sent, words):
    client = client_of(cast.clerk)
    client.set_cookie("language", "en")
    data = {"password": PASSWORD, "new": "other words", "again": "other words"} | sent
    answer = client.post("/password", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert accounts.sign_in("clerk", PASSWORD) == cast.clerk


def test_the_old_password_is_not_guessed_at_an_open_session(cast, client_of):
    client = client_of(cast.clerk)
    client.set_cookie("language", "en")
    data = {"password": "guess", "new": "other words", "again": "other words"}
    for _each in range(5):
        assert "not right" in client.post("/password", data=data).text
    answer = client.post("/password", data=data | {"password": PASSWORD})
    assert "Too many wrong tries" in answer.text
    assert accounts.sign_in("clerk", PASSWORD) == cast.clerk


@pytest.mark.parametrize(
    ("new", "code"),
    [
        ("seven77", "password_too_short"),
        ("LONGNAME", "password_is_name"),
        ("given-by-another", "password_not_new"),
    ],
)
def test_passwords_that_are_not_taken(cast, new, code):
    user = do(accounts.add_user, "longname", "长名", passwords.secret_of("given-by-another"), None)
    with refusal(code):
        own_password(user, new)
    assert user.temporary


@pytest.mark.parametrize(
    "new",
    [
        *(
            "12345678",
            "password1",
            "P@ssw0rd",
            "qwertyuiop",
            "1qaz2wsx",
            "88888888",
            "a123456789",
            "19850316",
        ),
        *(
            "woaini1314",
            "5201314520",
            "aixin2026",
            "yunnan123",
            "clerk123",
            "clerkclerk",
            "Ｐａｓｓｗｏｒｄ１",
        ),
    ],
)
def test_passwords_that_anyone_tries_first(cast, new):
    with refusal("password_too_common"):
        own_password(cast.clerk, new)
    with refusal("password_too_common"):
        passwords.own_secret(new, "clerk")


@pytest.mark.parametrize("new", ["three short words", "柳树村口三棵大柳树", "p" + "q8" * 99, "kmq-7xw-3np"])
def test_passwords_that_are_taken(cast, new):
    own_password(cast.clerk, new)
    assert accounts.sign_in("clerk", new) == cast.clerk


# Every way in which somebody gets a password of another's making: who it opens for, by which name.
def added(cast):
    user = do(accounts.add_user, "newcomer", "新人", passwords.secret_of("given-by-another"), None)
    return user.username, "given-by-another"


def given_anew(cast):
    return "clerk", new_password(cast.clerk, cast.chair)


def given_a_pin(cast):
    return cast.card.number, new_pin(cast.worker, cast.clerk)


def given_pins_at_once(cast):
    pins = dict(zip([cast.worker], keeping.new_pins([cast.worker]), strict=True))
    given, _left = do(keeping.give_pins, pins, None)
    return cast.card.number, given[cast.worker]


@pytest.mark.parametrize("give", [added, given_anew, given_a_pin, given_pins_at_once])
def test_a_first_password_is_good_for_seven_days(cast, clock, give):
    name, secret = give(cast)
    clock.days_on(7)
    assert accounts.sign_in(name, secret).temporary
    clock.days_on(1)
    for _each in range(2):
        with pytest.raises(Refused, match="password_lapsed"):
            accounts.sign_in(name, secret)
    with pytest.raises(Refused, match="wrong_sign_in"):  # who guesses is not told
        accounts.sign_in(name, "guess")
    user = accounts.find_signing_in(name)
    again = new_password(user, None)
    accounts.sign_in(name, again)
    own_password(user, OWN_PIN if accounts.is_of_card(user) else "my own words")
    clock.days_on(90)
    assert not accounts.sign_in(name, OWN_PIN if accounts.is_of_card(user) else "my own words").temporary


@pytest.mark.parametrize("pin", ["12345", "1234567", "12345a", "一二三四五六", ""])
def test_a_pin_has_six_digits(pin):
    with pytest.raises(Refused, match="pin_shape"):
        passwords.check_pin(pin)


@pytest.mark.parametrize(
    "pin",
    ["000000", "112211", "123456", "654321", "456789", "274274", "195803", "031958", "005678", "773095"],
)
def test_a_pin_that_is_tried_first(pin):
    with pytest.raises(Refused, match="pin_too_simple"):
        passwords.check_pin(pin, ["402177309", "12000005678", "1958", "773095"])


@pytest.mark.parametrize("pin", [OWN_PIN, "135792", "902100"])
def test_a_pin_that_is_taken(pin):
    passwords.check_pin(pin, ["402177309", "12000005678", "1958"])


def test_what_is_known_of_a_worker_is_no_pin(cast):
    _number, pin = given_pin(cast)
    user, number = keeping.user_of_card(cast.worker), cast.card.number
    for new, code in (
        (number[:6], "pin_too_simple"),
        ("005678", "pin_too_simple"),  # the end of the phone's number
        (pin, "password_not_new"),
        ("a password", "pin_shape"),
    ):
        with refusal(code):
            own_password(user, new)


def test_new_passwords_and_pins_could_have_been_chosen():
    for _each in range(50):
        passwords.check_password(passwords.new_password(), "clerk")
        passwords.check_pin(passwords.new_pin(["1958"]), ["1958"])
    assert len({passwords.new_password() for _each in range(20)}) == 20


# --- Sessions ---


def test_signing_out_everywhere_is_everywhere(cast, browser_of):
    here, there = browser_of(), browser_of()
    for client in (here, there):
        knock(client, "clerk", PASSWORD)
    assert here.post("/sign-out-everywhere").location == "/sign-in"
    assert not is_in(here)
    assert not is_in(there)
    assert knock(here, "clerk", PASSWORD) == "in"
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "user.sign_out")).one()
    assert (event.before, event.detail, event.actor) == ({"session": 1}, {"session": 2}, cast.clerk)


@pytest.fixture
def machine(monkeypatch):
    """The machine's own clock, which no calendar turns: it can be put forward by so much."""
    began = calendar.machine_now()
    return lambda **later: monkeypatch.setattr(calendar, "machine_now", lambda: began + timedelta(**later))


def by_post(path, **data):
    """An end of a session by a button or form of its own pages."""
    return lambda app, cast, machine, client: client.post(path, data=data)


def by_verb(verb):
    """An end of a session by what somebody else does."""

    def run(app, cast, machine, client):
        with transaction():
            verb(cast)

    return run


def idle(app, cast, machine, client):
    machine(hours=11)
    assert is_in(client)  # used, and therefore kept on
    machine(hours=22)
    assert is_in(client)
    machine(hours=34, seconds=1)


def in_use_for_a_week(app, cast, machine, client):
    for hours in range(0, 7 * 24, 11):
        machine(hours=hours)
        assert is_in(client)
    machine(days=7, seconds=1)


def on_another_device(app, cast, machine, client):
    other = app.test_client()
    other.set_cookie("language", "en")
    assert knock(other, "clerk", PASSWORD) == "in"
    (there,) = re.findall("/sessions/[0-9]+/end", other.get("/sessions").text)
    assert other.post(there).location == "/sessions"
    assert is_in(other)


def role_taken(cast):
    accounts.grant(cast.clerk, Role.INSTRUCTOR, cast.next_village, None)
    accounts.revoke(next(held for held in cast.clerk.grants if held.role == Role.INSTRUCTOR), None)


def closed_and_opened(cast):
    keeping.close(cast.clerk, cast.township_user)
    keeping.reopen(cast.clerk, cast.township_user)


NEW_WORDS = {"password": PASSWORD, "new": "other words", "again": "other words"}
ENDS = {
    "signed out": by_post("/sign-out"),
    "signed out everywhere": by_post("/sign-out-everywhere"),
    "signed out on another device": on_another_device,
    "signed out by who keeps it": by_verb(lambda cast: keeping.sign_out(cast.clerk, cast.chair)),
    "a new password": by_post("/password", **NEW_WORDS),
    "a password that was given": by_verb(lambda cast: keeping.give_password(cast.clerk, cast.chair, HASHED)),
    "a role that was given": by_verb(
        lambda cast: accounts.grant(cast.clerk, Role.INSTRUCTOR, cast.next_village, None)
    ),
    "a role that was taken back": by_verb(role_taken),
    "closed": by_verb(lambda cast: keeping.close(cast.clerk, cast.township_user)),
    "closed and opened again": by_verb(closed_and_opened),
    "twelve hours without use": idle,
    "seven days": in_use_for_a_week,
}


@pytest.mark.parametrize("end", ENDS)
def test_a_copied_cookie_is_dead_after_each_end(app, cast, machine, end):
    owner, thief = app.test_client(), app.test_client()
    assert knock(owner, "clerk", PASSWORD, headers={"Cookie": "language=en"}) == "in"
    thief.set_cookie("session", owner.get_cookie("session").value)
    assert is_in(thief)
    ENDS[end](app, cast, machine, owner)
    for _each in range(2):
        assert not is_in(thief)
        assert thief.post(f"/v/{VILLAGE}/pins").location.startswith("/sign-in?")


def test_a_password_changed_while_the_old_one_was_looked_at(app, cast, monkeypatch):
    """Whoever comes in by the old one in that moment is out again."""
    client, look = app.test_client(), passwords.matches

    def looked_at(held, typed):
        same = look(held, typed)
        monkeypatch.setattr(passwords, "matches", look)
        own_password(cast.clerk, "other words")
        return same

    monkeypatch.setattr(passwords, "matches", looked_at)
    assert knock(client, "clerk", PASSWORD) == "in"
    assert not is_in(client)


def test_a_password_that_was_given_while_another_was_chosen_stands(cast):
    """Whoever still has the session can't take back what the keeper just gave."""
    number, chosen = cast.clerk.session, accounts.own_secret(cast.clerk, "other words")
    given = new_password(cast.clerk, cast.chair)
    refused("conflict", accounts.choose_password, cast.clerk, chosen, number)
    assert accounts.sign_in("clerk", given) == cast.clerk


def test_a_cookie_that_names_no_session_opens_nothing(app, cast):
    for token in ("", "1", f"{cast.clerk.id}.{cast.clerk.session}", "x" * 500, "\0"):
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = token
        assert not is_in(client)
        assert client.post("/sign-out").location == "/sign-in"


def test_pages_that_are_read_write_nothing_but_now_and_then_that_they_are(app, cast, machine):
    """And who it is that reads, is one query."""
    client = app.test_client(user=cast.clerk)
    for minutes, writes in ((0, 0), (9, 0), (11, 1), (12, 0), (22, 1)):
        machine(minutes=minutes)
        with statements() as sent:
            assert client.get("/password").status_code == 200
        wrote = [each for each in sent if each.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert [each.split()[1] for each in wrote] == ["user_session"] * writes
        if not writes:
            assert len([each for each in sent if "user_session" in each or "user_account" in each]) == 1


def test_what_a_page_asks_by_itself_keeps_nobody_signed_in(app, cast, machine):
    client = app.test_client(user=cast.clerk)
    machine(hours=11)
    assert client.get(f"/a/{VILLAGE}/alarms").status_code == 200
    machine(hours=13)
    assert not is_in(client)


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Safari/604 MicroMessenger/8.0"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537 Chrome/120 Safari/537 Edg/120.0"


def test_the_page_of_one_s_own_sessions(app, cast, browser_of):
    here, there, other = browser_of(), browser_of(), browser_of()
    assert knock(here, "clerk", PASSWORD, headers={"User-Agent": DESK}) == "in"
    assert knock(there, "clerk", PASSWORD, headers={"User-Agent": PHONE}) == "in"
    assert knock(other, "chair", PASSWORD, headers={"User-Agent": "curl"}) == "in"
    page = here.get("/sessions").text
    assert "Edge · Windows" in page
    assert "WeChat · iPhone" in page
    assert "a device without a name" not in page
    assert page.count("Sign out there") - 1 == 1  # the help names it too
    (path,) = re.findall("/sessions/[0-9]+/end", page)
    assert other.post(path).status_code == 404
    assert is_in(there)
    assert "a device without a name" in other.get("/sessions").text
    assert "You are signed out there." in here.post(path, follow_redirects=True).text
    assert not is_in(there)
    assert here.post(path).status_code == 404
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "user.end_session")).one()
    assert (event.actor, event.subject) == (cast.clerk, f"user:{cast.clerk.id}")


def test_a_copy_of_the_database_opens_nothing(cast, browser):
    knock(browser, "clerk", PASSWORD)
    with browser.session_transaction() as session:
        token = session["_user_id"]
    kept = db.session.scalars(sa.select(UserSession)).one()
    assert len(token) >= 32
    assert token not in [str(getattr(kept, column.key)) for column in UserSession.__table__.columns]


def test_sessions_of_long_ago_are_forgotten(cast, browser, machine):
    knock(browser, "clerk", PASSWORD)
    machine(days=29)
    knock(browser, "clerk", PASSWORD)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 2
    machine(days=31)
    knock(browser, "clerk", PASSWORD)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 2


def test_a_session_ends_with_the_browser(cast, browser):
    answer = browser.post("/sign-in", data={"username": "clerk", "password": PASSWORD})
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("session=")]
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_a_closed_sign_in_is_out_at_once(cast, browser_of):
    client = browser_of()
    knock(client, "clerk", PASSWORD)
    with transaction():
        keeping.close(cast.clerk, cast.township_user)
    assert not is_in(client)
    assert knock(client, "clerk", PASSWORD) == "wrong"
    with transaction():
        keeping.reopen(cast.clerk, cast.township_user)
    assert not is_in(client)
    assert knock(client, "clerk", PASSWORD) == "in"


def test_a_password_is_never_in_the_trail(cast):
    secret = temporary(cast)
    own_password(cast.clerk, "my own words")
    events = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "user.password")).all()
    assert [(event.before, event.detail) for event in events] == [
        ({"temporary": False, "session": 1}, {"temporary": True, "session": 2}),
        ({"temporary": True, "session": 2}, {"temporary": False, "session": 3}),
    ]
    assert {event.area_id for event in events} == {cast.village.id}
    everything = str([(event.before, event.detail) for event in db.session.scalars(sa.select(AuditEvent))])
    assert secret not in everything
    assert cast.clerk.password_hash not in everything
