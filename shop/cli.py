"""Commands about the whole ledger, down to the stock on the shelves."""

import click

from people.db import read_one_moment
from points.cli import ledger_cli
from shop.desk import verify


@ledger_cli.command("verify")
def verify_ledger() -> None:
    """Compute everything again; exit 1 and name each row that does not fit. The shop may stay open."""
    read_one_moment()
    found = 0
    for problem in verify.problems():
        click.echo(problem)
        found += 1
    if found:
        raise click.ClickException(f"{found} rows do not fit")
    click.echo("everything fits")
