"""Where somebody is signed in is kept here, so that it can be ended from here; and when a password was given."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Everybody signs in once more: the cookies of before name no session.

    A password that was given and not used yet counts as given today.
    """
    op.add_column("user_account", sa.Column("given_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE user_account SET given_at = CURRENT_TIMESTAMP WHERE temporary AND password_hash <> ''")
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("digest", name=op.f("uq_user_session_digest")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"])


def downgrade() -> None:
    """Everybody signs in once more."""
    op.drop_table("user_session")
    op.drop_column("user_account", "given_at")
