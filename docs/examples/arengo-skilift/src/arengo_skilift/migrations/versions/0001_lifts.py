"""Lifts"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lift",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lift")),
        sa.UniqueConstraint("organization_id", "name", name=op.f("uq_lift_organization_id_name")),
        schema="skilift",
        comment="member",
    )
    op.secure_table("skilift.lift", "member")
    op.create_index(
        op.f("ix_lift_organization_id"), "lift", ["organization_id"], schema="skilift"
    )


def downgrade() -> None:
    op.drop_table("lift", schema="skilift")
