"""No form is dead: each is sent as its page gives it, and whoever is refused sees what to fill in."""

import sqlite3
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from ground import clock
from ground.db import db, transaction
from ground.forms import Form
from people import cards
from people.conduct import trainings
from people.models import DepartureKind, Duty, GridKind, Role, Stage, Training
from people.roster import departures, grids, growth, persons, terms
from people.signin import accounts, keeping
from points.models import Deduction, Objection
from points.rubrics import template, versions
from points.services import deductions, recording
from points.wall import objections
from shop.desk import devices, redemptions
from shop.models import Goods, Source, StockMove
from shop.shelf import goods, pictures
from shop.stock import consignments, counts, moves
from tests.cast import COUNTY, ITEMS, PASSWORD, TODAY, TOWNSHIP, VILLAGE, a_picture
from tests.points import hung
from tests.test_rules import address, lived_in, rules

__all__ = ["lived_in"]  # a fixture

USERS = (
    *("clerk", "chair", "manager", "volunteer", "worker", "instructor", "supervisor"),
    *("township_user", "county_user"),
)
MOST_OF_A_KIND = 2  # pages of one kind that somebody opens by links

# What no page of this village has now: its own tests send it.
OTHER_STEP = "the quarter, sheet or notice is at another step"
UNDONE = "undoes what was not done here"
NOT_HERE = {
    **dict.fromkeys(("assessment.book", "assessment.send_back", "meeting.deliberate"), OTHER_STEP),
    **dict.fromkeys(("wall.answer_objection", "stock.begin_stock_take"), OTHER_STEP),
    **dict.fromkeys(
        ("meeting.lift", "meeting.take_back", "conduct.call_off", "ledger.cancel_expiry"), UNDONE
    ),
    **dict.fromkeys(("conduct.unmark_law", "duties.household_back", "duties.undo_attempt"), UNDONE),
    **dict.fromkeys(("services.confirm_slip", "services.service_again"), "nothing was rejected or keyed in"),
    **dict.fromkeys(("roster.import_file", "shelf.goods_file"), "the file that waits is a bad one"),
    **dict.fromkeys(("conduct.training_read", "desk.desk_read"), "frames of a camera, sent by a script"),
    "ledger.merge": "nobody is entered twice",
    "signin.end_session": "nobody is signed in elsewhere",
    "demo.next_day": "in the demo alone",
}


class Page(HTMLParser):
    """The forms of a page that send something, each with its controls, wherever they stand; and the links."""

    def __init__(self, here, html):
        super().__init__()
        self.here, self.forms, self.links = here, [], []
        self._form = self._select = self._text = None
        self._by_id = {}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in given:
            self.links.append(urldefrag(urljoin(self.here, given["href"])).url)
        elif tag == "form":
            action = urldefrag(urljoin(self.here, given.get("action") or self.here)).url
            self._form = {"action": action, "controls": []}
            self._by_id[given.get("id")] = self._form
            if given.get("method") == "post":
                self.forms.append(self._form)
        elif tag == "option" and self._select is not None:
            self._select["options"].append(given.get("value", ""))
            if "selected" in given:
                self._select["value"] = given.get("value", "")
        elif tag in ("input", "select", "textarea", "button"):
            form = self._by_id.get(given["form"]) if "form" in given else self._form
            if form is None or "disabled" in given:
                return
            kind = given.get("type", "text") if tag == "input" else tag
            control = {
                **{"name": given.get("name", ""), "kind": kind, "value": given.get("value", "")},
                **{"needed": "required" in given, "chosen": "checked" in given, "options": []},
                "digits": given.get("inputmode", "") in ("numeric", "decimal"),
            }
            form["controls"].append(control)
            self._select = control if tag == "select" else None
            self._text = control if tag == "textarea" else None

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "select":
            if self._select and self._select["value"] == "" and self._select["options"]:
                self._select["value"] = self._select["options"][0]
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data):
        if self._text is not None:
            self._text["value"] += data


def sent_by(form, fill):
    """What a browser sends: as the form stands, or with what must be filled in filled in."""
    controls, chosen, sent = form["controls"], set(), []
    for control in controls:
        name, kind, value = control["name"], control["kind"], control["value"]
        if not name or kind == "file":
            continue
        if kind == "radio":
            picks = [each for each in controls if each["name"] == name]
            pick = next((each for each in picks if each["chosen"]), picks[0] if fill else None)
            if pick is control:
                sent.append((name, value))
        elif kind == "checkbox":
            sent += [(name, value)] if control["chosen"] or (fill and control["needed"]) else []
        elif kind in ("button", "submit"):
            if "button" not in chosen:
                sent.append((name, value))
            chosen.add("button")
        elif kind == "select":
            real = [option for option in control["options"] if option not in ("", "0")]
            sent.append((name, real[0] if fill and value in ("", "0") and real else value))
        elif fill and control["needed"] and not value:
            plain = {"date": "2026-12-28", "time": "08:00", "tel": "13800001111", "month": "2026-12"}
            sent.append((name, plain.get(kind, "1" if control["digits"] or kind == "number" else "甲乙丙丁")))
        else:
            sent.append((name, value))
    return sent


def can_be_filled(form, name):
    """Whether a person sees this field in a form and can fill it in."""
    for control in form["controls"]:
        if control["name"] == name or control["name"].startswith(f"{name}-"):
            if control["kind"] == "select":
                if any(control["options"]):
                    return True
            elif control["kind"] != "hidden":
                return True
    return False


class Snapshot:
    """The database of a test as it was, to be put back before each form."""

    def __init__(self):
        self._file, self._kept = db.engine.url.database, sqlite3.connect(":memory:")
        self._copy(self._file, to_memory=True)

    def put_back(self):
        db.session.rollback()
        self._copy(self._file, to_memory=False)

    def _copy(self, file, to_memory):
        live = sqlite3.connect(file)
        (live.backup(self._kept)) if to_memory else self._kept.backup(live)
        live.close()


def endpoint_of(app, path, method):
    """The endpoint at an address, or None."""
    parts = urlsplit(path)
    if parts.netloc not in ("", "localhost"):
        return None
    try:
        return app.url_map.bind("localhost").match(parts.path, method=method, query_args=parts.query)[0]
    except HTTPException:
        return None


def first_pages(app, lived_in):
    """A page of each route, by address, as the village has them."""
    return [
        address(app, route.endpoint, **lived_in | more)
        for route, rule in rules(app)
        if "GET" in route.methods and not rule.device and "." not in route.rule.rpartition("/")[2]
        for more in ({"ident": lived_in.get(route.endpoint, 1)}, {"area": TOWNSHIP}, {"area": COUNTY})
        if "area" not in more or "area" in route.arguments
    ]


def forms_of(app, client, pages):
    """Each form that somebody finds on these pages and on those that they link to, a few of a kind."""
    opened, waiting, seen = Counter(), list(pages), set(pages)
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        here = Page(path, answer.text)
        for form in here.forms:
            yield path, form
        for link in here.links:
            kind = endpoint_of(app, link, "GET")
            if kind and link not in seen and "." not in urlsplit(link).path:
                seen.add(link)
                opened[kind] += 1
                if opened[kind] <= MOST_OF_A_KIND:
                    waiting.append(link)


@pytest.fixture
def stage(cast, lived_in):
    """A village in which still more has happened, so that pages have forms for it; pages without a link."""
    leaver = cast.workers[-1]
    with transaction():
        helper = persons.add_person(cast.township, "何指导", None, agency="镇司法所")
        terms.appoint(helper, cast.term_of(cast.worker).grid, Duty.INSTRUCTOR, date(2024, 2, 1), None)
        keeping.link(cast.instructor, helper, None)
    cast.earn(leaver, 30)
    with clock.at(date(2025, 8, 1)), transaction():
        departures.depart(leaver, DepartureKind.EXIT, "外出务工", "村委会", clock.today(), cast.chair)
    deduction = db.session.get_one(Deduction, lived_in["services.deduction"])
    hung.in_meeting(cast, {})
    objection = db.session.scalars(select(Objection)).one()
    with transaction():
        objections.answer(objection, True, 10, "少记一次", "评议小组", cast.clerk)
        deductions.state(deduction, "我去过", "state" * 4, cast.clerk)
        taken = cast.deduct(cast.neighbour, TODAY)
        for number, worker in enumerate(cast.workers[:3]):
            claim = (worker, cast.item("代办"), TODAY, 1, "", cast.clerk)
            recording.record(f"plain{number:011}", *claim)
        cast.serve(cast.worker, "入户发放", TODAY, cast.clerk, cast.chair)
        versions.adopt(cast.village, date(2027, 1, 1), "村民代表会议", (), cast.chair)
        limits = template.USUAL_LIMITS
        versions.publish(cast.county, date(2027, 1, 1), "县委政法委", ITEMS, limits, cast.county_user)
        closed = accounts.add_user("gone", "走了的人", PASSWORD, None, temporary=False)
        accounts.grant(closed, Role.VOLUNTEER, cast.village, None)
        keeping.close(closed, None)
        cards.report_lost(cast.card_of(cast.workers[2]), cast.chair)
        devices.add_device(cast.shop, "收银机", cast.manager)
        old, spare, towel = (goods.add_goods(cast.shop, name, "个", 5) for name in ("火柴", "蜡烛", "毛巾"))
        goods.archive(old, cast.manager)
        pictures.set_picture(cast.goods, a_picture(200, 200), cast.manager)
        moves.receive("m" * 16, towel, 2, Source.PURCHASE, cast.manager)
        soap = db.session.scalars(
            select(Goods).where(Goods.shop == cast.next_shop, Goods.name == "肥皂")
        ).one()
        consignments.send("n" * 16, cast.lot_of(soap), cast.shop, 1, "", cast.outside_volunteer)
        take = counts.open_stock_take(cast.shop)
        counts.record_count("count" * 4, take, towel, 2, cast.volunteer)
        redemptions.redeem("r" * 16, cast.shop, cast.card, {cast.salt.id: 1}, cast.volunteer)
        departures.add_item(cast.county, "瞒报隐患", TODAY, cast.county_user)
        growth.reach_stage(cast.neighbour, next(iter(Stage)), TODAY, "支委会", cast.clerk)
        training = db.session.scalars(select(Training)).one()
        trainings.check_in(training, cast.card.number, cast.clerk)
        grid = grids.add_grid(cast.village, "99", "空网格", GridKind.RURAL, 3, cast.clerk)
        move = db.session.scalars(select(StockMove).where(StockMove.key == "m" * 16)).one()
    places = (
        *(f"v/{VILLAGE}/goods/{article.id}" for article in (old, spare, cast.goods)),
        f"v/{VILLAGE}/cards/people/{cast.workers[2].id}",
        f"v/{VILLAGE}/goods/moves/{move.id}/undo",
        f"a/{VILLAGE}/accounts/{closed.id}",
        *(f"v/{VILLAGE}/grids/{grid.id}/{change}" for change in ("close", "merge")),
        f"v/{VILLAGE}/desk/{cast.card.number}",
        f"v/{VILLAGE}/quarters/2026Q4/workers/{cast.neighbour.id}",
        f"v/{VILLAGE}/people/{cast.workers[3].id}/leave",
        f"v/{VILLAGE}/services?state=confirmed",
        f"v/{VILLAGE}/services/deductions/{taken.id}",
    )
    db.session.rollback()
    return [f"/{place}" for place in places]


@pytest.fixture
def tried(monkeypatch):
    """The forms that views make while they answer."""
    made, begin = [], Form.__init__

    def note(self, *args, **kwargs):
        begin(self, *args, **kwargs)
        made.append(self)

    monkeypatch.setattr(Form, "__init__", note)
    return made


def death(answer, made, form):
    """Why an answer shows that a form is dead, or None."""
    if answer.status_code in (200, 302):
        return None
    if answer.status_code != 422:
        return f"status {answer.status_code}"
    errors = {name: said for each in made for name, said in each.errors.items()}
    again = [each for each in Page("/", answer.text).forms if each["controls"]]
    hidden = [
        name
        for name in errors
        if name is None or not (can_be_filled(form, name) or any(can_be_filled(each, name) for each in again))
    ]
    if hidden:
        return f"an error at {hidden}, which nobody can fill in"
    refused = [each.refusal for each in made if each.refusal]
    if not errors and not refused and 'class="error' not in answer.text:
        return "refused without a word"
    return None


@pytest.mark.one_database
def test_no_form_is_dead(app, cast, client_of, lived_in, stage, tried):
    """Each is sent as it stands by everybody who has it, and once with what must be filled in filled in."""
    before, dead, sent, filled = Snapshot(), {}, set(), set()
    pages = [*first_pages(app, lived_in), *stage]
    for username in USERS:
        found = {}
        for path, form in forms_of(app, client_of(cast.user(username)), pages):
            endpoint = endpoint_of(app, form["action"], "POST")
            assert endpoint, (path, form["action"])
            found.setdefault((endpoint, shape_of(form)), (path, form))
        for (endpoint, shape), (path, form) in found.items():
            for fill in (False, True)[: 1 if (endpoint, shape) in filled else 2]:
                tried.clear()
                answer = client_of(cast.user(username)).post(
                    form["action"], data=data_of(sent_by(form, fill))
                )
                if why := death(answer, tried, form):
                    dead[username, path, endpoint, fill] = why
                before.put_back()
            filled.add((endpoint, shape))
            sent.add(endpoint)
    assert dead == {}
    assert post_endpoints(app) - sent == NOT_HERE.keys()


def shape_of(form):
    """What tells one form of an endpoint from another: its controls, and whether they say something."""
    return tuple((each["name"], each["kind"], bool(each["value"])) for each in form["controls"])


def post_endpoints(app):
    """The endpoints that people send forms to."""
    return {route.endpoint for route, rule in rules(app) if "POST" in route.methods and not rule.device}


def data_of(pairs):
    """What is sent, for the test's client."""
    data = {}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    return data
