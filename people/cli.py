"""Commands about who and where: the county's areas, the first sign-ins, the roster, and cards."""

import csv
import io
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from ground.db import transaction
from ground.server.cli import Commands
from people import access, areas, cards, filing, pages, rolesheet
from people.cardsheet import cards_pdf
from people.models import Area, Role
from people.rosterfile.intake import ROSTER
from people.signin import accounts, keeping, passwords

areas_cli = Commands("areas", help="Counties, townships, villages and communities.")
accounts_cli = Commands("accounts", help="Sign-ins and their roles.")
people_cli = Commands("people", help="The roster of grids, workers and instructors.")
cards_cli = Commands("cards", help="The workers' cards: listed, and printed.")


@areas_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_areas(file: Path) -> None:
    """Load a county's list: code,level,name,parent_code (UTF-8 or GB18030). All of it, or nothing."""
    with transaction():
        added = areas.import_areas(file.read_bytes())
    click.echo(f"{added} areas added")


@accounts_cli.command("add")
@click.argument("username")
@click.argument("name")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True)
@click.option("--area", "code", required=True, help="The 12-digit code of the area the role is for.")
@click.option("--unit", default="", help="The office or agency of whoever is not on the roster.")
@click.option("--phone", default="", help="Their own mobile telephone.")
@click.option("--lasting", is_flag=True, help="The password is its owner's own; otherwise it opens once.")
@click.password_option()
def add_account(
    username: str, name: str, role: str, code: str, unit: str, phone: str, lasting: bool, password: str
) -> None:
    """Make a sign-in with a role for an area and all below it."""
    area = areas.by_code(code)
    if area is None:
        raise click.ClickException(f"no area has the code {code}")
    secret = passwords.own_secret(password, username)
    with transaction():
        user = accounts.add_user(
            username, name, secret, None, temporary=not lasting, area=area, unit=unit, phone=phone
        )
        accounts.grant(user, Role(role), area, None)
    click.echo(f"{username} may sign in as {role} of {area.name}")


@accounts_cli.command("password")
@click.argument("username")
def give_password(username: str) -> None:
    """Give a new password to somebody whom nobody else can help; it opens once."""
    secret = keeping.new_secret(keeping.find_by_name(username))
    with transaction():
        keeping.give_password(keeping.find_by_name(username), None, secret)
    click.echo(secret.plain)


@accounts_cli.command("confirm")
@click.argument("username")
def confirm_roles(username: str) -> None:
    """Confirm the roles of a sign-in that wait, where nobody above the village could."""
    with transaction():
        user = keeping.find_by_name(username)
        waiting = [role_grant for role_grant in user.grants if role_grant.waits]
        for role_grant in waiting:
            accounts.confirm(role_grant, None)
    click.echo(f"{len(waiting)} roles of {username} have effect now")


@accounts_cli.command("second-step-off")
@click.argument("username")
def take_off_second_step(username: str) -> None:
    """Take off the second step of signing in of somebody whom nobody else can help."""
    with transaction():
        keeping.take_off_second_factor(keeping.find_by_name(username), None)
    click.echo(f"{username} signs in by password alone")


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
    import_from_file(ROSTER, file, area, dry_run)


def import_from_file(kind: filing.FileType, file: Path, area: Area, dry_run: bool) -> None:
    """Import a file of any kind, all of it or nothing, with a progress bar.

    Prints how many rows were added, changed and left, or each bad cell.
    """
    table = kind.read(file.read_bytes(), file.name, area)
    if table.hidden_rows:
        rows = ", ".join(map(str, table.hidden_rows))
        click.echo(f"left out, as Excel hides them: rows {rows}", err=True)
    try:
        if dry_run:
            plan = kind.plan_table(table, area)
            filing.check_cells(plan)
            counts = plan.counts_by_outcome
        else:
            shown = len(table.without_hidden().rows)
            with click.progressbar(length=shown, label=kind.name, file=sys.stderr) as bar:
                for plan, done in filing.import_table(kind, table, area):
                    counts = plan.counts_by_outcome
                    bar.update(done - bar.pos)
    except filing.CellsRefused as refused:
        for cell in refused.cells:
            click.echo(f"{cell.where} {cell.column}: {cell.reason}", err=True)
        raise click.ClickException(f"{len(refused.cells)} bad cells; nothing was changed") from refused
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    click.echo(f"{'dry run: ' if dry_run else ''}{told}")


@cards_cli.command("export")
@click.option("--village", "code", required=True, help="The village's 12-digit code.")
def export_cards(code: str) -> None:
    """Write every card of a village as CSV: number,token,worker,status. The tokens are the cards' secrets."""
    village = areas.by_code(code)
    if village is None or not village.is_village:
        raise click.ClickException(f"no village has the code {code}")
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerow(("number", "token", "worker", "status"))
    writer.writerows(
        (card.number, card.token, card.person.name, card.state.value)
        for card in cards.cards_of_village(village)
    )
    click.echo(lines.getvalue().encode(), nl=False)  # as bytes, so that every machine writes the same


@cards_cli.command("print")
@click.option("--area", "code", required=True, help="The 12-digit code of a village, township or county.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The PDF to write."
)
def print_cards(code: str, out: Path) -> None:
    """Print every good card of an area and below: A4, ten to a sheet, both sides."""
    if not current_app.config["PUBLIC_URL"]:
        raise click.ClickException("set PUBLIC_URL first: its address is in the QR codes")
    area = areas.by_code(code)
    if area is None:
        raise click.ClickException(f"no area has the code {code}")
    with current_app.test_request_context():  # addresses are made in one
        faces = [
            pages.card_face(card, grid.name if grid else "") for card, grid in cards.active_cards_below(area)
        ]
        if not faces:
            raise click.ClickException(f"nobody in {area.name} has a card that is good")
        with click.progressbar(length=len(faces), label="cards", file=sys.stderr) as bar:
            pdf = cards_pdf(faces, lambda done: bar.update(done - bar.pos))
    out.write_bytes(pdf)
    click.echo(f"{len(faces)} cards in {out}")
