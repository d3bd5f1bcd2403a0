"""Access rules: every route has one, and it is checked in one place before any view runs.

    public      everyone, without sign-in
    signed_in   everyone who is signed in
    allow       holders of one of some roles, for the village or area in the address
    device      programs, by the key of a device

A village outside the signed-in user's scope does not exist for them (404); inside it without the right
role the answer is 403; a route without a rule is denied.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, current_app, g, redirect, request, url_for
from flask_babel import lazy_gettext as _
from flask_login import current_user
from werkzeug.routing import Rule as RoutingRule
from werkzeug.wrappers import Response

from ground import wire
from ground.contributions import Slot
from ground.db import database_file
from ground.refusal import Refused
from ground.watch import events
from people import areas
from people.models import Area, Role, User
from people.signin import sessions

View = TypeVar("View", bound=Callable[..., Any])

# Ways to find the device that holds a key, of those who keep devices; None: not one of theirs.
DEVICES: Slot[Callable[[str], Any]] = Slot()

# Files of the program itself.
ASSETS = wire.ENDPOINTS

# Where somebody whose password was given by another chooses their own; until then there is nothing else.
FIRST_SIGN_IN_PAGE = "signin.password"

# What a page asks for by itself, while nobody is there: it keeps nobody signed in.
UNATTENDED_PAGES = {"home.alarms"}

ROLES_ABOVE = frozenset({Role.TOWNSHIP, Role.COUNTY})
COMMITTEE = frozenset({Role.CLERK, Role.CHAIR})
SHOP = frozenset({Role.MANAGER, Role.VOLUNTEER})
ONLOOKERS = COMMITTEE | ROLES_ABOVE | {Role.SUPERVISOR}


@dataclass(frozen=True)
class AccessRule:
    """The rule of a route: it lets in everyone, everyone signed in, or holders of some roles there.

    With `posting_roles` fewer roles may send something than may look. With `device` it lets in programs, and
    no cookie.
    """

    public: bool = False
    device: bool = False
    roles: frozenset[Role] | None = None
    posting_roles: frozenset[Role] | None = None

    def roles_for(self, method: str) -> frozenset[Role] | None:
        """The roles that are let in by a method; None if it takes no role."""
        return self.posting_roles if method == "POST" and self.posting_roles is not None else self.roles


@dataclass(frozen=True)
class Route:
    """A route of the program: its methods, address and access rule, and what it is for in words."""

    endpoint: str
    methods: tuple[str, ...]
    address: str
    rule: AccessRule
    description: str

    @property
    def package(self) -> str:
        """The package that the route's page belongs to."""
        return package_of(self.endpoint)


def public(view: View) -> View:
    """Let in everyone, without sign-in."""
    return _with_rule(view, AccessRule(public=True))


def signed_in(view: View) -> View:
    """Let in everyone who is signed in; the view itself shows only what is theirs."""
    return _with_rule(view, AccessRule())


def device(view: View) -> View:
    """Let in programs that bring a device's key; the device is then `g.device`."""
    return _with_rule(view, AccessRule(device=True))


def allow(*roles: Role, posting_roles: Iterable[Role] | None = None) -> Callable[[View], View]:
    """Let in holders of one of these roles for the village or area named in the address.

    With `posting_roles` only its holders may send something, on a page that others look at.
    """
    senders = None if posting_roles is None else frozenset(posting_roles)
    return lambda view: _with_rule(view, AccessRule(roles=frozenset(roles), posting_roles=senders))


def _with_rule(view: View, rule: AccessRule) -> View:
    view.access = rule  # type: ignore[attr-defined]
    return view


def rule_of(endpoint: str) -> AccessRule | None:
    """The access rule of a route, or None if it has none."""
    if endpoint in ASSETS:
        return AccessRule(public=True)
    return getattr(current_app.view_functions[endpoint], "access", None)


def is_public() -> bool:
    """Whether this request is for a page that everyone may see."""
    rule = rule_of(request.endpoint) if request.endpoint else None
    return rule is not None and rule.public


def package_of(endpoint: str) -> str:
    """The package that an endpoint's page belongs to."""
    return current_app.blueprints[endpoint.partition(".")[0]].import_name.partition(".")[0]


def routes() -> list[Route]:
    """All routes with a rule, by address, without the program's own files.

    A route on which fewer roles may send than look is listed once for each method.
    """
    entries = []
    for route in sorted(current_app.url_map.iter_rules(), key=lambda route: route.rule):
        rule = rule_of(route.endpoint)
        if route.endpoint in ASSETS or rule is None:
            continue
        methods = (
            [methods_of(route)] if rule.posting_roles is None else [(each,) for each in methods_of(route)]
        )
        words = _first_line(route.endpoint)
        entries += [Route(route.endpoint, each, route.rule, rule, words) for each in methods]
    return entries


def methods_of(route: RoutingRule) -> tuple[str, ...]:
    """The methods of a route, without HEAD and OPTIONS, which Flask adds by itself."""
    return tuple(sorted((route.methods or set()) - {"HEAD", "OPTIONS"}))


def _first_line(endpoint: str) -> str:
    return (current_app.view_functions[endpoint].__doc__ or "").partition("\n")[0].strip()


def is_insider() -> bool:
    """Whether the reader holds a role in the village itself, so that its names are not masked."""
    return not g.get("roles", ROLES_ABOVE) <= ROLES_ABOVE


def keeps_backups(area: Area, roles: set[Role]) -> bool:
    """Whether somebody with these roles sees to the backups: the county's, and of a file the chairs.

    Nobody here does on PostgreSQL where the program is not told of them.
    """
    is_file = database_file() is not None
    if area.is_village:
        return is_file and Role.CHAIR in roles
    return Role.COUNTY in roles and (is_file or bool(current_app.config["BACKUPS"]))


def user_of_session(token: str) -> User | None:
    """The user whose session this device's cookie names, or None; the session is `g.user_session`."""
    g.user_session = sessions.find(token)
    return g.user_session.user if g.user_session else None


def check_access() -> Response | None:
    """Check the access rule before every request: find the area it is about, or abort."""
    sessions.set_device_mark(None)
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
        g.device = _device_of_key()
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    events.add_to_request(user=current_user.id)
    if current_user.temporary and request.endpoint != FIRST_SIGN_IN_PAGE:
        return redirect(url_for(FIRST_SIGN_IN_PAGE))
    sessions.set_device_mark(g.user_session)
    if request.endpoint not in UNATTENDED_PAGES:
        sessions.note_use(g.user_session)
    roles = rule.roles_for(request.method)
    if roles is not None:
        g.area, g.roles = _area_and_roles(request.view_args or {})
        if not g.roles & roles:
            events.add_to_request(needs=" ".join(sorted(roles)))
            abort(403)
    return None


def _device_of_key() -> Any:
    """The device whose key came as bearer token (RFC 6750). Refused `no_key`, `bad_key`."""
    authorization = request.authorization
    if authorization is None or authorization.type != "bearer" or not authorization.token:
        raise Refused("no_key", _("This needs a device's key, sent as bearer token."))
    for with_key in DEVICES.items():
        if device := with_key(authorization.token):
            return device
    raise Refused(
        "bad_key", _("This key opens nothing: it is mistyped, was taken back, or nobody answers for it.")
    )


def _area_and_roles(arguments: dict[str, Any]) -> tuple[Area, set[Role]]:
    """The village or area in the address and the user's roles there; out of scope: 404."""
    code = arguments.get("village") or arguments["area"]
    area = areas.by_code(code) if len(code) == 12 else None
    if area is None or ("village" in arguments and not area.is_village):
        abort(404)
    roles = current_user.roles_in(area)
    if not roles:
        abort(404)
    return area, roles
