"""Rests of spread costs"""

import sqlalchemy as sa
from alembic import op

revision = "0094"
down_revision = "0098"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("pool_line", sa.Column("rest_from", sa.Date()), schema="marketplace")
    op.add_column("pool_line", sa.Column("rest_of", sa.UUID()), schema="marketplace")
    op.create_check_constraint(
        op.f("ck_pool_line_rest"),
        "pool_line",
        "rest_from is null or (rest_from > starts_on and months > 1)",
        schema="marketplace",
    )
    op.create_index(
        "uq_pool_line_rest_of",
        "pool_line",
        ["organization_id", "rest_of"],
        unique=True,
        schema="marketplace",
        postgresql_where=sa.text("rest_of is not null"),
    )


def downgrade() -> None:
    op.drop_index("uq_pool_line_rest_of", "pool_line", schema="marketplace")
    op.drop_constraint(op.f("ck_pool_line_rest"), "pool_line", schema="marketplace")
    op.drop_column("pool_line", "rest_of", schema="marketplace")
    op.drop_column("pool_line", "rest_from", schema="marketplace")
