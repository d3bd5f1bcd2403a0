"""Objections on pages: online by anyone, at the counter, answered; who brought one stays in the village."""

import re
from uuid import uuid4

import pytest

from ground.db import db
from points import ledger
from points.assessment import review
from points.models import ObjectionChannel
from points.wall import booking, objections
from tests.cast import VILLAGE, WORKERS
from tests.points.hung import object_to, on_wall
from tests.printed import RARE, codes, read, texts
from tests.story import do

HERE = f"/v/{VILLAGE}/quarters/2026Q4"
WALL = f"/n/{VILLAGE}/2026Q4"
LI, WANG = WORKERS[:2]
WHO, PHONE = "张三丰", "13800005678"


@pytest.fixture
def posted(cast):
    return on_wall(cast, {LI: 300, WANG: 200})


def an_objection(**changes):
    """What the public form sends."""
    return {
        "key": uuid4().hex,
        "line": "1",
        "text": f"{LI}十一月只来过一次",
        "name": WHO,
        "contact": PHONE,
    } | changes


def brought(assessment):
    db.session.rollback()
    return objections.objections_of(assessment)


def test_the_journey_of_one_brought_online(cast, client_of, posted, clock):
    visitor, clerk, chair = client_of(None), client_of(cast.clerk), client_of(cast.chair)
    assert f"{WALL}/object" in visitor.get(WALL).text
    assert "1. 李*明" in visitor.get(f"{WALL}/object").text
    form = an_objection()
    sent = [visitor.post(f"{WALL}/object", data=form) for _twice in range(2)]
    [objection] = brought(posted)
    assert [answer.location for answer in sent] == [f"/o/{objection.token}"] * 2
    assert (objection.channel, objection.worker_id) == (ObjectionChannel.ONLINE, cast.worker.id)
    assert (objection.name, objection.contact, objection.origin) == (WHO, PHONE, "127.0.0.1")

    page = visitor.get(f"/o/{objection.token}")
    assert page.headers["X-Robots-Tag"] == "noindex"
    grouped = " ".join(re.findall("....", objection.token))
    for shown in ("2026Q4-1", "第1号 李*明", "李*明十一月只来过一次", "2027年1月6日", grouped, "<svg"):
        assert shown in page.text

    assert "2026Q4-1" in clerk.get(HERE).text
    assert "有异议，待答复" in clerk.get(HERE).text
    inside = clerk.get(f"{HERE}/objections/1").text
    for shown in (WHO, PHONE, form["text"]):
        assert shown in inside
    given = {"outcome": "accepted", "change": "-3", "reason": f"{LI}记录有误", "decided_by": "村委会"}
    assert clerk.post(f"{HERE}/objections/1", data=given).status_code == 302
    told = visitor.get(f"/o/{objection.token}").text
    for shown in ("异议成立", "李*明记录有误", "待再次公示"):
        assert shown in told

    page = clerk.get(HERE).text
    assert "张贴变更公示" in page
    assert "待再次公示" in page
    clock.days_on(4)
    page = chair.get(HERE).text
    assert "入账1行，共20分" in page
    assert "李秀明，30分：异议成立有变更，待再次公示" in page
    assert chair.post(f"{HERE}/book").status_code == 302
    assert "入账1行" not in chair.get(HERE).text
    assert client_of(cast.chair).post(f"{HERE}/post-changes").status_code == 403
    assert clerk.post(f"{HERE}/post-changes").status_code == 302
    assert clerk.post(f"{HERE}/post-changes").status_code == 422
    for client, path in ((chair, HERE), (visitor, f"/o/{objection.token}")):
        assert "公示到2027年1月4日" in client.get(path).text
    clock.days_on(4)
    assert "入账1行，共27分" in chair.get(HERE).text
    assert chair.post(f"{HERE}/book").status_code == 302
    assert [ledger.balance_of(worker) for worker in cast.workers[:2]] == [270, 200]
    assert "这一行现在：\n  已入账" in visitor.get(f"/o/{objection.token}").text


def test_nothing_public_names_anybody(cast, client_of, posted):
    visitor = client_of(None)
    visitor.post(f"{WALL}/object", data=an_objection(text=f"{WANG}和{LI}都没有来"))
    [objection] = brought(posted)
    do(objections.answer, objection, False, 0, f"{WANG}确实来过", f"村委会和{LI}", cast.clerk)
    digest = "e3b0" * 4
    for path in (
        f"/n/{VILLAGE}/",
        WALL,
        f"{WALL}/object",
        f"/o/{objection.token}",
        f"/O/{objection.token}",
        "/o/?token=ABCD",
        f"/proof?village={VILLAGE}&digest={digest}",
    ):
        page = visitor.get(path)
        assert page.status_code in (200, 422), path
        hidden = [*WORKERS, "刘文书", "陈主任", "村民代表", WHO, PHONE]
        assert [name for name in hidden if name in page.text] == [], path
    assert client_of(cast.clerk).get(f"{HERE}/objections/1").status_code == 200


def test_who_brought_it_is_known_to_the_committee_and_its_supervisors_only(cast, client_of, posted):
    objection = object_to(posted, cast.worker, cast.clerk, name=WHO, contact=PHONE, text=f"{LI}没有来")
    address = f"{HERE}/objections/1"
    for user in (cast.clerk, cast.chair, cast.supervisor):
        page = client_of(user).get(address).text
        assert WHO in page
        assert PHONE in page
    for user in (cast.township_user, cast.county_user):
        client = client_of(user)
        for path in (address, HERE):
            page = client.get(path).text
            hidden = (WHO, PHONE, LI, objection.token, " ".join(re.findall("....", objection.token)))
            assert [word for word in hidden if word in page] == [], path
        assert client.get(f"{address}/paper.pdf").status_code == 403
        assert client.post(address, data={}).status_code == 403
    assert client_of(cast.outsider).get(address).status_code == 404
    assert client_of(cast.volunteer).get(address).status_code == 403
    assert client_of(cast.supervisor).post(address, data={}).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [{"line": "99"}, {"line": ""}, {"line": "0"}, {"text": "错"}, {"text": "错" * 1001}, {"key": "x"}],
)
def test_a_refusal_keeps_what_was_typed(cast, client_of, posted, changes):
    answer = client_of(None).post(f"{WALL}/object", data=an_objection(**changes))
    assert answer.status_code == 422
    assert WHO in answer.text
    assert PHONE in answer.text
    assert brought(posted) == []


def test_too_many_from_one_address_are_sent_to_the_counter(cast, client_of, posted):
    visitor = client_of(None)
    answers = [visitor.post(f"{WALL}/object", data=an_objection()) for _each in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 422]
    assert "村务监督委员会" in answers[3].text
    assert "十一月只来过一次" in answers[3].text


def test_nothing_to_object_to_where_all_is_booked_or_nothing_was_posted(cast, client_of, posted, clock):
    visitor = client_of(None)
    clock.days_on(4)
    do(booking.book, posted, cast.chair)
    assert "没有可以提出异议的行" in visitor.get(f"{WALL}/object").text
    answer = visitor.post(f"{WALL}/object", data=an_objection())
    assert (answer.status_code, brought(posted)) == (422, [])
    assert f"{WALL}/object" not in visitor.get(WALL).text
    assert visitor.get(f"/n/{VILLAGE}/2026Q3/object").status_code == 404


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}".lower(), "full"])
def test_the_number_finds_its_objection_however_it_is_typed(cast, client_of, posted, typed):
    token = object_to(posted, cast.worker, cast.clerk).token
    grouped = " ".join(re.findall("....", token))
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in token)
    query = {"token": wide if typed == "full" else typed.format(grouped).lower()}
    answer = client_of(None).get("/o/", query_string=query)
    assert answer.location == f"/o/{token}"


def test_a_wrong_number_finds_nothing(cast, client_of, posted):
    token = object_to(posted, cast.worker, cast.clerk).token
    visitor = client_of(None)
    for wrong in ("0" * 20, token[:-1], "x", "长" * 20):
        assert visitor.get(f"/o/{wrong}").status_code == 404
        assert visitor.get("/o/", query_string={"token": wrong}).status_code == 422
    assert visitor.get("/o/").status_code == 200


def test_overdue_is_seen_on_the_sheet_and_by_who_waits(cast, client_of, posted, clock):
    objection = object_to(posted, cast.worker, cast.clerk)
    assert "还有9天" in client_of(cast.clerk).get(HERE).text
    clock.turn_to(objection.due_on)
    assert "今天到期" in client_of(cast.clerk).get(HERE).text
    clock.days_on(2)
    for user in (cast.clerk, cast.township_user):
        assert "逾期 2 天" in client_of(user).get(HERE).text
    assert "答复已经超期" in client_of(None).get(f"/o/{objection.token}").text


def test_at_the_counter_from_the_receipt_to_the_reply(cast, client_of, posted, clock):
    supervisor, clerk = client_of(cast.supervisor), client_of(cast.clerk)
    form = an_objection(channel="written", received_on="2026-12-28", line="2", text="少记了两次走访")
    for changes in ({"channel": "online"}, {"received_on": "2026-12-29"}, {"channel": ""}):
        answer = supervisor.post(f"{HERE}/objections/new", data=form | changes)
        assert answer.status_code == 422
        assert "少记了两次走访" in answer.text
    assert client_of(cast.township_user).get(f"{HERE}/objections/new").status_code == 403
    assert supervisor.post(f"{HERE}/objections/new", data=form).location == f"{HERE}/objections/1"
    [objection] = brought(posted)
    assert (objection.received_by_id, objection.channel) == (cast.supervisor.id, ObjectionChannel.WRITTEN)

    [picture], receipt = read(supervisor.get(f"{HERE}/objections/1/paper.pdf").data)
    assert codes(picture) == {f"HTTP://LOCALHOST/O/{objection.token}"}
    for shown in ("异议受理单", "2026Q4-1", "2.王*", "2027年1月6日", WHO, objection.token[:4]):
        assert shown in receipt
    assert PHONE not in receipt

    refused = clerk.post(
        f"{HERE}/objections/1", data={"outcome": "accepted", "reason": "漏记", "decided_by": "村委会"}
    )
    assert refused.status_code == 422
    assert "漏记" in refused.text
    given = {"outcome": "rejected", "change": "", "reason": f"{WANG}那两次没有去", "decided_by": "村委会"}
    slip = clerk.post(f"{HERE}/objections/1", data=given | {"change": "-5"})
    assert slip.status_code == 422  # one of the two is not meant, and an answer stands
    assert "不成立的异议不改分数" in slip.text
    assert 'value="-5"' in slip.text
    assert clerk.post(f"{HERE}/objections/1", data=given).status_code == 302
    assert clerk.post(f"{HERE}/objections/1", data=given).status_code == 302
    other = clerk.post(f"{HERE}/objections/1", data=given | {"outcome": "accepted", "change": "1"})
    assert other.status_code == 422
    assert 'role="alert"' in other.text
    [reply] = texts(clerk.get(f"{HERE}/objections/1/paper.pdf").data)
    for shown in (
        "异议答复书",
        f"{WHO}：",
        "少记了两次走访",
        "异议不成立",
        "王*那两次没有去",
        "村委会",
        "盖章处",
    ):
        assert shown in reply
    assert "不成立" in clerk.get(HERE).text


def test_answered_while_the_sheet_is_back_with_the_meeting(cast, client_of, posted):
    objection = object_to(posted, cast.worker, cast.clerk)
    do(review.send_back, posted, "请核对", cast.township_user)
    clerk = client_of(cast.clerk)
    assert "2026Q4-1" in clerk.get(HERE).text
    assert "登记异议" not in clerk.get(HERE).text
    given = {"outcome": "accepted", "change": "1", "reason": "漏记", "decided_by": "村委会"}
    assert clerk.post(f"{HERE}/objections/1", data=given).status_code == 302
    told = client_of(None).get(f"/o/{objection.token}").text
    assert "异议成立" in told
    assert "已退回重新评议" in told


@pytest.mark.usefixtures("without_hanazono")
def test_a_long_one_takes_a_second_sheet_and_a_rare_name_is_noted(cast, client_of, posted):
    object_to(posted, cast.worker, cast.clerk, name=f"起{RARE}", text="错" * 1000)
    found = texts(client_of(cast.clerk).get(f"{HERE}/objections/1/paper.pdf").data)
    assert len(found) == 2
    assert sum(page.count("错") for page in found) == 1000
    assert ("第1页共2页" in found[0], "盖章处" in found[1]) == (True, True)
    assert ("起〓" in found[0], "U+212FE" in found[1]) == (True, True)


def test_an_objection_of_another_quarter_or_number_is_not_found(cast, client_of, posted):
    object_to(posted, cast.worker, cast.clerk)
    clerk = client_of(cast.clerk)
    for path in (
        f"{HERE}/objections/2",
        f"/v/{VILLAGE}/quarters/2026Q3/objections/1",
        f"{HERE}/objections/x",
    ):
        assert clerk.get(path).status_code == 404
