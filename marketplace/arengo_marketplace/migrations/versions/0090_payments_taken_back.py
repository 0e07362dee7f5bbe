"""Payments taken back and credits set off, and the terms of payment of a consortium"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0090"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "charter",
        sa.Column("payment_terms", postgresql.JSONB(), nullable=False, server_default="{}"),
        schema="marketplace",
    )
    for column in (
        sa.Column("way", sa.String(), nullable=False, server_default="bank"),
        sa.Column("reverses_id", sa.UUID(), nullable=True),
        sa.Column("counterpart_id", sa.UUID(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False, server_default=""),
    ):
        op.add_column("statement_payment", column, schema="marketplace")
    op.create_index(
        op.f("ix_statement_payment_organization_id_reverses_id"),
        "statement_payment",
        ["organization_id", "reverses_id"],
        unique=True,
        schema="marketplace",
    )
    op.create_check_constraint(
        op.f("ck_statement_payment_way"),
        "statement_payment",
        "way in ('bank', 'set_off')",
        schema="marketplace",
    )


def downgrade() -> None:
    op.drop_constraint(
        op.f("ck_statement_payment_way"), "statement_payment", schema="marketplace"
    )
    for column in ("reason", "counterpart_id", "reverses_id", "way"):
        op.drop_column("statement_payment", column, schema="marketplace")
    op.drop_column("charter", "payment_terms", schema="marketplace")
