"""Commands about who and where: the county's areas and the first sign-ins."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from people import access, areas, filing, rolesheet
from people.db import transaction
from people.models import Area, Role
from people.refused import Refused
from people.rosterfile.intake import ROSTER
from people.signin import accounts, keeping

areas_cli = AppGroup("areas", help="Counties, townships, villages and communities.")
accounts_cli = AppGroup("accounts", help="Sign-ins and their roles.")
people_cli = AppGroup("people", help="The roster of grids, workers and instructors.")


def refuse(refusal: Refused) -> click.ClickException:
    """A refusal as the command line shows it: the words, and exit status 1."""
    return click.ClickException(str(refusal.message))


@areas_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_areas(file: Path) -> None:
    """Load a county's list: code,level,name,parent_code (UTF-8 or GB18030). All of it, or nothing."""
    try:
        with transaction():
            added = areas.import_areas(file.read_bytes())
    except Refused as refusal:
        raise refuse(refusal) from refusal
    click.echo(f"{added} areas added")


@accounts_cli.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--area", "code", required=True, help="The 12-digit code of the area the role is for.")
@click.option("--lasting", is_flag=True, help="The password is its owner's own; otherwise it opens once.")
@click.password_option()
def add_account(username: str, name: str, role: str, code: str, lasting: bool, password: str) -> None:
    """Make a sign-in with a role for an area and all below it."""
    area = areas.by_code(code)
    if area is None:
        raise click.ClickException(f"no area has the code {code}")
    try:
        with transaction():
            user = accounts.add_user(username, name, password, None, temporary=not lasting, area=area)
            accounts.grant(user, Role(role), area, None)
    except Refused as refusal:
        raise refuse(refusal) from refusal
    click.echo(f"{username} may sign in as {role} of {area.name}")


@accounts_cli.command("password")
@click.argument("username")
def give_password(username: str) -> None:
    """Give a new password to somebody whom nobody else can help; it opens once."""
    try:
        with transaction():
            secret = keeping.give_password(keeping.named(username), None)
    except Refused as refusal:
        raise refuse(refusal) from refusal
    click.echo(secret)


@click.command("roles", hidden=True)
@with_appcontext
def roles() -> None:
    """Write the table of roles and pages, as it stands in docs/roles.md."""
    click.echo(rolesheet.sheet(access.routes()), nl=False)


@people_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--area", "code", help="The 12-digit code of the area it is for; without it, the whole county.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
def import_people(file: Path, code: str | None, dry_run: bool) -> None:
    """Take a roster in: .xlsx, or .csv in UTF-8 or GB18030. All of it, or nothing."""
    area = areas.by_code(code) if code else areas.county()
    if area is None:
        raise click.ClickException(f"no area has the code {code}" if code else "load the areas first")
    bring(ROSTER, file, area, dry_run)


def bring(kind: filing.Kind, file: Path, area: Area, dry_run: bool) -> None:
    """Take a file in, all of it or nothing; say what was done, or each bad cell, and how far it is."""
    try:
        with transaction():
            made = kind.plan(file.read_bytes(), file.name, area)
            for cell in made.bad:
                click.echo(f"{cell.where} {cell.column}: {cell.reason}", err=True)
            if made.bad:
                raise click.ClickException(f"{len(made.bad)} bad cells; nothing was changed")
            if not dry_run:
                with click.progressbar(length=len(made.steps), label=kind.name, file=sys.stderr) as bar:
                    for done in kind.carry_out(made, area, None):
                        bar.update(done - bar.pos)
    except Refused as refusal:
        raise refuse(refusal) from refusal
    counts = ", ".join(f"{count} {outcome}" for outcome, count in made.counted.items())
    click.echo(f"{'dry run: ' if dry_run else ''}{counts}")
