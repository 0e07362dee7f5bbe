"""Disabled plugins"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disabled_plugin",
        sa.Column("plugin", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", name=op.f("pk_disabled_plugin")),
        schema="core",
        comment="platform; plugin keys and operators' reasons only",
    )


def downgrade() -> None:
    op.drop_table("disabled_plugin", schema="core")
