"""Strikes of plugins"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0070"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_strike",
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_strike")),
        schema="core",
        comment="platform; plugin keys and places in their code only",
    )
    op.create_index(
        op.f("ix_plugin_strike_plugin_struck_at"),
        "plugin_strike",
        ["plugin", "struck_at"],
        schema="core",
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_plugin_strike_plugin_struck_at"), table_name="plugin_strike", schema="core"
    )
    op.drop_table("plugin_strike", schema="core")
