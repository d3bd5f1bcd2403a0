"""the love supermarket."""

import secrets
from collections import defaultdict
from itertools import count

import sqlalchemy as sa
from alembic import op

from migrations.helping import protect, widen

revision = "0004"
down_revision = "0003"

# Tables that nobody changes: what is written stays. 0001 says how for the first of them.
JOURNALS = ("price", "donation", "stock_count", "proxy")
# Journals of 0001 that are made anew on SQLite, where their triggers go with the old table.
MADE_ANEW = ("stock_move", "redemption", "void")

# Prices that were there before prices had days hold from before any redemption.
SINCE_EVER = "2000-01-01"
THEN = "2000-01-01 00:00:00+00:00"

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def upgrade() -> None:
    new_tables()
    prices_get_days()
    donations_get_receipts()
    moves_get_more_kinds()
    devices_serve_too()
    for table in JOURNALS:
        protect(table)
    if op.get_bind().dialect.name == "sqlite":
        for table in MADE_ANEW:
            protect(table)


def prices_get_days() -> None:
    """Prices and barcodes become rows of their own; an article is described in more words."""
    op.add_column("shop", sa.Column("hours", sa.JSON(none_as_null=True), nullable=True))
    op.execute(
        "INSERT INTO price (goods_id, points, holds_from, at) "  # noqa: S608 -- our own words
        f"SELECT id, price, '{SINCE_EVER}', '{THEN}' FROM goods ORDER BY id"
    )
    op.execute(
        "INSERT INTO barcode (shop_id, goods_id, code) "
        "SELECT shop_id, id, CASE WHEN length(barcode) = 12 THEN '0' || barcode ELSE barcode END "
        "FROM goods WHERE barcode IS NOT NULL ORDER BY id"
    )
    with op.batch_alter_table("goods") as goods:
        goods.add_column(sa.Column("spec", sa.String(length=100), nullable=True))
        goods.add_column(sa.Column("category", sa.String(length=40), nullable=True))
        goods.add_column(sa.Column("quota", sa.Integer(), nullable=True))
        goods.add_column(sa.Column("low_at", sa.Integer(), nullable=True))
        goods.add_column(sa.Column("archived_on", sa.Date(), nullable=True))
        goods.drop_constraint(op.f("uq_goods_shop_id_barcode"), type_="unique")
        goods.drop_constraint(op.f("ck_goods_price"), type_="check")
        goods.create_check_constraint(op.f("ck_goods_quota"), "quota IS NULL OR quota > 0")
        goods.create_check_constraint(op.f("ck_goods_low_at"), "low_at IS NULL OR low_at >= 0")
        goods.drop_column("barcode")
        goods.drop_column("price")


def donations_get_receipts() -> None:
    """What one donor gave a shop on one day becomes a donation with a number and a code."""
    op.add_column("lot", sa.Column("donation_id", sa.Integer(), nullable=True))
    bind = op.get_bind()
    given = bind.execute(
        sa.text(
            "SELECT lot.id, goods.shop_id, coalesce(lot.donor, '–') AS donor, lot.received_on "
            "FROM lot JOIN goods ON goods.id = lot.goods_id WHERE source = 'donation' ORDER BY lot.id"
        )
    ).all()
    serials: dict[int, count[int]] = defaultdict(lambda: count(1))
    known: dict[tuple[object, ...], int] = {}
    for lot_id, *donation in given:
        if tuple(donation) not in known:
            shop_id, donor, given_on = donation
            known[tuple(donation)] = bind.execute(
                sa.text(
                    "INSERT INTO donation (shop_id, donor, given_on, serial, code) "
                    "VALUES (:shop, :donor, :on, :serial, :code) RETURNING id"
                ),
                {
                    "shop": shop_id,
                    "donor": donor,
                    "on": given_on,
                    "serial": next(serials[shop_id]),
                    "code": "".join(secrets.choice(ALPHABET) for _digit in range(16)),
                },
            ).scalar_one()
        bind.execute(
            sa.text("UPDATE lot SET donation_id = :donation WHERE id = :lot"),
            {"donation": known[tuple(donation)], "lot": lot_id},
        )
    with op.batch_alter_table("lot") as lot:
        lot.add_column(sa.Column("unit_cost", sa.Integer(), nullable=True))
        lot.create_index(op.f("ix_lot_donation_id"), ["donation_id"])
        lot.create_foreign_key(op.f("fk_lot_donation_id"), "donation", ["donation_id"], ["id"])
        lot.create_check_constraint(
            op.f("ck_lot_donation"), "(source = 'donation') = (donation_id IS NOT NULL)"
        )
        lot.create_check_constraint(op.f("ck_lot_unit_cost"), "unit_cost IS NULL OR unit_cost >= 0")
        lot.drop_column("donor")


def moves_get_more_kinds() -> None:
    """Write-offs, returns, consignments, stock-takes and reversals move stock too."""
    new = ("write_off", "return", "sent", "sent_back", "stock_take", "reversal")
    widen("stock_move", "kind", "ck_stock_move_movekind", ", ".join(f"'{kind}'" for kind in new))
    with op.batch_alter_table("stock_move") as move:
        move.add_column(sa.Column("consignment_id", sa.Integer(), nullable=True))
        move.add_column(sa.Column("stock_take_id", sa.Integer(), nullable=True))
        move.add_column(sa.Column("reverses_id", sa.Integer(), nullable=True))
        move.add_column(sa.Column("reason", sa.String(length=200), nullable=True))
        move.create_index(op.f("ix_stock_move_consignment_id"), ["consignment_id"])
        move.create_index(op.f("ix_stock_move_stock_take_id"), ["stock_take_id"])
        move.create_unique_constraint(op.f("uq_stock_move_reverses_id"), ["reverses_id"])
        for column, table in (
            ("consignment_id", "consignment"),
            ("stock_take_id", "stock_take"),
            ("reverses_id", "stock_move"),
        ):
            move.create_foreign_key(op.f(f"fk_stock_move_{column}"), table, [column], ["id"])
        for name in ("quantity", "redemption"):
            move.drop_constraint(op.f(f"ck_stock_move_{name}"), type_="check")
        for name, rule in MOVE_RULES.items():
            move.create_check_constraint(op.f(f"ck_stock_move_{name}"), rule)


MOVE_RULES = {
    "quantity": "CASE WHEN kind IN ('receipt', 'void', 'sent_back') THEN quantity > 0 "
    "WHEN kind IN ('redemption', 'write_off', 'return', 'sent') THEN quantity < 0 "
    "ELSE quantity <> 0 END",
    "redemption": "(kind IN ('redemption', 'void')) = (redemption_id IS NOT NULL)",
    "consignment": "CASE WHEN kind = 'receipt' THEN 1 = 1 "
    "ELSE (kind IN ('sent', 'sent_back')) = (consignment_id IS NOT NULL) END",
    "stock_take": "(kind = 'stock_take') = (stock_take_id IS NOT NULL)",
    "reversal": "(kind = 'reversal') = (reverses_id IS NOT NULL)",
    "reason": "(kind IN ('write_off', 'return', 'reversal')) = (reason IS NOT NULL)",
}


def devices_serve_too() -> None:
    """Either somebody or a device of the shop hands out and voids."""
    op.add_column("redemption_line", sa.Column("spec", sa.String(length=100), nullable=True))
    for table, column, name in (("redemption", "clerk_id", "served_by"), ("void", "actor_id", "made_by")):
        with op.batch_alter_table(table) as made:
            made.add_column(sa.Column("device_id", sa.Integer(), nullable=True))
            made.alter_column(column, existing_type=sa.Integer(), nullable=True)
            made.create_foreign_key(op.f(f"fk_{table}_device_id"), "device", ["device_id"], ["id"])
            made.create_check_constraint(
                op.f(f"ck_{table}_{name}"), f"({column} IS NULL) <> (device_id IS NULL)"
            )


def new_tables() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_device_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("digest", name=op.f("uq_device_digest")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "donation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("donor", sa.String(length=100), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_donation_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donation")),
        sa.UniqueConstraint("code", name=op.f("uq_donation_code")),
        sa.UniqueConstraint("shop_id", "donor", "given_on", name=op.f("uq_donation_shop_id_donor_given_on")),
        sa.UniqueConstraint("shop_id", "serial", name=op.f("uq_donation_shop_id_serial")),
    )
    op.create_table(
        "barcode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_barcode_goods_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_barcode_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_barcode")),
        sa.UniqueConstraint("shop_id", "code", name=op.f("uq_barcode_shop_id_code")),
    )
    with op.batch_alter_table("barcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_barcode_goods_id"), ["goods_id"], unique=False)

    op.create_table(
        "goods_picture",
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_goods_picture_goods_id")),
        sa.PrimaryKeyConstraint("goods_id", name=op.f("pk_goods_picture")),
    )
    op.create_table(
        "price",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points > 0", name=op.f("ck_price_points")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_price_actor_id")),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_price_goods_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    with op.batch_alter_table("price", schema=None) as batch_op:
        batch_op.create_index("ix_price_goods_id_holds_from", ["goods_id", "holds_from"], unique=False)

    op.create_table(
        "stock_take",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_stock_take_closed")),
        sa.CheckConstraint("NOT booked OR closed_at IS NOT NULL", name=op.f("ck_stock_take_booked")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["user_account.id"], name=op.f("fk_stock_take_begun_by_id")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user_account.id"], name=op.f("fk_stock_take_closed_by_id")
        ),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_stock_take_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_take")),
    )
    with op.batch_alter_table("stock_take", schema=None) as batch_op:
        batch_op.create_index(
            "uq_stock_take_open",
            ["shop_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "consignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("to_shop_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)", name=op.f("ck_consignment_answered")
        ),
        sa.CheckConstraint(
            "arrived_id IS NULL OR answered_at IS NOT NULL", name=op.f("ck_consignment_arrived")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_consignment_quantity")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_consignment_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["arrived_id"], ["lot.id"], name=op.f("fk_consignment_arrived_id")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_consignment_lot_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["user_account.id"], name=op.f("fk_consignment_sent_by_id")),
        sa.ForeignKeyConstraint(["to_shop_id"], ["shop.id"], name=op.f("fk_consignment_to_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consignment")),
        sa.UniqueConstraint("arrived_id", name=op.f("uq_consignment_arrived_id")),
        sa.UniqueConstraint("key", name=op.f("uq_consignment_key")),
    )
    with op.batch_alter_table("consignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consignment_lot_id"), ["lot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consignment_to_shop_id"), ["to_shop_id"], unique=False)

    op.create_table(
        "stock_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("stock_take_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("units >= 0 AND expected >= 0", name=op.f("ck_stock_count_units")),
        sa.ForeignKeyConstraint(["counter_id"], ["user_account.id"], name=op.f("fk_stock_count_counter_id")),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_stock_count_goods_id")),
        sa.ForeignKeyConstraint(
            ["stock_take_id"], ["stock_take.id"], name=op.f("fk_stock_count_stock_take_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("key", name=op.f("uq_stock_count_key")),
    )
    with op.batch_alter_table("stock_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_count_stock_take_id"), ["stock_take_id"], unique=False)

    op.create_table(
        "proxy",
        sa.Column("redemption_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemption.id"], name=op.f("fk_proxy_redemption_id")),
        sa.PrimaryKeyConstraint("redemption_id", name=op.f("pk_proxy")),
    )


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
