"""What settlements rest on, and their digest"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "settlement",
        sa.Column("digest", sa.String(), nullable=False, server_default=""),
        schema="marketplace",
    )
    op.add_column(
        "settled_offer",
        sa.Column("inputs", postgresql.JSONB(), nullable=False, server_default="{}"),
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_column("settled_offer", "inputs", schema="marketplace")
    op.drop_column("settlement", "digest", schema="marketplace")
