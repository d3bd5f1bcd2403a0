"""How a shop's receipts are printed: the paper, the printer, and whether the desk prints by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add the columns; the paper is chosen each time, as before, until a shop decides."""
    with op.batch_alter_table("shop") as shop:
        shop.add_column(sa.Column("paper", sa.String(length=4), nullable=True))
        shop.add_column(
            sa.Column(
                "printer",
                sa.Enum(
                    "network",
                    "phone",
                    native_enum=False,
                    create_constraint=True,
                    length=20,
                    name=op.f("ck_shop_receiptprinter"),
                ),
                nullable=True,
            )
        )
        shop.add_column(sa.Column("printer_address", sa.String(length=15), nullable=True))
        shop.add_column(
            sa.Column("prints_itself", sa.Boolean(), nullable=False, server_default=sa.text("false"))
        )
        shop.create_check_constraint(
            op.f("ck_shop_printer_address"), "printer_address IS NULL OR printer = 'network'"
        )


def downgrade() -> None:
    """Take them away: the paper is chosen each time again."""
    with op.batch_alter_table("shop") as shop:
        shop.drop_constraint(op.f("ck_shop_printer_address"), type_="check")
        shop.drop_constraint(op.f("ck_shop_receiptprinter"), type_="check")
        for column in ("prints_itself", "printer_address", "printer", "paper"):
            shop.drop_column(column)
