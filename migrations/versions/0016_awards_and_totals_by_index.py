"""A worker's awards and a village's totals are found by an index."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index(op.f("ix_award_worker_id"), "award", ["worker_id"])
    op.create_index("ix_transfer_account_id", "transfer", ["account_id", "debit_id", "credit_id", "amount"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_transfer_account_id", "transfer")
    op.drop_index(op.f("ix_award_worker_id"), "award")
