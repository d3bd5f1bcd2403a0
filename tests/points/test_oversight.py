"""The quarter seen from township and county: opened for all, reminded, looked at, sent back."""

import re
from datetime import date, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from ground.clock import Quarter
from ground.db import transaction
from ground.refusal import Refused
from points import ledger
from points.assessment import assessments, meeting, meeting_rules, opening, review
from points.assessment.meeting_rules import MeetingRules
from points.models import AssessmentState, Category, ObjectionChannel, Quorum, ReviewSign
from points.wall import booking, objections, posting
from tests.cast import COUNTY, NEXT_VILLAGE, PRESENT, TODAY, TOWNSHIP, VILLAGE
from tests.story import do

Q4 = Quarter(2026, 4)
HERE = f"/a/{COUNTY}/quarters/2026Q4"
STRICT = MeetingRules(Quorum.MORE_THAN_HALF, 4, 5, 10)


@pytest.fixture
def posted(cast):
    """The village's sheet on the wall: ten visits, and a point and a half beside the rubric."""
    with transaction():
        cast.serve(cast.worker, "走访一户", TODAY, cast.clerk, cast.chair, count=10)
        assessment = opening.open_quarter(cast.village, Q4, cast.clerk)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
        meeting.adjust(assessment, cast.worker, 15, "雪天送药", uuid4().hex, cast.clerk)
        posting.post_notice(assessment, cast.clerk)
    return assessment


def of_village(area, village):
    return next(each for each in review.figures(area, Q4) if each.progress.village.id == village.id)


def test_the_county_opens_everywhere_once(cast, client_of):
    do(opening.open_quarter, cast.village, Q4, cast.clerk)
    county = client_of(cast.county_user)
    assert "未开启" in county.get(HERE).text
    assert county.post(f"{HERE}/open").status_code == 302
    page = county.get(HERE).text
    (done,) = re.findall('<p class="note note-done" role="status">(.*)</p>', page)
    (warned,) = re.findall('<p class="note note-look" role="status">(.*)</p>', page)
    assert done == "已在1个村（社区）开启。"
    assert "石板村" in warned  # the far village has adopted none
    county.post(f"{HERE}/open")
    assert "note-done" not in county.get(HERE).text  # nothing was opened, and no tick says so
    assert assessments.find_assessment(cast.village, Q4).opened_by_id == cast.clerk.id
    assert assessments.find_assessment(cast.next_village, Q4).opened_by_id == cast.county_user.id
    assert assessments.find_assessment(cast.far_village, Q4) is None
    again = do(opening.open_everywhere, cast.county, Q4, cast.county_user)
    assert (again.opened, len(again.opened_before), again.without_rubric) == ([], 2, [cast.far_village])


def test_a_township_opens_its_own_villages_only(cast, client_of):
    client_of(cast.township_user).post(f"/a/{TOWNSHIP}/quarters/2026Q4/open")
    assert assessments.find_assessment(cast.village, Q4)
    assert client_of(cast.township_user).post(f"{HERE}/open").status_code == 404
    for user in (cast.clerk, cast.chair, cast.supervisor):
        assert client_of(user).get(f"/a/{VILLAGE}/quarters").status_code == 403
    for wrong in ("2026Q9", "2027Q1", "x"):
        assert client_of(cast.county_user).get(f"/a/{COUNTY}/quarters/{wrong}").status_code == 404
    with pytest.raises(Refused, match="quarter_not_begun"):
        do(opening.open_everywhere, cast.county, Quarter(2027, 1), cast.county_user)


def test_a_reminder_stays_on_the_village_s_pages_until_it_has_booked(cast, client_of, clock, posted):
    county, clerk = client_of(cast.county_user), client_of(cast.clerk)
    past = {"due_on": "2026-12-27", "note": "请抓紧"}
    answer = county.post(f"{HERE}/remind", data=past)
    assert (answer.status_code, "请抓紧" in answer.text) == (422, True)
    assert county.post(f"{HERE}/remind", data={"due_on": "2027-01-15", "note": "先说一声"}).status_code == 302
    assert county.post(f"{HERE}/remind", data={"due_on": "2027-01-20", "note": "年前完成"}).status_code == 302
    page = clerk.get(f"/v/{VILLAGE}/").text
    assert "2027年1月20日" in page
    assert "年前完成" in page
    assert "先说一声" not in page  # the later one takes its place
    clock.days_on(4)
    do(booking.book, posted, cast.chair)
    assert "年前完成" not in clerk.get(f"/v/{VILLAGE}/").text
    assert "年前完成" in client_of(cast.outsider).get(f"/v/{NEXT_VILLAGE}/").text


def test_who_is_late(cast, clock, posted):
    def late():
        return {each.village.name for each in opening.progress_of_villages(cast.county, Q4) if each.is_late}

    assert late() == set()
    clock.turn_to(Q4.next.first_day)  # the quarter is over, and they have not even opened
    assert late() == {cast.next_village.name}  # the far village has no rubric yet: it could not have opened
    clock.turn_to(date(2027, 1, 30))
    assert cast.village.name not in late()
    clock.days_on()  # the 31st day
    assert cast.village.name in late()
    do(booking.book, posted, cast.chair)
    assert cast.village.name not in late()


def test_the_county_s_terms_hold_for_the_next_meeting_and_notice(cast, client_of, clock):
    county = client_of(cast.county_user)
    address = f"/a/{COUNTY}/terms"
    form = {"quorum": "more_than_half", "least_present": "6", "notice_days": "5", "book_within_days": "20"}
    assert client_of(cast.township_user).post(f"/a/{TOWNSHIP}/terms", data=form).status_code == 403
    for wrong in ({"notice_days": "2"}, {"least_present": "0"}, {"decided_by": " "}, {"quorum": "all"}):
        answer = county.post(address, data=form | {"decided_by": "县委政法委"} | wrong)
        assert answer.status_code == 422, wrong
    assert county.post(address, data=form | {"decided_by": "县委政法委"}).status_code == 302
    assert "县委政法委" in client_of(cast.township_user).get(f"/a/{TOWNSHIP}/terms").text
    assert meeting_rules.rules_of(cast.village) == MeetingRules(Quorum.MORE_THAN_HALF, 6, 5, 20)
    assessment = do(opening.open_quarter, cast.village, Q4, cast.clerk)
    with pytest.raises(Refused, match="no_quorum"):
        do(meeting.deliberate, assessment, TODAY, PRESENT, (), "", cast.clerk)
    do(meeting.deliberate, assessment, TODAY, (*PRESENT, "村民代表丁"), (), "", cast.clerk)
    notice = do(posting.post_notice, assessment, cast.clerk)
    assert (notice.ends_on - notice.posted_on).days == 5
    with pytest.raises(Refused, match="not_a_county"):
        do(meeting_rules.decide, cast.township, STRICT, "乡里", cast.township_user)


@pytest.mark.parametrize(
    "asked", [MeetingRules(notice_days=2), MeetingRules(notice_days=91), MeetingRules(least_present=0)]
)
def test_terms_that_are_none(cast, asked):
    with pytest.raises(Refused, match="bad_terms"):
        do(meeting_rules.decide, cast.county, asked, "县委", cast.county_user)


@pytest.mark.parametrize(
    ("asked", "met"),
    [
        (MeetingRules(), [(2, 3), (3, 3), (3, 4), (3, 5), (4, 6)]),
        (MeetingRules(Quorum.MORE_THAN_HALF), [(3, 5), (3, 6), (4, 7), (4, 8)]),
    ],
)
def test_how_many_have_to_be_there(asked, met):
    """Two thirds of six are four; more than half of six are four too."""
    wanted = {
        Quorum.TWO_THIRDS: [False, True, True, False, True],
        Quorum.MORE_THAN_HALF: [True, False, True, False],
    }
    assert [asked.is_met(*each) for each in met] == wanted[asked.quorum]


def test_figures_that_deserve_a_look(cast, clock, client_of):
    """Thirty points, two of them for visits, all confirmed by one person; nothing was posted last quarter."""
    with transaction():
        for number in range(review.FEW_SERVICES):
            cast.serve(cast.workers[number % 8], "走访一户", TODAY, cast.clerk, cast.chair)
        assessment = opening.open_quarter(cast.village, Q4, cast.clerk)
        meeting.deliberate(assessment, TODAY, PRESENT, (), "", cast.clerk)
    before = of_village(cast.township, cast.village)
    assert (before.total, before.confirmer, before.confirmer_share) == (None, cast.chair.name, 100)
    with transaction():
        meeting.adjust(assessment, cast.worker, 280, "评议加分", uuid4().hex, cast.clerk)
        posting.post_notice(assessment, cast.clerk)
    figures = of_village(cast.township, cast.village)
    assert (figures.workers, figures.total, figures.last_total, figures.change_percent) == (
        8,
        300,
        None,
        None,
    )
    assert set(figures.signs) == {ReviewSign.ONE_CATEGORY, ReviewSign.MUCH_ADJUSTED, ReviewSign.ONE_CONFIRMER}
    page = client_of(cast.township_user).get(f"/a/{TOWNSHIP}/quarters/2026Q4").text
    assert "几乎都由一人确认" in page
    assert cast.worker.name not in page


def test_the_figures_are_the_sums_of_the_lines_as_they_were_posted_last(cast, clock, posted):
    """By the database; here once more line by line, one of which an answer changed and was posted again."""
    clock.days_on()
    arguments = (uuid4().hex, posted, cast.worker, ObjectionChannel.ORAL, "漏记一次", cast.clerk, "张婶")
    objection = do(objections.bring, *arguments)
    do(objections.answer, objection, True, 10, "补记", "村民委员会", cast.clerk)
    do(posting.post_changes, posted, cast.clerk)
    lines = assessments.latest_lines(posted).values()
    earned = {category: sum(line.cells[category][2] for line in lines) for category in Category}
    figures = of_village(cast.county, cast.village)
    assert (figures.workers, figures.total) == (len(lines), sum(line.total for line in lines))
    assert figures.total == 45  # ten visits, a point and a half, and what the answer brought
    assert (figures.category, earned[Category.SERVICE]) == (Category.SERVICE, sum(earned.values()))
    assert figures.category_share == 100
    adjusted = sum(abs(line.adjustments) for line in lines)
    assert figures.adjusted_share == round(adjusted * 100 / sum(earned.values())) == 125


def test_a_total_far_from_last_quarter_s(cast, clock):
    cast.earn(cast.worker, 100)
    second = cast.earn(cast.worker, 151)
    found = review.figures(cast.village, second.quarter)[0]
    assert (found.total, found.last_total, found.change_percent) == (151, 100, 51)
    assert ReviewSign.FAR_FROM_LAST in found.signs
    third = cast.earn(cast.worker, 76)
    found = review.figures(cast.village, third.quarter)[0]
    assert (found.change_percent, ReviewSign.FAR_FROM_LAST in found.signs) == (-50, False)


def test_an_overdue_answer_shows_at_the_township(cast, client_of, clock, posted):
    """Seven working days; what was said and by whom stays in the village."""
    said = "六月那次我没有见到人"
    arguments = (
        uuid4().hex,
        posted,
        cast.worker,
        ObjectionChannel.ORAL,
        said,
        cast.supervisor,
        "张婶",
        "12000001111",
    )
    objection = do(objections.bring, *arguments)
    page = f"/a/{TOWNSHIP}/quarters/2026Q4"
    for day, is_overdue in ((objection.due_on, False), (objection.due_on + timedelta(days=1), True)):
        clock.turn_to(day)
        for user in (cast.township_user, cast.county_user):
            there = page if user == cast.township_user else HERE
            told = client_of(user).get(there).text
            assert (objection.code in told) is is_overdue
            assert said not in told
            assert "张婶" not in told
    assert ReviewSign.OVERDUE in of_village(cast.township, cast.village).signs
    do(objections.answer, objection, False, 0, "已核实", "村民委员会", cast.chair)
    assert objection.code not in client_of(cast.township_user).get(page).text


def test_sent_back_before_booking_with_a_reason(cast, client_of, clock, posted):
    sheet = f"/v/{VILLAGE}/quarters/2026Q4"
    township, clerk = client_of(cast.township_user), client_of(cast.clerk)
    again = {"reason": "再看看"}
    assert "退回" in township.get(sheet).text
    assert township.post(f"{sheet}/return", data={"reason": ""}).status_code == 422
    assert clerk.post(f"{sheet}/return", data=again).status_code == 403
    assert client_of(cast.far_township_user).post(f"{sheet}/return", data=again).status_code == 404
    assert township.post(f"{sheet}/return", data={"reason": "加分理由写得太短"}).status_code == 302
    assert "加分理由写得太短" in clerk.get(sheet).text
    assert clerk.get(f"{sheet}/notice.pdf").status_code == 422  # none counts until the new one hangs
    with pytest.raises(Refused, match="was_posted"):
        do(meeting.reopen, posted, cast.clerk)
    do(meeting.adjust, posted, cast.worker, 5, "另加半分", uuid4().hex, cast.clerk)
    second = do(posting.post_notice, posted, cast.clerk)
    assert (second.number, second.whole) == (2, True)
    page = clerk.get(sheet).text
    assert ["已作废" in page, "number=1&amp;" in page, "number=2&amp;" in page] == [True, False, True]
    assert clerk.get(f"{sheet}/notice.pdf").status_code == 200
    assert "已经作废" in clerk.get(f"{sheet}/notice.pdf?number=1").text
    clock.days_on(4)
    do(booking.book, posted, cast.chair)
    assert ledger.balance_of(cast.worker) == 40
    with pytest.raises(Refused, match="wrong_state"):
        do(review.send_back, posted, "太晚了", cast.township_user)
    assert posted.state == AssessmentState.BOOKED


def test_the_figures_as_a_file(cast, client_of, posted):
    file = client_of(cast.county_user).get(f"{HERE}?as=xlsx").data
    rows = load_workbook(BytesIO(file)).active.iter_rows(values_only=True)
    line = next(row for row in rows if row[0] == VILLAGE)
    assert "公示中" in line
    assert 3.5 in line
