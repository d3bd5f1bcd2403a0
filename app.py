"""The application: what it is made of, in the order it is put together."""

import gc
import hmac
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

import click
from flask import Flask, Response, current_app, g, request, session
from flask.cli import FlaskGroup
from flask.logging import wsgi_errors_stream
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from demo.contributions import DEMO
from duties.contributions import DUTIES
from ground import cookies, sending, web, wire
from ground.computer import places, private
from ground.computer import settings as kept_settings
from ground.computer.places import ROOT
from ground.db import database_file, db, engine_options
from ground.paper import printer
from ground.server import backups, serving
from ground.server.cli import backup_cli, restore_cli, serve_cli
from ground.server.health import HealthDoor, reasons_not_to_work
from ground.tenants import cli as tenants_cli
from ground.tenants.host import Applications, Host
from ground.tenants.register import BadRegister, Register, Tenant, is_postgresql
from ground.watch import events
from people import access, audit
from people.contributions import PEOPLE
from people.signin import sessions
from people.views.signin import sign_in
from points.contributions import POINTS
from reports import cli as reports_cli
from reports.contributions import REPORTS
from reports.prefecture import collecting
from setup.cli import how_it_begins
from setup.contributions import SETUP
from shop.contributions import SHOP

PACKAGES = (PEOPLE, POINTS, DUTIES, SHOP, REPORTS, DEMO, SETUP)

MIGRATIONS = ROOT / "migrations"
KEY_FILE = "secret_key"  # in the instance folder, unless SECRET_KEY is set

log = logging.getLogger(__name__)

# Nothing inline, nothing from elsewhere; data: is for Bootstrap's own small pictures, blob: for the camera.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers older than frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The camera reads cards. Nobody is tracked, listened to or billed here.
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
# What a file of the program needs, and an answer to a till: they are no pages. The desk loads thirty files.
FILE_HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Cross-Origin-Resource-Policy")


def create_app(**settings: object) -> Flask:
    """The application: of the county that AIXIN_COUNTY names, of all that the register has, or the only one.

    `settings` go over what the environment says.
    """
    private.keep_new_files_private()
    register = Register(Path(os.environ.get("AIXIN_INSTANCE") or places.own_folder()))
    try:
        if code := os.environ.get("AIXIN_COUNTY"):
            app = create_county(register.instance, register.tenant(code))
        elif register.tenants():
            app = create_host(register)
        else:
            app = put_together(register.instance, settings)
    except BadRegister as error:
        raise SystemExit(str(error)) from error
    counties = tenants_cli.counties(register, create_county, how_it_begins)
    counties.add_command(reports_cli.collect(lambda: applications_of(register)))
    app.cli.add_command(counties)
    return app


def applications_of(register: Register) -> Applications:
    """The applications of the tenants of a register, each made when it is first asked for."""
    return Applications(register, partial(create_county, register.instance), MIGRATIONS)


def create_host(register: Register) -> Host:
    """The application for the counties of a register, which hands each request on to its county's."""
    proxies = int(os.environ.get("TRUSTED_PROXIES", "0"))
    host = Host(__name__, register, partial(create_county, register.instance), MIGRATIONS, proxies)
    log_to_its_place()
    private.close_to_others([register.file])  # passwords of databases may be in it
    host.cli.add_command(tenants_cli.serve(host, os.environ.get("AIXIN_METRICS", ""), collect_beside))
    return host


def collect_beside(host: Host) -> None:
    """Bring what counties send to their prefecture, as long as the server runs."""
    collecting.keep(host.applications)


def create_county(instance: Path, tenant: Tenant) -> Flask:
    """The application of a county, by itself: in its own folder, with its own secret and database.

    `instance` is the host's folder. A SECRET_KEY of the host's gives each county one that tells nothing of
    the others', unless the county brought its own in its folder. Raises `BadRegister` where DATABASE_URL is a
    file: it would be the same one for every county.
    """
    folder, backup_folder = tenant.folder(instance), os.environ.get("AIXIN_BACKUPS", "")
    if (own := tenant.database or os.environ.get("DATABASE_URL", "")) and not is_postgresql(own):
        raise BadRegister(
            "DATABASE_URL has to be a PostgreSQL database, in which each county has its own schema. "
            "Without it each has a SQLite file in its folder."
        )
    url = database_url(own, folder)
    settings: dict[str, object] = {
        "TENANT": tenant.code,
        "IS_CLOSED": tenant.is_closed,
        "SQLALCHEMY_DATABASE_URI": url,
        "SCHEMA": tenant.schema if url.startswith("postgresql") else None,
        "PUBLIC_URL": tenant.address,
        "BACKUPS": backup_folder and str(Path(backup_folder) / tenant.code),
        "SECRET_KEY": None,  # the one in its folder
    }
    if (secret := os.environ.get("SECRET_KEY")) and not (folder / KEY_FILE).exists():
        key = hmac.new(secret.encode(), f"tenant {tenant.code}".encode(), sha256)
        settings["SECRET_KEY"] = key.hexdigest()
    return put_together(folder, settings)


def put_together(folder: Path, settings: dict[str, object]) -> Flask:
    """Put one application together, whose instance folder this is."""
    # `wire` serves the static files.
    app = web.Application(__name__, static_folder=None, instance_path=str(folder))
    with usable("AIXIN_INSTANCE", app.instance_path):
        configure(app, settings)
    log_to_its_place()
    trust_proxies(app)
    db.init_app(app)
    with app.app_context():
        private.close_to_others(own_files(app))
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    Babel(app, locale_selector=web.locale)
    cookies.init_app(app)
    web.init_app(app)
    wire.init_app(app)
    sending.init_app(app)
    app.cli.add_command(serve_cli)
    app.cli.add_command(backup_cli)
    app.cli.add_command(restore_cli)
    for package in PACKAGES:  # before the gate: whatever answers, its day is the demo's calendar's
        package.join(app)
    add_gate(app)
    app.after_request(add_security_headers)
    app.wsgi_app = HealthDoor(app.wsgi_app, lambda: reasons(app))  # type: ignore[method-assign]
    return app


def reasons(app: Flask) -> list[str]:
    """The reasons that keep an application from its work."""
    with app.app_context():
        return list(reasons_not_to_work(MIGRATIONS))


def log_to_its_place() -> None:
    """Send the log to where AIXIN_LOG says, or else to standard error."""
    log_file = os.environ.get("AIXIN_LOG", "")
    with usable("AIXIN_LOG", log_file):
        events.log_to(log_file, wsgi_errors_stream)


@contextmanager
def usable(setting: str, path: str) -> Iterator[None]:
    """Stop with a sentence when the path of a setting can't be used."""
    try:
        yield
    except OSError as error:
        raise SystemExit(f"{setting}={path} can't be used: {error.strerror}") from error


def own_files(app: Flask) -> Iterator[Path]:
    """The files of the program that hold what is confidential; not all of them need be there."""
    yield Path(app.instance_path) / KEY_FILE
    yield from private.files_of_database(database_file())
    try:
        yield from backups.all_in(backups.folder(app))
    except OSError:
        log.warning("the folder of the backups can't be read")
    if log_file := os.environ.get("AIXIN_LOG"):
        yield Path(log_file)


def configure(app: Flask, settings: dict[str, object]) -> None:
    """Set the configuration from the environment; by default SQLite and a secret of its own."""
    instance = Path(app.instance_path)
    instance.mkdir(parents=True, exist_ok=True)
    kept = settings_in(instance)
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=database_url(os.environ.get("DATABASE_URL"), instance),
        SECRET_KEY=os.environ.get("SECRET_KEY"),
        PUBLIC_URL=os.environ.get("PUBLIC_URL", kept.public_url).rstrip("/"),
        LAN=kept.lan,
        ENDS_DEMO=kept.ends_demo,
        TRUSTED_PROXIES=int(os.environ.get("TRUSTED_PROXIES", "0")),
        BACKUPS=os.environ.get("AIXIN_BACKUPS", ""),
        BACKUP_DAYS=int(os.environ.get("AIXIN_BACKUP_DAYS", "14")),
        METRICS=os.environ.get("AIXIN_METRICS", ""),
        PUBLIC_DEMO=os.environ.get("PUBLIC_DEMO") == "yes",
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        BABEL_DEFAULT_LOCALE="zh",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"),
        PERMANENT_SESSION_LIFETIME=sessions.LONGEST,  # the cookie's; sooner ends what people/signin says
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate checks by itself, below
    )
    app.config.from_mapping(settings)
    check_public_url(app.config["PUBLIC_URL"])
    public_url = app.config["PUBLIC_URL"].lower()  # in capitals it is the same address
    app.config.update(PUBLIC_URL=public_url, SESSION_COOKIE_SECURE=public_url.startswith("https://"))
    check_printers()
    options = engine_options(app.config["SQLALCHEMY_DATABASE_URI"], serving.THREADS)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    app.config["SECRET_KEY"] = app.config["SECRET_KEY"] or session_secret(instance / KEY_FILE)


def settings_in(instance: Path) -> kept_settings.Settings:
    """What was chosen on the set-up page."""
    try:
        return kept_settings.read(instance)
    except ValueError as error:
        raise SystemExit(f"{instance / kept_settings.FILE} can't be read: {error}. Remove it.") from error


def check_public_url(url: str) -> None:
    """Stop when PUBLIC_URL is no address that people could be led to; without one nothing is checked."""
    if url and not kept_settings.is_public_url(url):
        raise SystemExit(f"PUBLIC_URL must be like https://aixin.example, and not {url}")


def check_printers() -> None:
    """Stop when the networks of the printers are none."""
    try:
        printer.networks()
    except ValueError as error:
        raise SystemExit(f"{printer.SETTING} must be networks like 192.168.8.0/24: {error}") from error


def trust_proxies(app: Flask) -> None:
    """Trust address, scheme and host from so many proxies in front; from none, nobody forges them."""
    count = app.config["TRUSTED_PROXIES"]
    if not count:
        app.before_request(warn_of_proxies())
    else:
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        app.wsgi_app = proxied  # type: ignore[method-assign]


def warn_of_proxies() -> Callable[[], None]:
    """A check that says once in the log when a proxy is in front that was not declared.

    Everybody comes from one address then, as far as the limits on tries and the audit trail can see.
    """
    is_told = False

    def warn() -> None:
        nonlocal is_told
        if not is_told and "X-Forwarded-For" in request.headers:
            is_told = True
            log.warning(
                "A request came through a proxy (X-Forwarded-For), but TRUSTED_PROXIES is 0: wrong passwords "
                "are counted, and the trail is written, as if everybody sat at one address. Set "
                "TRUSTED_PROXIES to the number of proxies in front."
            )

    return warn


def database_url(url: str | None, instance: Path) -> str:
    """DATABASE_URL with the driver we use, or the SQLite file in the instance folder."""
    if not url:
        return f"sqlite:///{instance / 'aixin.sqlite'}"
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


def session_secret(file: Path) -> str:
    """The secret that signs sessions, made once and kept beside the database.

    Only its owner can read the file.
    """
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as secret_file:
            secret_file.write(secrets.token_hex(32))
    except FileExistsError:
        pass  # made at an earlier start
    except OSError:  # nothing can be written there: the sign-ins of this start end with it
        return secrets.token_hex(32)
    return file.read_text()


def add_gate(app: Flask) -> None:
    """Add the checks that every request passes: its token, who asks from where, their rights, its form.

    Without a sign-in it goes on to the sign-in page. Programs bring no cookie, and so need no token.
    """
    tokens = CSRFProtect(app)
    programs = {blueprint.name for package in PACKAGES for blueprint in package.programs}
    manager = LoginManager(app)
    manager.user_loader(access.user_of_session)
    manager.unauthorized_handler(sign_in.ask_to_sign_in)
    app.before_request(web.check_clock_of_page)
    app.before_request(lambda: None if request.blueprint in programs else sending.check_token(tokens))
    app.before_request(lambda: audit.set_origin(request.remote_addr))
    app.before_request(access.check_access)
    app.before_request(
        lambda: None if request.blueprint in programs else sending.check_form(access.is_public())
    )


def add_security_headers(response: Response) -> Response:
    """Add the headers that keep pages to themselves, and to the address they were made for.

    What a signed-in person or a device saw is not kept by the browser: who goes back after somebody signed
    out finds the sign-in page. Over HTTPS, browsers come back over HTTPS only, for a year.
    """
    said = {name.lower() for name, _value in response.headers}
    names = FILE_HEADERS if request.endpoint == "static" or "device" in g else SECURITY_HEADERS
    response.headers.extend([(name, SECURITY_HEADERS[name]) for name in names if name.lower() not in said])
    if request.is_secure or current_app.config["PUBLIC_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in response.headers:
        is_known = "device" in g or sign_in.SESSION_KEY in session
        response.headers["Cache-Control"] = "no-store" if is_known else "no-cache, private"
    return response


# The command `aixin` of an installed program: what `flask --app app` is in a checkout, without a server for
# development.
def choose_county(_context: click.Context, _option: click.Parameter, code: str | None) -> None:
    """Let the command, and what it starts, be in one county."""
    if code:
        os.environ["AIXIN_COUNTY"] = code


command = FlaskGroup(
    name="aixin",
    params=[
        click.Option(
            ["--county"],
            metavar="CODE",
            expose_value=False,
            is_eager=True,
            callback=choose_county,
            help="Run the command in this one of the counties that are served here.",
        )
    ],
    create_app=create_app,
    add_default_commands=False,
    load_dotenv=False,
    set_debug_flag=False,
    help="Aixin 爱心: the server and all its commands.",
)

# All that is loaded by now stays: the garbage collector looks through none of it, nor takes it apart when the
# process ends, which was a third of what a short command took.
gc.freeze()
