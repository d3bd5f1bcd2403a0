"""Opening balances: what villages' papers say, posted, objected to and booked as transfers of their own kind."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0020"
down_revision = "0019"

JOURNALS = (
    "opening_line",
    "opening_notice",
    "opening_notice_line",
    "opening_objection",
    "opening_answer",
    "opening_booking",
    "opening_reversal",
)

TRANSFER_KINDS = ("award", "opening", "redemption", "expiry", "merge_out", "merge_in", "reversal")


def upgrade() -> None:
    """Add the tables, and let transfers and files be of one more kind."""
    _widen("import_file", "filekind", ("roster", "goods", "openings"))
    _widen("transfer", "transferkind", TRANSFER_KINDS)
    if op.get_bind().dialect.name == "sqlite":
        protect("transfer")  # the guards went with the old table
    op.create_table(
        "opening_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("brought_by_id", sa.Integer(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_opening_sheet_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["user_account.id"], name=op.f("fk_opening_sheet_brought_by_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_opening_sheet_village_id")),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"], ["user_account.id"], name=op.f("fk_opening_sheet_withdrawn_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_sheet")),
        sa.UniqueConstraint("village_id", "number", name=op.f("uq_opening_sheet_village_id_number")),
    )
    op.create_table(
        "opening_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("grid", sa.String(length=100), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.CheckConstraint("tenths > 0", name=op.f("ck_opening_line_tenths")),
        sa.ForeignKeyConstraint(["sheet_id"], ["opening_sheet.id"], name=op.f("fk_opening_line_sheet_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_opening_line_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_line")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_opening_line_sheet_id_number")),
        sa.UniqueConstraint("sheet_id", "worker_id", name=op.f("uq_opening_line_sheet_id_worker_id")),
    )
    op.create_index(op.f("ix_opening_line_worker_id"), "opening_line", ["worker_id"])
    op.create_table(
        "opening_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("last_transfer_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > posted_on", name=op.f("ck_opening_notice_period")),
        sa.ForeignKeyConstraint(
            ["posted_by_id"], ["user_account.id"], name=op.f("fk_opening_notice_posted_by_id")
        ),
        sa.ForeignKeyConstraint(["sheet_id"], ["opening_sheet.id"], name=op.f("fk_opening_notice_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_notice")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_opening_notice_sheet_id_number")),
    )
    op.create_table(
        "opening_booking",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["opening_line.id"], name=op.f("fk_opening_booking_line_id")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_opening_booking_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_opening_booking")),
        sa.UniqueConstraint("line_id", name=op.f("uq_opening_booking_line_id")),
    )
    op.create_table(
        "opening_notice_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=False),
        sa.CheckConstraint("tenths >= 0", name=op.f("ck_opening_notice_line_tenths")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["opening_line.id"], name=op.f("fk_opening_notice_line_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["opening_notice.id"], name=op.f("fk_opening_notice_line_notice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_notice_line")),
        sa.UniqueConstraint("notice_id", "line_id", name=op.f("uq_opening_notice_line_notice_id_line_id")),
    )
    op.create_index(op.f("ix_opening_notice_line_line_id"), "opening_notice_line", ["line_id"])
    op.create_table(
        "opening_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum(
                "oral",
                "written",
                "online",
                name="objectionchannel",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel <> 'online'", name=op.f("ck_opening_objection_written_down")),
        sa.ForeignKeyConstraint(["line_id"], ["opening_line.id"], name=op.f("fk_opening_objection_line_id")),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["user_account.id"], name=op.f("fk_opening_objection_received_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["opening_sheet.id"], name=op.f("fk_opening_objection_sheet_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_objection")),
        sa.UniqueConstraint("key", name=op.f("uq_opening_objection_key")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_opening_objection_sheet_id_number")),
    )
    op.create_index(op.f("ix_opening_objection_line_id"), "opening_objection", ["line_id"])
    op.create_table(
        "opening_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("right_tenths", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("right_tenths >= 0", name=op.f("ck_opening_answer_right")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_opening_answer_actor_id")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["opening_objection.id"], name=op.f("fk_opening_answer_objection_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_answer")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_opening_answer_objection_id")),
    )
    op.create_table(
        "opening_reversal",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreed_by_id"], ["user_account.id"], name=op.f("fk_opening_reversal_agreed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["opening_booking.transfer_id"], name=op.f("fk_opening_reversal_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfer.id"], name=op.f("fk_opening_reversal_transfer_id")
        ),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_opening_reversal")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_opening_reversal_booking_id")),
    )
    for table in JOURNALS:
        protect(table)


def _widen(table: str, name: str, kinds: tuple[str, ...]) -> None:
    """Let the column `kind` of a table hold these values; SQLite makes the table anew for it."""
    constraint = op.f(f"ck_{table}_{name}")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(constraint, table, type_="check")
        op.create_check_constraint(constraint, table, sa.column("kind").in_(kinds))
        return
    values = sa.Enum(*kinds, native_enum=False, create_constraint=True, length=20, name=constraint)
    with op.batch_alter_table(table) as changed:
        changed.alter_column("kind", existing_type=sa.String(length=20), type_=values)


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
