"""The command that serves the program, how it says where it is, and how commands say what is wrong."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ground.computer.addresses import is_loopback
from ground.db import database_file, db
from ground.db.troubles import SENTENCES, trouble_of
from ground.refusal import Refused
from ground.server import backups, claims, evening, metrics, restoring, serving


@contextmanager
def _command() -> Iterator[None]:
    """Let a command end with a sentence and status 1: for a refusal, a trouble of the database, or a file."""
    try:
        yield
    except Refused as refusal:
        raise click.ClickException(str(refusal.message)) from refusal
    except (DBAPIError, PoolTimeoutError) as error:
        if (trouble := trouble_of(error)) is None:
            raise
        raise click.ClickException(str(SENTENCES[trouble])) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'a file'}: {error.strerror}") from error


class Commands(AppGroup):
    """Commands of one subject, which say in a sentence what is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command of the subject."""
        with _command():
            return super().invoke(ctx)


class OneCommand(click.Command):
    """A command of no subject, which says in a sentence what is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _command():
            return super().invoke(ctx)


@click.command("serve", cls=OneCommand)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, default=lambda: default_port(), help="The port: PORT, or else 8000.")
@click.option("--processes", type=int, default=1, show_default=True, help="More than one on PostgreSQL only.")
@with_appcontext
def serve_cli(host: str, port: int, processes: int) -> None:
    """Serve the program, as it is run in earnest: behind a proxy that speaks HTTPS."""
    serve(host, port, processes)


@click.command("backup", cls=OneCommand)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder: AIXIN_BACKUPS, or else backups/ in the instance folder.",
)
@click.option("--keep", type=click.IntRange(1), default=backups.KEPT, show_default=True, help="So many stay.")
@with_appcontext
def backup_cli(file: Path | None, folder: Path | None, keep: int) -> None:
    """Copy the whole database into one file, also while the program runs, and look the copy through.

    Into FILE, or into a new one in the folder.
    """
    if file is not None and (file.exists() or folder is not None):
        raise click.ClickException(f"{file} is there already" if folder is None else "either FILE or --to")
    try:
        if file is None:
            file = backups.make(folder or backups.folder(current_app), keep)
        else:
            backups.write(file)
    except backups.BackupFailed as failed:
        raise click.ClickException(f"no backup was made: {failed}") from failed
    click.echo(str(file))


@click.command("restore", cls=OneCommand)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore_cli(file: Path) -> None:
    """Put a backup in the place of the database; what was there is kept beside it. Stop the server first."""
    claim_database("restore")
    try:
        kept = restoring.restore(file)
    except backups.BackupFailed as failed:
        raise click.ClickException(f"nothing was restored: {failed}") from failed
    click.echo(f"{file} is restored, and everything in it fits.")
    if kept is not None:
        click.echo(f"What was there before is kept: {kept}")


def default_port() -> int:
    """PORT, or else 8000."""
    return int(os.environ.get("PORT", "8000"))


def serve(
    host: str,
    port: int,
    processes: int = 1,
    *,
    greeting: str | None = None,
    at_listening: Callable[[], object] = lambda: None,
) -> None:
    """Serve until SIGTERM or Ctrl+C; once the port is ours it says the greeting, then does `at_listening`."""
    _check_address_is_known(host)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    figures_at = app.config["METRICS"]
    check_figures_stay_here(figures_at)
    prepare_database(address(host, port), processes)
    listening = listen(host, port)
    click.echo(greeting or f"Aixin 爱心 is at {address(host, port)}")
    at_listening()
    release_connections()

    def at_start(number: int) -> None:
        metrics.serve(lambda: [app], figures_at, number)
        evening.keep(app)

    serving.serve(app, listening, processes, at_start)


def prepare_database(where: str, processes: int) -> None:
    """Claim the database for the server that is started, if it may have so many processes."""
    if processes > 1 and db.engine.dialect.name == "sqlite":
        raise click.ClickException("SQLite takes one writer at a time: serve it with one process.")
    claim_database(where)


def release_connections() -> None:
    """Give back every connection before processes are forked: none is shared between them."""
    db.session.remove()
    db.engine.dispose()


def _check_address_is_known(host: str) -> None:
    """Check that a server which others can reach knows its address: else it is found out at the printer."""
    settings = current_app.config
    others_come = settings["TRUSTED_PROXIES"] or not is_loopback(host)
    if others_come and not settings["PUBLIC_URL"]:
        raise click.ClickException(
            "Others can reach this server: set PUBLIC_URL to the address by which they do, "
            f"for example {address(socket.gethostname(), default_port())} It is printed on cards and notices."
        )


def check_figures_stay_here(setting: str) -> None:
    """Check where the figures for a monitor are asked for: nobody signs in for them."""
    try:
        if setting:
            metrics.place(setting)
    except ValueError as error:
        raise click.ClickException(
            f"AIXIN_METRICS={setting} is no place on this computer, like 127.0.0.1:9100"
        ) from error


def claim_database(where: str) -> None:
    """Claim the file of the database for the server that is started, before it writes anything there."""
    file = database_file()
    if file is None:
        return
    try:
        claims.claim(claims.place_of_file(file), where)
    except claims.AlreadyClaimed as taken:
        raise click.ClickException(str(taken.message)) from taken


def listen(host: str, port: int) -> socket.socket:
    """Listen on a port, and leave word who does; where it can't be had, say who has it if it left word."""
    place, where = claims.place_of_port(port), address(host, port)
    try:
        listening = serving.listen(host, port)
    except OSError as error:
        who = error.strerror
        try:
            claims.claim(place, where)
        except claims.AlreadyClaimed as taken:
            if (holder := taken.holder) is not None:
                since = f"{holder.since:%Y-%m-%d %H:%M}"
                who = f"a server is there already, {holder.address}, process {holder.process}, since {since}"
        raise click.ClickException(
            f"Port {port} of {host} can't be had: {who}. Stop what runs there, or set PORT to another one."
        ) from error
    with suppress(claims.AlreadyClaimed):  # by a server on another address of this machine: that is no harm
        claims.claim(place, where)
    return listening


def address(host: str, port: int) -> str:
    """The address of the program, to be opened in a browser of this computer."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 -- not bound here
    return f"http://{name}:{port}/"
