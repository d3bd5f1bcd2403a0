"""What several migrations do to a table. Those that are out run through these too: they do not change."""

import re

from alembic import op


def widen(table: str, column: str, constraint: str, words: str) -> None:
    """Let a column hold these words too; SQLite makes the table anew, with all that hangs on it."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        text = bind.exec_driver_sql(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", (constraint,)
        ).scalar_one()
        op.drop_constraint(op.f(constraint), table)
        known = ", ".join(re.findall(r"'\w+'", text))
        op.create_check_constraint(op.f(constraint), table, f"{column} IN ({known}, {words})")
        return
    schema = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL AND type %s"
    made = bind.exec_driver_sql(schema % "= 'table'", (table,)).scalar_one()
    hanging = bind.exec_driver_sql(schema % "<> 'table'", (table,)).scalars().all()
    anew = made.replace(table, f"{table}_anew", 1)
    wider = re.sub(rf"({constraint} CHECK \({column} IN \([^)]*)\)", rf"\1, {words})", anew)
    if wider == anew:
        raise RuntimeError(f"{constraint} was not found in: {made}")
    op.execute(wider)
    op.execute(f"INSERT INTO {table}_anew SELECT * FROM {table}")  # noqa: S608 -- our own names
    op.execute(f"DROP TABLE {table}")
    op.execute(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for statement in hanging:
        op.execute(statement)


def protect(table: str) -> None:
    """Refuse UPDATE and DELETE on a table, whoever asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
