"""Fairness reports"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0096"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fairness_report",
        sa.Column("offer_id", sa.UUID(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fairness_report")),
        schema="marketplace",
        comment="member",
    )
    op.secure_table("marketplace.fairness_report", "member")
    op.create_index(
        op.f("ix_fairness_report_organization_id"),
        "fairness_report",
        ["organization_id"],
        schema="marketplace",
    )
    op.create_index(
        "uq_fairness_report_digest",
        "fairness_report",
        ["organization_id", "offer_id", "digest"],
        unique=True,
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_table("fairness_report", schema="marketplace")
