"""What needs a second person is proposed by one and agreed to by another; witnesses are known."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0011"
down_revision = "0010"

JOURNALS = ("witness",)


def upgrade() -> None:
    """Add the table of proposals, and a village's own limit for write-offs."""
    with op.batch_alter_table("shop") as batch:
        batch.add_column(sa.Column("write_off_limit", sa.Integer(), nullable=True))
        batch.create_check_constraint(op.f("ck_shop_write_off_limit"), "write_off_limit >= 0")
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "agreed",
                "refused",
                "withdrawn",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("proposed_by_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_proposal_area_id")),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["user_account.id"], name=op.f("fk_proposal_proposed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_proposal_decided_by_id")
        ),
        sa.CheckConstraint("(state = 'waiting') = (decided_by_id IS NULL)", name=op.f("ck_proposal_decided")),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)", name=op.f("ck_proposal_decided_at")
        ),
        sa.CheckConstraint("(state = 'refused') = (decision IS NOT NULL)", name=op.f("ck_proposal_decision")),
        sa.CheckConstraint(
            "CASE state WHEN 'withdrawn' THEN decided_by_id = proposed_by_id "
            "WHEN 'waiting' THEN 1 = 1 ELSE decided_by_id <> proposed_by_id END",
            name=op.f("ck_proposal_second_person"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_area_id_state"), "proposal", ["area_id", "state"])
    op.create_index(op.f("ix_proposal_subject_state"), "proposal", ["subject", "state"])
    _add_witnesses()


def _add_witnesses() -> None:
    """Who vouched by name so far stays a name; the samples drawn so far are drawn as they were."""
    op.create_table(
        "witness",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("village", sa.String(length=100), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.CheckConstraint("person_id IS NULL OR household_id IS NULL", name=op.f("ck_witness_one_file")),
        sa.CheckConstraint(
            "(person_id IS NULL AND household_id IS NULL) = (phone IS NOT NULL)",
            name=op.f("ck_witness_outside_phone"),
        ),
        sa.CheckConstraint("(phone IS NULL) = (village IS NULL)", name=op.f("ck_witness_outside_village")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_witness_person_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_witness_household_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witness")),
    )
    op.create_index(op.f("ix_witness_person_id"), "witness", ["person_id"])
    for table in ("service", "confirmation_undone"):  # as statements: a copied table would lose its triggers
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN witness_id INTEGER"
            f" CONSTRAINT fk_{table}_witness_id REFERENCES witness (id)"
        )
    op.add_column("sample", sa.Column("outside", sa.JSON(), nullable=True))
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    """What was proposed and not decided is forgotten, and of a witness all but the name."""
    op.drop_column("sample", "outside")
    for table in ("service", "confirmation_undone"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN witness_id")
    op.drop_table("witness")
    op.drop_table("proposal")
    with op.batch_alter_table("shop") as batch:
        batch.drop_constraint(op.f("ck_shop_write_off_limit"), type_="check")
        batch.drop_column("write_off_limit")
