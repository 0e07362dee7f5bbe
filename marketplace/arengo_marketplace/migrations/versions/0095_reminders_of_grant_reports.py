"""Reminders of grants' reports"""

import sqlalchemy as sa
from alembic import op

revision = "0095"
down_revision = "0093"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("funding", sa.Column("reminded_on", sa.Date()), schema="marketplace")


def downgrade() -> None:
    op.drop_column("funding", "reminded_on", schema="marketplace")
