"""Backups for those who use the program: each evening by itself, on the front page, and by a button."""

import os
from datetime import datetime, timedelta

import pytest

from ground import clock
from ground.server import backups, evening
from tests.cast import COUNTY, VILLAGE
from tests.tenants.prefecture import TOOLS

pytestmark = pytest.mark.one_database

NOON = datetime(2026, 12, 28, 12, tzinfo=clock.SHANGHAI)
PAGE = f"/a/{VILLAGE}/backups"


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    """Where the backups are; there is none yet."""
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    monkeypatch.setitem(app.config, "BACKUPS", str(tmp_path))
    return tmp_path


def put(folder, made_at):
    file = folder / f"aixin-{made_at:%Y%m%d-%H%M%S}.backup"
    file.touch()
    os.utime(file, (made_at.timestamp(), made_at.timestamp()))
    return file


def test_one_is_made_each_evening_and_no_other(app, folder):
    put(folder, NOON)
    evenings = [NOON.replace(hour=17, minute=59), NOON.replace(hour=18), NOON.replace(hour=18, minute=30)]
    made = []
    for moment in [*evenings, NOON + timedelta(days=1), NOON + timedelta(days=3)]:
        is_made = evening.make_if_due(app, moment)
        if is_made:
            newest = backups.newest(folder)
            os.utime(newest, (moment.timestamp(), moment.timestamp()))
        made.append(is_made)
    assert made == [False, True, False, False, True]


def test_they_stay_for_fourteen_days_and_never_fewer_than_fourteen(app, folder):
    now = clock.machine_now()
    for days in range(1, 21):
        put(folder, now - timedelta(days=days))
    evening.make_if_due(app, now)
    assert len(backups.all_in(folder)) == 15  # with the one of now, fourteen days ago is still one of them
    for file in backups.all_in(folder):
        old = (now - timedelta(days=200)).timestamp()
        os.utime(file, (old, old))
    evening.make_if_due(app, now)
    assert len(backups.all_in(folder)) == 14


def test_a_server_makes_none_where_none_are_wanted(app, monkeypatch):
    monkeypatch.setitem(app.config, evening.SETTING, 0)
    assert evening.keep(app) is None


def said(client, path):
    page = client.get(path, follow_redirects=True).text
    return next(line.strip() for line in page.splitlines() if "备份" in line and "/backups" in line)


@pytest.mark.only_on("sqlite")
def test_the_front_page_of_county_and_chair_says_how_old_the_newest_is(app, cast, client_of, folder):
    readers = (
        (client_of(cast.chair), f"/v/{VILLAGE}/"),
        (client_of(cast.user("county_user")), f"/a/{COUNTY}/"),
    )
    now = datetime.now(clock.SHANGHAI)
    for client, path in readers:
        assert "还没有备份" in said(client, path)
    for age, words in (
        (timedelta(days=3, hours=1), "是3天前的"),
        (timedelta(hours=5, minutes=1), "是5小时前的"),
    ):
        put(folder, now - age)
        for client, path in readers:
            assert words in said(client, path)
    assert "/backups" not in client_of(cast.clerk).get(f"/v/{VILLAGE}/").text


@pytest.mark.only_on("sqlite")
def test_a_button_makes_one(app, cast, client_of, folder, monkeypatch):
    client = client_of(cast.chair)
    assert "还没有做过" in client.get(PAGE).text
    assert "备份做好了" in client.post(PAGE, follow_redirects=True).text
    assert len(backups.all_in(folder)) == 1
    for other in (cast.clerk, cast.manager, cast.user("township_user")):
        assert client_of(other).post(PAGE).status_code == 403

    def fails(*_words):
        raise backups.BackupFailed("1 rows do not fit")

    monkeypatch.setattr(backups, "run_ourselves", fails)
    answer = client.post(PAGE)
    assert (answer.status_code, "没有做成备份" in answer.text) == (422, True)
    assert len(backups.all_in(folder)) == 1
