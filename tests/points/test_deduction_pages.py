"""Deductions on pages: what the worker reads and says, what the decider reads first, and the buttons."""

import re
from datetime import date
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest

from ground.clock import Quarter
from ground.db import db, transaction
from points.assessment import meeting, opening
from points.models import Deduction, Service, ServiceState
from points.services import deductions
from points.wall import posting
from tests.cast import PRESENT, VILLAGE, a_picture
from tests.story import count, do

HERE = f"/v/{VILLAGE}"
LIST = f"{HERE}/services/deductions"
DAY = date(2026, 12, 20)
SAID = "那天我去了，有照片"


@pytest.fixture
def proposed(cast):
    return do(cast.deduction, cast.worker, DAY)


@pytest.fixture
def page(proposed):
    return f"{LIST}/{proposed.service_id}"


def words(client, path):
    """What a page says, in one line without tags."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(unescape(re.sub(r"<[^>]+>", "", answer.text.partition("<main")[2])).split())


def key_of(client, path):
    return re.search(r'name="key"[^>]*value="(\w+)"', client.get(path).text)[1]


def state_of(deduction):
    db.session.rollback()
    return db.session.get_one(Service, deduction.service_id).state


def test_from_the_proposal_to_the_decision(cast, client_of):
    clerk, worker, chair = (client_of(user) for user in (cast.clerk, cast.worker_user, cast.chair))
    sent = {
        "key": uuid4().hex,
        "worker": cast.worker.id,
        "item": cast.item("虚报").id,
        "done_on": "2026-12-20",
    }
    sent |= {"count": "1", "reason": "这一天没有去过", "shown_by": "住户张大娘当面说的"}
    for missing in ("reason", "shown_by"):
        answer = clerk.post(f"{LIST}/new", data=sent | {missing: "无"})
        assert (answer.status_code, "张大娘" in answer.text or missing == "shown_by") == (422, True)
    assert '<option value="0">请选择是谁' in clerk.get(f"{LIST}/new").text  # nobody is chosen beforehand
    assert clerk.post(f"{LIST}/new", data=sent | {"worker": "0"}).status_code == 422
    answer = clerk.post(f"{LIST}/new", data=sent | {"photo": (BytesIO(a_picture()), "a.jpg")})
    assert answer.status_code == 302
    page = answer.location
    assert "拟扣 50 分" in words(worker, f"{HERE}/mine")
    assert f'href="{page}"' in worker.get(f"{HERE}/mine").text
    assert "这一天没有去过" in words(worker, page)
    assert "住户张大娘当面说的" in words(worker, page)
    said = {"key": key_of(worker, page), "text": SAID}
    assert "确认扣 50 分" not in words(chair, page)
    assert chair.post(f"{page}/confirm").status_code == 422
    assert worker.post(f"{page}/state", data=said).status_code == 302
    shown = words(chair, page)
    assert "扣 50" in shown
    assert shown.index(SAID) < shown.index("确认扣 50 分") < shown.index("不扣")
    assert 'class="btn btn-take"' in chair.get(page).text
    assert "btn-primary" not in chair.get(page).text.partition("<main")[2]
    assert chair.post(f"{page}/confirm").status_code == 302
    assert "已扣" in words(worker, f"{HERE}/mine")


def test_the_committee_writes_down_what_was_said_but_not_who_proposed_it(cast, client_of, proposed, page):
    clerk, chair = client_of(cast.clerk), client_of(cast.chair)
    for _double_click in range(2):
        sent = {"key": "s" * 32, "text": SAID}
        assert chair.post(f"{page}/state", data=sent).status_code == 302
    assert words(clerk, page).count(SAID) == 1
    assert "本人口头说的，陈主任记录" in words(clerk, page)
    empty = chair.post(f"{page}/state", data={"key": "t" * 32, "text": " "})
    assert empty.status_code == 422
    assert f"{page}/state" not in clerk.get(page).text
    own = clerk.post(f"{page}/state", data={"key": "c" * 32, "text": SAID})
    assert (own.status_code, 'role="alert"' in own.text) == (422, True)


def test_the_worker_reads_it_on_the_quarter_s_page_too(cast, client_of, proposed):
    do(opening.open_quarter, cast.village, Quarter(2026, 4), cast.clerk)
    worker = client_of(cast.worker_user)
    assert "拟扣 50 分" in words(worker, f"{HERE}/mine/2026Q4")
    with transaction():
        deductions.state(proposed, SAID, uuid4().hex, cast.chair)
        deductions.confirm(proposed, cast.chair)
    shown = words(worker, f"{HERE}/mine/2026Q4")
    assert "拟扣" not in shown
    assert "每一件扣分" in shown
    assert '<span class="figure loss">扣 50<small>' in worker.get(f"{HERE}/mine/2026Q4").text


def test_who_sees_what(cast, client_of, proposed, page):
    for user, status in (
        (cast.chair, 200),
        (cast.supervisor, 200),
        (cast.instructor, 200),
        (cast.worker_user, 200),
        (cast.township_user, 200),
        (cast.stranger_user, 404),
        (cast.outsider, 404),
        (cast.volunteer, 403),
    ):
        assert client_of(user).get(page).status_code == status, user.username
    above = words(client_of(cast.township_user), page)
    for private in (cast.worker.name, "这一天没有去过", "住户当面说的"):
        assert private not in above
    theirs = do(cast.deduction, cast.neighbour, DAY)
    assert client_of(cast.worker_user).get(f"{LIST}/{theirs.service_id}").status_code == 404
    sent = {"key": "s" * 32, "text": SAID}
    answer = client_of(cast.worker_user).post(f"{LIST}/{theirs.service_id}/state", data=sent)
    assert answer.status_code == 404


def test_a_record_is_no_deduction_to_these_pages(cast, client_of):
    with transaction():
        cast.serve(cast.worker, "代办", DAY, cast.clerk, cast.chair)
    (service,) = db.session.query(Service).all()
    assert client_of(cast.chair).get(f"{LIST}/{service.id}").status_code == 404


def test_who_proposed_it_reads_that_somebody_else_decides(cast, client_of, proposed, page):
    clerk = client_of(cast.clerk)
    assert "这是您提出的，由别人决定" in words(clerk, page)
    assert clerk.post(f"{page}/confirm").status_code == 422
    assert clerk.post(f"{page}/drop", data={"reason": "看错了人"}).status_code == 302
    assert state_of(proposed) == ServiceState.REJECTED
    assert "看错了人" in words(client_of(cast.worker_user), f"{HERE}/mine")


def test_it_stands_on_its_own_list_and_not_among_the_records(cast, client_of, proposed, page):
    chair = client_of(cast.chair)
    assert f'href="{page}"' in chair.get(LIST).text
    assert "有 1 件扣分已提出" in words(chair, LIST)
    assert "有 1 件扣分已提出" in words(chair, f"{HERE}/")
    for query in ("", "?state=recorded", "?state=", "?state=flagged", f"?record={proposed.service_id}"):
        assert "虚报" not in chair.get(f"{HERE}/services{query}").text
    assert chair.post(f"{HERE}/services/{proposed.service_id}/confirm").status_code == 422
    assert state_of(proposed) == ServiceState.RECORDED
    assert count(Deduction) == 1


def test_a_confirmation_is_taken_back_on_either_page(cast, client_of, proposed, page):
    chair = client_of(cast.chair)
    with transaction():
        cast.serve(cast.worker, "代办", DAY, cast.clerk, cast.chair)
        deductions.state(proposed, SAID, uuid4().hex, cast.chair)
        deductions.confirm(proposed, cast.chair)
    ordinary = db.session.query(Service).filter(~Service.deduction.has()).one().id
    there = {page: page, f"{HERE}/services/{ordinary}": f"{HERE}/services?state=confirmed"}
    for address, shown_on in there.items():
        form = re.search(rf'action="({re.escape(address)}/take-back[^"]*)"', chair.get(shown_on).text)[1]
        said = chair.post(unescape(form), data={"reason": "aa"})
        assert (said.status_code, "请用几个字说清楚" in said.text) == (422, True)
        assert chair.post(unescape(form), data={"reason": "按错了"}).status_code == 302
    for path in (page, f"{HERE}/services?state=recorded", f"{HERE}/mine"):
        user = cast.worker_user if path.endswith("mine") else cast.chair
        assert "收回了确认" in words(client_of(user), path), path
    assert "按错了" in words(chair, page)


def test_once_the_notice_hangs_no_page_offers_it(cast, client_of):
    with transaction():
        cast.serve(cast.worker, "代办", DAY, cast.clerk, cast.chair)
        taken = cast.deduct(cast.neighbour, DAY)
        assessment = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        meeting.deliberate(assessment, date(2026, 12, 28), PRESENT, (), "", cast.clerk)
    chair = client_of(cast.chair)
    pages = (f"{HERE}/services?state=confirmed", f"{LIST}/{taken.id}")
    assert ["take-back" in chair.get(path).text for path in pages] == [True, True]
    do(posting.post_notice, assessment, cast.clerk)
    assert ["take-back" in chair.get(path).text for path in pages] == [False, False]
    answer = chair.post(f"{LIST}/{taken.id}/take-back", data={"reason": "按错了"})
    assert (answer.status_code, "公示已经贴出" in answer.text) == (422, True)
    wall = client_of(None).get(f"/n/{VILLAGE}/2026Q4").text
    assert '<span class="loss">扣 50</span>' in wall
