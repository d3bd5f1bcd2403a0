"""Empty pages say how to begin: what the next step is, and where it is done for who may do it."""

import re

import pytest
from jinja2 import nodes

from ground.db import transaction
from people import access
from people.models import IN_A_COUNTY, Role
from people.roster import persons
from people.signin import accounts
from tests.cast import FAR_VILLAGE, HASHED
from tests.test_rules import ROOT, TEMPLATES, address, rules

# By their titles those that lead nowhere: why is said for each group.
LEADS_NOWHERE = {
    # Nothing is to be done, and that is good.
    *("All is well", "Nothing needs a look", "Nothing waits for you", "Nothing is different"),
    *("No pair looks like one person", "No emergencies", "No disputes"),
    # What begins it stands on the same page.
    *("Nothing here", "No sample yet", "No slips yet", "No quarter yet", "No services yet", "No devices yet"),
    *("Nobody has left", "Nobody has come further yet", "Nothing on the list yet", "No card yet"),
    *("Write what you look for", "Nothing fits"),
    # It comes by what others do, or by itself.
    *(
        "No villages yet",
        "No place yet",
        "Your role waits to be confirmed",
        "No entries yet",
        "No notice yet",
        "No packet yet",  # its button stands below
        "No other shop yet",
        "Nothing yet",
        "No county yet",
        "Your role waits to be confirmed",
    ),
    *("Nobody to speak of", "Nobody here", "Nobody yet", "The archive is empty", "The shelves are empty"),
    *("Not on this quarter's sheet", "Nothing to object to", "Nothing is written down here any more"),
    *("No other grid", "Nothing fits", "Write what you look for"),
}

ASKED_ALWAYS = {Role.CLERK, Role.MANAGER, Role.WORKER}
VILLAGE_ROLES = [
    role if role in ASKED_ALWAYS else pytest.param(role, marks=pytest.mark.at_length)
    for role in Role
    if role in IN_A_COUNTY - access.ROLES_ABOVE
]


def empty_states(app):
    """Each place where a template shows nothing: the template, its title, whether it leads on."""
    for file in TEMPLATES:
        for call in app.jinja_env.parse(file.read_text()).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "empty":
                title = call.args[0]
                words = title.args[0].value if isinstance(title, nodes.Call) else ""
                yield str(file.relative_to(ROOT)), words, len(call.args) > 2


def test_who_finds_nothing_is_led_to_where_it_begins(plain_app):
    """A further place leads on, or stands above with the reason why it does not."""
    found = list(empty_states(plain_app))
    assert len(found) > 70
    nowhere = {title for _file, title, leads_on in found if not leads_on}
    assert nowhere - LEADS_NOWHERE == set()
    assert LEADS_NOWHERE - nowhere == set()


def test_no_page_is_empty_in_words_of_its_own():
    """The macro is the one place that says how an empty page looks."""
    files = [str(file.relative_to(ROOT)) for file in TEMPLATES if 'class="empty"' in file.read_text()]
    assert files == ["templates/macros.html"]


@pytest.mark.parametrize("role", VILLAGE_ROLES)
def test_where_an_empty_page_leads_its_reader_may_go(app, cast, client_of, role):
    """In a village with nobody and nothing in it; nobody is led to a page that says no, by no link at all."""
    with transaction():
        person = persons.add_person(cast.far_village, "第一人", None)
        user = accounts.add_user("first", "第一人", HASHED, None, person, temporary=False)
        accounts.grant(user, role, cast.far_village, None)
    client, empty, led, links = client_of(cast.user("first")), 0, set(), set()
    for route, rule in rules(app):
        here = route.arguments & {"village", "area"}
        if "GET" in route.methods and route.arguments == here and here and role in (rule.roles or ()):
            page = client.get(address(app, route.endpoint, village=FAR_VILLAGE, area=FAR_VILLAGE))
            if page.mimetype != "text/html":
                continue
            states = re.findall(r'<div class="empty">(.*?)</div>', page.text, re.DOTALL)
            empty += len(states)
            drawn = re.sub(r"<template.*?</template>", "", page.text, flags=re.DOTALL)
            links |= set(re.findall(r'href="(/[^"#]*)', drawn))
            led |= {url for state in states for url in re.findall('href="([^"]+)"', state)}
    assert empty >= 2
    assert [url for url in sorted(led) if client.get(url.replace("&amp;", "&")).status_code != 200] == []
    if role != Role.WORKER:
        assert led
    served = {url for url in links - led if not url.startswith("/static/")}
    assert [url for url in sorted(served) if client.get(url.replace("&amp;", "&")).status_code >= 400] == []


def test_without_a_grid_nothing_is_said_to_be_well(cast, client_of):
    """Every grid of none has its worker: it would be true, and no help to anybody."""
    page = client_of(cast.county_user).get(f"/v/{FAR_VILLAGE}/terms").text
    assert "还没有网格" in page
    assert "一切就绪" not in page
