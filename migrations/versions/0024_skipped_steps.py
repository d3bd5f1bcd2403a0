"""Steps of the first day that a place does not need."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Add the table; a place that has everything never asks for it."""
    op.create_table(
        "skipped_step",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_skipped_step_area_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_skipped_step_actor_id")),
        sa.PrimaryKeyConstraint("area_id", "step", name=op.f("pk_skipped_step")),
    )


def downgrade() -> None:
    """Take it away: what was not needed stands on the front page again."""
    op.drop_table("skipped_step")
