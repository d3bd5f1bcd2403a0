"""What an import did to each row is written down, so that it can be taken back until points are booked."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0023"
down_revision = "0022"

JOURNALS = ("import_trace",)


def upgrade() -> None:
    """Add the table and the columns; of imports before this nothing is known, so they stay."""
    with op.batch_alter_table("import_file") as batch:
        batch.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("taken_back_by_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("taken_back_for", sa.String(length=200), nullable=True))
        batch.create_foreign_key(
            op.f("fk_import_file_taken_back_by_id"), "user_account", ["taken_back_by_id"], ["id"]
        )
        batch.create_check_constraint(
            op.f("ck_import_file_taken_back"),
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)"
            " AND (taken_back_at IS NULL) = (taken_back_for IS NULL)",
        )
    op.create_table(
        "import_trace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=16), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("(before IS NULL) = (after IS NULL)", name=op.f("ck_import_trace_both")),
        sa.CheckConstraint("digest IS NULL OR before IS NULL", name=op.f("ck_import_trace_new_or_changed")),
        sa.ForeignKeyConstraint(["file_id"], ["import_file.id"], name=op.f("fk_import_trace_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_trace")),
    )
    op.create_index(op.f("ix_import_trace_table_name_row_id"), "import_trace", ["table_name", "row_id"])
    followed = sa.text("follows_id IS NOT NULL")
    op.create_index(
        "ix_appointment_follows_id",
        "appointment",
        ["follows_id"],
        sqlite_where=followed,
        postgresql_where=followed,
    )
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
