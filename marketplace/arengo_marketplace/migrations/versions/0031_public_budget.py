"""The public budget: a consortium's choice, and the months that it publishes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "charter",
        sa.Column("publishes_budget", sa.Boolean(), server_default="false", nullable=False),
        schema="marketplace",
    )
    op.create_table(
        "published_month",
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("services", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("members", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("grants", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_month")),
        schema="marketplace",
        comment="public",
    )
    op.secure_table("marketplace.published_month", "public")
    op.create_index(
        op.f("ix_published_month_organization_id"),
        "published_month",
        ["organization_id"],
        schema="marketplace",
    )
    op.create_index(
        "uq_published_month",
        "published_month",
        ["organization_id", "starts_on"],
        unique=True,
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_table("published_month", schema="marketplace")
    op.drop_column("charter", "publishes_budget", schema="marketplace")
