"""Remote plugins: what they said of themselves, our keys, and where their events go"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0093"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "remote_plugin",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("manifest", postgresql.JSONB(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refreshed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_remote_plugin")),
        schema="core",
        comment="platform; plugins' own descriptions; their secrets are sealed",
    )
    op.create_table(
        "signing_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        schema="core",
        comment="platform; the host's own public keys; the private ones are sealed",
    )
    op.add_column(
        "webhook_endpoint", sa.Column("plugin", sa.String(), nullable=True), schema="core"
    )
    op.alter_column("webhook_endpoint", "secrets", nullable=True, schema="core")
    op.create_unique_constraint(
        op.f("uq_webhook_endpoint_organization_id"),
        "webhook_endpoint",
        ["organization_id", "plugin"],
        schema="core",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("uq_webhook_endpoint_organization_id"), "webhook_endpoint", schema="core"
    )
    op.execute("alter table core.webhook_endpoint no force row level security")
    op.execute("delete from core.webhook_endpoint where plugin is not null")
    op.execute("alter table core.webhook_endpoint force row level security")
    op.alter_column("webhook_endpoint", "secrets", nullable=False, schema="core")
    op.drop_column("webhook_endpoint", "plugin", schema="core")
    op.drop_table("signing_key", schema="core")
    op.drop_table("remote_plugin", schema="core")
