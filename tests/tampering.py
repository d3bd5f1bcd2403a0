"""A database changed by hand, as whoever has its password could; and a story told once for many tests."""

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
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
    idle = [statement for statement, rows in zip(statements, changed, strict=True) if not rows]
    assert not idle, f"the tampering itself did nothing: {idle}"


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, database: Databases, template: str, app_on: Callable[[str], Flask]
) -> tuple[str, Any]:
    """The name of a database in which the module's `tell` has happened, and what that returned.

    It is only ever copied.
    """
    name = database.copy(template)
    with app_on(database.uri(name)).app_context(), clock.at(TODAY):
        told = request.module.tell(Cast())
        db.session.remove()
        db.engine.dispose()
    database.settle(name)
    return name, told


@pytest.fixture
def uri(database: Databases, told: tuple[str, Any]) -> Iterator[str]:
    """The address of a copy in which the story has happened."""
    with database.lent(told[0]) as name:
        yield database.uri(name)


@pytest.fixture
def story(told: tuple[str, Any]) -> Any:
    """What the story returned: the ids of its rows."""
    return told[1]
