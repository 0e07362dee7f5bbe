"""Sessions name their device; failed sign-ins are counted by place"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("browser", "system"):
        op.add_column(
            "user_session",
            sa.Column(name, sa.String(), nullable=False, server_default=""),
            schema="core",
        )
        op.alter_column("user_session", name, server_default=None, schema="core")
    op.add_column(
        "user_session",
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        schema="core",
    )
    op.execute("update core.user_session set last_used_at = created_at")
    op.alter_column("user_session", "last_used_at", nullable=False, schema="core")
    op.create_table_comment(
        "user_session",
        "platform; sign-in: ids, digests and kinds of device",
        existing_comment="platform; sign-in: ids and digests only",
        schema="core",
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key_digest", name=op.f("pk_sign_in_attempts")),
        schema="core",
        comment="platform; sign-in: keyed digests of accounts and places",
    )
    op.drop_column("sign_in", "failures", schema="core")
    op.drop_column("sign_in", "locked_until", schema="core")


def downgrade() -> None:
    op.add_column(
        "sign_in",
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        schema="core",
    )
    op.add_column(
        "sign_in",
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        schema="core",
    )
    op.alter_column("sign_in", "failures", server_default=None, schema="core")
    op.drop_table("sign_in_attempts", schema="core")
    op.create_table_comment(
        "user_session",
        "platform; sign-in: ids and digests only",
        existing_comment="platform; sign-in: ids, digests and kinds of device",
        schema="core",
    )
    for name in ("last_used_at", "system", "browser"):
        op.drop_column("user_session", name, schema="core")
