"""What supervision looked into has rows of its own."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0012"
down_revision = "0011"

JOURNALS = ("inquiry",)


def upgrade() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("entry_kind", sa.String(length=40), nullable=False),
        sa.Column("entry_row", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_inquiry_actor_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_inquiry_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry")),
    )
    op.create_index("ix_inquiry_village_id_entry", "inquiry", ["village_id", "entry_kind", "entry_row"])
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
