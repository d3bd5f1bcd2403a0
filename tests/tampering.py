"""A database changed by hand, as whoever has its password could; and a story told once for many tests."""

import sqlite3
from collections.abc import Callable
from typing import Any

import psycopg
from flask import Flask

from ground import clock
from ground.db import db
from tests.cast import TODAY, Cast
from tests.databases import Databases


def tamper(*statements: str) -> None:
    """Change rows behind the program's back: no triggers, no foreign keys. Each statement must find some."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        with sqlite3.connect(db.engine.url.database) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for (name,) in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            changed = [connection.execute(statement).rowcount for statement in statements]
        connection.close()
    else:
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address) as connection:
            connection.execute("SET session_replication_role = replica")
            changed = [connection.execute(statement).rowcount for statement in statements]
    assert all(changed), "the tampering itself did nothing"


def told_once(
    databases: Databases, template: str, app_on: Callable[[str], Flask], tell: Callable[[Cast], Any]
) -> tuple[str, Any]:
    """The name of a database in which a story has happened, and what it returned; it is only ever copied."""
    name = databases.copy(template)
    with app_on(databases.uri(name)).app_context(), clock.at(TODAY):
        told = tell(Cast())
        db.session.remove()
        db.engine.dispose()
    databases.settle(name)
    return name, told
