"""Each press that confirmed records together, so that one that is sent twice is done once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

JOURNALS = ("joint_confirmation",)


def upgrade() -> None:
    """Make the table, and keep what is written in it."""
    op.create_table(
        "joint_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("ticked", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_joint_confirmation_actor_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_joint_confirmation_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_confirmation")),
        sa.UniqueConstraint("key", name=op.f("uq_joint_confirmation_key")),
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
