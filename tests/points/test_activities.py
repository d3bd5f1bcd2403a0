"""Activities of many: written down once, a record for each who was there, confirmed in one step."""

import re
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
from sqlalchemy import select

from ground.db import db, lock_all, transaction
from people.models import Role
from people.roster import holders, persons
from people.roster.holders import WorkerInGrid
from people.signin import accounts
from points.models import Activity, Photo, Service, ServiceState
from points.services import activities, deciding, flags, recording, together
from tests.cast import HASHED, NEXT_VILLAGE, VILLAGE, a_picture, counted
from tests.story import count, do, refusal, refused

LIST = f"/v/{VILLAGE}/services"
NEW = f"/v/{VILLAGE}/services/activities/new"
DAY, EARLIER = date(2026, 12, 20), date(2026, 12, 13)
KEY = "k" * 16
WORDS = "大扫除，清理村道和水沟"
RECORDED, CONFIRMED, REJECTED = ServiceState.RECORDED, ServiceState.CONFIRMED, ServiceState.REJECTED


@pytest.fixture
def clean_up(cast):
    """A clean-up that was written down: by whom, with whom."""

    def clean_up(workers=None, key=KEY, actor=None, times=1, item="公益", note=WORDS, day=DAY):
        workers = cast.workers if workers is None else workers
        by = actor or cast.clerk
        return do(activities.record, key, cast.village, cast.item(item), day, times, note, workers, by)

    return clean_up


def records():
    db.session.rollback()
    return db.session.scalars(select(Service).order_by(Service.id)).all()


def press(cast, actor):
    """Confirm all that waits in one step: who was confirmed, and for each that was left its code."""
    ids = [service.id for service in records()]
    with transaction():
        outcome = together.confirm_together(uuid4().hex, cast.village, lock_all(Service, ids), actor)
        confirmed = {service.worker.name for service in outcome.confirmed}
        return confirmed, {left.service.worker.name: left.refusal.code for left in outcome.unconfirmed}


# --- Written down ---


def test_each_who_was_there_has_an_ordinary_record(cast, clean_up):
    activity = clean_up(times=2)
    kept = records()
    assert [service.worker_id for service in kept] == [worker.id for worker in cast.workers]
    assert {(service.done_on, service.count, service.note, service.state) for service in kept} == {
        (DAY, 2, WORDS, RECORDED)
    }
    assert {service.activity_id for service in kept} == {activity.id}
    assert {service.grid_id for service in kept} == {cast.term_of(worker).grid_id for worker in cast.workers}


def test_sent_twice_it_is_written_down_once(cast, clean_up):
    first = clean_up().id
    assert clean_up().id == first
    assert clean_up(cast.workers[::-1]).id == first
    assert (count(Activity), count(Service)) == (1, 8)
    for change in ({"times": 2}, {"workers": cast.workers[:3]}, {"item": "代办"}):
        with refusal("key_reused"):
            clean_up(**change)


def test_all_of_them_or_nobody(cast, clean_up):
    never_served = do(persons.add_person, cast.village, "没当过的人", None)
    with refusal("not_serving"):
        clean_up([cast.worker, never_served])
    with refusal("nobody_there"):
        clean_up([])
    for item, code in (("按记录：", "needs_record"), ("虚报", "is_deduction")):
        with refusal(code):
            clean_up(item=item)
    assert (count(Activity), count(Service)) == (0, 0)


# --- Confirmed, or not ---


def test_thirty_that_share_day_and_words_show_no_sign(cast, clean_up):
    clean_up()
    with transaction():  # a claim in the very words of the activity does
        recording.record("copied", cast.worker, cast.item("代办"), DAY, 1, WORDS, cast.worker_user)
    *of_activity, claimed = records()
    found = flags.flags_of(cast.village, [*of_activity, claimed])
    assert {ident: [flag.sign for flag in signs] for ident, signs in found.items()} == {
        claimed.id: ["same_words"]
    }


def test_who_was_there_and_has_it_once_more_is_looked_at(cast, clean_up):
    clean_up()
    do(recording.record, "claimed", cast.worker, cast.item("公益"), DAY, 1, "", cast.worker_user)
    clean_up(cast.workers[1:3], key="once-more-" + KEY)
    kept = records()
    found = flags.flags_of(cast.village, kept)
    assert {service.worker.name for service in kept if service.id in found} == {
        worker.name for worker in cast.workers[:3]
    }
    assert {flag.sign for signs in found.values() for flag in signs} == {"written_twice"}


def test_many_activities_of_an_evening_are_no_hurry(cast, clean_up):
    for number in range(flags.HURRY_RECORDS):
        day = DAY - timedelta(days=number)
        clean_up(cast.workers[:2], key=f"{number:016}", note="", day=day)
    do(recording.record, "plain", cast.worker, cast.item("代办"), DAY, 1, "", cast.clerk)
    assert flags.flags_of(cast.village, records()) == {}


def test_a_second_person_confirms_all_in_one_step(cast, clean_up):
    clean_up()
    assert press(cast, cast.chair) == ({worker.name for worker in cast.workers}, {})
    assert {(service.state, service.decided_by_id) for service in records()} == {(CONFIRMED, cast.chair.id)}


def test_who_wrote_it_down_or_was_there_leaves_to_others_what_is_theirs(cast, clean_up):
    with transaction():
        chair = accounts.add_user("chairing", cast.worker.name, HASHED, None, cast.worker)
        accounts.grant(chair, Role.CHAIR, cast.village, None)
    clean_up()
    assert press(cast, cast.clerk) == ((set()), dict.fromkeys((w.name for w in cast.workers), "same_person"))
    others = {worker.name for worker in cast.workers[1:]}
    assert press(cast, chair) == (others, {cast.worker.name: "own_service"})


def test_all_that_wait_are_rejected_with_one_reason(cast, clean_up):
    activity = clean_up()
    do(deciding.confirm, records()[0], cast.chair)
    assert refused("reason_missing", activities.reject, activity, " ", cast.chair)
    assert len(do(activities.reject, activity, "那天下雨没有做", cast.chair)) == 7
    assert [service.state for service in records()] == [CONFIRMED] + [REJECTED] * 7
    assert {service.decision for service in records()[1:]} == {"那天下雨没有做"}
    assert refused("already_decided", activities.reject, activity, "那天下雨没有做", cast.chair)


# --- A list of names ---


def test_a_list_of_names_is_read_however_it_is_written():
    workers = [
        WorkerInGrid(1, "李秀明", 1, "一网格"),
        WorkerInGrid(1, "李秀明", 5, "五网格"),
        WorkerInGrid(2, "欧阳晓燕", 2, "二网格"),
        WorkerInGrid(3, "张伟", 3, "三网格"),
        WorkerInGrid(4, "张伟", 4, "四网格"),
    ]
    read = activities.read_names("1. 李 秀明、欧阳晓燕,李秀明\n\n3\t张伟\n王五；", workers)
    assert read.found_ids == [1, 2]
    (twice, grids), (nobody, why) = read.left
    assert (twice, nobody) == ("张伟", "王五")
    assert "三网格、四网格" in str(grids)
    assert "王五" in str(why)
    by_spaces = activities.read_names("李秀明 欧阳 晓燕", workers)
    assert (by_spaces.found_ids, [name for name, _why in by_spaces.left]) == ([1], ["欧阳", "晓燕"])
    assert activities.read_names("李秀明 欧阳晓燕", workers).found_ids == [1, 2]


@pytest.mark.parametrize(
    "written",
    [
        "1、李秀明 2、欧阳晓燕",
        "1. 李秀明\n2. 欧阳晓燕",
        "（1）李秀明（2）欧阳晓燕",
        "①李秀明②欧阳晓燕",
        "李秀明（组长、党员），欧阳晓燕(139 0000 0001)",
        "12李秀明\t13）欧阳晓燕",
    ],
)
def test_numbers_before_names_and_what_stands_in_brackets_behind_them_do_not_count(written):
    workers = [WorkerInGrid(1, "李秀明", 1, "一网格"), WorkerInGrid(2, "欧阳晓燕", 2, "二网格")]
    read = activities.read_names(written, workers)
    assert (read.found_ids, read.left) == ([1, 2], [])


def test_a_card_of_who_does_not_serve_here_ticks_nobody(cast):
    workers = holders.workers_in_grids(cast.village, DAY, DAY)
    assert activities.read_card(cast.card.number, cast.village, workers) == cast.worker
    with refusal("not_serving"):
        activities.read_card(cast.card.number, cast.village, workers[1:])


# --- On the page ---


def sent(cast, **changed):
    item = cast.item("公益").id
    here = [worker.id for worker in cast.workers[:3]]
    return {
        "key": KEY,
        "item": item,
        "done_on": str(DAY),
        "count": "1",
        "note": WORDS,
        "here": here,
        **changed,
    }


def ticked(page):
    return {int(ident) for ident in re.findall(r'name="here" value="(\d+)" checked', page)}


def test_the_clerk_ticks_scans_and_pastes_and_then_records(cast, client_of):
    clerk, by_id = client_of(cast.clerk), [worker.id for worker in cast.workers]
    assert "一次活动多人登记" in clerk.get(LIST).text
    assert ticked(clerk.get(NEW).text) == set()
    card = cast.card_of(cast.workers[4]).number
    page = clerk.post(NEW, data=sent(cast, scan=card)).text
    assert f"已勾选：{cast.workers[4].name}。" in page
    assert ticked(page) == {*by_id[:3], by_id[4]}
    again = clerk.post(NEW, data=sent(cast, here=list(ticked(page)), scan=card)).text
    assert f"{cast.workers[4].name}已经勾选过了。" in again
    page = clerk.post(
        NEW, data=sent(cast, here=list(ticked(page)), names=f"{cast.workers[5].name}、王五")
    ).text
    assert ticked(page) == {*by_id[:3], *by_id[4:6]}
    assert "本村网格员里没有叫“王五”的。" in page
    assert re.search(r"<textarea[^>]*>\s*王五</textarea>", page)
    again = clerk.post(NEW, data=sent(cast, tick_names="1"))  # what Enter presses in a field
    assert (again.status_code, ticked(again.text)) == (200, set(by_id[:3]))
    assert count(Service) == 0  # so far it was only ticked
    photo = (BytesIO(a_picture(60, 40)), "x.jpg")
    answer = clerk.post(NEW, data=sent(cast, here=list(ticked(page)), photo=photo))
    assert answer.status_code == 302
    kept = records()
    assert {service.worker_id for service in kept} == ticked(page)
    assert ({service.photo_id is None for service in kept}, count(Photo)) == ({False}, 1)


def test_what_can_t_be_read_is_told_and_nothing_is_lost(cast, client_of):
    clerk = client_of(cast.clerk)
    answer = clerk.post(NEW, data=sent(cast, scan="000000000"))
    assert answer.status_code == 422
    assert ticked(answer.text) == {worker.id for worker in cast.workers[:3]}
    assert WORDS in answer.text
    assert clerk.post(NEW, data=sent(cast, here=[])).status_code == 422
    assert clerk.post(NEW, data=sent(cast, here=[cast.stranger.id])).status_code == 422
    assert count(Service) == 0


def test_the_activity_stands_as_one_with_its_names_and_is_confirmed_in_one_step(cast, client_of, clean_up):
    activity = clean_up()
    with transaction():  # of the same item, but by itself
        by_itself = recording.record("alone", cast.worker, cast.item("公益"), EARLIER, 1, "", cast.clerk)
    chair = client_of(cast.chair)
    page = chair.get(LIST).text
    place = f'id="group-{activity.item_id}-{activity.id}"'
    part = page.partition(place)[2].partition("</section>")[0]
    assert all(worker.name in part for worker in cast.workers)
    assert "8人" in part
    action = unescape(next(url for url in re.findall(r'action="([^"]+)"', part) if "/confirm" in url))
    data = {
        "key": re.search(r'name="key"[^>]*value="(\w+)"', part)[1],
        "service": re.findall(r'name="service" value="(\d+)"', part),
    }
    assert chair.post(action, data=data | {"service": [by_itself.id]}).status_code == 404
    answers = [chair.post(action, data=data) for _double_click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert f"已一起确认 8 条：{cast.item('公益').name}。" in chair.get(answers[0].location).text
    assert [service.state for service in records()] == [CONFIRMED] * 8 + [RECORDED]


def test_the_whole_is_rejected_on_the_page(cast, client_of, clean_up):
    activity = clean_up()
    chair, reject = client_of(cast.chair), f"/v/{VILLAGE}/services/activities/{activity.id}/reject"
    answer = chair.post(f"{reject}?state=recorded", data={"reason": "1"})
    assert answer.status_code == 422
    assert "请用几个字说清楚" in answer.text.partition(f'id="group-{activity.item_id}-{activity.id}"')[2]
    answer = chair.post(f"{reject}?state=recorded", data={"reason": "那天没有做"})
    assert f"已一并退回：{cast.item('公益').name}，共8条。" in chair.get(answer.location).text
    elsewhere = reject.replace(VILLAGE, NEXT_VILLAGE)
    assert client_of(cast.outsider).post(elsewhere, data={"reason": "那天没有做"}).status_code == 404
    for user in (cast.supervisor, cast.worker_user):
        assert client_of(user).post(reject, data={"reason": "那天没有做"}).status_code == 403


def test_who_wrote_it_down_sees_it_as_one_and_may_take_it_back(cast, client_of, clean_up):
    activity = clean_up()
    clerk = client_of(cast.clerk)
    page = clerk.get(LIST).text
    part = page.partition(f'id="group-{activity.item_id}-{activity.id}"')[2].partition("</section>")[0]
    assert all(worker.name in part for worker in cast.workers)
    (action,) = re.findall(r'action="([^"]+)"', part)  # to confirm it is somebody else's
    assert clerk.post(unescape(action), data={"reason": "写错了日期"}).status_code == 302
    assert {service.state for service in records()} == {REJECTED}


def test_recording_asks_no_more_for_each_than_a_record_needs(cast, clean_up):
    def asked(workers, key):
        db.session.expunge_all()
        with counted() as statements:
            clean_up(workers, key)
        return len(statements)

    clean_up(cast.workers, "first-of-all-" + KEY)
    two, eight = asked(cast.workers[:2], "two-" + KEY), asked(cast.workers, "eight-" + KEY)
    assert (eight - two) / 6 <= 8
