"""Help: every page says in two or three sentences what it is for, what to do first and what happens then."""

import re

import pytest
from babel.messages.pofile import read_po
from flask_babel import force_locale

from ground.contributions import packages
from people import access, pages
from tests.cast import VILLAGE
from tests.test_rules import rules
from tests.test_words import CATALOGUE, OURS_ALONE, texts

FILE = re.compile(r"\.(pdf|bin|xlsx|csv|json|<any\(xlsx, csv\):kind>)$")
# What a browser fetches beside a page, and addresses that only lead on to one.
NO_PAGES = {
    "home.alarms",
    "home.enter",
    "desk.desk_shelf",
    "assessment.area_quarters",
    "roster.portrait",
    "services.service_photo",
    "duties.visit_photo",
    "shelf.goods_picture",
}
MOST_CHARACTERS = 90


def page_endpoints(app):
    """The endpoints of the route map that answer a page of HTML."""
    return {
        route.endpoint
        for route, rule in rules(app)
        if "GET" in route.methods and not rule.device and not FILE.search(route.rule)
    } - (access.ASSETS | NO_PAGES)


@pytest.fixture
def told(plain_app):
    """The Chinese help of each endpoint, in the order in which the packages say it."""
    with plain_app.test_request_context(), force_locale("zh"):
        return [(endpoint, str(text)) for said in pages.HELP.items() for endpoint, text in said.items()]


def test_every_page_has_its_help_and_nothing_else_has(plain_app, told):
    said = [endpoint for endpoint, _text in told]
    assert len(said) == len(set(said)) > 100
    assert page_endpoints(plain_app) - set(said) == set()
    assert set(said) - page_endpoints(plain_app) == set()


def test_each_package_says_it_of_its_own_pages(plain_app):
    with plain_app.app_context():
        of = [{access.package_of(endpoint) for endpoint in said} for said in pages.HELP.items()]
        names = [package.name for package in packages()]
    assert of == [{name} for name in names if {name} in of]
    assert len(of) == 6


def test_help_is_two_or_three_short_sentences(told):
    for endpoint, text in told:
        assert 2 <= len(re.findall("[。！？]", text)) <= 3, endpoint
        assert text[-1] in "。！？", endpoint
        assert len(text) <= MOST_CHARACTERS, (endpoint, len(text))
        assert not OURS_ALONE.search(text), endpoint


def test_what_help_quotes_stands_on_a_page(told):
    """A button or page that is renamed is renamed in the help too."""
    with CATALOGUE.open("rb") as file:
        words = {text for message in read_po(file) if message.id for text in texts(message.string)}
    quoted = [(endpoint, word) for endpoint, text in told for word in re.findall("“([^”]+)”", text)]
    assert len(quoted) > 10
    assert [each for each in quoted if each[1] not in words] == []


def test_help_is_folded_and_needs_no_script(cast, client_of):
    page = client_of(cast.clerk).get(f"/v/{VILLAGE}/services").text
    shown = re.search(r'<details class="page-help">\s*<summary>帮助</summary>\s*<p>([^<]+)</p>', page)
    assert "自己登记的，要由别人确认" in shown[1]


@pytest.mark.parametrize("path", ["/sign-in", f"/n/{VILLAGE}/", "/o/", "/proof"])
def test_strangers_find_help_too(cast, client_of, path):
    assert client_of(None).get(path).text.count('class="page-help"') == 1


def test_a_page_that_is_not_there_gives_no_help(cast, client_of):
    """The error is about an address whose page has help of its own."""
    answer = client_of(cast.clerk).get(f"/v/{VILLAGE}/people/999999")
    assert answer.status_code == 404
    assert "page-help" not in answer.text
