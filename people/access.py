"""Who may ask for what: a rule on every route, checked in one place before any view runs.

A village outside the signed-in user's scope does not exist for them (404); inside it without the right
role the answer is 403; a route without a rule is denied. Programs bring the key of a device instead.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, current_app, g, redirect, request, session, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.routing import Rule as RoutingRule
from werkzeug.wrappers import Response

from ground import clock
from ground.contributions import Slot
from ground.refusal import Refused
from people import areas
from people.models import Area, Role

View = TypeVar("View", bound=Callable[..., Any])

# Ways to find the device that holds a key, of those who keep devices; None: not one of theirs.
DEVICES: Slot[Callable[[str], Any]] = Slot()

# Files of the program itself, served by Flask and Bootstrap-Flask.
ASSETS = {"static", "bootstrap.static"}

# Where somebody whose password was given by another chooses their own; until then there is nothing else.
FIRST_OF_ALL = "signin.password"

# What a page asks for by itself, while nobody is there: it keeps nobody signed in.
UNATTENDED = {"home.alarms"}

ABOVE = {Role.TOWNSHIP, Role.COUNTY}
COMMITTEE = {Role.CLERK, Role.CHAIR}
SHOP = {Role.MANAGER, Role.VOLUNTEER}
ONLOOKERS = COMMITTEE | ABOVE | {Role.SUPERVISOR}


@dataclass(frozen=True)
class Rule:
    """Whom a route lets in: everyone, everyone signed in, or holders of one of the roles at the place.

    With `posting` fewer may send something than may look. With `device` it lets in programs, and no cookie.
    """

    public: bool = False
    device: bool = False
    roles: frozenset[Role] | None = None
    posting: frozenset[Role] | None = None

    def roles_for(self, method: str) -> frozenset[Role] | None:
        """The roles that are let in by a method; None if it takes no role."""
        return self.posting if method == "POST" and self.posting is not None else self.roles


@dataclass(frozen=True)
class Route:
    """What a visitor can ask for: by which methods, where, by which rule, and what it is for."""

    endpoint: str
    methods: tuple[str, ...]
    address: str
    rule: Rule
    words: str

    @property
    def package(self) -> str:
        """The package whose page it is."""
        return package_of(self.endpoint)


def public(view: View) -> View:
    """Let everyone in, without sign-in."""
    return _ruled(view, Rule(public=True))


def signed_in(view: View) -> View:
    """Let everyone in who is signed in; the view itself keeps to what is theirs."""
    return _ruled(view, Rule())


def device(view: View) -> View:
    """Let in programs that bring a device's key; the device is then `g.device`."""
    return _ruled(view, Rule(device=True))


def allow(*roles: Role, posting: Iterable[Role] | None = None) -> Callable[[View], View]:
    """Let in who holds one of these roles for the village or area named in the address.

    With `posting` only its holders may send something, on a page that others look at.
    """
    senders = None if posting is None else frozenset(posting)
    return lambda view: _ruled(view, Rule(roles=frozenset(roles), posting=senders))


def _ruled(view: View, rule: Rule) -> View:
    view.access = rule  # type: ignore[attr-defined]
    return view


def rule_of(endpoint: str) -> Rule | None:
    """The rule of a route, or None if nobody gave it one."""
    if endpoint in ASSETS:
        return Rule(public=True)
    return getattr(current_app.view_functions[endpoint], "access", None)


def package_of(endpoint: str) -> str:
    """The package that an endpoint's page is of."""
    return current_app.blueprints[endpoint.partition(".")[0]].import_name.partition(".")[0]


def routes() -> list[Route]:
    """Everything that can be asked for, by address; without the program's own files."""
    found = []
    for route in sorted(current_app.url_map.iter_rules(), key=lambda route: route.rule):
        rule = rule_of(route.endpoint)
        if route.endpoint in ASSETS or rule is None:
            continue
        methods = [methods_of(route)] if rule.posting is None else [(each,) for each in methods_of(route)]
        words = _first_line(route.endpoint)
        found += [Route(route.endpoint, each, route.rule, rule, words) for each in methods]
    return found


def methods_of(route: RoutingRule) -> tuple[str, ...]:
    """The methods of a route that are its own; HEAD and OPTIONS come by themselves."""
    return tuple(sorted((route.methods or set()) - {"HEAD", "OPTIONS"}))


def _first_line(endpoint: str) -> str:
    return (current_app.view_functions[endpoint].__doc__ or "").partition("\n")[0].strip()


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
    if rule.device:
        g.device = _with_key()
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if current_user.temporary and request.endpoint != FIRST_OF_ALL:
        return redirect(url_for(FIRST_OF_ALL))
    if request.endpoint not in UNATTENDED:
        _stay()
    roles = rule.roles_for(request.method)
    if roles is not None:
        g.area, g.roles = _place(request.view_args or {})
        if not g.roles & roles:
            abort(403)
    return None


def _with_key() -> Any:
    """The device whose key came as bearer token (RFC 6750). Refused `no_key`, `bad_key`."""
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        raise Refused("no_key", _("This needs a device's key, sent as bearer token."))
    for with_key in DEVICES.items():
        if found := with_key(sent.token):
            return found
    raise Refused("bad_key", _("This key opens nothing: it is mistyped, or was taken back."))


def _stay() -> None:
    """Send the session's cookie anew each hour it is used: it ends after PERMANENT_SESSION_LIFETIME idle."""
    hour = f"{clock.now():%d%H}"
    if session.get("hour") != hour:
        session["hour"] = hour


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
