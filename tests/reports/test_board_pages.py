"""The board's page, its file, and the figures with which a front page begins."""

import io
import re
from datetime import date

import pytest
from openpyxl import load_workbook

from duties import visits
from duties.households import files
from duties.models import VisitStep
from ground import clock as calendar
from people import contacts
from people.models import Attention, ContactKind
from people.roster import terms
from reports.boards import standing
from reports.boards.standing import Concern
from tests.cast import COUNTY, NEXT_VILLAGE, OTHER_TOWNSHIP, TOWNSHIP, VILLAGE, counted
from tests.story import do

BOOKED_IN = "2025Q2"  # when what the cast earns first is booked
LEVELS = {VILLAGE: "chair", TOWNSHIP: "township_user", COUNTY: "county_user"}


def board_of(area):
    return f"/a/{area}/board"


def concerns(area):
    return {each.village.code: each.concerns for each in standing.standings(area)}


def asking(html):
    """What a page says at its top to ask for somebody: the words with their figures."""
    part = re.search('<section class="asking".*?</section>', html, re.DOTALL)
    if part is None:
        return {}
    pairs = re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", part[0])
    return {re.sub("<[^>]+>", "", words): figure for words, figure in pairs}


@pytest.mark.parametrize("area", LEVELS)
def test_who_watches_an_area_has_its_board(cast, client_of, area):
    page = client_of(cast.user(LEVELS[area])).get(board_of(area))
    assert page.status_code == 200
    for words in (
        "社情民意收集",
        "政策法规宣传",
        "民生事项服务",
        "安全隐患排查",
        "突发事件报告",
        "矛盾纠纷排查化解",
    ):
        assert words in page.text
    assert ("各村要办的事" in page.text) == (area != VILLAGE)


def test_nobody_else_has(cast, client_of):
    for username in ("worker", "volunteer", "manager", "instructor"):
        assert client_of(cast.user(username)).get(board_of(VILLAGE)).status_code == 403
    assert client_of(cast.outsider).get(board_of(VILLAGE)).status_code == 404
    assert client_of(cast.township_user).get(board_of(OTHER_TOWNSHIP)).status_code == 404
    assert client_of(cast.clerk).get(board_of(TOWNSHIP)).status_code in (403, 404)


def test_a_quarter_is_chosen_and_none_to_come(cast, client_of):
    client = client_of(cast.chair)
    assert "2026年第三季度数字" in client.get(f"{board_of(VILLAGE)}?quarter=2026Q3").text
    for bad in ("2027Q1", "2026", "x"):
        assert client.get(f"{board_of(VILLAGE)}?quarter={bad}").status_code == 404


def test_points_of_the_quarter_stand_beside_the_one_before(cast, client_of):
    cast.earn(cast.worker, 125)
    page = client_of(cast.chair).get(f"{board_of(VILLAGE)}?quarter={BOOKED_IN}").text
    assert "<dt>入账</dt>\n  <dd><b>12.5</b>" in page
    assert "style=" not in page


def test_what_asks_is_counted_and_goes_when_it_is_done(cast, clock):
    """A vacancy, a visit, a contact and an article: each asks until somebody has seen to it."""
    before = concerns(cast.village)[VILLAGE]
    assert before[Concern.WITHOUT_INSTRUCTOR] == len(cast.workers)
    assert before[Concern.MISSING_CONTACTS] == len(ContactKind)
    grid, today = cast.term_of(cast.worker).grid, calendar.today()
    do(contacts.attach, cast.village, ContactKind.POLICE, "李警官", "派出所", "110", today, cast.clerk)
    do(terms.end_term, cast.term_of(cast.worker), "外出务工", cast.clerk, today)
    household = do(
        *(
            files.add_household,
            grid,
            files.Particulars("张大山"),
            Attention.PRIORITY,
            "独居",
            today,
            cast.clerk,
        )
    )
    after = concerns(cast.village)[VILLAGE]
    assert after[Concern.MISSING_CONTACTS] == len(ContactKind) - 1
    assert after[Concern.WITHOUT_WORKER] == before[Concern.WITHOUT_WORKER] + 1
    assert after[Concern.OVERDUE_VISITS] == 0
    clock.days_on(1)
    assert concerns(cast.village)[VILLAGE][Concern.OVERDUE_VISITS] == 1
    told = (calendar.today(), [VisitStep.MEET], "一切都好", "", "")
    do(visits.record_visit, "v" * 16, household, cast.neighbour, *told, cast.clerk)
    assert concerns(cast.village)[VILLAGE][Concern.OVERDUE_VISITS] == 0


def test_villages_stand_by_what_asks_and_are_not_ranked(cast, client_of):
    """However many points one has: the village of which less asks stands below."""
    cast.earn(cast.worker, 1000)
    found = standing.standings(cast.county)
    assert [len(each.concerns) for each in found] == sorted(
        (len(each.concerns) for each in found), reverse=True
    )
    page = client_of(cast.county_user).get(board_of(COUNTY)).text
    table = page.partition('id="villages"')[2].partition("</table>")[0]
    assert "分" not in re.sub("<[^>]+>", "", table).replace("积分", "")
    assert cast.far_village.name not in table  # nothing is asked of whom has not begun
    assert f'href="{board_of(NEXT_VILLAGE)}"' in table


def test_it_goes_out_as_excel_with_numbers(cast, client_of):
    cast.earn(cast.worker, 125)
    answer = client_of(cast.county_user).get(f"{board_of(COUNTY)}?quarter={BOOKED_IN}&as=xlsx")
    book = load_workbook(io.BytesIO(answer.data))
    quarter, villages = (list(sheet.iter_rows(values_only=True)) for sheet in book)
    assert (BOOKED_IN, "积分收支", "入账", 12.5, 0) in quarter
    assert quarter[0] == ("季度", "类别", "内容", "数字", "上一季度")
    assert [row[0] for row in villages[1:]] == [each.village.code for each in standing.standings(cast.county)]
    assert not any("积分" in heading for heading in villages[0])


# --- The front page ---


@pytest.mark.parametrize(
    ("username", "path"),
    [("chair", f"/v/{VILLAGE}/"), ("township_user", f"/a/{TOWNSHIP}/"), ("county_user", f"/a/{COUNTY}/")],
)
def test_the_front_page_begins_with_what_asks(cast, client_of, username, path):
    client = client_of(cast.user(username))
    page = client.get(path).text
    figures = asking(page)
    assert 1 <= len(figures) <= 4
    assert page.index('class="asking"') < page.index("件事等您办")
    board = asking(client.get(board_of(path.split("/")[2])).text)
    assert figures.items() <= board.items()
    for link in re.findall('href="([^"]+)"', page.partition('class="asking"')[2].partition("</section>")[0]):
        assert client.get(link).status_code == 200


def test_who_has_no_board_has_no_figures(cast, client_of):
    for username in ("worker", "volunteer", "instructor"):
        assert asking(client_of(cast.user(username)).get(f"/v/{VILLAGE}/").text) == {}


def test_where_nothing_asks_nothing_stands(cast, client_of):
    assert concerns(cast.far_village)[cast.far_village.code].total() == 0
    page = client_of(cast.county_user).get(f"/v/{cast.far_village.code}/").text
    assert 'class="asking"' not in page


def test_a_county_is_asked_as_often_as_a_village(cast):
    """One statement for each figure, however many villages there are."""
    sent = {}
    for area in (cast.next_village, cast.county):
        with counted() as statements:
            standing.standings(area)
        sent[area.code] = len(statements)
    assert sent[COUNTY] <= sent[NEXT_VILLAGE] < 20


def test_the_day_turns_and_a_village_is_late(cast, clock):
    clock.turn_to(date(2027, 3, 1))
    assert concerns(cast.village)[VILLAGE][Concern.LATE] == 1
    assert standing.concerns_of(standing.standings(cast.county))[Concern.LATE] == 2


def test_a_front_page_has_four_figures_however_much_asks(cast, client_of, clock):
    clock.turn_to(date(2027, 7, 1))  # the quarter is late, and the salt is out of date
    assert len(concerns(cast.village)[VILLAGE]) > 4
    figures = asking(client_of(cast.chair).get(f"/v/{VILLAGE}/").text)
    assert next(iter(figures)) == "上季度评定逾期"
    assert len(figures) == 4


def test_what_waits_and_what_asks_are_counted_once_for_a_front_page(cast, client_of):
    client = client_of(cast.county_user)
    for _again in range(2):  # and anew for the next one
        with counted() as sent:
            assert client.get(f"/a/{COUNTY}/").status_code == 200
        staffed = [each for each in sent if "appointment" in each and "GROUP BY grid.village_id" in each]
        assert len(staffed) == len(set(staffed)) == 2
