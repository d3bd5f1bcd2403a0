"""The confirmers' list: signs, evidence, on whose word, from one record to the next; and what comes again."""

import re
from datetime import date
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select

from duties.households import files
from ground import clock
from ground.db import db, transaction
from people.conduct import evaluations, trainings
from people.conduct.evaluations import Grades
from people.models import Attendance, Attention, Duty
from people.roster import grids, persons, terms
from points.models import Evidence, EvidenceKind, FedBy, Service, ServiceState, Voucher
from points.rubrics import versions
from points.services import deciding, recording, taking
from points.views.services.services import PER_PAGE
from tests.cast import VILLAGE, a_picture, counted
from tests.story import do

HERE = f"/v/{VILLAGE}"
LIST = f"{HERE}/services"
DAY = date(2026, 12, 20)
NOTE = "帮助独居老人挑水劈柴"


@pytest.fixture
def record(cast):
    def record(worker=None, note="", actor=None, **more):
        item, worker = cast.item("代办"), worker or cast.worker
        more = {"done_on": DAY, "count": 1} | more
        return do(recording.record, uuid4().hex, worker, item, note=note, actor=actor or cast.clerk, **more)

    return record


@pytest.fixture
def home(cast):
    """A household of the worker's grid."""
    grid, head = cast.term_of(cast.worker).grid, files.Particulars("密户主")
    return do(files.add_household, grid, head, Attention.ORDINARY, "", DAY, cast.clerk)


def fresh(service):
    db.session.rollback()
    return db.session.get_one(Service, service.id)


def articles(client, query=""):
    """The list as it is read: each record's id, and its part of the page."""
    answer = client.get(LIST + query)
    assert answer.status_code == 200
    parts = re.split(r'<article [^>]*id="service-(\d+)"', answer.text)[1:]
    return {
        int(ident): part.partition("</article>")[0] for ident, part in zip(*[iter(parts)] * 2, strict=True)
    }


def buttons(part):
    """Where a record's forms lead, by what they do."""
    return {
        url.partition("?")[0].rpartition("/")[2]: unescape(url)
        for url in re.findall(r'action="([^"]+)"', part)
    }


def told(page):
    """What the page says was done, and the id of the record before which it says so (None: after all)."""
    _before, _found, rest = page.partition('id="told"')
    place = re.search(r'<article [^>]*id="service-(\d+)"', rest)
    return re.findall(r'role="status">(.*?)</p>', rest), int(place[1]) if place else None


def test_from_one_record_to_the_next(cast, client_of, record):
    """It is said in the place of the record what was done with it; the next one stands below."""
    made = [record(note=NOTE, done_on=date(2026, 12, 20 - n)) for n in range(4)]
    chair = client_of(cast.chair)
    for service, following in zip(made, [*made[1:], None], strict=True):
        shown = articles(chair)
        assert next(iter(shown)) == service.id
        answer = chair.post(buttons(shown[service.id])["confirm"])
        assert answer.location == f"{LIST}?state=recorded&page=1#told"
        words, before = told(chair.get(answer.location).text)
        assert words == [f"已确认：{cast.worker.name}，{service.item.name}。"]
        assert before == (following.id if following else None)
    assert [fresh(service).state for service in made] == [ServiceState.CONFIRMED] * 4


def test_in_the_middle_and_at_the_end_of_the_list(cast, client_of, record):
    first, second, third = (record(note=NOTE, done_on=date(2026, 12, 20 - n)) for n in range(3))
    chair = client_of(cast.chair)
    for service, before in ((second, third.id), (third, None)):
        answer = chair.post(buttons(articles(chair)[service.id])["reject"], data={"reason": "没有做"})
        assert told(chair.get(answer.location).text) == (
            [f"已退回：{cast.worker.name}，{first.item.name}。"],
            before,
        )
    assert "told" not in chair.get(LIST).text  # it is said once


def test_a_refusal_is_where_the_button_was(cast, client_of, record):
    """A form leads back to the record it stands at, also without script."""
    service = record(note=NOTE)
    record(note=NOTE)
    chair = client_of(cast.chair)
    part = articles(chair)[service.id]
    actions = re.findall(r'action="([^"]+)"', part)
    assert len(actions) == 3
    assert {action.partition("#")[2] for action in actions} == {f"service-{service.id}"}
    answer = chair.post(buttons(part)["reject"], data={"reason": ""})
    assert answer.status_code == 422
    refused_part = answer.text.partition(f'id="service-{service.id}"')[2].partition("</article>")[0]
    assert 'role="alert"' in refused_part


def test_signs_are_told(cast, client_of, record):
    first, second = record(note=NOTE), record(note=NOTE, done_on=date(2026, 12, 19))
    third = record(done_on=date(2026, 12, 18))
    shown = articles(client_of(cast.chair))
    assert "另有 1 条记录写的是同样的话" in shown[first.id]
    assert "同样的话" not in shown[third.id]
    assert set(articles(client_of(cast.chair), "?state=flagged")) == {first.id, second.id}


def test_the_last_record_of_a_page_leads_to_the_page_before(cast, client_of, record):
    for _ in range(PER_PAGE + 1):
        record()
    clerk = client_of(cast.clerk)
    last = list(articles(clerk, "?state=&page=2"))
    assert len(last) == 1
    confirmed = client_of(cast.chair).post(f"{LIST}/{last[0]}/confirm?state=confirmed&page=2")
    assert client_of(cast.chair).get(confirmed.location).status_code == 200
    assert len(articles(clerk, "?state=recorded&page=2&grid=")) == PER_PAGE


def test_a_full_page_takes_hardly_more_questions_than_one_record(cast, client_of, record):
    record(note=NOTE)
    chair = client_of(cast.chair)
    chair.get(LIST)
    with counted() as few:
        chair.get(LIST)
    for n in range(30):
        record(worker=cast.workers[n % 8], note=NOTE)
    with counted() as many:
        assert len(articles(chair)) == 31
    assert len(many) <= len(few) + 3


def test_on_the_household_s_word_also_by_who_wrote_it_down(cast, client_of, record, home):
    service = record(household=home)
    clerk = client_of(cast.clerk)
    part = articles(clerk)[service.id]
    assert 'value="密户主"' in part
    assert f'id="confirm-{service.id}"' not in part  # nobody is their own second person
    confirm = buttons(part)["confirm"]
    for name in (" ", cast.worker.name):
        answer = clerk.post(confirm, data={"voucher": "household", "name": name})
        assert answer.status_code == 422
    assert f'value="{cast.worker.name}"' in answer.text  # what was typed is kept
    assert clerk.post(confirm, data={"voucher": "household", "name": "密户主"}).status_code == 302
    service = fresh(service)
    assert (service.state, service.voucher, service.voucher_name) == (
        ServiceState.CONFIRMED,
        Voucher.HOUSEHOLD,
        "密户主",
    )


def test_a_household_is_named_to_those_who_work_there(cast, client_of, record, home):
    record(household=home, note="密情况密情况")
    for user, reads_head, reads_note in (
        (cast.clerk, True, True),
        (cast.chair, True, True),
        (cast.supervisor, False, True),
        (cast.instructor, False, True),
        (cast.township_user, False, False),
    ):
        page = client_of(user).get(LIST).text
        assert ("密户主" in page, "密情况" in page) == (reads_head, reads_note), user.username


def test_a_record_s_page_is_linked_where_there_is_one(app, cast, client_of, record, home):
    grid = cast.term_of(cast.worker).grid
    with transaction():
        made = Evidence(id=7, kind=EvidenceKind.VISIT)
        db.session.add(made)
        service = recording.record_from_evidence(
            FedBy.VISIT, made, cast.worker, grid, DAY, "", cast.clerk, home
        )
    for user, linked in ((cast.clerk, True), (cast.supervisor, False), (cast.township_user, False)):
        part = articles(client_of(user))[service.id]
        assert "走访" in part
        assert (f'href="{HERE}/visits/7"' in part) == linked, user.username


def test_the_list_by_grid_and_worker(cast, client_of, record):
    mine, theirs = record(), record(worker=cast.neighbour)
    clerk = client_of(cast.clerk)
    assert set(articles(clerk)) == {mine.id, theirs.id}
    assert set(articles(clerk, f"?state=recorded&worker={cast.worker.id}")) == {mine.id}
    assert set(articles(clerk, f"?grid={cast.term_of(cast.neighbour).grid_id}")) == {theirs.id}
    assert set(articles(clerk, f"?record={mine.id}&state=")) == {mine.id}
    assert set(articles(clerk, f"?item={mine.item_id}")) == {mine.id, theirs.id}
    assert set(articles(clerk, f"?item={cast.item('公益').id}")) == set()
    assert "邻村" not in clerk.get(LIST).text
    assert clerk.get(f"{LIST}?state=lost").status_code == 404


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ("since=2026-12-20", "ab"),
        ("until=2026-12-20", "bc"),
        ("since=2026-12-20&until=2026-12-20", "b"),
        ("since=2026-12-22", ""),
        ("since=&until=", "abc"),
        ("since=soon&until=2026-02-30", "abc"),  # a day that is none does not narrow the list
    ],
)
def test_the_list_by_day(cast, client_of, record, days, found):
    made = {name: record(done_on=date(2026, 12, 21 - n)).id for n, name in enumerate("abc")}
    assert set(articles(client_of(cast.clerk), f"?{days}")) == {made[name] for name in found}


def test_the_list_by_words_for_those_who_may_read_them(cast, client_of, record):
    cart, percent = record(note="修好板车 cart"), record(note="完成 100% 的任务")
    clerk = client_of(cast.clerk)
    for text, ids in (("板车", {cart.id}), ("CART", {cart.id}), ("0% ", {percent.id}), ("%25", {percent.id})):
        assert set(articles(clerk, f"?text={text}")) == ids, text
    assert set(articles(clerk, "?text=_")) == set()
    above = client_of(cast.township_user)
    assert set(articles(above, "?text=板车")) == {cart.id, percent.id}
    assert 'name="text"' not in above.get(LIST).text


def test_an_item_is_found_in_every_version_of_the_rubric(cast, client_of, record):
    old = record()
    with clock.at(date(2026, 9, 1)):
        do(versions.adopt, cast.village, date(2027, 1, 1), "村民代表会议", (), cast.chair)
    newer = cast.item("代办", versions.latest(cast.village))
    assert newer.id != old.item_id
    assert set(articles(client_of(cast.clerk), f"?item={newer.id}")) == {old.id}


def test_points_stand_on_each_record_with_their_sign_in_words(cast, client_of, record):
    plain, several = record(), record(count=3)
    shown = articles(client_of(cast.clerk))

    def points(service):
        text = re.sub(r"<[^>]+>", "", shown[service.id].partition("</p>")[0].partition("<p>")[2])
        return text.rpartition(" · ")[2].replace(" ", "")

    assert [points(service) for service in (plain, several)] == ["+1分", "+3分"]


def test_a_record_that_somebody_decided_meanwhile(cast, client_of, record):
    service = record()
    do(deciding.reject, service, "重复", cast.chair)
    record()
    answer = client_of(cast.instructor).post(f"{LIST}/{service.id}/confirm?state=recorded")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_handed_in_again_linked_both_ways(cast, client_of, record):
    service = record(note="走访", actor=cast.worker_user)
    worker, chair = client_of(cast.worker_user), client_of(cast.chair)
    again = f"{LIST}/{service.id}/again"
    assert worker.get(again).status_code == 404  # it was not rejected
    do(deciding.reject, service, "写明是哪一户", cast.chair)
    assert again in worker.get(f"{HERE}/mine").text
    page = worker.get(again).text
    assert "写明是哪一户" in page
    assert re.search(r">\s*走访</textarea>", page)
    key = re.search(r'name="key"[^>]*value="(\w+)"', page)[1]
    sent = {"key": key, "done_on": "2026-12-20", "count": "2", "note": "走访张大山家，修好水管"}
    refused = worker.post(again, data=sent | {"count": "0"})
    assert (refused.status_code, "修好水管" in refused.text) == (422, True)
    assert [worker.post(again, data=sent).status_code for _ in range(2)] == [302, 302]
    new = fresh(service).resubmitted
    assert (new.resubmits_id, new.count, new.state) == (service.id, 2, ServiceState.RECORDED)
    assert again not in worker.get(f"{HERE}/mine").text
    assert f"record={new.id}" in articles(chair, "?state=rejected")[service.id]
    assert f"record={service.id}" in articles(chair)[new.id]
    assert worker.post(again, data=sent | {"key": uuid4().hex}).status_code == 422


def test_who_hands_in_again(cast, client_of, record):
    theirs = record(worker=cast.neighbour)
    do(deciding.reject, theirs, "重复", cast.chair)
    again = f"{LIST}/{theirs.id}/again"
    for user, status in (
        (cast.clerk, 200),
        (cast.instructor, 200),
        (cast.chair, 403),
        (cast.worker_user, 404),
        (cast.outsider, 404),
    ):
        assert client_of(user).get(again).status_code == status, user.username


def test_what_came_of_a_record_keeps_its_day(cast, client_of):
    grid = cast.term_of(cast.worker).grid
    with transaction():
        made = Evidence(kind=EvidenceKind.VISIT)
        db.session.add(made)
        db.session.flush()
        service = recording.record_from_evidence(FedBy.VISIT, made, cast.worker, grid, DAY, "", cast.clerk)
        deciding.reject(service, "重复", cast.chair)
    clerk = client_of(cast.clerk)
    sent = {"key": uuid4().hex, "done_on": "2026-12-01", "count": "5", "note": "没有重复"}
    assert clerk.post(f"{LIST}/{service.id}/again", data=sent).status_code == 302
    new = fresh(service).resubmitted
    assert (new.done_on, new.count, new.evidence) == (DAY, 1, made)


def test_a_service_for_a_household_of_one_s_grids(cast, client_of, home):
    sent = {
        "key": uuid4().hex,
        "worker": cast.worker.id,
        "item": cast.item("代办").id,
        "done_on": "2026-12-20",
        "count": "1",
        "note": "",
        "household": home.id,
    }
    assert "密户主" in client_of(cast.worker_user).get(f"{LIST}/new").text
    assert "密户主" not in client_of(cast.instructor).get(f"{LIST}/new").text
    assert client_of(cast.instructor).post(f"{LIST}/new", data=sent).status_code == 422
    assert client_of(cast.worker_user).post(f"{LIST}/new", data=sent).status_code == 302
    assert db.session.scalars(select(Service)).one().household_id == home.id


def chosen(page):
    """What stands in the form: for each field to choose or fill in, its value."""
    selected = {
        name: re.search(r'<option selected[^>]* value="(\d+)"', options)
        for name, options in re.findall(r'<select[^>]* name="(\w+)".*?>(.*?)</select>', page, re.DOTALL)
    }
    day = re.search(r'<input[^>]*name="done_on"[^>]*value="([\d-]+)"', page)[1]
    return {name: int(found[1]) for name, found in selected.items() if found} | {"done_on": day}


@pytest.mark.parametrize(
    ("username", "pressed"), [("clerk", {}), ("instructor", {}), ("worker", {"more": "记录，再记一条"})]
)
def test_one_more_has_the_same_worker_item_and_day(cast, client_of, username, pressed):
    worker = cast.worker if username == "worker" else cast.workers[4]
    same = {"worker": worker.id, "item": cast.item("公益").id, "done_on": "2026-12-11"}
    client = client_of(cast.user(username))
    sent = {"key": uuid4().hex, "count": "2", "note": "扫村道", "household": "0"} | same | pressed
    answer = client.post(f"{LIST}/new", data=sent)
    page = client.get(answer.location).text
    assert chosen(page).items() >= same.items()
    assert "<h1>再记一条</h1>" in page
    assert f"已记录：{worker.name}，{cast.item('公益').name} × 2。" in page
    assert "扫村道" not in page  # what was done is another thing each time
    key = re.search(r'name="key"[^>]*value="(\w+)"', page)[1]
    assert client.post(answer.location, data=sent | {"key": key}).status_code == 302
    assert len(db.session.scalars(select(Service)).all()) == 2


def test_a_worker_who_recorded_one_goes_on_to_their_own_page(cast, client_of):
    sent = {"key": uuid4().hex, "worker": cast.worker.id, "item": cast.item("公益").id, "household": "0"}
    sent |= {"done_on": "2026-12-11", "count": "1", "note": ""}
    answer = client_of(cast.worker_user).post(f"{LIST}/new", data=sent)
    assert answer.location == f"{HERE}/mine"


def test_what_an_address_names_that_is_not_there_is_not_chosen(cast, client_of):
    asked = f"{LIST}/new?worker={cast.stranger.id}&item=99999&done_on=2026-13-40"
    assert chosen(client_of(cast.clerk).get(asked).text) == {"done_on": "2026-12-28"}


def test_households_are_those_of_the_worker_s_grid(cast, client_of, home):
    """They change with the worker, and what was typed stays."""
    grid, head = cast.term_of(cast.neighbour).grid, files.Particulars("另一户主")
    do(files.add_household, grid, head, Attention.ORDINARY, "", DAY, cast.clerk)
    clerk = client_of(cast.clerk)
    page = clerk.get(f"{LIST}/new?worker={cast.worker.id}").text
    assert ("密户主" in page, "另一户主" in page) == (True, False)
    assert 'name="other_worker"' in page
    typed = {"worker": cast.neighbour.id, "item": cast.item("公益").id, "done_on": "2026-12-11"}
    pressed = {"key": "k" * 32, "count": "7", "note": "扫村道", "household": home.id, "other_worker": "x"}
    changed = clerk.post(f"{LIST}/new", data=typed | pressed)
    assert changed.status_code == 200
    assert ("密户主" in changed.text, "另一户主" in changed.text) == (False, True)
    assert chosen(changed.text).items() >= typed.items()
    assert ">\r\n扫村道</textarea>" in changed.text or "扫村道</textarea>" in changed.text
    assert 'role="alert"' not in changed.text
    assert db.session.scalars(select(Service)).all() == []
    wrong = clerk.post(f"{LIST}/new", data=typed | pressed | {"other_worker": ""})
    assert wrong.status_code == 422  # a household of another worker's grid


def test_a_photo_may_go_along_for_those_of_the_village(cast, client_of):
    sent = {"worker": cast.worker.id, "item": cast.item("代办").id, "done_on": "2026-12-20", "count": "1"}
    sent |= {"key": uuid4().hex, "note": "修好水管", "household": "0"}
    worker = client_of(cast.worker_user)
    broken = worker.post(f"{LIST}/new", data=sent | {"photo": (BytesIO(b"no picture"), "a.jpg")})
    assert (broken.status_code, "修好水管" in broken.text) == (422, True)
    for _double_click in range(2):
        picture = {"photo": (BytesIO(a_picture()), "a.jpg")}
        assert worker.post(f"{LIST}/new", data=sent | picture).status_code == 302
    (service,) = db.session.scalars(select(Service)).all()
    photo = f"{LIST}/{service.id}/photo"
    for user, sees in ((cast.clerk, True), (cast.supervisor, True), (cast.township_user, False)):
        assert (photo in client_of(user).get(LIST).text) == sees, user.username
        assert (client_of(user).get(photo).mimetype == "image/jpeg") == sees, user.username
    assert client_of(cast.outsider).get(photo).status_code == 404


@pytest.fixture
def shown_elsewhere(cast):
    """A training that the worker and a neighbour attended, one long ago, and two evaluations."""
    with transaction():
        for key, day in (("t" * 16, DAY), ("u" * 16, date(2026, 7, 2)), ("v" * 16, date(2026, 6, 30))):
            session = trainings.hold(key, cast.village, Duty.WORKER, "用电安全", "村委会", day, cast.clerk)
            trainings.attend(session, cast.worker, False, cast.clerk)
        trainings.attend(session, cast.neighbour, False, cast.clerk)
        helper = persons.add_person(cast.township, "何指导", None, agency="镇司法所")
        for code in ("01", "02"):
            terms.appoint(helper, grids.by_code(cast.village, code), Duty.INSTRUCTOR, date(2026, 1, 1), None)
        cast.instructor.person_id = helper.id
    with transaction():
        for worker, grades in ((cast.worker, Grades(4, 4, 4)), (cast.neighbour, Grades(4, 3, 4))):
            evaluations.evaluate(
                evaluations.EvaluationSide.OF_WORKER, worker, cast.village, 2026, grades, "", cast.instructor
            )


def test_trainings_and_the_best_evaluations_are_taken_in_once(cast, client_of, shown_elsewhere):
    clerk, chair = client_of(cast.clerk), client_of(cast.chair)
    assert "转入 3 条培训、评价" in clerk.get(LIST).text
    assert "条培训、评价" not in chair.get(LIST).text
    assert [clerk.post(f"{LIST}/take-in").status_code for _ in range(2)] == [302, 302]
    assert "条培训、评价" not in clerk.get(LIST).text
    db.session.rollback()
    made = db.session.scalars(select(Service).order_by(Service.done_on, Service.id)).all()
    sources = [service.item.source for service in made]
    assert [service.worker.name for service in made] == [cast.worker.name] * 3
    assert sources == [FedBy.TRAINING, FedBy.TRAINING, FedBy.EVALUATION]
    assert [service.done_on for service in made] == [date(2026, 7, 2), DAY, date(2026, 12, 28)]
    attended = set(db.session.scalars(select(Attendance.id)))
    assert {service.evidence.attendance_id for service in made[:2]} < attended
    assert {service.grid_id for service in made} == {cast.term_of(cast.worker).grid_id}


def test_what_was_rejected_is_not_taken_in_again(cast, shown_elsewhere):
    for service in do(taking.import_waiting, cast.village, cast.clerk):
        do(deciding.reject, service, "签到有误", cast.chair)
    assert taking.importable_records(cast.village) == []
    assert taking.importable_records(cast.next_village) == []


def test_who_is_taken_off_the_list_afterwards_keeps_the_service(cast, shown_elsewhere):
    """What is wrong with it, whoever confirms decides; back on the list it is another attendance."""
    first, *_others = do(taking.import_waiting, cast.village, cast.clerk)
    session = db.session.get_one(Attendance, first.evidence.attendance_id).training
    do(trainings.tick, session, [], [cast.worker.id], cast.clerk)
    kept = fresh(first)
    assert (kept.state, kept.evidence.kind, kept.evidence.attendance_id) == ("recorded", "attendance", None)
    do(trainings.attend, session, cast.worker, False, cast.clerk)
    assert [shown.day for shown in taking.importable_records(cast.village)] == [session.held_on]
