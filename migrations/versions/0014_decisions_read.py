"""Who proposed something reads what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("proposal", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """What was read already is told once more, after the next upgrade."""
    op.drop_column("proposal", "read_at")
