"""Who somebody is behind a sign-in or a device, whose hand gave a role, and on which device one signed in."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns; the trail tells which hand gave a role or set a device up."""
    op.add_column(
        "user_account", sa.Column("unit", sa.String(length=200), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "user_account", sa.Column("phone", sa.String(length=20), nullable=False, server_default=sa.text("''"))
    )
    op.add_column(
        "user_session",
        sa.Column("device_mark", sa.String(length=32), nullable=False, server_default=sa.text("''")),
    )
    op.create_index(op.f("ix_user_session_device_mark"), "user_session", ["device_mark"])
    op.add_column("service", sa.Column("device_mark", sa.String(length=32), nullable=True))
    with op.batch_alter_table("role_grant") as grant:
        grant.add_column(sa.Column("given_by_id", sa.Integer(), nullable=True))
        grant.add_column(sa.Column("waits", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        grant.create_foreign_key(op.f("fk_role_grant_given_by_id"), "user_account", ["given_by_id"], ["id"])
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("added_by_id", sa.Integer(), nullable=True))
        device.create_foreign_key(op.f("fk_device_added_by_id"), "user_account", ["added_by_id"], ["id"])
    _read_hands()


def _read_hands() -> None:
    """Write down the hands that the trail knows; the last line about a role or a device is the one that holds."""
    connection = op.get_bind()
    lines = connection.execute(
        sa.text(
            "SELECT actor_id, action, subject, detail FROM audit_event "
            "WHERE action IN ('role.grant', 'device.add') ORDER BY id"
        )
    ).all()
    for actor_id, action, subject, detail in lines:
        ident = int(subject.partition(":")[2])
        if action == "device.add":
            connection.execute(
                sa.text("UPDATE device SET added_by_id = :actor WHERE id = :ident"),
                {"actor": actor_id, "ident": ident},
            )
            continue
        given = json.loads(detail) if isinstance(detail, str) else detail
        connection.execute(
            sa.text(
                "UPDATE role_grant SET given_by_id = :actor WHERE user_id = :ident AND role = :role "
                "AND area_id = (SELECT id FROM area WHERE code = :place)"
            ),
            {"actor": actor_id, "ident": ident, "role": given["role"], "place": given["place"]},
        )


def downgrade() -> None:
    """Who somebody is behind a sign-in or a device is forgotten; a role that waited is not given."""
    with op.batch_alter_table("device") as device:
        device.drop_constraint("fk_device_added_by_id", type_="foreignkey")
        device.drop_column("added_by_id")
    op.execute("DELETE FROM role_grant WHERE waits")
    with op.batch_alter_table("role_grant") as grant:
        grant.drop_constraint("fk_role_grant_given_by_id", type_="foreignkey")
        grant.drop_column("waits")
        grant.drop_column("given_by_id")
    op.drop_column("service", "device_mark")
    op.drop_index(op.f("ix_user_session_device_mark"), "user_session")
    op.drop_column("user_session", "device_mark")
    op.drop_column("user_account", "phone")
    op.drop_column("user_account", "unit")
