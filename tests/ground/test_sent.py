"""A form that eight people send at the same moment, and what is kept of those that were sent."""

import pytest
import sqlalchemy as sa

from ground import sent
from ground.db import db
from ground.sent import SentBefore, SentForm
from people.models import Area, NegativeItem, User
from people.roster import departures
from tests.cast import TODAY
from tests.crowd import AT_ONCE
from tests.story import count, do, refused

pytestmark = pytest.mark.both_databases


def put_on_list(key, content, county_id, actor_id):
    """What a form does, with the note of it: the new item's id, or None if it was sent before."""
    try:
        sent.write_down(key, content)
    except SentBefore:
        return None
    county, actor = db.session.get_one(Area, county_id), db.session.get_one(User, actor_id)
    return departures.add_item(county, "瞒报隐患", TODAY, actor).id


def test_of_eight_at_once_one_does_it_and_the_others_wait_for_it(cast, at_once):
    asked = (put_on_list, "k" * 64, "c" * 64, cast.county.id, cast.county_user.id)
    ends = at_once([asked] * AT_ONCE)
    assert sorted(ends, key=str) == [("done", 1), *[("done", None)] * (AT_ONCE - 1)]
    assert (count(NegativeItem), count(SentForm)) == (1, 1)


def test_of_eight_with_other_content_one_does_it_and_the_others_are_told(cast, at_once):
    more = (cast.county.id, cast.county_user.id)
    ends = at_once([(put_on_list, "k" * 64, str(number), *more) for number in range(AT_ONCE)])
    assert sorted(ends, key=str) == [("done", 1), *[("refused", "key_reused")] * (AT_ONCE - 1)]
    assert count(NegativeItem) == 1


def test_what_was_refused_was_not_sent(cast):
    def break_off():
        sent.write_down("k", "c")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(break_off)
    assert not sent.is_done("k", "c")
    do(sent.write_down, "k", "c")
    assert sent.is_done("k", "c")
    refused("key_reused", sent.write_down, "k", "other")


def test_the_page_after_is_known_as_soon_as_it_is_noted(cast, monkeypatch):
    monkeypatch.setattr(sent, "STEP", sent.PATIENCE / 2)
    monkeypatch.setattr(sent.time, "sleep", lambda _seconds: sent.note_page("k", "/here"))
    do(sent.write_down, "k", "c")
    assert sent.page_after("k") == "/here"
    monkeypatch.setattr(sent.time, "sleep", lambda _seconds: None)
    do(sent.write_down, "other", "c")
    assert sent.page_after("other") == ""


def test_notes_are_kept_for_a_month(cast, clock):
    do(sent.write_down, "old", "c")
    clock.days_on(31)
    do(sent.write_down, "new", "c")
    sent.note_page("new", "/")
    db.session.rollback()
    assert db.session.scalars(sa.select(SentForm.key)).all() == ["new"]
