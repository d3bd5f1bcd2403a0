"""Columns are called by the names of the field that they have in the program."""

from alembic import op

revision = "0002"
down_revision = "0001"

NEW_NAMES = (
    ("assessment_terms", "book_within", "book_within_days"),
    ("correction", "right", "right_tenths"),
    ("finding", "found", "result"),
    ("notice", "upto", "last_transfer_id"),
    ("notice", "adjusted_upto", "last_adjustment_id"),
    ("objection", "how", "channel"),
    ("sample", "upto", "last_service_id"),
)


def upgrade() -> None:
    """Rename the columns; both databases carry the rules and indexes along."""
    for table, old, new in NEW_NAMES:
        op.execute(f'ALTER TABLE {table} RENAME COLUMN "{old}" TO {new}')


def downgrade() -> None:
    """Give the columns their former names."""
    for table, old, new in NEW_NAMES:
        op.execute(f'ALTER TABLE {table} RENAME COLUMN {new} TO "{old}"')
