"""Services by consortium: what its officers' sessions are looked up with"""

from alembic import op

revision = "0091"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_active_service_consortium_id_service"),
        "active_service",
        ["consortium_id", "service"],
        schema="core",
    )


def downgrade() -> None:
    op.drop_index(
        op.f("ix_active_service_consortium_id_service"),
        table_name="active_service",
        schema="core",
    )
