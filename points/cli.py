"""Commands about the ledger and the assessments."""

import click

from ground.clock import Quarter
from ground.db import transaction
from ground.refusal import Refused
from ground.server.cli import Commands
from people import areas
from people.signin import keeping
from points import amounts, expiry, leaving, merging
from points.models import Assessment
from points.wall import booking, proof

ledger_cli = Commands("ledger", help="The ledger: computed again, its digests, its entries as a file.")


@ledger_cli.command("digest")
@click.option("--village", required=True, help="The village's 12-digit code.")
@click.option("--at", "notice", required=True, help="The notice: 2026Q4, or 2026Q4-2 for its second.")
def digest(village: str, notice: str) -> None:
    """Compute a notice's digest again, entry by entry; exit 1 if it is not the printed one."""
    area = areas.by_code(village)
    try:
        posted_notice = proof.find_notice(area, notice) if area else None
    except ValueError as error:
        raise click.ClickException(f"{notice} is not written like 2026Q4 or 2026Q4-2") from error
    if posted_notice is None:
        raise click.ClickException("no notice of this village and quarter was posted")
    computed = proof.compute_proof(posted_notice)
    click.echo(computed.digest)
    if not computed.is_same:
        raise click.ClickException(f"the notice says {posted_notice.digest}")


@ledger_cli.command("export")
@click.option("--village", required=True, help="The village's 12-digit code.")
def export(village: str) -> None:
    """Write out all entries of a village's ledger as a text table, without names (docs/verifying.md)."""
    area = areas.by_code(village)
    if area is None or not area.is_village:
        raise click.ClickException(f"{village} is no village or community here")
    click.echo(proof.export(area), nl=False)


@ledger_cli.command("settle")
def settle() -> None:
    """Let points expire whose last day is over, by leaving or by a village's decision; every evening."""
    with transaction():
        for move in merging.follow_all(None):
            points = amounts.show(move.into.amount)
            click.echo(f"entry #{move.merge.duplicate_id}: {points} points moved to its other")
        left = leaving.settle_due(None, None)
        for lapse in left:
            account, points = lapse.transfer.account, amounts.show(lapse.transfer.amount)
            place, owner = account.village.name, account.person_id
            click.echo(f"{place}: {points} points of entry #{owner} expired, left on {lapse.day}")
    expired = 0
    for village in expiry.villages_due():
        with transaction():
            for lapse in expiry.settle_due(village, None):
                expired += 1
                owner, points = lapse.transfer.account.person_id, amounts.show(lapse.transfer.amount)
                place, day = village.name, lapse.day
                click.echo(f"{place}: {points} points of entry #{owner} expired, to be spent until {day}")
    if not left and not expired:
        click.echo("nothing was due")


assessments_cli = Commands("assessments", help="The quarterly assessments of many villages.")


@assessments_cli.command("book")
@click.option("--quarter", required=True, help="Written like 2026Q4.")
@click.option("--by", "username", required=True, help="The sign-in that books: the chair's role there.")
@click.option("--area", "code", help="Only the villages of this area, by its 12-digit code.")
def book_quarter(quarter: str, username: str, code: str | None) -> None:
    """Book what is ready in every village where this chair may; exit 1 if one of them was refused."""
    try:
        parsed_quarter = Quarter.parse(quarter)
    except ValueError as error:
        raise click.ClickException(f"{quarter} is not written like 2026Q4") from error
    actor, area = keeping.find_by_name(username), areas.by_code(code) if code else None
    if code and area is None:
        raise click.ClickException(f"{code} is no area here")
    refused, lines = 0, []
    bookable = booking.bookable_assessments(actor, parsed_quarter, area)
    for name, assessment_id in [(assessment.village.name, assessment.id) for assessment in bookable]:
        try:
            with transaction() as session:
                lines += [
                    line.total for line in booking.book(session.get_one(Assessment, assessment_id), actor)
                ]
        except Refused as refusal:
            refused += 1
            click.echo(f"{name}: {refusal.message}", err=True)
    points = amounts.show(sum(lines))
    click.echo(f"{len(bookable) - refused} villages: {len(lines)} lines, {points} points booked")
    if refused:
        raise click.ClickException(f"{refused} villages were refused")
