"""What an article was called when it was moved, so that a voucher says for ever what was signed."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0030"
down_revision = "0029"

COLUMNS = {"name": 200, "spec": 100, "unit": 20}

# Nobody knows any more what an article was called before: what it is called today stands for it.
CALLED = """
    UPDATE stock_move SET name = goods.name, spec = goods.spec, unit = goods.unit
    FROM lot, goods
    WHERE lot.id = stock_move.lot_id AND goods.id = lot.goods_id
      AND stock_move.kind NOT IN ('redemption', 'void')
"""
RULE = (
    "CASE WHEN kind IN ('redemption', 'void') THEN name IS NULL AND spec IS NULL AND unit IS NULL "
    "ELSE name IS NOT NULL AND unit IS NOT NULL END"
)


def upgrade() -> None:
    """Add the columns and fill them; the journal is open for that alone, and shut again."""
    for name, length in COLUMNS.items():
        op.add_column("stock_move", sa.Column(name, sa.String(length=length), nullable=True))
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute("ALTER TABLE stock_move DISABLE TRIGGER append_only")
    else:
        op.execute("DROP TRIGGER stock_move_no_update")
    op.execute(CALLED)
    with op.batch_alter_table("stock_move") as changed:
        changed.create_check_constraint(op.f("ck_stock_move_called"), RULE)
    if is_postgresql:
        op.execute("ALTER TABLE stock_move ENABLE TRIGGER append_only")
    else:
        protect("stock_move")  # its triggers went with the table that it was


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
