"""Tokens by which remote plugins call back"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0101"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_token",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("organization_id", postgresql.UUID(as_uuid=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_token")),
        sa.UniqueConstraint("request_digest", name=op.f("uq_plugin_token_request_digest")),
        sa.UniqueConstraint("digest", name=op.f("uq_plugin_token_digest")),
        schema="core",
        comment="platform; plugins' tokens: ids and digests only",
    )
    op.create_index(
        op.f("ix_plugin_token_plugin"), "plugin_token", ["plugin"], unique=False, schema="core"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_plugin_token_plugin"), table_name="plugin_token", schema="core")
    op.drop_table("plugin_token", schema="core")
