"""What hangs on the wall: the whole sheet, and what changed after objections, in words and in print."""

import re
from datetime import date
from uuid import uuid4

import pytest
from flask_babel import force_locale

from points.assessment import assessments, meeting, meeting_rules, review
from points.wall import booking, correcting, objections, posting
from points.wall import wall_state as wall
from points.wall.noticesheet import heading, introduction, notice_pdf
from points.wall.wording import sheet
from tests.cast import VILLAGE, WORKERS
from tests.points.hung import in_meeting, object_to, on_wall
from tests.printed import codes, read, texts
from tests.story import do

HERE = f"/v/{VILLAGE}/quarters/2026Q4"
LI, WANG, ZHAO = WORKERS[:3]


@pytest.fixture
def sheets(app):
    """The sheets that hang for an assessment, in Chinese."""

    def sheets(assessment):
        with app.test_request_context(), force_locale("zh"):
            return [sheet(each, "URL", "OBJECT", "PROOF") for each in wall.posted_notices(assessment)]

    return sheets


def lines_of(notice):
    return [line for notes in notice.notes for line in notes.lines]


def test_the_whole_sheet_says_who_what_why_and_how_many_were_there(cast, sheets):
    [notice] = sheets(on_wall(cast, {LI: 300, WANG: 205}))
    assert (notice.code, notice.whole, len(notice.rows)) == ("2026Q4", True, 8)
    assert [(row.number, row.name, row.total) for row in notice.rows[:3]] == [
        (1, "李*明", 300),
        (2, "王*", 205),
        (3, "赵*强", 0),
    ]
    assert (notice.invited, notice.present) == (6, 5)
    assert (notice.sum_row.total, notice.sum_row.adjustments) == (505, 505)
    assert lines_of(notice) == ["第1号 李*明：+30分，雪天送药", "第2号 王*：+20.5分，雪天送药"]


def test_an_adjustment_taken_back_is_not_on_the_wall(cast, sheets):
    assessment = in_meeting(cast, {LI: 300})
    do(meeting.take_back, assessment, assessment.adjustments[0], uuid4().hex, cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    [notice] = sheets(assessment)
    assert (lines_of(notice), notice.rows[0].total) == ([], 0)


def test_names_in_what_somebody_wrote_are_masked_too(cast, sheets):
    assessment = in_meeting(cast, {})
    reason = f"替{WANG}值守，{LI}和村民代表甲作证"
    do(meeting.adjust, assessment, cast.worker, 10, reason, uuid4().hex, cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    assert lines_of(*sheets(assessment)) == ["第1号 李*明：+1分，替王*值守，李*明和村*甲作证"]


def test_who_was_left_out_is_said_and_not_why(cast, sheets):
    assessment = in_meeting(cast, {})
    member = next(each for each in assessment.members if each.name == "村民代表甲")
    do(meeting.recuse, assessment, member, cast.person(ZHAO), "堂兄弟", cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    [notice] = sheets(assessment)
    assert lines_of(notice) == ["第3号 赵*强一行：评议成员村*甲回避"]
    assert "堂兄弟" not in str(notice)


def test_a_correction_of_an_earlier_quarter_stands_on_the_open_one_s_sheet(cast, sheets):
    before = cast.earn(cast.worker, 100)
    assessment = in_meeting(cast, {})
    award = assessments.award_of(before, cast.worker)
    do(correcting.correct, award, 60, f"{LI}多记了", uuid4().hex, cast.chair)
    do(posting.post_notice, assessment, cast.clerk)
    assert lines_of(*sheets(assessment)) == [
        "2025年第一季度 李*明：已入账10分，更正为6分，李*明多记了",
    ]


def test_a_notice_of_changes_shows_only_what_changed_from_what_and_why(cast, sheets, clock):
    assessment = on_wall(cast, {LI: 300, WANG: 200})
    objection = object_to(assessment, cast.worker, cast.clerk)
    do(objections.answer, objection, True, 4, f"{LI}确实漏记两次走访", "村委会", cast.clerk)
    clock.days_on(2)
    do(posting.post_changes, assessment, cast.clerk)
    whole, changes = sheets(assessment)
    assert [row.total for row in whole.rows[:2]] == [300, 200]
    assert [(row.number, row.total_before, row.total) for row in changes.rows] == [(1, 300, 304)]
    assert (changes.code, heading(changes)) == ("2026Q4-2", "2026年第四季度网格员服务积分变更公示")
    assert "2026年12月30日至2027年1月2日" in introduction(changes)
    assert lines_of(changes) == [
        "第1号 李*明：+0.4分，异议2026Q4-1成立，李*明确实漏记两次走访",
        "第1号 李*明：+30分，雪天送药",
    ]
    again = object_to(assessment, cast.worker, cast.clerk)
    do(objections.answer, again, True, -4, "复核有误", "村委会", cast.clerk)
    do(posting.post_changes, assessment, cast.clerk)
    assert [(row.total_before, row.total) for row in sheets(assessment)[2].rows] == [(304, 300)]


def test_after_it_was_sent_back_only_the_new_sheet_hangs_and_the_old_one_says_what_it_said(
    cast, sheets, clock
):
    assessment = on_wall(cast, {LI: 300})
    clock.days_on()
    do(review.send_back, assessment, "请核对", cast.township_user)
    do(meeting.recuse, assessment, assessment.members[2], cast.worker, "亲戚", cast.clerk)
    do(meeting.take_back, assessment, assessment.adjustments[0], uuid4().hex, cast.clerk)
    do(posting.post_notice, assessment, cast.clerk)
    [notice] = sheets(assessment)
    assert (notice.number, notice.whole, notice.rows[0].total) == (2, True, 0)
    assert lines_of(notice) == ["第1号 李*明一行：评议成员村*甲回避"]
    first = wall.posted_notice(assessment, assessments.notices(assessment)[0])
    assert ([each.amount for each in first.adjustments], list(first.recusals)) == ([300], [])


def test_both_kinds_hang_as_long_as_the_county_asks(cast, sheets):
    do(
        meeting_rules.decide,
        cast.county,
        meeting_rules.MeetingRules(notice_days=5),
        "县委政法委",
        cast.county_user,
    )
    assessment = on_wall(cast, {LI: 300})
    objection = object_to(assessment, cast.worker, cast.clerk)
    do(objections.answer, objection, True, 4, "确实漏记", "村委会", cast.clerk)
    do(posting.post_changes, assessment, cast.clerk)
    for notice in sheets(assessment):
        assert (notice.posted_on, notice.ends_on) == (date(2026, 12, 28), date(2027, 1, 2))


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_both_kinds_in_print(cast, client_of, clock, paper):
    assessment = on_wall(cast, {LI: 300, WANG: 200})
    objection = object_to(assessment, cast.worker, cast.clerk)
    do(objections.answer, objection, True, 4, "确实漏记", "村委会", cast.clerk)
    do(posting.post_changes, assessment, cast.clerk)
    clerk = client_of(cast.clerk)
    [picture], whole = read(clerk.get(f"{HERE}/notice.pdf?paper={paper}").data)
    public = f"http://localhost/n/{VILLAGE}/2026Q4"
    assert codes(picture) == {public, f"{public}/object"}
    for shown in ("应到6人，实到5人", "扫码提出异议", "扫码查看这份公示", "7个工作日", "第1页共1页"):
        assert shown in whole
    for group in range(0, 64, 4):
        assert assessments.whole_notice(assessment).digest[group : group + 4] in whole
    [changes] = texts(clerk.get(f"{HERE}/notice.pdf?paper={paper}&number=2").data)
    for shown in ("变更公示", "原合计", "现合计", "30.4", "异议2026Q4-1成立，确实漏记", "2026Q4-2"):
        assert shown in changes
    for hidden in (LI, WANG, "王*", "村民代表"):
        assert hidden not in changes
    assert LI not in whole
    for number in ("3", "0", "x", "1 "):
        assert clerk.get(f"{HERE}/notice.pdf?number={number}").status_code == 404


def test_the_print_is_chinese_whoever_prints_it(cast, client_of):
    on_wall(cast, {LI: 300})
    clerk = client_of(cast.clerk)
    clerk.set_cookie("language", "en")
    [text] = texts(clerk.get(f"{HERE}/notice.pdf").data)
    assert "积分调整说明" in text
    assert re.findall("[A-Za-z]{4,}", text.partition("账本校验码")[0]) == []


def test_an_announcement_stands_above_how_to_object(cast, app):
    assessment = on_wall(cast, {LI: 300})
    [posted] = wall.posted_notices(assessment)
    with app.test_request_context(), force_locale("zh"):
        told = sheet(posted, "URL", "OBJECT", "PROOF", ["2026年底前未兑换的积分到期。"])
        [text] = texts(notice_pdf(told))
    assert text.index("未兑换的积分到期") < text.index("如有异议")


# The public pages.


def test_the_village_s_page_lists_its_notices_and_their_state(cast, client_of, clock):
    public, village = client_of(None), f"/n/{VILLAGE}/"
    assert "还没有公示" in public.get(village).text
    assessment = in_meeting(cast, {LI: 300})
    assert "还没有公示" in public.get(village).text
    do(posting.post_notice, assessment, cast.clerk)
    assert "公示中" in public.get(village).text
    do(review.send_back, assessment, "不公开的理由", cast.township_user)
    for path in (village, f"{village}2026Q4"):
        page = public.get(path).text
        assert "已退回重新评议" in page
        assert "不公开的理由" not in page
    do(posting.post_notice, assessment, cast.clerk)
    clock.days_on(4)
    assert "公示期已满" in public.get(village).text
    do(booking.book, assessment, cast.chair)
    assert "已入账" in public.get(village).text
    for code in ("539900101", "5399", "539900101000", "x", "53990010120"):
        assert public.get(f"/n/{code}/").status_code == 404


def test_the_public_page_is_the_sheet_and_nothing_that_it_does_not_show(cast, client_of):
    assessment = on_wall(cast, {LI: 300, WANG: 200})
    objection = object_to(assessment, cast.worker, cast.clerk, text="他那天没有去", name="张三丰")
    page = client_of(None).get(f"/n/{VILLAGE}/2026Q4").text
    for shown in ("李*明", "雪天送药", "应到6人，实到5人", "8人", "50", "有异议，待答复"):
        assert shown in page
    assert page.count("有异议，待答复") == 1
    hidden = [*WORKERS, "村民代表", "刘文书", "张三丰", "他那天没有去", objection.token, "objections/"]
    assert [word for word in hidden if word in page] == []
    for row in (cast.worker, cast.term_of(cast.worker).grid):
        assert f'"{row.id}"' not in page.partition("<main")[2]


def test_changes_hang_below_the_whole_sheet(cast, client_of, clock):
    assessment = on_wall(cast, {LI: 300})
    objection = object_to(assessment, cast.worker, cast.clerk)
    do(objections.answer, objection, True, 4, "确实漏记", "村委会", cast.clerk)
    do(posting.post_changes, assessment, cast.clerk)
    page = client_of(None).get(f"/n/{VILLAGE}/2026Q4").text
    assert page.index("30分，雪天送药") < page.index("变更公示") < page.index("原合计") < page.index("30.4")
    assert "有异议，待答复" not in page
    clock.days_on(4)
    do(booking.book, assessment, cast.chair)
    assert "已于2027年1月1日" in client_of(None).get(f"/n/{VILLAGE}/2026Q4").text


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("", [1, 2, 3, 4, 5, 6, 7, 8]),
        ("李", [1]),
        ("李秀明", [1]),
        ("李 秀明", [1]),
        ("李　秀 明", [1]),
        ("王　芳", [2]),
        ("李*明", [1]),
        (WANG, [2]),
        ("欧阳晓燕", [7]),
        ("3", [3]),
        ("０３", [3]),
        ("第05网格", [5]),
        (" 网格  8 ", [8]),
        ("李 3", []),
        ("明", []),
        ("9" * 200, []),
        ("x", []),
    ],
)
def test_a_line_is_found_by_surname_grid_or_number(cast, client_of, words, numbers):
    on_wall(cast, {LI: 300})
    page = client_of(None).get(f"/n/{VILLAGE}/2026Q4", query_string={"q": words}).text
    assert len(re.findall("<tr data-line=", page)) == len(WORKERS)
    shown = re.findall(r'<tr data-line="(\d+) [^"]*">', page)
    assert [int(number) for number in shown] == numbers
    assert ("没有找到" in re.sub(r"<p[^>]* hidden>.*?</p>", "", page)) == (not numbers)
    assert all(name not in page.replace(f'value="{words}"', "") for name in WORKERS)


def test_each_line_leads_to_its_objection_as_long_as_there_may_be_one(cast, client_of, clock):
    assessment = on_wall(cast, {LI: 300, WANG: 200})
    visitor, wall_page = client_of(None), f"/n/{VILLAGE}/2026Q4"

    def leads():
        page = visitor.get(wall_page).text
        return re.findall(rf'href="({wall_page}/object[^"]*)"', page)

    every_line = [f"{wall_page}/object?line={number}" for number in range(1, 9)]
    assert leads() == [f"{wall_page}/object", *every_line, f"{wall_page}/object"]
    form = visitor.get(every_line[1]).text
    assert re.findall(r'<option selected value="(\d+)">', form) == ["2"]
    for unknown in ("9", "0", "x", ""):
        form = visitor.get(f"{wall_page}/object?line={unknown}").text
        assert 'selected value="' not in form.replace('selected value="0"', "")
    objection = object_to(assessment, cast.worker, cast.clerk)
    do(objections.answer, objection, True, 4, "确实漏记", "村委会", cast.clerk)
    do(posting.post_changes, assessment, cast.clerk)
    assert sorted(leads()) == sorted([*every_line, *[f"{wall_page}/object"] * 2])
    clock.days_on(4)
    do(booking.book, assessment, cast.chair)
    assert leads() == []
