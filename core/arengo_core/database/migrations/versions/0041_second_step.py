"""The second step of signing in"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0041"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "second_step",
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("recovery_digests", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_step")),
        schema="core",
        comment="member",
    )
    op.create_index(
        op.f("ix_second_step_organization_id"),
        "second_step",
        ["organization_id"],
        unique=True,
        schema="core",
    )
    op.secure_table("core.second_step", "member")


def downgrade() -> None:
    op.drop_table("second_step", schema="core")
