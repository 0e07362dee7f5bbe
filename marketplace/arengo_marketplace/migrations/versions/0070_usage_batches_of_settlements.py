"""The batches of usage that settlements rest on"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "settlement",
        sa.Column("usage_batches", postgresql.JSONB(), nullable=False, server_default="[]"),
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_column("settlement", "usage_batches", schema="marketplace")
