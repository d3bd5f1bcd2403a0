"""The demo: the county's own figures, and the same history on every run and on both databases."""

import shutil
from collections import Counter

import pytest
from sqlalchemy import event, func, select

from demo import calendar, making, roll
from demo.story import QUARTERS, SECRET
from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from ground.server import serving, visitor
from ground.web import LINES_MIME_TYPE
from people import areas
from people.cardsheet import CardFace, cards_pdf
from people.models import Area, Grid, GridKind, Level, User
from points import ledger
from points.assessment import assessments
from points.models import Assessment, AssessmentState
from reports.models import Packet
from shop import verify
from tests.cast import new_app
from tests.printed import texts

# What `flask ledger digest --village 532323101001 --at 2026Q3` prints for every demo ever made of this story.
DIGEST = "9d3556374d97ff5ed934c6ccd2d344ca855609ad677db58af216975a05c65668"


def test_the_plan_has_the_countys_figures():
    lines = [line.split(",") for line in areas.COUNTY_FILE.read_text().splitlines()[1:]]
    villages = [Area(code=code, name=name, level=Level(level)) for code, level, name, _parent in lines]
    plans = roll.plans([village for village in villages if village.is_village])
    assert len(plans) == 89
    assert Counter(plan.kind for each in plans.values() for plan in each) == {
        GridKind.RURAL: 4474,
        GridKind.URBAN: 1578,
        GridKind.DEDICATED: 116,
    }
    assert {len(each) for each in plans.values()} == {69, 70}


@pytest.fixture
def made(demo_file, tmp_path):
    """The application on a demo of two villages, as it was made."""
    shutil.copy(demo_file, tmp_path / "demo.sqlite")
    app = new_app(f"sqlite:///{tmp_path / 'demo.sqlite'}")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_demo_is_the_same_on_every_run_and_fits(made):
    village = areas.by_code(making.DEMO_VILLAGES[0])
    notice = assessments.whole_notice(assessments.find_assessment(village, Quarter(2026, 3)))
    assert notice.digest == ledger.digest(village, notice.last_transfer_id) == DIGEST
    states = db.session.scalars(select(Assessment.state)).all()
    assert states == [AssessmentState.BOOKED] * 6
    grids = Counter(db.session.scalars(select(Grid.village_id)))
    assert set(grids.values()) <= {69, 70}
    assert list(verify.problems()) == []
    assert calendar.find_calendar() is not None


def test_every_step_of_its_making_is_counted(made):
    """So that the bar on the page ends where the work does."""
    assert making.steps(making.DEMO_VILLAGES[:2]) == 2 * (1 + len(QUARTERS) + 1)


@pytest.mark.one_database
def test_the_first_start_makes_it_when_it_is_asked_to(empty, monkeypatch):
    monkeypatch.setattr(making, "make", a_short_demo)
    monkeypatch.setattr(serving, "serve", lambda *_rest: None)
    monkeypatch.setenv("PORT", "0")
    started = empty.test_cli_runner().invoke(args=["start", "--demo"])
    assert started.exit_code == 0, started.output
    assert SECRET.plain in started.output
    assert calendar.find_calendar() is not None


def a_short_demo():
    """Of a demo what says that it is one."""
    areas.import_areas(areas.COUNTY_FILE.read_bytes())
    calendar.start_calendar()
    yield 1


FACE = CardFace("柳树村", "李秀明", "一组", "1234-5678-9", "HTTPS://AIXIN.EXAMPLE/C/X")


def test_every_page_of_its_papers_says_so(made):
    """Whoever has one in their hands sees it, on a card that was cut out too."""
    pages = texts(cards_pdf([FACE] * 9))
    assert len(pages) > 1
    assert all(page.count("演示数据") >= 8 for page in pages)


def test_what_is_made_while_a_bar_tells_how_far_it_is_says_so_too(made):
    """Such an answer has a context of its own."""
    clerk = db.session.scalars(select(User).where(User.username == "clerk")).one()
    address = f"/v/{making.DEMO_VILLAGES[0]}/quarters/2026Q3/packets"
    made.test_client(user=clerk).post(
        address, data={"key": "p" * 32}, headers={"Accept": LINES_MIME_TYPE}
    ).get_data()
    (packet,) = db.session.scalars(select(Packet))
    assert all("演示数据" in page for page in texts(packet.content))


def test_a_paper_in_earnest_says_nothing_of_it(app, cast):
    assert "演示" not in "".join(texts(cards_pdf([FACE])))


def test_a_database_in_use_is_never_filled_with_a_demo(cast):
    before = db.session.scalar(select(func.count()).select_from(Area))
    with pytest.raises(Refused, match="not_empty"), transaction():
        next(making.make())
    assert db.session.scalar(select(func.count()).select_from(Area)) == before


def test_the_calendar_turns_only_in_a_demo(cast, client_of):
    assert client_of(cast.clerk).post("/demo/next-day").status_code == 404


def asked_for_the_calendar(client):
    """How often a page asks the database for the demo's calendar."""
    asked = []

    def look(_connection, _cursor, statement, *_rest):
        asked.append("demo_calendar" in statement)

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        assert client.get("/sign-in").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", look)
    return sum(asked)


def test_a_database_in_earnest_names_nobody_s_password(cast, client_of):
    assert SECRET.plain not in client_of(None).get("/sign-in").text


def test_a_database_in_earnest_is_asked_once_for_a_calendar(app_on, uri):
    app = app_on(uri)
    with app.app_context():
        assert [asked_for_the_calendar(app.test_client()) for _page in range(3)] == [1, 0, 0]
        db.engine.dispose()


def test_an_empty_database_may_still_become_a_demo(empty):
    client = empty.test_client()
    assert client.get("/sign-in").location == "/setup"
    with transaction():
        areas.import_areas(areas.COUNTY_FILE.read_bytes())
        calendar.start_calendar()
    assert 'class="demo"' in client.get("/sign-in").text
    assert client.post("/demo/next-day").headers["Location"].startswith("/sign-in")  # not for everybody
    assert asked_for_the_calendar(client) == 1


@pytest.fixture
def demo(cast, app):
    """The cast's village as a demo, whose calendar goes with the machine's."""
    with transaction() as session:
        session.add(calendar.DemoCalendar(seconds=0))
    app.config.pop("IN_EARNEST", None)
    yield app
    app.config.pop("IN_EARNEST", None)


def seconds_turned():
    db.session.rollback()
    return calendar.find_calendar().seconds


def test_who_is_signed_in_turns_the_calendar_with_the_forms_token(demo, cast, client_of, monkeypatch):
    assert client_of(None).post("/demo/next-day").headers["Location"].startswith("/sign-in")
    assert "/demo/next-day" not in client_of(None).get("/sign-in").text
    monkeypatch.setitem(demo.config, "WTF_CSRF_ENABLED", True)
    assert client_of(cast.clerk).post("/demo/next-day").status_code == 400
    assert seconds_turned() == 0
    monkeypatch.setitem(demo.config, "WTF_CSRF_ENABLED", False)
    assert client_of(cast.clerk).post("/demo/next-day").status_code == 302
    assert seconds_turned() == 86_400


# Every way in which a request shows that it is not from this computer, or was not sent to it.
FROM_ELSEWHERE = {
    "the visitor": {"environ_overrides": {"REMOTE_ADDR": "192.168.1.7"}},
    "the host": {"headers": {"Host": "aixin.example"}},
    "the host's number": {"headers": {"Host": "192.168.1.2:8000"}},
    "a name like ours": {"headers": {"Host": "localhost.example"}},
    "the page before": {"headers": {"Referer": "https://aixin.example/sign-in"}},
    "the form's page": {"headers": {"Origin": "https://aixin.example"}},
    **{f"a proxy's {name}": {"headers": {name: "127.0.0.1"}} for name in visitor.PROXY_HEADERS},
}


@pytest.mark.parametrize("request_of", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE)
def test_a_demo_answers_nobody_else(demo, client_of, request_of, monkeypatch):
    client = client_of(None)
    assert client.get("/sign-in", **request_of).status_code == 403
    assert client.post("/sign-in", data={"username": "clerk"}, **request_of).status_code == 403
    assert client.get("/api/v1/goods", **request_of).json["code"] == "demo_is_local"
    assert client.get("/static/aixin.css", **request_of).status_code == 200
    monkeypatch.setitem(demo.config, "PUBLIC_DEMO", True)
    assert client.get("/sign-in", **request_of).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_a_demo_answers_its_own_computer(demo, client_of, host):
    headers = {"Host": host, "Origin": f"http://{host}", "Referer": f"http://{host}/"}
    assert client_of(None).get("/sign-in", headers=headers).status_code == 200


@pytest.mark.parametrize(("name", "value"), [("PUBLIC_URL", "https://aixin.example"), ("TRUSTED_PROXIES", 1)])
def test_a_demo_does_not_answer_in_the_place_of_a_public_server(demo, client_of, name, value, monkeypatch):
    monkeypatch.setitem(demo.config, name, value)
    assert client_of(None).get("/sign-in").status_code == 403


def test_a_database_in_earnest_answers_everybody(cast, client_of):
    for request_of in FROM_ELSEWHERE.values():
        assert client_of(None).get("/sign-in", **request_of).status_code == 200


@pytest.mark.parametrize("name", ["DATABASE_URL", "PUBLIC_URL", "TRUSTED_PROXIES"])
@pytest.mark.one_database
def test_a_start_that_looks_like_earnest_makes_no_demo_by_itself(empty, name, monkeypatch):
    monkeypatch.setenv(name, "1")
    monkeypatch.setattr(serving, "serve", lambda *_rest: pytest.fail("it serves"))
    done = empty.test_cli_runner().invoke(args=["start", "--demo"])
    assert (done.exit_code, name in done.output) == (1, True)
    assert calendar.is_empty()
