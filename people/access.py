"""Who may ask for what: a rule on every route, checked in one place before any view runs.

A village outside the signed-in user's scope does not exist for them (404); inside it without the right
role the answer is 403; a route without a rule is denied.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, current_app, g, request
from flask_login import current_user
from werkzeug.wrappers import Response

from people import areas
from people.models import Area, Role

View = TypeVar("View", bound=Callable[..., Any])

# Files of the program itself, served by Flask and Bootstrap-Flask.
ASSETS = {"static", "bootstrap.static"}

ABOVE = {Role.TOWNSHIP, Role.COUNTY}
COMMITTEE = {Role.CLERK, Role.CHAIR}
SHOP = {Role.MANAGER, Role.VOLUNTEER}
ONLOOKERS = COMMITTEE | ABOVE | {Role.SUPERVISOR}


@dataclass(frozen=True)
class Rule:
    """Whom a route lets in: everyone, everyone signed in, or holders of one of the roles at the place."""

    public: bool = False
    roles: frozenset[Role] | None = None


def public(view: View) -> View:
    """Let everyone in, without sign-in."""
    return _ruled(view, Rule(public=True))


def signed_in(view: View) -> View:
    """Let everyone in who is signed in; the view itself keeps to what is theirs."""
    return _ruled(view, Rule())


def allow(*roles: Role) -> Callable[[View], View]:
    """Let in who holds one of these roles for the village or area named in the address."""
    return lambda view: _ruled(view, Rule(roles=frozenset(roles)))


def _ruled(view: View, rule: Rule) -> View:
    view.access = rule  # type: ignore[attr-defined]
    return view


def rule_of(endpoint: str) -> Rule | None:
    """The rule of a route, or None if nobody gave it one."""
    if endpoint in ASSETS:
        return Rule(public=True)
    return getattr(current_app.view_functions[endpoint], "access", None)


def inside() -> bool:
    """Whether the reader holds a role in the village itself, not only above: there, names are not masked."""
    return not g.get("roles", ABOVE) <= ABOVE


def gate() -> Response | None:
    """Before every request: find the place it is about, check the rule, or abort."""
    if request.endpoint is None:
        return None  # no such address: routing answers 404 by itself
    if "\0" in request.path:
        abort(404)  # PostgreSQL takes no such text
    rule = rule_of(request.endpoint)
    if rule is None:
        abort(403)
    if rule.public:
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if rule.roles is not None:
        g.area, g.roles = _place(request.view_args or {})
        if not g.roles & rule.roles:
            abort(403)
    return None


def _place(arguments: dict[str, Any]) -> tuple[Area, set[Role]]:
    """The village or area in the address and the user's roles there; out of scope: 404."""
    code = arguments.get("village") or arguments["area"]
    area = areas.by_code(code) if len(code) == 12 else None
    if area is None or ("village" in arguments and not area.is_village):
        abort(404)
    roles = current_user.roles_in(area)
    if not roles:
        abort(404)
    return area, roles
