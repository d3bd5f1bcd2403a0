"""Activities of many workers, named by the record of each; files of households."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0022"
down_revision = "0021"

JOURNALS = ("activity",)


def upgrade() -> None:
    """Add the table; a record knows the activity that it is of. A file may be of households."""
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["rubric_item.id"], name=op.f("fk_activity_item_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_activity_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_activity_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("key", name=op.f("uq_activity_key")),
    )
    # Both databases add it in place; the table is large, and is not copied for it.
    op.execute(
        "ALTER TABLE service ADD COLUMN activity_id INTEGER CONSTRAINT fk_service_activity_id REFERENCES activity (id)"
    )
    op.create_index(op.f("ix_service_activity_id"), "service", ["activity_id"])
    for table in JOURNALS:
        protect(table)
    with op.batch_alter_table("import_file") as files:
        files.drop_constraint(op.f("ck_import_file_filekind"), type_="check")
        files.create_check_constraint(
            op.f("ck_import_file_filekind"), "kind IN ('roster', 'goods', 'openings', 'households')"
        )


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
