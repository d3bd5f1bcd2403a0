"""Every table of release 0.2.0, and the triggers that keep the journals as they were written."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0001"
down_revision = None

# What is written here is never changed: a mistake is reversed by a further row.
JOURNALS = (
    "rubric",
    "donation",
    "rubric_item",
    "assessment_terms",
    "audit_event",
    "budget",
    "departure",
    "evaluation",
    "grid_change",
    "growth_step",
    "leaving_rule",
    "person_merge",
    "price",
    "reminder",
    "sample",
    "transfer",
    "award",
    "household_class",
    "lapse",
    "merge_move",
    "notice",
    "objection",
    "redemption",
    "sent_back",
    "stock_count",
    "answer",
    "correction",
    "notice_line",
    "proxy",
    "redemption_line",
    "stock_move",
    "void",
    "adjustment",
    "dispute",
    "gathering",
    "incident",
    "attempt",
    "dispute_report",
    "finding",
    "incident_step",
    "attempt_contact",
    "attempt_undone",
)

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def upgrade() -> None:
    make_tables()
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSE_CHANGE)
    for table in JOURNALS:
        protect(table)


def make_tables() -> None:
    op.create_table(
        "area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "county",
                "township",
                "village",
                "community",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(code) = 12", name=op.f("ck_area_code")),
        sa.ForeignKeyConstraint(["parent_id"], ["area.id"], name=op.f("fk_area_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_area")),
        sa.UniqueConstraint("code", name=op.f("uq_area_code")),
    )
    op.create_table(
        "demo_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_calendar")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index("ix_sign_in_failure_bucket_at", "sign_in_failure", ["bucket", "at"])
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "official",
                "police",
                "judge",
                "mediator",
                name="contactkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("agency", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_contact_period")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_contact_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_village_id"), "contact", ["village_id"])
    op.create_table(
        "negative_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["county_id"], ["area.id"], name=op.f("fk_negative_item_county_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_negative_item")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("agency", sa.String(length=100), nullable=True),
        sa.Column(
            "sex",
            sa.Enum("male", "female", name="sex", native_enum=False, create_constraint=True, length=20),
            nullable=True,
        ),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column(
            "standing",
            sa.Enum(
                "party",
                "probationary",
                "league",
                "other_party",
                "masses",
                name="politicalstatus",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column(
            "background",
            sa.Enum(
                "party_member",
                "retired_official",
                "veteran",
                "representative",
                "group_leader",
                "volunteer",
                "other",
                name="background",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("law_mark_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_person_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_index(op.f("ix_person_area_id"), "person", ["area_id"])
    op.create_table(
        "rubric",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("most_bonuses", sa.Integer(), nullable=True),
        sa.Column("most_deductions", sa.Integer(), nullable=True),
        sa.Column("most_points", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_rubric_area_id")),
        sa.ForeignKeyConstraint(["template_id"], ["rubric.id"], name=op.f("fk_rubric_template_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric")),
        sa.UniqueConstraint("area_id", "version", name=op.f("uq_rubric_area_id_version")),
    )
    op.create_table(
        "shop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("hours", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_shop_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("village_id", name=op.f("uq_shop_village_id")),
    )
    op.create_table(
        "village_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_village_group_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_group")),
        sa.UniqueConstraint("village_id", "name", name=op.f("uq_village_group_village_id_name")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "worker",
                "issuing",
                "redeemed",
                "expired",
                name="accountkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(kind = 'worker') = (person_id IS NOT NULL)", name=op.f("ck_account_owner")),
        sa.CheckConstraint("balance >= 0", name=op.f("ck_account_balance")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_account_person_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_account_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
    )
    op.create_index(
        "uq_account_village",
        "account",
        ["village_id", "kind"],
        unique=True,
        sqlite_where=sa.text("person_id IS NULL"),
        postgresql_where=sa.text("person_id IS NULL"),
    )
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
    op.create_index(op.f("ix_device_shop_id"), "device", ["shop_id"])
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
        "goods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("spec", sa.String(length=100), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("low_at", sa.Integer(), nullable=True),
        sa.Column("archived_on", sa.Date(), nullable=True),
        sa.CheckConstraint("low_at IS NULL OR low_at >= 0", name=op.f("ck_goods_low_at")),
        sa.CheckConstraint("quota IS NULL OR quota > 0", name=op.f("ck_goods_quota")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_goods_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods")),
        sa.UniqueConstraint("shop_id", "name", name=op.f("uq_goods_shop_id_name")),
    )
    op.create_table(
        "grid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "rural",
                "urban",
                "dedicated",
                name="gridkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=True),
        sa.Column("agency", sa.String(length=100), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["village_group.id"], name=op.f("fk_grid_group_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_grid_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid")),
        sa.UniqueConstraint("village_id", "code", name=op.f("uq_grid_village_id_code")),
    )
    op.create_table(
        "rubric_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column(
            "category",
            sa.Enum(
                "opinion",
                "publicity",
                "service",
                "hazard",
                "emergency",
                "dispute",
                name="category",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=200), server_default=sa.text("('')"), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "claim",
                "visit",
                "gathering",
                "hazard",
                "emergency",
                "dispute",
                "dispute_group",
                "training",
                "evaluation",
                name="fedby",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            server_default="claim",
            nullable=False,
        ),
        sa.Column("own", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.CheckConstraint("points > 0 OR source = 'claim'", name=op.f("ck_rubric_item_deduction")),
        sa.CheckConstraint("cap IS NULL OR (cap > 0 AND points > 0)", name=op.f("ck_rubric_item_cap")),
        sa.CheckConstraint("points <> 0", name=op.f("ck_rubric_item_points")),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_rubric_item_rubric_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_item")),
    )
    op.create_index(op.f("ix_rubric_item_rubric_id"), "rubric_item", ["rubric_id"])
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("temporary", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("session", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_account_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "worker", "instructor", name="duty", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "chosen_by",
            sa.Enum(
                "households",
                "group",
                "owners",
                "village",
                name="chosenby",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_appointment_period")),
        sa.ForeignKeyConstraint(["follows_id"], ["appointment.id"], name=op.f("fk_appointment_follows_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_appointment_grid_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_appointment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_grid_id"), "appointment", ["grid_id"])
    op.create_index(op.f("ix_appointment_person_id"), "appointment", ["person_id"])
    op.create_index(
        "uq_appointment_current",
        "appointment",
        ["grid_id", "duty"],
        unique=True,
        sqlite_where=sa.text("ended_on IS NULL"),
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("rubric_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "collecting",
                "deliberating",
                "on_notice",
                "booked",
                name="assessmentstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.String(length=2000), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("booked_by_id", sa.Integer(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["booked_by_id"], ["user_account.id"], name=op.f("fk_assessment_booked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["user_account.id"], name=op.f("fk_assessment_opened_by_id")
        ),
        sa.ForeignKeyConstraint(["rubric_id"], ["rubric.id"], name=op.f("fk_assessment_rubric_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_assessment_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("village_id", "quarter", name=op.f("uq_assessment_village_id_quarter")),
    )
    op.create_table(
        "assessment_terms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "quorum",
            sa.Enum(
                "more_than_half",
                "two_thirds",
                name="quorum",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("least_present", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("book_within", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "least_present > 0 AND notice_days > 0 AND book_within > 0",
            name=op.f("ck_assessment_terms_sense"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_assessment_terms_actor_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_assessment_terms_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_terms")),
    )
    op.create_index(op.f("ix_assessment_terms_area_id"), "assessment_terms", ["area_id"])
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=60), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_audit_event_actor_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_audit_event_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_area_id"), "audit_event", ["area_id"])
    op.create_index(op.f("ix_audit_event_subject"), "audit_event", ["subject"])
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
    op.create_index(op.f("ix_barcode_goods_id"), "barcode", ["goods_id"])
    op.create_table(
        "budget",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_budget_amount")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_budget_actor_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_budget_shop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget")),
    )
    op.create_index(op.f("ix_budget_shop_id"), "budget", ["shop_id"])
    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=9), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "lost",
                "replaced",
                "frozen",
                "retired",
                name="cardstate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user_account.id"], name=op.f("fk_card_issued_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("number", name=op.f("uq_card_number")),
        sa.UniqueConstraint("token", name=op.f("uq_card_token")),
    )
    op.create_index(op.f("ix_card_person_id"), "card", ["person_id"])
    op.create_index(
        "uq_card_active",
        "card",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "departure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "exit",
                "adjustment",
                "term_end",
                name="departurekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("negative_item_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("decision", sa.String(length=200), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("keep", "expire", name="outcome", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(outcome = 'keep') = (kept_until IS NOT NULL)", name=op.f("ck_departure_kept")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_departure_actor_id")),
        sa.ForeignKeyConstraint(
            ["negative_item_id"], ["negative_item.id"], name=op.f("fk_departure_negative_item_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_departure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    op.create_index(op.f("ix_departure_person_id"), "departure", ["person_id"])
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "of_worker",
                "by_worker",
                "by_village",
                name="evaluationside",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("voice", sa.String(length=40), nullable=False),
        sa.Column("diligence", sa.Integer(), nullable=False),
        sa.Column("skill", sa.Integer(), nullable=False),
        sa.Column("manner", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "diligence BETWEEN 1 AND 4 AND skill BETWEEN 1 AND 4 AND manner BETWEEN 1 AND 4",
            name=op.f("ck_evaluation_grades"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user_account.id"], name=op.f("fk_evaluation_author_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evaluation_person_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_evaluation_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("year", "person_id", "voice", name=op.f("uq_evaluation_year_person_id_voice")),
    )
    op.create_index(op.f("ix_evaluation_person_id"), "evaluation", ["person_id"])
    op.create_index(op.f("ix_evaluation_village_id"), "evaluation", ["village_id"])
    op.create_table(
        "expiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("booked_until", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("announced_on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(cancelled_by_id IS NULL) = (cancelled_at IS NULL)", name=op.f("ck_expiry_cancelled")
        ),
        sa.CheckConstraint(
            "booked_until < expires_on AND announced_on < expires_on", name=op.f("ck_expiry_days")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_expiry_actor_id")),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["user_account.id"], name=op.f("fk_expiry_cancelled_by_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_expiry_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expiry")),
    )
    op.create_index(op.f("ix_expiry_village_id"), "expiry", ["village_id"])
    op.create_table(
        "goods_picture",
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_goods_picture_goods_id")),
        sa.PrimaryKeyConstraint("goods_id", name=op.f("pk_goods_picture")),
    )
    op.create_table(
        "grid_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opened",
                "renamed",
                "split",
                "merged",
                "closed",
                name="gridchangekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("was", sa.String(length=100), nullable=True),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'renamed') = (was IS NOT NULL)", name=op.f("ck_grid_change_was")),
        sa.CheckConstraint("kind <> 'merged' OR other_id IS NOT NULL", name=op.f("ck_grid_change_into")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_grid_change_actor_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_grid_change_grid_id")),
        sa.ForeignKeyConstraint(["other_id"], ["grid.id"], name=op.f("fk_grid_change_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grid_change")),
    )
    op.create_index(op.f("ix_grid_change_grid_id"), "grid_change", ["grid_id"])
    op.create_table(
        "growth_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "applicant",
                "party_member",
                "reserve_cadre",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("takes_back_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_growth_step_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_growth_step_person_id")),
        sa.ForeignKeyConstraint(
            ["takes_back_id"], ["growth_step.id"], name=op.f("fk_growth_step_takes_back_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_step")),
        sa.UniqueConstraint("takes_back_id", name=op.f("uq_growth_step_takes_back_id")),
    )
    op.create_index(op.f("ix_growth_step_person_id"), "growth_step", ["person_id"])
    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=200), nullable=False),
        sa.Column("house", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("composition", sa.String(length=200), nullable=False),
        sa.Column("standing", sa.String(length=100), nullable=False),
        sa.Column("situation", sa.String(length=500), nullable=False),
        sa.Column("needs", sa.String(length=500), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_for", sa.String(length=200), nullable=True),
        sa.CheckConstraint("residents BETWEEN 0 AND 99", name=op.f("ck_household_residents")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_household_grid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("grid_id", "number", name=op.f("uq_household_grid_id_number")),
    )
    op.create_table(
        "import_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("roster", "goods", name="filekind", native_enum=False, create_constraint=True, length=20),
            server_default="roster",
            nullable=False,
        ),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.Column("left", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_import_file_actor_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_import_file_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_file")),
    )
    op.create_index(op.f("ix_import_file_area_id"), "import_file", ["area_id"])
    op.create_table(
        "leaving_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("keep", "expire", name="outcome", native_enum=False, create_constraint=True, length=20),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("decided", sa.String(length=200), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(outcome = 'keep') = (days IS NOT NULL)", name=op.f("ck_leaving_rule_days")),
        sa.CheckConstraint("days IS NULL OR days BETWEEN 1 AND 1100", name=op.f("ck_leaving_rule_how_long")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_leaving_rule_actor_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_leaving_rule_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_rule")),
    )
    op.create_index(op.f("ix_leaving_rule_village_id"), "leaving_rule", ["village_id"])
    op.create_table(
        "lot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "purchase",
                "donation",
                "allocation",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("donation_id", sa.Integer(), nullable=True),
        sa.Column("unit_cost", sa.Integer(), nullable=True),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.CheckConstraint("(source = 'donation') = (donation_id IS NOT NULL)", name=op.f("ck_lot_donation")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_lot_on_hand")),
        sa.CheckConstraint("unit_cost IS NULL OR unit_cost >= 0", name=op.f("ck_lot_unit_cost")),
        sa.ForeignKeyConstraint(["donation_id"], ["donation.id"], name=op.f("fk_lot_donation_id")),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_lot_goods_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
    )
    op.create_index(op.f("ix_lot_donation_id"), "lot", ["donation_id"])
    op.create_index(op.f("ix_lot_goods_id"), "lot", ["goods_id"])
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=False),
        sa.Column("duplicate_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kept_id <> duplicate_id", name=op.f("ck_person_merge_two")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_person_merge_actor_id")),
        sa.ForeignKeyConstraint(["duplicate_id"], ["person.id"], name=op.f("fk_person_merge_duplicate_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["person.id"], name=op.f("fk_person_merge_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.UniqueConstraint("duplicate_id", name=op.f("uq_person_merge_duplicate_id")),
    )
    op.create_index(op.f("ix_person_merge_kept_id"), "person_merge", ["kept_id"])
    op.create_table(
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_photo_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
    )
    op.create_table(
        "portrait",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_portrait_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_portrait_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_portrait")),
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
    op.create_index("ix_price_goods_id_holds_from", "price", ["goods_id", "holds_from"])
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_reminder_actor_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_reminder_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )
    op.create_index("ix_reminder_area_id_quarter", "reminder", ["area_id", "quarter"])
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "county",
                "township",
                "clerk",
                "chair",
                "supervisor",
                "instructor",
                "manager",
                "volunteer",
                "worker",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_role_grant_area_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_role_grant_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("user_id", "area_id", "role", name=op.f("uq_role_grant_user_id_area_id_role")),
    )
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_sample_size")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_sample_actor_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_sample_village_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
        sa.UniqueConstraint("village_id", "quarter", "seed", name=op.f("uq_sample_village_id_quarter_seed")),
    )
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
    op.create_index(
        "uq_stock_take_open",
        "stock_take",
        ["shop_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "worker", "instructor", name="duty", native_enum=False, create_constraint=True, length=20
            ),
            nullable=False,
        ),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_training_actor_id")),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_training_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
        sa.UniqueConstraint("key", name=op.f("uq_training_key")),
    )
    op.create_index(op.f("ix_training_area_id"), "training", ["area_id"])
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "award",
                "redemption",
                "expiry",
                "merge_out",
                "merge_in",
                "reversal",
                name="transferkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("debit_id", sa.Integer(), nullable=False),
        sa.Column("credit_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("balance_after", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_transfer_reversal")
        ),
        sa.CheckConstraint("account_id IN (debit_id, credit_id)", name=op.f("ck_transfer_own_account")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_transfer_amount")),
        sa.CheckConstraint("balance_after >= 0", name=op.f("ck_transfer_balance_after")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_transfer_two_accounts")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_transfer_account_id")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_transfer_actor_id")),
        sa.ForeignKeyConstraint(["credit_id"], ["account.id"], name=op.f("fk_transfer_credit_id")),
        sa.ForeignKeyConstraint(["debit_id"], ["account.id"], name=op.f("fk_transfer_debit_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["transfer.id"], name=op.f("fk_transfer_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("account_id", "position", name=op.f("uq_transfer_account_id_position")),
        sa.UniqueConstraint("key", name=op.f("uq_transfer_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_transfer_reverses_id")),
    )
    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("training_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_card", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_attendance_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id")),
        sa.ForeignKeyConstraint(["training_id"], ["training.id"], name=op.f("fk_attendance_training_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("training_id", "person_id", name=op.f("uq_attendance_training_id_person_id")),
    )
    op.create_index(op.f("ix_attendance_person_id"), "attendance", ["person_id"])
    op.create_table(
        "award",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_award_assessment_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_award_transfer_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_award_worker_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_award")),
        sa.UniqueConstraint("assessment_id", "worker_id", name=op.f("uq_award_assessment_id_worker_id")),
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
    op.create_index(op.f("ix_consignment_lot_id"), "consignment", ["lot_id"])
    op.create_index(op.f("ix_consignment_to_shop_id"), "consignment", ["to_shop_id"])
    op.create_table(
        "household_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column(
            "attention",
            sa.Enum(
                "priority",
                "watched",
                "ordinary",
                name="attention",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_household_class_actor_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_class_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_class")),
    )
    op.create_index(op.f("ix_household_class_household_id"), "household_class", ["household_id"])
    op.create_table(
        "lapse",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("departure_id", sa.Integer(), nullable=True),
        sa.Column("expiry_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(departure_id IS NULL) <> (expiry_id IS NULL)", name=op.f("ck_lapse_one_cause")),
        sa.ForeignKeyConstraint(["departure_id"], ["departure.id"], name=op.f("fk_lapse_departure_id")),
        sa.ForeignKeyConstraint(["expiry_id"], ["expiry.id"], name=op.f("fk_lapse_expiry_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_lapse_transfer_id")),
        sa.PrimaryKeyConstraint("transfer_id", name=op.f("pk_lapse")),
    )
    op.create_index(op.f("ix_lapse_departure_id"), "lapse", ["departure_id"])
    op.create_index(op.f("ix_lapse_expiry_id"), "lapse", ["expiry_id"])
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_member_assessment_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_member_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("assessment_id", "name", name=op.f("uq_member_assessment_id_name")),
    )
    op.create_table(
        "merge_move",
        sa.Column("out_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("merge_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("out_id <> into_id", name=op.f("ck_merge_move_two_transfers")),
        sa.ForeignKeyConstraint(["into_id"], ["transfer.id"], name=op.f("fk_merge_move_into_id")),
        sa.ForeignKeyConstraint(["merge_id"], ["person_merge.id"], name=op.f("fk_merge_move_merge_id")),
        sa.ForeignKeyConstraint(["out_id"], ["transfer.id"], name=op.f("fk_merge_move_out_id")),
        sa.PrimaryKeyConstraint("out_id", name=op.f("pk_merge_move")),
        sa.UniqueConstraint("into_id", name=op.f("uq_merge_move_into_id")),
    )
    op.create_index(op.f("ix_merge_move_merge_id"), "merge_move", ["merge_id"])
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("posted_by_id", sa.Integer(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("adjusted_upto", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on > posted_on", name=op.f("ck_notice_period")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_notice_assessment_id")),
        sa.ForeignKeyConstraint(["posted_by_id"], ["user_account.id"], name=op.f("fk_notice_posted_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_notice_assessment_id_number")),
    )
    op.create_index(op.f("ix_notice_digest"), "notice", ["digest"])
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column(
            "how",
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
        sa.Column("contact", sa.String(length=100), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("received_by_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=60), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(how = 'online') = (received_by_id IS NULL)", name=op.f("ck_objection_received")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_objection_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["user_account.id"], name=op.f("fk_objection_received_by_id")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_objection_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint("assessment_id", "number", name=op.f("uq_objection_assessment_id_number")),
        sa.UniqueConstraint("key", name=op.f("uq_objection_key")),
        sa.UniqueConstraint("token", name=op.f("uq_objection_token")),
    )
    op.create_index("ix_objection_origin_at", "objection", ["origin", "at"])
    op.create_table(
        "redemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("shop_id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("clerk_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(clerk_id IS NULL) <> (device_id IS NULL)", name=op.f("ck_redemption_served_by")),
        sa.CheckConstraint("total > 0 AND serial > 0", name=op.f("ck_redemption_total")),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_redemption_card_id")),
        sa.ForeignKeyConstraint(["clerk_id"], ["user_account.id"], name=op.f("fk_redemption_clerk_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_redemption_device_id")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_redemption_shop_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_redemption_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("code", name=op.f("uq_redemption_code")),
        sa.UniqueConstraint("key", name=op.f("uq_redemption_key")),
        sa.UniqueConstraint("shop_id", "day", "serial", name=op.f("uq_redemption_shop_id_day_serial")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_redemption_transfer_id")),
    )
    op.create_index(op.f("ix_redemption_card_id"), "redemption", ["card_id"])
    op.create_table(
        "sent_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_sent_back_actor_id")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_sent_back_assessment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_back")),
    )
    op.create_index(op.f("ix_sent_back_assessment_id"), "sent_back", ["assessment_id"])
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
    op.create_index(op.f("ix_stock_count_stock_take_id"), "stock_count", ["stock_take_id"])
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("decided_by", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("accepted = (change <> 0)", name=op.f("ck_answer_change")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_answer_actor_id")),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_answer_objection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("objection_id", name=op.f("uq_answer_objection_id")),
    )
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("reversal_id", sa.Integer(), nullable=False),
        sa.Column("booked_id", sa.Integer(), nullable=True),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('"right" >= 0', name=op.f("ck_correction_right")),
        sa.CheckConstraint('("right" > 0) = (booked_id IS NOT NULL)', name=op.f("ck_correction_booked")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_correction_actor_id")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_correction_assessment_id")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["transfer.id"], name=op.f("fk_correction_award_id")),
        sa.ForeignKeyConstraint(["booked_id"], ["transfer.id"], name=op.f("fk_correction_booked_id")),
        sa.ForeignKeyConstraint(["line_id"], ["award.transfer_id"], name=op.f("fk_correction_line_id")),
        sa.ForeignKeyConstraint(["reversal_id"], ["transfer.id"], name=op.f("fk_correction_reversal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("award_id", name=op.f("uq_correction_award_id")),
        sa.UniqueConstraint("booked_id", name=op.f("uq_correction_booked_id")),
        sa.UniqueConstraint("key", name=op.f("uq_correction_key")),
        sa.UniqueConstraint("reversal_id", name=op.f("uq_correction_reversal_id")),
    )
    op.create_index(op.f("ix_correction_assessment_id"), "correction", ["assessment_id"])
    op.create_index(op.f("ix_correction_line_id"), "correction", ["line_id"])
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "visit",
                "gathering",
                "incident",
                "dispute",
                "attendance",
                "evaluation",
                name="evidencekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("attendance_id", sa.Integer(), nullable=True),
        sa.Column("evaluation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(evaluation_id IS NOT NULL) = (kind = 'evaluation')", name=op.f("ck_evidence_evaluated")
        ),
        sa.CheckConstraint("attendance_id IS NULL OR kind = 'attendance'", name=op.f("ck_evidence_attended")),
        sa.ForeignKeyConstraint(
            ["attendance_id"], ["attendance.id"], name=op.f("fk_evidence_attendance_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name=op.f("fk_evidence_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("attendance_id", name=op.f("uq_evidence_attendance_id")),
        sa.UniqueConstraint("evaluation_id", name=op.f("uq_evidence_evaluation_id")),
    )
    op.create_table(
        "notice_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("grid", sa.String(length=100), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("deductions", sa.Integer(), nullable=False),
        sa.Column("adjustments", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint("total >= 0 AND deductions <= 0", name=op.f("ck_notice_line_amounts")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_line_notice_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_notice_line_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_line")),
        sa.UniqueConstraint("notice_id", "number", name=op.f("uq_notice_line_notice_id_number")),
        sa.UniqueConstraint("notice_id", "worker_id", name=op.f("uq_notice_line_notice_id_worker_id")),
    )
    op.create_index(op.f("ix_notice_line_worker_id"), "notice_line", ["worker_id"])
    op.create_table(
        "proxy",
        sa.Column("redemption_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemption.id"], name=op.f("fk_proxy_redemption_id")),
        sa.PrimaryKeyConstraint("redemption_id", name=op.f("pk_proxy")),
    )
    op.create_table(
        "recusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=100), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_recusal_actor_id")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_recusal_member_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_recusal_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
        sa.UniqueConstraint("member_id", "worker_id", name=op.f("uq_recusal_member_id_worker_id")),
    )
    op.create_table(
        "redemption_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=False),
        sa.Column("goods_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("spec", sa.String(length=100), nullable=True),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0 AND price > 0", name=op.f("ck_redemption_line_quantity")),
        sa.ForeignKeyConstraint(["goods_id"], ["goods.id"], name=op.f("fk_redemption_line_goods_id")),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_redemption_line_redemption_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption_line")),
    )
    op.create_index(op.f("ix_redemption_line_redemption_id"), "redemption_line", ["redemption_id"])
    op.create_table(
        "stock_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "receipt",
                "redemption",
                "void",
                "write_off",
                "return",
                "sent",
                "sent_back",
                "stock_take",
                "reversal",
                name="movekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=True),
        sa.Column("consignment_id", sa.Integer(), nullable=True),
        sa.Column("stock_take_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_stock_move_reversal")
        ),
        sa.CheckConstraint(
            "(kind = 'stock_take') = (stock_take_id IS NOT NULL)", name=op.f("ck_stock_move_stock_take")
        ),
        sa.CheckConstraint(
            "(kind IN ('redemption', 'void')) = (redemption_id IS NOT NULL)",
            name=op.f("ck_stock_move_redemption"),
        ),
        sa.CheckConstraint(
            "(kind IN ('write_off', 'return', 'reversal')) = (reason IS NOT NULL)",
            name=op.f("ck_stock_move_reason"),
        ),
        sa.CheckConstraint(
            "CASE WHEN kind = 'receipt' THEN 1 = 1 ELSE (kind IN ('sent', 'sent_back')) = (consignment_id IS NOT NULL) END",
            name=op.f("ck_stock_move_consignment"),
        ),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('receipt', 'void', 'sent_back') THEN quantity > 0 WHEN kind IN ('redemption', 'write_off', 'return', 'sent') THEN quantity < 0 ELSE quantity <> 0 END",
            name=op.f("ck_stock_move_quantity"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_stock_move_actor_id")),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignment.id"], name=op.f("fk_stock_move_consignment_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_stock_move_lot_id")),
        sa.ForeignKeyConstraint(
            ["redemption_id"], ["redemption.id"], name=op.f("fk_stock_move_redemption_id")
        ),
        sa.ForeignKeyConstraint(["reverses_id"], ["stock_move.id"], name=op.f("fk_stock_move_reverses_id")),
        sa.ForeignKeyConstraint(
            ["stock_take_id"], ["stock_take.id"], name=op.f("fk_stock_move_stock_take_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("key", name=op.f("uq_stock_move_key")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_stock_move_reverses_id")),
    )
    op.create_index(op.f("ix_stock_move_consignment_id"), "stock_move", ["consignment_id"])
    op.create_index(op.f("ix_stock_move_lot_id"), "stock_move", ["lot_id"])
    op.create_index(op.f("ix_stock_move_redemption_id"), "stock_move", ["redemption_id"])
    op.create_index(op.f("ix_stock_move_stock_take_id"), "stock_move", ["stock_take_id"])
    op.create_table(
        "void",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(actor_id IS NULL) <> (device_id IS NULL)", name=op.f("ck_void_made_by")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_void_actor_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_void_device_id")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemption.id"], name=op.f("fk_void_redemption_id")),
        sa.ForeignKeyConstraint(["transfer_id"], ["transfer.id"], name=op.f("fk_void_transfer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_void")),
        sa.UniqueConstraint("redemption_id", name=op.f("uq_void_redemption_id")),
        sa.UniqueConstraint("transfer_id", name=op.f("uq_void_transfer_id")),
    )
    op.create_table(
        "adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("takes_back_id", sa.Integer(), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_adjustment_amount")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_adjustment_actor_id")),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_adjustment_answer_id")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_adjustment_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["takes_back_id"], ["adjustment.id"], name=op.f("fk_adjustment_takes_back_id")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_adjustment_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        sa.UniqueConstraint("answer_id", name=op.f("uq_adjustment_answer_id")),
        sa.UniqueConstraint("key", name=op.f("uq_adjustment_key")),
        sa.UniqueConstraint("takes_back_id", name=op.f("uq_adjustment_takes_back_id")),
    )
    op.create_index(op.f("ix_adjustment_assessment_id"), "adjustment", ["assessment_id"])
    op.create_table(
        "dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "neighbours",
                "family",
                "land",
                "debt",
                "work",
                "other",
                name="disputekind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("parties", sa.String(length=200), nullable=False),
        sa.Column("matter", sa.String(length=1000), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_dispute_grid_id")),
        sa.ForeignKeyConstraint(["id"], ["evidence.id"], name=op.f("fk_dispute_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user_account.id"], name=op.f("fk_dispute_opened_by_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_dispute_village_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_dispute_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("key", name=op.f("uq_dispute_key")),
    )
    op.create_index(op.f("ix_dispute_grid_id"), "dispute", ["grid_id"])
    op.create_index("ix_dispute_village_id_opened_on", "dispute", ["village_id", "opened_on"])
    op.create_index(op.f("ix_dispute_worker_id"), "dispute", ["worker_id"])
    op.create_table(
        "gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "law",
                "policy",
                "village",
                name="gatheringkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("present BETWEEN 1 AND 9999", name=op.f("ck_gathering_present")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_gathering_grid_id")),
        sa.ForeignKeyConstraint(["id"], ["evidence.id"], name=op.f("fk_gathering_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_gathering_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_gathering_village_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_gathering_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gathering")),
        sa.UniqueConstraint("key", name=op.f("uq_gathering_key")),
    )
    op.create_index("ix_gathering_grid_id_held_on", "gathering", ["grid_id", "held_on"])
    op.create_index("ix_gathering_village_id_held_on", "gathering", ["village_id", "held_on"])
    op.create_index(op.f("ix_gathering_worker_id"), "gathering", ["worker_id"])
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "hazard",
                "emergency",
                name="incidentkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column(
            "severity",
            sa.Enum(
                "ordinary",
                "major",
                "severe",
                "extreme",
                name="severity",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
        sa.Column("done", sa.String(length=500), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_incident_grid_id")),
        sa.ForeignKeyConstraint(["id"], ["evidence.id"], name=op.f("fk_incident_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_incident_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_incident_village_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_incident_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("key", name=op.f("uq_incident_key")),
    )
    op.create_index("ix_incident_village_id_kind", "incident", ["village_id", "kind", "found_on"])
    op.create_index(op.f("ix_incident_worker_id"), "incident", ["worker_id"])
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "recorded",
                "confirmed",
                "rejected",
                name="servicestate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=200), nullable=True),
        sa.Column(
            "voucher",
            sa.Enum(
                "second_person",
                "household",
                "witness",
                name="voucher",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("voucher_name", sa.String(length=200), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("likeness", sa.String(length=16), nullable=True),
        sa.Column("resubmits_id", sa.Integer(), nullable=True),
        sa.Column("assessment_id", sa.Integer(), nullable=True),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'recorded') = (decided_by_id IS NULL)", name=op.f("ck_service_decided")),
        sa.CheckConstraint("assessment_id IS NULL OR state = 'confirmed'", name=op.f("ck_service_counted")),
        sa.CheckConstraint("voucher IS NULL OR state = 'confirmed'", name=op.f("ck_service_vouched")),
        sa.CheckConstraint("count > 0", name=op.f("ck_service_count")),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_service_assessment_id")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_service_decided_by_id")
        ),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_service_evidence_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_service_grid_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_service_household_id")),
        sa.ForeignKeyConstraint(["item_id"], ["rubric_item.id"], name=op.f("fk_service_item_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_service_photo_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_service_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["resubmits_id"], ["service.id"], name=op.f("fk_service_resubmits_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_service_village_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_service_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("key", name=op.f("uq_service_key")),
        sa.UniqueConstraint("resubmits_id", name=op.f("uq_service_resubmits_id")),
    )
    op.create_index(op.f("ix_service_assessment_id"), "service", ["assessment_id"])
    op.create_index("ix_service_evidence_id", "service", ["evidence_id", "id"])
    op.create_index("ix_service_household_id_done_on", "service", ["household_id", "done_on"])
    op.create_index(
        "ix_service_item_id_done_on", "service", ["item_id", "done_on", "state", "worker_id", "count"]
    )
    op.create_index("ix_service_recorded_by_id_recorded_at", "service", ["recorded_by_id", "recorded_at"])
    op.create_index("ix_service_village_id_done_on", "service", ["village_id", "done_on"])
    op.create_index("ix_service_village_id_likeness", "service", ["village_id", "likeness", "state"])
    op.create_index("ix_service_village_id_state", "service", ["village_id", "state", "done_on"])
    op.create_index(op.f("ix_service_worker_id"), "service", ["worker_id"])
    op.create_index(
        "uq_service_evidence_once",
        "service",
        ["evidence_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'rejected'"),
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("seen", sa.String(length=500), nullable=False),
        sa.Column("needs", sa.String(length=500), nullable=False),
        sa.Column("follow_up", sa.String(length=200), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("done_note", sa.String(length=200), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("done_on IS NULL OR follow_up IS NOT NULL", name=op.f("ck_visit_followed_up")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user_account.id"], name=op.f("fk_visit_done_by_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_visit_grid_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_visit_household_id")),
        sa.ForeignKeyConstraint(["id"], ["evidence.id"], name=op.f("fk_visit_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], name=op.f("fk_visit_photo_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_visit_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_visit_village_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_visit_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("key", name=op.f("uq_visit_key")),
    )
    op.create_index("ix_visit_household_id_visited_on", "visit", ["household_id", "visited_on"])
    op.create_index(
        "ix_visit_open_follow_up",
        "visit",
        ["grid_id", "visited_on"],
        sqlite_where=sa.text("follow_up IS NOT NULL AND done_on IS NULL"),
        postgresql_where=sa.text("follow_up IS NOT NULL AND done_on IS NULL"),
    )
    op.create_index("ix_visit_village_id_visited_on", "visit", ["village_id", "visited_on"])
    op.create_index(op.f("ix_visit_worker_id"), "visit", ["worker_id"])
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "rung",
            sa.Enum(
                "grid",
                "group",
                "village",
                "township",
                "county",
                name="rung",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("mediators", sa.String(length=200), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "settled",
                "failed",
                "withdrawn",
                name="attemptresult",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_attempt_actor_id")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_attempt_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("dispute_id", "number", name=op.f("uq_attempt_dispute_id_number")),
        sa.UniqueConstraint("key", name=op.f("uq_attempt_key")),
    )
    op.create_table(
        "dispute_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dispute_id", sa.Integer(), nullable=False),
        sa.Column(
            "to",
            sa.Enum(
                "grid",
                "group",
                "village",
                "township",
                "county",
                name="rung",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("measures", sa.String(length=500), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "\"to\" IN ('village', 'township', 'county')", name=op.f("ck_dispute_report_upward")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_dispute_report_actor_id")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_report_dispute_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_report")),
        sa.UniqueConstraint("dispute_id", "to", name=op.f("uq_dispute_report_dispute_id_to")),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sample_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column(
            "found",
            sa.Enum(
                "sound",
                "doubtful",
                "false",
                name="findingresult",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_finding_actor_id")),
        sa.ForeignKeyConstraint(["sample_id"], ["sample.id"], name=op.f("fk_finding_sample_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_finding_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index(op.f("ix_finding_sample_id"), "finding", ["sample_id"])
    op.create_table(
        "incident_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "handed_over",
                "done",
                "closed",
                name="incidentstepkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("to", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'handed_over') = (\"to\" <> '')", name=op.f("ck_incident_step_handed_over")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_incident_step_actor_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"], name=op.f("fk_incident_step_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_step")),
    )
    op.create_index(op.f("ix_incident_step_incident_id"), "incident_step", ["incident_id"])
    op.create_index(
        "uq_incident_step_closed",
        "incident_step",
        ["incident_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'closed'"),
        postgresql_where=sa.text("kind = 'closed'"),
    )
    op.create_table(
        "slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(used_at IS NULL) = (service_id IS NULL AND evidence_id IS NULL)", name=op.f("ck_slip_used")
        ),
        sa.CheckConstraint("service_id IS NULL OR evidence_id IS NULL", name=op.f("ck_slip_once")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_slip_evidence_id")),
        sa.ForeignKeyConstraint(["printed_by_id"], ["user_account.id"], name=op.f("fk_slip_printed_by_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_slip_service_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["user_account.id"], name=op.f("fk_slip_used_by_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_slip_village_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_slip_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_slip_evidence_id")),
        sa.UniqueConstraint("number", name=op.f("uq_slip_number")),
        sa.UniqueConstraint("service_id", name=op.f("uq_slip_service_id")),
    )
    op.create_index(op.f("ix_slip_village_id"), "slip", ["village_id"])
    op.create_table(
        "attempt_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_contact_attempt_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_attempt_contact_contact_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_contact")),
        sa.UniqueConstraint(
            "attempt_id", "contact_id", name=op.f("uq_attempt_contact_attempt_id_contact_id")
        ),
    )
    op.create_table(
        "attempt_undone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_attempt_undone_actor_id")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_attempt_undone_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_undone")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_attempt_undone_attempt_id")),
    )


def downgrade() -> None:
    raise NotImplementedError("the journals are kept: restore a backup instead")
