"""Permissions of roles, and delegations"""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0051"
branch_labels = None
depends_on = None

_COMMENT = "platform; sign-in: the scope itself is made from these ids"


def upgrade() -> None:
    op.create_table(
        "role_permission",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organization_id", "role", "permission", name=op.f("pk_role_permission")
        ),
        schema="core",
        comment=_COMMENT,
    )
    op.create_table(
        "delegation",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("delegate_id", sa.UUID(), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.UUID(), nullable=True),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_delegation_days")),
        sa.CheckConstraint("delegate_id <> organization_id", name=op.f("ck_delegation_another")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        schema="core",
        comment=_COMMENT,
    )
    for name in ("organization_id", "delegate_id"):
        op.create_index(op.f(f"ix_delegation_{name}"), "delegation", [name], schema="core")


def downgrade() -> None:
    op.drop_table("delegation", schema="core")
    op.drop_table("role_permission", schema="core")
