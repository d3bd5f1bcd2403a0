"""Commands of a prefecture: its beginning, and bringing in what its counties sent."""

from collections.abc import Callable

import click

from ground.db import transaction
from ground.server.cli import Commands
from ground.tenants.host import Applications
from people import areas
from people.models import Role
from people.signin import accounts, passwords
from reports.prefecture import collecting

prefecture_cli = Commands("prefecture", help="A prefecture above counties that are served here.")


@prefecture_cli.command("begin")
@click.argument("code")
@click.argument("name")
@click.argument("username")
@click.argument("whose")
@click.option("--lasting", is_flag=True, help="The password is its owner's own; otherwise it opens once.")
@click.password_option()
def begin(code: str, name: str, username: str, whose: str, lasting: bool, password: str) -> None:
    """Begin in an empty database with a prefecture, by code and name, and a first sign-in for somebody."""
    secret = passwords.own_secret(password, username)
    with transaction():
        area = areas.add_prefecture(code, name)
        user = accounts.add_user(
            username, whose, secret, None, temporary=not lasting, area=area, unit=area.name
        )
        accounts.grant(user, Role.PREFECTURE, area, None)
    click.echo(f"{area.name} has begun, and {username} may sign in")


def collect(applications: Callable[[], Applications]) -> click.Command:
    """The command that collects, for the tenants' applications as they are then."""

    @click.command("collect")
    def collect_all() -> None:
        """Bring what counties sent to their prefecture, as the server does every few minutes."""
        failed = 0
        for outcome in collecting.collect(applications()):
            failed += bool(outcome.problem)
            click.echo(f"{outcome.county.code}: {outcome.problem or f'{outcome.returns} new'}")
        if failed:
            raise click.ClickException(f"{failed} failed; the others are brought in.")

    return collect_all
