"""Whom a village can call (挂联, 一村一警一法官一调解员)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ground.db import db, transaction
from ground.refusal import Refused
from people import contacts
from people.models import AuditEvent, CardState, Contact, ContactKind
from tests.cast import TODAY, USERNAMES, VILLAGE

PAGE = f"/v/{VILLAGE}/contacts"
OFFICIAL, POLICE, JUDGE, MEDIATOR = ContactKind


def attach(village, kind=POLICE, name="马警官", phone="13800000110", since=TODAY, actor=None):
    with transaction():
        return contacts.attach(village, kind, name, "溪水派出所", phone, since, actor)


def names(village):
    db.session.rollback()
    return [contact.name for contact in contacts.of_village(village)]


def test_several_officials_and_one_of_each_other_kind(cast):
    village = cast.village
    attach(village, MEDIATOR, "老调解")
    attach(village, OFFICIAL, "张干部")
    attach(village, OFFICIAL, "李干部")
    for kind in (POLICE, JUDGE):
        attach(village, kind, f"第一{kind}")
    for kind in (POLICE, JUDGE, MEDIATOR):
        with pytest.raises(Refused, match="kind_taken"):
            attach(village, kind, "第二个")
    attach(cast.next_village, POLICE, "邻村警官")
    assert names(village) == ["张干部", "李干部", "第一police", "第一judge", "老调解"]


def test_replaced_from_a_day_on_and_the_old_line_stays_as_it_was(cast):
    old = attach(cast.village, since=date(2026, 1, 1))
    with transaction():
        new = contacts.replace(old, "杨警官", "溪水派出所", "0878-5211110", date(2026, 12, 1), cast.clerk)
    assert names(cast.village) == ["杨警官"]
    assert (old.name, old.phone, old.since, old.until) == (
        "马警官",
        "13800000110",
        date(2026, 1, 1),
        date(2026, 12, 1),
    )
    said = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "contact.replace")).one()
    assert (said.subject, said.area_id, said.actor_id) == (
        f"contact:{new.id}",
        cast.village.id,
        cast.clerk.id,
    )
    assert said.before == {
        "kind": "police",
        "name": "马警官",
        "agency": "溪水派出所",
        "phone": "13800000110",
        "since": "2026-01-01",
    }
    assert said.detail["phone"] == "0878-5211110"


def test_a_wrong_number_is_put_right_on_the_same_day(cast):
    wrong = attach(cast.village)
    with transaction():
        contacts.replace(wrong, "马警官", "溪水派出所", "13800000111", TODAY, cast.clerk)
    assert [contact.phone for contact in contacts.of_village(cast.village)] == ["13800000111"]


def test_detached_the_place_is_free(cast):
    contact = attach(cast.village, since=TODAY - timedelta(days=5))
    with pytest.raises(Refused, match="in_future"), transaction():
        contacts.detach(contact, TODAY + timedelta(days=1), cast.clerk)
    with pytest.raises(Refused, match="out_of_order"), transaction():
        contacts.detach(contact, TODAY - timedelta(days=6), cast.clerk)
    with transaction():
        contacts.detach(contact, TODAY, cast.clerk)
    assert names(cast.village) == []
    for verb in (
        lambda: contacts.detach(contact, TODAY, cast.clerk),
        lambda: contacts.replace(contact, "丙", "所", "110", TODAY, cast.clerk),
    ):
        with pytest.raises(Refused, match="already_ended"), transaction():
            verb()
    attach(cast.village)


@pytest.mark.parametrize("phone", ["", "一一〇", "1", "13800000110 或 13800000111", "12-34x", "１" * 21])
def test_what_is_no_number_cannot_be_called(cast, phone):
    with pytest.raises(Refused, match="bad_phone"):
        attach(cast.village, phone=phone)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("１３８００００ ０１１０", "1380000 0110"), ("0878-5211110", "0878-5211110"), (" 12348 ", "12348")],
)
def test_numbers_as_people_type_them(cast, typed, kept):
    assert attach(cast.village, phone=typed).phone == kept


def test_other_refusals(cast):
    with pytest.raises(Refused, match="not_a_village"):
        attach(cast.township)
    with pytest.raises(Refused, match="bad_name"):
        attach(cast.village, name="  ")
    with pytest.raises(Refused, match="in_future"):
        attach(cast.village, since=TODAY + timedelta(days=1))
    contact = attach(cast.village)
    with pytest.raises(Refused, match="out_of_order"), transaction():
        contacts.replace(contact, "丙", "所", "110", TODAY - timedelta(days=1), None)
    assert names(cast.village) == ["马警官"]


def form(**changes):
    return {
        "kind": "judge",
        "name": "何法官",
        "agency": "县法院",
        "phone": "0878-5217777",
        "since": "2026-12-01",
    } | changes


def test_everyone_of_the_village_and_above_can_call(cast, client_of):
    """Duty contacts hang on the wall: nobody sees them masked."""
    attach(cast.village, JUDGE, "何法官", "0878-521 7777")
    for username in sorted(USERNAMES):
        user = cast.user(username)
        answer = client_of(user).get(PAGE)
        if user.roles_in(cast.village):
            assert 'href="tel:08785217777"' in answer.text, username
            assert "何法官" in answer.text, username
        else:
            assert answer.status_code == 404, username
    assert 'href="tel:08785217777"' in client_of(cast.worker_user).get(PAGE).text


def test_a_worker_gets_there_from_the_phone_page(cast, client_of):
    assert f'href="{PAGE}"' in client_of(cast.worker_user).get(f"/v/{VILLAGE}/mine").text


def test_a_card_opens_the_contacts_too_while_it_is_good(cast, client_of):
    attach(cast.village, JUDGE, "何法官", "0878-5217777")
    attach(cast.next_village, POLICE, "邻村警官")
    address = f"/c/{cast.card.token}"
    page = client_of(None).get(address).text
    assert 'href="tel:08785217777"' in page
    assert "邻村警官" not in page
    with transaction():
        cast.card.state = CardState.LOST
        db.session.flush()
    assert "何法官" not in client_of(None).get(address).text


def test_the_committee_attaches_replaces_and_detaches_on_pages(cast, client_of):
    clerk = client_of(cast.clerk)
    assert clerk.post(f"{PAGE}/new", data=form()).status_code == 302
    (contact,) = contacts.of_village(cast.village)
    assert clerk.post(f"{PAGE}/{contact.id}/replace", data=form(name="段法官")).status_code == 302
    (contact,) = contacts.of_village(cast.village)
    assert contact.name == "段法官"
    assert clerk.get(f"{PAGE}/{contact.id}").status_code == 200
    refused = clerk.post(f"{PAGE}/{contact.id}/detach", data={"until": "2026-11-30"})
    assert refused.status_code == 422
    assert 'value="2026-11-30"' in refused.text
    assert clerk.post(f"{PAGE}/{contact.id}/detach", data={"until": "2026-12-28"}).status_code == 302
    assert names(cast.village) == []
    for tail in ("", "/replace", "/detach"):  # what has ended is not changed any more
        method = "POST" if tail else "GET"
        assert clerk.open(f"{PAGE}/{contact.id}{tail}", method=method, data=form()).status_code == 404


def test_a_refusal_keeps_what_was_typed(cast, client_of):
    clerk = client_of(cast.clerk)
    for wrong in (form(phone="没有电话"), form(since="2027-01-01"), form(kind="king"), form(agency="")):
        answer = clerk.post(f"{PAGE}/new", data=wrong)
        assert answer.status_code == 422
        assert "何法官" in answer.text
    assert names(cast.village) == []


def test_nobody_else_changes_them_and_nobody_another_village_s(cast, client_of):
    contact = attach(cast.village)
    theirs = attach(cast.next_village)
    for user in (cast.supervisor, cast.county_user, cast.township_user, cast.volunteer, cast.worker_user):
        for path in (f"{PAGE}/new", f"{PAGE}/{contact.id}/replace", f"{PAGE}/{contact.id}/detach"):
            assert client_of(user).post(path, data=form()).status_code == 403
    for path in (f"{PAGE}/{theirs.id}/replace", f"{PAGE}/{theirs.id}/detach"):
        assert client_of(cast.clerk).post(path, data=form()).status_code == 404
    assert db.session.get(Contact, theirs.id).until is None
