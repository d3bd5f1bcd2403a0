"""What is to be bought: wishes, purchase requests with their lines and approvals, what came in for them."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0026"
down_revision = "0025"

JOURNALS = ("wish", "purchase_request", "purchase_line", "purchase_approval", "purchase_delivery")


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=100), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('tapped', 'refused', 'written')", name=op.f("ck_wish_wishkind")),
        sa.CheckConstraint("(goods_id IS NULL) <> (text IS NULL)", name=op.f("ck_wish_what")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_wish_actor_id")),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_wish_goods_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_wish_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wish")),
        sa.UniqueConstraint("key", name=op.f("uq_wish_key")),
    )
    op.create_index(op.f("ix_wish_goods_id"), "wish", ["goods_id"])
    op.create_index("ix_wish_shop_id_at", "wish", ["shop_id", "at"])
    op.create_table(
        "purchase_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("budget_left", sa.Integer(), nullable=True),
        sa.Column("outstanding", sa.Integer(), nullable=False),
        sa.Column("in_goods", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_purchase_request_asked_by_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_purchase_request_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_request")),
        sa.UniqueConstraint("key", name=op.f("uq_purchase_request_key")),
        sa.UniqueConstraint(
            "shop_id", "year", "serial", name=op.f("uq_purchase_request_shop_id_year_serial")
        ),
    )
    op.create_table(
        "purchase_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=330), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_cost", sa.Integer(), nullable=True),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("handed_out", sa.Integer(), nullable=False),
        sa.Column("wished", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_line_quantity")),
        sa.CheckConstraint("unit_cost IS NULL OR unit_cost >= 0", name=op.f("ck_purchase_line_unit_cost")),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_purchase_line_goods_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["purchase_request.id"], name=op.f("fk_purchase_line_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
    )
    op.create_index(op.f("ix_purchase_line_request_id"), "purchase_line", ["request_id"])
    op.create_table(
        "purchase_approval",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_purchase_approval_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["purchase_request.id"], name=op.f("fk_purchase_approval_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_purchase_approval")),
    )
    op.create_table(
        "purchase_delivery",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_purchase_delivery_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_purchase_delivery_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["purchase_request.id"], name=op.f("fk_purchase_delivery_request_id")
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_purchase_delivery")),
    )
    op.create_index(op.f("ix_purchase_delivery_request_id"), "purchase_delivery", ["request_id"])
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
