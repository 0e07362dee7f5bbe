"""VAT of cost lines"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0092"
down_revision = "0091"
branch_labels = None
depends_on = None

_BEFORE = "kind not in ('fee', 'funding') or (months = 1 and paid_by is null)"
_AFTER = "kind not in ('fee', 'funding') or (months = 1 and paid_by is null and vat is null)"
_TABLES = ("pool_line", "settled_line")


def upgrade() -> None:
    for table in _TABLES:
        op.add_column(
            table, sa.Column("vat", postgresql.JSONB(), nullable=True), schema="marketplace"
        )
    _check(_AFTER)


def downgrade() -> None:
    _check(_BEFORE)
    for table in _TABLES:
        op.drop_column(table, "vat", schema="marketplace")


def _check(condition: str) -> None:
    op.drop_constraint(op.f("ck_pool_line_cost"), "pool_line", schema="marketplace")
    op.create_check_constraint(
        op.f("ck_pool_line_cost"), "pool_line", condition, schema="marketplace"
    )
