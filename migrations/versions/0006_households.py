"""households."""

import sqlalchemy as sa
from alembic import op

from migrations.helping import protect

revision = "0006"
down_revision = "0005"

# What is written stays. 0001 says how.
JOURNALS = ("household_class",)


def upgrade() -> None:
    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=200), nullable=False),
        sa.Column("house", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("composition", sa.String(length=200), nullable=False),
        sa.Column("standing", sa.String(length=100), nullable=False),
        sa.Column("situation", sa.String(length=500), nullable=False),
        sa.Column("needs", sa.String(length=500), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_for", sa.String(length=200), nullable=True),
        sa.CheckConstraint("residents BETWEEN 0 AND 99", name=op.f("ck_household_residents")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_household_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("grid_id", "number", name=op.f("uq_household_grid_id_number")),
    )
    op.create_table(
        "household_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column(
            "attention",
            sa.Enum(
                "priority",
                "watched",
                "ordinary",
                name="attention",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_household_class_actor_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_class_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_class")),
    )
    op.create_index(op.f("ix_household_class_household_id"), "household_class", ["household_id"])
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    raise NotImplementedError("what is known of households is kept: restore a backup instead")
