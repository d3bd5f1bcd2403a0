"""Transfers by the time at which they were written."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """Add the index: a quarter of a whole county is read without the years before it."""
    op.create_index("ix_transfer_at", "transfer", ["at"])


def downgrade() -> None:
    """Take it away: the same is read, only slower."""
    op.drop_index("ix_transfer_at", "transfer")
