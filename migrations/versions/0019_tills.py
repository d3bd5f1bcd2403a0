"""Tills: who let a device void whatever its shop handed out, and who stood there when one handed out."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add the columns; no device has the right until somebody gives it."""
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("voids_given_by_id", sa.Integer(), nullable=True))
        device.create_foreign_key(
            op.f("fk_device_voids_given_by_id"), "user_account", ["voids_given_by_id"], ["id"]
        )
    op.add_column("redemption", sa.Column("operator", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Take them away: a device undoes whatever its shop handed out, as before."""
    op.drop_column("redemption", "operator")
    with op.batch_alter_table("device") as device:
        device.drop_constraint(op.f("fk_device_voids_given_by_id"), type_="foreignkey")
        device.drop_column("voids_given_by_id")
