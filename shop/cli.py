"""Commands about the whole ledger, down to the stock on the shelves, and about what shops offer."""

from pathlib import Path

import click
from flask.cli import AppGroup

from people import areas
from people.cli import bring
from people.db import read_one_moment
from points.cli import ledger_cli
from shop.desk import verify
from shop.goodsfile.intake import GOODS

goods_cli = AppGroup("goods", help="What the villages' shops offer.")


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


@goods_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shop", "code", required=True, help="The 12-digit code of the shop's village.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
def import_goods(file: Path, code: str, dry_run: bool) -> None:
    """Take a list of goods in: .xlsx, or .csv in UTF-8 or GB18030. All of it, or nothing."""
    village = areas.by_code(code)
    if village is None or not village.is_village:
        raise click.ClickException(f"no village has the code {code}")
    bring(GOODS, file, village, dry_run)
