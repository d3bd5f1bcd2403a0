"""Training: who holds what, who was there, who still lacks it, and the mark 法律明白人."""

import io
import re
from datetime import date
from uuid import uuid4

import pytest
import qrcode
import sqlalchemy as sa
from sqlalchemy import func, select

from ground import clock
from ground.db import db, transaction
from people import cards
from people.conduct import training_due, trainings
from people.conduct.training_due import Period
from people.models import Attendance, AuditEvent, Duty, GridKind, Level, Merge, Training
from people.roster import grids, persons, terms
from tests.cast import NEXT_VILLAGE, TODAY, TOWNSHIP, VILLAGE
from tests.story import refusal

HERE = f"/a/{VILLAGE}/trainings"
ABOVE = f"/a/{TOWNSHIP}/trainings"
SECOND_HALF = Period(2026, 2)


def hold(area, duty=Duty.WORKER, held_on=TODAY, topic="积分细则", key=None, actor=None):
    with transaction():
        return trainings.hold(key or uuid4().hex, area, duty, topic, "村委会会议室", held_on, actor)


def attend(training, person, actor=None, by_card=False):
    with transaction():
        return trainings.attend(training, person, by_card, actor)


def an_instructor(area, village, *codes, name="何指导", agency="县司法局", since=date(2025, 1, 1)):
    """An instructor of an agency, who serves in these grids of a village."""
    with transaction():
        person = persons.add_person(area, name, None, agency=agency)
        for code in codes:
            terms.appoint(person, grids.by_code(village, code), Duty.INSTRUCTOR, since, None)
    return person


def attending():
    db.session.rollback()
    return set(db.session.scalars(select(Attendance.person_id)))


def standing(area, duty=Duty.WORKER, period=SECOND_HALF):
    """Village code → how many serve, and who lacks whose session."""
    return {
        each.village.code: (each.serving, {line.name: line.sessions for line in each.missing})
        for each in training_due.trainings_due(area, duty, period)
    }


class Statements:
    """How many statements are sent to the database."""

    def __enter__(self):
        self.count = 0
        sa.event.listen(db.engine, "before_cursor_execute", self._look)
        return self

    def _look(self, *_args):
        self.count += 1

    def __exit__(self, *_exc):
        sa.event.remove(db.engine, "before_cursor_execute", self._look)


# --- Sessions ---


def test_the_county_trains_instructors_and_the_others_their_workers(cast):
    for area, duty in ((cast.county, Duty.WORKER), (cast.township, Duty.INSTRUCTOR)):
        with refusal("wrong_audience"):
            hold(area, duty)
    with refusal("wrong_audience"):
        hold(cast.village, Duty.INSTRUCTOR)
    for area, duty in (
        (cast.county, Duty.INSTRUCTOR),
        (cast.township, Duty.WORKER),
        (cast.next_village, Duty.WORKER),
    ):
        assert hold(area, duty).area_id == area.id


def test_a_session_sent_twice_is_one_session(cast):
    first = hold(cast.village, key="k" * 16)
    assert hold(cast.village, key="k" * 16).id == first.id
    with refusal("key_reused"):
        hold(cast.village, key="k" * 16, topic="别的题目")
    assert db.session.scalar(select(func.count()).select_from(Training)) == 1


@pytest.mark.parametrize(
    ("held_on", "fits"),
    [
        (date(2025, 1, 1), True),
        (date(2024, 12, 31), False),
        (date(2027, 2, 26), True),  # 60 days ahead
        (date(2027, 2, 27), False),
    ],
)
def test_a_session_lies_between_last_year_and_two_months_ahead(cast, held_on, fits):
    if fits:
        assert hold(cast.village, held_on=held_on).held_on == held_on
    else:
        with refusal("bad_day"):
            hold(cast.village, held_on=held_on)


def test_a_session_has_a_topic(cast):
    with refusal("topic_missing"):
        hold(cast.village, topic=" \t")


def test_a_session_is_taken_back_as_long_as_nobody_was_there(cast):
    training = hold(cast.village)
    attend(training, cast.worker)
    with refusal("has_attendance"), transaction():
        trainings.call_off(training, cast.clerk)
    with transaction():
        trainings.remove_attendance(training, cast.worker, cast.clerk)
        trainings.call_off(training, cast.clerk)
    assert db.session.scalar(select(func.count()).select_from(Training)) == 0
    last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (last.action, last.detail["topic"]) == ("training.call_off", "积分细则")


# --- Who was there ---


def test_twice_is_once_and_a_wrong_tick_is_taken_back(cast):
    training = hold(cast.village)
    assert attend(training, cast.worker, cast.clerk, by_card=True)
    assert not attend(training, cast.worker, cast.clerk)
    assert attending() == {cast.worker.id}
    with transaction():
        assert trainings.remove_attendance(training, cast.worker, cast.clerk)
        assert not trainings.remove_attendance(training, cast.worker, cast.clerk)
    assert attending() == set()
    subject = f"person:{cast.worker.id}"
    lines = db.session.scalars(
        select(AuditEvent).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    )
    told = [(line.action, line.actor_id, line.area_id) for line in lines if "training" in line.action]
    who = cast.clerk.id, cast.village.id
    assert told == [("training.attend", *who), ("training.absent", *who)]


def test_nobody_attends_before_the_day(cast, clock):
    training = hold(cast.village, held_on=date(2026, 12, 29))
    with refusal("too_early"):
        attend(training, cast.worker)
    clock.days_on()
    assert attend(training, cast.worker)


def test_only_who_serves_there_on_the_day_attends(cast, clock):
    village, township = hold(cast.village), hold(cast.township)
    with refusal("not_serving"):
        attend(village, cast.stranger)  # of the next village, which the township covers
    assert attend(township, cast.stranger)
    instructor = an_instructor(cast.township, cast.village, "01")
    with refusal("not_serving"):
        attend(village, instructor)
    with transaction():
        terms.end_term(cast.term_of(cast.neighbour), "搬家", cast.clerk)
    with refusal("not_serving"):
        attend(village, cast.neighbour)  # who left that very day
    before = hold(cast.village, held_on=date(2026, 12, 27))
    assert attend(before, cast.neighbour)
    with refusal("not_serving"):
        attend(hold(cast.county, Duty.INSTRUCTOR), cast.worker)
    assert attend(
        db.session.scalars(select(Training).where(Training.area_id == cast.county.id)).one(), instructor
    )


def test_a_merged_entry_is_the_person_it_was_merged_into(cast):
    """The term stands at the old entry, the attendance at the one that was kept."""
    training = hold(cast.village)
    with transaction():
        kept = persons.add_person(cast.village, "李秀明二", None)
        db.session.add(
            Merge(kept_id=kept.id, duplicate_id=cast.card.person_id, reason="同一人", at=clock.now())
        )
        db.session.flush()
    worker, duplicate = cast.person("李秀明二"), cast.worker
    assert attend(training, duplicate)
    assert not attend(training, worker)
    assert attending() == {worker.id}
    (line,) = [line for line in trainings.roll(training, cast.village) if line.attendance]
    assert line.person.id == worker.id
    with transaction():
        assert trainings.remove_attendance(training, duplicate, cast.clerk)
    assert attending() == set()


def check_in(training, given, actor):
    with transaction():
        return trainings.check_in(training, given, actor)


def test_a_card_lets_in_whichever_way_it_is_read(cast):
    training, card = hold(cast.village), cast.card
    person, is_new = check_in(training, f"https://aixin.example/C/{card.token}", cast.clerk)
    assert (person.id, is_new) == (cast.worker.id, True)
    assert check_in(training, cast.card.number, cast.clerk)[1] is False
    assert db.session.scalars(select(Attendance.by_card)).all() == [True]


def test_a_township_takes_the_cards_of_all_its_villages(cast):
    training = hold(cast.township)
    for person in (cast.worker, cast.stranger):
        card = cards.active_card(person)
        for given, is_new in ((card.token, True), (card.number, False)):
            assert check_in(training, given, cast.township_user)[1] is is_new


def test_cards_that_do_not_let_in(cast):
    training = hold(cast.village)
    with refusal("not_serving"):
        check_in(training, cast.card_of(cast.stranger).number, cast.clerk)
    with refusal("bad_card_number"):
        check_in(training, "123456789", cast.clerk)
    old = cast.card
    with transaction():
        cards.issue(cast.worker, cast.clerk)
        cards.report_lost(cast.card_of(cast.neighbour), cast.clerk)
    lost = db.session.scalars(select(cards.Card).where(cards.Card.person_id == cast.neighbour.id)).one()
    for card in (old, lost):
        with refusal("card_inactive"):
            check_in(training, card.token, cast.clerk)
    assert attending() == set()


def test_a_ticked_list_changes_only_what_was_changed_on_it(cast):
    """Whoever was let in, or taken off, after the list was shown stays so, whatever the list says."""
    training = hold(cast.village)
    first, second, third = (worker.id for worker in cast.workers[:3])
    attend(training, cast.workers[0])
    attend(training, cast.workers[1], by_card=True)  # after the list was shown with the first alone
    with transaction():
        assert trainings.tick(training, {third}, {first}, cast.clerk) == (1, 1)
    assert attending() == {second, third}
    with transaction():  # the first is off the list by now
        assert trainings.tick(training, {first, second}, {first, second}, cast.clerk) == (0, 0)
    assert attending() == {second, third}
    with refusal("not_serving"), transaction():
        trainings.tick(training, {first, cast.stranger.id}, set(), cast.clerk)
    assert attending() == {second, third}


def test_the_roll_in_a_village_holds_only_its_own_people(cast):
    training = hold(cast.township)
    names = {line.person.name for line in trainings.roll(training, cast.village)}
    assert names == {worker.name for worker in cast.workers}
    assert len(trainings.roll(training, cast.township)) == 9
    assert trainings.roll(training, cast.far_village) == []


def test_an_instructor_of_two_grids_is_one_line(cast):
    an_instructor(cast.county, cast.village, "01", "02")
    (line,) = trainings.roll(hold(cast.county, Duty.INSTRUCTOR), cast.county)
    assert [seat.grid for seat in line.seats] == ["第01网格", "第02网格"]


# --- Who still lacks it ---


def test_periods():
    assert [str(Period.of(Duty.WORKER, day)) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [
        "2026H1",
        "2026H2",
    ]
    assert str(Period.of(Duty.INSTRUCTOR, TODAY)) == "2026"
    assert [str(Period(2026, half).previous) for half in (0, 1, 2)] == ["2025", "2025H2", "2026H1"]
    assert (Period(2026, 1).last_day, Period(2026, 2).first_day) == (date(2026, 6, 30), date(2026, 7, 1))


def test_workers_need_their_village_s_and_their_township_s_session(cast):
    both = (Level.VILLAGE, Level.TOWNSHIP)
    assert standing(cast.village) == {VILLAGE: (8, {worker.name: both for worker in cast.workers})}
    village, township = hold(cast.village, held_on=date(2026, 7, 1)), hold(cast.township)
    attend(village, cast.worker)
    attend(township, cast.worker)
    attend(village, cast.neighbour)
    attend(hold(cast.village, held_on=date(2026, 6, 30)), cast.workers[2])  # in the half-year before
    serving, missing = standing(cast.village)[VILLAGE]
    assert serving == 8
    assert cast.worker.name not in missing
    assert missing[cast.neighbour.name] == (Level.TOWNSHIP,)
    assert missing[cast.workers[2].name] == both
    _serving, before = standing(cast.village, period=Period(2026, 1))[VILLAGE]
    assert before[cast.workers[2].name] == (Level.TOWNSHIP,)
    assert before[cast.worker.name] == both


def test_the_figures_are_the_same_from_every_height(cast):
    attend(hold(cast.township), cast.stranger)
    attend(hold(cast.next_village), cast.stranger)
    attend(hold(cast.village), cast.worker)
    from_above = standing(cast.county)
    assert from_above[NEXT_VILLAGE] == (1, {})
    assert from_above["539900102201"] == (0, {})
    for area in (cast.village, cast.next_village):
        assert standing(area)[area.code] == from_above[area.code] == standing(cast.township)[area.code]


def test_who_has_just_begun_is_not_overdue(cast):
    """90 days before the period's end: from the 3rd of October on there is time until the next."""
    with transaction():
        for number, since in enumerate((date(2026, 10, 2), date(2026, 10, 3)), 11):
            grid = grids.add_grid(cast.village, f"{number}", f"第{number}网格", GridKind.RURAL, 8, None)
            person = persons.add_person(cast.village, f"新来{number}", None)
            terms.appoint(person, grid, Duty.WORKER, since, None)
    serving, missing = standing(cast.village)[VILLAGE]
    assert serving == 10
    assert "新来11" in missing
    assert "新来12" not in missing


def test_a_renewed_term_is_no_new_beginning(cast):
    with transaction():
        term = cast.term_of(cast.worker)
        term.ends_on = date(2026, 11, 30)
        term.ended_on = date(2026, 12, 1)
        db.session.flush()
        terms.appoint(cast.worker, term.grid, Duty.WORKER, date(2026, 12, 1), None)
    serving, missing = standing(cast.village)[VILLAGE]
    assert serving == 8
    assert cast.worker.name in missing


def test_who_left_is_not_counted_and_the_period_before_is_as_on_its_last_day(cast):
    with transaction():
        terms.end_term(cast.term_of(cast.worker), "搬家", cast.clerk)
    serving, missing = standing(cast.village)[VILLAGE]
    assert serving == 7
    assert cast.worker.name not in missing
    assert cast.worker.name in standing(cast.village, period=Period(2026, 1))[VILLAGE][1]


def test_instructors_need_the_county_s_session_once_a_year(cast):
    person = an_instructor(cast.county, cast.village, "01", "02")
    year = Period(2026, 0)
    lacks = {VILLAGE: (1, {person.name: (Level.COUNTY,)})}
    assert standing(cast.village, Duty.INSTRUCTOR, year) == lacks
    attend(hold(cast.county, Duty.INSTRUCTOR, held_on=date(2026, 1, 1)), person)
    assert standing(cast.village, Duty.INSTRUCTOR, year) == {VILLAGE: (1, {})}
    assert standing(cast.county, Duty.INSTRUCTOR, year)[VILLAGE] == (1, {})
    assert standing(cast.village, Duty.INSTRUCTOR, Period(2025, 0)) == lacks


def test_the_figures_take_as_many_questions_for_a_county_as_for_a_village(cast):
    attend(hold(cast.village), cast.worker)
    asked = []
    for area in (cast.village, cast.county):
        with Statements() as statements:
            training_due.trainings_due(area, Duty.WORKER, SECOND_HALF)
        asked.append(statements.count)
    assert asked == [4, 4]


# --- The mark ---


def test_the_mark_is_given_and_taken_back_with_a_trace(cast):
    def mark(day):
        with transaction():
            return trainings.set_law_mark(cast.worker, day, cast.clerk)

    def figures():
        return [
            (one.village.code, one.grids, one.marked_grids) for one in training_due.law_marks(cast.township)
        ]

    assert figures() == [(VILLAGE, 8, 0), (NEXT_VILLAGE, 1, 0)]
    assert mark(date(2026, 3, 1))
    assert not mark(date(2026, 3, 1))
    with refusal("in_future"):
        mark(date(2026, 12, 29))
    assert figures() == [(VILLAGE, 8, 1), (NEXT_VILLAGE, 1, 0)]
    assert mark(None)
    assert figures() == [(VILLAGE, 8, 0), (NEXT_VILLAGE, 1, 0)]
    lines = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "person.law_mark"))
    assert [(line.before, line.detail) for line in lines] == [
        ({"law_mark_on": None}, {"law_mark_on": "2026-03-01"}),
        ({"law_mark_on": "2026-03-01"}, {"law_mark_on": None}),
    ]


# --- On pages ---


def a_form(**changes):
    return {"key": uuid4().hex, "topic": "消防安全", "place": "文化室", "held_on": "2026-12-28"} | changes


def test_from_the_form_to_the_last_card(cast, client_of):
    clerk, token, number = client_of(cast.clerk), cast.card.token, cast.card_of(cast.neighbour).number
    assert "还没有培训" in clerk.get(HERE).text
    form = a_form()
    there = clerk.post(f"{HERE}/new", data=form).headers["Location"]
    assert clerk.post(f"{HERE}/new", data=form).headers["Location"] == there
    page = clerk.get(there).text
    assert "data-scan" in page
    assert "应到 8 人，已到 0 人" in page
    found = clerk.get(clerk.post(f"{there}/scan", data={"scan": token}).headers["Location"]).text
    assert f"<h2>{cast.worker.name}</h2>" in found
    assert 'data-sound="found"' in found
    assert "应到 8 人，已到 1 人" in found
    assert token not in found
    again = clerk.get(clerk.post(f"{there}/scan", data={"scan": token}).headers["Location"]).text
    assert "已经签到过了" in again
    assert 'data-sound="refused"' in again
    clerk.post(f"{there}/scan", data={"scan": number})
    assert "应到 8 人，已到 2 人" in clerk.get(there).text
    assert clerk.post(f"{there}/ticks", data={"shown": cast.worker.id}).headers["Location"] == there
    assert attending() == {cast.neighbour.id}
    assert "消防安全" in clerk.get(HERE).text


def test_the_page_s_script_learns_who_came_or_why_not_without_leaving(cast, client_of):
    training = hold(cast.village)

    def answer(scanned):
        address = f"{HERE}/{training.id}/scan"
        return client_of(cast.clerk).post(
            address, data={"scan": scanned}, headers={"Accept": "application/json"}
        )

    came = answer(f"]Q1HTTPS:AIXIN.EXAMPLE/C/{cast.card.token}")
    assert came.json == {"url": f"{HERE}/{training.id}?person={cast.worker.id}"}
    assert [answer(scanned).json["code"] for scanned in ("6901028075831", "爱心", "123456789")] == [
        "article_first",
        "swallowed",
        "bad_card_number",
    ]
    assert attending() == {cast.worker.id}


@pytest.mark.parametrize("given", ["", "123456789", "你好", "0" * 20, "{stranger}"])
def test_a_card_that_is_not_taken_says_so_at_the_field(cast, client_of, given):
    training = hold(cast.village)
    given = given.format(stranger=cast.card_of(cast.stranger).number)
    answer = client_of(cast.clerk).post(f"{HERE}/{training.id}/scan", data={"scan": given})
    assert answer.status_code == 422
    assert re.search(r'id="scan-told"[^>]*>[^<]', answer.text)
    assert f'value="{given}"' in answer.text
    assert 'data-sound="refused"' in answer.text
    assert attending() == set()


def picture(text):
    file = io.BytesIO()
    qrcode.make(text).save(file, "PNG")
    return file.getvalue()


def test_the_camera_and_a_photo_let_in_too(cast, client_of):
    training, clerk = hold(cast.village), client_of(cast.clerk)
    there = f"{HERE}/{training.id}"
    address = f"HTTPS://AIXIN.EXAMPLE/C/{cast.card.token}"
    frame = {"photo": (io.BytesIO(picture(address)), "frame.png")}
    read = clerk.post(f"{there}/read", data=frame)
    assert read.json == {"texts": [address]}
    came = clerk.post(f"{there}/scan", data={"scan": address}, headers={"Accept": "application/json"})
    assert came.json["url"] == f"{there}?person={cast.worker.id}"
    photo = {"photo": (io.BytesIO(picture(cast.card_of(cast.neighbour).token)), "card.png")}
    sent = clerk.post(f"{there}/photo", data=photo, content_type="multipart/form-data")
    assert sent.headers["Location"] == f"{there}?person={cast.neighbour.id}"
    assert attending() == {cast.worker.id, cast.neighbour.id}
    answer = clerk.post(f"{there}/read", data={"photo": (io.BytesIO(b"no picture"), "frame.png")})
    assert (answer.status_code, answer.json["code"]) == (422, "not_an_image")
    wrong = {"photo": (io.BytesIO(picture("https://example.com/")), "card.png")}
    answer = clerk.post(f"{there}/photo", data=wrong, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'class="error"' in answer.text


def test_before_the_day_there_is_no_field_and_no_list_to_tick(cast, client_of):
    training, clerk = hold(cast.village, held_on=date(2026, 12, 30)), client_of(cast.clerk)
    assert "data-scan" not in clerk.get(f"{HERE}/{training.id}").text
    assert "checkbox" not in clerk.get(f"{HERE}/{training.id}/list").text
    answer = clerk.post(f"{HERE}/{training.id}/scan", data={"scan": cast.card.number})
    assert answer.status_code == 422
    assert clerk.post(f"{HERE}/{training.id}/ticks", data={"here": cast.worker.id}).status_code == 422


@pytest.mark.parametrize("sent", [{"here": "x"}, {"here": str(10**30)}, {"here": "-1", "shown": "0"}])
def test_a_list_with_nonsense_on_it_changes_nothing(cast, client_of, sent):
    training = hold(cast.village)
    answer = client_of(cast.clerk).post(f"{HERE}/{training.id}/ticks", data=sent)
    assert answer.status_code in (302, 422)
    assert attending() == set()


def test_instructors_are_ticked_they_have_no_cards(cast, client_of):
    person = an_instructor(cast.county, cast.village, "01")
    training, county = hold(cast.county, Duty.INSTRUCTOR), client_of(cast.county_user)
    there = f"/a/{cast.county.code}/trainings/{training.id}"
    assert "data-scan" not in county.get(there).text
    assert f'id="here-{person.id}"' in county.get(f"{there}/list").text
    county.post(f"{there}/ticks", data={"here": person.id})
    assert attending() == {person.id}
    assert person.name in county.get(there).text  # an agency of the county's own


def test_who_holds_and_who_looks_on(cast, client_of):
    village, township, county = (
        hold(cast.village),
        hold(cast.township),
        hold(cast.county, Duty.INSTRUCTOR),
    )
    cases = {
        "clerk": (302, 404, 404),
        "chair": (302, 404, 404),
        "supervisor": (403, 403, 403),
        "instructor": (403, 403, 403),
        "township_user": (404, 302, 404),
        "county_user": (404, 404, 302),
        "worker": (403, 403, 403),
        "volunteer": (403, 403, 403),
    }
    for username, expected in cases.items():
        client = client_of(cast.user(username))
        for area, training, wanted in zip(
            (cast.village, cast.township, cast.county), (village, township, county), expected, strict=True
        ):
            reaches = bool(cast.user(username).roles_in(area))
            answer = client.post(f"/a/{area.code}/trainings/{training.id}/ticks", data={})
            assert answer.status_code == (wanted if reaches else 404), (username, area.name)
        readable = username not in ("worker", "volunteer")
        for page in ("", f"/{village.id}", f"/{township.id}", f"/{county.id}/list", "/due", "/law-mark"):
            assert client.get(HERE + page).status_code == (200 if readable else 403), (username, page)
        new = {"clerk": 200, "chair": 200, "township_user": 404, "county_user": 404}.get(username, 403)
        assert client.get(f"{HERE}/new").status_code == new, username
    assert client_of(cast.outsider).get(HERE).status_code == 404
    assert client_of(cast.outsider).get(f"/a/{NEXT_VILLAGE}/trainings/{village.id}").status_code == 404
    assert client_of(cast.far_township_user).get(f"{ABOVE}/{township.id}").status_code == 404


def test_a_village_does_not_change_the_township_s_session(cast, client_of):
    training, clerk = hold(cast.township), client_of(cast.clerk)
    for path in ("scan", "ticks", "call-off", "photo", "read"):
        assert clerk.post(f"{HERE}/{training.id}/{path}", data={"here": cast.worker.id}).status_code == 404
    assert attending() == set()


def test_names_are_masked_above_and_of_other_villages_nobody_is_shown(cast, client_of):
    training = hold(cast.township)
    attend(training, cast.worker)
    attend(training, cast.stranger)
    for path in ("", "/list"):
        above = client_of(cast.township_user).get(f"{ABOVE}/{training.id}{path}").text
        assert cast.worker.masked in above
        assert cast.worker.name not in above
        below = client_of(cast.clerk).get(f"{HERE}/{training.id}{path}").text
        assert cast.worker.name in below
        assert cast.stranger.name not in below
        assert cast.stranger.masked not in below
    for page in ("due", "law-mark"):
        above = client_of(cast.township_user).get(f"{HERE}/{page}").text
        assert cast.neighbour.masked in above
        assert cast.neighbour.name not in above


def test_the_page_of_who_lacks_it(cast, client_of):
    attend(hold(cast.village), cast.worker)
    attend(hold(cast.township), cast.worker)
    village = client_of(cast.clerk).get(f"{HERE}/due").text
    assert cast.neighbour.name in village
    assert cast.worker.name not in village
    assert cast.worker.name in client_of(cast.clerk).get(f"{HERE}/due?period=2026H1").text
    township = client_of(cast.township_user).get(f"{ABOVE}/due").text
    assert "柳树村" in township
    assert f"{VILLAGE}/trainings/due?for=worker&amp;period=2026H2" in township
    assert client_of(cast.clerk).get(f"{HERE}/due?for=instructor&period=2026H2").status_code == 200
    assert client_of(cast.clerk).get(f"{HERE}/due?for=%00").status_code == 404


def test_the_pages_take_as_many_questions_for_many_as_for_few(cast, client_of):
    township = hold(cast.township)
    county = client_of(cast.county_user)

    def asked(path):
        with Statements() as statements:
            assert county.get(path).status_code == 200
        return statements.count

    paths = (
        ABOVE,
        f"{ABOVE}/due",
        f"{ABOVE}/law-mark",
        f"{ABOVE}/{township.id}",
        f"{ABOVE}/{township.id}/list",
    )
    few = [asked(path) for path in paths]
    with transaction():
        for worker in cast.workers:
            trainings.attend(township, worker, False, None)
        for number in range(11, 31):
            grid = grids.add_grid(cast.next_village, f"{number}", f"第{number}网格", GridKind.RURAL, 8, None)
            person = persons.add_person(cast.next_village, f"邻居{number}", None)
            terms.appoint(person, grid, Duty.WORKER, date(2026, 1, 1), None)
    hold(cast.township)
    assert [asked(path) for path in paths] == few
    assert max(few) < 21


def test_the_mark_on_its_page(cast, client_of):
    clerk, worker = client_of(cast.clerk), cast.worker
    there = f"/a/{VILLAGE}/trainings/law-mark/{worker.id}"
    answer = clerk.post(there, data={"marked_on": "2026-12-29"})
    assert answer.status_code == 422
    assert 'value="2026-12-29"' in answer.text
    assert clerk.post(there, data={"marked_on": ""}).status_code == 422
    assert clerk.post(there, data={"marked_on": "2026-03-01"}).status_code == 302
    assert "2026年3月1日" in clerk.get(f"{HERE}/law-mark").text
    assert clerk.post(f"{there}/back").status_code == 302
    assert cast.worker.law_mark_on is None
    foreign = f"/a/{VILLAGE}/trainings/law-mark/{cast.stranger.id}"
    assert clerk.post(foreign, data={"marked_on": "2026-03-01"}).status_code == 404
    for user in (cast.supervisor, cast.instructor, cast.township_user):
        assert client_of(user).post(there, data={"marked_on": "2026-03-01"}).status_code == 403


def test_a_session_by_mistake_is_taken_back_on_its_page(cast, client_of):
    training, clerk = hold(cast.village), client_of(cast.clerk)
    there = f"{HERE}/{training.id}"
    attend(training, cast.worker)
    answer = clerk.post(f"{there}/call-off")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with transaction():
        trainings.remove_attendance(training, cast.worker, cast.clerk)
    assert clerk.post(f"{there}/call-off").headers["Location"] == HERE
    assert clerk.get(there).status_code == 404
