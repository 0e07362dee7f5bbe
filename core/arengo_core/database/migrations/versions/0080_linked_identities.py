"""Identities elsewhere that sign people in"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0090"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "linked_identity",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_identity")),
        sa.UniqueConstraint("digest", name=op.f("uq_linked_identity_digest")),
        schema="core",
        comment="platform; sign-in: ids and keyed digests only",
    )
    op.create_index(
        op.f("ix_linked_identity_user_id"), "linked_identity", ["user_id"], schema="core"
    )


def downgrade() -> None:
    op.drop_table("linked_identity", schema="core")
