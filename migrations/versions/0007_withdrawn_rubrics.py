"""A version of a rubric that was a mistake is withdrawn by a row of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

JOURNALS = ("rubric_withdrawal",)


def upgrade() -> None:
    op.create_table(
        "rubric_withdrawal",
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_rubric_withdrawal_actor_id")
        ),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_rubric_withdrawal_rubric_id")),
        sa.PrimaryKeyConstraint("rubric_id", name=op.f("pk_rubric_withdrawal")),
    )
    for table in JOURNALS:
        protect(table)


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


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
