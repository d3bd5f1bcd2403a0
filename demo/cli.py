"""Commands that make the demo and start the server."""

import os
from collections.abc import Sequence
from typing import cast

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select

from demo import calendar, neighbours, roll
from demo.story import SECRET, VILLAGE_ROLES, Story
from ground.computer.places import ROOT
from ground.db import db, transaction
from ground.paper.fonts import fonts_exist, make_fonts
from ground.refusal import Refused
from ground.server import nearby
from ground.server.cli import OneCommand, address, claim_database, default_port, serve
from people import areas
from people.models import Area, Grid, Role
from people.signin import accounts

COUNTY_FILE = ROOT / "data" / "areas-532323.csv"
DEMO_VILLAGES = ("532323101001", "532323101201", "532323102215")


@click.command("demo", cls=OneCommand)
@click.option("--county", is_flag=True, help="All 6,168 grids of the county, not only three villages.")
@with_appcontext
def demo_cli(county: bool) -> None:
    """Fill an empty database with a county to try things in."""
    with transaction():
        load(county)


def load(county: bool, codes: Sequence[str] = DEMO_VILLAGES) -> None:
    """Make the demo: the real county's areas, invented people, three quarters of history in some villages.

    Refused `not_empty` over anything but an empty database or (with `county`) an existing demo.
    """
    has_demo = calendar.find_calendar() is not None
    if not has_demo and not calendar.is_empty():
        raise Refused("not_empty", "This database is in use. The demo needs an empty one.")
    if not has_demo:
        _load_history(codes)
    if county:
        _load_county()


def _load_history(codes: Sequence[str]) -> None:
    areas.import_areas(COUNTY_FILE.read_bytes())
    calendar.start_calendar()
    villages = {village.code: village for village in areas.villages_in(cast(Area, areas.by_code("532323")))}
    plans = roll.plans(list(villages.values()))
    steps = sum(len(plans[code]) for code in codes) + 8 * len(codes)
    with click.progressbar(length=steps, label="Making the demo") as bar:
        story = Story(lambda: bar.update(1))
        for level, code in ((Role.COUNTY, "532323"), (Role.TOWNSHIP, "532323101")):
            office, name = cast(Area, areas.by_code(code)), roll.name(story.chance)
            unit = f"{office.name}平安办"
            user = accounts.add_user(level, name, SECRET, None, temporary=False, unit=unit)
            accounts.grant(user, level, office, None)
        for number, code in enumerate(codes, 1):
            suffix = "" if number == 1 else str(number)
            story.tell_village(story.village(villages[code], plans[code], suffix))
        neighbours.train_at_township_and_county([villages[code] for code in codes])


def _load_county() -> None:
    """The grids, workers and instructors of every village that has none yet."""
    villages = areas.villages_in(cast(Area, areas.by_code("532323")))
    settled = set(db.session.scalars(select(Grid.village_id).distinct()))
    plans = roll.plans(list(villages))
    empty = [village for village in villages if village.id not in settled]
    with click.progressbar(length=sum(len(plans[v.code]) for v in empty), label="Making the county") as bar:
        story = Story(lambda: bar.update(1))
        for village in empty:
            story.people(village, plans[village.code])
            db.session.flush()
            db.session.expunge_all()


@click.command("start", cls=OneCommand)
@click.option("--lan", is_flag=True, help="Let phones and computers of the same network in, too.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@with_appcontext
def start(lan: bool, no_browser: bool) -> None:
    """Migrate, load the demo on the first start, say how to sign in, and serve."""
    port = default_port()
    claim_database(address("127.0.0.1", port))
    if lan:
        _be_known_in_the_network(port)
    if not fonts_exist():
        click.echo("Cutting the typefaces for print, once (about 20 seconds) …")
        make_fonts()
    upgrade()
    with transaction():
        if calendar.is_empty():
            _check_nobody_expects_earnest(lan)
            load(county=False)
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


def _be_known_in_the_network(port: int) -> None:
    """Let PUBLIC_URL be this computer's address in its network, unless it is set."""
    if not current_app.config["PUBLIC_URL"]:
        host = nearby.network_address()
        if host is None:
            raise click.ClickException("This computer is in no network: there is nobody to let in.")
        current_app.config["PUBLIC_URL"] = f"http://{host}:{port}"


def _for_the_network() -> str:
    """The address for everybody else, as a code too, and what it can't do without HTTPS."""
    url = current_app.config["PUBLIC_URL"]
    why = nearby.HTTPS_IS_FOR if url.startswith("http://") else ""
    return f"\nOn the same network: {url}/\n\n{nearby.qr_for_terminal(url + '/')}\n{why}\n"


def _check_nobody_expects_earnest(lan: bool) -> None:
    """Check that an empty database may become a demo unasked: no setting says that it is for others."""
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
            "everybody knows its passwords. Begin with `flask areas import` (docs/operations.md), "
            "or ask for a demo: `flask demo`."
        )


def greeting(port: int) -> str:
    """The address and, for a demo, one sign-in for each role."""
    lines = [f"\nAixin 爱心 is at {address('127.0.0.1', port)}  (Ctrl+C stops it)\n"]
    if calendar.find_calendar() is not None:
        lines.append(f"Sign in as any of these; the password is always {SECRET.plain}:\n")
        roles = (*VILLAGE_ROLES, Role.WORKER, Role.TOWNSHIP, Role.COUNTY)
        lines += [f"  {role:<12} {ROLE_WORDS[role]}" for role in roles]
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
