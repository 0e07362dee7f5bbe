"""Digests of statements, and to whom they were sent"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "statement",
        sa.Column("digest", sa.String(), nullable=False, server_default=""),
        schema="marketplace",
    )
    op.create_table(
        "statement_delivery",
        sa.Column("statement_id", sa.UUID(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.UUID(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('queued', 'sent', 'failed')", name=op.f("ck_statement_delivery_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_delivery")),
        schema="marketplace",
        comment="consortium",
    )
    op.secure_table("marketplace.statement_delivery", "consortium")
    for columns in (["consortium_id"], ["organization_id"], ["organization_id", "statement_id"]):
        op.create_index(
            op.f(f"ix_statement_delivery_{'_'.join(columns)}"),
            "statement_delivery",
            columns,
            schema="marketplace",
        )
    op.create_index(
        "uq_statement_delivery_once",
        "statement_delivery",
        ["statement_id", "level", "round", "recipient_id"],
        unique=True,
        schema="marketplace",
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("statement_delivery", schema="marketplace")
    op.drop_column("statement", "digest", schema="marketplace")
