"""why a household left."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("household", sa.Column("left_for", sa.String(length=200), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("what is known of households is kept: restore a backup instead")
