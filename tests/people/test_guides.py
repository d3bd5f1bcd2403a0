"""The instructions of each role: one sheet that says its steps by the names of its own pages."""

import re

import pytest
from flask_babel import force_locale

from people import pages
from people.guides.guidesheet import SIZES, guide_pdf
from people.guides.steps import ANSWERS, STEPS, Rhythm
from people.models import IN_A_COUNTY, Area, Level, Role
from people.views.home.guides import _guide
from tests.cast import COUNTY, SIGN_INS, TOWNSHIP, VILLAGE
from tests.printed import codes, ink, read, texts, type_sizes

ROLES = list(Role)
PLACES = {
    Role.PREFECTURE: ("539900000000", Level.PREFECTURE),
    Role.COUNTY: (COUNTY, Level.COUNTY),
    Role.TOWNSHIP: (TOWNSHIP, Level.TOWNSHIP),
}
SHEET = "/guides/{}.pdf"


@pytest.fixture
def context(plain_app, monkeypatch):
    monkeypatch.setitem(plain_app.config, "PUBLIC_URL", "https://aixin.example")
    with plain_app.test_request_context(), force_locale("zh"):
        yield


def squeezed(text):
    return "".join(str(text).split())


@pytest.mark.parametrize("paper", ["A4", "A3"])
@pytest.mark.parametrize("role", ROLES)
def test_a_role_s_sheet_is_one_page_in_large_type(context, role, paper):
    guide = _guide(role)
    pdf = guide_pdf(guide, paper)
    assert len(texts(pdf)) == 1
    pictures, text = read(pdf)
    said = [guide.role, *guide.daily, *guide.quarterly, *(word for pair in guide.answers for word in pair)]
    assert [each for each in said if squeezed(each) not in text] == []
    assert codes(pictures[0]) == {guide.url} == {"https://aixin.example/"}
    assert min(ink(pictures[0])) > 10
    ((*sizes,),) = type_sizes(pdf)
    large = [size for _char, size in sizes if size >= min(SIZES)]
    assert len(large) > 0.8 * len(sizes)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_five_to_eight_steps_and_an_answer_to_each_trouble(context, role):
    guide = _guide(role)
    assert guide.daily
    assert guide.quarterly
    assert 5 <= len(guide.daily) + len(guide.quarterly) <= 8
    questions = [question for question, _answer in guide.answers]
    assert {"没有网", "记错了", "有人有意见", "还是不会"} < set(questions)
    assert len(set(questions)) == len(questions)
    assert any("密码" in question for question in questions)


@pytest.mark.parametrize("role", ROLES)
def test_each_page_on_the_sheet_stands_in_the_role_s_navigation(context, role):
    code, level = PLACES.get(role, (VILLAGE, Level.VILLAGE))
    entries = pages.entries_for(Area(code=code, name="", level=level), {role})
    names = {entry.endpoint: str(entry.label) for entry in entries}
    lines = [line for slot in (STEPS, ANSWERS) for line in slot.items() if role in line.roles]
    assert {line.endpoint for line in lines if line.endpoint} - set(names) == set()
    guide = _guide(role)
    said = [*guide.daily, *guide.quarterly, *(answer for _question, answer in guide.answers)]
    quoted = {name for text in said for name in re.findall("“([^”]+)”", text)}
    assert len(quoted) >= min(4, len(names))
    assert quoted - set(names.values()) == set()


def test_a_text_names_its_page_if_it_has_one(context):
    lines = [*STEPS.items(), *ANSWERS.items()]
    assert len(lines) > 40
    for line in lines:
        assert str(line.text).count("%(page)s") == (line.endpoint is not None), line.text


def test_no_two_lines_claim_the_same_place(context):
    for rhythm in Rhythm:
        orders = [step.order for step in STEPS.items() if step.rhythm == rhythm]
        assert len(set(orders)) == len(orders)
    orders = [answer.order for answer in ANSWERS.items()]
    assert len(set(orders)) == len(orders)


@pytest.mark.parametrize("username", ["worker", *(name for name, *_rest in SIGN_INS)])
def test_whoever_is_signed_in_prints_any_sheet(cast, client_of, username):
    client = client_of(cast.user(username))
    for role in (Role.WORKER, Role.COUNTY):
        answer = client.get(SHEET.format(role))
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")


def test_what_is_no_role_or_paper_has_no_sheet(cast, client_of):
    client = client_of(cast.clerk)
    assert client.get(SHEET.format("mayor")).status_code == 404
    assert client.get(SHEET.format("clerk") + "?paper=A5").status_code == 404
    assert client_of(None).get(SHEET.format("clerk")).status_code == 302


def test_one_page_leads_to_all_sheets_one_s_own_first(cast, client_of):
    page = client_of(cast.clerk).get("/guides").text
    listed = re.findall(r'href="/guides/(\w+)\.pdf\?paper=A4"', page)
    assert listed[0] == "clerk"
    assert set(listed) == IN_A_COUNTY


@pytest.mark.parametrize(("username", "path"), [("clerk", f"/v/{VILLAGE}/"), ("township_user", "/")])
def test_help_leads_to_the_sheet_of_one_s_own_role(cast, client_of, username, path):
    page = client_of(cast.user(username)).get(path, follow_redirects=True).text
    shown = page.partition('class="page-help"')[2].partition("</details>")[0]
    own = cast.user(username).grants[0].role
    assert re.findall(r'href="(/guides[^"]*)"', shown) == [SHEET.format(own), "/guides"]
    assert "打印使用说明（" in shown


def test_strangers_are_offered_no_sheet(cast, client_of):
    assert "/guides" not in client_of(None).get("/sign-in").text
