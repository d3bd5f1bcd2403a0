"""What was sent is done once, and what was typed is not lost: over every form of every page."""

import re
import secrets
import sqlite3
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from ground import clock, formkey, sending, web
from ground.clock import Quarter
from ground.db import db, transaction
from ground.formkey import FormKey
from ground.pictures import Jpeg
from people import access, cards
from people.conduct import trainings
from people.models import CardState, Contact, DepartureKind, Duty, GridKind, Role, Stage, Training
from people.roster import departures, grids, growth, persons, terms
from people.signin import accounts, keeping, sessions
from points import ledger
from points.assessment import meeting
from points.models import Deduction, Objection
from points.rubrics import template, versions
from points.services import activities, deductions, recording
from points.wall import objections
from shop.desk import devices, redemptions
from shop.models import Goods, ReceiptPrinter, Source, StockMove
from shop.purchases import requests
from shop.shelf import goods, pictures, printing
from shop.shelf.printing import Printing
from shop.stock import consignments, counts, moves
from tests.cast import HASHED, ITEMS, NEXT_VILLAGE, PASSWORD, TODAY, VILLAGE, a_picture
from tests.formpages import Explorer, data_of, endpoint_of, forms_of
from tests.people.test_rosterfile import row, workbook
from tests.points import hung
from tests.setup.pages import FIRST_DAY
from tests.story import new_password
from tests.test_rules import (
    DUTY_WRITES,
    PUBLIC,
    WRITES,
    lived_in,
    ready_for_duties,
    ready_to_write,
    rules,
    written_out,
)

__all__ = ["lived_in"]  # a fixture

USERS = ("clerk", "chair", "manager", "worker", "supervisor", "instructor", "township_user", "county_user")

# Forms that do what they do as often as they are sent, and why.
FILE = "gives a file each time, and says so in the trail"
REPEATING = {
    **dict.fromkeys(("home.language", "home.print_size"), "keeps a choice in the browser"),
    **dict.fromkeys(("signin.sign_in", "signin.password"), "a password is proved each time"),
    **dict.fromkeys(("signin.sign_in_code", "signin.second_step", "signin.second_step_off"), "a code, too"),
    **dict.fromkeys(("roster.export_roster", "shelf.export_goods"), FILE),
    **dict.fromkeys(("duties.export_households", "duties.export_grid_households"), FILE),
    **dict.fromkeys(("rubrics.adopt_from_file", "rubrics.publish_from_file"), "only reads a file"),
    **dict.fromkeys(("conduct.training_scan", "conduct.training_photo"), "who is there is there once"),
    **dict.fromkeys(("desk.desk_scan", "desk.desk_photo", "services.find_slip"), "only finds"),
    "desk.undo": "sent again, it answers with the first time; the desk asks again where no answer came",
    "desk.print_receipt": "prints each time, and a reprint says so in the trail",
    "shelf.print_trial": "prints each time",
}
# What pages never send by a form.
WITHOUT_A_FORM = {
    **dict.fromkeys(("desk.desk_read", "conduct.training_read"), "frames of a camera"),
    **dict.fromkeys(("offline.take_lease", "offline.exchange"), "what a desk holds and wrote, by a script"),
    "purchases.tap_wish": "a tap at the desk, by a script",
    "demo.next_day": "in the demo alone",
    **dict.fromkeys(FIRST_DAY, "setup/test_first_day.py"),
}
# Forms whose double sending is told where their story is.
TOLD_ELSEWHERE = {
    **dict.fromkeys(("roster.import_file", "shelf.goods_file", "duties.household_file"), "below"),
    "desk.redeem": "below",
    "openings.openings_file": "as a list of goods",
    **dict.fromkeys(("signin.sign_in_code", "signin.second_step_off"), "people/test_second_factor.py"),
    "signin.take_off_second_step": "people/test_second_factor.py",
    "roster.take_back_import": "people/test_takeback.py",
    "shelf.take_back_goods": "shop/test_goods_taken_back.py",
    "duties.take_back_households": "duties/test_households_taken_back.py",
    **dict.fromkeys(("offline.break_lease", "offline.try_again"), "shop/test_desk_offline.py"),
    "setup.skip_step": "setup/test_steps.py",
    "stock.count": "shop/test_stock_takes.py, by two who count one line",
    **dict.fromkeys(
        ("signin.sign_out", "upkeep.make_backup", "upkeep.address"), "writes nothing into the database"
    ),
}
# What is proved in them is never kept.
PROVING = ("signin.sign_in", "signin.password", "signin.second_step")


def typed(cast):
    """What somebody types into forms that do not take just anything, by endpoint."""
    roster = BytesIO("村(社区)代码,网格编码\n0,1\n".encode()), "花名册.csv"
    wares = BytesIO("货品名称,单位\n,\n".encode()), "货品.csv"
    homes = BytesIO("网格编码,户主\n,\n".encode()), "住户.csv"
    helper = cast.term_of(cast.person("赵指导"))
    return {
        "duties.step_incident": {"to": "应急所", "note": "报上去了"},
        "roster.import_roster": {"file": roster},
        "shelf.import_goods": {"file": wares},
        "duties.import_households": {"file": homes},
        "conduct.reach_stage": {"person": str(cast.worker.id)},
        "wall.answer_objection": {"outcome": "rejected"},
        "openings.new_objection": {"line": "2", "text": "存折上是另一个数"},
        "openings.answer_objection": {"outcome": "rejected", "right": ""},
        "openings.import_openings": {"file": (BytesIO("姓名,余额,依据\n,,\n".encode()), "期初.csv")},
        "roster.appoint": {"name": "新来的", "agency": "司法所"},
        "roster.hand_over": {"name": "新来的", "sex": "female"},
        "roster.correct_grid": {"households": "9"},
        "roster.correct_person": {"phone": "13900001111"},
        "duties.correct_household": {"residents": "3"},
        "signin.further_role": {"username": "outsider", "role": "instructor", "place": str(cast.village.id)},
        "signin.new_account": {"unit": "镇司法所"},
        "signin.link_account": {"person": str(cast.worker.id)},
        "disclosure.disclosures": {"interval": "month"},
        "shelf.hours": {"weekly-0-opens": "08:00", "weekly-0-closes": "12:00"},
        "shelf.printing": {"address": "192.168.8.21"},
        "shelf.add_code": {"barcode": "6901028075848"},
        "shelf.article": {"spec": "125克"},
        "stock.count": {"units-1": "5"},
        "stock.new_delivery": {"lines-0-article": "肥皂", "lines-0-quantity": "5"},
        "purchases.new_request": {"lines-0-article": "肥皂", "lines-0-quantity": "5"},
        "purchases.wish": {"text": "雨靴"},
        "services.new_activity": {"here": str(cast.worker.id)},
        "services.new_deduction": {
            "worker": str(cast.worker.id),
            "reason": "这一天没有去过",
            "shown_by": "住户当面说的",
        },
        "roster.renew_terms": {"term": str(helper.id)},
        "ledger.expiry": {"expires_on": "2027-06-30"},
    }


@pytest.fixture
def stage(cast, lived_in):
    """A village in which still more has happened, so that pages have forms for it; pages without a link."""
    leaver = cast.workers[-1]
    with transaction():
        helper = persons.add_person(cast.township, "赵指导", None, agency="镇司法所")
        terms.appoint(helper, cast.term_of(cast.neighbour).grid, Duty.INSTRUCTOR, date(2024, 2, 1), None)
        keeping.link(cast.instructor, helper, None)
        sessions.begin(cast.clerk, cast.clerk.session, "Firefox on Windows, at home")
    cast.earn(leaver, 30)
    with clock.at(date(2025, 8, 1)), transaction():
        departures.depart(leaver, DepartureKind.EXIT, "外出务工", "村委会", clock.today(), cast.chair)
    deduction = db.session.get_one(Deduction, lived_in["services.deduction"]["ident"])
    objection = db.session.scalars(select(Objection)).one()
    with transaction():
        objections.answer(objection, True, 10, "少记一次", "评议小组", cast.clerk)
        deductions.state(deduction, "我去过", "state" * 4, cast.chair)
        taken = cast.deduct(cast.neighbour, TODAY)
        for number, worker in enumerate(cast.workers[:3]):
            claim = (worker, cast.item("代办"), TODAY, 1, "", cast.clerk)
            recording.record(f"plain{number:011}", *claim)
        claim = (cast.village, cast.item("公益"), TODAY, 1, "扫水沟", cast.workers[:3], cast.clerk)
        activities.record("activity" * 2, *claim)
        cast.serve(cast.worker, "入户发放", TODAY, cast.clerk, cast.chair)
        versions.adopt(cast.village, date(2027, 1, 1), "村民代表会议", (), cast.chair)
        limits = template.USUAL_LIMITS
        versions.publish(cast.county, date(2027, 1, 1), "县委政法委", ITEMS, limits, cast.county_user)
        closed = accounts.add_user("gone", "走了的人", HASHED, None, temporary=False)
        accounts.grant(closed, Role.VOLUNTEER, cast.village, None)
        keeping.close(closed, None)
        for number, role in enumerate((Role.CLERK, Role.MANAGER)):
            waiting = accounts.add_user(f"from-one-hand-{number}", f"新来的{number}", HASHED, None)
            accounts.grant(waiting, role, cast.village, cast.chair)
        cards.report_lost(cast.card_of(cast.workers[2]), cast.chair)
        devices.add_device(cast.shop, "收银机", cast.manager)
        devices.give_voids(devices.add_device(cast.shop, "后门收银机", cast.manager)[0], cast.manager)
        old, spare, towel = (goods.add_goods(cast.shop, name, "个", 5) for name in ("火柴", "蜡烛", "毛巾"))
        goods.archive(old, cast.manager)
        pictures.set_picture(cast.goods, Jpeg(a_picture(200, 200)), cast.manager)
        moves.receive("m" * 16, towel, 2, Source.PURCHASE, cast.manager)
        soap = db.session.scalars(
            select(Goods).where(Goods.shop == cast.next_shop, Goods.name == "肥皂")
        ).one()
        consignments.send("n" * 16, cast.lot_of(soap), cast.shop, 1, "", cast.outside_volunteer)
        take = counts.open_stock_take(cast.shop)
        counts.record_count("count" * 4, take, towel, 2, cast.volunteer)
        done = redemptions.redeem("r" * 16, cast.shop, cast.card, {cast.salt.id: 1}, cast.manager)
        printing.set_printing(cast.shop, Printing("58", ReceiptPrinter.NETWORK, "192.168.8.20"), cast.manager)
        departures.add_item(cast.county, "瞒报隐患", TODAY, cast.county_user)
        growth.reach_stage(cast.neighbour, next(iter(Stage)), TODAY, "支委会", cast.clerk)
        training = db.session.scalars(select(Training)).one()
        trainings.check_in(training, cast.card.number, cast.clerk)
        grid = grids.add_grid(cast.village, "99", "空网格", GridKind.RURAL, 3, cast.clerk)
        move = db.session.scalars(select(StockMove).where(StockMove.key == "m" * 16)).one()
        to_buy = [requests.Wanted(towel, "", 2, 350)]
        requests.approve(
            requests.ask("q" * 16, cast.shop, to_buy, "", cast.manager), cast.manager, cast.chair
        )
        moves.receive("bought" * 3, towel, 2, Source.PURCHASE, cast.manager)
    places = (
        f"v/{VILLAGE}/quarters/{lived_in['wall.preview']['quarter']}",
        *(f"v/{VILLAGE}/goods/{article.id}" for article in (old, spare, cast.goods)),
        f"v/{VILLAGE}/cards/people/{cast.workers[2].id}",
        f"v/{VILLAGE}/goods/moves/{move.id}/undo",
        *(f"a/{VILLAGE}/accounts/{user.id}" for user in (closed, waiting)),
        *(f"v/{VILLAGE}/grids/{grid.id}/{change}" for change in ("close", "merge")),
        f"v/{VILLAGE}/desk/{cast.card.number}",
        f"v/{VILLAGE}/desk?done={done.id}",
        f"v/{VILLAGE}/quarters/2026Q4/workers/{cast.neighbour.id}",
        f"v/{VILLAGE}/people/{cast.workers[3].id}/leave",
        f"v/{VILLAGE}/accounts/{cast.worker.id}",
        f"v/{VILLAGE}/services?state=confirmed",
        f"v/{VILLAGE}/services/deductions/{taken.id}",
    )
    db.session.rollback()
    return [f"/{place}" for place in places]


@pytest.fixture(scope="module")
def found_before():
    """Finding the forms takes most of the time; they are the same in each copy of the stage."""
    return []


@pytest.fixture
def found(app, cast, client_of, stage, found_before):
    """The forms of all pages, each as it stands there: whose name, the page, endpoint and form."""
    found_before[:] = found_before or each_form(app, cast, client_of, stage)
    return found_before


def post_endpoints(app):
    """The endpoints that people send forms to."""
    return {route.endpoint for route, rule in rules(app) if "POST" in route.methods and not rule.device}


def each_form(app, cast, client_of, pages):
    explorer, left = (
        Explorer(app, pages),
        post_endpoints(app) - set.union(*NOT_ON_STAGE.values(), REPEATING, TOLD_ELSEWHERE, WITHOUT_A_FORM),
    )
    for username in USERS:
        user = cast.user(username)
        held = set.union(*(user.roles_in(area) for area in (cast.village, cast.township, cast.county)))
        wanted = {
            endpoint for endpoint in left if not (roles := access.rule_of(endpoint).roles) or roles & held
        }
        found = explorer.forms(client_of(user), wanted)
        left -= found.keys()
        for endpoint, places in found.items():
            for page, form in places:
                yield username, page, endpoint, form


class Snapshot:
    """The database of a test as it was; it is put back as often as it takes."""

    def __init__(self):
        self._file = db.engine.url.database
        self._kept = sqlite3.connect(":memory:")
        with sqlite3.connect(self._file) as live:
            live.backup(self._kept)
        live.close()

    def put_back(self):
        db.session.rollback()
        with sqlite3.connect(self._file) as live:
            self._kept.backup(live)
        live.close()


@contextmanager
def tables_written():
    """The tables in which rows are written and kept, but for the notes of forms and the tries at the door."""
    kept, written = set(), []

    def note(_connection, cursor, statement, *_more):
        verb = re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)", statement)
        is_kept = statement.startswith("INSERT") or cursor.rowcount  # with RETURNING it is not counted yet
        if verb and is_kept and verb[1] not in ("sent_form", "sign_in_failure"):
            written.append(verb[1])

    watched = {
        "after_cursor_execute": note,
        "commit": lambda _connection: (kept.update(written), written.clear()),
        "rollback": lambda _connection: written.clear(),
    }
    for happening, listener in watched.items():
        event.listen(db.engine, happening, listener)
    yield kept
    for happening, listener in watched.items():
        event.remove(db.engine, happening, listener)


def send_twice(client, address, sent, page, repeats):
    """Send the same twice from a page; whether the first wrote anything. The second writes nothing more.

    Where the first led, there the second leads; to its page where the answer was a page of its own.
    """
    referer = {"Referer": f"http://localhost{page}"}
    with tables_written() as once:
        first = client.post(address, data=data_of(sent), headers=referer)
    if not once:
        return False
    with tables_written() as twice:
        second = client.post(address, data=data_of(sent), headers=referer)
    assert twice == set(), address
    if not repeats:
        assert (second.status_code, second.location) == (302, first.location or page), address
        if not first.location:  # a secret, which is shown once
            assert first.headers["Cache-Control"] == "no-store", address
            assert "只显示那一次" in client.get(page, follow_redirects=True).text, address
    return True


def key_of(form):
    """The key that a form carries, or None."""
    return formkey.read(next((each.value for each in form.controls if each.name == formkey.FIELD), ""))


def is_repeated(endpoint, form):
    """Whether a form may be done as often as it is sent: said above, or its verb has a key of its own."""
    return endpoint in REPEATING or any(each.name == "key" for each in form.controls)


@pytest.mark.only_on("sqlite")
def test_every_form_is_done_once(app, cast, client_of, found):
    """Through the forms as pages have them: each carries the key of its reader, and is sent twice."""
    before, told, done = Snapshot(), typed(cast), set()
    for username, page, endpoint, form in found:
        user, key = cast.user(username), key_of(form)
        assert key is not None, (endpoint, page)
        assert (key.user_id, key.is_repeatable) == (user.id, is_repeated(endpoint, form)), (endpoint, page)
        if endpoint not in done | REPEATING.keys() | TOLD_ELSEWHERE.keys():
            filled = form.filled(told.get(endpoint))
            if send_twice(client_of(user), form.action, filled, page, key.is_repeatable):
                done.add(endpoint)
            before.put_back()
    meant = {*REPEATING, *TOLD_ELSEWHERE, *WITHOUT_A_FORM}
    assert post_endpoints(app) - done - meant == set.union(*NOT_ON_STAGE.values())


@pytest.fixture
def with_tokens(app, monkeypatch):
    """Forms need the token of their session, as for people."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def form_to(app, answer, endpoint, like=None):
    """The form of an answer that is sent to this endpoint; `like` tells several apart by their address."""
    forms = [form for form in forms_of(answer) if endpoint_of(app, form.action) == endpoint]
    return next((form for form in forms if like is None or form.action == like), None)


def without_files(pairs):
    """What of a form can be kept, in its order: no files, no token."""
    return [pair for pair in pairs if not isinstance(pair[1], tuple) and pair[0] != "csrf_token"]


def without_keys(pairs):
    """What was typed, without what goes along and without files, as a set to compare."""
    left_out = (formkey.FIELD, "csrf_token", "look", "key")
    return {(name, value) for name, value in pairs if name not in left_out and not isinstance(value, tuple)}


def sign_in_on(app, client, answer, username):
    """Sign in on the page that asks for it; what comes then."""
    form = form_to(app, answer, "signin.sign_in")
    return client.post(form.action, data=data_of(form.filled({"username": username, "password": PASSWORD})))


@pytest.mark.only_on("sqlite")
def test_what_was_typed_is_kept_and_shown_again(app, cast, client_of, found, with_tokens):
    """Signed out between page and sending: over every form of every page.

    The sign-in page carries it along, and the form comes back filled. The steps between are told below.
    """
    nobody, asked = client_of(), set()
    for username, page, endpoint, form in found:
        if endpoint in asked or endpoint in PROVING:
            continue
        asked.add(endpoint)
        sent = form.filled(everything=True)
        carried = without_files(sent)
        if endpoint not in PUBLIC:
            answer = nobody.post(form.action, data=data_of(sent))
            assert answer.status_code == 401, (endpoint, page)
            kept = sending.opened(dict(form_to(app, answer, "signin.sign_in").filled())["kept"])
            assert (kept.address, kept.fields) == (form.action, carried), (endpoint, page)
        if key_of(form).is_redisplayed:
            answer = client_of(cast.user(username)).post(form.action, data=data_of(carried))
            back = form_to(app, answer, endpoint)
            assert (answer.status_code, back is None) == (422, False), (endpoint, page)
            assert without_keys(carried) - without_keys(back.as_shown()) == set(), (endpoint, page)
        elif endpoint not in PUBLIC:
            answer = client_of(cast.user(username)).post(form.action, data=data_of(carried))
            assert answer.status_code == 400, (endpoint, page)
            assert form_to(app, answer, endpoint) is not None, (endpoint, page)
    told = {*WITHOUT_A_FORM, *TOLD_ELSEWHERE, *PROVING}
    assert post_endpoints(app) - asked - told <= set.union(*NOT_ON_STAGE.values())


MORE_WRITES = (
    ("clerk", "quarters/2026Q4/post-changes", {}),
    ("township_user", "quarters/2026Q4/return", {"reason": "漏了一人"}),
    ("clerk", "quarters/2026Q3/recusals/{recusal}/lift", {}),
    ("clerk", "/a/{village}/trainings/{training}/call-off", {}),
    ("clerk", "quarters/2026Q3/reopen", {}),
)


def ready_for_more(cast):
    """What `MORE_WRITES` write about."""
    assessment = hung.on_wall(cast, {cast.worker.name: 20})
    objection = hung.object_to(assessment, cast.worker, cast.clerk)
    deliberated = hung.in_meeting(cast, {}, Quarter(2026, 3))
    with transaction():
        objections.answer(objection, True, 10, "少记一次", "评议小组", cast.clerk)
        recusal = meeting.recuse(deliberated, deliberated.members[-1], cast.neighbour, "夫妻", cast.clerk)
        held = ("t" * 16, cast.village, Duty.WORKER, "用电安全", "村委会", TODAY, cast.clerk)
        training = trainings.hold(*held)
    return {"village": VILLAGE, "recusal": recusal.id, "training": training.id}


# What no page of the stage above has a form for, by who makes it ready.
NOT_ON_STAGE = {
    ready_to_write: {
        *("assessment.book", "conduct.tick_training", "conduct.unmark_law", "ledger.cancel_expiry"),
        *("ledger.merge", "meeting.adjust", "meeting.deliberate"),
        *("services.confirm_slip", "stock.begin_stock_take"),
        *("wall.answer_objection", "wall.new_objection", "wall.object_online"),
    },
    ready_for_duties: {
        *("duties.household_back", "duties.new_visit", "duties.new_visit_in_grid", "duties.undo_attempt"),
    },
    ready_for_more: {"assessment.send_back", "meeting.lift", "meeting.reopen", "conduct.call_off"},
}


@pytest.mark.parametrize(
    ("ready", "posts"),
    [(ready_to_write, WRITES), (ready_for_duties, DUTY_WRITES), (ready_for_more, MORE_WRITES)],
)
@pytest.mark.only_on("sqlite")
def test_what_no_form_of_the_stage_sends_is_done_once(app, cast, client_of, ready, posts):
    """The rest of the posts, each with a key as its page would have made it."""
    there, wrote = ready(cast), set()
    for name, path, form in posts:
        if form is None:
            continue
        address, filled = written_out(path, form, there)
        endpoint, user = endpoint_of(app, address), None if name == "passer_by" else cast.user(name)
        if endpoint in REPEATING:
            continue
        repeats = "key" in form
        key = FormKey(uuid4().hex, user and user.id, repeats, is_redisplayed=True)
        sent_along = [*filled.items(), (formkey.FIELD, key.signed())]
        if send_twice(client_of(user), address, sent_along, f"/v/{VILLAGE}/", repeats):
            wrote.add(endpoint)
    assert NOT_ON_STAGE[ready] - wrote == set()


def test_after_signing_in_again_the_form_is_there_filled_and_can_be_sent(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    client.delete_cookie("session")
    answer = sign_in_on(app, client, client.post(address, data=filled), "clerk")
    carried = form_to(app, answer, "home.new_contact")
    assert without_keys(filled.items()) == without_keys(carried.as_shown())
    answer = client.post(carried.action, data=dict(carried.filled()))
    back = form_to(app, answer, "home.new_contact")
    assert (answer.status_code, without_keys(back.as_shown())) == (422, without_keys(filled.items()))
    assert names_of_contacts(cast) == []
    assert client.post(back.action, data=dict(back.filled())).status_code == 302
    assert names_of_contacts(cast) == ["马警官"]


HERE = f"/v/{VILLAGE}/contacts/new"
OFFICIAL = {"name": "马警官", "agency": "派出所", "phone": "110", "kind": "official"}


def contact_form(app, client, **typed):
    """The page's form for a contact, filled in: where it is sent, and what is sent."""
    form = form_to(app, client.get(HERE), "home.new_contact")
    return form.action, dict(form.filled(OFFICIAL | typed))


def names_of_contacts(cast):
    db.session.rollback()
    return sorted(contact.name for contact in db.session.scalars(select(Contact)))


def test_the_second_click_leads_to_the_same_page(app, cast, client_of):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    for told in ("马警官 is on the list now.", "It was not done a second time."):
        client.set_cookie("language", "en")
        answer = client.post(address, data=filled, follow_redirects=True)
        assert (answer.request.path, told in answer.text) == (f"/v/{VILLAGE}/contacts", True)
    assert names_of_contacts(cast) == ["马警官"]


def test_the_same_form_with_other_content_is_told_and_can_be_sent_again(app, cast, client_of):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    client.post(address, data=filled)
    answer = client.post(address, data=filled | {"name": "杨警官"})
    back = form_to(app, answer, "home.new_contact")
    assert (answer.status_code, dict(back.filled())["name"]) == (409, "杨警官")
    assert client.post(address, data=dict(back.filled())).status_code == 302
    assert names_of_contacts(cast) == ["杨警官", "马警官"]


def test_what_was_refused_can_be_sent_with_the_same_key(app, cast, client_of):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    assert client.post(address, data=filled | {"phone": ""}).status_code == 422
    assert client.post(address, data=filled).status_code == 302
    assert names_of_contacts(cast) == ["马警官"]


def test_a_key_is_good_at_its_own_address_alone(app, cast, client_of):
    """One form object may stand on a page several times, each with an address of its own."""
    for worker in cast.workers[:2]:
        key = FormKey("k" * 32, cast.clerk.id, is_repeatable=False, is_redisplayed=True).signed()
        path = f"/a/{VILLAGE}/trainings/law-mark/{worker.id}"
        answer = client_of(cast.clerk).post(path, data={"marked_on": "2026-12-01", formkey.FIELD: key})
        assert answer.status_code == 302
    assert [worker.law_mark_on is None for worker in cast.workers[:2]] == [False, False]


def test_a_page_of_another_session_of_the_same_person_comes_back_filled(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    other = client_of(cast.clerk)  # signed in anew: another session, another token
    other.get(HERE)
    answer = other.post(address, data=filled)
    back = form_to(app, answer, "home.new_contact")
    assert (answer.status_code, names_of_contacts(cast)) == (422, [])
    assert other.post(address, data=dict(back.filled())).status_code == 302
    assert names_of_contacts(cast) == ["马警官"]


def test_as_another_person_nothing_is_sent_and_nothing_shown(app, cast, client_of, with_tokens):
    address, filled = contact_form(app, client_of(cast.clerk))
    chair = client_of(cast.chair)
    chair.get(HERE)
    answer = chair.post(address, data=filled)
    assert (answer.status_code, "马警官" in answer.text) == (401, False)
    answer = sign_in_on(app, chair, answer, "second_chair")
    assert (answer.status_code, answer.location) == (302, "/")
    assert "马警官" not in chair.get("/", follow_redirects=True).text
    answer = sign_in_on(app, chair, chair.post(address, data=filled), "clerk")
    carried = form_to(app, answer, "home.new_contact")
    assert chair.post(address, data=dict(carried.filled())).status_code == 422
    assert names_of_contacts(cast) == []


def test_a_wrong_password_keeps_what_was_typed(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    client.delete_cookie("session")
    form = form_to(app, client.post(address, data=filled), "signin.sign_in")
    wrong = client.post(form.action, data=dict(form.filled({"username": "clerk", "password": "falsch"})))
    assert wrong.status_code == 422
    answer = sign_in_on(app, client, wrong, "clerk")
    assert dict(form_to(app, answer, "home.new_contact").filled())["name"] == "马警官"


@pytest.mark.parametrize("whose", ["nobody's", "the chair's", "made elsewhere", "none"])
def test_a_page_of_elsewhere_gets_nothing_shown(app, cast, client_of, with_tokens, whose):
    """Who can't have been shown the form by us has no key of its reader."""
    keys = {
        name: FormKey("k" * 32, person, is_repeatable=False, is_redisplayed=True).signed()
        for name, person in (("nobody's", None), ("the chair's", cast.chair.id))
    }
    key = keys.get(whose, "" if whose == "none" else keys["nobody's"] + "x")
    for client in (client_of(cast.clerk), client_of()):
        answer = client.post(HERE, data=OFFICIAL | {"since": "2026-12-28", formkey.FIELD: key})
        assert (answer.status_code in (400, 401), "马警官" in answer.text) == (True, False)
    assert names_of_contacts(cast) == []


def test_passwords_are_never_carried(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    form = form_to(app, client.get("/password"), "signin.password")
    client.delete_cookie("session")
    secret = "a-secret-of-mine"
    answer = client.post(
        form.action, data=dict(form.filled(dict.fromkeys(("password", "new", "again"), secret)))
    )
    kept = dict(form_to(app, answer, "signin.sign_in").filled())["kept"]
    with app.test_request_context():
        assert dict(sending.opened(kept).fields).keys() == {formkey.FIELD, "kept"}


def test_what_is_too_long_to_be_kept_is_told(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client, name="长" * sending.MOST_KEPT)
    client.delete_cookie("session")
    client.set_cookie("language", "en")
    answer = client.post(address, data=filled)
    assert "too long to be kept" in answer.text
    assert dict(form_to(app, answer, "signin.sign_in").filled())["kept"] == ""


def test_a_button_of_another_session_is_pressed_once_more(app, cast, client_of, with_tokens):
    page, endpoint = f"/v/{VILLAGE}/cards/people/{cast.worker.id}", "cards.lost_card"
    form = form_to(app, client_of(cast.chair).get(page), endpoint)
    client = client_of(cast.chair)
    client.get(page)
    answer = client.post(form.action, data=dict(form.filled()))
    assert (answer.status_code, cast.card.state) == (400, CardState.ACTIVE)
    assert client.post(form.action, data=dict(form_to(app, answer, endpoint).filled())).status_code == 302
    assert cards.of_person(cast.worker)[0].state == CardState.LOST


def test_a_file_has_to_be_chosen_again(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    page, endpoint = f"/v/{VILLAGE}/people/{cast.worker.id}", "roster.set_portrait"
    form = form_to(app, client.get(page), endpoint)
    client.delete_cookie("session")
    client.set_cookie("language", "en")
    answer = sign_in_on(app, client, client.post(form.action, data=data_of(form.filled())), "clerk")
    assert "The file has to be chosen again." in answer.text
    carried = form_to(app, answer, endpoint)
    assert "The file has to be chosen again." in client.post(form.action, data=dict(carried.filled())).text


# --- Told one by one: what takes a file in, and the desk ---


def bring_roster():
    return BytesIO(workbook([row()])), "花名册.xlsx"


def bring_goods():
    return BytesIO("货品名称,单位,积分价格\n火柴,盒,1\n".encode()), "货品.csv"


def bring_households():
    return BytesIO("网格编码,户主,人口数\n01,张大山,4\n".encode()), "住户.csv"


@pytest.mark.parametrize(
    ("username", "page", "endpoint", "bring"),
    [
        ("clerk", f"/a/{VILLAGE}/import", "roster.import_file", bring_roster),
        ("manager", f"/v/{VILLAGE}/goods/import", "shelf.goods_file", bring_goods),
        ("clerk", f"/v/{VILLAGE}/households/import", "duties.household_file", bring_households),
    ],
)
def test_a_file_is_taken_in_once(app, cast, client_of, username, page, endpoint, bring):
    client = client_of(cast.user(username))
    look = client.post(page, data={"file": bring()}).location
    form = form_to(app, client.get(look), endpoint)
    assert send_twice(client, form.action, form.filled(), look, repeats=False)


def test_a_basket_is_redeemed_once(app, cast, client_of):
    cast.earn(cast.worker, 100)
    client, page = client_of(cast.volunteer), f"/v/{VILLAGE}/desk/{cast.card.number}"
    form = form_to(app, client.get(page), "desk.redeem")
    sent = form.filled({control.name: "1" for control in form.controls if control.name.startswith("goods-")})
    assert send_twice(client, form.action, sent, page, repeats=True)
    assert ledger.balance_of(cast.worker) < 100


# --- A form that is asked about once more ---


def test_a_form_that_is_asked_once_more_keeps_its_key(app, cast, client_of):
    """The first sending was refused, so nothing was done and the key is not used up."""
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client, since="2012-01-01")
    asked = form_to(app, client.post(address, data=filled), "home.new_contact")
    assert dict(asked.as_shown())[formkey.FIELD] == filled[formkey.FIELD]
    ticked = [*asked.filled(), ("since-sure", "2012-01-01")]
    assert send_twice(client, address, ticked, HERE, repeats=False)
    assert names_of_contacts(cast) == ["马警官"]


# --- A clerk with a bad network, and a thief ---


def test_two_tabs_are_two_forms(app, cast, client_of):
    client = client_of(cast.clerk)
    (address, one), (_same, other) = contact_form(app, client), contact_form(app, client, name="杨警官")
    for filled in (one, other, one, other):
        assert client.post(address, data=filled).status_code == 302
    assert names_of_contacts(cast) == ["杨警官", "马警官"]


def test_a_key_of_another_village_or_form_opens_nothing(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    _address, filled = contact_form(app, client)
    client.get(HERE)
    assert client.post(HERE.replace(VILLAGE, NEXT_VILLAGE), data=filled).status_code == 404
    grid = client.post(f"/v/{VILLAGE}/grids/new", data=filled | {"csrf_token": "x"})
    assert (grid.status_code, names_of_contacts(cast)) == (422, [])


def test_a_kept_form_leads_to_no_other_site(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    _address, filled = contact_form(app, client)
    for address in ("//evil.example/x", "/%5Cevil.example/x", "/nowhere"):
        for sender in (client, client_of()):
            assert sender.post(address, data=filled).status_code in (308, 404)
    for referer in ("https://evil.example/x", "http://localhost//evil.example/x"):
        answer = client_of().post(HERE, data=filled, headers={"Referer": referer})
        assert answer.status_code == 401
        for form in forms_of(answer):
            assert "evil" not in form.action


def test_the_largest_form_that_is_kept_comes_through(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    text = secrets.token_hex(sending.MOST_KEPT // 2 - 500)
    address, filled = contact_form(app, client, name=text)
    client.delete_cookie("session")
    answer = sign_in_on(app, client, client.post(address, data=filled), "clerk")
    carried = form_to(app, answer, "home.new_contact")
    assert dict(carried.as_shown())["name"] == text
    assert client.post(address, data=dict(carried.as_shown())).status_code == 422


def test_a_form_is_kept_while_a_first_password_is_chosen(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    secret = new_password(cast.clerk, cast.township_user)
    form = form_to(app, client.post(address, data=filled), "signin.sign_in")
    answer = client.post(form.action, data=dict(form.filled({"username": "clerk", "password": secret})))
    for words, status in (("short", 422), ("my own words", 200)):
        form = form_to(app, answer, "signin.password")
        answer = client.post(form.action, data=dict(form.filled({"new": words, "again": words})))
        assert answer.status_code == status
    carried = form_to(app, answer, "home.new_contact")
    assert without_keys(filled.items()) == without_keys(carried.as_shown())
    assert client.post(carried.action, data=dict(carried.as_shown())).status_code == 422


def test_who_must_choose_a_password_gets_no_other_s_form(app, cast, client_of, with_tokens):
    client = client_of(cast.clerk)
    address, filled = contact_form(app, client)
    secret = new_password(cast.volunteer, None)
    client.delete_cookie("session")
    form = form_to(app, client.post(address, data=filled), "signin.sign_in")
    answer = client.post(form.action, data=dict(form.filled({"username": "volunteer", "password": secret})))
    assert (answer.status_code, answer.location) == (302, "/")


@pytest.mark.parametrize("address", ["//", "/\\", "/\t/", "\t//", "/\n/", "/\r\n/", "https://", "\\/", " //"])
def test_nobody_is_led_to_another_site(plain_app, address):
    """Neither after signing in nor by a choice of language; browsers leave out tabs and line breaks."""
    with plain_app.test_request_context():
        for name in ("evil.example", "evil.example/v/1"):
            assert web.own_address(address + name) == "/"
        assert web.own_address("/v/1?text=村\u3000口") == "/v/1?text=村\u3000口"
