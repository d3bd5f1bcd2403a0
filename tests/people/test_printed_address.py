"""The printed address on its page: chosen by the chair or the county, and held from the next start on."""

import pytest

from ground.computer import settings
from ground.server import nearby
from tests.cast import COUNTY, VILLAGE

pytestmark = pytest.mark.only_on("sqlite")

PAGE = f"/a/{VILLAGE}/address"


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    """The program's own folder, in a network."""
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    monkeypatch.setattr(nearby, "network_address", lambda: "192.168.1.5")
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    return tmp_path


def test_the_chair_chooses_it_and_changes_it_again(cast, client_of, folder):
    chair = client_of(cast.chair)
    for sent, kept in (
        ({"printed": "network"}, settings.Settings(lan=True)),
        (
            {"printed": "address", "address": "http://localhost:8000/"},
            settings.Settings("http://localhost:8000"),
        ),
        ({"printed": "here"}, settings.Settings()),
    ):
        assert chair.post(PAGE, data=sent).location == PAGE
        assert settings.read(folder) == kept
    assert "再启动一次" in chair.get(PAGE).text


def test_what_else_was_kept_stays(cast, client_of, folder):
    settings.keep(folder, settings.Settings(ends_demo=True))
    client_of(cast.chair).post(PAGE, data={"printed": "network"})
    assert settings.read(folder).ends_demo


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"printed": "address", "address": "aixin"}, "https://aixin.example"),
        ({"printed": "here", "address": "https://aixin.example"}, "留空"),
    ],
)
def test_what_is_not_right_is_said(cast, client_of, folder, sent, said):
    answer = client_of(cast.chair).post(PAGE, data=sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert settings.read(folder) == settings.Settings()


def test_where_it_is_set_the_page_says_so(cast, client_of, folder, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://aixin.example")
    assert '<form class="sheet"' not in client_of(cast.chair).get(PAGE).text
    client_of(cast.chair).post(PAGE, data={"printed": "network"})
    assert settings.read(folder) == settings.Settings()


def test_nobody_else_chooses_it(cast, client_of, folder):
    for user in (cast.clerk, cast.township_user, cast.manager):
        assert client_of(user).post(PAGE, data={"printed": "network"}).status_code == 403
    assert client_of(cast.county_user).get(f"/a/{COUNTY}/address").status_code == 200
    assert settings.read(folder) == settings.Settings()
