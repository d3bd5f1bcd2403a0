"""Leases: a shop that one browser holds, what it wrote down without a network, and what became of it."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0018"
down_revision = "0017"

JOURNALS = ("lease_entry", "set_aside")


def upgrade() -> None:
    """Add the tables; a redemption knows the entry it came with."""
    op.add_column("shop", sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "lease",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(length=88), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_serial", sa.Integer(), nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sa.Column("granted_to", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "ending",
            sa.Enum(
                *("returned", "broken", "over"),
                native_enum=False,
                create_constraint=True,
                length=20,
                name=op.f("ck_lease_ending"),
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_lease_ended")),
        sa.CheckConstraint("(ending = 'broken') = (reason IS NOT NULL)", name=op.f("ck_lease_reason")),
        sa.CheckConstraint(
            "last_serial <= granted_to AND first_serial > 0 AND position >= 0", name=op.f("ck_lease_serials")
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user_account.id"], name=op.f("fk_lease_ended_by_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["user_account.id"], name=op.f("fk_lease_holder_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_lease_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_index(op.f("ix_lease_shop_id"), "lease", ["shop_id"])
    is_open = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_lease_open", "lease", ["shop_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "lease_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lease_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=88), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        sa.Column("why", sa.String(length=300), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(refusal IS NULL) = (why IS NULL)", name=op.f("ck_lease_entry_refusal")),
        sa.CheckConstraint("position > 0", name=op.f("ck_lease_entry_position")),
        sa.ForeignKeyConstraint(["lease_id"], ["lease.id"], name=op.f("fk_lease_entry_lease_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["lease_entry.id"], name=op.f("fk_lease_entry_undoes_id")),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["user_account.id"], name=op.f("fk_lease_entry_received_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease_entry")),
        sa.UniqueConstraint("lease_id", "position", name=op.f("uq_lease_entry_lease_id_position")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_lease_entry_undoes_id")),
    )
    op.create_table(
        "set_aside",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_set_aside_actor_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["lease_entry.id"], name=op.f("fk_set_aside_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_set_aside")),
    )
    # As one statement: on SQLite the table is not made anew, so its guards stay.
    op.execute(
        "ALTER TABLE redemption ADD COLUMN entry_id INTEGER "
        "CONSTRAINT fk_redemption_entry_id REFERENCES lease_entry (id)"
    )
    op.create_index("uq_redemption_entry_id", "redemption", ["entry_id"], unique=True)
    for table in JOURNALS:
        protect(table)


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
