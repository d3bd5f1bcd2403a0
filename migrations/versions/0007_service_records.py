"""service records: what workers write down, what vouches for it, and the county's template."""

import sqlalchemy as sa
from alembic import op

from migrations.helping import protect

revision = "0007"
down_revision = "0006"

# Tables that nobody changes: what is written stays. 0001 says how for the first of them.
JOURNALS = (
    "gathering",
    "incident",
    "incident_step",
    "dispute",
    "attempt",
    "attempt_contact",
    "attempt_undone",
    "dispute_report",
    "sample",
    "finding",
)
# Journals of 0001 that are made anew on SQLite, where their triggers go with the old table.
MADE_ANEW = ("rubric", "rubric_item")

SOURCES = (
    "claim",
    "visit",
    "gathering",
    "hazard",
    "emergency",
    "dispute",
    "dispute_group",
    "training",
    "evaluation",
)


def upgrade() -> None:
    new_tables()
    rubrics_get_templates()
    services_get_evidence()
    for table in JOURNALS:
        protect(table)
    if op.get_bind().dialect.name == "sqlite":
        for table in MADE_ANEW:
            protect(table)


def rubrics_get_templates() -> None:
    """A county publishes rubrics too; an item says its evidence, and which records feed it."""
    with op.batch_alter_table("rubric") as rubric:
        rubric.drop_constraint(op.f("uq_rubric_village_id_version"), type_="unique")
        rubric.drop_constraint(op.f("fk_rubric_village_id"), type_="foreignkey")
        rubric.alter_column("village_id", new_column_name="area_id")
        rubric.add_column(sa.Column("template_id", sa.Integer(), nullable=True))
        rubric.add_column(sa.Column("most_bonuses", sa.Integer(), nullable=True))
        rubric.add_column(sa.Column("most_deductions", sa.Integer(), nullable=True))
        rubric.add_column(sa.Column("most_points", sa.Integer(), nullable=True))
    with op.batch_alter_table("rubric") as rubric:
        rubric.create_unique_constraint(op.f("uq_rubric_area_id_version"), ["area_id", "version"])
        rubric.create_foreign_key(op.f("fk_rubric_area_id"), "area", ["area_id"], ["id"])
        rubric.create_foreign_key(op.f("fk_rubric_template_id"), "rubric", ["template_id"], ["id"])
    words = ", ".join(f"'{source}'" for source in SOURCES)
    with op.batch_alter_table("rubric_item") as item:
        item.add_column(
            sa.Column("evidence", sa.String(length=200), server_default=sa.text("''"), nullable=False)
        )
        item.add_column(sa.Column("source", sa.String(length=20), server_default="claim", nullable=False))
        item.add_column(sa.Column("own", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        item.create_check_constraint(op.f("ck_rubric_item_fedby"), f"source IN ({words})")
        item.create_check_constraint(op.f("ck_rubric_item_deduction"), "points > 0 OR source = 'claim'")


def services_get_evidence() -> None:
    """A service says which record it came of, who vouched for it, and what it takes the place of."""
    with op.batch_alter_table("service") as service:
        service.add_column(sa.Column("voucher", sa.String(length=20), nullable=True))
        service.add_column(sa.Column("voucher_name", sa.String(length=200), nullable=True))
        service.add_column(sa.Column("evidence", sa.String(length=40), nullable=True))
        service.add_column(sa.Column("household_id", sa.Integer(), nullable=True))
        service.add_column(sa.Column("likeness", sa.String(length=16), nullable=True))
        service.add_column(sa.Column("resubmits_id", sa.Integer(), nullable=True))
        service.create_check_constraint(
            op.f("ck_service_voucher"), "voucher IN ('second_person', 'household', 'witness')"
        )
        service.create_check_constraint(op.f("ck_service_vouched"), "voucher IS NULL OR state = 'confirmed'")
        service.create_unique_constraint(op.f("uq_service_resubmits_id"), ["resubmits_id"])
        service.create_foreign_key(op.f("fk_service_household_id"), "household", ["household_id"], ["id"])
        service.create_foreign_key(op.f("fk_service_resubmits_id"), "service", ["resubmits_id"], ["id"])
    for columns in (
        ["evidence"],
        ["household_id", "done_on"],
        ["recorded_by_id", "recorded_at"],
        ["village_id", "done_on"],
    ):
        op.create_index(op.f(f"ix_service_{'_'.join(columns)}"), "service", columns)
    op.create_index(op.f("ix_appointment_grid_id"), "appointment", ["grid_id"])  # who served in a village
    # These answer from the index alone how often words stand, and how much of an item everybody has.
    op.create_index("ix_service_village_id_likeness", "service", ["village_id", "likeness", "state"])
    op.create_index(
        "ix_service_item_id_done_on", "service", ["item_id", "done_on", "state", "worker_id", "count"]
    )
    not_rejected = sa.text("state <> 'rejected'")
    op.create_index(
        "uq_service_evidence_once",
        "service",
        ["evidence"],
        unique=True,
        sqlite_where=not_rejected,
        postgresql_where=not_rejected,
    )


def new_tables() -> None:
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
        "photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_photo_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("subject", name=op.f("uq_photo_subject")),
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
        "slip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("village_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=True),
        sa.Column("printed_by_id", sa.Integer(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_for", sa.String(length=40), nullable=True),
        sa.Column("used_by_id", sa.Integer(), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(used_for IS NULL) = (used_at IS NULL)", name=op.f("ck_slip_used")),
        sa.ForeignKeyConstraint(["printed_by_id"], ["user_account.id"], name=op.f("fk_slip_printed_by_id")),
        sa.ForeignKeyConstraint(["used_by_id"], ["user_account.id"], name=op.f("fk_slip_used_by_id")),
        sa.ForeignKeyConstraint(["village_id"], ["area.id"], name=op.f("fk_slip_village_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["person.id"], name=op.f("fk_slip_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("number", name=op.f("uq_slip_number")),
        sa.UniqueConstraint("used_for", name=op.f("uq_slip_used_for")),
    )
    op.create_index(op.f("ix_slip_village_id"), "slip", ["village_id"])

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
                name="result",
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
        sa.CheckConstraint("done_on IS NULL OR follow_up IS NOT NULL", name=op.f("ck_visit_followed_up")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user_account.id"], name=op.f("fk_visit_done_by_id")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_visit_grid_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_visit_household_id")),
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
                name="found",
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


def downgrade() -> None:
    raise NotImplementedError("records are kept: restore a backup instead")
