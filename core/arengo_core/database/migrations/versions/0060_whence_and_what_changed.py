"""Log: as whom, from where, by what, before and after"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0060"
down_revision = "0030"
branch_labels = None
depends_on = None

_INDEXED = ("actor_id", "action", "object_id")


def upgrade() -> None:
    for column in (
        sa.Column("acting_id", sa.UUID(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("network", sa.String(), nullable=True),
        sa.Column("token_id", sa.UUID(), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    ):
        op.add_column("audit_entry", column, schema="core")
    for name in _INDEXED:
        op.create_index(
            op.f(f"ix_audit_entry_organization_id_{name}_id"),
            "audit_entry",
            ["organization_id", name, "id"],
            schema="core",
        )


def downgrade() -> None:
    for name in _INDEXED:
        op.drop_index(
            op.f(f"ix_audit_entry_organization_id_{name}_id"),
            table_name="audit_entry",
            schema="core",
        )
    for column in ("changes", "token_id", "network", "origin", "acting_id"):
        op.drop_column("audit_entry", column, schema="core")
