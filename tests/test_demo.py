"""The demo: the county's own figures, and the same history on every run and on both databases."""

from collections import Counter
from functools import partial

import flask_migrate
import pytest
from sqlalchemy import event, func, select

from demo import calendar, cli, roll
from demo.story import PASSWORD
from ground import serving
from ground.clock import Quarter
from ground.db import db, transaction
from ground.refusal import Refused
from people import areas
from people.models import Area, Grid, GridKind, Level
from points import ledger
from points.assessment import assessments
from points.models import Assessment, AssessmentState
from shop.desk import verify
from tests.cast import new_app

# What `flask ledger digest --village 532323101001 --at 2026Q3` prints for every demo ever made of this story.
DIGEST = "9d3556374d97ff5ed934c6ccd2d344ca855609ad677db58af216975a05c65668"


@pytest.fixture
def started(database, monkeypatch):
    """What the first start of the program says; its demo here is of one village."""
    database.create("empty_house")
    monkeypatch.setattr(cli, "load", partial(cli.load, codes=cli.DEMO_VILLAGES[:1]))
    monkeypatch.setattr(serving, "serve", lambda *_rest: None)
    monkeypatch.setenv("PORT", "0")
    app = new_app(database.uri("empty_house"))
    with app.app_context():
        yield app.test_cli_runner().invoke(args=["start"])
        db.session.remove()
        db.engine.dispose()
    database.drop("empty_house")


@pytest.fixture
def empty(database):
    """A database with its tables and nothing in them."""
    database.create("empty_house")
    app = new_app(database.uri("empty_house"))
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()
    database.drop("empty_house")


def test_the_plan_has_the_countys_figures():
    lines = [line.split(",") for line in cli.COUNTY_FILE.read_text().splitlines()[1:]]
    villages = [Area(code=code, name=name, level=Level(level)) for code, level, name, _parent in lines]
    plans = roll.plans([village for village in villages if village.is_village])
    assert len(plans) == 89
    assert Counter(plan.kind for each in plans.values() for plan in each) == {
        GridKind.RURAL: 4474,
        GridKind.URBAN: 1578,
        GridKind.DEDICATED: 116,
    }
    assert {len(each) for each in plans.values()} == {69, 70}


@pytest.mark.one_database
def test_the_first_start_makes_a_demo_that_is_the_same_on_every_run_and_fits(started):
    assert started.exit_code == 0, started.output
    assert PASSWORD in started.output
    village = areas.by_code(cli.DEMO_VILLAGES[0])
    notice = assessments.whole_notice(assessments.find_assessment(village, Quarter(2026, 3)))
    assert notice.digest == ledger.digest(village, notice.last_transfer_id) == DIGEST
    states = db.session.scalars(select(Assessment.state)).all()
    assert states == [AssessmentState.BOOKED] * 3
    grids = Counter(db.session.scalars(select(Grid.village_id)))
    assert set(grids.values()) <= {69, 70}
    assert list(verify.problems()) == []
    assert calendar.find_calendar() is not None


def test_a_database_in_use_is_never_filled_with_a_demo(cast):
    before = db.session.scalar(select(func.count()).select_from(Area))
    with pytest.raises(Refused, match="not_empty"), transaction():
        cli.load(county=False)
    assert db.session.scalar(select(func.count()).select_from(Area)) == before


def test_the_calendar_turns_only_in_a_demo(cast, client_of):
    assert client_of(None).post("/demo/next-day").status_code == 404


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


def test_a_database_in_earnest_is_asked_once_for_a_calendar(app_on, uri):
    app = app_on(uri)
    with app.app_context():
        assert [asked_for_the_calendar(app.test_client()) for _page in range(3)] == [1, 0, 0]
        db.engine.dispose()


def test_an_empty_database_may_still_become_a_demo(empty):
    client = empty.test_client()
    assert 'class="demo"' not in client.get("/sign-in").text
    with transaction():
        areas.import_areas(cli.COUNTY_FILE.read_bytes())
        calendar.start_calendar()
    assert 'class="demo"' in client.get("/sign-in").text
    assert client.post("/demo/next-day").status_code == 302
    assert asked_for_the_calendar(client) == 1
