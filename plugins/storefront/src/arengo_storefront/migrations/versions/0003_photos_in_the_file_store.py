"""Photos in the file store; those that are there are moved by a job."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("large", "small"):
        op.alter_column("media", name, nullable=True, schema="storefront")
        op.add_column(
            "media",
            sa.Column(f"{name}_file", postgresql.UUID(as_uuid=True), nullable=True),
            schema="storefront",
        )


def downgrade() -> None:
    # The database alone cannot fetch them back: photos that lie in the file store end here.
    op.execute("alter table storefront.media no force row level security")
    op.execute("delete from storefront.media where large is null")
    op.execute("alter table storefront.media force row level security")
    for name in ("large", "small"):
        op.drop_column("media", f"{name}_file", schema="storefront")
        op.alter_column("media", name, nullable=False, schema="storefront")
