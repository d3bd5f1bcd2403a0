"""The navigation that the packages make up together: what stands in it for each role, and in which order."""

from urllib.parse import urlsplit

import pytest
from flask import g
from werkzeug.routing import RequestRedirect

from people import access, pages
from people.models import Area, Level, Role
from tests.cast import COUNTY, TOWNSHIP, VILLAGE
from tests.test_rules import address as rule_address
from tests.test_rules import rules

WORKING = "home.front services.services assessment.quarters ledger.accounts boards.board rubrics.rubric"
READING = "desk.redemptions shelf.goods"
RAILS = {
    Role.CLERK: f"{WORKING} {READING} roster.grids conduct.trainings cards.cards signin.accounts",
    Role.SUPERVISOR: f"home.front home.supervision {WORKING.removeprefix('home.front ')} {READING} "
    "roster.grids conduct.trainings",
    Role.TOWNSHIP: f"{WORKING} {READING} roster.grids conduct.trainings signin.accounts",
    Role.INSTRUCTOR: "home.front services.services rubrics.rubric roster.grids conduct.trainings",
    Role.MANAGER: f"desk.desk home.front {READING} home.proposals home.contacts",
    Role.VOLUNTEER: f"desk.desk home.front {READING} home.contacts",
    Role.WORKER: "duties.due home.front ledger.mine duties.new_emergency rubrics.rubric duties.households "
    "conduct.evaluations home.contacts",
}
RAILS |= {Role.CHAIR: RAILS[Role.CLERK], Role.COUNTY: RAILS[Role.TOWNSHIP]}
ABOVE = "home.area boards.board assessment.area_quarters conduct.trainings signin.accounts"

# The rooms of a house that others than its own package add to.
ROOMS = {
    ("services.services", Role.CLERK): "duties.due duties.gatherings duties.disputes duties.incidents "
    "services.deductions services.slips services.samples duties.report",
    ("duties.due", Role.WORKER): "duties.gatherings duties.disputes duties.incidents",
    (
        "roster.grids",
        Role.SUPERVISOR,
    ): "roster.persons roster.terms home.audit home.proposals home.contacts ledger.leaving ledger.duplicates",
    ("ledger.accounts", Role.CLERK): "ledger.expiry openings.openings books.books",
    ("desk.redemptions", Role.MANAGER): "desk.closings offline.leases books.books",
    ("assessment.area_quarters", Role.COUNTY): "assessment.assessment_terms books.books",
    ("roster.grids", Role.INSTRUCTOR): "roster.persons roster.terms duties.households home.contacts",
    ("home.area", Role.COUNTY): "roster.staffing roster.import_roster duties.area_disputes "
    "duties.emergencies rubrics.template ledger.area_duplicates",
}


def links(app, code, role, endpoint=None):
    """The addresses of the rail, and of the rooms on a page, for a role in an area."""
    level = {COUNTY: Level.COUNTY, TOWNSHIP: Level.TOWNSHIP, VILLAGE: Level.VILLAGE}[code]
    area = Area(code=code, name="", level=level)
    with app.test_request_context(address(app, code, endpoint) if endpoint else "/"):
        g.area, g.roles = area, {role}
        return tuple([link.url for link in some] for some in pages._navigation_links())


def address(app, code, endpoint):
    with app.test_request_context():
        entries = [entry for entry in pages.NAVIGATION.items() if entry.endpoint == endpoint]
        return entries[0].url(Area(code=code))


def addresses(app, code, endpoints):
    return [address(app, code, endpoint) for endpoint in endpoints.split()]


@pytest.mark.parametrize("role", RAILS)
def test_the_rail_of_each_role(plain_app, role):
    assert links(plain_app, VILLAGE, role)[0] == addresses(plain_app, VILLAGE, RAILS[role])


@pytest.mark.parametrize(("code", "role"), [(TOWNSHIP, Role.TOWNSHIP), (COUNTY, Role.COUNTY)])
def test_the_rail_above_the_villages(plain_app, code, role):
    assert links(plain_app, code, role)[0] == addresses(plain_app, code, ABOVE)


def test_a_prefecture_has_its_counties_and_its_sign_ins(plain_app):
    """Nothing of a county's is in its rail."""
    area = Area(code=f"{COUNTY[:4]}00000000", name="", level=Level.PREFECTURE)
    with plain_app.test_request_context():
        rail = [entry.endpoint for entry in pages.entries_for(area, {Role.PREFECTURE})]
    assert rail == ["prefecture.counties", "signin.accounts"]


@pytest.mark.parametrize(("house", "role"), ROOMS)
def test_rooms_of_all_packages_stand_in_one_order(plain_app, house, role):
    code = COUNTY if role == Role.COUNTY else VILLAGE
    rooms = links(plain_app, code, role, house)[1]
    assert rooms == addresses(plain_app, code, f"{house} {ROOMS[house, role]}")


def test_no_two_entries_claim_the_same_place(plain_app):
    with plain_app.app_context():
        orders = [entry.order for entry in pages.NAVIGATION.items()]
    assert len(orders) > 40
    assert len(set(orders)) == len(orders)


# What is pressed on any page leads to the first one.
ON_EVERY_PAGE = {
    *("home.language", "home.print_size", "demo.next_day"),
    *("signin.sign_out", "signin.sign_out_everywhere"),
}


def only_sent_to(app):
    """The routes of people that are only sent to, with their rules."""
    opened = {route.rule for route in app.url_map.iter_rules() if "GET" in route.methods}
    return [(route, rule) for route, rule in rules(app) if route.rule not in opened and not rule.device]


def page_at(app, path):
    """The endpoint of the page at an address, also without the stroke at its end."""
    try:
        return app.url_map.bind("localhost").match(path, "GET")[0]
    except RequestRedirect as redirect:
        return page_at(app, urlsplit(redirect.new_url).path)


def test_what_is_only_sent_to_leads_to_a_page_when_it_is_opened(app):
    """Such as one that was refused and is opened anew: to a page of who may send it, and not to the first."""
    client, seen = app.test_client(), 0
    for route, rule in only_sent_to(app):
        answer = client.get(rule_address(app, route.endpoint) + "?into=7")
        assert (answer.status_code, answer.location.endswith("?into=7")) == (302, True), route
        page = page_at(app, urlsplit(answer.location).path)
        with app.test_request_context():
            readers = access.rule_of(page).roles
            assert any(page in said for said in pages.HELP.items()), (route, page)
        assert not rule.roles or rule.roles_for("POST") <= readers, (route, page)
        assert page != "home.home" or route.endpoint in ON_EVERY_PAGE, route
        seen += 1
    assert seen > 80


def test_a_form_that_was_refused_and_is_opened_anew_stands_on_its_page(cast, client_of):
    page, client = f"/v/{VILLAGE}/goods/{cast.goods.id}", client_of(cast.manager)
    assert client.post(f"{page}/price", data={"price": "4", "holds_from": ""}).status_code == 422
    assert client.get(f"{page}/price").location == page
    assert client.get("/api/v1/redemptions/1/void").status_code == 405
