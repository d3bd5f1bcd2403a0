"""The host: a door before the tenants' applications. Whose a request is, the host that it names says.

Nothing else does: no cookie, no path and nothing that a user sends otherwise. A browser keeps cookies, drafts
and pages for places without a network by the host too, so they can't meet a neighbour's there.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import lazy_gettext as _
from flask_migrate import Migrate
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from ground import web
from ground.computer.addresses import host_in
from ground.db import db, limit_waiting
from ground.refusal import Refused
from ground.server import health
from ground.server.health import HealthDoor
from ground.tenants.register import BadRegister, Register, Tenant

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

log = logging.getLogger(__name__)

# Without an application there is no catalogue: these are said in both languages.
NOBODY = "这个地址上没有爱心。\nNothing is at this address.\n"
BROKEN = "暂时打不开，请过一会儿再试。\nIt can't be opened at the moment. Try again in a while.\n"

CLOSED = _("It is being worked on, and closed until that is done. Nothing is lost.")
BEHIND = _("The records are not at this release of the program yet. Tell whoever looks after it.")

WHICH = (
    "Several counties are served here. Say which one is meant: `aixin --county CODE …`, or "
    "AIXIN_COUNTY=CODE; `counties list` names them."
)

# How the application of a tenant is made.
Make = Callable[[Tenant], Flask]


class NotServed(Exception):
    """Nothing can be done in a tenant at the moment; the message says why."""


class NotMade(NotServed):
    """The application of a tenant can't be made; the message says why."""


class Applications:
    """The tenants' applications in this process, each made once, at the latest when it is first asked for."""

    def __init__(self, register: Register, make: Make, migrations: Path) -> None:
        self.register = register
        self._make, self._migrations = make, migrations
        self._guard = threading.Lock()
        self._made: dict[str, tuple[Tenant, Flask]] = {}
        self._seen: set[Flask] = set()  # those whose database was seen to be at the program's migration

    def of(self, tenant: Tenant) -> Flask:
        """A tenant's application, as the register has the tenant now; a closed one's is the same.

        Raises `NotMade`: whatever is wrong with one, is no other's trouble.
        """
        tenant = replace(tenant, is_closed=False)
        made = self._made.get(tenant.code)
        if made is None or made[0] != tenant:
            with self._guard:
                made = self._made.get(tenant.code)
                if made is None or made[0] != tenant:
                    made = self._made[tenant.code] = tenant, self._new(tenant)
        return made[1]

    def _new(self, tenant: Tenant) -> Flask:
        try:
            return self._make(tenant)
        except (Exception, SystemExit) as error:
            raise NotMade(str(error) or type(error).__name__) from error

    def all(self) -> Iterator[tuple[Tenant, Flask]]:
        """All tenants with their applications; one that can't be made is told in the log and left out."""
        try:
            tenants = [*self.register.tenants().values()]
        except BadRegister:
            log.exception("the register can't be read")
            return
        for tenant in tenants:
            try:
                yield tenant, self.of(tenant)
            except NotMade:
                log.exception("the application of a tenant can't be made", extra=_facts(tenant))

    @contextmanager
    def inside(self, tenant: Tenant) -> Iterator[None]:
        """Work in a tenant's application outside of a request; its connection is given back at the end.

        Raises `NotServed` while its database is not at the program's migration, and as `of` does.
        """
        app = self.of(tenant)
        if self.is_behind(app):
            raise NotServed("its database is not at the program's migration")
        with app.app_context():
            try:
                yield
            finally:
                db.session.remove()

    def is_behind(self, app: Flask) -> bool:
        """Whether the database of a tenant's application is not at the program's migration.

        Such a tenant is not answered, for the others' sake: connections are shared, and so are the statements
        that they prepared; what these give back has to look the same for all. Of a database that is away the
        application itself says so.
        """
        if app in self._seen:
            return False
        try:
            with app.app_context():
                is_behind = health.migrations_missing(self._migrations) is not None
        except SQLAlchemyError:
            return False
        if not is_behind:
            self._seen.add(app)
        return is_behind

    def reasons_not_to_work(self) -> list[str]:
        """The reasons that keep the process from its work: of the register alone, naming no tenant.

        What keeps one of them from its work, its own host says.
        """
        try:
            if self.register.tenants():  # there were some when the server began
                return []
        except BadRegister:
            log.exception("the register can't be read")
            return ["register: it can't be read"]
        return ["register: nobody stands in it, or it is gone"]


class Door:
    """Each request goes to the application of the tenant whose host it names, in a context of its own.

    What an application remembers of a request outside of it (where it came from, the day of a demo) is gone
    with that context, and no later one of the same thread finds it.
    """

    def __init__(self, applications: Applications) -> None:
        self._applications = applications
        self._elsewhere = HealthDoor(_say(404, NOBODY), applications.reasons_not_to_work)
        self._broken = _say(503, BROKEN)

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        limit_waiting()  # from now on this process is a server; a command waits as long as it takes
        return self._behind(environ)(environ, start_response)

    def _behind(self, environ: dict[str, Any]) -> "WSGIApplication":
        try:
            tenant = self._applications.register.at_host(host_in(f"//{environ.get('HTTP_HOST', '')}"))
        except BadRegister:
            log.exception("the register can't be read")
            return self._elsewhere if environ.get("PATH_INFO") in health.PATHS else self._broken
        if tenant is None:
            return self._elsewhere
        try:
            app = self._applications.of(tenant)
            if environ.get("PATH_INFO") in health.PATHS:
                return app
            if tenant.is_closed:
                return _unavailable(app, environ, Refused("closed", CLOSED))
            if self._applications.is_behind(app):
                log.error("the database of a tenant is behind the program", extra=_facts(tenant))
                return _unavailable(app, environ, Refused("not_ready", BEHIND))
        except (NotMade, OSError):
            log.exception("the application of a tenant can't be made", extra=_facts(tenant))
            return self._broken
        return lambda environ, start_response: copy_context().run(app, environ, start_response)


def _unavailable(app: Flask, environ: dict[str, Any], refusal: Refused) -> Response:
    """The answer of a tenant that is not opened, in the reader's language."""
    with app.request_context(environ):
        web.begin_request()
        return web.unavailable(refusal)


def _facts(tenant: Tenant) -> dict[str, dict[str, str]]:
    return {"facts": {"county": tenant.code}}


def _say(status: int, text: str) -> Response:
    return Response(text, status, mimetype="text/plain", headers={"Cache-Control": "no-store"})


class Host(Flask):
    """The application of no tenant: it knows the commands for all, and hands each request to its tenant's."""

    def __init__(self, name: str, register: Register, make: Make, migrations: Path, proxies: int) -> None:
        super().__init__(name, static_folder=None, instance_path=str(register.instance))
        self.applications = Applications(register, make, migrations)
        door: Any = Door(self.applications)
        self.wsgi_app = ProxyFix(door, x_for=proxies, x_host=proxies) if proxies else door  # type: ignore[method-assign]

        self.cli = CommandsForAll(self.name)
        Migrate(self, directory=str(migrations)).configure(say_which)


class CommandsForAll(AppGroup):
    """The commands for all tenants; whoever asks for another one is told to say whom it is meant for."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of this name."""
        return super().get_command(ctx, cmd_name) or say_which()


def say_which(*_meant: object) -> NoReturn:
    """Refuse a command that does not say which tenant it is meant for."""
    raise click.ClickException(WHICH)
