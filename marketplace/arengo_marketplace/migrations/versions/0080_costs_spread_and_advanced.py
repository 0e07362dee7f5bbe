"""Costs spread over months, and members that paid suppliers"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0080"
down_revision = "0061"
branch_labels = None
depends_on = None

_CHECKS = {
    "months": "months between 1 and 600",
    "cost": "kind not in ('fee', 'funding') or (months = 1 and paid_by is null)",
}


def upgrade() -> None:
    for table, column in (
        ("pool_line", sa.Column("months", sa.Integer(), nullable=False, server_default="1")),
        ("pool_line", sa.Column("paid_by", sa.UUID(), nullable=True)),
        ("settled_line", sa.Column("spread", postgresql.JSONB(), nullable=True)),
        ("settled_line", sa.Column("paid_by", sa.UUID(), nullable=True)),
        ("statement", sa.Column("advanced", sa.BigInteger(), nullable=False, server_default="0")),
    ):
        op.add_column(table, column, schema="marketplace")
    for name, check in _CHECKS.items():
        op.create_check_constraint(
            op.f(f"ck_pool_line_{name}"), "pool_line", check, schema="marketplace"
        )


def downgrade() -> None:
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_pool_line_{name}"), "pool_line", schema="marketplace")
    for table, column in (
        ("statement", "advanced"),
        ("settled_line", "paid_by"),
        ("settled_line", "spread"),
        ("pool_line", "paid_by"),
        ("pool_line", "months"),
    ):
        op.drop_column(table, column, schema="marketplace")
