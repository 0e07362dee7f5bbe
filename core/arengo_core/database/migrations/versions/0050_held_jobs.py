"""Why jobs gave up"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_job",
        sa.Column("job_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("trace_id", sa.String(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_held_job")),
        schema="core",
        comment="platform; error classes and trace ids only",
    )


def downgrade() -> None:
    op.drop_table("held_job", schema="core")
