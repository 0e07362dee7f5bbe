"""Statements paid online"""

import sqlalchemy as sa
from alembic import op

revision = "0093"
down_revision = "0096"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "statement_payment", sa.Column("key", sa.String(), nullable=True), schema="marketplace"
    )
    op.create_index(
        op.f("ix_statement_payment_organization_id_key"),
        "statement_payment",
        ["organization_id", "key"],
        unique=True,
        schema="marketplace",
    )
    _ways("way in ('bank', 'online', 'set_off')")


def downgrade() -> None:
    _ways("way in ('bank', 'set_off')")
    op.drop_column("statement_payment", "key", schema="marketplace")


def _ways(condition: str) -> None:
    name = op.f("ck_statement_payment_way")
    op.drop_constraint(name, "statement_payment", schema="marketplace")
    op.create_check_constraint(name, "statement_payment", condition, schema="marketplace")
