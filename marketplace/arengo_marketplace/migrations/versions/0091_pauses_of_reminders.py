"""Pauses of the reminders of statements"""

import sqlalchemy as sa
from alembic import op

revision = "0091"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "statement_pause",
        sa.Column("statement_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_by", sa.UUID(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("closed_by", sa.UUID(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("consortium_id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('dispute', 'office')", name=op.f("ck_statement_pause_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_pause")),
        schema="marketplace",
        comment="consortium",
    )
    op.secure_table("marketplace.statement_pause", "consortium")
    for columns in (["consortium_id"], ["organization_id"], ["organization_id", "statement_id"]):
        op.create_index(
            op.f(f"ix_statement_pause_{'_'.join(columns)}"),
            "statement_pause",
            columns,
            schema="marketplace",
        )
    op.create_index(
        "uq_statement_pause_open",
        "statement_pause",
        ["organization_id", "statement_id"],
        unique=True,
        schema="marketplace",
        postgresql_where=sa.text("closed_at is null"),
    )


def downgrade() -> None:
    op.drop_table("statement_pause", schema="marketplace")
