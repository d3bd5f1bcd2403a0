"""Commands that verify the whole ledger with the stock, import goods, and manage devices."""

from datetime import datetime
from pathlib import Path

import click

from ground.clock import local
from ground.db import db, read_snapshot, transaction
from ground.server.cli import Commands
from people import areas
from people.cli import import_from_file
from people.signin import keeping
from points.cli import ledger_cli
from shop import verify
from shop.desk import devices
from shop.goodsfile.intake import GOODS
from shop.models import Device, Shop
from shop.shelf import shops

devices_cli = Commands("devices", help="Tills and programs, each with a key for one shop.")
goods_cli = Commands("goods", help="What the villages' shops offer.")


@ledger_cli.command("verify")
def verify_ledger() -> None:
    """Compute everything again; exit 1 and name each row that does not fit. The shop may stay open."""
    read_snapshot()
    count = 0
    for problem in verify.problems():
        click.echo(problem)
        count += 1
    if count:
        raise click.ClickException(f"{count} rows do not fit")
    click.echo("everything fits")


@devices_cli.command("add")
@click.option("--shop", "code", required=True, help="The 12-digit code of the village whose shop it serves.")
@click.option("--name", required=True, help="What people call it.")
@click.option("--by", "username", required=True, help="The sign-in of the manager who answers for it.")
def add_device(code: str, name: str, username: str) -> None:
    """Give a device a key. The key is the last line, and is told this once."""
    with transaction():
        manager = keeping.find_by_name(username)
        device, key = devices.add_device(_shop(code), name, manager)
    click.echo(f"device {device.id}, {device.name}, serves {device.shop.name}; its key:")
    click.echo(key)


@devices_cli.command("list")
@click.option("--shop", "code", help="The 12-digit code of a village; without it, every shop.")
def list_devices(code: str | None) -> None:
    """List the devices: number, village, name, since when, and whether the key was taken back."""
    for device in devices.devices_of(_shop(code) if code else None):
        state = f"revoked {_day(device.revoked_at)}" if device.revoked_at else "good"
        click.echo(
            f"{device.id}\t{device.shop.village.code}\t{device.name}\t{_day(device.added_at)}\t{state}"
        )


@devices_cli.command("revoke")
@click.argument("ident", metavar="ID", type=click.IntRange(1, 2**31 - 1))
def revoke_device(ident: int) -> None:
    """Take a device's key back; it opens nothing from now on."""
    with transaction():
        device = db.session.get(Device, ident)
        if device is None:
            raise click.ClickException(f"no device has the number {ident}")
        devices.revoke(device, None)
    click.echo(f"the key of device {ident}, {device.name}, opens nothing any more")


def _shop(code: str) -> Shop:
    """The shop of the village with this code."""
    village = areas.by_code(code)
    if village is None or not village.is_village:
        raise click.ClickException(f"no village or community has the code {code}")
    shop = shops.of_village(village)
    if shop is None:
        raise click.ClickException(f"{village.name} has no shop yet; it opens with its first article")
    return shop


def _day(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d}"


@goods_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--shop", "code", required=True, help="The 12-digit code of the shop's village.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
def import_goods(file: Path, code: str, dry_run: bool) -> None:
    """Take a list of goods in: .xlsx, or .csv in UTF-8 or GB18030. All of it, or nothing."""
    village = areas.by_code(code)
    if village is None or not village.is_village:
        raise click.ClickException(f"no village has the code {code}")
    import_from_file(GOODS, file, village, dry_run)
