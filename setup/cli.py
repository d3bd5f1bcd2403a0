"""The command that starts the program by hand, and how an empty database begins."""

import os
from dataclasses import replace
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from demo import calendar
from demo.cli import load
from demo.story import ROLES, SECRET
from ground.computer import settings
from ground.db import database_file, db, transaction
from ground.paper.fonts import fonts_exist, make_fonts
from ground.server import nearby, restoring
from ground.server.cli import OneCommand, address, claim_database, default_port, serve
from people.models import Role
from setup import gate


@click.command("start", cls=OneCommand)
@click.option("--lan", is_flag=True, help="Let phones and computers of the same network in, too.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@click.option("--demo", is_flag=True, help="Fill an empty database with a demo, unasked.")
@with_appcontext
def start(lan: bool, no_browser: bool, demo: bool) -> None:
    """Migrate, serve, and open the browser; with an empty database its page leads through the first day."""
    port = default_port()
    claim_database(address("127.0.0.1", port))
    lan = lan or current_app.config["LAN"]
    if lan:
        _be_known_in_the_network(port)
    if not fonts_exist():
        click.echo("Cutting the typefaces for print, once (about 20 seconds) …")
        make_fonts()
    upgrade()
    if current_app.config["ENDS_DEMO"]:
        _end_demo()
    with transaction():
        if demo and calendar.is_empty():
            _check_nobody_expects_earnest(lan)
            load()
        elif lan and calendar.find_calendar() is not None and not current_app.config["PUBLIC_DEMO"]:
            raise click.ClickException(
                "This is a demo: everybody knows its passwords. With PUBLIC_DEMO=yes it lets others in."
            )
    # PostgreSQL takes more writers than one process has.
    processes = 2 if db.engine.dialect.name == "postgresql" and hasattr(os, "fork") else 1
    serve(
        "0.0.0.0" if lan else "127.0.0.1",  # noqa: S104 -- as it was asked for
        port,
        processes,
        greeting=greeting(port) + (_for_the_network() if lan else ""),
        at_listening=lambda: None if no_browser else nearby.open_browser(address("127.0.0.1", port)),
    )


def _end_demo() -> None:
    """Put the demo aside, as its page was asked to, and begin an empty database."""
    file, folder = database_file(), Path(current_app.instance_path)
    if file is not None and calendar.find_calendar() is not None:
        click.echo(f"The demo was put aside: {restoring.put_aside(file)}")
        upgrade()
    settings.keep(folder, replace(settings.read(folder), ends_demo=False))


def _be_known_in_the_network(port: int) -> None:
    """Let PUBLIC_URL be this computer's address in its network, unless it is set."""
    if not current_app.config["PUBLIC_URL"]:
        url = nearby.network_url(port)
        if url is None:
            raise click.ClickException("This computer is in no network: there is nobody to let in.")
        current_app.config["PUBLIC_URL"] = url


def _for_the_network() -> str:
    """The address for everybody else, as a code too, and what it can't do without HTTPS."""
    url = current_app.config["PUBLIC_URL"]
    why = nearby.HTTPS_IS_FOR if url.startswith("http://") else ""
    warning = "This is a demo, and everybody knows its passwords: whoever comes here can do everything.\n"
    is_demo = calendar.find_calendar() is not None
    return (
        f"\nOn the same network: {url}/\n\n{nearby.qr_for_terminal(url + '/')}\n{why}\n"
        f"{warning if is_demo else ''}"
    )


def _check_nobody_expects_earnest(lan: bool) -> None:
    """Check that an empty database may become a demo: no setting says that it is for others."""
    set_names = [
        name
        for name in ("DATABASE_URL", "PUBLIC_URL", "TRUSTED_PROXIES")
        if os.environ.get(name, "0") not in ("", "0")
    ]
    if lan and not current_app.config["PUBLIC_DEMO"]:
        set_names.append("--lan")
    if set_names:
        raise click.ClickException(
            f"The database is empty. With {' and '.join(set_names)} set, no demo is made by itself: "
            "everybody knows its passwords. Begin with `start` and its page, without --demo, "
            "or ask for a demo: `flask demo`."
        )


def how_it_begins() -> str:
    """How an empty database begins, with the code of its set-up page; empty once something is in it."""
    if not calendar.is_empty():
        return ""
    return (
        "Nothing is in the database yet: the page leads through the first day.\n"
        f"From another computer or a telephone it asks for this code: {gate.code()}"
    )


@click.command("setup-code", cls=OneCommand)
@with_appcontext
def setup_code() -> None:
    """Say the code that the set-up page asks for, as long as nothing is in the database."""
    beginning = how_it_begins()
    if not beginning:
        raise click.ClickException("Somebody has begun already, so no code is asked for.")
    where = current_app.config["PUBLIC_URL"] or address("127.0.0.1", default_port())
    click.echo(f"{where}/\n{beginning}")


def greeting(port: int) -> str:
    """The address; for an empty database the code of its set-up page, for a demo a sign-in of each role."""
    lines = [f"\nAixin 爱心 is at {address('127.0.0.1', port)}  (Ctrl+C stops it)\n"]
    if beginning := how_it_begins():
        lines.append(f"{beginning}\n")
    if calendar.find_calendar() is not None:
        lines.append(f"Sign in as any of these; the password is always {SECRET.plain}:\n")
        lines += [f"  {role:<12} {ROLE_WORDS[role]}" for role in ROLES]
        if db.engine.dialect.name == "sqlite":
            lines.append(f"\nThe data is in {current_app.instance_path}; remove that folder to start over.\n")
    return "\n".join(lines)


ROLE_WORDS = {
    Role.CLERK: "文书: records services, opens the quarter, prints notices and cards",
    Role.CHAIR: "主任: the second person, books the points",
    Role.SUPERVISOR: "村务监督: looks at everything, changes nothing",
    Role.INSTRUCTOR: "指导员: records and confirms services",
    Role.MANAGER: "店长: goods, stock, voids",
    Role.VOLUNTEER: "志愿者: scans cards, hands out goods",
    Role.WORKER: "网格员: claims services, sees points",
    Role.TOWNSHIP: "乡镇: looks on, names masked",
    Role.COUNTY: "县: looks on, names masked",
}
