"""A prefecture and its counties behind one door: what they send is brought to it, and shown as sent."""

import io
import re
import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask_babel import force_locale
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy.exc import DBAPIError

from ground import clock
from ground.clock import Quarter
from ground.db import db, transaction
from ground.tenants.migrating import migrate
from people import areas
from people.models import Area, GridKind, Level, Role, User
from people.roster import grids
from people.signin import accounts
from points.assessment import meeting_rules
from points.assessment.meeting_rules import MeetingRules
from points.models import AssessmentRules
from points.rubrics import template, versions
from reports.models import ReceivedReturn
from reports.prefecture import received
from reports.prefecture.board import CountyQuarter, PrefectureQuarter, prefecture_quarter
from reports.prefecture.collecting import collect
from reports.returns import sending
from reports.returns.figures import FIGURES, KEPT_NAMES, ReturnRatio, total
from tests.cast import BEGAN_ON, HASHED, ITEMS
from tests.story import do, everything_fits, refused
from tests.tampering import tamper
from tests.tenants.prefecture import Prefecture
from tests.test_rules import rules

QUARTER = Quarter(2026, 3)  # the last one that is over
CODES = {"east": "539901", "west": "539902", "north": "539903"}
BOARD = "/a/539900000000/counties"

only_on_sqlite = pytest.mark.only_on("sqlite")  # a file each; test_crossing.py tries both


def begin_county(code, name):
    """A county with a township, a village and who sends for each."""
    listed = (
        "code,level,name,parent_code",
        f"{code},county,{name},",
        f"{code}101,township,溪水镇,{code}",
        f"{code}101201,village,柳树村,{code}101",
    )
    with transaction():
        areas.import_areas("\n".join(listed).encode())
        for role, digits in ((Role.CLERK, "101201"), (Role.TOWNSHIP, "101"), (Role.COUNTY, "")):
            area = areas.by_code(f"{code}{digits}")
            user = accounts.add_user(str(role), f"{name}{role}", HASHED, None, temporary=False, unit=name)
            accounts.grant(user, role, area, None)
            if role == Role.COUNTY:
                versions.publish(area, BEGAN_ON, "县委政法委", ITEMS, template.USUAL_LIMITS, user)
        versions.adopt(areas.by_code(f"{code}101201"), BEGAN_ON, "村民代表会议", (), user)


def begin_prefecture(code="5399", name="试点州"):
    with transaction():
        area = areas.add_prefecture(code, name)
        user = accounts.add_user("zhou", "州上的人", HASHED, None, temporary=False, area=area)
        accounts.grant(user, Role.PREFECTURE, area, None)


@pytest.fixture
def behind_one_door(database, empty_template, tmp_path):
    """A prefecture, two counties that have begun, and one that has not."""
    empty = sa.make_url(database.uri(empty_template)).database
    service = Prefecture(tmp_path)
    service.join("above", *CODES)
    service.change("above", is_prefecture=True)
    for code in ("above", *CODES):
        folder = tmp_path / "counties" / code
        folder.mkdir(parents=True)
        shutil.copy(empty, folder / "aixin.sqlite")
    with service.inside("above"):
        begin_prefecture()
    for county, name in (("east", "东县"), ("west", "西县")):
        with service.inside(county):
            begin_county(CODES[county], name)
    yield service
    service.close()


def send_up(service, county, new_grids, reason=""):
    """A county with some grids more sends its quarter, from the village up."""
    with service.inside(county):
        for digits, role in (("101201", "clerk"), ("101", "township"), ("", "county")):
            area = areas.by_code(f"{CODES[county]}{digits}")
            if area.is_village:
                for _grid in range(new_grids):
                    grid = area, uuid4().hex, "网格", GridKind.RURAL, 30, None
                    do(grids.add_grid, *grid, on=QUARTER.first_day, reason="补登记")
            user = db.session.scalar(sa.select(User).where(User.username == role))
            do(sending.send, uuid4().hex, area, QUARTER, reason, user)


def brought(service):
    """What came of each county, new returns or a problem, by its code in the register."""
    found = collect(service.host.applications)
    return {each.county.code: each.problem or each.returns for each in found}


def page(service, path=BOARD, username="zhou", code="above", **more):
    with service.inside(code):
        user = db.session.scalar(sa.select(User).where(User.username == username))
        cookie = service.cookie(code, user)
    return service.ask(code, path, cookie=cookie, **more)


@only_on_sqlite
def test_what_a_county_sends_comes_once_and_a_correction_stands_beside_it(behind_one_door):
    service = behind_one_door
    send_up(service, "east", 2)
    assert brought(service) == {"east": 1, "west": 0, "north": 0}
    assert brought(service) == {"east": 0, "west": 0, "north": 0}
    text = page(service).text
    assert "1个县（市）还没有上报，合计里没有：西县" in text
    assert "更正情况" not in text
    send_up(service, "east", 1, "少报一个网格")
    send_up(service, "west", 4)
    assert brought(service) == {"east": 1, "west": 1, "north": 0}
    with service.inside("above"):
        board = prefecture_quarter(QUARTER)
        assert [each.county.name for each in board.counties] == ["东县", "西县"]
        assert [each.figures["grids"] for each in board.counties] == [3, 4]
        assert board.sums["grids"] == 7
        east = board.counties[0]
        changed = {each.figure.name: (each.was["grids"], each.now["grids"]) for each in east.corrected}
        assert changed == {"grids": (2, 3), "grids_vacant": (2, 3)}
        assert east.latest.sent_by_unit == "东县"
        assert everything_fits()
    text = page(service).text
    assert "更正情况" in text
    assert "上报时2，现在3" in text
    assert "少报一个网格" not in text  # what somebody wrote stays in the county
    assert "东县county" not in text


@only_on_sqlite
def test_the_file_has_the_board_s_figures_as_numbers(behind_one_door):
    service = behind_one_door
    for county, new in (("east", 2), ("west", 4)):
        send_up(service, county, new)
    brought(service)
    book = load_workbook(io.BytesIO(page(service, f"{BOARD}?as=xlsx").data))
    sheet = list(book["各县数据"].iter_rows(values_only=True))
    assert [row[0] for row in sheet] == ["县（市）", "东县", "西县", "合计", "上季合计"]
    with service.inside("above"):
        board = prefecture_quarter(QUARTER)
        for row, kept in zip(
            sheet[1:], (*(each.figures for each in board.counties), board.sums), strict=False
        ):
            for figure, cell in zip(FIGURES, row[2:], strict=True):
                number = figure.number(kept)
                assert cell == (None if number is None else float(number)), figure.name
                assert cell is None or isinstance(cell, int | float)


@only_on_sqlite
def test_one_county_is_broken_and_the_others_come_in(behind_one_door, caplog):
    service = behind_one_door
    send_up(service, "west", 1)
    broken = Path(service.instance) / "counties" / "east" / "aixin.sqlite"
    with service.inside("east"):
        db.engine.dispose()
    broken.write_bytes(b"this is no database")
    came = brought(service)
    assert (came["west"], came["north"]) == (1, 0)
    assert "not a database" in came["east"]
    assert [record.facts["county"] for record in caplog.records if hasattr(record, "facts")] == ["east"]


@only_on_sqlite
def test_two_of_one_code_are_told(behind_one_door):
    service = behind_one_door
    with service.inside("north"):
        begin_county(CODES["east"], "东县")
    assert brought(service) == {
        "east": 0,
        "west": 0,
        "north": "NotServed: another one has its code 539901000000 here",
    }


@only_on_sqlite
def test_without_a_prefecture_nothing_happens(behind_one_door):
    service = behind_one_door
    service.change("above", is_prefecture=False)
    assert brought(service) == {}
    service.change("above", is_prefecture=True, is_closed=True)
    assert brought(service) == {}


@only_on_sqlite
def test_each_reader_opens_their_own_and_nothing_else(behind_one_door):
    service = behind_one_door
    send_up(service, "east", 2)
    brought(service)
    with service.inside("above"):
        cookie = service.cookie("above", db.session.scalar(sa.select(User)))
    with service.inside("east"):
        of_county = service.cookie(
            "east", db.session.scalar(sa.select(User).where(User.username == "county"))
        )
    assert service.ask("east", "/a/539901000000/returns", cookie=cookie).status_code == 302
    assert service.ask("above", BOARD, cookie=of_county).status_code == 302
    assert page(service, BOARD, "county", "east").status_code == 404
    assert page(service, "/a/539901000000/counties", "county", "east").status_code == 403
    assert page(service, "/", follow_redirects=True).request.path == BOARD
    opened = {
        route.endpoint for route, rule in rules(service.app("above")) if Role.PREFECTURE in (rule.roles or ())
    }
    assert {each for each in opened if not each.startswith("signin.")} == {
        "prefecture.counties",
        "home.enter",
    }
    for path in ("/a/{}/", "/a/{}/board", "/a/{}/returns", "/a/{}/audit", "/a/{}/find?q=1"):
        assert service.ask("above", path.format("539900000000"), cookie=cookie).status_code == 403, path


@only_on_sqlite
def test_all_that_the_page_leads_to_is_there(behind_one_door):
    """Also all that stands on those pages; once each."""
    service = behind_one_door
    seen, todo = set(), {BOARD}
    with service.inside("above"):
        cookie = service.cookie("above", db.session.scalar(sa.select(User)))
    while todo:
        seen.add(path := todo.pop())
        answer = service.ask("above", path, cookie=cookie)
        assert answer.status_code in (200, 302), path
        if answer.mimetype == "text/html":
            links = re.findall(r'<a[^>]* href="(/[^"#?]*)', answer.text)
            todo |= {url for url in links if not url.startswith(("/static/", "/guides/"))} - seen
    assert {"/a/539900000000/accounts", "/guides"} <= seen
    assert re.findall(r"/guides/(\w+)[.]pdf", page(service, BOARD).text) == ["prefecture"]
    assert set(re.findall(r"/guides/(\w+)[.]pdf", page(service, "/guides").text)) == {"prefecture"}


@settings(max_examples=25)
@given(
    st.lists(
        st.none() | st.dictionaries(st.sampled_from(KEPT_NAMES), st.integers(0, 10**9), max_size=5),
        max_size=12,
    )
)
def test_the_foot_is_the_sum_of_the_counties(sent):
    """Whatever each sent, and whoever sent nothing; a ratio is that of the sums."""
    counties = [
        CountyQuarter(
            Area(code=f"5399{number:02}000000", name="县", level=Level.COUNTY),
            [ReceivedReturn(version=1, figures=kept)] if kept is not None else [],
            None,
            is_due=True,
        )
        for number, kept in enumerate(sent, 1)
    ]
    board = PrefectureQuarter(QUARTER, counties)
    for name in KEPT_NAMES:
        assert board.sums[name] == sum(each.figures.get(name, 0) for each in counties)
    assert len(board.missing) == sent.count(None)
    for ratio in (figure for figure in FIGURES if isinstance(figure, ReturnRatio)):
        assert (ratio.number(board.sums) is None) == (board.sums[ratio.whole] == 0)


def on_its_way(version=1, grids=2, code="539901000000", **more):
    """A return as a county would send it."""
    facts = {
        "quarter_name": str(QUARTER),
        "version": version,
        "figures": total([{"grids": grids}]),
        "missing": {},
        "sent_at": clock.now(),
    }
    digest = received.digest_of(code, SimpleNamespace(**facts))
    return received.SentReturn(**facts, sent_by_unit="县委政法委", digest=digest)


def test_what_came_is_never_changed_and_verified(empty):
    begin_prefecture()
    above = areas.prefecture()
    first, third = on_its_way(), on_its_way(3)
    assert do(received.receive, above, "539901", "东县", MeetingRules(), [first]) == 1
    assert do(received.receive, above, "539901", "东县", MeetingRules(), [first, on_its_way(grids=9)]) == 0
    assert everything_fits()
    for statement in (sa.update(ReceivedReturn).values(version=2), sa.delete(ReceivedReturn)):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(statement)
    do(received.receive, above, "539901", "东县", MeetingRules(), [third])
    tamper("UPDATE received_return SET figures = '{}' WHERE version = 1")
    assert list(received.problems()) == [
        "received return 1: it is not as 东县 sent it",
        "received return 2: the version before 3 never came",
    ]


def test_a_prefecture_begins_alone_and_has_only_what_lies_in_it(empty):
    refused("bad_code", areas.add_prefecture, "5300", "云南省")
    refused("bad_code", areas.add_prefecture, "539901", "东县")
    begin_prefecture()
    refused("not_empty", areas.add_prefecture, "5398", "另一个州")
    above = areas.prefecture()
    refused("foreign_parent", received.receive, above, "539801", "外县", MeetingRules(), [])
    do(received.receive, above, "539901", "东县", MeetingRules(), [])
    refused("changed", received.receive, above, "539901", "西县", MeetingRules(), [])
    refused("bad_lines", areas.import_areas, "code,level,name,parent_code\n5398,prefecture,州,".encode())
    user = db.session.scalar(sa.select(User))
    refused("last_of_county", accounts.revoke, user.grants[0], None)
    refused("wrong_place", accounts.grant, user, Role.PREFECTURE, areas.county(), None)


def test_late_is_who_sent_nothing_by_the_day_it_was_due(empty, clock):
    begin_prefecture()
    do(received.receive, areas.prefecture(), "539901", "东县", MeetingRules(), [])
    due_on = sending.due_on(areas.county(), QUARTER)
    for day, state in ((due_on, "还没报"), (due_on + timedelta(days=1), "没报，已逾期")):
        clock.turn_to(day)
        (east,) = prefecture_quarter(QUARTER).counties
        with empty.test_request_context(), force_locale("zh"):
            assert east.state == state
    do(received.receive, areas.prefecture(), "539901", "东县", MeetingRules(), [on_its_way()])
    (east,) = prefecture_quarter(QUARTER).counties
    assert not east.is_late


@pytest.mark.at_length
@pytest.mark.only_on("postgresql")
def test_schemas_of_one_database_are_read_and_written_one_by_one(database, tmp_path):
    database.create("of_a_prefecture")
    service = Prefecture(tmp_path)
    address = database.uri("of_a_prefecture").replace("+psycopg", "")
    service.join("above", "east", database=address)
    service.change("above", is_prefecture=True)
    for code in ("above", "east"):
        migrate(service.app(code))
    with service.inside("above"):
        begin_prefecture()
    with service.inside("east"):
        begin_county(CODES["east"], "东县")
    send_up(service, "east", 2)
    assert [brought(service), brought(service)] == [{"east": 1}, {"east": 0}]
    with service.inside("above"):
        assert prefecture_quarter(QUARTER).sums["grids"] == 2
        assert everything_fits()
    service.close()
    database.drop("of_a_prefecture")


@only_on_sqlite
def test_a_county_is_late_by_its_own_days(behind_one_door):
    """They come along although nothing was sent, and again when the county decides others."""
    service = behind_one_door

    def due_days():
        assert brought(service) == {"east": 0, "west": 0, "north": 0}
        with service.inside("above"):
            decided = db.session.scalar(sa.select(sa.func.count()).select_from(AssessmentRules))
            return decided, [
                (sending.due_on(each, QUARTER) - QUARTER.last_day).days for each in areas.counties()
            ]

    assert due_days() == (0, [30, 30])
    for number, days in enumerate((45, 20), 1):
        with service.inside("east"):
            do(meeting_rules.decide, areas.county(), MeetingRules(book_within_days=days), "李书记", None)
        assert due_days() == (number, [days, 30])
        assert due_days() == (number, [days, 30])
    with service.inside("above"):
        assert "李书记" not in db.session.scalars(sa.select(AssessmentRules.decided_by)).all()
