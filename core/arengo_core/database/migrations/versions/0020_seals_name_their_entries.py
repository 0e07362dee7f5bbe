"""Seals name their entries

A seal of the old shape says nothing of the entries under it, and it cannot be mended: seals are
digests. So the chains begin anew, over every entry that is there.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None


def _make(*columns: sa.Column | sa.Constraint) -> None:
    op.drop_table("audit_seal", schema="core")
    op.create_table(
        "audit_seal",
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_entry_id", sa.UUID(), nullable=False),
        *columns,
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        schema="core",
        comment="member; append-only",
    )
    op.secure_table("core.audit_seal", "member", append_only=True)
    op.create_index(
        op.f("ix_audit_seal_organization_id"),
        "audit_seal",
        ["organization_id"],
        unique=False,
        schema="core",
    )


def upgrade() -> None:
    _make(
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entry_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("entry_digests", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.UniqueConstraint(
            "organization_id", "number", name=op.f("uq_audit_seal_organization_id_number")
        ),
    )


def downgrade() -> None:
    _make(sa.Column("entries", sa.Integer(), nullable=False))
