"""What needs a second person is proposed by one and agreed to by another."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


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


def downgrade() -> None:
    """What was proposed and not decided is forgotten."""
    op.drop_table("proposal")
    with op.batch_alter_table("shop") as batch:
        batch.drop_constraint(op.f("ck_shop_write_off_limit"), type_="check")
        batch.drop_column("write_off_limit")
