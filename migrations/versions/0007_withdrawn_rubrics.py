"""A version of a rubric that was a mistake is withdrawn by a row of its own."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

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


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
