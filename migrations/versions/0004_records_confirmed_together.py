"""Each press that confirmed records together, so that one that is sent twice is done once."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

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


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
