"""How often villages hang up their five openings; the packets of booked quarters, kept as they were made."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0027"
down_revision = "0026"

JOURNALS = ("disclosure_interval", "packet")


def upgrade() -> None:
    """Add both tables; a village that decided nothing hangs them up each quarter."""
    op.create_table(
        "disclosure_interval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_disclosure_interval_village_id")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_disclosure_interval_actor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_interval")),
    )
    op.create_index(op.f("ix_disclosure_interval_village_id"), "disclosure_interval", ["village_id"])
    op.create_table(
        "packet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last_transfer_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0 AND size > 0 AND pages > 0", name=op.f("ck_packet_figures")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_packet_assessment_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["user_account.id"], name=op.f("fk_packet_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_packet_assessment_id_number")),
        sa.UniqueConstraint("key", name=op.f("uq_packet_key")),
    )
    op.create_index(op.f("ix_packet_digest"), "packet", ["digest"])
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
