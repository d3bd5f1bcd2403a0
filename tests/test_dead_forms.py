"""No form is dead: each is sent as its page gives it, and whoever is refused sees what to fill in."""

from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from werkzeug.exceptions import HTTPException

from ground.forms import Form
from tests.cast import COUNTY, TOWNSHIP
from tests.formpages import data_of
from tests.setup.pages import FIRST_DAY
from tests.test_rules import address, lived_in, to_look_at
from tests.test_sent_forms import Snapshot, post_endpoints, stage

__all__ = ["lived_in", "stage"]  # fixtures

USERS = (
    *("clerk", "chair", "manager", "volunteer", "worker", "instructor", "supervisor"),
    *("township_user", "county_user"),
)
MOST_OF_A_KIND = 2  # pages of one kind that somebody opens by links

# What no page of this village has now: its own tests send it.
OTHER_STEP = "the quarter, sheet or notice is at another step"
UNDONE = "undoes what was not done here"
NOT_HERE = {
    **dict.fromkeys(
        ("assessment.book", "assessment.send_back", "meeting.deliberate", "meeting.reopen"), OTHER_STEP
    ),
    **dict.fromkeys(("wall.answer_objection", "stock.begin_stock_take"), OTHER_STEP),
    **dict.fromkeys(
        ("meeting.lift", "meeting.take_back", "conduct.call_off", "ledger.cancel_expiry"), UNDONE
    ),
    **dict.fromkeys(("conduct.unmark_law", "duties.household_back", "duties.undo_attempt"), UNDONE),
    "services.confirm_slip": "nothing was keyed in",
    **dict.fromkeys(("roster.import_file", "shelf.goods_file"), "the file that waits is a bad one"),
    "duties.household_file": "no file waits",
    "openings.openings_file": "no file waits",
    **dict.fromkeys(("conduct.training_read", "desk.desk_read"), "frames of a camera, sent by a script"),
    **dict.fromkeys(("offline.take_lease", "offline.exchange"), "what a desk wrote, by a script"),
    "purchases.tap_wish": "a tap at the desk, by a script",
    "offline.break_lease": "nobody holds the shop now",
    "ledger.merge": "nobody is entered twice",
    **dict.fromkeys(("signin.sign_in_code", "signin.second_step_off"), "nobody has a second step yet"),
    "signin.take_off_second_step": "nobody has one yet",
    **dict.fromkeys(
        ("roster.take_back_import", "shelf.take_back_goods", "duties.take_back_households"),
        "points are booked there",
    ),
    "demo.next_day": "in the demo alone",
    **dict.fromkeys(FIRST_DAY, "setup/test_first_day.py"),
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


def endpoint_of(app, path, method):
    """The endpoint at an address, or None."""
    parts = urlsplit(path)
    if parts.netloc not in ("", "localhost"):
        return None
    try:
        return app.url_map.bind("localhost").match(parts.path, method=method, query_args=parts.query)[0]
    except HTTPException:
        return None


def first_pages(app, known):
    """A page of each route, by address, as the village has them."""
    return [
        address(app, endpoint, **known | {"ident": 1} | more)
        for endpoint, _rule in to_look_at(app)
        for more in ({}, {"area": TOWNSHIP}, {"area": COUNTY})
        if "area" not in more or all("area" in route.arguments for route in app.url_map.iter_rules(endpoint))
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


@pytest.mark.at_length
@pytest.mark.only_on("sqlite")
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
