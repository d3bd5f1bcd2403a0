"""A prefecture: its level and role, and the returns that it received from its counties."""

import sqlalchemy as sa
from alembic import op

from migrations.journals import protect

revision = "0029"
down_revision = "0028"

JOURNALS = ("received_return",)

LEVELS = "'prefecture', 'county', 'township', 'village', 'community'"
ROLES = (
    "'prefecture', 'county', 'township', 'clerk', 'chair', 'supervisor', 'instructor', 'manager', 'volunteer', "
    "'worker'"
)
# By table what its column holds from now on.
WIDER = {
    "area": ("level", LEVELS),
    "quarterly_return": ("level", LEVELS),
    "role_grant": ("role", ROLES),
}


def upgrade() -> None:
    """Let a place be a prefecture and a role its, and add the table."""
    for table, (column, values) in WIDER.items():
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
            changed.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({values})")
    op.create_table(
        "received_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=12), nullable=False),
        sa.Column("county_name", sa.String(length=100), nullable=False),
        sa.Column("quarter_name", sa.String(length=6), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("sent_by_unit", sa.String(length=200), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version > 0", name=op.f("ck_received_return_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_return")),
        sa.UniqueConstraint(
            "county_code",
            "quarter_name",
            "version",
            name=op.f("uq_received_return_county_code_quarter_name_version"),
        ),
    )
    protect("received_return")
    if op.get_bind().dialect.name == "sqlite":
        protect("quarterly_return")  # its triggers went with the table that it was


def downgrade() -> None:
    """Not possible."""
    raise NotImplementedError("the journals are kept: restore a backup instead")
