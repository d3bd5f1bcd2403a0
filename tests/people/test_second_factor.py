"""The second step of signing in: set up by its owner, asked after the password, each code once, taken off."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
import sqlalchemy as sa

from ground import clock as calendar
from ground import web
from ground.db import db, get_locked, transaction
from people import audit
from people.models import AuditEvent, RecoveryCode, SecondFactor, User
from people.signin import keeping, second_factor
from people.views.signin.sign_in import CODE_PATIENCE_SECONDS, SECOND_FACTOR
from tests.cast import COUNTY, HASHED, PASSWORD, VILLAGE
from tests.story import do, own_password, refused

WRONG = "000000"


@pytest.fixture
def machine(monkeypatch):
    """The machine's own clock, held; it can be put forward by so much."""
    began = calendar.machine_now()

    def put(**later):
        monkeypatch.setattr(calendar, "machine_now", lambda: began + timedelta(**later))

    put(seconds=0)
    return put


@pytest.fixture
def key(app):
    with app.app_context():
        return web.program_key(SECOND_FACTOR)


class Phone:
    """The telephone that knows somebody's secret, and the paper with the recovery codes."""

    def __init__(self, secret, paper=()):
        self.secret, self.paper = secret, list(paper)

    def code(self, steps=0):
        return pyotp.TOTP(self.secret).at(int(calendar.machine_now().timestamp()), counter_offset=steps)


@pytest.fixture
def phone(app, cast, key, machine):
    """The chair has set it up; the machine's clock then stands where its first code is past."""
    nonce = second_factor.new_nonce()
    phone = Phone(second_factor.secret_of(cast.chair, nonce, key))
    phone.paper = do(second_factor.set_up, cast.chair, nonce, phone.code(), key)
    db.session.rollback()
    machine(minutes=1)
    return phone


@pytest.fixture
def browser_of(app, client_of):
    def browser_of():
        client = client_of(None)
        client.set_cookie("language", "en")
        return client

    return browser_of


def password_of_chair(browser, **more):
    return browser.post("/sign-in", data={"username": "chair", "password": PASSWORD} | more)


def code(browser, typed, **more):
    """Type a code: "in", or what the page says about it."""
    answer = browser.post("/sign-in/code", data={"code": typed} | more)
    if answer.status_code == 302:
        return "in"
    for said in ("Too many wrong tries", "code is not right", "begin once more"):
        if said in answer.text:
            return said
    raise AssertionError(answer.text)


def is_in(browser):
    return browser.get(f"/v/{VILLAGE}/grids").status_code == 200


# --- Setting it up ---


def secret_on(page):
    return re.search(r'<p class="number">([A-Z2-7 ]+)</p>', page)[1]


def test_it_is_set_up_on_one_s_own_page_and_the_codes_are_shown_once(app, cast, browser_of, machine):
    browser, elsewhere = browser_of(), browser_of()
    for each in (browser, elsewhere):
        assert password_of_chair(each).status_code == 302
    page = browser.get("/second-step")
    assert "Set it up or take it off" in browser.get("/password").text
    shown, nonce = secret_on(page.text), re.search(r'name="nonce"[^>]*value="(\w{32})"', page.text)[1]
    assert all(len(group) == 4 for group in shown.split())
    phone = Phone(shown.replace(" ", ""))
    typed = {"nonce": nonce, "code": phone.code(), "password": PASSWORD}
    for wrong, said in (
        ({"code": WRONG}, "code is not right"),
        ({"password": "guess"}, "The present password is not right"),
        ({"nonce": "x"}, "code is not right"),
    ):
        answer = browser.post("/second-step", data=typed | wrong)
        assert (answer.status_code, said in answer.text) == (422, True), said
    again = browser.post("/second-step", data=typed | {"code": WRONG}).text
    assert secret_on(again) == shown  # so that the telephone need not read it anew
    done = browser.post("/second-step", data=typed)
    codes = re.findall(r'class="number">([\d ]+)<', done.text)
    assert (done.status_code, len(codes), done.headers["Cache-Control"]) == (200, 8, "no-store")
    assert is_in(browser)
    assert not is_in(elsewhere)
    assert "8 recovery codes are left" in browser.get("/second-step").text
    assert codes[0] not in browser.get("/second-step").text
    machine(minutes=1)
    assert password_of_chair(elsewhere).status_code == 200
    assert code(elsewhere, codes[0]) == "in"


def test_the_qr_code_holds_the_same_secret(cast, key):
    secret = second_factor.secret_of(cast.chair, "0" * 32, key)
    parts = urlsplit(second_factor.address_of(cast.chair, secret))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/爱心:chair")
    assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["爱心"]}


def test_who_may_have_one(cast, client_of, key):
    for name in ("chair", "township_user", "county_user"):
        assert client_of(cast.user(name)).get("/second-step").status_code == 200
    for name in ("clerk", "volunteer", "worker"):
        assert client_of(cast.user(name)).get("/second-step").status_code == 404
        assert "second-step" not in client_of(cast.user(name)).get("/password").text
    nonce = second_factor.new_nonce()
    refused("not_for_this_role", second_factor.set_up, cast.clerk, nonce, WRONG, key)


def test_it_is_set_up_once(cast, phone, key):
    refused("second_factor_held", second_factor.set_up, cast.chair, "0" * 32, phone.code(), key)


# --- Asked after the password ---


def test_the_password_alone_opens_nothing(cast, phone, browser_of):
    browser = browser_of()
    asked = password_of_chair(browser)
    assert (asked.status_code, "One more step" in asked.text) == (200, True)
    assert not is_in(browser)
    assert browser.post(f"/v/{VILLAGE}/pins").location.startswith("/sign-in?")
    assert code(browser, WRONG) == "code is not right"
    assert not is_in(browser)
    assert code(browser, phone.code()) == "in"
    assert is_in(browser)


def test_a_wrong_password_does_not_show_that_there_is_a_second_step(cast, phone, browser_of):
    answer = browser_of().post("/sign-in", data={"username": "chair", "password": "guess"})
    assert (answer.status_code, "The name or the password is not right." in answer.text) == (422, True)


def test_nobody_comes_by_the_second_step_alone(cast, phone, browser_of):
    browser = browser_of()
    assert code(browser, phone.code()) == "begin once more"
    assert browser.get("/sign-in/code").location == "/sign-in"
    assert not is_in(browser)


def test_a_code_of_another_s_telephone_opens_nothing(cast, phone, key, browser_of):
    other = Phone(second_factor.secret_of(cast.county_user, "0" * 32, key))
    browser = browser_of()
    password_of_chair(browser)
    assert code(browser, other.code()) == "code is not right"


@pytest.mark.parametrize("typed", ["{} {}", "{}-{}", " {}{} "])
def test_however_it_is_typed(cast, phone, browser_of, typed):
    browser, shown = browser_of(), phone.code()
    password_of_chair(browser)
    assert code(browser, typed.format(shown[:3], shown[3:])) == "in"


def test_clocks_may_differ_by_half_a_minute(cast, phone, key, machine):
    for steps, is_good in ((-2, False), (2, False), (-1, True), (0, True), (1, True)):
        if is_good:
            do(second_factor.use_code, cast.chair, phone.code(steps), key)
        else:
            refused("wrong_code", second_factor.use_code, cast.chair, phone.code(steps), key)


def test_a_code_is_good_once_and_none_before_it_any_more(cast, phone, key):
    used, before = phone.code(), phone.code(-1)
    do(second_factor.use_code, cast.chair, used, key)
    for typed in (used, before):
        refused("wrong_code", second_factor.use_code, cast.chair, typed, key)
    do(second_factor.use_code, cast.chair, phone.code(1), key)


def test_a_recovery_code_is_good_once_and_written_down(cast, phone, key):
    do(second_factor.use_code, cast.chair, phone.paper[0], key)
    refused("wrong_code", second_factor.use_code, cast.chair, phone.paper[0], key)
    do(second_factor.use_code, cast.chair, phone.paper[1], key)
    assert second_factor.codes_left(cast.chair) == 6
    lines = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "user.recovery_code")).all()
    assert [line.detail for line in lines] == [{"number": 7}, {"number": 6}]


def test_five_wrong_codes_wait_also_with_the_password_in_between(cast, phone, browser_of, clock):
    browser = browser_of()
    for _each in range(5):
        password_of_chair(browser)
        assert code(browser, WRONG) == "code is not right"
    password_of_chair(browser)
    assert code(browser, phone.code()) == "Too many wrong tries"
    clock.turn_to(calendar.now() + timedelta(minutes=15))
    assert code(browser, phone.code()) == "in"


def test_who_knows_the_password_does_not_lock_the_owner_out_on_a_known_device(
    cast, phone, browser_of, machine
):
    owner, thief = browser_of(), browser_of()
    password_of_chair(owner)
    assert code(owner, phone.code()) == "in"
    owner.post("/sign-out")
    machine(minutes=2)
    password_of_chair(thief)
    for _each in range(5):
        code(thief, WRONG)
    assert code(thief, phone.code()) == "Too many wrong tries"
    password_of_chair(owner)
    assert code(owner, phone.code()) == "in"


def test_the_password_is_typed_anew_after_ten_minutes_or_when_it_was_changed(
    cast, phone, browser_of, machine
):
    late, changed = browser_of(), browser_of()
    password_of_chair(late)
    machine(seconds=60 + CODE_PATIENCE_SECONDS)
    assert code(late, phone.code()) == "begin once more"
    password_of_chair(changed)
    own_password(cast.chair, "drei-kleine-fische")
    assert code(changed, phone.code()) == "begin once more"


def test_a_form_that_could_not_be_sent_comes_through_both_steps(cast, phone, browser_of, client_of):
    """What was typed is carried to the sign-in, from there to the code, and back to its page."""
    client = client_of(cast.chair)
    client.set_cookie("language", "en")
    page = client.get(f"/v/{VILLAGE}/grids/new").text
    once = re.search(r'name="once"[^>]*value="([^"]+)"', page)[1]
    client.post("/sign-out")
    asked = client.post(f"/v/{VILLAGE}/grids/new", data={"once": once, "name": "河边网格"})
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', asked.text)[1]
    step = password_of_chair(client, kept=kept)
    carried = re.search(r'name="kept"[^>]*value="([^"]+)"', step.text)[1]
    wrong = client.post("/sign-in/code", data={"code": WRONG, "kept": carried})
    assert f'value="{carried}"' in wrong.text
    through = client.post("/sign-in/code", data={"code": phone.code(), "kept": carried})
    assert (through.status_code, "河边网格" in through.text) == (200, True)
    assert is_in(client)


def come_in(ident, typed, key):
    second_factor.use_code(get_locked(User, ident), typed, key)


def test_of_eight_who_send_one_code_at_once_one_comes_in(cast, phone, key, machine, at_once):
    """Somebody looked over a shoulder; by the telephone's code, and by one from the paper."""
    machine(seconds=0)  # the other processes have the machine's
    for typed in (phone.code(1), phone.paper[0]):
        outcomes = at_once([(come_in, cast.chair.id, typed, key)] * 8)
        assert sorted(outcomes) == [("done", None)] + [("refused", "wrong_code")] * 7


# --- What is kept ---


def test_a_copy_of_the_database_shows_no_code(cast, phone, key):
    rows = [
        str(value)
        for table in (SecondFactor, RecoveryCode, AuditEvent)
        for row in db.session.execute(sa.select(*table.__table__.columns))
        for value in row
    ]
    assert not any(secret in value for value in rows for secret in (phone.secret, *phone.paper))
    factor = second_factor.find(cast.chair)
    assert second_factor.secret_of(cast.chair, factor.nonce, b"another program's") != phone.secret
    assert second_factor.secret_of(cast.clerk, factor.nonce, key) != phone.secret


# --- Taken off ---


def test_its_owner_takes_it_off_with_a_code(cast, phone, browser_of):
    browser = browser_of()
    password_of_chair(browser)
    assert code(browser, phone.code(-1)) == "in"
    refused = browser.post("/second-step/off", data={"code": WRONG})
    assert (refused.status_code, "code is not right" in refused.text) == (422, True)
    assert browser.post("/second-step/off", data={"code": phone.code()}).location == "/password"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 0
    assert password_of_chair(browser_of()).status_code == 302
    assert second_factor.taken_off_by_another(cast.chair) is None


def test_who_keeps_the_sign_in_takes_it_off_and_its_owner_is_told(cast, phone, client_of, clock):
    path = f"/a/{COUNTY}/accounts/{cast.chair.id}"
    county, clerk = client_of(cast.county_user), client_of(cast.clerk)
    assert "second-step/off" in county.get(path).text
    refused("own_account", keeping.take_off_second_factor, cast.chair, cast.chair)
    refused("above_you", keeping.take_off_second_factor, cast.chair, cast.clerk)
    assert clerk.post(f"/a/{VILLAGE}/accounts/{cast.chair.id}/second-step/off").status_code == 422
    assert county.post(f"{path}/second-step/off").status_code == 302
    assert "second-step/off" not in county.get(path).text
    line = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.action == "user.second_factor_off")
    ).one()
    assert (line.actor, line.subject, line.area) == (
        cast.county_user,
        audit.name_of(cast.chair),
        cast.village,
    )
    assert cast.county_user.name in client_of(cast.chair).get(f"/v/{VILLAGE}/").text
    assert cast.county_user.name not in client_of(cast.second_chair).get(f"/v/{VILLAGE}/").text
    clock.days_on(31)
    assert cast.county_user.name not in client_of(cast.chair).get(f"/v/{VILLAGE}/").text


def test_a_new_password_alone_does_not_take_it_off(cast, phone, browser_of):
    with transaction():
        given = keeping.give_password(cast.chair, cast.county_user, HASHED)
    answer = browser_of().post("/sign-in", data={"username": "chair", "password": given})
    assert "One more step" in answer.text


def test_the_command_for_whom_nobody_else_can_help(app, cast, phone):
    done = app.test_cli_runner().invoke(args=["accounts", "second-step-off", "chair"])
    assert done.exit_code == 0, done.output
    assert second_factor.find(cast.chair) is None
    assert second_factor.taken_off_by_another(cast.chair) is not None
