"""The command that makes a demo."""

import click
from flask.cli import with_appcontext

from demo import calendar, making
from ground.db import transaction
from ground.server.cli import OneCommand


@click.command("demo", cls=OneCommand)
@click.option("--county", is_flag=True, help="All 6,168 grids of the county, not only three villages.")
@with_appcontext
def demo_cli(county: bool) -> None:
    """Fill an empty database with a county to try things in."""
    with transaction():
        load(county)


def load(county: bool = False) -> None:
    """Make the demo and say how far it is; with `county` also every village that a demo does not have yet.

    Refused `not_empty` over anything but an empty database or (with `county`) an existing demo.
    """
    if not county or calendar.find_calendar() is None:
        with click.progressbar(making.make(), length=making.steps(), label="Making the demo") as bar:
            for _step in bar:
                pass
    if county:
        villages = making.empty_villages()
        with click.progressbar(
            making.settle(villages), length=len(villages), label="Making the county"
        ) as bar:
            for _village in bar:
                pass
