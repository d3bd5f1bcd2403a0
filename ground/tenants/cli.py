"""The commands for all tenants: who they are, their migrations, the server before them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from ground.computer.private import files_of_database
from ground.db import Base, database_file, db
from ground.server import backups, evening, metrics, serving
from ground.server import cli as server
from ground.tenants import moving
from ground.tenants.host import Host
from ground.tenants.migrating import MakeIn, migrate, migrate_all
from ground.tenants.register import BadRegister, Register, Tenant, check


class TenantCommands(click.Group):
    """Commands for all tenants, which say in a sentence what is wrong; none of them is in one's context."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run one of the commands."""
        try:
            return super().invoke(ctx)
        except (BadRegister, backups.BackupFailed) as error:
            raise click.ClickException(str(error)) from error
        except SQLAlchemyError as error:
            raise click.ClickException(str(error).splitlines()[0]) from error
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'a file'}: {error.strerror}") from error


def counties(register: Register, make: MakeIn, how_it_begins: Callable[[], str]) -> click.Group:
    """The group of the commands, for the tenants of a register; `make` makes their applications.

    `how_it_begins` says it of the county whose context this is, in sentences; empty where it has begun.
    """
    group = TenantCommands(
        "counties", help="The counties that are served here, each in a database of its own."
    )

    def command(name: str) -> Any:
        return group.command(name)

    @command("add")
    @click.argument("code")
    @click.option("--host", "host", required=True, help="Where its people come, like mouding.example.")
    @click.option("--name", default="", help="Its name, for the list.")
    @click.option("--database", default="", help="The PostgreSQL database; without it the host's own.")
    @click.option(
        "--prefecture", "is_prefecture", is_flag=True, help="It is no county, but sums what they send."
    )
    def add(code: str, host: str, name: str, database: str, is_prefecture: bool) -> None:
        """Add a county, or a prefecture, with an empty database; a running server answers at once."""
        address = (host if "://" in host else f"https://{host}").rstrip("/")
        tenant = Tenant(code, address, name, database, is_prefecture=is_prefecture)
        with register.changing() as tenants:
            if code in tenants:
                raise BadRegister(f"{code} is there already")
            tenants[code] = tenant
            check(tenants)
            migrate(app := make(register.instance, tenant))
            with app.app_context(), _connections_end():
                beginning = how_it_begins()
        click.echo(f"{code} is at {tenant.address}/")
        if beginning:
            click.echo(
                f"It begins by: aixin --county {code} prefecture begin …" if is_prefecture else beginning
            )
        if len(tenants) == 1 and _ran_alone(register, app):
            click.echo(
                "The county that ran here alone is not answered from the next start on: bring it in too "
                "(docs/operations.md, “Many counties, one service”). Nothing of it is lost."
            )

    @command("list")
    def list_all() -> None:
        """List the counties: code, name, address, database, and whether it is a prefecture, and closed."""
        for tenant in register.tenants().values():
            try:
                where = _place(make(register.instance, tenant))
            except SystemExit as broken:  # its settings: the others are listed
                where = str(broken)
            state = " ".join(("prefecture",) * tenant.is_prefecture + ("closed",) * tenant.is_closed)
            click.echo("\t".join((tenant.code, tenant.name or "–", tenant.address, where, state)).rstrip())

    @command("migrate")
    @click.option("--at-once", type=click.IntRange(1), help="So many beside each other; else one a core.")
    def migrate_them(at_once: int | None) -> None:
        """Bring the databases of all counties up to the program; one that fails holds up no other."""
        failed = 0
        for outcome in migrate_all(register.instance, [*register.tenants().values()], make, at_once):
            failed += bool(outcome.problem)
            click.echo(f"{outcome.tenant.code}: {outcome.problem or 'done'}")
        if failed:
            raise click.ClickException(f"{failed} failed. Mend what it says, and run this once more.")

    @command("close")
    @click.argument("code")
    def close(code: str) -> None:
        """Answer everybody of a county that it is being worked on, as long as it takes."""
        _set_closed(register, code, is_closed=True)

    @command("open")
    @click.argument("code")
    def open_again(code: str) -> None:
        """Let the people of a county in again."""
        _set_closed(register, code, is_closed=False)

    @command("remove")
    @click.argument("code")
    def remove(code: str) -> None:
        """Remove a county in whose database nothing is. Its folder stays."""
        with register.changing() as tenants:
            tenant = register.tenant(code)
            with make(register.instance, tenant).app_context(), _connections_end():
                _remove_if_empty(tenant)
            del tenants[code]
        click.echo(f"{code} is removed.")

    @command("move")
    @click.argument("code")
    @click.option("--to", "database", required=True, help="The PostgreSQL database that it is brought into.")
    def move(code: str, database: str) -> None:
        """Bring a county into another PostgreSQL database, also one with Citus, and verify it there.

        What it had before is kept under another name. Of a SQLite file, stop the server first.
        """
        with register.changing() as tenants:
            tenant = register.tenant(code)
            moved = replace(tenant, database=database)
            check({**tenants, code: moved})
            old, new = make(register.instance, tenant), make(register.instance, moved)
            kept = moving.move(old, new, lambda: migrate(new))
            tenants[code] = moved
        click.echo(f"{code} is in {_place(new)}, and everything in it fits. What was there before: {kept}")

    return group


def serve(host_app: Host, figures_at: str, beside: Callable[[Host], object]) -> click.Command:
    """The command that serves all tenants; `beside` begins what its first process does beside that."""

    @click.command("serve", cls=server.OneCommand)
    @click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
    @click.option("--port", type=int, default=server.default_port, help="The port: PORT, or else 8000.")
    @click.option("--processes", type=int, default=1, show_default=True, help="More on PostgreSQL only.")
    def serve_all(host: str, port: int, processes: int) -> None:
        """Serve all counties, as it is run in earnest: behind a proxy that speaks HTTPS."""
        server.check_figures_stay_here(figures_at)
        where = server.address(host, port)
        made = list(host_app.applications.all())  # before the processes are forked, which share what is made
        for _tenant, app in made:
            with app.app_context():
                server.prepare_database(where, processes)
        listening = server.listen(host, port)
        click.echo(f"Aixin 爱心 serves {len(made)} counties at {where}")
        for _tenant, app in made:
            with app.app_context():
                server.release_connections()

        def apps() -> Iterator[Flask]:
            return (app for _tenant, app in host_app.applications.all())

        def at_start(number: int) -> None:
            metrics.serve(apps, figures_at, number)
            evening.keep_all(apps)
            if number == 0:
                beside(host_app)

        serving.serve(host_app, listening, processes, at_start)

    return serve_all


def _place(app: Flask) -> str:
    """Where a tenant's rows are, in words without a password."""
    with app.app_context():
        file, schema = database_file(), app.config["SCHEMA"]
        return str(file) if file else f"{db.engine.url.render_as_string()} {schema}"


def _ran_alone(register: Register, app: Flask) -> bool:
    """Whether there is a database of one county alone, beside those of the register."""
    with app.app_context(), _connections_end():
        if (file := database_file()) is not None:
            return (register.instance / file.name).exists()
        with db.engine.connect() as connection:
            return connection.scalar(text("SELECT to_regclass('public.alembic_version')")) is not None


def _set_closed(register: Register, code: str, *, is_closed: bool) -> None:
    with register.changing() as tenants:
        tenants[code] = replace(register.tenant(code), is_closed=is_closed)


@contextmanager
def _connections_end() -> Iterator[None]:
    try:
        yield
    finally:
        server.release_connections()


def _remove_if_empty(tenant: Tenant) -> None:
    """Remove the database of the tenant whose context this is; `BadRegister` if anything is in it."""
    file = database_file()
    if file is not None:
        server.claim_database("counties remove")
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        there = {*inspect(connection).get_table_names()}
        tables = [table for table in Base.metadata.sorted_tables if table.name in there]
        if file is None and tables:  # nobody writes between the look and the end
            names = ", ".join(f'"{table.name}"' for table in tables)
            connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
        full = [table.name for table in tables if connection.execute(select(table).limit(1)).first()]
        if full:
            raise BadRegister(f"{tenant.code} is not empty: {', '.join(full)}")
        if file is None:
            connection.execute(text(f'DROP SCHEMA IF EXISTS "{tenant.schema}" CASCADE'))
    if file is not None:
        db.engine.dispose()
        for each in files_of_database(file):
            each.unlink(missing_ok=True)
