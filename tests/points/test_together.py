"""Confirming together: plain records with one press, done once; the others one by one, and why."""

import re
from datetime import date
from html import unescape
from uuid import uuid4

import pytest

from ground.db import db, lock_all, transaction
from people.models import Role
from people.signin import accounts
from points.models import JointConfirmation, Service, ServiceState
from points.services import deciding, recording, together
from points.views.services.services import WAITING_PER_PAGE
from tests.cast import HASHED, NEXT_VILLAGE, VILLAGE, counted
from tests.crowd import AT_ONCE
from tests.story import count, do, refusal

LIST = f"/v/{VILLAGE}/services"
DAY = date(2026, 12, 20)
COPIED = "帮助独居老人挑水劈柴"
KEY = "k" * 16
RECORDED, CONFIRMED = ServiceState.RECORDED, ServiceState.CONFIRMED


@pytest.fixture
def record(cast):
    def record(worker=None, item="代办", note="", actor=None, day=DAY, count=1):
        worker, item = worker or cast.worker, cast.item(item)
        return do(recording.record, uuid4().hex, worker, item, day, count, note, actor or cast.clerk)

    return record


def press(cast, key, services, actor=None):
    """One press: the records' names that were confirmed, and for each that was left its code."""
    ids = [service.id for service in services]
    with transaction():
        locked = lock_all(Service, ids, village_id=cast.village.id)
        outcome = together.confirm_together(key, cast.village, locked, actor or cast.chair)
        confirmed = {service.id for service in outcome.confirmed}
        return confirmed, {left.service.id: left.refusal.code for left in outcome.unconfirmed}


def states(services):
    db.session.rollback()
    return [db.session.get_one(Service, service.id).state for service in services]


def test_all_that_were_ticked_are_confirmed_by_the_second_person(cast, record):
    made, other = [record(worker) for worker in cast.workers], record()
    assert press(cast, KEY, made) == ({service.id for service in made}, {})
    assert states([*made, other]) == [CONFIRMED] * 8 + [RECORDED]
    db.session.rollback()
    for service in made:
        kept = db.session.get_one(Service, service.id)
        assert (kept.decided_by_id, kept.voucher) == (cast.chair.id, "second_person")


def test_what_can_t_be_confirmed_is_left_with_the_reason_and_holds_up_nobody(cast, record):
    plain, quicker = record(), record(cast.neighbour)
    own = record(actor=cast.chair)
    copied = [record(note=COPIED), record(cast.neighbour, note=COPIED)]
    do(deciding.confirm, quicker, cast.second_chair)
    assert press(cast, KEY, [plain, quicker, own, *copied]) == (
        {plain.id},
        {
            quicker.id: "already_decided",
            own.id: "same_person",
            copied[0].id: "shows_sign",
            copied[1].id: "shows_sign",
        },
    )
    assert states([plain, quicker, own, *copied]) == [CONFIRMED] * 2 + [RECORDED] * 3


def test_nobody_confirms_their_own_service_together_with_others(cast, record):
    with transaction():
        chair = accounts.add_user("chairing", cast.worker.name, HASHED, None, cast.worker)
        accounts.grant(chair, Role.CHAIR, cast.village, None)
    mine, theirs = record(), record(cast.neighbour)
    look = together.reasons_to_look([mine, theirs], {}, chair)
    assert {ident: why.code for ident, why in look.items()} == {mine.id: "own_service"}
    assert press(cast, KEY, [mine, theirs], chair) == ({theirs.id}, {mine.id: "own_service"})


def test_many_are_read_with_as_many_questions_as_few(cast, record):
    few, many = ([record(worker).id for worker in cast.workers[:n]] for n in (2, 8))
    asked = []
    for number, ids in enumerate((few, many)):
        db.session.expunge_all()
        chair, village = cast.chair, cast.village
        with counted() as sent, transaction():
            together.confirm_together(f"{number:016}", village, lock_all(Service, ids), chair)
        asked.append([statement for statement in sent if statement.startswith("SELECT")])
    assert len(asked[0]) == len(asked[1])


def test_sent_twice_it_is_done_once(cast, record):
    made = [record(), record(cast.neighbour)]
    first = press(cast, KEY, made)
    assert press(cast, KEY, made[::-1]) == first
    assert count(JointConfirmation) == 1
    with refusal("key_reused"):
        press(cast, KEY, made[:1])
    with refusal("key_reused"):
        press(cast, KEY, made, cast.second_chair)


def test_sent_again_it_does_not_do_again_what_was_undone_meanwhile(cast, record):
    made = [record(), record(cast.neighbour)]
    press(cast, KEY, made)
    with transaction():
        undone = db.session.get_one(Service, made[0].id)
        undone.state, undone.decided_by_id, undone.decided_at, undone.voucher = RECORDED, None, None, None
    assert press(cast, KEY, made) == ({made[1].id}, {made[0].id: "not_confirmed"})
    assert states(made) == [RECORDED, CONFIRMED]


def test_nothing_ticked(cast):
    with refusal("none_ticked"):
        press(cast, KEY, [])


def test_two_chairs_press_at_the_same_moment(cast, record, at_once):
    made = [record(cast.workers[n % 8]).id for n in range(12)]
    outcomes = at_once([(pressed_by, n, made[:: 1 if n % 2 else -1]) for n in range(AT_ONCE)])
    assert [how for how, _what in outcomes] == ["done"] * AT_ONCE
    assert sorted(what for _how, what in outcomes) == [(0, 12)] * (AT_ONCE - 1) + [(12, 0)] or all(
        sum(what) == 12 for _how, what in outcomes
    )
    db.session.rollback()
    assert {db.session.get_one(Service, ident).state for ident in made} == {CONFIRMED}


def pressed_by(number, ids):
    """What one of the eight processes does, each as one of two chairs and with a key of its own."""
    from tests.cast import Cast

    cast = Cast()
    actor = cast.second_chair if number % 2 else cast.chair
    locked = lock_all(Service, ids, village_id=cast.village.id)
    outcome = together.confirm_together(f"{number:016}", cast.village, locked, actor)
    return len(outcome.confirmed), len(outcome.unconfirmed)


# --- On the page ---


def groups(page):
    """The groups of the list, by the id of their item: what stands in each."""
    parts = re.split(r'<section [^>]*id="group-(\d+)"', page)[1:]
    return {int(i): part.partition("</section>")[0] for i, part in zip(*[iter(parts)] * 2, strict=True)}


def ticked(part):
    return {int(box[1]) for box in re.finditer(r'name="service" value="(\d+)" checked', part)}


def boxes(part):
    return {int(box[1]) for box in re.finditer(r'name="service" value="(\d+)"', part)}


def form_of(part):
    """Where a group's form leads, and what it sends."""
    action = unescape(re.search(r'action="([^"]+)"', part)[1])
    return action, {
        "key": re.search(r'name="key"[^>]*value="(\w+)"', part)[1],
        "service": sorted(ticked(part)),
    }


def alone(page):
    return [int(ident) for ident in re.findall(r'<article [^>]*id="service-(\d+)"', page)]


def told(page):
    """What is said where the eye is: the sentences, and the id of what stands below."""
    _before, found, rest = page.partition('id="told"')
    sentences = re.findall(r'role="status">(.*?)</p>', rest) if found else []
    below = re.search(r'id="(group-\d+|service-\d+)"', rest)
    return sentences, below and below[1]


def text_of(part):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", part))


def test_plain_records_stand_in_groups_all_ticked_and_the_others_alone(cast, client_of, record):
    errands = [record(worker, count=2) for worker in cast.workers[:3]]
    visits = [record(worker, "入户发放") for worker in cast.workers[:2]]
    copied = [record(note=COPIED), record(cast.neighbour, note=COPIED)]
    own, single = record(actor=cast.chair), record(cast.workers[5], "走访一户")
    page = client_of(cast.chair).get(LIST).text
    shown = groups(page)
    assert {frozenset(ticked(part)) for part in shown.values()} == {
        frozenset(service.id for service in made) for made in (errands, visits)
    }
    assert set(alone(page)) == {service.id for service in (*copied, own, single)}
    part = shown[cast.item("代办").id]
    assert "代办一件民生事项 3 条 · +6分" in text_of(part)
    assert "另有 1 条是您自己记的或自己做的，由别人确认。" in part
    assert "另有" not in shown[cast.item("入户发放").id]


def test_only_those_who_decide_get_groups(cast, client_of, record):
    made = [record(), record(cast.neighbour)]
    for user in (cast.township_user, cast.supervisor, cast.clerk):  # the clerk wrote them down
        page = client_of(user).get(LIST).text
        assert (groups(page), len(alone(page))) == ({}, 2), user.username
    part = groups(client_of(cast.chair).get(LIST).text)[cast.item("代办").id]
    action, sent = form_of(part)
    for user, status in ((cast.township_user, 403), (cast.supervisor, 403), (cast.outsider, 404)):
        assert client_of(user).post(action, data=sent).status_code == status, user.username
    assert states(made) == [RECORDED] * 2


def test_one_press_says_at_the_group_what_was_done(cast, client_of, record):
    errands = [record(worker) for worker in cast.workers[:5]]
    others = [record(worker, "入户发放") for worker in cast.workers[:2]]
    chair = client_of(cast.chair)
    item = cast.item("代办")
    action, sent = form_of(groups(chair.get(LIST).text)[item.id])
    assert action.endswith(f"#group-{item.id}")
    del sent["service"][3:]
    do(deciding.confirm, errands[0], cast.second_chair)
    answers = [chair.post(action, data=sent) for _double_click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location.endswith("#told")
    page = chair.get(answers[0].location).text
    day = "2026年12月20日"
    sentences, below = told(page)
    assert sentences == [
        f"已一起确认 2 条：{item.name}。",
        f"有 1 项没有办成（{cast.worker.name} {day}）。没有确认，请再看一下。",
    ]
    assert below == f"group-{item.id}"  # with the two that were taken out
    assert states(errands) == [CONFIRMED] * 3 + [RECORDED] * 2
    assert states(others) == [RECORDED] * 2
    assert count(JointConfirmation) == 1


def test_who_was_quicker_is_told_with_names(cast, client_of, record):
    made = [record(worker) for worker in cast.workers]
    chair = client_of(cast.chair)
    action, sent = form_of(groups(chair.get(LIST).text)[cast.item("代办").id])
    for service in made[:6]:
        do(deciding.reject, service, "重复", cast.second_chair)
    answer = chair.post(action, data=sent)
    (done, left), below = told(chair.get(answer.location).text)
    assert done == f"已一起确认 2 条：{made[0].item.name}。"
    assert left.startswith("有 6 项没有办成（")
    assert left.count("2026年12月20日") == 5
    assert left.endswith("…）。这条记录已经有人处理过了。")
    assert below is None


def test_nothing_ticked_keeps_it_so_and_says_it_at_the_group(cast, client_of, record):
    record(), record(cast.neighbour)
    chair = client_of(cast.chair)
    item = cast.item("代办")
    action, sent = form_of(groups(chair.get(LIST).text)[item.id])
    answer = chair.post(action, data=sent | {"service": []})
    part = groups(answer.text)[item.id]
    assert (answer.status_code, ticked(part), len(boxes(part))) == (422, set(), 2)
    assert "请至少勾一条" in part


def test_ids_of_another_item_or_village_are_not_there(cast, client_of, record):
    mine, other_item = record(), record(item="入户发放")
    chair, item = client_of(cast.chair), cast.item("代办")
    action = f"{LIST}/items/{item.id}/confirm"
    for ids in ([mine.id, other_item.id], [mine.id, 10**6], [mine.id, 10**30], [mine.id, -1]):
        assert chair.post(action, data={"key": KEY, "service": ids}).status_code == 404, ids
    assert chair.post(f"{LIST}/items/10000/confirm", data={"key": KEY}).status_code == 404
    elsewhere = action.replace(VILLAGE, NEXT_VILLAGE)
    outsider = client_of(cast.outsider)
    assert outsider.post(elsewhere, data={"key": KEY, "service": [mine.id]}).status_code == 404
    assert outsider.post(elsewhere, data={"key": KEY}).status_code == 404
    assert states([mine, other_item]) == [RECORDED] * 2


def test_one_of_a_group_is_looked_at_by_itself_and_the_way_leads_back(cast, client_of, record):
    made = [record(worker) for worker in cast.workers[:3]]
    chair, item = client_of(cast.chair), cast.item("代办")
    part = groups(chair.get(f"{LIST}?state=recorded&since=2026-12-01").text)[item.id]
    look = unescape(next(a for a in re.findall(r'href="([^"]+)"', part) if f"record={made[1].id}" in a))
    page = chair.get(look).text
    assert (groups(page), alone(page)) == ({}, [made[1].id])
    assert f'href="{LIST}?state=recorded&amp;since=2026-12-01"' in page
    reject = next(a for a in re.findall(r'action="([^"]+)"', page) if "/reject" in a)
    answer = chair.post(unescape(reject), data={"reason": "没有做"})
    assert "record=" not in answer.location
    assert "since=2026-12-01" in answer.location
    (sentence,), below = told(chair.get(answer.location).text)
    assert (sentence, below) == (f"已退回：{made[1].worker.name}，{item.name}。", f"group-{item.id}")


@pytest.mark.at_length
def test_many_that_wait_take_no_more_questions(cast, client_of, record, long):
    chair = client_of(cast.chair)
    record(note=COPIED), record(cast.neighbour, note=COPIED), record(), record(cast.neighbour)
    chair.get(LIST)
    with counted() as few:
        chair.get(LIST)
    with transaction():
        for n in range(1000 if long else 250):
            note = COPIED if n % 10 == 0 else f"第 {n} 次帮忙，各不相同"
            item = cast.item(("代办", "入户发放", "公益")[n % 3])
            recording.record(uuid4().hex, cast.workers[n % 8], item, DAY, 1, note, cast.clerk)
    with counted() as many:
        page = chair.get(LIST).text
    shown = len(alone(page)) + sum(len(boxes(part)) for part in groups(page).values())
    assert shown == WAITING_PER_PAGE
    assert len(many) <= len(few) + 3
