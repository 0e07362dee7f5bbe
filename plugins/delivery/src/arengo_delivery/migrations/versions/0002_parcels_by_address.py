"""parcels found by their recipient's address"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parcel", sa.Column("email_digest", sa.LargeBinary()), schema="delivery")
    op.create_index(op.f("ix_parcel_email_digest"), "parcel", ["email_digest"], schema="delivery")


def downgrade() -> None:
    op.drop_index(op.f("ix_parcel_email_digest"), "parcel", schema="delivery")
    op.drop_column("parcel", "email_digest", schema="delivery")
