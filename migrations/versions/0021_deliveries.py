"""Deliveries: what came in together, under a number of the shop's year; stock that was there already."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0021"
down_revision = "0020"

JOURNALS = ("delivery",)

SOURCES = "'purchase', 'donation', 'allocation', 'opening'"


def upgrade() -> None:
    """Add the table; lots of before have no delivery. A count says until when what was found is good."""
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("supplier", sa.String(length=100), nullable=True),
        sa.Column("donation_id", sa.Integer(), nullable=True),
        sa.Column("invoice_number", sa.String(length=60), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"source IN ({SOURCES})", name=op.f("ck_delivery_source")),
        sa.CheckConstraint(
            "(source = 'donation') = (donation_id IS NOT NULL)", name=op.f("ck_delivery_donation")
        ),
        sa.CheckConstraint("donation_id IS NULL OR supplier IS NULL", name=op.f("ck_delivery_supplier")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_delivery_actor_id")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_delivery_donation_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_delivery_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("key", name=op.f("uq_delivery_key")),
        sa.UniqueConstraint("shop_id", "year", "serial", name=op.f("uq_delivery_shop_id_year_serial")),
    )
    with op.batch_alter_table("lot") as lot:
        lot.drop_constraint(op.f("ck_lot_source"), type_="check")
        lot.create_check_constraint(op.f("ck_lot_source"), f"source IN ({SOURCES})")
        lot.add_column(sa.Column("delivery_id", sa.Integer(), nullable=True))
        lot.create_foreign_key(op.f("fk_lot_delivery_id"), "delivery", ["delivery_id"], ["id"])
        lot.create_index(op.f("ix_lot_delivery_id"), ["delivery_id"])
    op.add_column("stock_count", sa.Column("best_before", sa.Date(), nullable=True))
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
