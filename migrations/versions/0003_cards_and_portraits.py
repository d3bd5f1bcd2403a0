"""cards that are retired, and portraits."""

import sqlalchemy as sa
from alembic import op

from migrations.helping import widen

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    widen("card", "state", "ck_card_cardstate", "'retired'")
    op.create_table(
        "portrait",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_portrait_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_portrait_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_portrait")),
    )


def downgrade() -> None:
    raise NotImplementedError("retired cards are kept: restore a backup instead")
