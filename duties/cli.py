"""Commands about the records of duties."""

import click

from duties import report
from ground.clock import Quarter
from ground.server.cli import Commands
from people import areas

services_cli = Commands("services", help="What grid workers did, as it was written down.")


@services_cli.command("report")
@click.option("--village", required=True, help="The village's 12-digit code.")
@click.option("--quarter", required=True, help="Written like 2026Q4.")
def services_report(village: str, quarter: str) -> None:
    """Print the figures of a village's quarter, as its page shows them."""
    area = areas.by_code(village)
    try:
        parsed_quarter = Quarter.parse(quarter)
    except ValueError as error:
        raise click.ClickException(f"{quarter} is not written like 2026Q4") from error
    if area is None or not area.is_village:
        raise click.ClickException(f"{village} is no village or community here")
    for part in report.quarter_report(area, parsed_quarter):
        click.echo(f"{part.title}")
        for label, figure in part.figures:
            click.echo(f"  {label}: {figure}")
