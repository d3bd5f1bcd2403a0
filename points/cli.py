"""Commands about the ledger and the records."""

import click
from flask.cli import AppGroup

from people import areas
from people.clock import Quarter
from people.db import transaction
from points import amounts, expiry, leaving, ledger, merging, report
from points.quarter import finding

ledger_cli = AppGroup("ledger", help="The ledger: computed again, and its digests.")


@ledger_cli.command("digest")
@click.option("--village", required=True, help="The village's 12-digit code.")
@click.option("--at", "notice", required=True, help="The notice: 2026Q4, or 2026Q4-2 for its second.")
def digest(village: str, notice: str) -> None:
    """Compute again the digest that was printed on a notice; exit 1 if it is not the printed one."""
    quarter, _dash, number = notice.partition("-")
    area = areas.by_code(village)
    try:
        assessment = finding.find(area, Quarter.parse(quarter)) if area else None
        wanted = int(number) if number else 1
    except ValueError as error:
        raise click.ClickException(f"{notice} is not written like 2026Q4 or 2026Q4-2") from error
    posted = finding.notices(assessment) if assessment else ()
    found = next((each for each in posted if each.number == wanted), None)
    if area is None or found is None:
        raise click.ClickException("no notice of this village and quarter was posted")
    computed = ledger.digest(area, found.upto)
    click.echo(computed)
    if computed != found.digest:
        raise click.ClickException(f"the notice says {found.digest}")


@ledger_cli.command("settle")
def settle() -> None:
    """Let points expire whose last day is over, by leaving or by a village's decision; for every evening."""
    with transaction():
        for transfer in merging.follow_all(None):
            click.echo(f"entry {transfer.reason}: {amounts.show(transfer.amount)} points moved to its other")
        lapsed = leaving.settle_due(None, None)
        for transfer in lapsed:
            place, owner = transfer.account.village.name, transfer.account.person_id
            points = amounts.show(transfer.amount)
            click.echo(f"{place}: {points} points of entry #{owner} expired, left on {transfer.reason}")
    expired = 0
    for village in expiry.villages_due():
        with transaction():
            for transfer in expiry.settle_due(village, None):
                expired += 1
                owner, points = transfer.account.person_id, amounts.show(transfer.amount)
                click.echo(
                    f"{village.name}: {points} points of entry #{owner} expired, "
                    f"to be spent until {transfer.reason}"
                )
    if not lapsed and not expired:
        click.echo("nothing was due")


services_cli = AppGroup("services", help="What grid workers did, as it was written down.")


@services_cli.command("report")
@click.option("--village", required=True, help="The village's 12-digit code.")
@click.option("--quarter", required=True, help="Written like 2026Q4.")
def services_report(village: str, quarter: str) -> None:
    """Print the figures of a village's quarter, as its page shows them."""
    area = areas.by_code(village)
    try:
        wanted = Quarter.parse(quarter)
    except ValueError as error:
        raise click.ClickException(f"{quarter} is not written like 2026Q4") from error
    if area is None or not area.is_village:
        raise click.ClickException(f"{village} is no village or community here")
    for part in report.of(area, wanted):
        click.echo(f"{part.title}")
        for label, figure in part.figures:
            click.echo(f"  {label}: {figure}")
