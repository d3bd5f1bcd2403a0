"""Sums of a whole county from indexes alone."""

from alembic import op

revision = "0032"
down_revision = "0031"

# Each index with its table, its columns until now, and those with which it has all that is summed.
WIDENED = (
    ("ix_transfer_at", "transfer", ("at",), ("at", "account_id", "debit_id", "credit_id", "amount")),
    (
        "ix_transfer_account_id",
        "transfer",
        ("account_id", "debit_id", "credit_id", "amount"),
        ("account_id", "at", "debit_id", "credit_id", "amount"),
    ),
    (
        "ix_service_village_id_done_on",
        "service",
        ("village_id", "done_on"),
        ("village_id", "done_on", "item_id", "state", "count"),
    ),
    (
        "ix_stock_move_lot_id_at",
        "stock_move",
        ("lot_id", "at"),
        ("lot_id", "at", "kind", "quantity", "redemption_id", "consignment_id", "id"),
    ),
)


def upgrade() -> None:
    """Let four indexes hold what is summed over a quarter: nothing of their tables is read for it."""
    for name, table, _before, columns in WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, list(columns))
    _number_receipts("INCLUDE (id, total)")


def downgrade() -> None:
    """Take the further columns away: the same is read, only slower."""
    for name, table, columns, _now in WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, list(columns))
    _number_receipts("")


def _number_receipts(carrying: str) -> None:
    """Make the constraint on receipts' numbers anew, which on PostgreSQL can carry more than it compares."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE redemption DROP CONSTRAINT uq_redemption_shop_id_day_serial, "
            "ADD CONSTRAINT uq_redemption_shop_id_day_serial UNIQUE (shop_id, day, serial) " + carrying
        )
