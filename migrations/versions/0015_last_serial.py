"""The last receipt number in the shop's row, where the next one is drawn; sign-ins are found by their person."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add the columns, which the first redemption of a day fills from the receipts, and the index."""
    op.add_column("shop", sa.Column("numbered_on", sa.Date(), nullable=True))
    op.add_column("shop", sa.Column("last_serial", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_user_account_person_id"), "user_account", ["person_id"])


def downgrade() -> None:
    """Take them away: the receipts say the same."""
    op.drop_index(op.f("ix_user_account_person_id"), "user_account")
    with op.batch_alter_table("shop") as table:
        table.drop_column("last_serial")
        table.drop_column("numbered_on")
