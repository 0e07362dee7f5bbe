"""Payments of statements"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("order_id", "subject_id")
    op.add_column(
        "payment",
        sa.Column("purpose", sa.String(), nullable=False, server_default="order"),
        schema="payments",
    )
    op.add_column("payment", sa.Column("member_id", sa.UUID(), nullable=True), schema="payments")
    op.create_check_constraint(
        op.f("ck_payment_purpose"),
        "payment",
        "(purpose = 'statement') = (member_id is not null)",
        schema="payments",
    )
    op.add_column(
        "payout",
        sa.Column("fees", sa.Integer(), nullable=False, server_default="0"),
        schema="payments",
    )
    op.create_check_constraint(op.f("ck_payout_fees"), "payout", "fees >= 0", schema="payments")


def downgrade() -> None:
    op.drop_column("payout", "fees", schema="payments")
    op.drop_constraint(op.f("ck_payment_purpose"), "payment", schema="payments")
    op.drop_column("payment", "member_id", schema="payments")
    op.drop_column("payment", "purpose", schema="payments")
    _rename("subject_id", "order_id")


def _rename(before: str, after: str) -> None:
    op.alter_column("payment", before, new_column_name=after, schema="payments")
    op.execute(
        f"alter index payments.ix_payment_consortium_id_{before}"
        f" rename to ix_payment_consortium_id_{after}"
    )
