"""What limits and discounts changed in a share, and figures of members for rules"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "share",
        sa.Column("adjustments", postgresql.JSONB(), nullable=False, server_default="[]"),
        schema="marketplace",
    )
    op.add_column(
        "membership",
        sa.Column("attributes", postgresql.JSONB(), nullable=False, server_default="{}"),
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_column("membership", "attributes", schema="marketplace")
    op.drop_column("share", "adjustments", schema="marketplace")
