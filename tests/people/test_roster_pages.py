"""The roster's pages: what each role sees and does, and what is refused beside its cause."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from ground import clock as calendar
from ground.db import db, transaction
from people.models import Appointment, Duty, Grid, GridKind, Merge, Person
from people.roster import changes, grids, holders, persons, terms
from tests.cast import COUNTY, NEXT_VILLAGE, TODAY, TOWNSHIP, VILLAGE, WORKERS, counted
from tests.story import do

HERE = f"/v/{VILLAGE}"


@pytest.fixture
def empty(cast):
    """A grid in which nobody serves."""
    return do(grids.add_grid, cast.village, "90", "河边网格", GridKind.RURAL, 12, cast.clerk)


@pytest.fixture
def instructor(cast):
    """An instructor of the township, in the worker's grid."""
    person = do(persons.add_person, cast.township, "何指导", cast.clerk, "13800005678", "镇司法所")
    do(terms.appoint, person, cast.term_of(cast.worker).grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    return person


def a_grid(**changed):
    return {
        "code": "0091",
        "name": "新网格",
        "kind": "rural",
        "households": "8",
        "group": "",
        "place": "",
    } | changed


def by_code(code):
    return db.session.scalars(sa.select(Grid).where(Grid.code == code)).one_or_none()


# --- Grids ---


def test_a_grid_is_added_and_its_people_are_asked_for(cast, clerk):
    answer = clerk.post(f"{HERE}/grids/new", data=a_grid(group="第一村民小组", code=" ００９１"))
    grid = by_code("0091")
    assert answer.location == f"{HERE}/grids/{grid.id}"
    page = clerk.get(answer.location).text
    assert "第一村民小组" in page
    assert f"{HERE}/grids/{grid.id}/appoint?duty=worker" in page
    assert "note-look" not in page
    hub = clerk.get(f"{HERE}/grids").text
    assert "第一村民小组" in hub
    clerk.set_cookie("language", "en")
    assert "9 micro-grids: 1 has no worker, 9 have no instructor." in clerk.get(f"{HERE}/grids").text


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "01"},
        {"code": ""},
        {"code": "9" * 41},
        {"name": "  "},
        {"name": "长" * 101},
        {"kind": "castle"},
        {"households": "八"},
        {"households": "-1"},
        {"households": "1" * 30},
        {"group": "组" * 101},
        {"code": "\0"},
    ],
)
def test_what_cannot_be_added_is_said_and_kept(cast, clerk, changed):
    answer = clerk.post(f"{HERE}/grids/new", data=a_grid(place="后街三号") | changed)
    assert answer.status_code == 422
    assert "后街三号" in answer.text
    assert 'class="error"' in answer.text
    assert by_code("0091") is None


@pytest.mark.parametrize(
    ("given", "warned"),
    [
        ({"households": "12"}, True),
        ({"households": ""}, True),
        ({"households": "5"}, False),
        ({"kind": "dedicated", "households": ""}, False),
    ],
)
def test_outside_five_to_ten_households_there_is_a_warning(cast, clerk, given, warned):
    answer = clerk.post(f"{HERE}/grids/new", data=a_grid(**given), follow_redirects=True)
    assert answer.status_code == 200
    assert ("note-look" in answer.text) is warned
    assert ("<strong title=" in clerk.get(f"{HERE}/grids").text) is warned


def test_a_grid_is_corrected(cast, clerk, empty):
    page = clerk.get(f"{HERE}/grids/{empty.id}/correct")
    assert 'value="12"' in page.text
    form = {"kind": "urban", "households": "9", "group": "东组", "place": "3幢", "agency": ""}
    assert clerk.post(f"{HERE}/grids/{empty.id}/correct", data=form).status_code == 302
    assert (empty.kind, empty.households, empty.group.name, empty.place) == (GridKind.URBAN, 9, "东组", "3幢")
    bad = clerk.post(f"{HERE}/grids/{empty.id}/correct", data=form | {"households": "99999", "place": "后街"})
    assert bad.status_code == 422
    assert "后街" in bad.text
    assert empty.households == 9


CHANGE = {"on": "2026-12-28", "reason": "村里的决定"}


def test_the_whole_life_of_a_grid_on_its_page(cast, clerk, empty):
    place = f"{HERE}/grids/{empty.id}"
    assert clerk.post(f"{place}/rename", data=CHANGE | {"name": "东岸网格"}).status_code == 302
    split = {"code": "90-2", "name": "西岸网格", "households": "5", "place": ""}
    assert clerk.post(f"{place}/split", data=CHANGE | split).status_code == 302
    new = by_code("90-2")
    assert (empty.households, new.households) == (7, 5)
    assert clerk.post(f"{HERE}/grids/{new.id}/merge", data=CHANGE | {"into": empty.id}).status_code == 302
    assert empty.households == 12
    page = clerk.get(place).text
    told = [page.index(words) for words in ("西岸网格", "河边网格", "村里的决定")]
    assert all(told)
    assert clerk.post(f"{place}/close", data=CHANGE).status_code == 302
    assert (empty.closed_on, new.closed_on) == (TODAY, TODAY)
    assert len(changes.history(empty)) == 5


@pytest.mark.parametrize(
    ("what", "sent", "changed"),
    [
        ("rename", {"name": "东岸网格"}, {"on": "2026-12-29"}),
        ("rename", {"name": "东岸网格"}, {"on": "2026-12-27"}),
        ("rename", {"name": "东岸网格"}, {"on": "2026-02-30"}),
        ("rename", {"name": "河边网格"}, {}),
        ("rename", {"name": " "}, {}),
        ("rename", {"name": "东岸网格"}, {"reason": " "}),
        ("split", {"code": "01", "name": "西岸", "households": "5"}, {}),
        ("split", {"code": "91", "name": "西岸", "households": "12"}, {}),
        ("merge", {"into": "999999"}, {}),
        ("merge", {"into": "own"}, {}),
        ("close", {}, {"reason": "长" * 201}),
        ("close", {}, {"on": ""}),
    ],
)
def test_a_change_that_cannot_be_is_said_and_kept(cast, clerk, empty, what, sent, changed):
    sent = {key: empty.id if value == "own" else value for key, value in sent.items()}
    form = CHANGE | sent | changed
    answer = clerk.post(f"{HERE}/grids/{empty.id}/{what}", data=form)
    assert answer.status_code == 422
    assert 'class="error"' in answer.text or 'role="alert"' in answer.text
    for value in form.values():
        assert (
            len(str(value)) > 100
            or not str(value).strip()
            or f'value="{value}"' in answer.text
            or what == "merge"
        )
    assert (empty.name, empty.households, empty.closed_on) == ("河边网格", 12, None)


def test_who_is_in_the_way_of_closing_is_named_with_the_way_out(cast, clerk, client_of, instructor):
    term = cast.term_of(cast.worker)
    for what in ("close", "merge"):
        place = f"{HERE}/grids/{term.grid_id}/{what}"
        into = cast.term_of(cast.neighbour).grid_id
        for answer in (clerk.get(place), clerk.post(place, data=CHANGE | {"into": into})):
            assert answer.status_code == (200 if answer.request.method == "GET" else 422)
            assert cast.worker.name in answer.text
            assert instructor.name in answer.text
            assert f"{HERE}/terms/{term.id}/end" in answer.text
            assert f"{HERE}/terms/{term.id}/hand-over" in answer.text
        masked = client_of(cast.township_user).post(place, data=CHANGE | {"into": into}).text
        assert cast.worker.masked in masked
        assert cast.worker.name not in masked
        assert f"{HERE}/terms/{term.id}/end" not in masked
    assert term.grid.closed_on is None


def test_a_closed_grid_is_listed_apart_and_offered_nowhere(cast, clerk, empty):
    do(changes.close, empty, TODAY, "搬迁", cast.clerk)
    hub = clerk.get(f"{HERE}/grids").text
    open_part, closed_part = hub.split("</table>")
    assert empty.name not in open_part
    assert empty.name in closed_part
    assert clerk.get(f"{HERE}/grids/{empty.id}").status_code == 200
    for what in ("correct", "rename", "split", "merge", "close", "appoint"):
        assert clerk.get(f"{HERE}/grids/{empty.id}/{what}").status_code == 404, what
        assert clerk.post(f"{HERE}/grids/{empty.id}/{what}", data=CHANGE).status_code == 404, what
        assert f"/grids/{empty.id}/{what}" not in clerk.get(f"{HERE}/grids/{empty.id}").text
    other = cast.term_of(cast.worker).grid_id
    with_others = clerk.post(f"{HERE}/grids/{other}/merge").text
    assert f'value="{cast.term_of(cast.neighbour).grid_id}"' in with_others
    assert f'value="{empty.id}"' not in with_others
    assert f'value="{other}"' not in with_others
    assert empty.name not in clerk.get(f"{HERE}/terms").text


# --- Terms ---


def new_worker(**changed):
    return {
        "person": "0",
        "name": "张 三",
        "phone": "138 0000-1234",
        "sex": "female",
        "birth_year": "1961",
        "standing": "party",
        "background": "retired_official",
        "chosen_by": "households",
        "starts_on": "2026-12-28",
        "ends_on": "",
    } | changed


def named(name):
    return db.session.scalars(sa.select(Person).where(Person.name == name)).all()


def test_somebody_new_is_entered_and_appointed_in_one_form(cast, clerk, empty):
    place = f"{HERE}/grids/{empty.id}/appoint"
    assert clerk.get(place).status_code == 200
    answer = clerk.post(place, data=new_worker())
    assert answer.location == f"{HERE}/grids/{empty.id}"
    (person,) = named("张三")
    assert (person.phone, person.sex, person.birth_year, person.area) == (
        "13800001234",
        "female",
        1961,
        cast.village,
    )
    term = cast.term_of(person)
    assert (term.ends_on, term.chosen_by) == (date(2029, 12, 27), "households")
    assert "张三" in clerk.get(answer.location).text


def test_somebody_known_is_appointed_to_a_second_grid(cast, clerk, empty):
    form = {"person": cast.worker.id, "name": "", "starts_on": "2027-01-01", "ends_on": "2027-06-30"}
    assert clerk.post(f"{HERE}/grids/{empty.id}/appoint", data=form).status_code == 302
    term = db.session.scalars(sa.select(Appointment).where(Appointment.grid_id == empty.id)).one()
    assert (term.person, term.ends_on) == (cast.worker, date(2027, 6, 30))


def test_who_is_on_the_roster_already_is_not_entered_twice(cast, clerk, empty):
    form = new_worker(name="李秀明", phone="12000005678")
    assert clerk.post(f"{HERE}/grids/{empty.id}/appoint", data=form).status_code == 302
    assert len(named("李秀明")) == 1


def test_a_new_instructor_is_entered_at_the_township(cast, clerk, client_of, empty):
    place = f"{HERE}/grids/{empty.id}/appoint?duty=instructor"
    assert 'name="agency"' in clerk.get(place).text
    assert 'name="birth_year"' not in clerk.get(place).text
    form = {
        "person": "0",
        "name": "何指导",
        "phone": "0878-5212345",
        "agency": "镇司法所",
        "starts_on": "2026-12-28",
    }
    assert clerk.post(place, data=form).status_code == 302
    (person,) = named("何指导")
    assert (person.area, person.agency, person.phone) == (cast.township, "镇司法所", "08785212345")
    assert cast.term_of(person).duty == Duty.INSTRUCTOR
    there = do(grids.add_grid, cast.next_village, "90", "邻村网格", GridKind.RURAL, 8, cast.outsider)
    neighbour = client_of(cast.outsider)
    neighbour.post(f"/v/{NEXT_VILLAGE}/grids/{there.id}/appoint?duty=instructor", data=form)
    assert len(named("何指导")) == 1
    assert (
        len(db.session.scalars(sa.select(Appointment).where(Appointment.person_id == person.id)).all()) == 2
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "长" * 201},
        {"phone": "1380000"},
        {"phone": "138000012345"},
        {"phone": "电话"},
        {"birth_year": "1900"},
        {"birth_year": "x"},
        {"sex": "other"},
        {"person": "999999"},
        {"person": "known"},
        {"starts_on": ""},
        {"starts_on": "9999-01-01"},
        {"ends_on": "2026-12-27"},
        {"chosen_by": "nobody"},
    ],
)
def test_an_appointment_that_cannot_be_is_said_and_kept(cast, clerk, empty, changed):
    changed = {key: cast.worker.id if value == "known" else value for key, value in changed.items()}
    answer = clerk.post(f"{HERE}/grids/{empty.id}/appoint", data=new_worker() | changed)
    if changed.get("phone") == "1380000":  # a landline without its area code
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    if "phone" not in changed:
        assert 'value="138 0000-1234"' in answer.text
    assert holders.terms_of_grid(empty) == []
    assert named("张三") == []


def test_a_grid_that_is_taken_says_so(cast, clerk):
    answer = clerk.post(f"{HERE}/grids/{cast.term_of(cast.worker).grid_id}/appoint", data=new_worker())
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="张 三"' in answer.text
    assert named("张三") == []


def test_a_duty_that_does_not_exist(cast, clerk, empty):
    assert clerk.get(f"{HERE}/grids/{empty.id}/appoint?duty=king").status_code == 404


def test_renewed_once(cast, clerk):
    term = cast.term_of(cast.worker)
    place = f"{HERE}/terms/{term.id}/renew"
    assert "2030年12月31日" in clerk.get(place).text
    assert clerk.post(place, data={"chosen_by": "group"}).status_code == 302
    assert cast.term_of(cast.worker).chosen_by == "group"
    again = clerk.post(place, data={"chosen_by": "group"})
    assert again.status_code == 422
    assert 'role="alert"' in again.text
    assert place not in clerk.get(f"{HERE}/grids/{term.grid_id}").text


def test_handed_over_to_somebody_new(cast, clerk):
    term = cast.term_of(cast.worker)
    place = f"{HERE}/terms/{term.id}/hand-over"
    late = clerk.post(place, data=new_worker(starts_on="2028-01-02"))
    assert late.status_code == 422
    assert 'value="2028-01-02"' in late.text
    assert named("张三") == []
    assert clerk.post(place, data=new_worker(starts_on="2026-12-01")).status_code == 302
    (person,) = named("张三")
    assert cast.term_of(person).follows == term
    assert term.ended_on == date(2026, 12, 1)
    theirs = clerk.get(f"{HERE}/people/{cast.worker.id}").text
    assert "张三" in theirs
    assert cast.worker.name in clerk.get(f"{HERE}/people/{person.id}").text


def test_ended_early_with_a_reason_on_a_day(cast, clerk):
    term = cast.term_of(cast.worker)
    place = f"{HERE}/terms/{term.id}/end"
    assert clerk.get(place).status_code == 200
    for bad in ({"reason": ""}, {"on": "2026-12-29"}, {"on": ""}, {"on": "2024-01-01"}):
        answer = clerk.post(place, data={"on": "2026-12-20", "reason": "搬到县城"} | bad)
        assert answer.status_code == 422, bad
        assert "reason" in bad or "搬到县城" in answer.text
    assert term.ended_on is None
    assert clerk.post(place, data={"on": "2026-12-20", "reason": "搬到县城"}).status_code == 302
    assert term.ended_on == date(2026, 12, 20)
    assert clerk.post(place, data={"on": "2026-12-20", "reason": "搬到县城"}).status_code == 422


def test_many_are_renewed_at_once_and_who_can_t_be_is_told(cast, clerk, clock, client_of):
    clock.turn_to(date(2027, 12, 1))
    page = clerk.get(f"{HERE}/terms").text
    boxes = {int(ident) for ident in re.findall(r'name="term" value="(\d+)"', page)}
    own = {cast.term_of(worker).id for worker in cast.workers}
    assert boxes == own
    first, *others = sorted(own)
    do(terms.renew, db.session.get_one(Appointment, first), cast.clerk)
    sent = {"term": [first, *others[:3]]}
    answer = clerk.post(f"{HERE}/terms/renew", data=sent)
    assert answer.location == f"{HERE}/terms#told"
    page = clerk.get(answer.location).text
    told = re.findall(r'role="status">(.*?)</p>', page.partition('id="told"')[2])
    assert told == ["已续聘 3 人。", f"有 1 项没有办成（{cast.worker.name}）。这个聘期已经续聘过了。"]
    follow = db.session.scalars(sa.select(Appointment.follows_id).where(Appointment.follows_id.is_not(None)))
    assert set(follow) == {first, *others[:3]}
    empty = clerk.post(f"{HERE}/terms/renew")
    assert (empty.status_code, "请至少勾一项" in empty.text) == (422, True)
    assert client_of(cast.outsider).post(f"/v/{NEXT_VILLAGE}/terms/renew", data=sent).status_code == 404
    assert client_of(cast.supervisor).post(f"{HERE}/terms/renew", data=sent).status_code == 403
    assert 'name="term"' not in client_of(cast.supervisor).get(f"{HERE}/terms").text


def test_a_renewal_is_called_off_from_the_page(cast, clerk):
    term = cast.term_of(cast.worker)
    renewal = do(terms.renew, term, cast.clerk)
    place = f"{HERE}/terms/{renewal.id}/end"
    page = clerk.get(place).text
    sent = re.search(r'type="hidden" name="on" value="([^"]+)"', page)[1]
    assert clerk.post(place, data={"on": sent, "reason": "按错了"}).status_code == 302
    assert term.ended_on is None


def test_where_somebody_is_missing_and_whose_term_ends(cast, clerk, clock, instructor):
    page = clerk.get(f"{HERE}/terms").text
    assert page.count("/appoint?duty=instructor") == 7
    assert "/appoint?duty=worker" not in page
    clock.turn_to(date(2027, 12, 1))
    page = clerk.get(f"{HERE}/terms").text
    assert all(name in page for name in WORKERS)
    assert len(re.findall(r"/terms/\d+/renew", page)) == 8
    clock.turn_to(date(2028, 1, 2))
    page = clerk.get(f"{HERE}/terms").text
    assert page.count("/appoint?duty=worker") == 8
    assert len(re.findall(r"/terms/\d+/renew", page)) == 8


def test_nothing_to_do_is_said(cast, clerk, instructor):
    for worker in cast.workers[1:]:
        do(terms.appoint, instructor, cast.term_of(worker).grid, Duty.INSTRUCTOR, TODAY, cast.clerk)
    assert 'class="empty"' in clerk.get(f"{HERE}/terms").text


def test_figures_by_village_for_those_above(cast, client_of, instructor, clock):
    do(terms.end_term, cast.term_of(cast.neighbour), "搬走", cast.clerk)
    for user, area, count in ((cast.county_user, COUNTY, 3), (cast.township_user, TOWNSHIP, 2)):
        page = client_of(user).get(f"/a/{area}/staffing").text
        assert page.count("/grids") == count
        row = re.search(rf"{HERE}/grids.*?</tr>", page, re.DOTALL)[0]
        assert re.findall(r">\s*(\d+)\s*<", row) == ["8", "1", "7", "0", "0"]
    assert client_of(cast.clerk).get(f"/a/{VILLAGE}/staffing").status_code == 403
    assert client_of(cast.far_township_user).get(f"/a/{TOWNSHIP}/staffing").status_code == 404


# --- People ---


def test_the_people_of_the_village_and_one_by_name(cast, clerk, instructor):
    page = clerk.get(f"{HERE}/people").text
    assert all(name in page for name in (*WORKERS, instructor.name))
    do(terms.end_term, cast.term_of(cast.neighbour), "搬走", cast.clerk)
    assert cast.neighbour.name not in clerk.get(f"{HERE}/people").text
    assert cast.neighbour.name in clerk.get(f"{HERE}/people?show=former").text
    found = clerk.get(f"{HERE}/people?name=秀").text
    assert cast.worker.name in found
    assert "赵国强" not in found
    assert 'class="empty"' in clerk.get(f"{HERE}/people?name=%25").text
    assert clerk.get(f"{HERE}/people?show=all").status_code == 404
    assert clerk.get(f"{HERE}/people?name=%00").status_code == 200


def person_form(person, **changed):
    known = ("name", "phone", "agency", "sex", "birth_year", "standing", "background", "law_mark_on")
    return {name: getattr(person, name) or "" for name in known} | changed


def test_a_person_is_corrected(cast, clerk):
    place = f"{HERE}/people/{cast.worker.id}"
    assert 'value="12000005678"' in clerk.get(f"{place}/correct").text
    form = person_form(cast.worker, phone="139 1111 2222", birth_year="1961", law_mark_on="2026-05-01")
    assert clerk.post(f"{place}/correct", data=form).status_code == 302
    assert (cast.worker.phone, cast.worker.birth_year) == ("13911112222", 1961)
    page = clerk.get(place).text
    assert "13911112222" in page
    assert "2026年5月1日" in page


@pytest.mark.parametrize(
    "changed",
    [
        {"name": " "},
        {"phone": "12"},
        {"birth_year": "2011"},
        {"law_mark_on": "2026-12-29"},
        {"standing": "king"},
    ],
)
def test_a_correction_that_cannot_be_is_said_and_kept(cast, clerk, changed):
    form = person_form(cast.worker, agency="新单位") | changed
    answer = clerk.post(f"{HERE}/people/{cast.worker.id}/correct", data=form)
    assert answer.status_code == 422
    assert "新单位" in answer.text
    assert 'class="error"' in answer.text
    assert cast.worker.agency is None


def test_an_instructor_is_corrected_where_they_serve(cast, clerk, client_of, instructor):
    form = person_form(instructor, phone="13900000000")
    place = f"people/{instructor.id}/correct"
    assert client_of(cast.outsider).post(f"/v/{NEXT_VILLAGE}/{place}", data=form).status_code == 404
    assert clerk.post(f"{HERE}/{place}", data=form).status_code == 302
    do(terms.end_term, cast.term_of(instructor), "调走", cast.clerk)
    assert clerk.post(f"{HERE}/{place}", data=form).status_code == 403
    assert place not in clerk.get(f"{HERE}/people/{instructor.id}").text


def test_two_entries_of_one_person_explain_each_other(cast, clerk):
    twin = do(persons.add_person, cast.village, "李秀敏", cast.clerk)
    with transaction():
        db.session.add(
            Merge(kept_id=cast.worker.id, duplicate_id=twin.id, reason="名字写错", at=calendar.now())
        )
        db.session.flush()
    theirs = clerk.get(f"{HERE}/people/{twin.id}").text
    assert f"{HERE}/people/{cast.worker.id}" in theirs
    assert "名字写错" in theirs
    assert "/correct" not in theirs
    kept = clerk.get(f"{HERE}/people/{cast.worker.id}").text
    assert "李秀敏" in kept
    assert "名字写错" in kept
    assert clerk.post(f"{HERE}/people/{twin.id}/correct", data=person_form(twin)).status_code == 403


# --- Who may ---


def pages(cast):
    term = cast.term_of(cast.worker)
    return [
        "/grids",
        f"/grids/{term.grid_id}",
        "/people",
        f"/people/{term.person_id}",
        "/terms",
    ]


def test_names_and_phones_are_masked_for_those_above(cast, client_of, instructor, clock):
    do(terms.hand_over, cast.term_of(cast.neighbour), cast.workers[2], TODAY, cast.clerk)
    more = [f"/grids/{grid.id}" for grid in grids.of_village(cast.village)]
    more += [f"/people/{person.id}" for person in (*cast.workers, instructor)]
    for onlooker in (cast.township_user, cast.county_user):
        client = client_of(onlooker)
        for path in (*pages(cast), *more, "/people?show=former"):
            page = client.get(HERE + path).text
            for name in (*WORKERS, instructor.name, "12000005678", instructor.phone):
                assert name not in page, (path, name)
        assert cast.workers[3].masked in client.get(f"{HERE}/people?name=李秀明").text  # not searched by
    for reader in (cast.supervisor, cast.instructor):
        assert cast.worker.name in client_of(reader).get(f"{HERE}/people").text
    clock.turn_to(date(2028, 1, 2))  # the terms ran out
    page = client_of(cast.township_user).get(f"{HERE}/terms").text
    assert cast.worker.masked in page
    assert cast.worker.name not in page


def test_another_village_does_not_exist(cast, client_of):
    for path in pages(cast):
        assert client_of(cast.outsider).get(HERE + path).status_code == 404
        assert client_of(cast.far_township_user).get(HERE + path).status_code == 404
        assert client_of(cast.volunteer).get(HERE + path).status_code == 403
        if path.count("/") > 1:
            assert client_of(cast.outsider).get(f"/v/{NEXT_VILLAGE}{path}").status_code == 404, path
    term = cast.term_of(cast.worker)
    for what in ("renew", "hand-over", "end"):
        assert client_of(cast.outsider).get(f"/v/{NEXT_VILLAGE}/terms/{term.id}/{what}").status_code == 404


WRITING = ("renew", "hand-over", "end", "correct", "rename", "split", "merge", "close", "appoint", "new")


def test_who_only_reads_finds_no_way_to_write(cast, client_of, empty):
    for reader in (cast.supervisor, cast.instructor):
        client = client_of(reader)
        for path in (*pages(cast), f"/grids/{empty.id}"):
            page = client.get(HERE + path).text
            assert not re.search(rf'href="[^"]*/({"|".join(WRITING)})[?"]', page), path
        assert client.post(f"{HERE}/grids/new", data=a_grid()).status_code == 403


def test_those_above_keep_the_grids_but_not_the_people(cast, client_of, empty):
    client = client_of(cast.township_user)
    assert client.post(f"{HERE}/grids/new", data=a_grid()).status_code == 302
    assert client.post(f"{HERE}/grids/{empty.id}/close", data=CHANGE).status_code == 302
    term = cast.term_of(cast.worker)
    assert client.get(f"{HERE}/terms/{term.id}/end").status_code == 403
    assert client.get(f"{HERE}/people/{cast.worker.id}/correct").status_code == 403
    assert client.get(f"{HERE}/grids/{term.grid_id}/appoint").status_code == 403
    assert not re.search(r"/terms/\d+/", client.get(f"{HERE}/grids/{term.grid_id}").text)


@pytest.mark.parametrize("path", ["/grids", "/people", "/terms"])
def test_seventy_grids_are_read_like_eight(cast, client_of, path):
    user = cast.clerk
    client = client_of(user)

    def asked():
        with counted() as sent:
            assert client.get(HERE + path).status_code == 200
        return len(sent)

    before = asked()
    with transaction():
        for number in range(62):
            group = grids.find_or_add_group(cast.village, f"第{number % 9}组", user)
            grid = grids.add_grid(
                cast.village, f"5{number:02}", f"网格{number}", GridKind.RURAL, 8, user, group=group
            )
            person = persons.add_person(cast.village, f"工{number}", user, f"138000{number:05}")
            terms.appoint(person, grid, Duty.WORKER, date(2025, 1, 1), user)
    assert asked() == before
