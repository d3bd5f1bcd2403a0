"""The last receipt number in the shop's row: the next one is drawn there, with the lock, by one update."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the columns; the first redemption of a day fills them from the receipts."""
    op.add_column("shop", sa.Column("numbered_on", sa.Date(), nullable=True))
    op.add_column("shop", sa.Column("last_serial", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take them away: the receipts say the same."""
    with op.batch_alter_table("shop") as table:
        table.drop_column("last_serial")
        table.drop_column("numbered_on")
