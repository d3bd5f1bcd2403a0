"""The front page: everything that waits for its reader, the most urgent first, and nothing else."""

import re
from datetime import date, timedelta

import pytest

from duties import incidents
from duties.models import IncidentKind, Severity
from ground import clock as calendar
from ground.clock import Quarter
from ground.contributions import packages
from people import pages
from people.models import IN_A_COUNTY, Role
from people.signin import accounts
from points.models import ObjectionChannel
from points.samples import samples
from points.services import recording
from points.wall import booking, objections, posting
from shop.stock import consignments, counts
from tests.cast import COUNTY, NEXT_VILLAGE, TOWNSHIP, VILLAGE
from tests.points.hung import on_wall
from tests.story import do

HERE = f"/v/{VILLAGE}/"
NOTHING = "没有事等您办"
GOES_ON = "正在进行的事"


def read(client_of, user, path=HERE):
    """What a front page says is to be done, line by line, and what goes on."""
    page = client_of(user).get(path)
    assert page.status_code == 200
    main = page.text.partition("<main")[2].partition("</main>")[0]
    main = re.sub('<section class="(sheet first-steps|asking)".*?</section>', "", main, flags=re.DOTALL)
    return tuple([line(each) for each in part.split("<li")[1:]] for part in main.partition(GOES_ON)[::2])


def line(html):
    """A line's words and its address."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html.partition(">")[2].partition("</li>")[0])).strip()
    return text, re.search('href="([^"]+)"', html)[1]


def texts(lines):
    return [text for text, _url in lines]


def says(lines, words):
    return any(words in text for text in texts(lines))


@pytest.fixture
def hung(cast):
    """The last quarter of 2026, on the wall."""
    return on_wall(cast, {cast.worker.name: 20, cast.neighbour.name: 10}, Quarter(2026, 4))


def test_every_package_says_what_waits_of_its_own(plain_app):
    with plain_app.app_context():
        names = [package.name for package in packages()]
        of = [function.__module__.partition(".")[0] for function in pages.WAITING.items()]
    assert of == [name for name in names if name not in ("demo", "setup")]


def test_where_nothing_waits_the_page_says_so(cast, client_of, clock):
    clock.turn_to(date(2025, 2, 1))
    answer = client_of(cast.volunteer).get(HERE)
    assert NOTHING in answer.text
    assert read(client_of, cast.volunteer) == ([], [])


def test_a_change_to_be_posted_comes_before_the_next_quarter(cast, client_of, clock, hung):
    """What an objection changed waits on the front page of the clerk, whatever else could be opened."""
    brought = ("o" * 16, hung, cast.worker, ObjectionChannel.ORAL, "少记一次", cast.supervisor)
    objection = do(objections.bring, *brought)
    to_do, _on = read(client_of, cast.clerk)
    assert says(to_do, "有1件异议等待答复")
    assert not says(to_do, "变更要公示")
    do(objections.answer, objection, True, 5, "少记了一次", "评议小组", cast.second_chair)
    clock.turn_to(date(2027, 1, 8))
    do(booking.book, hung, cast.chair)
    to_do = texts(read(client_of, cast.clerk)[0])
    post = next(n for n, text in enumerate(to_do) if "2026年第四季度的变更要公示：1 行" in text)
    opens = next(n for n, text in enumerate(to_do) if "开启2027年第一季度" in text)
    assert post < opens
    assert says(read(client_of, cast.supervisor)[1], "变更要公示")  # not for them to do
    again = do(posting.post_changes, hung, cast.clerk)
    to_do, on = read(client_of, cast.clerk)
    assert not says(to_do, "变更要公示")
    assert says(on, "2026年第四季度的变更正在公示")
    clock.turn_to(again.ends_on + timedelta(days=1))
    assert says(read(client_of, cast.second_chair)[1], "等着的积分可以入账")  # who answered does not book
    assert says(read(client_of, cast.chair)[0], "等着的积分可以入账")
    do(booking.book, hung, cast.chair)
    assert not any(says(lines, "等着的积分") for lines in read(client_of, cast.chair))


def test_the_steps_of_a_quarter_are_for_whose_turn_it_is(cast, client_of, clock, hung):
    assert says(read(client_of, cast.clerk)[1], "2026年第四季度正在公示")
    clock.turn_to(date(2027, 1, 8))
    assert says(read(client_of, cast.chair)[0], "公示期已满：2026年第四季度可以入账")
    for user in (cast.clerk, cast.supervisor):
        to_do, on = read(client_of, user)
        assert says(on, "公示期已满")
        assert not says(to_do, "公示期已满")


def test_the_most_urgent_stands_first(cast, client_of, clock):
    clock.turn_to(date(2026, 12, 28))
    grid, fire = cast.term_of(cast.worker).grid, IncidentKind.EMERGENCY
    do(recording.record, "r" * 32, cast.worker, cast.item("入户发放"), calendar.today(), 1, "", cast.clerk)
    slide = ("i" * 16, grid, None, fire, Severity.MAJOR, calendar.today(), "村口", "塌方", "", cast.clerk)
    do(incidents.report_incident, *slide)
    to_do, _on = read(client_of, cast.chair)
    assert to_do[0] == ("有 1 起突发事件还没有销号", f"/v/{VILLAGE}/incidents?kind=emergency&amp;show=open")
    assert texts(to_do).index("有 1 条记录等您确认") > 0
    clerk, _on = read(client_of, cast.clerk)
    assert not says(clerk, "等您确认")  # of their own record
    days = [day for text, _url in clerk for day in re.findall(r"(\d{4})年(\d+)月(\d+)日(?:已到期|前)", text)]
    dates = [date(*map(int, day)) for day in days]
    assert dates == sorted(dates)


def test_the_shop_s_people_see_the_shop_s_things(cast, client_of, clock):
    do(consignments.send, "c" * 16, cast.lot_of(cast.goods), cast.next_shop, 1, "", cast.manager)
    do(counts.begin_stock_take, cast.shop, cast.manager)
    clock.turn_to(date(2027, 6, 20))
    lines, _on = read(client_of, cast.manager)
    assert says(lines, "有 1 批货快到期 2027年6月30日前")
    assert says(lines, "正在盘点")
    assert not says(lines, "别的店调来的货")  # it is the next shop's
    to_do, on = read(client_of, cast.volunteer)
    assert says(on, "有 1 批货快到期")
    assert says(to_do, "正在盘点")
    assert "有 2 件事等您办。" in client_of(cast.manager).get(f"{HERE}desk").text
    clock.turn_to(date(2027, 7, 1))
    assert says(read(client_of, cast.manager)[0], "有 1 批货过期了还在架上 2027年6月30日已到期")


def test_the_supervisor_sees_what_was_drawn(cast, client_of):
    do(recording.record, "r" * 32, cast.worker, cast.item("入户发放"), calendar.today(), 1, "", cast.clerk)
    do(samples.draw, cast.village, Quarter(2026, 4), "7", 5, cast.supervisor)
    assert says(read(client_of, cast.supervisor)[0], "抽查还有 1 条记录没有核实")
    assert not says(read(client_of, cast.clerk)[0], "抽查")


def test_a_worker_sees_their_own(cast, client_of, clock, hung):
    lines, on = read(client_of, cast.worker_user)
    assert says(lines, "这个月还要办 3 次集中活动 2026年12月31日前")
    assert says(on, "您2026年第四季度的积分正在公示")
    assert says(lines, "评定") is False


def test_above_the_late_villages_are_named_with_their_day(cast, client_of, clock, hung):
    clock.turn_to(date(2027, 3, 1))
    for user, path in ((cast.county_user, f"/a/{COUNTY}/"), (cast.township_user, f"/a/{TOWNSHIP}/")):
        to_do, _on = read(client_of, user, path)
        (here,) = [each for each in to_do if each[0].startswith("柳树村")]
        assert "2026年第四季度还没有入账" in here[0]
        assert "已到期" in here[0]
        assert here[1] == f"/v/{VILLAGE}/quarters/2026Q4"
        assert says(to_do, "还没有开启2026年第四季度的评定")  # the others, in one line
        assert says(to_do, "还没有开启2027年第一季度的评定")
    assert f'href="/a/{NEXT_VILLAGE}/enter"' in client_of(cast.township_user).get(f"/a/{TOWNSHIP}/").text


def test_a_village_without_a_rubric_is_told_first(cast, client_of):
    do(accounts.grant, cast.outsider, Role.CLERK, cast.far_village, None)
    path = f"/v/{cast.far_village.code}/"
    assert says(read(client_of, cast.outsider, path)[0][:1], "没有施行的积分细则")
    assert not says(read(client_of, cast.county_user, path)[0], "没有施行的积分细则")  # for its committee
    places = client_of(cast.outsider).get("/").text  # who has several places sees where something waits
    assert places.count("件事等您办") == 2


@pytest.mark.parametrize("role", sorted(IN_A_COUNTY))
def test_no_line_leads_where_its_reader_may_not_go(cast, client_of, clock, hung, role):
    """Every line of every front page opens, for each role, while much waits."""
    grid, today = cast.term_of(cast.worker).grid, calendar.today()
    do(counts.begin_stock_take, cast.shop, cast.manager)
    for kind, key in ((IncidentKind.EMERGENCY, "e"), (IncidentKind.HAZARD, "h")):
        slide = (key * 16, grid, None, kind, Severity.SEVERE, today, "村口", "塌方", "", cast.clerk)
        do(incidents.report_incident, *slide)
    do(recording.record, "r" * 32, cast.worker, cast.item("入户发放"), today, 1, "", cast.clerk)
    do(samples.draw, cast.village, Quarter(2026, 4), "7", 5, cast.supervisor)
    brought = ("o" * 16, hung, cast.worker, ObjectionChannel.ORAL, "少记一次", cast.supervisor)
    do(objections.bring, *brought)
    users = {
        Role.WORKER: "worker",
        Role.TOWNSHIP: "township_user",
        Role.COUNTY: "county_user",
    }
    user = cast.user(users.get(role, role.value))
    places = {Role.TOWNSHIP: [f"/a/{TOWNSHIP}/"], Role.COUNTY: [f"/a/{COUNTY}/"]}.get(role, [])
    client = client_of(user)
    for path in [HERE, *places]:
        to_do, on = read(client_of, user, path)
        lines = [*to_do, *on]
        assert lines, path
        for text, url in lines:
            answer = client.get(url.replace("&amp;", "&"), follow_redirects=True)
            assert answer.status_code == 200, (text, url)
