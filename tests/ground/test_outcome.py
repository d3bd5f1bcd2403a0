"""What nobody can know is not said: an answer that is lost on either side of the commit, and what then."""

import pytest
from sqlalchemy import func, select, text

from ground.db import db, may_have_written, transaction
from people import audit
from people.models import AuditEvent, Portrait
from people.roster import portraits
from points.models import Service, Transfer
from shop.models import Price, Redemption
from tests.cast import VILLAGE, a_picture
from tests.shop import till as tills
from tests.story import answer_lost, do, refused

pytestmark = pytest.mark.both_databases

UNKNOWN = "不知道有没有记上"
NOT_BOOKED = "没有记账"
HERE = f"/v/{VILLAGE}"


sides = pytest.mark.parametrize("side", ["before", "after"])


@pytest.fixture
def browser_of(app):
    """A browser in which somebody is signed in; on both databases."""
    return lambda user: app.test_client(user=user)


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


@sides
def test_a_verb_is_told_that_it_cannot_know(cast, side):
    noted = ("x", "x:1", None)
    before = count(AuditEvent)
    with answer_lost(side):
        refused("unknown_outcome", audit.note, None, *noted)
    assert may_have_written()
    assert count(AuditEvent) == before + (side == "after")
    do(audit.note, None, *noted)  # the next one goes on as ever


def test_what_is_known_is_said(cast):
    """A refusal, and what the database itself refuses, wrote nothing."""
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError
    assert not may_have_written()


@pytest.fixture
def rich(cast):
    cast.earn(cast.worker, 1000)


def basket(text, soap):
    key = text.partition('name="key"')[2].partition('value="')[2].partition('"')[0]
    return {"key": key, f"goods-{soap}": "1"}


@sides
@pytest.mark.parametrize("then", ["the same button", "the page anew"])
@pytest.mark.parametrize("script", [False, True])
def test_a_basket_whose_answer_is_lost_is_booked_once(cast, browser_of, rich, side, then, script):
    desk, page = browser_of(cast.volunteer), f"{HERE}/desk/{cast.card.number}"
    headers = {"Accept": "application/json"} if script else {}
    sent = basket(desk.get(page).text, cast.goods.id)
    with answer_lost(side):
        lost = desk.post(page, data=sent, headers=headers)
    text = lost.json["title"] if script else lost.text
    assert (lost.status_code, UNKNOWN in text, NOT_BOOKED in text) == (500, True, False)
    if then == "the page anew":
        again = desk.get(page)
        if side == "after":  # its receipt, where the outcome is seen
            assert again.status_code == 302
            assert desk.get(again.location).status_code == 200
        else:
            sent = basket(again.text, cast.goods.id)
    else:
        assert script or basket(lost.text, 0)["key"] == sent["key"]
    if then != "the page anew" or side == "before":
        done = desk.post(page, data=sent, headers=headers)
        assert "data-done" in (done.json["done"] if script else desk.get(done.location).text)
    assert (count(Redemption), cast.on_hand(cast.goods)) == (1, 19)
    # The outcome was seen: the next basket is another one.
    done = desk.post(page, data=basket(desk.get(page).text, cast.goods.id))
    assert desk.get(done.location).status_code == 200
    assert count(Redemption) == 2


def test_a_basket_that_broke_afterwards_is_not_booked_again(app, cast, browser_of, rich, monkeypatch):
    """What breaks between the commit and the answer is no reason to say that nothing was booked."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    desk, page = browser_of(cast.volunteer), f"{HERE}/desk/{cast.card.number}"
    sent = basket(desk.get(page).text, cast.goods.id)
    with monkeypatch.context() as patch:
        patch.setattr("shop.views.desk.serving._done_url", lambda redemption: 1 / 0)
        broken = desk.post(page, data=sent)
    assert (broken.status_code, UNKNOWN in broken.text, NOT_BOOKED in broken.text) == (500, True, False)
    assert f"{HERE}/desk?done=" in desk.get(page).location
    with monkeypatch.context() as patch:
        patch.setattr("shop.views.desk.serving.redemptions.redeem", lambda *order, **more: 1 / 0)
        known = desk.post(page, data=sent)
    assert (known.status_code, NOT_BOOKED in known.text, UNKNOWN in known.text) == (500, True, False)


@pytest.mark.only_on("postgresql")
def test_a_connection_that_dies_while_it_writes_is_told_as_one(cast, browser_of, rich, monkeypatch):
    """The page says that the records can't be reached; the next one has a new connection."""
    desk, page = browser_of(cast.volunteer), f"{HERE}/desk/{cast.card.number}"
    sent, dying = (
        basket(desk.get(page).text, cast.goods.id),
        text("SELECT pg_terminate_backend(pg_backend_pid())"),
    )
    with monkeypatch.context() as patch:
        patch.setattr(
            "shop.views.desk.serving.redemptions.redeem", lambda *order, **more: db.session.execute(dying)
        )
        assert desk.post(page, data=sent).status_code == 503
    done = desk.post(page, data=sent)
    assert (desk.get(done.location).status_code, count(Redemption)) == (200, 1)


@sides
def test_a_till_sends_it_again_with_its_key(cast, app, rich, side):
    till = tills.at(app.test_client(), cast.shop)
    with answer_lost(side):
        lost = till.order(cast.card.number, {cast.goods.id: 1}, key="one-basket")
    assert (lost.status_code, lost.json["code"]) == (500, "unknown_outcome")
    assert UNKNOWN in lost.json["title"]
    again = till.order(cast.card.number, {cast.goods.id: 1}, key="one-basket")
    assert again.status_code == (200 if side == "after" else 201)
    assert count(Redemption) == 1
    with answer_lost(side):
        assert till.void(again.json["id"], "拿错了").json["code"] == "unknown_outcome"
    assert till.void(again.json["id"], "拿错了").json["voided"]
    assert count(Transfer) == 3


# One form of each kind: with a key, fields, a reason, a button only, and one whose refusal no form shows.
FORMS = {
    "a key": (
        "clerk",
        "services/new",
        {"key": "n" * 32, "worker": "{worker}", "item": "{item}", "done_on": "2026-12-28", "count": "1"},
        lambda: count(Service),
    ),
    "fields": ("manager", "goods/{goods}/price", {"price": "4", "holds_from": "2026-12-28"}, None),
    "a reason": ("chair", "terms/{term}/end", {"on": "2026-12-28", "reason": "搬家"}, None),
    "a button": ("clerk", "people/{worker}/remove-portrait", {}, lambda: 1 - count(Portrait)),
    "no form": ("clerk", "/a/{village}/roster.csv", {}, None),
}


@sides
@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_each_kind_says_that_it_is_not_known(cast, browser_of, side, form):
    username, path, fields, done = FORMS[form]
    item = cast.item("入户发放")
    made = portraits.make(a_picture())
    do(portraits.set_portrait, cast.worker, made, cast.clerk)
    there = {
        "village": VILLAGE,
        "worker": cast.worker.id,
        "item": item.id,
        "goods": cast.goods.id,
        "term": cast.term_of(cast.worker).id,
    }
    sent = {name: value.format(**there) for name, value in fields.items()}
    address = (path if path[0] == "/" else f"{HERE}/{path}").format(**there)
    client = browser_of(cast.user(username))
    written = count(Price), count(AuditEvent), count(Service)
    with answer_lost(side):
        lost = client.post(address, data=sent)
    assert lost.status_code in (422, 500)
    assert UNKNOWN in lost.text
    assert NOT_BOOKED not in lost.text
    assert ((count(Price), count(AuditEvent), count(Service)) != written) is (side == "after")
    if done:
        assert client.post(address, data=sent).status_code == 302
        assert done() == 1
