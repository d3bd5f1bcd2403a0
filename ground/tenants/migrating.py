"""All tenants' databases brought up to the program, some beside each other; one that fails holds up no other.

Each is done in a process of its own kind, as Alembic has one thing in hand at a time. Done twice, nothing is
done the second time.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from ground.db import db
from ground.tenants.register import Tenant

# How a tenant's application is made, of the host's folder too; a function that another process finds by name.
MakeIn = Callable[[Path, Tenant], Flask]


@dataclass(frozen=True)
class Migrated:
    """What came of a tenant's migration; `problem` is empty where it went well."""

    tenant: Tenant
    problem: str = ""


def migrate(app: Flask) -> None:
    """Bring the database of a tenant's application up to the program; its schema too is made."""
    with app.app_context():
        try:
            if schema := app.config["SCHEMA"]:
                with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
                    connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
            upgrade()
        finally:
            db.session.remove()
            db.engine.dispose()


def migrate_all(
    instance: Path, tenants: Sequence[Tenant], make: MakeIn, at_once: int | None = None
) -> Iterator[Migrated]:
    """Migrate tenants' databases, so many at once or one for each core; what came of each, as it ends."""
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(at_once or os.cpu_count(), context) as processes:
        running: dict[Future[str], Tenant] = {
            processes.submit(_migrate_one, instance, tenant, make): tenant for tenant in tenants
        }
        for done in as_completed(running):
            error = done.exception()
            yield Migrated(running[done], str(error) if error else done.result())


def _migrate_one(instance: Path, tenant: Tenant, make: MakeIn) -> str:
    """In a process: migrate one; what went wrong, in words, as not every exception travels."""
    try:
        migrate(make(instance, tenant))
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever it is, it is told by name and the others go on
        return f"{type(error).__name__}: {error}".strip().splitlines()[0]
    return ""
