"""Settlements beside the one before each, kept once they are reckoned"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0099"
down_revision = "0094"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "settlement_difference",
        sa.Column("settlement_id", sa.UUID(), nullable=False),
        sa.Column("beside_id", sa.UUID(), nullable=False),
        sa.Column("offers", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement_difference")),
        schema="marketplace",
        comment="consortium; append-only",
    )
    op.secure_table("marketplace.settlement_difference", "consortium", append_only=True)
    for columns in (
        ["consortium_id"],
        ["organization_id"],
        ["consortium_id", "settlement_id", "beside_id"],
        ["organization_id", "settlement_id", "beside_id"],
    ):
        op.create_index(
            op.f(f"ix_settlement_difference_{'_'.join(columns)}"),
            "settlement_difference",
            columns,
            unique=columns[0] == "organization_id" and len(columns) == 3,
            schema="marketplace",
        )


def downgrade() -> None:
    op.drop_table("settlement_difference", schema="marketplace")
