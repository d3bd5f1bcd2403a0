"""How Alembic reaches the application's database and its models."""

from alembic import context
from flask import current_app

from ground.db import Moment

database = current_app.extensions["migrate"].db


def render_item(kind: str, item: object, _autogen: object) -> str | bool:
    """Write our own column types as the plain ones below them: a migration depends on no model."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run() -> None:
    """Run the migrations in one transaction on the application's own engine.

    SQLite changes a table by making it anew, during which others point nowhere; so it looks at the foreign
    keys at the end instead.
    """
    with database.engine.connect().execution_options(writing=True) as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            compare_server_default=True,
            render_as_batch=True,
            render_item=render_item,
            transactional_ddl=True,  # SQLite can too, though Alembic does not count on it
        )
        with context.begin_transaction():
            context.run_migrations()
            if on_sqlite:
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"foreign keys that point nowhere: {broken}")
        if on_sqlite:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


run()
