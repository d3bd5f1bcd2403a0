"""What the server does for pages that go on without a network; what browsers do is in tests/browser."""

import re

import pytest
from sqlalchemy import select

from duties import incidents
from duties.households import files
from duties.models import IncidentKind, Severity, Visit
from ground.db import db
from people.models import Attention
from tests.cast import TODAY, VILLAGE
from tests.formpages import forms_of
from tests.story import do
from tests.test_from_outside import SCRIPTS
from tests.test_rules import ROOT

DUE, VISIT = f"/v/{VILLAGE}/due", f"/v/{VILLAGE}/due/visit"
WRITTEN = "已登记：张大山。"
TO_KEEP = {"X-Keep": "yes"}


@pytest.fixture
def household(cast):
    """A household of the worker's grid; the neighbour's grid has one too."""
    households = []
    for worker, head in ((cast.worker, "张大山"), (cast.neighbour, "李秀英")):
        told = (cast.term_of(worker).grid, files.Particulars(head), Attention.ORDINARY, "", TODAY, cast.clerk)
        households.append(do(files.add_household, *told))
    return households[0]


def test_a_script_is_told_where_its_form_led_and_goes_there_or_stays(cast, client_of, household):
    client, typed = client_of(cast.worker_user), {"household": str(household.id), "seen": "水管漏水"}

    def sent(wanted, **more):
        [form] = [each for each in forms_of(client.get(VISIT)) if each.action == VISIT]
        return client.post(VISIT, data=dict(form.filled(typed | more)), headers={"X-Answer": wanted})

    assert sent("go").json == {"go": DUE}
    assert WRITTEN in client.get(DUE).text
    assert sent("said").json == {"said": [WRITTEN]}
    assert WRITTEN not in client.get(DUE).text
    refused = sent("go", seen="")
    assert (refused.status_code, "请勾选做了什么" in refused.text) == (422, True)
    client.delete_cookie("session")
    [form] = [each for each in forms_of(refused) if each.action == VISIT]
    answer = client.post(VISIT, data=dict(form.filled(typed)), headers={"X-Answer": "go"})
    assert (answer.status_code, answer.mimetype) == (401, "text/html")
    assert db.session.query(Visit).count() == 2


def test_a_visit_is_to_a_household_of_one_s_own_grid(cast, client_of, household):
    """Others are not named on a page that stays on a telephone."""
    client = client_of(cast.worker_user)
    page = client.get(VISIT).text
    assert ("张大山" in page, "李秀英" in page) == (True, False)
    [other] = db.session.scalars(select(type(household)).where(type(household).head == "李秀英"))
    sent = {"key": "k" * 16, "visited_on": TODAY.isoformat(), "seen": "水管漏水"}
    for chosen, status in ((other.id, 404), (0, 422), (household.id, 302)):
        assert client.post(VISIT, data=sent | {"household": chosen}).status_code == status
    assert client_of(cast.clerk).get(VISIT).status_code == 403


def test_a_page_to_keep_is_without_what_is_of_the_moment(cast, client_of, household):
    """What happened since is said by the next page that is not kept."""
    where = (cast.term_of(cast.worker).grid, cast.worker, IncidentKind.EMERGENCY, Severity.ORDINARY)
    do(incidents.report_incident, "e" * 16, *where, TODAY, "路口", "塌方", "", cast.worker_user)
    client = client_of(cast.clerk)
    new = f"/v/{VILLAGE}/services/new"
    with client.session_transaction() as session:
        session["_flashes"] = [("message", "记下了")]
    kept, page = client.get(new, headers=TO_KEEP).text, client.get(new).text
    for said in ("记下了", "突发事件"):
        assert (said in kept, said in page) == (False, True), said


def test_every_script_that_keeps_something_stands_in_the_document():
    """With what it keeps and how long: what is not named there nobody would wipe."""
    document = (ROOT / "docs/security.md").read_text().partition("## What a browser keeps")[2]
    table = document.partition("\n\n## ")[0].partition("| script |")[2]
    keeping = re.compile(r"\b(localStorage|sessionStorage|indexedDB|caches)\b")
    found = {str(file.relative_to(ROOT)) for file in SCRIPTS if keeping.search(file.read_text())}
    assert found == set(re.findall(r"`(static/[\w/]+\.js)`", table))
