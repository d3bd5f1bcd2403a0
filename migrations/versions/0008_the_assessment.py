"""The quarterly assessment: terms, who met, posted lines, objections, corrections, expiry, budgets."""

import json
import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from migrations.helping import protect

revision = "0008"
down_revision = "0007"

# Tables that nobody changes: what is written stays. 0001 says how for the first of them.
JOURNALS = (
    "assessment_terms",
    "reminder",
    "sent_back",
    "notice_line",
    "objection",
    "answer",
    "correction",
    "budget",
)
# Journals of 0001 that are made anew on SQLite, where their triggers go with the old table.
MADE_ANEW = ("notice", "adjustment")


def upgrade() -> None:
    new_tables()
    adjustments_name_what_brought_them()
    meetings_have_members()
    notices_are_numbered()
    lines_of_earlier_notices()
    for table in JOURNALS:
        protect(table)
    if op.get_bind().dialect.name == "sqlite":
        for table in MADE_ANEW:
            protect(table)


def adjustments_name_what_brought_them() -> None:
    """An adjustment may take back another, or come of an accepted objection."""
    with op.batch_alter_table("adjustment") as adjustment:
        for column, other in (("takes_back_id", "adjustment"), ("answer_id", "answer")):
            adjustment.add_column(sa.Column(column, sa.Integer(), nullable=True))
            adjustment.create_unique_constraint(op.f(f"uq_adjustment_{column}"), [column])
            adjustment.create_foreign_key(op.f(f"fk_adjustment_{column}"), other, [column], ["id"])


def meetings_have_members() -> None:
    """Who was at a meeting was one text: each name in it becomes a member who was present."""
    bind = op.get_bind()
    with op.batch_alter_table("assessment") as assessment:
        assessment.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    there = sa.text("SELECT id, attendance FROM assessment WHERE attendance IS NOT NULL ORDER BY id")
    member = sa.text("INSERT INTO member (assessment_id, name, present) VALUES (:assessment, :name, true)")
    for ident, attendance in bind.execute(there).all():
        names = dict.fromkeys(name.strip() for name in re.split(r"[、，,；;\s]+", attendance))
        for name in filter(None, names):
            bind.execute(member, {"assessment": ident, "name": name[:100]})
    with op.batch_alter_table("assessment") as assessment:
        assessment.drop_column("attendance")


def notices_are_numbered() -> None:
    """An assessment may have several notices; those there are the first, of the whole sheet."""
    bind = op.get_bind()
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("uq_notice_assessment_id"), type_="unique")
        notice.add_column(sa.Column("number", sa.Integer(), server_default="1", nullable=False))
        notice.add_column(sa.Column("whole", sa.Boolean(), server_default=sa.text("true"), nullable=False))
        notice.add_column(sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True))
        notice.add_column(sa.Column("adjusted_upto", sa.Integer(), server_default="0", nullable=False))
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE notice DISABLE TRIGGER append_only")
    columns = (sa.column("id"), sa.column("assessment_id"), sa.column("posted_on", sa.Date()))
    table = sa.table(
        "notice", *columns, sa.column("posted_at", sa.DateTime(timezone=True)), sa.column("adjusted_upto")
    )
    adjustment = sa.table("adjustment", sa.column("id"), sa.column("assessment_id"))
    for ident, assessment, posted_on in bind.execute(sa.select(*columns).select_from(table)).all():
        upto = bind.scalar(
            sa.select(sa.func.max(adjustment.c.id)).where(adjustment.c.assessment_id == assessment)
        )
        morning = datetime.combine(posted_on, time(9), ZoneInfo("Asia/Shanghai")).astimezone(UTC)
        bind.execute(
            table.update().where(table.c.id == ident).values(posted_at=morning, adjusted_upto=upto or 0)
        )
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE notice ENABLE TRIGGER append_only")
    with op.batch_alter_table("notice") as notice:
        notice.alter_column("posted_at", nullable=False)
        for column in ("number", "whole", "adjusted_upto"):
            notice.alter_column(column, server_default=None)
        notice.create_unique_constraint(op.f("uq_notice_assessment_id_number"), ["assessment_id", "number"])
    op.create_index(op.f("ix_notice_digest"), "notice", ["digest"])


def lines_of_earlier_notices() -> None:
    """What was posted was computed at each look: it is written down as it is computed now."""
    bind = op.get_bind()
    line = sa.text(
        "INSERT INTO notice_line "
        "(notice_id, number, worker_id, name, grid, cells, deductions, adjustments, total) VALUES "
        "(:notice_id, :number, :worker_id, :name, :grid, :cells, :deductions, :adjustments, :total)"
    )
    posted = sa.text("SELECT id, assessment_id FROM notice ORDER BY id")
    for notice_id, assessment_id in bind.execute(posted).all():
        rows = sorted(_rows(assessment_id).items(), key=lambda row: (row[1]["grid_code"], row[0]))
        for number, (worker_id, row) in enumerate(rows, 1):
            earned = sum(capped for _count, _raw, capped in row["cells"].values())
            total = max(0, earned + row["deductions"] + row["adjustments"])
            name = row["name"]
            masked = f"{name[0]}*{name[-1]}" if len(name) > 2 else f"{name[:1]}*"
            bind.execute(
                line,
                {
                    "notice_id": notice_id,
                    "number": number,
                    "worker_id": worker_id,
                    "name": masked,
                    "grid": row["grid"],
                    "cells": json.dumps(row["cells"]),
                    "deductions": row["deductions"],
                    "adjustments": row["adjustments"],
                    "total": total,
                },
            )


CATEGORIES = ("opinion", "publicity", "service", "hazard", "emergency", "dispute")

# Who served in the quarter, with a grid of theirs; an entry that was merged stands under the one kept.
SERVED = sa.text(
    "SELECT COALESCE(person_merge.kept_id, appointment.person_id), grid.code, grid.name, person.name "
    "FROM assessment JOIN grid ON grid.village_id = assessment.village_id "
    "JOIN appointment ON appointment.grid_id = grid.id AND appointment.duty = 'worker' "
    "LEFT JOIN person_merge ON person_merge.duplicate_id = appointment.person_id "
    "JOIN person ON person.id = COALESCE(person_merge.kept_id, appointment.person_id) "
    "WHERE assessment.id = :assessment AND appointment.starts_on <= :last "
    "AND COALESCE(appointment.ended_on, appointment.ends_on) > :first ORDER BY grid.code DESC"
)
COUNTED = sa.text(
    "SELECT service.worker_id, grid.code, grid.name, person.name, rubric_item.category, rubric_item.points, "
    "rubric_item.cap, SUM(service.count) FROM service JOIN grid ON grid.id = service.grid_id "
    "JOIN person ON person.id = service.worker_id JOIN rubric_item ON rubric_item.id = service.item_id "
    "WHERE service.assessment_id = :assessment GROUP BY service.worker_id, grid.code, grid.name, "
    "person.name, rubric_item.id, rubric_item.category, rubric_item.points, rubric_item.cap"
)
ADJUSTED = sa.text(
    "SELECT worker_id, SUM(amount) FROM adjustment WHERE assessment_id = :assessment GROUP BY worker_id"
)


def _rows(assessment_id: int) -> dict[int, dict]:
    """A sheet as earlier versions computed it, by worker."""
    bind, given = op.get_bind(), {"assessment": assessment_id}
    (quarter,) = bind.execute(sa.text("SELECT quarter FROM assessment WHERE id = :assessment"), given).one()
    year, last_month = int(quarter[:4]), int(quarter[5]) * 3
    rows: dict[int, dict] = {}

    def row_of(worker: int, code: str, grid: str, name: str) -> dict:
        empty = {"cells": {each: [0, 0, 0] for each in CATEGORIES}, "deductions": 0, "adjustments": 0}
        return rows.setdefault(worker, {"grid_code": code, "grid": grid, "name": name, **empty})

    terms = SERVED.bindparams(
        sa.bindparam("first", date(year, last_month - 2, 1), sa.Date()),
        sa.bindparam("last", date(year, last_month, 31 if last_month in (3, 12) else 30), sa.Date()),
        assessment=assessment_id,
    )
    for served in bind.execute(terms):
        row_of(*served)
    sums: dict[tuple, int] = {}
    for worker, code, grid, name, category, points, cap, count in bind.execute(COUNTED, given):
        row_of(worker, code, grid, name)
        item = (worker, category, points, cap)
        sums[item] = sums.get(item, 0) + count
    for (worker, category, points, cap), count in sums.items():
        row, raw = rows[worker], points * count
        if raw < 0:
            row["deductions"] += raw
            continue
        cell = row["cells"][category]
        capped = raw if cap is None else min(raw, cap)
        row["cells"][category] = [cell[0] + count, cell[1] + raw, cell[2] + capped]
    for worker, amount in bind.execute(ADJUSTED, given):
        if worker in rows:
            rows[worker]["adjustments"] += amount
    return rows


def new_tables() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
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
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("right", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint('"right" >= 0', name=op.f("ck_correction_right")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_correction_actor_id")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_correction_assessment_id")
        ),
        sa.ForeignKeyConstraint(["award_id"], ["transfer.id"], name=op.f("fk_correction_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("award_id", name=op.f("uq_correction_award_id")),
        sa.UniqueConstraint("key", name=op.f("uq_correction_key")),
    )
    op.create_index(op.f("ix_correction_assessment_id"), "correction", ["assessment_id"])
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
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "oral", "written", "online", name="how", native_enum=False, create_constraint=True, length=20
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


def downgrade() -> None:
    raise NotImplementedError("records are kept: restore a backup instead")
