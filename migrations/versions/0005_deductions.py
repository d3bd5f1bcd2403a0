"""Deductions with what shows them and what the worker says; confirmations that were taken back."""

from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0005"
down_revision = "0004"

# What is written here is never changed: a mistake is reversed by a further row.
JOURNALS = ("deduction", "statement", "confirmation_undone")


def upgrade() -> None:
    """Make the tables, and a deduction of each record that takes points: its worker is told from today."""
    make_tables()
    op.get_bind().execute(
        sa.text(
            "INSERT INTO deduction (service_id, shown_by, told_on) SELECT service.id, '', :today FROM service "
            "JOIN rubric_item ON rubric_item.id = service.item_id WHERE rubric_item.points < 0"
        ).bindparams(sa.bindparam("today", datetime.now(ZoneInfo("Asia/Shanghai")).date(), sa.Date()))
    )
    for table in JOURNALS:
        protect(table)


def make_tables() -> None:
    op.create_table(
        "deduction",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("shown_by", sa.String(length=500), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_deduction_service_id")),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_deduction")),
    )
    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("deduction_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("oral", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_statement_actor_id")),
        sa.ForeignKeyConstraint(
            ["deduction_id"], ["deduction.service_id"], name=op.f("fk_statement_deduction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("key", name=op.f("uq_statement_key")),
    )
    op.create_index(op.f("ix_statement_deduction_id"), "statement", ["deduction_id"])
    op.create_table(
        "confirmation_undone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "voucher",
            sa.Enum(
                "second_person",
                "household",
                "witness",
                name="voucher",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("voucher_name", sa.String(length=200), nullable=True),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_confirmation_undone_actor_id")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_confirmation_undone_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["user_account.id"], name=op.f("fk_confirmation_undone_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_confirmation_undone_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_undone")),
    )
    op.create_index(op.f("ix_confirmation_undone_service_id"), "confirmation_undone", ["service_id"])


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
