"""Commands about who and where: the county's areas and the first sign-ins."""

from pathlib import Path

import click
from flask.cli import AppGroup

from people import accounts, areas
from people.db import transaction
from people.models import Role
from people.refused import Refused

areas_cli = AppGroup("areas", help="Counties, townships, villages and communities.")
accounts_cli = AppGroup("accounts", help="Sign-ins and their roles.")


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
@click.password_option()
def add_account(username: str, name: str, role: str, code: str, password: str) -> None:
    """Make a sign-in with a role for an area and all below it."""
    area = areas.by_code(code)
    if area is None:
        raise click.ClickException(f"no area has the code {code}")
    try:
        with transaction():
            accounts.grant(accounts.add_user(username, name, password, None), Role(role), area, None)
    except Refused as refusal:
        raise refuse(refusal) from refusal
    click.echo(f"{username} may sign in as {role} of {area.name}")
