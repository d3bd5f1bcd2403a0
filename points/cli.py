"""Commands about the ledger."""

import click
from flask.cli import AppGroup

from people import areas
from people.clock import Quarter
from points import assessments, ledger

ledger_cli = AppGroup("ledger", help="The ledger: computed again, and its digests.")


@ledger_cli.command("digest")
@click.option("--village", required=True, help="The village's 12-digit code.")
@click.option("--at", "quarter", required=True, help="The notice, by its quarter: 2026Q4.")
def digest(village: str, quarter: str) -> None:
    """Compute again the digest that was printed on a notice; exit 1 if it is not the printed one."""
    area = areas.by_code(village)
    try:
        assessment = assessments.find(area, Quarter.parse(quarter)) if area else None
    except ValueError as error:
        raise click.ClickException(f"{quarter} is not written like 2026Q4") from error
    if area is None or assessment is None or assessment.notice is None:
        raise click.ClickException("no notice of this village and quarter was posted")
    computed = ledger.digest(area, assessment.notice.upto)
    click.echo(computed)
    if computed != assessment.notice.digest:
        raise click.ClickException(f"the notice says {assessment.notice.digest}")
