"""Services that members have begun with"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "begun_service",
        sa.Column("organization_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "service", name=op.f("pk_begun_service")),
        schema="core",
        comment="platform; ids only, as of active services",
    )
    op.execute(
        "insert into core.begun_service"
        " select distinct organization_id, service from core.active_service"
    )


def downgrade() -> None:
    op.drop_table("begun_service", schema="core")
