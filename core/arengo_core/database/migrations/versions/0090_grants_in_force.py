"""Grants in force"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0090"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "active_service",
        sa.Column("grants", postgresql.ARRAY(sa.String()), nullable=False, server_default="{}"),
        schema="core",
    )


def downgrade() -> None:
    op.drop_column("active_service", "grants", schema="core")
