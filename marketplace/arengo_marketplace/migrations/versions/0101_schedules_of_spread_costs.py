"""Schedules of spread costs"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0101"
down_revision = "0095"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "pool_line", sa.Column("schedule", postgresql.ARRAY(sa.Integer())), schema="marketplace"
    )
    op.create_check_constraint(
        op.f("ck_pool_line_schedule"),
        "pool_line",
        "mod(months, cardinality(schedule)) = 0",
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_pool_line_schedule"), "pool_line", schema="marketplace")
    op.drop_column("pool_line", "schedule", schema="marketplace")
