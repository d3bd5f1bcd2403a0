"""Quarterly returns: what villages, townships and the county sent, and which returns each of them sums."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0028"
down_revision = "0027"

JOURNALS = ("quarterly_return", "return_part")


def upgrade() -> None:
    """Add the tables; for the quarters before nothing was sent."""
    op.create_table(
        "quarterly_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=12), nullable=False),
        sa.Column("area_name", sa.String(length=100), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("quarter_name", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level IN ('county', 'township', 'village', 'community')",
            name=op.f("ck_quarterly_return_level"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_quarterly_return_version")),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name=op.f("ck_quarterly_return_reason")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_quarterly_return_area_id")),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user_account.id"], name=op.f("fk_quarterly_return_sent_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarterly_return")),
        sa.UniqueConstraint("key", name=op.f("uq_quarterly_return_key")),
        sa.UniqueConstraint(
            "area_id",
            "quarter_name",
            "version",
            name=op.f("uq_quarterly_return_area_id_quarter_name_version"),
        ),
    )
    op.create_table(
        "return_part",
        sa.Column("whole_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("whole_id > part_id", name=op.f("ck_return_part_order")),
        sa.ForeignKeyConstraint(["whole_id"], ["quarterly_return.id"], name=op.f("fk_return_part_whole_id")),
        sa.ForeignKeyConstraint(["part_id"], ["quarterly_return.id"], name=op.f("fk_return_part_part_id")),
        sa.PrimaryKeyConstraint("whole_id", "part_id", name=op.f("pk_return_part")),
    )
    op.create_index(op.f("ix_return_part_part_id"), "return_part", ["part_id"])
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
