"""The county's negative list: the county keeps it, townships and villages read it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from ground.db import db, transaction
from ground.refusal import Refused
from people.models import AuditEvent, NegativeItem
from people.roster import departures
from tests.cast import COUNTY, TODAY, TOWNSHIP, VILLAGE

THERE = f"/a/{COUNTY}/negative-list"
ONE_DAY = timedelta(days=1)


@pytest.fixture
def item(cast):
    with transaction():
        return departures.add_item(cast.county, "瞒报隐患", TODAY, cast.county_user)


def end(item, on, actor=None):
    with transaction():
        return departures.end_item(item, on, actor)


def on_the_list(cast, day):
    return [
        item.text
        for item in departures.negative_list(cast.village)
        if departures.item_holds(item, cast.village, day)
    ]


def test_an_item_holds_from_its_day_until_it_is_taken_off(cast, item):
    assert on_the_list(cast, TODAY - ONE_DAY) == []
    assert on_the_list(cast, TODAY + timedelta(days=400)) == ["瞒报隐患"]
    end(item, TODAY + timedelta(days=10))
    assert on_the_list(cast, TODAY + timedelta(days=9)) == ["瞒报隐患"]
    assert on_the_list(cast, TODAY + timedelta(days=10)) == []
    assert [one.text for one in departures.negative_list(cast.far_village)] == ["瞒报隐患"]


def test_an_item_taken_off_on_its_first_day_never_held(cast, item):
    end(item, TODAY)
    assert on_the_list(cast, TODAY) == []


def test_what_cannot_be(cast, item):
    for text in ("", "  ", "长" * 201):
        with pytest.raises(Refused, match="bad_text"), transaction():
            departures.add_item(cast.county, text, TODAY, None)
    with pytest.raises(Refused, match="in_past"):
        end(item, TODAY - ONE_DAY)
    end(item, TODAY + ONE_DAY)
    with pytest.raises(Refused, match="already_ended"):
        end(item, TODAY + timedelta(days=2))


def test_both_are_written_down(cast, item):
    end(item, TODAY + ONE_DAY, cast.county_user)
    events = db.session.scalars(
        sa.select(AuditEvent).where(AuditEvent.subject == f"negative_item:{item.id}").order_by(AuditEvent.id)
    ).all()
    assert [event.action for event in events] == ["negative_item.add", "negative_item.end"]
    assert {event.area_id for event in events} == {cast.county.id}
    assert (events[1].before, events[1].detail) == ({"holds_until": None}, {"holds_until": "2026-12-28"})


def test_the_county_keeps_the_list_on_its_page(cast, client_of):
    county = client_of(cast.county_user)
    assert county.get(THERE).status_code == 200
    wanted = {"text": "瞒报隐患", "holds_from": "2027-01-01"}
    for wrong in ({"text": ""}, {"text": "长" * 201}, {"holds_from": ""}, {"holds_from": "2027-02-30"}):
        assert county.post(THERE, data=wanted | wrong).status_code == 422, wrong
    assert county.post(THERE, data=wanted).status_code == 302
    item = db.session.scalars(sa.select(NegativeItem)).one()
    assert (item.text, item.county_id) == ("瞒报隐患", cast.county.id)
    for wrong in ("", "x", "2026-12-27"):
        answer = county.post(f"{THERE}/{item.id}/end", data={"on": wrong})
        assert answer.status_code == 422, wrong
        assert 'role="alert"' in answer.text
    assert county.post(f"{THERE}/{item.id}/end", data={"on": "2027-06-01"}).status_code == 302
    assert "2027年5月31日" in county.get(THERE).text
    assert county.post(f"{THERE}/{item.id}/end", data={"on": "2027-06-01"}).status_code == 422
    assert county.post(f"{THERE}/999/end", data={"on": "2027-06-01"}).status_code == 404


def test_who_reads_and_who_writes(cast, client_of, item):
    readers = {"clerk", "chair", "supervisor", "township_user"}
    for username in (*readers, "instructor", "manager", "volunteer", "worker"):
        client, there = client_of(cast.user(username)), f"/a/{VILLAGE}/negative-list"
        assert client.get(there).status_code == (200 if username in readers else 403), username
        assert client.post(there, data={"text": "x", "holds_from": "2027-01-01"}).status_code == 403
        assert client.post(f"{there}/{item.id}/end", data={"on": "2027-01-01"}).status_code == 403
    page = client_of(cast.clerk).get(f"/a/{VILLAGE}/negative-list").text
    assert "瞒报隐患" in page
    assert "/end" not in page
    assert client_of(cast.township_user).get(f"/a/{TOWNSHIP}/negative-list").status_code == 200
    assert client_of(cast.clerk).get(THERE).status_code == 404
    assert client_of(cast.far_township_user).get(f"/a/{TOWNSHIP}/negative-list").status_code == 404
    assert client_of(None).get(THERE).status_code == 302
    assert db.session.scalar(sa.select(sa.func.count()).select_from(NegativeItem)) == 1
