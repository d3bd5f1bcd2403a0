"""The meeting on pages: without script, in parts for the script, and with two clerks at one line."""

import re
from datetime import date
from uuid import uuid4

import pytest

from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from ground.pictures import Jpeg
from people.models import Role
from people.signin import accounts
from points.assessment import assessments, meeting, meeting_rules, opening
from points.assessment.meeting_rules import MeetingRules
from points.models import Adjustment, Member, Quorum, Recusal
from points.services import deciding, photos, recording
from points.wall import posting
from tests.cast import HASHED, PRESENT, VILLAGE, a_picture
from tests.points.hung import in_meeting
from tests.story import do

TODAY = date(2026, 12, 28)
QUARTER = f"/v/{VILLAGE}/quarters/2026Q4"
PART = {"X-Part": "line"}


@pytest.fixture
def begun(cast):
    """A quarter in its meeting: three visits of the worker's, and one that came too late for its quarter."""
    with transaction():
        cast.serve(cast.worker, "走访一户", date(2026, 9, 20), cast.clerk, cast.chair)
        cast.serve(cast.worker, "走访一户", date(2026, 12, 27), cast.clerk, cast.chair, 90)
        assessment = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        return meeting.deliberate(assessment, TODAY, PRESENT, ("村民代表丁",), "逐户通报", cast.clerk)


@pytest.fixture
def second_clerk(cast):
    """A second clerk of the village."""
    with transaction():
        user = accounts.add_user("second_clerk", "钱文书", HASHED, None, temporary=False)
        accounts.grant(user, Role.CLERK, cast.village, None)
    return user


def line_of(worker):
    return f"{QUARTER}/workers/{worker.id}"


def hidden(page, name):
    """What a page's form sends along without showing it."""
    return re.search(rf'name="{name}" type="hidden" value="([^"]*)"', page)[1]


def ticked(page, name):
    """Who is ticked in a column of the list of who was invited."""
    return re.findall(rf'name="{name}" value="([^"]*)" checked', page)


def adjust(client, worker, page=None, headers=(), **changes):
    """Send the form of a line as a page showed it, fetched now if none is given."""
    page = page or client.get(line_of(worker)).text
    form = {name: hidden(page, name) for name in ("key", "last_seen")}
    form |= {"amount": "1.5", "reason": "雪天送药"} | changes
    return client.post(f"{line_of(worker)}/adjust", data=form, headers=dict(headers))


def cells(page, worker):
    """What stands in a worker's row of the sheet."""
    rows = re.search(rf'<tbody id="line-{worker.id}".*?</tbody>', page, re.DOTALL)[0]
    return [re.sub(r"<[^>]+>", "", cell).split() for cell in re.findall(r"<td>(.*?)</td>", rows, re.DOTALL)]


def written():
    db.session.rollback()
    return [(each.amount, each.reason) for each in db.session.query(Adjustment).order_by(Adjustment.id)]


def test_the_sheet_shows_what_the_cap_took_what_came_late_and_sums(cast, client_of, begun):
    page = client_of(cast.clerk).get(QUARTER).text
    row = cells(page, cast.worker)
    assert row[2] == ["12", "18.2"]
    assert row[-4:] == [["–"], ["–"], ["–"], ["12"]]
    assert "迟报 1 条" in page
    sums = re.search(r"<tfoot.*?</tfoot>", page, re.DOTALL)[0]
    assert re.sub(r"<[^>]+>|\s", " ", sums).split() == [
        "合计",
        "–",
        "–",
        "12",
        "18.2",
        "–",
        "–",
        "–",
        "–",
        "–",
        "–",
        "12",
    ]


def test_without_script_a_line_is_adjusted_on_its_page_and_the_sheet_says_why(cast, client_of, begun):
    clerk = client_of(cast.clerk)
    assert f'href="{line_of(cast.worker)}"' in clerk.get(QUARTER).text
    assert adjust(clerk, cast.worker).location == line_of(cast.worker)
    line = clerk.get(line_of(cast.worker)).text
    assert "已记下：+1.5 分" in line
    for words in ("雪天送药", "刘文书 · 2026年12月28日"):
        assert words in line
    sheet = clerk.get(QUARTER).text
    assert cells(sheet, cast.worker)[-3:] == [["+1.5"], ["–"], ["13.5"]]
    assert re.search(r'class="said".*?\+1\.5</b> 雪天送药', sheet, re.DOTALL)
    assert '<option value="雪天送药">' in clerk.get(line_of(cast.neighbour)).text  # to be picked again
    (made,) = db.session.query(Adjustment)
    back = f"{QUARTER}/adjustments/{made.id}/take-back"
    assert back in line
    assert [clerk.post(back).location for _ in range(2)] == [line_of(cast.worker)] * 2
    assert written() == [(15, "雪天送药"), (-15, "雪天送药")]
    assert back not in clerk.get(line_of(cast.worker)).text
    assert 'class="said"' not in clerk.get(QUARTER).text


def test_a_line_opens_to_its_records_with_confirmer_and_evidence(cast, client_of, begun):
    supervisor = client_of(cast.supervisor)
    with transaction():
        meeting.reopen(begun, cast.clerk)
        service = recording.record(
            uuid4().hex, cast.worker, cast.item("化解一起"), TODAY, 1, "劝和地界", cast.clerk
        )
        photos.keep(service, Jpeg(a_picture()), cast.clerk)
        deciding.confirm(service, cast.chair, deciding.Voucher.WITNESS, "张大山", "邻村", "13900001111")
        meeting.deliberate(begun, TODAY, PRESENT, (), "", cast.clerk)
    for headers in ({}, PART):
        line = supervisor.get(line_of(cast.worker), headers=headers).text
        for words in (
            "劝和地界",
            "刘文书 记录",
            "陈主任 确认",
            "张大山",
            "迟报，属于2026年第三季度",
            f"/services/{service.id}/photo",
        ):
            assert words in line, words
        assert "<form" not in line.partition("<main")[2].partition("</main>")[0]


def test_for_the_script_the_answer_is_the_parts_that_changed(cast, client_of, begun):
    clerk = client_of(cast.clerk)
    adjust(clerk, cast.neighbour, headers=PART, reason="下乡")
    page = clerk.get(line_of(cast.worker), headers=PART).text
    assert "<html" not in page
    answer = adjust(clerk, cast.worker, page, PART)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    parts = re.findall(r'<\w+ id="([\w-]+)" data-part', answer.text)
    assert parts == [f"line-{cast.worker.id}", f"line-{cast.neighbour.id}", "sums", "said"]
    assert cells(answer.text, cast.worker)[-3:] == [["+1.5"], ["–"], ["13.5"]]
    assert "<p data-told>已记下：+1.5 分。</p>" in answer.text
    assert "雪天送药" in answer.text
    assert hidden(answer.text, "key") != hidden(page, "key")
    assert "已记下" not in clerk.get(QUARTER).text


@pytest.mark.parametrize("headers", [{}, PART])
def test_the_second_of_two_clerks_is_told_and_keeps_what_was_typed(
    cast, client_of, begun, second_clerk, headers
):
    first, second = client_of(cast.clerk), client_of(second_clerk)
    seen = {client: client.get(line_of(cast.worker), headers=headers).text for client in (first, second)}
    assert adjust(first, cast.worker, seen[first], headers).status_code in (200, 302)
    answer = adjust(second, cast.worker, seen[second], headers, amount="2", reason="代缴医保")
    assert answer.status_code == 422
    told = re.search(r'role="alert">(.*?)</p>', answer.text)[1]
    for words in ("刘文书", "+1.5", "雪天送药"):
        assert words in told
    assert 'value="2"' in answer.text
    assert 'value="代缴医保"' in answer.text
    assert written() == [(15, "雪天送药")]
    again = adjust(second, cast.worker, answer.text, headers, amount="2", reason="代缴医保")
    assert again.status_code in (200, 302)
    assert written() == [(15, "雪天送药"), (20, "代缴医保")]


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"amount": "0"}, {"amount": "三"}])
def test_another_refusal_does_not_count_as_having_been_told(cast, client_of, begun, second_clerk, wrong):
    first, second = client_of(cast.clerk), client_of(second_clerk)
    old = second.get(line_of(cast.worker)).text
    adjust(first, cast.worker)
    refused = adjust(second, cast.worker, old, **wrong)
    assert refused.status_code == 422
    assert adjust(second, cast.worker, refused.text, amount="2", reason="代缴医保").status_code == 422
    assert written() == [(15, "雪天送药")]


def test_a_member_is_left_out_of_a_line_and_the_sheet_says_so(cast, client_of, begun):
    clerk = client_of(cast.clerk)
    member = next(member.id for member in begun.members if member.name == "刘文书")
    address = f"{line_of(cast.worker)}/recuse"
    refused = clerk.post(address, data={"member": member, "relation": ""})
    assert (refused.status_code, "<details open>" in refused.text) == (422, True)
    assert clerk.post(address, data={"member": 10**6, "relation": "叔侄"}).status_code == 422
    assert clerk.post(address, data={"member": member, "relation": "叔侄"}).status_code == 302
    sheet = clerk.get(QUARTER).text
    assert "刘文书（叔侄）" in sheet
    assert "刘文书回避（叔侄）" in sheet
    refused = adjust(clerk, cast.worker)
    assert refused.status_code == 422
    assert "叔侄" in re.search(r'role="alert">(.*?)</p>', refused.text)[1]
    (recusal,) = db.session.query(Recusal)
    lift = f"{QUARTER}/recusals/{recusal.id}/lift"
    assert lift in clerk.get(line_of(cast.worker)).text
    assert clerk.post(lift).status_code == 302
    assert clerk.post(lift).status_code == 404
    assert "叔侄" not in clerk.get(QUARTER).text


def test_the_meeting_begins_with_the_usual_members_and_a_quorum(cast, client_of):
    clerk = client_of(cast.clerk)
    with transaction():
        meeting_rules.decide(
            cast.county, MeetingRules(Quorum.MORE_THAN_HALF, 4), "县委政法委", cast.county_user
        )
        opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
    page = clerk.get(QUARTER).text
    assert "到会须达应到的过半数，并且不少于4人" in page
    assert ticked(page, "came") == ["刘文书", "陈主任", "周副主任", "郭监督"]
    assert ticked(page, "stayed_away") == []
    assert 'value="孙店长"' in page  # offered, as who has a role here
    assert 'value="李秀明"' not in page  # the meeting decides on her points
    held = {"met_on": "2026-12-28", "present": "甲、乙,丙", "absent": "", "minutes": "一致同意"}
    refused = clerk.post(f"{QUARTER}/deliberate", data=held)
    assert (refused.status_code, "甲、乙,丙" in refused.text, "一致同意" in refused.text) == (422, True, True)
    assert clerk.post(f"{QUARTER}/deliberate", data=held | {"present": "甲、乙,丙；丁"}).status_code == 302
    assert "应到 4 人，实到 4 人" in clerk.get(QUARTER).text


def test_who_is_known_is_ticked_and_only_others_are_typed(cast, client_of):
    clerk = client_of(cast.clerk)
    with transaction():
        opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
    held = {
        "met_on": "2026-12-28",
        "came": ["刘文书", "陈主任", "何指导"],
        "stayed_away": ["郭监督"],
        "present": "潘 凤家",
    }
    for twice in ({"present": "刘 文书"}, {"absent": "何　指导"}, {"stayed_away": ["陈主任"]}):
        refused = clerk.post(f"{QUARTER}/deliberate", data=held | twice)
        assert refused.status_code == 422
        assert "写了两次" in refused.text
        assert sorted(ticked(refused.text, "came")) == sorted(held["came"])
    assert clerk.post(f"{QUARTER}/deliberate", data=held).status_code == 302
    page = clerk.get(f"{QUARTER}/minutes").text
    assert sorted(ticked(page, "came")) == sorted([*held["came"], "潘凤家"])
    assert ticked(page, "stayed_away") == ["郭监督"]
    known = {member.name: member.user_id for member in db.session.query(Member)}
    assert known == {
        "刘文书": cast.clerk.id,
        "陈主任": cast.chair.id,
        "何指导": cast.instructor.id,
        "郭监督": cast.supervisor.id,
        "潘凤家": None,
    }


def test_minutes_written_by_somebody_meanwhile_stand_beside_what_was_typed(
    cast, client_of, begun, second_clerk
):
    first, second = client_of(cast.clerk), client_of(second_clerk)
    address = f"{QUARTER}/minutes"
    page = first.get(address).text
    assert ticked(page, "came") == list(PRESENT)
    assert ticked(page, "stayed_away") == ["村民代表丁"]
    form = {
        "met_on": "2026-12-28",
        "present": "\n".join(PRESENT),
        "absent": "",
        "revision": hidden(page, "revision"),
    }
    assert second.post(address, data=form | {"minutes": "先写的话"}).status_code == 302
    refused = first.post(address, data=form | {"minutes": "后写的话"})
    assert refused.status_code == 422
    assert "后写的话</textarea>" in refused.text
    assert re.search(r"现在写的是.*应到 5 人，实到 5 人.*先写的话", refused.text, re.DOTALL)
    again = form | {"minutes": "后写的话", "revision": hidden(refused.text, "revision")}
    assert first.post(address, data=again).status_code == 302
    supervisor = client_of(cast.supervisor)
    assert "后写的话" in supervisor.get(address).text
    assert "<textarea" not in supervisor.get(address).text


def test_those_above_see_masked_names_in_every_part(cast, client_of, begun):
    member = next(member for member in begun.members if member.name == "村民代表甲")
    with transaction():
        meeting.adjust(begun, cast.worker, 15, "雪天送药", uuid4().hex, cast.clerk)
        meeting.recuse(begun, member, cast.worker, "叔侄", cast.clerk)
    for address, headers in (
        (QUARTER, {}),
        (line_of(cast.worker), {}),
        (line_of(cast.worker), PART),
        (f"{QUARTER}/minutes", {}),
    ):
        inside = client_of(cast.supervisor).get(address, headers=headers).text
        above = client_of(cast.township_user).get(address, headers=headers).text
        for name in (cast.worker.name, "村民代表甲"):
            assert name not in above
        assert "村民代表甲" in inside
        assert "村*甲" in above


WRITING = ("workers/{worker}/adjust", "workers/{worker}/recuse", "minutes", "deliberate", "reopen")


def test_nobody_but_the_clerk_writes(cast, client_of, begun):
    with transaction():
        made = meeting.adjust(begun, cast.worker, 15, "雪天送药", uuid4().hex, cast.clerk)
        recusal = meeting.recuse(begun, begun.members[2], cast.worker, "叔侄", cast.clerk)
    routes = [path.format(worker=cast.worker.id) for path in WRITING]
    routes += [f"adjustments/{made.id}/take-back", f"recusals/{recusal.id}/lift"]
    for username, status in (
        ("chair", 403),
        ("supervisor", 403),
        ("instructor", 403),
        ("volunteer", 403),
        ("worker", 403),
        ("township_user", 403),
        ("county_user", 403),
        ("outsider", 404),
    ):
        client = client_of(cast.user(username))
        for path in routes:
            assert client.post(f"{QUARTER}/{path}", data={}).status_code == status, (username, path)
    assert written() == [(15, "雪天送药")]


def test_what_is_of_another_sheet_is_not_found(cast, client_of, begun):
    clerk = client_of(cast.clerk)
    with transaction():
        made = meeting.adjust(begun, cast.worker, 15, "雪天送药", uuid4().hex, cast.clerk)
        recusal = meeting.recuse(begun, begun.members[2], cast.worker, "叔侄", cast.clerk)
        opening.open_quarter(cast.village, Quarter(2026, 3), cast.clerk)
    elsewhere = f"/v/{VILLAGE}/quarters/2026Q3"
    assert clerk.post(f"{elsewhere}/adjustments/{made.id}/take-back").status_code == 404
    assert clerk.post(f"{elsewhere}/recusals/{recusal.id}/lift").status_code == 404
    assert clerk.get(line_of(cast.stranger)).status_code == 404
    form = {"key": uuid4().hex, "amount": "1", "reason": "辛苦"}
    assert clerk.post(f"{line_of(cast.stranger)}/adjust", data=form).status_code == 404
    assert written() == [(15, "雪天送药")]


def test_a_form_sent_after_the_notice_is_told_and_kept(cast, client_of, begun):
    clerk = client_of(cast.clerk)
    page = clerk.get(line_of(cast.worker)).text
    minutes = clerk.get(f"{QUARTER}/minutes").text
    with transaction():
        posting.post_notice(begun, cast.clerk)
    answer = adjust(clerk, cast.worker, page)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="雪天送药"' in answer.text
    assert written() == []
    assert "/adjust" not in clerk.get(line_of(cast.worker)).text
    typed = {"met_on": "2026-12-28", "present": "\n".join(PRESENT), "minutes": "想补一句"}
    late = clerk.post(f"{QUARTER}/minutes", data=typed | {"revision": hidden(minutes, "revision")})
    assert late.status_code == 422
    assert "想补一句</textarea>" in late.text


def test_far_more_than_usual_is_asked_about_once_more(cast, client_of, begun):
    cast.earn(cast.worker, 412)
    clerk = client_of(cast.clerk)
    page = clerk.get(line_of(cast.worker)).text
    assert "平时一个季度：41.2分" in page
    form = {name: hidden(page, name) for name in ("key", "last_seen")} | {"reason": "手误"}
    address = f"{line_of(cast.worker)}/adjust"
    asked = clerk.post(address, data=form | {"amount": "500"})
    assert asked.status_code == 422
    assert "平时一个季度约41.2分" in asked.text
    assert 'value="手误"' in asked.text
    again = {name: hidden(asked.text, name) for name in ("key", "last_seen", "meant")} | {"reason": "手误"}
    other = clerk.post(address, data=again | {"amount": "600"})
    assert other.status_code == 422  # it was not 600 that was asked about
    assert clerk.post(address, data=again | {"amount": "500"}).status_code == 302
    assert [made.amount for made in db.session.query(Adjustment) if made.reason == "手误"] == [5000]


def test_who_is_asked_once_more_does_not_hear_then_that_it_changes_nothing(cast, client_of):
    with transaction():
        cast.deduct(cast.worker, TODAY)
        assessment = opening.open_quarter(cast.village, Quarter(2026, 4), cast.clerk)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
    clerk = client_of(cast.clerk)
    page = clerk.get(line_of(cast.worker)).text
    form = {name: hidden(page, name) for name in ("key", "last_seen")} | {"reason": "雪天送药"}
    told = clerk.post(f"{line_of(cast.worker)}/adjust", data=form | {"amount": "49"}).text
    assert "确实如此，就再按一次" not in told
    assert "加的多于50分才有用" in told
    assert written() == []


def test_before_it_is_posted_the_sheet_is_seen_as_it_will_hang(cast, client_of, begun):
    clerk = client_of(cast.clerk)
    do(recording.record, uuid4().hex, cast.worker, cast.item("走访"), TODAY, 1, "", cast.clerk)
    assert f'href="{QUARTER}/preview"' in clerk.get(QUARTER).text
    page = clerk.get(f"{QUARTER}/preview").text
    for words in ("公示预览", "李*明", "还有1条记录没有确认", f'action="{QUARTER}/post"'):
        assert words in page, words
    assert "扣分没有决定" not in page
    with clock.at(date(2027, 1, 2)):  # what is of the next quarter is no concern of this sheet
        do(recording.record, uuid4().hex, cast.worker, cast.item("走访"), clock.today(), 1, "", cast.clerk)
        assert "还有1条记录没有确认" in clerk.get(f"{QUARTER}/preview").text
    with transaction():
        cast.deduction(cast.neighbour, TODAY)
    assert "还有 1 件扣分没有决定" in clerk.get(f"{QUARTER}/preview").text
    assert cast.worker.name not in page
    assert "/post" not in client_of(cast.chair).get(f"{QUARTER}/preview").text
    assert assessments.whole_notice(begun) is None
    clerk.post(f"{QUARTER}/post")
    assert clerk.get(f"{QUARTER}/preview").location == QUARTER


def test_an_opened_line_says_the_points_of_each_record_and_what_the_cap_takes(cast, client_of, begun):
    for answer in (
        client_of(cast.clerk).get(line_of(cast.worker)),
        client_of(cast.clerk).get(line_of(cast.worker), headers=PART),
    ):
        assert re.search(r'<span class="figure gain">\+18(<|\s)', answer.text), answer.text
        assert re.search(r'<span class="figure gain">\+0\.2(<|\s)', answer.text)
        assert "按细则18.2分，封顶后12分" in answer.text


def test_the_projector_shows_one_line_at_a_time(cast, client_of):
    do(cast.deduct, cast.neighbour, TODAY)
    in_meeting(cast, {cast.worker.name: 25})
    first, second, last = (f"{QUARTER}/projector?line={number}" for number in (1, 2, 8))
    clerk = client_of(cast.clerk)
    assert clerk.get(QUARTER).text.count(f'href="{QUARTER}/projector"') == 2
    page = clerk.get(f"{QUARTER}/projector").text
    for shown in ("第1/8人", cast.worker.name, "第01网格", "雪天送药", "+2.5"):
        assert shown in page
    assert [f'rel="{rel}"' in page for rel in ("prev", "next", "up")] == [False, True, True]
    assert second.replace("&", "&amp;") in page
    for surrounding in ('class="rail"', "<footer", "masthead", "railed"):
        assert surrounding not in page
    assert page.partition("<body")[2] == clerk.get(first).text.partition("<body")[2]
    page = clerk.get(second).text
    for shown in ("第2/8人", "虚报", "这一天没有去过", "不足0分按0分计"):
        assert shown in page
    page = clerk.get(last).text
    assert "没有扣分，也没有调整。" in page
    assert [f'rel="{rel}"' in page for rel in ("prev", "next", "up")] == [True, False, True]
    for beyond in ("0", "9", "-1", "9" * 30):
        assert clerk.get(f"{QUARTER}/projector?line={beyond}").status_code == 404
    assert cast.worker.name not in client_of(cast.township_user).get(first).text
    assert client_of(cast.worker_user).get(first).status_code == 403
