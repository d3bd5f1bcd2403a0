"""lists of goods as files."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("import_file") as file:
        file.add_column(sa.Column("kind", sa.String(length=20), server_default="roster", nullable=False))
        file.create_check_constraint(op.f("ck_import_file_filekind"), "kind IN ('roster', 'goods')")


def downgrade() -> None:
    raise NotImplementedError("files are kept with what they are: restore a backup instead")
