"""Two articles of a shop may have one name, if their specifications differ: 牙膏 90克, 牙膏 180克."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """A name is there once with each specification, and once without any."""
    with op.batch_alter_table("goods") as goods:
        goods.drop_constraint("uq_goods_shop_id_name", type_="unique")
        goods.create_unique_constraint("uq_goods_shop_id_name_spec", ["shop_id", "name", "spec"])
        goods.create_index(
            "uq_goods_bare_name",
            ["shop_id", "name"],
            unique=True,
            sqlite_where=sa.text("spec IS NULL"),
            postgresql_where=sa.text("spec IS NULL"),
        )


def downgrade() -> None:
    """A name is there once in a shop."""
    with op.batch_alter_table("goods") as goods:
        goods.drop_index("uq_goods_bare_name")
        goods.drop_constraint("uq_goods_shop_id_name_spec", type_="unique")
        goods.create_unique_constraint("uq_goods_shop_id_name", ["shop_id", "name"])
