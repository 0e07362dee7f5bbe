"""Tasks of announcements"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "announcement",
        sa.Column("task_id", postgresql.UUID(as_uuid=True), nullable=True),
        schema="communications",
    )


def downgrade() -> None:
    op.drop_column("announcement", "task_id", schema="communications")
