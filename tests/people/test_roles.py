"""Role × route × scope: who is let in where. Made from the routes, so that none is forgotten."""

from pathlib import Path

import pytest
from flask import session
from werkzeug.exceptions import HTTPException

from people import access
from people.models import IN_A_COUNTY, Role
from tests.cast import COUNTY, FAR_VILLAGE, NEXT_VILLAGE, TOWNSHIP, VILLAGE, session_of
from tests.test_rules import ARGUMENTS, rules

SHEET = Path(__file__).parent.parent.parent / "docs/roles.md"

VILLAGES = {VILLAGE, NEXT_VILLAGE, FAR_VILLAGE}
PLACES = (VILLAGE, NEXT_VILLAGE, FAR_VILLAGE, TOWNSHIP, COUNTY)

# What a role sees from where the cast holds it; written out by hand, not asked of the program.
SEES = {role: {VILLAGE} for role in IN_A_COUNTY} | {
    Role.TOWNSHIP: {VILLAGE, NEXT_VILLAGE, TOWNSHIP},
    Role.COUNTY: set(PLACES),
}
HOLDERS = {role: role.value for role in IN_A_COUNTY} | {
    Role.TOWNSHIP: "township_user",
    Role.COUNTY: "county_user",
}

NO_ROW = 2**31 - 1
LET_IN = 200


def address(route, place):
    """The route's address at a place, about a row that does not exist: nothing is changed by asking."""
    known = ARGUMENTS | {"village": place, "area": place, "ident": NO_ROW}
    _host, path = route.build({name: known[name] for name in route.arguments})
    return path


def table(app):
    """Every route by roles, method and place, with its address and the roles its rule names.

    Everything is asked of the village and of the next one; of the other places once for each set of roles and
    kind of address, as the gate goes by these.
    """
    found, known = [], set()
    for route, rule in rules(app):
        for method in access.methods_of(route) if rule.roles is not None else ():
            roles = rule.roles_for(method)
            kind = (frozenset(roles), "village" in route.arguments)
            places = PLACES if kind not in known else (VILLAGE, NEXT_VILLAGE)
            known.add(kind)
            found += [(route, method, place, address(route, place), roles) for place in places]
    return found


def wanted(role, route, place, roles):
    """What the rule demands: out of scope nothing is there, inside only for who holds the role."""
    if place not in SEES[role] or ("village" in route.arguments and place not in VILLAGES):
        return 404
    return LET_IN if role in roles else 403


def at_the_gate(app, user_id, path, method):
    """What the gate says before any view runs."""
    with app.test_request_context(path, method=method):
        session["_user_id"] = user_id
        try:
            answer = app.preprocess_request()
        except HTTPException as refusal:
            return refusal.code
        return LET_IN if answer is None else answer.status_code


# Who may most in a village, above it, and least; the others at length.
ASKED_ALWAYS = {Role.CLERK, Role.COUNTY, Role.WORKER}
ROLES = [
    role if role in ASKED_ALWAYS else pytest.param(role, marks=pytest.mark.at_length)
    for role in Role
    if role in IN_A_COUNTY
]


@pytest.mark.parametrize("role", ROLES)
def test_who_is_let_in_where(app, cast, client_of, role):
    """The gate at each route, method and place; then, where it opens at home, what really comes."""
    user = cast.user(HOLDERS[role])
    client, ident = client_of(user), session_of(user)
    home = user.grants[0].area.code
    asked, inside = 0, 0
    for route, method, place, path, roles in table(app):
        want = wanted(role, route, place, roles)
        assert at_the_gate(app, ident, path, method) == want, (method, path)
        asked += 1
        if want == LET_IN and place in (home, VILLAGE):
            answer = client.open(path, method=method)
            assert answer.status_code in (200, 302, 404, 422), (method, path)
            inside += 1
    assert asked > 400
    assert inside > 5


def test_the_gate_s_word_is_the_answer(app, cast, client_of):
    client = client_of(cast.volunteer)
    assert client.get(f"/v/{VILLAGE}/grids").status_code == 403
    assert client.get(f"/v/{NEXT_VILLAGE}/grids").status_code == 404
    assert client.get(f"/v/{TOWNSHIP}/grids").status_code == 404
    assert client.get(f"/v/{VILLAGE}/goods").status_code == 200


def test_the_table_in_the_documents_is_this_one(plain_app):
    result = plain_app.test_cli_runner().invoke(args=["roles"])
    assert result.exit_code == 0
    assert result.output == SHEET.read_text(), "out of date: make roles"


def test_a_word_about_every_route(plain_app):
    with plain_app.app_context():
        assert [route.endpoint for route in access.routes() if not route.description] == []
